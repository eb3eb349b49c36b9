// Speed measures the faaslab command from start to end, on the machine it runs on, and prints
// the page docs/speed-measured.md:
//
//	go run ./cmd/speed [--floor PROGRAM] [--rounds 8] [--requests 20000000] > docs/speed-measured.md
//
// It takes some fifteen minutes, and a gigabyte of space for temporary files. PROGRAM is a hand-written
// loop that simulates one pool and nothing else, for comparison; it takes RATE WARM_MEAN COLD_MEAN
// KEEP_ALIVE CAP REQUESTS SEED and prints "wall":SECONDS.
//
//	go run ./cmd/speed --day
//
// prints what a synthetic day of the size of Azure's trace takes instead: 90 million requests of 46,413
// functions, under four policies. That takes some six minutes.
package main

import (
	"bufio"
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func main() {
	rounds := flag.Int("rounds", 8, "how often each case runs; the fastest counts")
	floor := flag.String("floor", "", "the program to compare pools with")
	requests := flag.Int("requests", 20_000_000, "how many requests each case simulates")
	day := flag.Bool("day", false, "measure a synthetic day of many functions instead, of 90 million requests")
	flag.Parse()
	if *day {
		if err := measureDay(os.Stdout, functionsOfADay, 90_000_000); err != nil {
			fmt.Fprintln(os.Stderr, "speed:", err)
			os.Exit(1)
		}
		return
	}
	if err := measure(os.Stdout, *rounds, *requests, *floor, inTheBrowser); err != nil {
		fmt.Fprintln(os.Stderr, "speed:", err)
		os.Exit(1)
	}
}

// A pool is a case of a container platform, with the service times of the float function.
type pool struct {
	instances int // about, in steady state
	rate      int // hundredths of a request a second
	keepAlive int // seconds
}

var pools = []pool{{3, 35, 60}, {8, 180, 60}, {27, 1000, 60}, {250, 14000, 10}, {100_000, 6_530_000, 1}}

// warm and cold are the mean service times of the float function in seconds.
const warm, cold = "1.5288", "4.1202"

func (p pool) seconds() float64 { return float64(p.rate) / 100 }

func (p pool) scenario(routing string) string {
	return fmt.Sprintf("arrivals: poisson(rate=%v/s)\n"+
		"container: {warm: exponential(mean=%vs), cold: exponential(mean=%vs), keep_alive: %ds, max_instances: unlimited, routing: %s}\n",
		p.seconds(), warm, cold, p.keepAlive, routing)
}

func executors(rate, wasm string) string {
	return fmt.Sprintf("arrivals: poisson(rate=%s/s)\nwasm: {service: exponential(mean=1s), %s}\n", rate, wasm)
}

// scaled returns a platform whose number of instances follows its metrics.
func scaled(rate, container string) string {
	return fmt.Sprintf("arrivals: poisson(rate=%s/s)\ncontainer: {warm: exponential(mean=%ss), startup: constant(3s), %s}\n", rate, warm, container)
}

// A measurement is the best of several runs.
type measurement struct {
	wall     time.Duration // the shortest
	busy     time.Duration // processor time of a single run
	resident int64         // the largest, in bytes
}

func (m *measurement) add(other measurement) {
	if m.wall == 0 || other.wall < m.wall {
		m.wall = other.wall
	}
	m.resident = max(m.resident, other.resident)
}

// A bench is one row of the table.
type bench struct {
	name     string
	scenario string
	rate     float64 // of arrivals, 1/s
	workers  int
	pool     *pool // for comparison with the floor
	us, it   measurement
}

// measure writes the page; site returns lines about the static site.
func measure(w io.Writer, rounds, requests int, floor string, site func() []string) error {
	dir, err := os.MkdirTemp("", "faaslab-speed")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	program, err := build(dir)
	if err != nil {
		return err
	}

	var benches []*bench
	for i, p := range pools {
		benches = append(benches, &bench{name: fmt.Sprintf("container, %d instances", p.instances),
			scenario: p.scenario("mru"), rate: p.seconds(), workers: 1, pool: &pools[i]})
	}
	for _, routing := range []string{"lru", "newest", "random"} {
		benches = append(benches, &bench{name: "container, 27 instances, routing " + routing,
			scenario: pools[2].scenario(routing), rate: pools[2].seconds(), workers: 1})
	}
	benches = append(benches,
		&bench{name: "container, 27 instances, two workers", scenario: pools[2].scenario("mru"), rate: pools[2].seconds(), workers: 2},
		&bench{name: "Wasm, unlimited cores", scenario: executors("10", "cores: unlimited"), rate: 10, workers: 1},
		&bench{name: "Wasm, 10 cores shared, load 0.5", scenario: executors("5", "cores: 10"), rate: 5, workers: 1},
		&bench{name: "Wasm, 10 cores shared, load 0.95", scenario: executors("9.5", "cores: 10"), rate: 9.5, workers: 1},
		&bench{name: "Wasm, 10 cores first come first served, load 0.5", scenario: executors("5", "cores: 10, discipline: fcfs"), rate: 5, workers: 1},
		&bench{name: "Wasm, 10 cores first come first served, load 0.95", scenario: executors("9.5", "cores: 10, discipline: fcfs"), rate: 9.5, workers: 1},
		&bench{name: "metric scaling, 27 instances of 1 request", scenario: scaled("12", "concurrency: 1, scaling: knative"), rate: 12, workers: 1},
		&bench{name: "metric scaling, 27 instances of 10 requests", scenario: scaled("120", "concurrency: 10, scaling: knative"), rate: 120, workers: 1},
		&bench{name: "metric scaling, 25 instances of a core each", scenario: scaled("6", "concurrency: 10, instance_cores: 1, scaling: {preset: knative, target: 4.2%}"), rate: 6, workers: 1},
	)
	ofClusters := requests / 4
	var startUp, one measurement
	for round := range rounds {
		fmt.Fprintf(os.Stderr, "round %d of %d\n", round+1, rounds)
		for _, b := range benches {
			m, err := run(program, b.scenario, b.rate, requests, b.workers)
			if err != nil {
				return fmt.Errorf("%s: %w", b.name, err)
			}
			b.us.add(m)
			if b.pool != nil && floor != "" {
				m, err := runFloor(floor, *b.pool, requests, round)
				if err != nil {
					return err
				}
				b.it.add(m)
			}
		}
		m, err := runCluster(program, oneFunction, ofClusters, 1)
		if err != nil {
			return fmt.Errorf("one function: %w", err)
		}
		one.add(m)
		for _, c := range clusters {
			m, err := runCluster(program, c.scenario(), ofClusters, c.workers)
			if err != nil {
				return fmt.Errorf("%d functions, %s: %w", c.functions, c.policy, err)
			}
			c.us.add(m)
		}
		m, err = timed(exec.Command(program, "--version"))
		if err != nil {
			return err
		}
		startUp.add(m)
	}

	few, many, rows := requests/20, 50*requests, 5*requests
	fmt.Fprintf(os.Stderr, "%d requests\n", many)
	small, err := run(program, pools[2].scenario("mru"), pools[2].seconds(), few, 2)
	if err != nil {
		return err
	}
	large, err := run(program, pools[2].scenario("mru"), pools[2].seconds(), many, 2)
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "a trace of %d rows\n", rows)
	trace, err := runTrace(program, dir, rows)
	if err != nil {
		return err
	}

	fmt.Fprintf(w, "# Speed, measured\n\nGenerated by `go run ./cmd/speed`, which runs `faaslab run --models none` from start to end with all\n"+
		"default metrics: %s requests in two replications on one worker, unless said otherwise; the fastest of %d runs counts.\n\n"+
		"%s, %d cores to use, %s, %s/%s, %s.\n\n",
		grouped(requests), rounds, processor(), runtime.NumCPU(), runtime.Version(), runtime.GOOS, runtime.GOARCH, time.Now().Format("2006-01-02"))
	columns, rule := "| simulated | million requests/s | resident MiB |", "|---|--:|--:|"
	if floor != "" {
		columns, rule = columns+" single-purpose loop in C | of it |", rule+"--:|--:|"
	}
	fmt.Fprintln(w, columns)
	fmt.Fprintln(w, rule)
	for _, b := range benches {
		fmt.Fprintf(w, "| %s | %.1f | %s |", b.name, millions(requests, b.us.wall), mebibytes(b.us.resident))
		switch {
		case b.it.wall != 0:
			fmt.Fprintf(w, " %.1f | %.2f |", millions(requests, b.it.wall), b.it.wall.Seconds()/b.us.wall.Seconds())
		case floor != "":
			fmt.Fprint(w, " | |")
		}
		fmt.Fprintln(w)
	}
	single := benches[slices.IndexFunc(benches, func(b *bench) bool { return b.pool != nil && b.pool.instances == 27 })]
	two := benches[slices.IndexFunc(benches, func(b *bench) bool { return b.workers == 2 })]
	fmt.Fprintf(w, "\n- Two workers take 1/%.2f of the time of one.\n", single.us.wall.Seconds()/two.us.wall.Seconds())
	fmt.Fprintf(w, "- The command starts and ends in %.0f ms (`--version`).\n", startUp.wall.Seconds()*1e3)
	fmt.Fprintf(w, "- %s requests take %s MiB, %s requests %s MiB (27 instances, two workers, %.0f s).\n",
		grouped(few), mebibytes(small.resident), grouped(many), mebibytes(large.resident), large.wall.Seconds())
	fmt.Fprintf(w, "- A trace of %s rows is read and simulated at %.1f million rows/s, in %s MiB.\n",
		grouped(rows), millions(rows, trace.wall), mebibytes(trace.resident))
	for _, line := range site() {
		fmt.Fprintf(w, "- In Chromium, the site of `faaslab site`: %s.\n", line)
	}
	return writeClusters(w, clusters, one, ofClusters)
}

// build compiles the command into a directory, and returns its path.
func build(dir string) (program string, err error) {
	program = filepath.Join(dir, "faaslab")
	if out, err := exec.Command("go", "build", "-o", program, "./cmd/faaslab").CombinedOutput(); err != nil {
		return "", fmt.Errorf("building faaslab: %w\n%s", err, out)
	}
	return program, nil
}

// millions returns the speed of n things in a time, in millions a second.
func millions(n int, wall time.Duration) float64 { return float64(n) / wall.Seconds() / 1e6 }

// grouped returns n with a comma before every group of three digits.
func grouped(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

func mebibytes(n int64) string { return strconv.FormatInt((n+1<<19)>>20, 10) }

// run simulates n requests in two replications.
func run(program, scenario string, rate float64, n, workers int) (measurement, error) {
	const warmup = 100 // s
	return simulate(program, scenario, "--workers", strconv.Itoa(workers),
		"--set", "run.replications=2", "--set", fmt.Sprintf("run.warmup=%ds", warmup),
		"--set", fmt.Sprintf("run.duration=%.9fs", max(1, float64(n)/rate/2-warmup)))
}

// simulate runs a scenario.
func simulate(program, scenario string, flags ...string) (measurement, error) {
	path := filepath.Join(filepath.Dir(program), "scenario.yaml")
	if err := os.WriteFile(path, []byte(scenario), 0o666); err != nil {
		return measurement{}, err
	}
	return timed(exec.Command(program, append([]string{"run", path, "--models", "none"}, flags...)...))
}

// runTrace simulates a pool of four instances whose arrivals are a file with the given rows.
func runTrace(program, dir string, rows int) (m measurement, err error) {
	path := filepath.Join(dir, "trace.csv")
	if err := writeTrace(path, rows); err != nil {
		return m, err
	}
	return simulate(program, fmt.Sprintf("arrivals: trace(%s)\n"+
		"container: {warm: constant(1s), cold: constant(2s), keep_alive: 10s, max_instances: unlimited}\n"+
		"run: {replications: 1, warmup: 0s, duration: %ds}\n", path, rows/2), "--workers", "1")
}

// writeTrace writes arrivals at every half second.
func writeTrace(path string, rows int) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	w := bufio.NewWriterSize(file, 1<<20)
	fmt.Fprintln(w, "arrival")
	for i := range rows {
		fmt.Fprintf(w, "%d.%d\n", i/2, i%2*5)
	}
	return cmp.Or(w.Flush(), file.Close())
}

var said = regexp.MustCompile(`(?m)^ +\w+_test\.go:\d+: (.+)$`)

// inTheBrowser returns what a test of the static site measures; nothing where no browser is.
func inTheBrowser() (lines []string) {
	command := exec.Command("go", "test", "-count=1", "-v", "-run", "^TestTheSite$/^(the first answer|Watch draws)", "./cmd/faaslab/internal/servetest")
	command.Env = append(os.Environ(), "LONG_TESTS=1")
	out, err := command.CombinedOutput()
	if err != nil {
		fmt.Fprintf(os.Stderr, "speed: the site is not measured: %v\n", err)
		return nil
	}
	for _, found := range said.FindAllSubmatch(out, -1) {
		lines = append(lines, string(found[1]))
	}
	if len(lines) == 0 {
		fmt.Fprintln(os.Stderr, "speed: the site is not measured: its tests say nothing, such as where no browser is")
	}
	return lines
}

// timed runs a command to its end.
func timed(command *exec.Cmd) (measurement, error) {
	var stderr bytes.Buffer
	command.Stderr = &stderr
	start := time.Now()
	err := command.Run()
	wall := time.Since(start)
	if err != nil {
		return measurement{}, fmt.Errorf("%w\n%s", err, stderr.Bytes())
	}
	m := measurement{wall: wall, busy: command.ProcessState.UserTime() + command.ProcessState.SystemTime()}
	if usage, ok := command.ProcessState.SysUsage().(*syscall.Rusage); ok {
		m.resident = int64(usage.Maxrss) << 10
		if runtime.GOOS == "darwin" {
			m.resident >>= 10 // in bytes on this system
		}
	}
	return m, nil
}

var wallTime = regexp.MustCompile(`"wall":([0-9.e+-]+)`)

// runFloor runs the program for comparison on the same pool.
func runFloor(program string, p pool, requests, seed int) (measurement, error) {
	// The program adds a twentieth to the requests for its warm-up.
	out, err := exec.Command(program, fmt.Sprint(p.seconds()), warm, cold, fmt.Sprint(p.keepAlive), "1000000",
		strconv.Itoa(requests*20/21), strconv.Itoa(seed+1)).Output()
	if err != nil {
		return measurement{}, fmt.Errorf("%s: %w", program, err)
	}
	match := wallTime.FindSubmatch(out)
	if match == nil {
		return measurement{}, fmt.Errorf(`%s: printed no "wall"`, program)
	}
	seconds, err := strconv.ParseFloat(string(match[1]), 64)
	return measurement{wall: time.Duration(seconds * 1e9)}, err
}

// processor returns the processor's name as given by the system.
func processor() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err == nil {
		for line := range strings.Lines(string(text)) {
			if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
				return strings.TrimSpace(value)
			}
		}
	}
	out, err := exec.Command("sysctl", "-n", "machdep.cpu.brand_string").Output()
	if err == nil {
		return strings.TrimSpace(string(out))
	}
	return "Processor unknown"
}

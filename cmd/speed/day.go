package main

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// A synthetic day has functions of the number of Azure's public trace of 2019 on its first day, in the
// trace's format: 46,413 of them, in files of 145 MB. How often they are asked for spreads over eight
// orders of magnitude; a sixth are timers. It is made up: only its size is that of the trace.
const (
	functionsOfADay = 46_413
	minutesOfADay   = 1440
)

// dayPolicies are simulated of a day: unlimited memory, and two nodes that hold half of what is never unloaded.
var dayPolicies = []struct{ name, scenario string }{
	{"keep-alive 10m", "nodes: {}\ncontainer: {startup: constant(1s), keep_alive: 10m}"},
	{"histogram", "nodes: {}\ncontainer: {startup: constant(1s), keep_alive: histogram()}"},
	{"never, LRU, two nodes of 1TB", "nodes: {count: 2, memory: 1024GB}\ncontainer: {startup: constant(1s), keep_alive: never, evict: lru}"},
	{"never, greedy-dual, two nodes of 1TB", "nodes: {count: 2, memory: 1024GB}\ncontainer: {startup: constant(1s), keep_alive: never, evict: greedy-dual}"},
}

// measureDay prints what one replay of a synthetic day takes with each policy, on one worker.
func measureDay(w io.Writer, functions, requests int) error {
	dir, err := os.MkdirTemp("", "faaslab-day")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	program, err := build(dir)
	if err != nil {
		return err
	}
	n, err := writeDay(filepath.Join(dir, "azure"), functions, requests)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%s, %s: a synthetic day of %s functions and %s requests.\n\n", processor(), time.Now().Format(time.DateOnly), grouped(functions), grouped(n))
	fmt.Fprint(w, "| policy | processor time, s | million requests/s | resident MiB |\n|---|--:|--:|--:|\n")
	for _, p := range dayPolicies {
		fmt.Fprintf(os.Stderr, "%s\n", p.name)
		m, err := simulate(program, "workload: azure2019(azure)\n"+p.scenario+"\nrun: {replications: 1}\n", "--workers", "1")
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		fmt.Fprintf(w, "| %s | %.0f | %.2f | %s |\n", p.name, m.busy.Seconds(), millions(n, m.busy), mebibytes(m.resident))
	}
	return nil
}

// writeDay writes a day with about so many requests, and returns how many they are.
func writeDay(dir string, functions, requests int) (all int, err error) {
	if err := os.Mkdir(dir, 0o777); err != nil {
		return 0, err
	}
	var files [3]*os.File
	var out [3]*bufio.Writer
	for i, name := range []string{"invocations_per_function_md", "function_durations_percentiles", "app_memory_percentiles"} {
		if files[i], err = os.Create(filepath.Join(dir, name+".anon.d01.csv")); err != nil {
			return 0, err
		}
		defer files[i].Close()
		out[i] = bufio.NewWriterSize(files[i], 1<<20)
	}
	counts, durations, memory := out[0], out[1], out[2]
	fmt.Fprint(counts, "HashOwner,HashApp,HashFunction,Trigger")
	for minute := range minutesOfADay {
		fmt.Fprintf(counts, ",%d", minute+1)
	}
	fmt.Fprint(counts, "\n")
	fmt.Fprintln(durations, "HashOwner,HashApp,HashFunction,Average,Count,Minimum,Maximum,percentile_Average_0,percentile_Average_1,percentile_Average_25,percentile_Average_50,percentile_Average_75,percentile_Average_99,percentile_Average_100")
	fmt.Fprintln(memory, "HashOwner,HashApp,SampleCount,AverageAllocatedMb,AverageAllocatedMb_pct1,AverageAllocatedMb_pct100")

	g := rand.New(rand.NewPCG(1, 2))
	id := func() string {
		return fmt.Sprintf("%016x%016x%016x%016x", g.Uint64(), g.Uint64(), g.Uint64(), g.Uint64())
	}
	rates, total := make([]float64, functions), 0.0
	for i := range rates {
		rates[i] = min(math.Exp(2.9*g.NormFloat64()), 3000)
		total += rates[i]
	}
	var app string // with its owner
	var row []byte
	for i, rate := range rates {
		if i == 0 || g.Float64() < 0.53 { // 1.9 functions an app
			app = id() + "," + id()
			mb := 60 + math.Exp(4.4+0.7*g.NormFloat64())
			fmt.Fprintf(memory, "%s,1440,%.0f,%.0f,%.0f\n", app, mb, 0.8*mb, 1.3*mb)
		}
		perMinute := rate / total * float64(requests) / minutesOfADay
		of, every, phase := "http", 0, 0
		if g.IntN(6) == 0 && perMinute < 1 {
			of, every = "timer", int(min(1/perMinute, minutesOfADay))
			phase = g.IntN(every)
		}
		row = append(row[:0], app+","+id()+","+of...)
		sum := 0
		for minute := range minutesOfADay {
			n := 0
			if every == 0 {
				n = poisson(g, perMinute*(1+0.4*math.Sin(2*math.Pi*float64(minute)/minutesOfADay)))
			} else if minute%every == phase {
				n = 1
			}
			sum += n
			row = strconv.AppendInt(append(row, ','), int64(n), 10)
		}
		if sum == 0 { // the trace has no function without a request
			n := g.IntN(minutesOfADay)
			row = row[:len(row)-2*(minutesOfADay-n)]
			row = append(row, ",1"...)
			for range minutesOfADay - n - 1 {
				row = append(row, ",0"...)
			}
			sum = 1
		}
		all += sum
		_, _ = counts.Write(append(row, '\n')) // Flush has the error
		ms := math.Exp(5.5 + 1.7*g.NormFloat64())
		fmt.Fprintf(durations, "%s,%.0f,%d,%.1f,%.1f,%.0f,%.0f,%.0f,%.0f,%.0f,%.0f,%.0f\n", row[:len(app)+65], ms, sum, ms/20, 9*ms, 0.1*ms, 0.15*ms, 0.5*ms, 0.8*ms, 1.2*ms, 4*ms, 8*ms)
	}
	for i := range out {
		if err := out[i].Flush(); err != nil {
			return 0, err
		}
		if err := files[i].Close(); err != nil {
			return 0, err
		}
	}
	return all, nil
}

// poisson draws a count with a mean; a large one from the normal law, which is near enough.
func poisson(g *rand.Rand, mean float64) (n int) {
	if mean > 30 {
		return max(0, int(math.Round(mean+math.Sqrt(mean)*g.NormFloat64())))
	}
	for p, end := g.Float64(), math.Exp(-mean); p > end; n++ {
		p *= g.Float64()
	}
	return n
}

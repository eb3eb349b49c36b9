package validate

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"faaslab/platform"
	"faaslab/scenarios"
	"faaslab/sim"
)

// countsOfMinutes checks what becomes of the counts of a trace that has them by the minute. It writes a
// small trace in the form of Azure Functions' of 2019, of two days and two apps, and simulates it: each
// function has as many requests as its minutes add up to in the time asked for, whatever the spread. Their
// places in the minute are the middles of equal parts (even), the beginnings of these (start), or uniform
// (Kolmogorov and Smirnov; 1.95/√n is exceeded once in a thousand times).
func countsOfMinutes(ctx context.Context, s scenarios.Scenario) (err error) {
	dir, err := os.MkdirTemp("", "faaslab-counts")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	counts := newMinuteCounts(s.Run.Seed)
	if err := counts.write(dir); err != nil {
		return err
	}
	for _, c := range []struct {
		parameters string
		from, to   int // minutes
	}{
		{"spread=uniform", 0, 2880}, {"spread=even", 0, 2880}, {"spread=start", 0, 2880}, {"spread=even, days=2", 1440, 2880},
		{"spread=even, by=app", 0, 2880}, {"spread=uniform, from=30m, to=26h", 30, 1560},
	} {
		text := fmt.Sprintf("workload: azure2019(., durations=average, memory=1MB, %s)\nnodes: {}\ncontainer: {startup: constant(0s), keep_alive: 0s}\nrun: {seed: %d}\n", c.parameters, s.Run.Seed)
		path := filepath.Join(dir, "counts.yaml")
		if !strings.Contains(c.parameters, "by=app") {
			text = strings.Replace(text, "durations=average", "by=function, durations=average", 1)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return err
		}
		trace, err := scenarios.Load(path, nil)
		if err != nil {
			return err
		}
		o, log, err := pathOf(ctx, trace, sim.Time(c.to-c.from)*minute)
		if err != nil {
			return fmt.Errorf("%s: %w", c.parameters, err)
		}
		if err := counts.compare(trace, o, log, c.from, c.to, c.parameters); err != nil {
			return fmt.Errorf("%s: %w", c.parameters, err)
		}
	}
	return nil
}

const minute = 60 * sim.Second

// minuteCounts are the requests of functions f0, f1 … by the minute.
type minuteCounts [][]int

// newMinuteCounts returns the counts of two days: few, many in a minute, and some in each hour.
func newMinuteCounts(seed uint64) minuteCounts {
	g := rand.New(rand.NewPCG(seed, 15))
	counts := make(minuteCounts, 4)
	for f := range counts {
		counts[f] = make([]int, 2880)
		for m := range counts[f] {
			switch {
			case f == 0 && m%60 == 7:
				counts[f][m] = 1
			case f == 1 && g.IntN(10) == 0:
				counts[f][m] = 1 + g.IntN(40)
			case f == 2 && m/1440 == 1: // on the second day alone
				counts[f][m] = g.IntN(4)
			case f == 3 && g.IntN(200) == 0:
				counts[f][m] = 100
			}
		}
	}
	return counts
}

// app returns the app of a function: each has two.
func (minuteCounts) app(f int) string { return fmt.Sprintf("app%d", f/2) }

// write writes the files of a trace.
func (c minuteCounts) write(dir string) error {
	for day := range 2 {
		var requests, durations, memory strings.Builder
		requests.WriteString("HashOwner,HashApp,HashFunction,Trigger")
		for m := range 1440 {
			fmt.Fprintf(&requests, ",%d", m+1)
		}
		durations.WriteString("HashOwner,HashApp,HashFunction,Average,Count,Minimum,Maximum,percentile_Average_0,percentile_Average_1,percentile_Average_25,percentile_Average_50,percentile_Average_75,percentile_Average_99,percentile_Average_100\n")
		memory.WriteString("HashOwner,HashApp,SampleCount,AverageAllocatedMb,AverageAllocatedMb_pct1,AverageAllocatedMb_pct5,AverageAllocatedMb_pct25,AverageAllocatedMb_pct50,AverageAllocatedMb_pct75,AverageAllocatedMb_pct95,AverageAllocatedMb_pct99,AverageAllocatedMb_pct100\n")
		for f := range c {
			today, sum := c[f][1440*day:1440*(day+1)], 0
			for _, n := range today {
				sum += n
			}
			if sum == 0 {
				continue
			}
			fmt.Fprintf(&requests, "\no,%s,f%d,http", c.app(f), f)
			for _, n := range today {
				fmt.Fprintf(&requests, ",%d", n)
			}
			fmt.Fprintf(&durations, "o,%s,f%d,10,%d,10.0,10.0,10,10,10,10,10,10,10\n", c.app(f), f, sum)
			if f%2 == 0 || day == 0 {
				fmt.Fprintf(&memory, "o,%s,9,100,100,100,100,100,100,100,100,100\n", c.app(f))
			}
		}
		requests.WriteString("\n")
		for kind, text := range map[string]*strings.Builder{"invocations_per_function_md": &requests, "function_durations_percentiles": &durations, "app_memory_percentiles": &memory} {
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s.anon.d%02d.csv", kind, day+1)), []byte(text.String()), 0o600); err != nil {
				return err
			}
		}
	}
	return nil
}

// compare checks what was simulated of the minutes from … to.
func (c minuteCounts) compare(s scenarios.Scenario, o *platform.Observations, log []platform.Request, from, to int, parameters string) error {
	functions, _ := s.Many()
	byApp := strings.Contains(parameters, "by=app")
	want := map[string][]int{} // by name and minute
	for f := range c {
		name := fmt.Sprintf("%s/f%d", c.app(f), f)
		if byApp {
			name = c.app(f)
		}
		if want[name] == nil {
			want[name] = make([]int, to-from)
		}
		for m := range to - from {
			want[name][m] += c[f][from+m]
		}
	}
	got, places, seen := map[string][]int{}, []float64{}, map[string]map[int][]sim.Time{}
	for name := range want {
		got[name], seen[name] = make([]int, to-from), map[int][]sim.Time{}
	}
	for _, r := range log {
		name := functions[r.Function].Name
		m := int(r.Arrival / minute)
		if got[name] == nil || m >= to-from {
			return fmt.Errorf("a request of %s at %v", name, r.Arrival)
		}
		got[name][m]++
		seen[name][m] = append(seen[name][m], r.Arrival%minute)
		places = append(places, float64(r.Arrival%minute)/float64(minute))
	}
	total := int64(0)
	for name, minutes := range want {
		for m, n := range minutes {
			if got[name][m] != n {
				return fmt.Errorf("%s has %d requests in minute %d; want %d", name, got[name][m], from+m, n)
			}
			total += int64(n)
			if byApp || strings.Contains(parameters, "uniform") {
				continue
			}
			slices.Sort(seen[name][m])
			for i, at := range seen[name][m] {
				part := sim.Time(2*i+1) * minute / sim.Time(2*n)
				if strings.Contains(parameters, "start") {
					part = sim.Time(i) * minute / sim.Time(n)
				}
				if at != part {
					return fmt.Errorf("request %d of %d of %s in minute %d is at %v; want %v", i+1, n, name, from+m, at, part)
				}
			}
		}
	}
	if o.Arrivals != total || total < 2000 {
		return fmt.Errorf("%d arrivals; want %d", o.Arrivals, total)
	}
	if strings.Contains(parameters, "uniform") {
		slices.Sort(places)
		n, farthest := float64(len(places)), 0.0
		for i, x := range places {
			farthest = max(farthest, math.Abs(x-float64(i)/n), math.Abs(x-float64(i+1)/n))
		}
		if farthest*math.Sqrt(n) > 1.95 {
			return fmt.Errorf("places in the minute deviate by %.4g from the uniform law, of %d requests", farthest, len(places))
		}
	}
	return nil
}

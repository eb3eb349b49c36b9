package scenarios_test

import (
	"context"
	"fmt"
	"slices"

	"faaslab/platform/cluster"
	"faaslab/scenarios"
	"faaslab/sim"
)

// Longest is a keep-alive policy: instances stay for a tenth longer than the longest of the last
// idle times of their function; First, before there was one.
type Longest struct {
	Last  int // how many idle times are remembered
	First sim.Time
}

// String names the policy in what is printed.
func (p Longest) String() string { return fmt.Sprintf("longest of %d", p.Last) }

// Standard is what holds before anything is known of a function.
func (p Longest) Standard() cluster.Windows { return cluster.Windows{End: p.First} }

// Begin begins the memory of one function on one node.
func (p Longest) Begin() cluster.History { return &longest{policy: p} }

type longest struct {
	policy Longest
	idle   []sim.Time
}

// Idled learns an idle time.
func (l *longest) Idled(t sim.Time) {
	l.idle = append(l.idle, t)
	l.idle = l.idle[max(0, len(l.idle)-l.policy.Last):]
}

// Windows decides when a function becomes idle. A Load would unload it, and load it again later.
func (l *longest) Windows() cluster.Windows {
	if len(l.idle) == 0 {
		return l.policy.Standard()
	}
	longest := slices.Max(l.idle)
	return cluster.Windows{End: longest + longest/10}
}

// A keep-alive policy of one's own, compared with the hybrid histogram on the same requests.
func Example_aPolicyOfOnesOwn() {
	s, err := scenarios.Parse("", "", []byte(`
functions:
  timer: {arrivals: constant(rate=3/h), warm: constant(5s), memory: 512MB}
  nightly: {arrivals: constant(rate=1/d), warm: constant(60s), memory: 1GB}
  visitors: {arrivals: poisson(rate=12/h), warm: exponential(mean=1s), memory: 256MB}
  bursts: {arrivals: 'batch(poisson(rate=1/h), size=5)', warm: exponential(mean=2s), memory: 256MB}
nodes: {memory: 8GB}
container: {startup: constant(2s), keep_alive: histogram(range=4h)}
run: {duration: 60d, warmup: 5d, replications: 16}`), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	own := s
	own.Keeping.Policy = Longest{Last: 20, First: 600 * sim.Second}
	result, err := scenarios.Compare(context.Background(), s, own, scenarios.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(own.Describe("container", sim.Time.String))
	for _, metric := range []string{"cold_start_probability", "wasted_memory"} {
		a, _ := result.A.Platforms[0].Metric(metric)
		b, _ := result.B.Platforms[0].Metric(metric)
		d, _ := result.Difference("container", metric)
		fmt.Printf("%s: histogram %.3g, %v %.3g, difference %.2g ± %.1g\n", metric, a.Mean, own.Keeping.Policy, b.Mean, d.Difference.Mean, d.Difference.HalfWidth)
	}
	// Output:
	// [1 node of 8GB keep-alive longest of 20 evict lru reject MRU]
	// cold_start_probability: histogram 0.0123, longest of 20 0.0333, difference 0.021 ± 0.0007
	// wasted_memory: histogram 3.09e+08, longest of 20 5.29e+08, difference 2.2e+08 ± 1e+06
}

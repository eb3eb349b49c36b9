package main

import (
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"strconv"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/cluster"
	"faaslab/sim"
)

// A clusterCase is a cluster of functions that are asked for by Zipf's law, all together 100 times a
// second.
type clusterCase struct {
	functions, nodes, workers int
	policy                    string
	us                        measurement
}

// The policies of the cases. Under first-fit, a node has room for its share of the functions, an
// instance of each.
const (
	fixed     = "keep-alive 10m"
	lru       = "30 % memory, LRU"
	greedy    = "30 % memory, greedy-dual"
	histogram = "histogram"
	firstFit  = "keep-alive 10m, first-fit"
)

// clusters are the cases of the page. The sizes on several nodes are those of the benchmark of
// dslab-faas.
var clusters = []*clusterCase{
	{functions: 100, nodes: 1, workers: 1, policy: fixed},
	{functions: 10_000, nodes: 1, workers: 1, policy: fixed},
	{functions: 10_000, nodes: 1, workers: 2, policy: fixed},
	{functions: 10_000, nodes: 1, workers: 1, policy: lru},
	{functions: 10_000, nodes: 1, workers: 1, policy: greedy},
	{functions: 10_000, nodes: 1, workers: 1, policy: histogram},
	{functions: 100_000, nodes: 1, workers: 1, policy: fixed},
	{functions: 100_000, nodes: 1, workers: 1, policy: greedy},
	{functions: 1_000, nodes: 10, workers: 1, policy: fixed},
	{functions: 1_000, nodes: 10, workers: 1, policy: firstFit},
	{functions: 10_000, nodes: 100, workers: 1, policy: fixed},
	{functions: 10_000, nodes: 100, workers: 1, policy: firstFit},
}

// Of all functions together.
const (
	clusterRate   = 100  // requests a second
	clusterWarmup = 1800 // s
	megabytes     = 128  // of an instance
)

// memory returns the memory of a node in MB; 0: unlimited. 30 % are of an instance of each function,
// of up to 10,000, which is about what a keep-alive of ten minutes takes.
func (c *clusterCase) memory() int {
	switch c.policy {
	case lru, greedy:
		return megabytes * 3 / 10 * min(c.functions, 10_000)
	case firstFit:
		return megabytes * c.functions / c.nodes
	}
	return 0
}

func (c *clusterCase) scenario() string {
	memory, keep, more := "unlimited", "10m", ""
	if m := c.memory(); m > 0 {
		memory = fmt.Sprint(m, "MB")
	}
	placement := "hash"
	switch c.policy {
	case lru:
		keep, more = "never", ", evict: lru"
	case greedy:
		keep, more = "never", ", evict: greedy-dual"
	case histogram:
		keep = "histogram(range=4h)"
	case firstFit:
		placement = "first-fit"
	}
	return fmt.Sprintf("workload: zipf(functions=%d, rate=%d/s, exponent=1, warm=exponential(mean=300ms), memory=%dMB)\n"+
		"nodes: {count: %d, memory: %s, placement: %s}\n"+
		"container: {startup: constant(1s), keep_alive: %s%s}\n", c.functions, clusterRate, megabytes, c.nodes, memory, placement, keep, more)
}

// oneFunction is what clusters are compared with: the requests of all are of one function.
const oneFunction = "arrivals: poisson(rate=100/s)\n" +
	"container: {warm: exponential(mean=300ms), startup: constant(1s), keep_alive: 10m, max_instances: unlimited}\n"

// runCluster simulates n requests in two replications.
func runCluster(program, scenario string, n, workers int) (measurement, error) {
	seconds := float64(n) / clusterRate / 2
	warmup := math.Min(clusterWarmup, seconds/2)
	return simulate(program, scenario, "--workers", strconv.Itoa(workers), "--set", "run.replications=2",
		"--set", fmt.Sprintf("run.warmup=%.9fs", warmup), "--set", fmt.Sprintf("run.duration=%.9fs", seconds-warmup))
}

// bytes returns how much memory of the heap a function takes in one replication, after its warm-up.
func (c *clusterCase) bytes(warmup sim.Time) (int64, error) {
	config := cluster.Config{Functions: make([]cluster.Function, c.functions), Nodes: c.nodes, Memory: cluster.Unlimited, MaxInstances: platform.Unlimited,
		KeepAlive: cluster.Fixed(600 * sim.Second), QueueTimeout: sim.Never}
	if m := c.memory(); m > 0 {
		config.Memory = int64(m)
	}
	switch c.policy {
	case lru, greedy:
		config.KeepAlive = cluster.Fixed(sim.Never)
		if c.policy == greedy {
			config.Evict = cluster.GreedyDual
		}
	case histogram:
		config.KeepAlive = cluster.NewHistogram()
	case firstFit:
		config.Placement = cluster.FirstFit
	}
	sum := 0.0
	for k := range config.Functions {
		sum += 1 / float64(k+1)
	}
	for k := range config.Functions {
		config.Functions[k] = cluster.Function{Memory: megabytes, Arrivals: dist.Poisson{PerSecond: clusterRate / sum / float64(k+1)},
			Warm: dist.Exponential{Mean: 0.3}, Startup: dist.Constant{Value: 1}}
	}
	before := heap()
	s, err := cluster.New(config, 1, 0)
	if err != nil {
		return 0, err
	}
	err = s.Run(warmup)
	taken := int64(heap()) - int64(before)
	runtime.KeepAlive(s)
	runtime.KeepAlive(config)
	return taken / int64(c.functions), err
}

// heap returns the bytes of all live objects.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// writeClusters writes the table of clusters. one is the time of one function.
func writeClusters(w io.Writer, cases []*clusterCase, one measurement, requests int) error {
	fmt.Fprintf(w, "\n## Many functions\n\nFunctions are asked for in proportion to 1/k, all together %d times a second; a request takes 300 ms, a start-up 1 s. %s requests in two\n"+
		"replications; the beginning, half an hour, is simulated but not observed. One function with all the requests takes %.1f million requests/s.\n\n"+
		"| functions | nodes | policy | million requests/s | of one function | resident MiB | bytes a function |\n|--:|--:|---|--:|--:|--:|--:|\n",
		clusterRate, grouped(requests), millions(requests, one.wall))
	for _, c := range cases {
		policy := c.policy
		if c.workers > 1 {
			policy += ", two workers"
		}
		bytes, err := c.bytes(min(clusterWarmup*sim.Second, sim.FromSeconds(float64(requests)/clusterRate/4)))
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "| %s | %d | %s | %.2f | %.2f | %s | %s |\n", grouped(c.functions), c.nodes, policy,
			millions(requests, c.us.wall), one.wall.Seconds()/c.us.wall.Seconds(), mebibytes(c.us.resident), grouped(int(bytes)))
	}
	two := cases[slices.IndexFunc(cases, func(c *clusterCase) bool { return c.workers == 2 })]
	alone := cases[slices.IndexFunc(cases, func(c *clusterCase) bool {
		return c.workers == 1 && c.functions == two.functions && c.nodes == two.nodes && c.policy == two.policy
	})]
	fmt.Fprintf(w, "\n- Two workers take 1/%.2f of the time of one (%s functions).\n", alone.us.wall.Seconds()/two.us.wall.Seconds(), grouped(two.functions))
	return nil
}

package scenarios

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/platform"
	"faaslab/sim"
)

const coredFunctions = `functions:
  a: {arrivals: poisson(rate=2/s), warm: exponential(mean=200ms), memory: 256MB}
  b: {arrivals: poisson(rate=1/s), warm: constant(300ms), memory: 512MB, startup: constant(0s)}
nodes: {memory: 8GB, cores: 1}
container: {startup: constant(1s), startup_cpu: 0.5, keep_alive: never}
run: {duration: 20m, warmup: 1m, replications: 4}
`

// Two functions on a core are an M/G/1 queue under processor sharing: a request of x seconds takes
// x/(1 − 0.7), whatever the laws.
func TestFunctionsShareTheCoresOfTheirNode(t *testing.T) {
	s := twoParsed(t, coredFunctions, set("container.startup", "constant(0s)"))
	assert.Equal(t, platform.Cores{Physical: 1, Threads: 1, AllCoreSpeed: 1}, s.Nodes.Cores)
	assert.Equal(t, s, twoParsed(t, string(s.YAML())))
	r, err := Simulate(context.Background(), s, Options{})
	require.NoError(t, err)
	require.NoError(t, r.Broken)
	response, _ := r.Platforms[0].Metric(platform.ResponseTime)
	assert.InDelta(t, 0.7/3/(1-0.7), response.Mean, 3*response.HalfWidth)
	assert.Contains(t, strings.Join(s.Describe(ContainerPlatform, sim.Time.String), ", "), "1 node of 8GB with 1 core")

	// Without limits of memory nodes with cores are not independent functions; with hash they are nodes.
	one := twoParsed(t, coredFunctions, set("nodes.memory", "unlimited"), set("container.keep_alive", "1m"))
	assert.ErrorContains(t, one.CheckShards(), "want nodes.memory, nodes.max_instances and nodes.cores unlimited")
	several := twoParsed(t, coredFunctions, set("nodes.count", "3"), set("nodes.memory", "unlimited"), set("container.keep_alive", "1m"))
	assertShardsJoin(t, several, platform.ResponseTime, platform.ResponseTimeCold, platform.Running, platform.MemoryIdle)
}

// Executors beside many functions have the cores of all nodes, where their own are left out.
func TestExecutorsTakeTheCoresOfTheNodes(t *testing.T) {
	const wasm = "wasm: {startup: constant(10ms)}\n"
	s := twoParsed(t, coredFunctions+wasm, set("nodes.count", "3"))
	assert.Equal(t, 3, s.Wasm.Cores.Physical)
	assert.Contains(t, string(s.YAML()), "wasm:\n  startup: constant(10ms)\n  cores: 3\n")
	s = twoParsed(t, strings.Replace(coredFunctions, "cores: 1", "count: 3, cores: {physical: 4, threads: 2, yield: 0.25}", 1)+wasm)
	assert.Equal(t, platform.Cores{Physical: 12, Threads: 2, Yield: 0.25, AllCoreSpeed: 1}, s.Wasm.Cores)
	assert.Equal(t, 5, twoParsed(t, coredFunctions+wasm, set("wasm.cores", "5")).Wasm.Cores.Physical)
	assert.False(t, twoParsed(t, coredFunctions+wasm, set("wasm.cores", "unlimited")).Wasm.Cores.Limited())
	assert.False(t, twoParsed(t, coredFunctions+wasm, set("nodes.cores", "unlimited"), set("container.startup_cpu", "1")).Wasm.Cores.Limited())
	clocked := strings.Replace(coredFunctions, "cores: 1", "count: 2, cores: {physical: 2, all_core_speed: 0.8}", 1)
	_, err := Parse("two.yaml", "", []byte(clocked+wasm), nil)
	assert.ErrorContains(t, err, "two.yaml:7: wasm: wasm.cores is missing, and the clock of nodes.cores is that of one node, not of 2 together; want a whole number")
	assert.Equal(t, 0.8, twoParsed(t, strings.Replace(clocked, "count: 2, ", "", 1)+wasm).Wasm.Cores.AllCoreSpeed)
}

func TestWhatIsWrongWithTheCoresOfNodes(t *testing.T) {
	for change, want := range map[[2]string]string{
		{"cores: 1", "cores: 0"}:                              `two.yaml:4: nodes.cores: found "0"; want a whole number from 1`,
		{"cores: 1", "cores: 1.5"}:                            `two.yaml:4: nodes.cores: found "1.5"`,
		{"cores: 1", "cores: {threads: 2}"}:                   "two.yaml:4: nodes.cores.physical: missing",
		{"cores: 1", "cores: {physical: 2, threads: 2}"}:      "two.yaml:4: nodes.cores.threads: two threads and no yield; want nodes.cores.yield",
		{"cores: 1", "cores: {physical: 2, clock: 2}"}:        "two.yaml:4: nodes.cores.clock: unknown key",
		{"cores: 1", "cores: {physical: 2, speeds: [1, -1]}"}: "two.yaml:4: nodes.cores.speeds:",
		{", cores: 1", ""}:                                    "two.yaml:5: container.startup_cpu: has no effect with nodes.cores: unlimited; want a number of cores",
		{"startup_cpu: 0.5", "startup_cpu: 2"}:                `two.yaml:5: container.startup_cpu: found "2"`,
		{"startup_cpu: 0.5", "cores: 2"}:                      "two.yaml:5: container.cores: instances of many functions share the cores of their node; want nodes.cores",
	} {
		_, err := Parse("two.yaml", "", []byte(strings.Replace(coredFunctions, change[0], change[1], 1)), nil)
		assert.ErrorContains(t, err, want, change[1])
	}
	s := twoParsed(t, coredFunctions)
	nodes := *s.Nodes
	nodes.Cores = platform.Cores{Yield: 0.5}
	s.Nodes = &nodes
	assert.ErrorContains(t, s.Check(), "nodes.cores: a block for cores: unlimited has no effect")
}

func TestCoresOfNodesNeedASteadyState(t *testing.T) {
	busy := []Override{set("functions.a.arrivals.rate", "4/s"), set("container.keep_alive", "1m")}
	for want, more := range map[string][]Override{
		"ask for 1.1 seconds of CPU time a second, not below 1 core, so that the instances only grow in number": {set("nodes.memory", "unlimited")},
		"not below 1 core, so that the queue only grows":                                                        {set("container.when_full", "queue")},
		"not below the 0.8 that 1 core, speed 0.8 do together":                                                  {set("nodes.memory", "unlimited"), set("nodes.cores.speeds", "[0.8]")},
		"under placement hash node":                                                                             {set("nodes.memory", "unlimited"), set("nodes.count", "4"), set("functions.a.arrivals.rate", "6/s")},
	} {
		text := coredFunctions
		if strings.Contains(want, "speed") {
			text = strings.Replace(text, "cores: 1", "cores: {physical: 1}", 1)
		}
		s := twoParsed(t, text, append(append([]Override{}, busy...), more...)...)
		assert.ErrorContains(t, s.CheckSteadyState(), want)
	}
	assert.NoError(t, twoParsed(t, coredFunctions, busy...).CheckSteadyState(), "a full node rejects")
	assert.NoError(t, twoParsed(t, coredFunctions, append(busy, set("nodes.memory", "unlimited"), set("nodes.count", "2"), set("nodes.placement", "least-loaded"))...).CheckSteadyState())
	// Start-ups count where every start is cold: 2·(0.2 + 0.5) + 1·0.3 = 1.7.
	assert.ErrorContains(t, twoParsed(t, coredFunctions, set("nodes.memory", "unlimited"), set("container.keep_alive", "0s")).CheckSteadyState(), "ask for 1.7 seconds")
}

// A pool of one function has its policies on shared cores, too: what is there of a cluster.
func TestAPoolOnSharedCoresKeepsInstances(t *testing.T) {
	const pool = "arrivals: poisson(rate=2/s)\ncontainer: {warm: exponential(mean=300ms), startup: constant(1s), cores: 1, startup_cpu: 0.3, keep_alive: 0s, max_instances: unlimited}\nrun: {duration: 20m, warmup: 1m, replications: 4}\n"
	s := twoParsed(t, pool, set("container.min_instances", "1000"))
	r, err := Simulate(context.Background(), s, Options{})
	require.NoError(t, err)
	require.NoError(t, r.Broken)
	response, _ := r.Platforms[0].Metric(platform.ResponseTime)
	assert.InDelta(t, 0.3/(1-0.6), response.Mean, 3*response.HalfWidth, "no start is cold: M/M/1 under processor sharing")
	cold, _ := r.Platforms[0].Metric(platform.ColdStartProbability)
	assert.Zero(t, cold.Mean)
	for _, more := range []Override{set("container.spare", "2"), set("container.provisioned", "1"), set("container.keep_alive", "histogram()")} {
		r, err := Simulate(context.Background(), twoParsed(t, pool, more), Options{})
		require.NoError(t, err)
		require.NoError(t, r.Broken)
	}
}

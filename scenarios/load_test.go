package scenarios

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/executors"
	"faaslab/platform/pool"
	"faaslab/sim"
)

// parse reads a scenario that must be accepted.
func parse(t *testing.T, text string, overrides ...Override) Scenario {
	t.Helper()
	s, err := Parse("pool.yaml", "", []byte(text), overrides)
	require.NoError(t, err)
	return s
}

const smallest = `
arrivals: poisson(rate=1/s)
container: {warm: constant(1s), cold: constant(2s)}
`

func TestWhatIsLeftOutHasItsDefault(t *testing.T) {
	assert.Equal(t, Scenario{
		Name:     "pool",
		Arrivals: dist.Poisson{PerSecond: 1},
		Container: &pool.Config{
			Warm:         dist.Constant{Value: 1},
			Cold:         dist.Constant{Value: 2},
			KeepAlive:    60 * sim.Second,
			MaxInstances: 110,
			QueueTimeout: sim.Never,
			StartupCPU:   1,
			Dispatch:     pool.Dispatch{Batch: platform.Unlimited},
		},
		Run: Run{Seed: 1, Replications: 16, Warmup: AutoWarmup, Precision: 0.01, MaxRequests: 20_000_000},
	}, parse(t, smallest))

	assert.Equal(t, &executors.Config{Service: dist.Constant{Value: 1}},
		parse(t, "arrivals: poisson(rate=1/s)\nwasm: {service: constant(1s)}").Wasm)
}

func TestEveryKeyIsRead(t *testing.T) {
	assert.Equal(t, Scenario{
		Name:        "everything",
		Description: "One of each: keys",
		Arrivals:    dist.Poisson{PerSecond: 3},
		Container: &pool.Config{
			Warm:           dist.Exponential{Mean: 1},
			Startup:        dist.Constant{Value: 0.25},
			Release:        dist.Exponential{Mean: 0.02},
			KeepAlive:      90 * sim.Second,
			MaxInstances:   2000,
			WhenFull:       pool.Queue,
			QueueTimeout:   sim.Second / 2,
			Routing:        pool.Random,
			Cores:          platform.Cores{Physical: 20, Threads: 2, Yield: 0.25, AllCoreSpeed: 0.8},
			StartupCPU:     0.3,
			InitialIdle:    7,
			InitialRunning: 5,
			Dispatch:       pool.Dispatch{Interval: sim.Second / 100, Batch: 100, PerBatch: sim.Second / 50, Service: dist.Constant{Value: 0.001}, HandOver: pool.Together},
		},
		Wasm: &executors.Config{
			Service:    dist.Exponential{Mean: 2},
			Startup:    dist.Constant{Value: 0.001},
			Cores:      platform.Cores{Physical: 10, Threads: 1, AllCoreSpeed: 1, Speeds: []float64{1}},
			Discipline: executors.FCFS,
		},
		Run: Run{Seed: math.MaxUint64, Replications: 2, Warmup: 0, Duration: 24 * 3600 * sim.Second},
	}, parse(t, `
# comments are skipped
name: everything
description: "One of each: keys"
arrivals: poisson(rate=3/s)
container:
  warm: exponential(mean=1s)
  startup: constant(250ms)
  release: exponential(mean=20ms)
  keep_alive: 1m30s
  max_instances: 2e3       # a whole number, however it is written
  when_full: queue
  queue_timeout: 0.5s
  routing: random
  cores: {physical: 20, threads: 2, yield: 0.25, all_core_speed: 0.8}
  startup_cpu: 0.3
  dispatch:
    interval: 10ms
    batch: 100
    per_batch: 20ms
    service: constant(1ms)
    hand_over: together
  initial:
    idle: 7
    running: 5
wasm:
  service: exponential(mean=2s)
  startup: constant(1ms)
  cores: {physical: 10, speeds: [1]} # constant, and so fit to be held one by one
  discipline: fcfs
run:
  seed: 18446744073709551615
  replications: 2
  warmup: 0s
  duration: 24h
`))
}

func TestNeverAndUnlimited(t *testing.T) {
	c := parse(t, "arrivals: poisson(rate=1/s)\ncontainer: {warm: constant(1s), cold: constant(2s), keep_alive: never, max_instances: unlimited, queue_timeout: never}").Container
	assert.Equal(t, sim.Never, c.KeepAlive)
	assert.Equal(t, platform.Unlimited, c.MaxInstances)
	assert.Zero(t, parse(t, smallest, Override{Key: "container.keep_alive", Value: "0s"}).Container.KeepAlive)
}

func TestAColonInANotationNeedsNoQuotes(t *testing.T) {
	for name, text := range map[string]string{
		"on one line":     "warm: mixture(0.9: constant(1s), 0.1: constant(10s))",
		"on two lines":    "warm: mixture(0.9: constant(1s),\n    0.1: constant(10s))",
		"before a remark": "warm: mixture(0.9: constant(1s), 0.1: constant(10s)) # mostly short",
		"in quotes":       `warm: "mixture(0.9: constant(1s), 0.1: constant(10s))"`,
	} {
		t.Run(name, func(t *testing.T) {
			s := parse(t, "arrivals: poisson(rate=1/s)\ncontainer:\n  "+text+"\n  cold: shifted(1s, mixture(1: constant(1s)))\n")
			assert.Equal(t, "mixture(0.9: constant(1s), 0.1: constant(10s))", s.Container.Warm.String())
			assert.Equal(t, "shifted(1s, mixture(1: constant(1s)))", s.Container.Cold.String())
		})
	}
}

func TestATraceMayFixTheServiceTimes(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666))
	}
	write("two.csv", "0.5,0.1\n1,0.2\n")
	write("one.csv", "0.5\n1\n")
	write("pool.yaml", "arrivals: trace(two.csv)\ncontainer: {startup: constant(1s)}\nwasm: {}\n")

	s, err := Load(filepath.Join(dir, "pool.yaml"), nil)
	require.NoError(t, err)
	assert.Nil(t, s.Container.Warm)
	assert.Nil(t, s.Wasm.Service)
	assert.Equal(t, dist.Trace{File: "two.csv", Dir: dir, Rows: 2, Last: 1e9}, s.Arrivals)
	again, err := Parse("again.yaml", dir, s.YAML(), nil)
	require.NoError(t, err)
	assert.Equal(t, s, again)

	_, err = Load(filepath.Join(dir, "pool.yaml"), []Override{{Key: "arrivals", Value: "trace(one.csv)"}})
	require.Error(t, err)
	assert.Equal(t, strings.ReplaceAll(`DIR/pool.yaml:2: container.warm: missing; want a distribution such as exponential(mean=1.5s)
DIR/pool.yaml:3: wasm.service: missing; want a distribution such as exponential(mean=1.5s)`, "DIR", dir), err.Error())
}

func TestWhatRunsAtTheStartNeedsAServiceTime(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "two.csv"), []byte("0.5,0.1\n1,0.2\n"), 0o666))
	const text = "arrivals: trace(two.csv)\ncontainer:\n  startup: constant(1s)\n  initial:\n    running: 2\n"
	_, err := Parse("pool.yaml", dir, []byte(text), nil)
	assert.EqualError(t, err, "pool.yaml:5: container.initial.running: found 2, and nothing says how long they go on: "+
		"the trace gives service times to its own requests alone; want container.warm, or 0")
	_, err = Parse("pool.yaml", dir, []byte(text), []Override{{Key: "container.warm", Value: "constant(1s)"}})
	assert.NoError(t, err)
	_, err = Parse("pool.yaml", dir, []byte(text), []Override{{Key: "container.initial.running", Value: "0"}})
	assert.NoError(t, err)
}

func TestLongSpansKeepMilliseconds(t *testing.T) {
	s := parse(t, smallest, Override{Key: "container.keep_alive", Value: "123456789.123456789s"})
	assert.InDelta(t, 123456789.123e9, float64(s.Container.KeepAlive), 100)
	assert.Equal(t, s, parse(t, string(s.YAML())))
}

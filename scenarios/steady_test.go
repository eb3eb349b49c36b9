package scenarios

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/platform"
)

func TestWhereNoSteadyStateCanBe(t *testing.T) {
	for name, c := range map[string]struct {
		ref, set string // overrides, separated by spaces
		want     string // "" if there may be a steady state
	}{
		"below the capacity of a queue": {"erlang-c", "arrivals.rate=6.5/s", ""},
		"above the capacity of a queue": {"erlang-c", "arrivals.rate=8/s",
			"container has no steady state: offered load 12.23 = 8/s × 1.5288s is not below 10 instances, so the queue only grows; " +
				"want a lower rate or service time, more max_instances or a duration for queue_timeout"},
		"at the capacity of a queue": {"erlang-c", "arrivals.rate=5/s container.warm.mean=2s",
			"container has no steady state: offered load 10 = 5/s × 2s is not below 10 instances, so the queue only grows; " +
				"want a lower rate or service time, more max_instances or a duration for queue_timeout"},
		"below the capacity of a queue with releases": {"erlang-c", "arrivals.rate=6/s container.release=exponential(mean=100ms)", ""},
		"above the capacity of a queue with releases": {"erlang-c", "arrivals.rate=6/s container.release=exponential(mean=200ms)",
			"container has no steady state: offered load 10.37 = 6/s × 1.7288s of service and release is not below 10 instances, so the queue only grows; " +
				"want a lower rate or service time, more max_instances or a duration for queue_timeout"},
		"releases on few cores":              {"erlang-c", "arrivals.rate=4/s container.cores=7 container.release=constant(900ms)", ""},
		"a queue that requests give up":      {"erlang-c", "arrivals.rate=8/s container.queue_timeout=60s", ""},
		"a full pool that rejects":           {"erlang-b", "arrivals.rate=8000/s", ""},
		"a bounded pool that never shrinks":  {"float", "container.keep_alive=never", ""},
		"an unbounded pool that may shrink":  {"float", "container.max_instances=unlimited", ""},
		"an unbounded queue without a bound": {"erlang-c", "arrivals.rate=8/s container.max_instances=unlimited container.keep_alive=60s", ""},
		"an unbounded pool that only grows": {"float", "container.keep_alive=never container.max_instances=unlimited",
			"container has no steady state: with keep_alive: never and max_instances: unlimited the instances only grow; " +
				"want a duration for keep_alive or a number for max_instances"},
		"below what dispatch can pass": {"float", "arrivals.rate=99/s container.dispatch.interval=100ms container.dispatch.batch=10", ""},
		"looks at any number":          {"float", "arrivals.rate=1000/s container.dispatch.interval=1m", ""},
		"batches that are too small": {"float", "arrivals.rate=100/s container.dispatch.interval=100ms container.dispatch.batch=10 container.dispatch.service=constant(9ms)",
			"container has no steady state: arrivals of 100/s are not below the 100/s that dispatch can pass, batch / interval = 10 / 100ms, so its queue only grows; " +
				"want a lower rate, a larger dispatch.batch or a shorter dispatch.interval"},
		"a reader that is too slow": {"float", "arrivals.rate=80/s container.dispatch.interval=100ms container.dispatch.service=exponential(mean=20ms) " +
			"container.when_full=queue container.queue_timeout=60s",
			"container has no steady state: arrivals of 80/s are not below the 50/s that dispatch can pass, 1 / service = 1 / 20ms, so its queue only grows; " +
				"want a lower rate or a shorter dispatch.service"},
		"batches without a bound that cost": {"float", "arrivals.rate=99/s container.dispatch.per_batch=1s container.dispatch.service=constant(10ms) container.dispatch.hand_over=together", ""},
		"bounded batches that cost": {"float", "arrivals.rate=50/s container.dispatch.per_batch=100ms container.dispatch.batch=5",
			"container has no steady state: arrivals of 50/s are not below the 50/s that dispatch can pass, batch / per_batch = 5 / 100ms, so its queue only grows; " +
				"want a lower rate, a larger dispatch.batch or a shorter dispatch.per_batch"},
		"bounded batches that cost, of requests that do": {"float", "arrivals.rate=40/s container.dispatch.interval=1ms container.dispatch.per_batch=100ms container.dispatch.batch=5 container.dispatch.service=constant(5ms)",
			"container has no steady state: arrivals of 40/s are not below the 40/s that dispatch can pass, 1 / (service + per_batch / batch) = 1 / (5ms + 100ms / 5), so its queue only grows; " +
				"want a lower rate, a shorter dispatch.service or dispatch.per_batch, or a larger dispatch.batch"},
		"unlimited cores":  {"float", "arrivals.rate=1000/s", ""},
		"below the cores":  {"wasm-10-cores", "arrivals.rate=278/s", ""},
		"fcfs cores below": {"wasm-10-cores", "wasm.discipline=fcfs", ""},
		"above the cores": {"wasm-10-cores", "arrivals.rate=300/s",
			"wasm has no steady state: offered load 10.77 = 300/s × 35.9ms is not below 10 cores, so the executors only grow in number; " +
				"want a lower rate or service time, or more cores"},
		"below two threads a core": {"wasm-10-cores", "arrivals.rate=300/s wasm.cores.threads=2 wasm.cores.yield=0.25", ""},
		"below a clock that rises": {"wasm-10-cores", "arrivals.rate=600/s wasm.cores.all_core_speed=2.7", ""},
		"above a curve": {"wasm-10-cores", "arrivals.rate=300/s wasm.cores.speeds=[1,2,0.9]",
			"wasm has no steady state: offered load 10.77 = 300/s × 35.9ms is not below the 9 that 10 cores, speeds 1 2 0.9 do together, so the executors only grow in number; " +
				"want a lower rate or service time, or more cores"},
		"above the clock of busy cores": {"wasm-10-cores", "arrivals.rate=278/s wasm.cores.all_core_speed=0.9",
			"wasm has no steady state: offered load 9.98 = 278/s × 35.9ms is not below the 9 that 10 cores, all-core speed 0.9 do together, so the executors only grow in number; " +
				"want a lower rate or service time, or more cores"},
		"a cap above the cores": {"float", "container.cores=1 container.max_instances=5", ""},
		"no cap above the cores": {"float", "container.cores=1 container.max_instances=unlimited",
			"container has no steady state: offered load 1.529 = 1/s × 1.5288s is not below 1 core, so the instances only grow in number; " +
				"want a lower rate or service time, more cores, or a number for max_instances"},
		"no keep-alive, and start-ups without CPU": {"float", "container.cores=2 container.keep_alive=0s container.max_instances=unlimited container.startup_cpu=0", ""},
		"no keep-alive, and start-ups with CPU": {"float", "container.cores=2 container.keep_alive=0s container.max_instances=unlimited container.startup_cpu=0.5",
			"container has no steady state: offered load 2.824 = 1/s × 2.8244999999999996s is not below 2 cores, so the instances only grow in number; " +
				"want a lower rate or service time, more cores, or a number for max_instances"},
		"a queue for instances on few cores": {"erlang-c", "arrivals.rate=5/s container.cores=7",
			"container has no steady state: offered load 7.644 = 5/s × 1.5288s is not below the 7 that 10 instances on 7 cores do together, so the queue only grows; " +
				"want a lower rate or service time, more cores or a duration for queue_timeout"},
		"both platforms": {"float", "arrivals.rate=100/s container.when_full=queue wasm.cores=10",
			"container has no steady state: offered load 152.9 = 100/s × 1.5288s is not below 110 instances, so the queue only grows; " +
				"want a lower rate or service time, more max_instances or a duration for queue_timeout\n" +
				"wasm has no steady state: offered load 487.6 = 100/s × 4.876s is not below 10 cores, so the executors only grow in number; " +
				"want a lower rate or service time, or more cores"},
	} {
		t.Run(name, func(t *testing.T) {
			err := loadWith(t, c.ref, c.set).CheckSteadyState()
			if c.want == "" {
				assert.NoError(t, err)
				return
			}
			assert.EqualError(t, err, c.want)
		})
	}
}

func TestAnUnsteadyErrorHoldsTheNumbers(t *testing.T) {
	var unsteady *UnsteadyError
	require.ErrorAs(t, loadWith(t, "erlang-c", "arrivals.rate=8/s").CheckSteadyState(), &unsteady)
	assert.Equal(t, "container", unsteady.Platform)
	assert.InDelta(t, 8*1.5288, unsteady.Load, 1e-12)
	assert.Equal(t, 10.0, unsteady.Capacity)

	require.ErrorAs(t, loadWith(t, "float", "arrivals.rate=80/s container.dispatch.service=constant(20ms)").CheckSteadyState(), &unsteady)
	assert.InDelta(t, 80.0, unsteady.Load, 1e-12)
	assert.InDelta(t, 50.0, unsteady.Capacity, 1e-12)

	require.ErrorAs(t, loadWith(t, "float", "container.keep_alive=never container.max_instances=unlimited").CheckSteadyState(), &unsteady)
	assert.Equal(t, math.Inf(1), unsteady.Capacity)
}

func TestOfATraceNothingIsForetold(t *testing.T) {
	file := filepath.Join(t.TempDir(), "trace.csv")
	require.NoError(t, os.WriteFile(file, []byte("0,1000\n1,1000\n"), 0o666))
	s, err := Parse("trace.yaml", filepath.Dir(file), []byte("arrivals: trace(trace.csv)\n"+
		"container: {startup: constant(1s), when_full: queue, max_instances: 1}\nwasm: {cores: 1}"), nil)
	require.NoError(t, err)
	assert.NoError(t, s.CheckSteadyState())
	assert.NoError(t, s.CheckSize())
}

func TestWhatWouldNotFitIntoMemory(t *testing.T) {
	const would = " instances and waiting requests at once, more than the 10000000 that are accepted: "
	for name, c := range map[string]struct{ ref, set, want string }{
		"a large load": {"float", "arrivals.rate=1e6/s container.max_instances=unlimited wasm.service.mean=1ms", ""},
		"a larger load": {"float", "arrivals.rate=1e7/s container.max_instances=unlimited wasm.service.mean=1ms",
			"container would need about 1.53e+07" + would + "1.53e+07 running, offered load 1.529e+07 = 10000000/s × 1.5288s"},
		"a load that the cap cuts off": {"float", "arrivals.rate=1e7/s wasm.service.mean=1ms", ""},
		"more idle than fit": {"float", "container.max_instances=2e7 container.initial.idle=1.5e7",
			"container would need about 1.5e+07" + would + "1.5e+07 idle at the start"},
		"more at the start than fit": {"float", "container.max_instances=2e7 container.initial.idle=9e6 container.initial.running=2e6",
			"container would need about 1.1e+07" + would + "9e+06 idle at the start, 2e+06 running at the start"},
		"a queue that fills memory": {"erlang-c", "arrivals.rate=1e5/s run.warmup=0s run.duration=1h",
			"container would need about 3.6e+08" + would + "10 idle at the start, 3.6e+08 waiting, the load above max_instances"},
		"a short transient of it": {"erlang-c", "arrivals.rate=1e5/s run.warmup=0s run.duration=10s", ""},
		"a queue that is given up": {"overload", "arrivals.rate=1e6/s",
			"container would need about 6e+07" + would + "110 running, offered load 1.529e+06 = 1000000/s × 1.5288s, 6e+07 waiting, the load above max_instances"},
		"rare looks of dispatch": {"float", "arrivals.rate=1e4/s wasm.service.mean=1ms container.dispatch.interval=1h",
			"container would need about 3.6e+07" + would + "110 running, offered load 1.529e+04 = 10000/s × 1.5288s, 3.6e+07 between two looks of dispatch, 3.6e+07 = 10000/s × 60m"},
		"long batches of dispatch": {"float", "arrivals.rate=1e4/s wasm.service.mean=1ms container.dispatch.per_batch=1h",
			"container would need about 3.6e+07" + would + "110 running, offered load 1.529e+04 = 10000/s × 1.5288s, 3.6e+07 during one batch of dispatch, 3.6e+07 = 10000/s × 60m"},
		"long releases": {"float", "arrivals.rate=1e4/s wasm.service.mean=1ms container.max_instances=unlimited container.release=constant(2000s)",
			"container would need about 2e+07" + would + "1.53e+04 running, offered load 1.529e+04 = 10000/s × 1.5288s, 2e+07 releasing, 2e+07 = 10000/s × 2000s"},
		"long releases of few instances": {"float", "arrivals.rate=1e4/s wasm.service.mean=1ms container.release=constant(2000s)", ""},
		"a slow reader": {"float", "arrivals.rate=1e5/s wasm.service.mean=1ms container.dispatch.service=constant(1ms) run.warmup=0s run.duration=1h",
			"container would need about 3.56e+08" + would + "110 running, offered load 1.529e+05 = 100000/s × 1.5288s, 3.56e+08 waiting for dispatch, the load above its capacity"},
		"too few cores": {"wasm-10-cores", "arrivals.rate=1e5/s run.warmup=10m run.duration=20m",
			"wasm would need about 1.79e+08" + would + "10 running, offered load 3590 = 100000/s × 35.9ms, 1.79e+08 unfinished, the load above the cores"},
		"a long start-up": {"wasm-10-cores", "wasm.startup=constant(1d) run.duration=1h", ""},
		"a longer service than the run": {"float", "arrivals.rate=1000/s wasm.service.mean=100d run.duration=1h",
			""},
		"unlimited cores": {"float", "arrivals.rate=1e5/s wasm.service.mean=1000s",
			"wasm would need about 1e+08" + would + "1e+08 running, offered load 1e+08 = 100000/s × 1000s"},
	} {
		t.Run(name, func(t *testing.T) {
			err := loadWith(t, c.ref, c.set).CheckSize()
			if c.want == "" {
				assert.NoError(t, err)
				return
			}
			assert.EqualError(t, err, c.want)
			var size *SizeError
			require.ErrorAs(t, err, &size)
			assert.Greater(t, size.Live, float64(platform.MostLive))
		})
	}
}

func loadWith(t *testing.T, ref, set string) Scenario {
	t.Helper()
	overrides, err := ParseOverrides("--set", strings.Fields(set))
	require.NoError(t, err)
	s, err := Load(ref, overrides)
	require.NoError(t, err)
	return s
}

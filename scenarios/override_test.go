package scenarios

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/scenarios/internal/keyfile"
	"faaslab/sim"
)

func set(key, value string) Override { return Override{Key: key, Value: value} }

func TestEveryKeyCanBeOverridden(t *testing.T) {
	values := map[string]string{
		"name":                                    "other",
		"description":                             "Another line: with a colon",
		"arrivals":                                "constant(rate=3/s)",
		"container.warm":                          "gamma(mean=2s, cv=0.5)",
		"container.cold":                          "mixture(0.5: constant(1s), 0.5: constant(2s))",
		"container.startup":                       "constant(500ms)",
		"container.release":                       "constant(20ms)",
		"container.keep_alive":                    "never",
		"container.max_instances":                 "7",
		"container.when_full":                     "queue",
		"container.queue_timeout":                 "45s",
		"container.routing":                       "lru",
		"container.cores":                         "6",
		"container.cores.physical":                "8",
		"container.cores.threads":                 "1",
		"container.cores.yield":                   "0.3",
		"container.cores.all_core_speed":          "0.75",
		"container.cores.speeds":                  "[1, 1.3, 0.9]",
		"container.startup_cpu":                   "0.5",
		"container.dispatch.interval":             "10ms",
		"container.dispatch.batch":                "100",
		"container.dispatch.per_batch":            "20ms",
		"container.dispatch.service":              "constant(1ms)",
		"container.dispatch.hand_over":            "together",
		"container.initial.idle":                  "3",
		"container.initial.running":               "2",
		"wasm.service":                            "uniform(10ms, 50ms)",
		"wasm.startup":                            "constant(2ms)",
		"wasm.cores":                              "12",
		"wasm.cores.physical":                     "16",
		"wasm.cores.threads":                      "2",
		"wasm.cores.yield":                        "1",
		"wasm.cores.all_core_speed":               "2.75",
		"wasm.cores.speeds":                       "[0.5]",
		"wasm.discipline":                         "fcfs",
		"pricing.preset":                          "azure-functions",
		"pricing.gb_second":                       "0.000017",
		"pricing.second":                          "0.000024",
		"pricing.million_requests":                "1e-13",
		"pricing.startups":                        "free",
		"pricing.provisioned_gb_second":           "0.000004",
		"pricing.provisioned_execution_gb_second": "0.00001",
		"pricing.billing_step":                    "2ms",
		"pricing.billing_minimum":                 "50ms",
		"pricing.memory_step":                     "64MB",
		"pricing.currency":                        "EUR",
		"pricing.container_memory":                "1769MB",
		"pricing.wasm_memory":                     "64KB",
		"pricing.provider_running_gb_second":      "0.5",
		"pricing.provider_idle_gb_second":         "3",
		"pricing.provider_cold_start":             "0.000001",
		"workload":                                "zipf(functions=20, rate=3/s, exponent=0.8, warm=exponential(mean=200ms), memory=64MB)",
		"functions.*.arrivals":                    "poisson(rate=3/s)",
		"functions.*.warm":                        "gamma(mean=2s, cv=0.5)",
		"functions.*.startup":                     "constant(500ms)",
		"functions.*.memory":                      "1.5GB",
		"functions.*.keep_alive":                  "histogram(range=2h, head=10%, forecast=mean(5), lead=1s)",
		"functions.*.min_instances":               "2",
		"functions.*.provisioned":                 "0",
		"functions.*.spare":                       "1",
		"nodes.count":                             "3",
		"nodes.memory":                            "unlimited",
		"nodes.max_instances":                     "7",
		"nodes.cores":                             "6",
		"nodes.cores.physical":                    "8",
		"nodes.cores.threads":                     "1",
		"nodes.cores.yield":                       "0.3",
		"nodes.cores.all_core_speed":              "0.75",
		"nodes.cores.speeds":                      "[1, 1.3, 0.9]",
		"nodes.placement":                         "least-loaded",
		"container.evict":                         "greedy-dual",
		"container.min_instances":                 "2",
		"container.provisioned":                   "1",
		"container.spare":                         "1",
		"container.concurrency":                   "7",
		"container.instance_cores":                "0.5",
		"container.binding":                       "late",
		"container.start_rate":                    "1000/10s",
		"container.scaling":                       "aws-lambda",
		"container.scaling.preset":                "openfaas",
		"container.scaling.metric":                "rps",
		"container.scaling.target":                "55.5%",
		"container.scaling.every":                 "5s",
		"container.scaling.window":                "30s",
		"container.scaling.average":               "weighted",
		"container.scaling.panic_window":          "3s",
		"container.scaling.panic_threshold":       "150%",
		"container.scaling.tolerance":             "10%",
		"container.scaling.max_up":                "unlimited",
		"container.scaling.max_up_floor":          "4",
		"container.scaling.max_down":              "1.5",
		"container.scaling.up_delay":              "3m",
		"container.scaling.down_delay":            "5m",
		"container.scaling.retention":             "2m",
		"container.scaling.activation":            "3",
		"run.seed":                                "99",
		"run.replications":                        "5",
		"run.warmup":                              "0s",
		"run.duration":                            "3h",
		"run.precision":                           "0.5%",
		"run.max_requests":                        "3000000",
	}
	// A block of cores is written where they are not plain.
	uneven := func(path string) []Override {
		switch block, _ := keyfile.Split(path); {
		case strings.HasSuffix(path, ".cores.speeds"):
			return []Override{set(block+".physical", "4")}
		case strings.HasSuffix(block, ".cores"):
			return []Override{set(block+".physical", "4"), set(block+".threads", "2"), set(block+".yield", "0.25"), set(block+".all_core_speed", "0.8")}
		}
		return nil
	}
	for _, k := range table.Keys {
		t.Run(k.Path, func(t *testing.T) {
			require.Contains(t, values, k.Path)
			if strings.HasPrefix(k.Path, "functions.") || strings.HasPrefix(k.Path, "nodes.") || isKeeping(k.Path) {
				path := strings.Replace(k.Path, "*", "checkout", 1)
				s, err := Parse("two.yaml", "", []byte(twoFunctions), append(uneven(path), set(path, values[k.Path])))
				require.NoError(t, err)
				assert.Equal(t, values[k.Path], table.Find(path).Write(&s))
				again, err := Parse("two.yaml", "", s.YAML(), nil)
				require.NoError(t, err)
				assert.Equal(t, s, again)
				return
			}
			overrides := append(uneven(k.Path), set(k.Path, values[k.Path]))
			if slices.ContainsFunc(servingKeys, func(of Key) bool { return of.Path == k.Path }) {
				if k.Path == "container.scaling.metric" {
					overrides = append(overrides, set("container.scaling.target", "7/s"))
				}
				s, err := Parse("one.yaml", "", []byte("arrivals: poisson(rate=1/s)\ncontainer: {warm: constant(1s), startup: constant(1s)}"), overrides)
				require.NoError(t, err)
				assert.Equal(t, values[k.Path], k.Write(&s))
				again, err := Parse("one.yaml", "", s.YAML(), nil)
				require.NoError(t, err)
				assert.Equal(t, s, again)
				return
			}
			if k.Path == workloadKey { // instead of the arrivals of the file
				s, err := Parse("one.yaml", "", []byte("arrivals: poisson(rate=1/s)\ncontainer: {startup: constant(1s)}\nnodes: {memory: 1GB}"), overrides)
				require.NoError(t, err)
				assert.Equal(t, values[k.Path], k.Write(&s))
				again, err := Parse("one.yaml", "", s.YAML(), nil)
				require.NoError(t, err)
				assert.Equal(t, s, again)
				return
			}
			if k.Path == "container.queue_timeout" {
				overrides = append(overrides, set("container.when_full", "queue"))
			}
			switch k.Path {
			case "container.startup_cpu":
				overrides = append(overrides, set("container.cores", "4"))
			case "container.dispatch.batch", "container.dispatch.hand_over":
				overrides = append(overrides, set("container.dispatch.interval", "10ms"))
			}
			if table.OptionalOf(k.Path) == "pricing" {
				overrides = append([]Override{set("pricing.preset", "aws-lambda"), set("pricing.container_memory", "1GB"), set("pricing.wasm_memory", "1GB")}, overrides...)
			}
			s, err := Load("float", overrides)
			require.NoError(t, err)
			assert.Equal(t, values[k.Path], k.Write(&s))
			again, err := Parse("again.yaml", "", s.YAML(), nil)
			require.NoError(t, err)
			assert.Equal(t, s, again)
		})
	}
}

func TestParametersHavePathsToo(t *testing.T) {
	s, err := Load("heavy-tailed", []Override{
		set("arrivals.rate", "3/s"),
		set("container.warm.mean", "2s"),
		set("container.startup.value", "1s"),
		set("wasm.service.shape", "3"),
		set("wasm.startup.value", "5ms"), // the default is constant(0s)
	})
	require.NoError(t, err)
	assert.Equal(t, dist.Poisson{PerSecond: 3}, s.Arrivals)
	assert.Equal(t, dist.Pareto{Shape: 2.5, Mean: 2}, s.Container.Warm)
	assert.Equal(t, dist.Constant{Value: 1}, s.Container.Startup)
	assert.Equal(t, dist.Pareto{Shape: 3, Mean: 4.876}, s.Wasm.Service)
	assert.Equal(t, dist.Constant{Value: 0.005}, s.Wasm.Startup)
}

func TestANumberOfCoresStandsForABlockOfThem(t *testing.T) {
	const file = "arrivals: poisson(rate=1/s)\nwasm:\n  service: constant(1s)\n  cores: "
	for name, c := range map[string]struct {
		file      string
		overrides []Override
		want      platform.Cores
	}{
		"a number":                       {"20", nil, platform.Cores{Physical: 20, Threads: 1, AllCoreSpeed: 1}},
		"a block of defaults":            {"{physical: 20}", nil, platform.Cores{Physical: 20, Threads: 1, AllCoreSpeed: 1}},
		"threads switched off":           {"{physical: 20, threads: 1, yield: 0.3}", nil, platform.Cores{Physical: 20, Threads: 1, Yield: 0.3, AllCoreSpeed: 1}},
		"a number that becomes a block":  {"20", []Override{set("wasm.cores.threads", "2"), set("wasm.cores.yield", "0.3")}, platform.Cores{Physical: 20, Threads: 2, Yield: 0.3, AllCoreSpeed: 1}},
		"another number in the block":    {"{physical: 20, all_core_speed: 0.8}", []Override{set("wasm.cores.physical", "8")}, platform.Cores{Physical: 8, Threads: 1, AllCoreSpeed: 0.8}},
		"a number in place of the block": {"{physical: 20, all_core_speed: 0.8}", []Override{set("wasm.cores", "8")}, platform.Cores{Physical: 8, Threads: 1, AllCoreSpeed: 1}},
		"no bound in place of the block": {"{physical: 20, all_core_speed: 0.8}", []Override{set("wasm.cores", "unlimited")}, platform.Cores{}},
		"a clock that rises":             {"{physical: 10, all_core_speed: 2.7}", nil, platform.Cores{Physical: 10, Threads: 1, AllCoreSpeed: 2.7}},
		"a curve":                        {"{physical: 10, speeds: [1, 1.3, 2.7]}", nil, platform.Cores{Physical: 10, Threads: 1, AllCoreSpeed: 1, Speeds: []float64{1, 1.3, 2.7}}},
		"a curve on lines of its own":    {"\n    physical: 10\n    speeds:\n      - 1\n      - 1e-1", nil, platform.Cores{Physical: 10, Threads: 1, AllCoreSpeed: 1, Speeds: []float64{1, 0.1}}},
		"a number that gets a curve":     {"10", []Override{set("wasm.cores.speeds", "[ 1 , 2 ]")}, platform.Cores{Physical: 10, Threads: 1, AllCoreSpeed: 1, Speeds: []float64{1, 2}}},
		"a curve in place of a speed":    {"{physical: 10, all_core_speed: 0.8}", []Override{set("wasm.cores.speeds", "[1, 2]")}, platform.Cores{Physical: 10, Threads: 1, AllCoreSpeed: 1, Speeds: []float64{1, 2}}},
		"a speed in place of a curve":    {"{physical: 10, speeds: [1, 2]}", []Override{set("wasm.cores.all_core_speed", "0.8")}, platform.Cores{Physical: 10, Threads: 1, AllCoreSpeed: 0.8}},
		"a number in place of a curve":   {"{physical: 10, speeds: [1, 2]}", []Override{set("wasm.cores", "8")}, platform.Cores{Physical: 8, Threads: 1, AllCoreSpeed: 1}},
		"a block in place of the number": {"20", []Override{set("wasm.cores.physical", "8"), set("wasm.cores.all_core_speed", "0.5")}, platform.Cores{Physical: 8, Threads: 1, AllCoreSpeed: 0.5}},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Parse("wasm.yaml", "", []byte(file+c.file+"\n"), c.overrides)
			require.NoError(t, err)
			assert.Equal(t, c.want, s.Wasm.Cores)
			again, err := Parse("again.yaml", "", s.YAML(), nil)
			require.NoError(t, err)
			again.Name = s.Name
			assert.Equal(t, s, again)
			assert.Empty(t, violations(decodedSchema(t), decoded(t, s.YAML()), name))
			assert.Empty(t, violations(decodedSchema(t), decoded(t, []byte(file+c.file+"\n")), name))
		})
	}
	for name, c := range map[string]struct {
		file      string
		overrides []Override
		want      string
	}{
		"threads of no cores": {"unlimited", []Override{set("wasm.cores.threads", "1")},
			"--set wasm.cores.threads=1: wasm.cores: a block for cores: unlimited has no effect; want a number of cores"},
		"two numbers": {"20", []Override{set("wasm.cores.physical", "8"), set("wasm.cores", "4")},
			"--set wasm.cores.physical=8: wasm.cores and wasm.cores.physical are both given; want one of them"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse("wasm.yaml", "", []byte(file+c.file+"\n"), c.overrides)
			assert.EqualError(t, err, c.want)
		})
	}
}

func TestTheLastOverrideHolds(t *testing.T) {
	s, err := Load("float", []Override{
		set("container.warm.mean", "2s"), set("container.warm", "gamma(mean=1s, cv=2)"), set("container.warm.cv", "3"),
		set("run.seed", "1"), set("run.seed", "2"),
	})
	require.NoError(t, err)
	assert.Equal(t, dist.Gamma{Mean: 1, CV: 3}, s.Container.Warm)
	assert.EqualValues(t, 2, s.Run.Seed)
}

func TestAnOverrideMendsTheFile(t *testing.T) {
	s, err := Parse("pool.yaml", "", []byte("arrivals: nonsense\ncontainer: {warm: constant(1s), cold: constant(2s), keep_alive: [60]}"),
		[]Override{set("arrivals", "poisson(rate=2/s)"), set("container.keep_alive", "60s")})
	require.NoError(t, err)
	assert.Equal(t, dist.Poisson{PerSecond: 2}, s.Arrivals)
	assert.Equal(t, 60*sim.Second, s.Container.KeepAlive)
}

func TestAnOverrideOfStartupReplacesColdAndBack(t *testing.T) {
	s, err := Load("float", []Override{set("container.startup", "constant(1s)")})
	require.NoError(t, err)
	assert.Nil(t, s.Container.Cold)
	s, err = Load("heavy-tailed", []Override{set("container.cold", "constant(5s)")})
	require.NoError(t, err)
	assert.Nil(t, s.Container.Startup)
}

func TestAnOverrideBeginsABlock(t *testing.T) {
	s, err := Load("wasm-10-cores", []Override{
		set("container.warm", "constant(1s)"), set("container.cold", "constant(2s)"), set("container.initial.idle", "1"),
	})
	require.NoError(t, err)
	assert.Equal(t, 1, s.Container.InitialIdle)
}

func TestADurationThatWasAskedFor(t *testing.T) {
	s, err := Load("float", nil)
	require.NoError(t, err)
	assert.Zero(t, s.Run.Duration)
	s, err = Load("float", []Override{set("run.duration", "20m")})
	require.NoError(t, err)
	assert.NotZero(t, s.Run.Duration)
}

func TestWhatIsWrongWithAnOverride(t *testing.T) {
	for name, c := range map[string]struct {
		ref  string
		set  Override
		want string
	}{
		"an unknown key":      {"float", set("container.keepalive", "1s"), "--set container.keepalive=1s: unknown key; did you mean container.keep_alive? " + containerTakes},
		"a key without block": {"float", set("keep_alive", "1s"), "--set keep_alive=1s: unknown key; did you mean container.keep_alive? " + topTakes},
		"two namesakes":       {"float", set("cores", "4"), "--set cores=4: unknown key; did you mean nodes.cores, container.cores or wasm.cores? " + topTakes},
		"a block":             {"float", set("container.initial", "4"), "--set container.initial=4: container.initial is a block; want one of its keys: idle or running"},
		"the top":             {"float", set("", "4"), "--set =4: unknown key; " + topTakes},
		"no value":            {"float", set("container.keep_alive", ""), "--set container.keep_alive=: nothing is written where a duration is expected; " + durations + "; never is accepted, too"},
		"no unit":             {"float", set("container.keep_alive", "60"), `--set container.keep_alive=60: "60" has no unit; ` + durations + "; never is accepted, too"},
		"another flag":        {"float", Override{Key: "run.seed", Value: "-1", Flag: "--b"}, `--b run.seed=-1: found "-1"; want a whole number from 0 to 18446744073709551615`},
		"a batch of no looks": {"float", set("container.dispatch.batch", "3"), "--set container.dispatch.batch=3: has no effect with interval: 0s, per_batch: 0s and hand_over: one-by-one; want one of them otherwise, or no batch"},
		"a distribution": {"float", set("container.warm", "exponential(1s)"),
			"--set container.warm=exponential(1s): \"1s\" is given without a name where none is expected: exponential takes mean, as in exponential(mean=1s)\n    exponential(1s)\n                ^"},
		"an unknown parameter": {"float", set("container.warm.cv", "2"),
			"--set container.warm.cv=2: no parameter \"cv\" here; available are mean\n    exponential(mean=1.5288s)\n    ^"},
		"a parameter out of its domain": {"float", set("arrivals.rate", "0/s"),
			"--set arrivals.rate=0/s: rate is 0/s; accepted is a rate from once in 292 years to 10000000/s\n    poisson(rate=0/s)\n                 ^"},
		"a parameter of nothing": {"wasm-10-cores", set("container.warm.mean", "2s"),
			"--set container.warm.mean=2s: container.warm is not given, so it has no parameters; want container.warm=…, a distribution such as exponential(mean=1.5s)"},
		"a block that needs more": {"erlang-b", set("wasm.cores", "4"),
			"--set wasm.cores=4: wasm.service: missing; want a distribution such as exponential(mean=1.5s)"},
		"a timeout without a queue": {"float", set("container.queue_timeout", "60s"),
			"--set container.queue_timeout=60s: has no effect with when_full: reject; want when_full: queue, or no queue_timeout"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Load(c.ref, []Override{c.set})
			require.Error(t, err)
			assert.Equal(t, c.want, err.Error())
		})
	}
}

func TestParseOverrides(t *testing.T) {
	overrides, err := ParseOverrides("--a", []string{"container.keep_alive=10s", " container.warm = exponential(mean=1s) "})
	require.NoError(t, err)
	assert.Equal(t, []Override{
		{Key: "container.keep_alive", Value: "10s", Flag: "--a"},
		{Key: "container.warm", Value: "exponential(mean=1s)", Flag: "--a"},
	}, overrides)

	_, err = ParseOverrides("--set", []string{"seed", "run.seed=1", "=3"})
	require.Error(t, err)
	assert.Equal(t, "--set seed: want key=value, such as container.keep_alive=10s\n"+
		"--set =3: want key=value, such as container.keep_alive=10s", err.Error())
}

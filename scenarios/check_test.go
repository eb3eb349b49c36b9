package scenarios

import (
	"context"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/executors"
	"faaslab/platform/pool"
	"faaslab/sim"
)

func TestDefaultIsTheFloatFunctionWithTheDefaultsOfAFile(t *testing.T) {
	s := load(t, "float")
	s.Description, s.Wasm = "", nil
	assert.Equal(t, s, Default())
	require.NoError(t, Default().Check())
	Default().Container.MaxInstances = 1
	assert.Equal(t, 110, Default().Container.MaxInstances)
}

func TestWhatIsBuiltInHasNoFault(t *testing.T) {
	for _, b := range List() {
		assert.NoError(t, load(t, b.Name).Check(), b.Name)
	}
}

// everything is a scenario with all blocks.
func everything() Scenario {
	s := Default()
	s.Container.Cores = platform.Cores{Physical: 4, Threads: 2, Yield: 0.3, AllCoreSpeed: 0.8}
	s.Container.WhenFull, s.Container.QueueTimeout = pool.Queue, 10*sim.Second
	s.Container.Dispatch = pool.Dispatch{Interval: sim.Second / 100, Batch: 10, Service: dist.Constant{Value: 0.001}}
	s.Wasm = &executors.Config{Service: dist.Exponential{Mean: 1}, Startup: dist.Constant{Value: 0.1}, Cores: platform.Cores{Physical: 4}}
	s.Pricing = &Pricing{User: &platform.UserPrices{GBSecond: 0.1}, Provider: &platform.ProviderPrices{ColdStart: 1},
		Memory: map[string]float64{ContainerPlatform: 1, WasmPlatform: 0.5}}
	return s
}

func TestCheckNamesEachFieldThatIsWrong(t *testing.T) {
	require.NoError(t, everything().Check())
	nan, inf := math.NaN(), math.Inf(1)
	law := func(path, want string, field func(*Scenario) *dist.Distribution, d dist.Distribution) wrongField {
		return wrongField{path + " " + want, func(s *Scenario) { *field(s) = d }, []string{path + ": " + want}}
	}
	warm := func(s *Scenario) *dist.Distribution { return &s.Container.Warm }
	for _, c := range []wrongField{
		{"an empty name", func(s *Scenario) { s.Name = "" }, []string{`name: found ""; want a text of one line, 1 to 500 characters`}},
		{"a name of two lines", func(s *Scenario) { s.Name = "a\nb" }, []string{`name: found "a\nb"; want a text of one line, 1 to 500 characters`}},
		{"a description that does not print", func(s *Scenario) { s.Description = "\x00" }, []string{`description: found "\x00"; want a text of one line, 1 to 500 characters`}},
		{"no arrivals", func(s *Scenario) { s.Arrivals = nil }, []string{"arrivals: missing; want an arrival process such as poisson(rate=1/s)"}},
		{"a pointer to arrivals", func(s *Scenario) { s.Arrivals = (*dist.Poisson)(nil) }, []string{"arrivals: found *dist.Poisson; want the law itself, not a pointer to it"}},
		{"a negative rate", func(s *Scenario) { s.Arrivals = dist.Poisson{PerSecond: -1} }, []string{"arrivals: poisson: rate is -1/s; accepted is a rate from once in 292 years to 10000000/s"}},
		{"a trace of nothing", func(s *Scenario) { s.Arrivals = dist.Trace{} }, []string{"arrivals: trace: the name of the file is empty"}},
		{"a trace of a missing file", func(s *Scenario) { s.Arrivals = dist.Trace{File: "none.csv"} }, []string{"arrivals: none.csv: cannot be opened: no such file or directory"}},
		{"no platform", func(s *Scenario) { s.Container, s.Wasm = nil, nil }, []string{"scenario: container and wasm are both missing; want a block for at least one platform"}},

		{"no service times", func(s *Scenario) { s.Container.Warm = nil }, []string{"container.warm: missing; want a distribution such as exponential(mean=1.5s)"}},
		law("container.warm", "exponential: mean is -1s; accepted is a duration from 1ns to 292 years", warm, dist.Exponential{Mean: -1}),
		law("container.warm", "gamma: cv is NaN; accepted is a number from 0.001 to 100", warm, dist.Gamma{Mean: 1, CV: nan}),
		law("container.warm", "shifted: law is nil", warm, dist.Shifted{By: 1}),
		law("container.warm", "mixture: no part is given", warm, dist.Mixture{}),
		law("container.warm", "empirical: the name of the file is empty", warm, dist.Empirical{}),
		law("container.cold", "constant: value is +Inf; accepted is a duration from 0s to 292 years",
			func(s *Scenario) *dist.Distribution { return &s.Container.Cold }, dist.Constant{Value: inf}),
		{"both cold and startup", func(s *Scenario) { s.Container.Startup = dist.Constant{Value: 1} },
			[]string{"container.cold: given beside startup; want one of them: cold, the whole service of a cold start, or startup, what it adds to a warm one"}},
		{"neither cold nor startup", func(s *Scenario) { s.Container.Cold = nil },
			[]string{"container.cold: missing; want cold, the whole service of a cold start, or startup, what it adds to a warm one: a distribution such as exponential(mean=1.5s)"}},
		{"a negative keep-alive", func(s *Scenario) { s.Container.KeepAlive = -sim.Second }, []string{"container.keep_alive: found -1s; want a duration such as 90s or 1m30s, 0s or more, or never"}},
		{"no instances", func(s *Scenario) { s.Container.MaxInstances = 0 }, []string{"container.max_instances: found 0; want a whole number from 1 to 1000000000, or unlimited"}},
		{"an unknown way to be full", func(s *Scenario) { s.Container.WhenFull = 9 }, []string{"container.when_full: found 9; want reject or queue"}},
		{"no patience", func(s *Scenario) { s.Container.QueueTimeout = 0 }, []string{"container.queue_timeout: found 0s; want a duration such as 90s or 1m30s, more than 0s, or never"}},
		{"a timeout without a queue", func(s *Scenario) { s.Container.WhenFull = pool.Reject },
			[]string{"container.queue_timeout: has no effect with when_full: reject; want when_full: queue, or no queue_timeout"}},
		{"an unknown routing", func(s *Scenario) { s.Container.Routing = 200 }, []string{"container.routing: found 200; want mru, newest, lru or random"}},
		{"fewer than no cores", func(s *Scenario) { s.Container.Cores.Physical = -4 }, []string{"container.cores.physical: found -4; want a whole number from 1 to 1000000000"}},
		{"threads without cores", func(s *Scenario) { s.Container.Cores.Physical = 0 }, []string{"container.cores: a block for cores: unlimited has no effect; want a number of cores"}},
		{"three threads", func(s *Scenario) { s.Container.Cores.Threads = 3 }, []string{"container.cores.threads: found 3; want a whole number from 1 to 2"}},
		{"a yield of more than a core", func(s *Scenario) { s.Container.Cores.Yield = 1.5 }, []string{"container.cores.yield: found 1.5; want a number from 0 to 1"}},
		{"a clock that runs backwards", func(s *Scenario) { s.Container.Cores.AllCoreSpeed = -1 }, []string{"container.cores.all_core_speed: found -1; want a number from 0.1 to 10"}},
		{"a clock that is too fast", func(s *Scenario) { s.Container.Cores.AllCoreSpeed = 10.5 }, []string{"container.cores.all_core_speed: found 10.5; want a number from 0.1 to 10"}},
		{"a curve without a point", func(s *Scenario) { s.Container.Cores.AllCoreSpeed, s.Container.Cores.Speeds = 0, []float64{} },
			[]string{"container.cores.speeds: found []; want a list of 1 to 1000 numbers from 0.1 to 10, such as [1, 1.5]"}},
		{"a curve that stops", func(s *Scenario) { s.Container.Cores.AllCoreSpeed, s.Container.Cores.Speeds = 0, []float64{1, 0} },
			[]string{"container.cores.speeds: found [1, 0]; want a list of 1 to 1000 numbers from 0.1 to 10, such as [1, 1.5]"}},
		{"two clocks", func(s *Scenario) { s.Container.Cores.Speeds = []float64{1, 2} },
			[]string{"container.cores.speeds: given beside all_core_speed; want one of them: all_core_speed, where the speed changes linearly, or speeds, any curve"}},
		{"a curve without cores", func(s *Scenario) { s.Wasm.Cores = platform.Cores{Speeds: []float64{1, 2}} },
			[]string{"wasm.cores: a block for cores: unlimited has no effect; want a number of cores"}},
		{"a curve of cores that are held", func(s *Scenario) {
			s.Wasm.Discipline, s.Wasm.Cores = executors.FCFS, platform.Cores{Physical: 3, Speeds: []float64{1, 2, 1}}
		}, []string{"wasm.cores.threads: cores that are held one by one (discipline: fcfs) have one thread and a constant speed; want discipline: processor-sharing, or a number of cores alone"}},
		law("container.release", "constant: value is -1s; accepted is a duration from 0s to 292 years", func(s *Scenario) *dist.Distribution { return &s.Container.Release }, dist.Constant{Value: -1}),
		{"a start-up of more than all CPU", func(s *Scenario) { s.Container.StartupCPU = nan }, []string{"container.startup_cpu: found NaN; want a number from 0 to 1"}},
		{"a start-up without cores", func(s *Scenario) { s.Container.Cores, s.Container.StartupCPU = platform.Cores{}, 0.5 },
			[]string{"container.startup_cpu: has no effect with cores: unlimited; want a number of cores, or no startup_cpu"}},
		{"a negative interval", func(s *Scenario) { s.Container.Dispatch.Interval = -1 }, []string{"container.dispatch.interval: found -1ns; want a duration such as 90s or 1m30s, 0s or more"}},
		{"a batch of nothing", func(s *Scenario) { s.Container.Dispatch.Batch = 0 }, []string{"container.dispatch.batch: found 0; want a whole number from 1 to 1000000000, or unlimited"}},
		{"a batch that never ends", func(s *Scenario) { s.Container.Dispatch.PerBatch = sim.Never }, []string{"container.dispatch.per_batch: found never; want a duration such as 90s or 1m30s, 0s or more"}},
		{"an unknown way to hand over", func(s *Scenario) { s.Container.Dispatch.HandOver = 2 }, []string{"container.dispatch.hand_over: found 2; want one-by-one or together"}},
		{"more idle than may be", func(s *Scenario) { s.Container.InitialIdle = 111 }, []string{"container.initial.idle: found 111, more than max_instances; want at most 110"}},
		{"fewer than none running", func(s *Scenario) { s.Container.InitialRunning = -1 }, []string{"container.initial.running: found -1; want a whole number from 0 to 1000000000"}},

		law("wasm.service", "erlang: k is 0; accepted is a whole number from 1 to 1000000", func(s *Scenario) *dist.Distribution { return &s.Wasm.Service }, dist.Erlang{Mean: 1}),
		law("wasm.startup", "uniform: the second bound, 1s, must be above the first, 1s", func(s *Scenario) *dist.Distribution { return &s.Wasm.Startup }, dist.Uniform{Min: 1, Max: 1}),
		{"an unknown discipline", func(s *Scenario) { s.Wasm.Discipline = 3 }, []string{"wasm.discipline: found 3; want processor-sharing or fcfs"}},
		{"threads of cores that are held", func(s *Scenario) {
			s.Wasm.Discipline, s.Wasm.Cores = executors.FCFS, platform.Cores{Physical: 2, Threads: 2, Yield: 0.2}
		}, []string{"wasm.cores.threads: cores that are held one by one (discipline: fcfs) have one thread and a constant speed; want discipline: processor-sharing, or a number of cores alone"}},

		{"an unknown price list", func(s *Scenario) { s.Pricing.Preset = "nobody" },
			[]string{`pricing.preset: found "nobody"; want aws-lambda, aws-lambda-arm, azure-functions, azure-functions-flex or google-cloud-run`}},
		{"a negative price", func(s *Scenario) { s.Pricing.User.GBSecond = -1 }, []string{"pricing.gb_second: found -1; want a price, a number such as 0.0000166667 from 0 to 1000000000"}},
		{"an infinite price", func(s *Scenario) { s.Pricing.Provider.ColdStart = inf }, []string{"pricing.provider_cold_start: found +Inf; want a price, a number such as 0.0000166667 from 0 to 1000000000"}},
		{"an unknown billing", func(s *Scenario) { s.Pricing.User.Startup = 7 }, []string{"pricing.startups: found 7; want billed or free"}},
		{"a negative step", func(s *Scenario) { s.Pricing.User.Step = -1 }, []string{"pricing.billing_step: found -1ns; want a duration such as 90s or 1m30s, 0s or more"}},
		{"no price", func(s *Scenario) { s.Pricing.User, s.Pricing.Provider = nil, nil },
			[]string{"pricing: gives no price; want a preset, or some of gb_second, second, million_requests, provider_running_gb_second, provider_idle_gb_second and provider_cold_start"}},
		{"no memory", func(s *Scenario) { s.Pricing.Memory = nil }, []string{
			"pricing.container_memory: missing; want a memory size such as 512MB or 1.5GB (1GB is 1024MB), from 1KB to 1024GB",
			"pricing.wasm_memory: missing; want a memory size such as 512MB or 1.5GB (1GB is 1024MB), from 1KB to 1024GB"}},
		{"a negative memory", func(s *Scenario) { s.Pricing.Memory[WasmPlatform] = -1 }, []string{"pricing.wasm_memory: found -1GB; want a memory size such as 512MB or 1.5GB (1GB is 1024MB), from 1KB to 1024GB"}},
		{"a currency in small letters", func(s *Scenario) { s.Pricing.Currency = "usd" }, []string{`pricing.currency: found "usd"; want the code of a currency, three capital letters such as USD`}},

		{"no replications", func(s *Scenario) { s.Run.Replications = 0 }, []string{"run.replications: found 0; want a whole number from 1 to 100000"}},
		{"a negative warm-up", func(s *Scenario) { s.Run.Warmup = -2 }, []string{"run.warmup: found -2ns; want a duration such as 90s or 1m30s, 0s or more, or auto"}},
		{"a negative duration", func(s *Scenario) { s.Run = s.Run.Fixed(0, -1) }, []string{"run.duration: found -1ns; want a duration such as 90s or 1m30s, more than 0s"}},
		{"an endless duration", func(s *Scenario) { s.Run = s.Run.Fixed(0, sim.Never) }, []string{"run.duration: found never; want a duration such as 90s or 1m30s, more than 0s"}},
		{"more time than there is", func(s *Scenario) { s.Run = s.Run.Fixed(0, sim.Never/4) },
			[]string{"run.duration: 16 replications of 2305843009.214s"}},
		{"precision with a duration", func(s *Scenario) { s.Run.Duration = sim.Second }, []string{
			"run.precision: given beside duration; want duration, a fixed length, or precision with max_requests, as long as it takes",
			"run.max_requests: given beside duration; want duration, a fixed length, or precision with max_requests, as long as it takes"}},
		{"neither precision nor duration", func(s *Scenario) { s.Run.Precision = 0 }, []string{"run.precision: missing; want a percentage such as 1%, from 0.01% to 100%, or run.duration, a fixed length"}},
		{"a precision of more than all", func(s *Scenario) { s.Run.Precision = 1.5 }, []string{"run.precision: found 150%; want a percentage such as 1%, from 0.01% to 100%"}},
		{"a precision that is no number", func(s *Scenario) { s.Run.Precision = nan }, []string{"run.precision: found NaN%; want a percentage such as 1%, from 0.01% to 100%"}},
		{"no requests", func(s *Scenario) { s.Run.MaxRequests = 0 }, []string{"run.max_requests: found 0; want a whole number from 1 to 1000000000000000"}},
		{"a limit of no metric", func(s *Scenario) { s.Limits = []Limit{{Name: "slow", Of: "response_time"}} }, []string{`limits.0: found "slow"; want what ParseLimit returns`}},

		{"an empty run", func(s *Scenario) { s.Run = Run{} }, []string{
			"run.replications: found 0; want a whole number from 1 to 100000",
			"run.precision: missing; want a percentage such as 1%, from 0.01% to 100%, or run.duration, a fixed length",
			"run.max_requests: found 0; want a whole number from 1 to 1000000000000000"}},
		{"an empty scenario", func(s *Scenario) { *s = Scenario{} }, []string{
			`name: found ""; want a text of one line, 1 to 500 characters`,
			"arrivals: missing; want an arrival process such as poisson(rate=1/s)",
			"scenario: container and wasm are both missing; want a block for at least one platform",
			"run.replications: found 0; want a whole number from 1 to 100000",
			"run.precision: missing; want a percentage such as 1%, from 0.01% to 100%, or run.duration, a fixed length",
			"run.max_requests: found 0; want a whole number from 1 to 1000000000000000"}},
		{"empty platforms", func(s *Scenario) { s.Container, s.Wasm = new(pool.Config), new(executors.Config) }, []string{
			"container.warm: missing; want a distribution such as exponential(mean=1.5s)",
			"container.cold: missing; want cold, the whole service of a cold start, or startup, what it adds to a warm one: a distribution such as exponential(mean=1.5s)",
			"container.max_instances: found 0; want a whole number from 1 to 1000000000, or unlimited",
			"wasm.service: missing; want a distribution such as exponential(mean=1.5s)"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := everything()
			c.damage(&s)
			err := s.Check()
			require.Error(t, err)
			found := strings.Split(err.Error(), "\n")
			require.Len(t, found, len(c.want), "%q", found)
			for i, want := range c.want {
				assert.True(t, strings.HasPrefix(found[i], want), "%q", found[i])
			}
			var problem *Problem
			require.ErrorAs(t, err, &problem)
			if problem.Key != "" {
				assert.True(t, strings.HasPrefix(c.want[0], problem.Key+": "))
			}
			// Whatever simulates says the same.
			for name, simulate := range entrances {
				assert.ErrorContains(t, simulate(s), found[0], name)
			}
		})
	}
}

// A wrongField is a way to make a scenario wrong.
type wrongField struct {
	name   string
	damage func(*Scenario)
	want   []string // the beginning of each error
}

// entrances are all that simulates a scenario.
var entrances = map[string]func(Scenario) error{
	"Simulate": func(s Scenario) error {
		_, err := Simulate(context.Background(), s, Options{})
		return err
	},
	"Compare, A": func(s Scenario) error {
		_, err := Compare(context.Background(), s, everything(), Options{})
		return err
	},
	"Compare, B": func(s Scenario) error {
		a := everything()
		a.Run = s.Run
		if a.Check() != nil {
			return s.Check() // of B only what is no run counts
		}
		_, err := Compare(context.Background(), a, s, Options{})
		return err
	},
	"Sweep": func(s Scenario) (found error) {
		err := Sweep(context.Background(), 1, func(int) (Scenario, error) { return s, nil }, Options{},
			func(_ int, p Point) error { return p.Err }, func(_ int, err error) error { found = err; return nil })
		if err != nil {
			return err
		}
		return found
	},
	"Tuning": func(s Scenario) error {
		goals, err := ParseGoals("--goal", []string{"cold_start_probability <= 1%"}, Default())
		if err != nil {
			return err
		}
		r, err := ParseRange("--vary", "container.max_instances=1..2")
		if err != nil {
			return err
		}
		if len(s.Limits) > 0 {
			return s.Check() // those of the goals take their place
		}
		tuned, err := Tuning{Range: r, Goals: goals, Tolerance: 0.1, Scenario: func(string) (Scenario, error) { return s, nil }}.Run(context.Background(), Options{})
		if err != nil {
			return err
		}
		return tuned.Broken
	},
	"Transient": func(s Scenario) error {
		_, err := Transient(context.Background(), s, TransientOptions{Horizon: sim.Second})
		return err
	},
	"ShortRuns": func(s Scenario) error {
		_, err := ShortRuns(context.Background(), s, ContainerPlatform, ShortRunOptions{Duration: sim.Second, Every: sim.Second, Replications: 1})
		return err
	},
	"History": func(s Scenario) error {
		_, err := s.History(ContainerPlatform, 0)
		return err
	},
}

// Fields that have no effect may be left at 0, and a literal is written as a file that reads back to the same run.
func TestAFieldWithoutEffectMayBeLeftOut(t *testing.T) {
	s := Scenario{
		Name: "literal", Arrivals: dist.Poisson{PerSecond: 2},
		Container: &pool.Config{Warm: dist.Exponential{Mean: 1}, Startup: dist.Constant{Value: 1}, MaxInstances: 5,
			Cores: platform.Cores{Physical: 2}},
		Run: Run{Replications: 4, Duration: 100 * sim.Second},
	}
	s.Container.StartupCPU = 1
	for _, cores := range []platform.Cores{{}, {Physical: 2}, {Physical: 2, Threads: 2, Yield: 0.5}} {
		s.Container.Cores = cores
		require.NoError(t, s.Check())
		again, err := Parse("again.yaml", "", s.YAML(), nil)
		require.NoError(t, err, "%s", s.YAML())
		r, err := Simulate(context.Background(), s, Options{})
		require.NoError(t, err)
		same, err := Simulate(context.Background(), again, Options{})
		require.NoError(t, err)
		assertSame(t, r, same)
	}
}

// FuzzCheck damages fields of a scenario at random: it is refused, or simulated without a panic.
func FuzzCheck(f *testing.F) {
	for seed := range uint64(300) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		g := rand.New(rand.NewPCG(seed, 0))
		s := Default()
		if g.IntN(2) == 0 {
			s = everything()
		}
		for range 1 + g.IntN(3) {
			fields := fieldsOf(reflect.ValueOf(&s).Elem())
			damage(fields[g.IntN(len(fields))], g)
		}
		if err := s.Check(); err != nil {
			assert.NotEmpty(t, err.Error())
			return
		}
		_ = s.CheckSteadyState()
		if s.CheckSizeWithin(10_000) != nil {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
		defer cancel()
		_, err := Simulate(ctx, s, Options{MostLive: 10_000})
		var panicked *PanicError
		if assert.NotErrorAs(t, err, &panicked) {
			return
		}
		t.Logf("%+v\n%s", s, panicked.Stack)
	})
}

// fieldsOf returns the fields of a struct that are none themselves, also those behind pointers.
func fieldsOf(v reflect.Value) (fields []reflect.Value) {
	for i := range v.NumField() {
		switch field := v.Field(i); {
		case !field.CanSet():
		case field.Kind() == reflect.Struct:
			fields = append(fields, fieldsOf(field)...)
		case field.Kind() == reflect.Pointer && !field.IsNil():
			fields = append(fields, field)
			fields = append(fields, fieldsOf(field.Elem())...)
		default:
			fields = append(fields, field)
		}
	}
	return fields
}

// damage gives a field another value, often a wrong one.
func damage(field reflect.Value, g *rand.Rand) {
	laws := []any{
		dist.Constant{}, dist.Constant{Value: -1}, dist.Constant{Value: math.NaN()}, dist.Exponential{}, dist.Exponential{Mean: math.Inf(1)},
		dist.Shifted{}, dist.Mixture{}, dist.Empirical{}, dist.Empirical{File: "x"}, dist.Pareto{Shape: 1.01, Mean: 1}, dist.Normal{SD: 1}, (*dist.Constant)(nil),
		dist.Weibull{Shape: 0.1, Mean: 1e9}, dist.Uniform{Max: 1}, dist.Hyperexponential{Mean: 1, CV: 100},
		dist.Poisson{}, dist.Poisson{PerSecond: 1e7}, dist.Poisson{PerSecond: 1e-9}, dist.Regular{PerSecond: -1}, dist.Renewal{}, dist.MMPP{}, dist.Steps{},
		dist.Daily{Mean: 1, Peak: 100, Period: 1e-6}, dist.Batch{}, dist.Batch{Of: dist.Poisson{PerSecond: 1}, Size: 1e6}, dist.Trace{}, dist.Trace{File: "x"},
		dist.Renewal{Gap: dist.Pareto{Shape: 1.001, Mean: 1}},
	}
	wholes := []int64{math.MinInt64, -2, -1, 0, 1, 2, 3, 60, 1000, 1e9, 1e18, math.MaxInt64 - 1, math.MaxInt64}
	numbers := []float64{math.NaN(), math.Inf(1), math.Inf(-1), -1, math.Copysign(0, -1), 0, 1e-300, 0.0001, 0.5, 1, 2, 1e300}
	texts := []string{"", " ", "a", "a\nb", "\xff", "USD", "aws-lambda", strings.Repeat("x", 501)}
	switch field.Kind() {
	case reflect.Interface:
		field.SetZero()
		if law := reflect.ValueOf(laws[g.IntN(len(laws))]); law.Type().Implements(field.Type()) {
			field.Set(law)
		}
	case reflect.Int, reflect.Int64:
		field.SetInt(wholes[g.IntN(len(wholes))])
	case reflect.Uint8:
		field.SetUint([]uint64{0, 1, 2, 200}[g.IntN(4)])
	case reflect.Uint64:
		field.SetUint(g.Uint64())
	case reflect.Float64:
		field.SetFloat(numbers[g.IntN(len(numbers))])
	case reflect.String:
		field.SetString(texts[g.IntN(len(texts))])
	case reflect.Slice:
		field.Set(reflect.MakeSlice(field.Type(), 1, 1))
	default:
		field.SetZero() // a block that is missing
	}
}

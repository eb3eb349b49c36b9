package thesis

import (
	"fmt"
	"slices"
	"strconv"

	"faaslab/dist"
	"faaslab/scenarios"
	"faaslab/sim"
)

// Functions are the functions of the thesis' table 4.1, in its order. Each is a built-in scenario.
var Functions = []string{"aes", "matmul", "whatlang", "image-thumbnail", "float", "chameleon"}

// A Series is a function on a platform at several values of a key: one line, or one point a value,
// in a figure of the thesis.
type Series struct {
	// Name is also the name of files of measurements: openwhisk or spin, function, experiment.
	Name     string
	Platform string // scenarios.ContainerPlatform or scenarios.WasmPlatform
	Function string // a built-in scenario
	Key      string // container.keep_alive or arrivals.rate
	Values   []string
	Settings []scenarios.Override      // of all values
	Run      scenarios.ShortRunOptions // a duration of 0 means no short runs
	// Level: the platform ignores the key of the figure; there is one value, which holds for all.
	Level bool
	// Fitted: the cores are fitted to measurements of the series. It has no models, which ignore
	// cores: they stay with the series without a fit.
	Fitted bool
	// Constant: service times are constant instead of exponential; see WithConstantService.
	Constant bool
	// Replayed: the requests are those of the thesis' experiment; see WithReplay. There is one run
	// for each value, and no steady state.
	Replayed bool
	// Clocked: the clock of the cores rises; see WithClock.
	Clocked bool
}

const minute = 60 * sim.Second

// The two experiments (sections 4.1.1, 4.1.3 and 4.2 of the thesis). On Wasm there was no warm-up.
var (
	keepAliveOnContainers = scenarios.ShortRunOptions{Warmup: 5 * minute, Duration: 20 * minute, Every: 2 * sim.Second}
	keepAliveOnWasm       = scenarios.ShortRunOptions{Duration: 20 * minute, Every: sim.Second}
	loadOnContainers      = scenarios.ShortRunOptions{Warmup: 5 * minute, Duration: 10 * minute, Every: 2 * sim.Second}
	loadOnWasm            = scenarios.ShortRunOptions{Duration: 10 * minute, Every: sim.Second}
)

// KeepAlives are the values of the keep-alive experiment, from 1 s to 180 s.
var KeepAlives = []string{"1s", "3s", "5s", "7s", "10s", "12s", "14s", "16s", "18s", "20s", "22s", "24s", "26s", "28s",
	"30s", "35s", "40s", "45s", "50s", "55s", "60s", "75s", "90s", "120s", "150s", "180s"}

// The rates of the load experiments.
var (
	floatOnContainers = []string{"0.5/s", "1/s", "2/s", "3/s", "4/s", "5/s", "6/s", "7/s", "8/s", "9/s", "10/s", "11/s", "12/s", "13/s", "14/s", "15/s", "16/s"}
	floatOnWasm       = []string{"0.5/s", "1/s", "1.5/s", "2/s", "2.5/s", "3/s", "3.5/s", "4/s", "4.5/s", "5/s"}
	aesOnContainers   = []string{"1/s", "5/s", "10/s", "20/s", "30/s", "40/s", "50/s", "55/s", "60/s", "65/s", "70/s", "75/s", "80/s"}
)

// tenCores is the number of cores left on in all load experiments except that of float.
const tenCores = 10

// loads of the load experiment on ten cores, as fractions of their capacity. Beyond 1 there is no
// steady state.
var loads = []float64{0.02, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.98, 1.02, 1.05, 1.1}

// AllSeries returns every series of the thesis.
func AllSeries() (all []Series) {
	for _, f := range Functions {
		measured := Series{Name: openwhisk(f), Platform: scenarios.ContainerPlatform, Function: f,
			Key: "container.keep_alive", Values: KeepAlives, Run: keepAliveOnContainers}
		all = append(all, measured, WithReplay(measured), withRelease(WithReplay(measured), Release),
			Series{Name: "spin_" + f + "_keep_alive", Platform: scenarios.WasmPlatform, Function: f,
				Key: "arrivals.rate", Values: []string{"1/s"}, Run: keepAliveOnWasm, Level: true})
	}
	load := Series{Name: FittedTo, Platform: scenarios.ContainerPlatform, Function: "float",
		Key: "arrivals.rate", Values: floatOnContainers, Run: loadOnContainers, Settings: wholeMachine.containers()}
	all = append(all, load, WithReplay(load), withRelease(WithReplay(load), Release),
		Series{Name: FittedTo + "_fitted", Platform: scenarios.ContainerPlatform, Function: "float",
			Key: "arrivals.rate", Values: floatOnContainers, Run: loadOnContainers, Settings: slices.Concat(wholeMachine.containers(), Fitted.overrides()), Fitted: true},
		Series{Name: "spin_float_load", Platform: scenarios.WasmPlatform, Function: "float",
			Key: "arrivals.rate", Values: floatOnWasm, Run: loadOnWasm, Settings: wholeMachine.wasm()})
	for _, f := range []string{"aes", "matmul", "whatlang"} {
		load := onTenCores("spin_"+f+"_load", f, serviceOf(f))
		all = append(all, load, WithClock(load))
	}
	all = append(all,
		Series{Name: "openwhisk_aes_load", Platform: scenarios.ContainerPlatform, Function: "aes",
			Key: "arrivals.rate", Values: aesOnContainers, Run: loadOnContainers, Settings: slowReader},
		Series{Name: "openwhisk_float_random", Platform: scenarios.ContainerPlatform, Function: "float",
			Key: "container.keep_alive", Values: []string{"1s", "10s", "60s", "180s"}, Run: keepAliveOnContainers,
			Settings: []scenarios.Override{{Key: "container.routing", Value: "random"}}},
		Series{Name: "openwhisk_float_newest", Platform: scenarios.ContainerPlatform, Function: "float",
			Key: "container.keep_alive", Values: []string{"10s", "60s"}, Run: keepAliveOnContainers,
			Settings: []scenarios.Override{{Key: "container.routing", Value: "newest"}}})
	return all
}

// WithService returns the load experiment of a function on ten cores with another mean service
// time, in seconds: for the right-hand panels of figures 4.15 to 4.20, the mean response measured
// below capacity.
func WithService(function string, service float64) Series {
	s := onTenCores("spin_"+function+"_load_measured", function, service)
	s.Settings = append(s.Settings, scenarios.Override{Key: "wasm.service.mean", Value: dist.FormatDuration(service)})
	return s
}

// WithConstantService returns a keep-alive experiment of containers in which all warm starts take
// the same time, and so do all cold starts: the opposite assumption about functions that do the
// same work each time. It is compared with measurements; no figure shows it.
func WithConstantService(s Series) Series {
	s.Name += "_constant"
	s.Constant = true
	s.Run = scenarios.ShortRunOptions{}
	s.Settings = slices.Concat(s.Settings, constantService(s.Function))
	return s
}

// constantService returns the settings that make a function's service times on containers constant.
func constantService(function string) []scenarios.Override {
	s, err := scenarios.Load(function, nil)
	if err != nil {
		panic(fmt.Sprintf("thesis: the built-in scenario %s: %v", function, err))
	}
	warm, _ := s.Container.Warm.Moments()
	cold, _ := s.Container.Cold.Moments()
	return []scenarios.Override{
		{Key: "container.warm", Value: "constant(" + dist.FormatDuration(warm) + ")"},
		{Key: "container.cold", Value: "constant(" + dist.FormatDuration(cold) + ")"},
	}
}

// onTenCores returns a load experiment with rates relative to the capacity of ten cores.
func onTenCores(name, function string, service float64) Series {
	s := Series{Name: name, Platform: scenarios.WasmPlatform, Function: function, Key: "arrivals.rate", Run: loadOnWasm, Settings: restrictedMachine.wasm()}
	for _, load := range loads {
		rate, _ := strconv.ParseFloat(strconv.FormatFloat(load*tenCores/service, 'g', 3, 64), 64) // cannot fail: just formatted
		s.Values = append(s.Values, dist.FormatRate(rate))
	}
	return s
}

// serviceOf returns the mean service time of a built-in function on Wasm, in seconds.
func serviceOf(function string) float64 {
	s, err := scenarios.Load(function, nil)
	if err != nil {
		panic(fmt.Sprintf("thesis: the built-in scenario %s: %v", function, err))
	}
	mean, _ := s.Wasm.Service.Moments()
	return mean
}

// warmServiceOf returns the mean warm service time of a built-in function, in seconds.
func warmServiceOf(function string) float64 {
	s, err := scenarios.Load(function, nil)
	if err != nil {
		panic(fmt.Sprintf("thesis: the built-in scenario %s: %v", function, err))
	}
	mean, _ := s.Container.Warm.Moments()
	return mean
}

// scenario returns the scenario to simulate at a value, with one platform only.
func (s Series) scenario(value string, seed uint64, more ...scenarios.Override) (scenarios.Scenario, error) {
	overrides := slices.Concat(s.Settings, []scenarios.Override{
		{Key: s.Key, Value: value},
		{Key: "run.seed", Value: strconv.FormatUint(seed, 10)},
	}, more)
	all, err := scenarios.Load(s.Function, overrides)
	if err != nil {
		return all, fmt.Errorf("%s at %s: %w", s.Name, value, err)
	}
	if s.Platform == scenarios.ContainerPlatform {
		all.Wasm = nil
	} else {
		all.Container = nil
	}
	return all, nil
}

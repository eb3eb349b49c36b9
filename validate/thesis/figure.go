package thesis

import (
	"slices"

	"faaslab/platform"
	"faaslab/scenarios"
)

// A Figure describes one of the thesis' figures, and the series that it is made from.
type Figure struct {
	Number  string // the thesis' number: 4.7, A.1
	Caption string
	See     string // a sentence on the point of the figure
	Panels  []Panel
}

// A Panel shows one metric of some series over one quantity.
type Panel struct {
	Title   string // empty: the axes suffice
	Metric  string
	Key     string   // the key on the horizontal axis
	Series  []string // by name
	Service bool     // series of WithService, which exist only with measurements
	// Measured is the metric of the measured points, if it differs from Metric.
	Measured string
	Log      bool // the values span powers of ten
	Linear   bool // the values reach 0, which a logarithmic axis cannot show
}

// Figures are the figures of the thesis that show numbers, in its order.
var Figures = figures()

func figures() []Figure {
	both, pool := []string{"openwhisk_", "spin_"}, []string{"openwhisk_"}
	figures := []Figure{
		keepAlive("4.1", "Mean response time over the keep-alive", platform.ResponseTime, both,
			"Most of the fall is over by 7 s; from there on a longer keep-alive buys little time. Wasm knows no keep-alive: its line is level."),
		keepAlive("4.2", "Running instances over the keep-alive", platform.Running, both,
			"The same shape as the response times, by Little's law: running = arrival rate × mean time in service."),
		keepAlive("4.3", "Instances running a cold start over the keep-alive", platform.RunningCold, pool,
			"Both SMPs err most where the keep-alive is about as long as the service time: see float at 3 s."),
		keepAlive("4.4", "Instances running a warm start over the keep-alive", platform.RunningWarm, pool,
			"The area of single runs is wide for the functions of some milliseconds: a count every 2 s rarely meets them. The thesis' fluctuations are as large."),
		keepAlive("4.5", "Idle instances over the keep-alive", platform.Idle, pool,
			"On a logarithmic axis a straight line: each doubling of the keep-alive adds about as many idle instances."),
		keepAlive("4.6", "Instances over the keep-alive", platform.Instances, both,
			"Five functions have their fewest instances at a short keep-alive, where cold starts become rare; for float the single runs are too spread to show one."),
		keepAlive("4.7", "Cold start probability over the keep-alive", platform.ColdStartProbability, pool,
			"For float both SMPs are far too high at a few seconds, and the exact level-crossing model is on the simulated line. For the short functions they are nearer from 5 s on; the modified one stays somewhat too low."),

		withTimeInInstance(load("4.8", "Mean response time of float over the arrival rate", platform.ResponseTime, both,
			"The models know no cores and stay level; the simulated lines leave them where the cores are used up, for Wasm at about a third of the rate. "+
				"Beyond capacity requests wait for one of 110 containers: what was measured is like the time in a container, without that wait.")),
		load("4.9", "Instances running a warm start over the arrival rate, float", platform.RunningWarm, pool,
			"Below capacity on the models' straight line; beyond it every one of the 110 instances is busy."),
		load("4.10", "Instances running a cold start over the arrival rate, float", platform.RunningCold, pool,
			"A single run sees few cold starts: look how far apart two of them may be. What was measured is above them up to 10/s: OpenWhisk starts more than its pool needs."),
		load("4.11", "Running instances over the arrival rate, float", platform.Running, both,
			"Wasm has about three times as many running at the same rate, until its cores are used up."),
		load("4.12", "Idle instances over the arrival rate, float", platform.Idle, pool,
			"As requests slow one another the pool needs more instances for its peaks than the models say, and between the peaks more are idle. None is where all 110 are busy."),
		load("4.13", "Instances over the arrival rate, float", platform.Instances, both,
			"Running and idle together. At capacity the number of pods a node may have, 110, is all that limits the pool."),
		load("4.14", "Cold start probability over the arrival rate, float", platform.ColdStartProbability, pool,
			"With 60 s of keep-alive a few requests in a hundred at most are cold: fewer the higher the rate at first, and again more where requests slow one another. None is where all 110 instances are busy. OpenWhisk was measured to start more."),
	}
	number := []string{"4.15", "4.16", "4.17", "4.18", "4.19", "4.20"}
	for i, f := range []string{"aes", "matmul", "whatlang"} {
		figures = append(figures,
			tenCoreFigure(number[2*i], f, platform.ResponseTime, "Mean response time of "+f+" on ten cores, Wasm",
				"M/G/∞ stays level up to the end; processor sharing, from the same input, bends where the cores fill up, and lies on the simulation. Beyond capacity single runs show the growth of ten minutes."),
			tenCoreFigure(number[2*i+1], f, platform.Instances, "Running executors of "+f+" on ten cores",
				"Ten are running on average well before the cores are used up, at some 80 % of capacity: executors that share wait for one another."))
	}
	var limits []Panel
	for _, metric := range []string{platform.ResponseTime, platform.RunningWarm, platform.RunningCold, platform.Idle, platform.Instances, platform.ColdStartProbability, platform.TimeoutProbability} {
		limits = append(limits, Panel{Metric: metric, Key: "arrivals.rate", Series: []string{"openwhisk_aes_load"}})
	}
	var modification []Panel
	for _, metric := range []string{platform.Idle, platform.Instances} {
		modification = append(modification, Panel{Metric: metric, Key: "container.keep_alive", Series: []string{"openwhisk_float_keep_alive"}})
	}
	return append(figures,
		Figure{"4.21", "OpenWhisk under load, aes", "The shape only: what limits OpenWhisk here lies before the pool, where requests are read too slowly and handed over in batches. Steady up to 50/s; then the batches grow, and with them cold starts and containers; " +
			"from 65/s on requests wait for the reader, and at 75/s practically all of them for more than a minute.", limits},
		Figure{"A.1", "Idle and all instances of float: the SMP as published, and as the thesis modified it",
			"Both SMPs have too few idle instances at a keep-alive of some seconds. From 20 s on the published one still has too few, and the modified one slightly too many; the exact model is on the simulation throughout.", modification})
}

// keepAlive returns a figure of the keep-alive experiment, with a panel for each function.
func keepAlive(number, caption, metric string, platforms []string, see string) Figure {
	f := Figure{Number: number, Caption: caption, See: see}
	for _, function := range Functions {
		p := Panel{Title: function, Metric: metric, Key: "container.keep_alive"}
		for _, platform := range platforms {
			p.Series = append(p.Series, platform+function+"_keep_alive")
		}
		p.Series = append(p.Series, openwhisk(function)+"_replayed_release")
		f.Panels = append(f.Panels, p)
	}
	return f
}

// load returns a figure of the load experiment with float.
func load(number, caption, metric string, platforms []string, see string) Figure {
	p := Panel{Metric: metric, Key: "arrivals.rate"}
	for _, platform := range platforms {
		p.Series = append(p.Series, platform+"float_load")
	}
	p.Series = append(p.Series, FittedTo+"_fitted", FittedTo+"_replayed_release")
	p.Log = len(platforms) > 1 // beyond capacity, Wasm has no bound
	p.Linear = !p.Log
	return Figure{number, caption, see, []Panel{p}}
}

// withTimeInInstance adds a panel of the response time without the wait for a container.
func withTimeInInstance(f Figure) Figure {
	f.Panels[0].Title = "with the wait for a container"
	f.Panels = append(f.Panels, Panel{Title: "time in a container", Metric: InInstance, Key: f.Panels[0].Key,
		Series: []string{FittedTo, FittedTo + "_fitted", FittedTo + "_replayed_release"}, Measured: platform.ResponseTime})
	return f
}

// tenCoreFigure returns a figure with the nominal service time on the left and, if there are
// measurements, the measured service time on the right.
func tenCoreFigure(number, function, metric, caption, see string) Figure {
	name := "spin_" + function + "_load"
	if function == "matmul" {
		see += " What was measured reaches a higher rate, for its response time falls as the rate grows: no queueing model makes a request faster because others run."
	}
	return Figure{number, caption, see, []Panel{ // logarithmic: beyond capacity there is no bound
		{Title: "service time of table 4.1", Metric: metric, Key: "arrivals.rate", Series: []string{name, name + "_clock"}, Log: true},
		{Title: "mean response measured below capacity", Metric: metric, Key: "arrivals.rate", Series: []string{name + "_measured"}, Service: true, Log: true},
	}}
}

// SeriesOf returns the names of the series that figures need, each once, without the series of
// WithService.
func SeriesOf(figures []Figure) (names []string) {
	for _, f := range figures {
		for _, p := range f.Panels {
			for _, name := range p.Series {
				if !p.Service && !slices.Contains(names, name) {
					names = append(names, name)
				}
			}
		}
	}
	return names
}

// Cores returns the number of cores of a series, by which a measured mean is taken over the rates
// below capacity; 0 if the series has no bound.
func (s Series) Cores() int {
	if s.Platform == scenarios.WasmPlatform && !s.Level {
		for _, m := range []machine{wholeMachine, restrictedMachine} {
			if slices.Equal(s.Settings, m.wasm()) {
				return m.cores
			}
		}
	}
	return 0
}

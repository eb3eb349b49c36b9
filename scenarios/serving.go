package scenarios

import (
	"math"
	"slices"
	"strings"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/autoscaler"
	"faaslab/platform/pool"
	"faaslab/platform/scaling"
	"faaslab/scenarios/internal/keyfile"
	"faaslab/scenarios/internal/presets"
	"faaslab/sim"
)

// Serving says how many requests an instance of a scenario of one function serves at once, and what starts
// instances. The zero value is the pool of instances that serve one request each, started for a request
// that finds none idle.
type Serving struct {
	// Concurrency is how many requests an instance serves at once, or platform.Unlimited; 0 and 1 are one.
	Concurrency int
	// InstanceCores are the cores of each instance, 0.001 … 1000, which its requests share; 0: each request
	// has a core of its own.
	InstanceCores float64
	Routing       autoscaler.Routing
	Binding       Binding
	StartRate     autoscaler.StartRate
	// Preset names what the other fields were taken from; empty: none. See Notes.
	Preset string
	// Scaling measures the load and decides about instances; nil: requests start them.
	Scaling *autoscaler.Scaling
	// StartupDerived says that Container.Startup is the difference of the means of a cold and a warm start, which
	// a file gives where an override gives the Scaling. See Notes.
	StartupDerived bool
	// TargetShare, if more than 0, is the target in place of Scaling.Rule.Target: a share of the
	// concurrency, or of 100 if that is unlimited. Metric is autoscaler.Concurrency then.
	TargetShare float64
}

// Binding says which instance serves a request that found none with a free place.
type Binding uint8

// Usual is Early where an instance serves one request at once and requests start instances, else Late. Late:
// the first place that becomes free. Early: an instance that starts, and no other.
const (
	Usual Binding = iota
	Early
	Late
)

var bindingNames = [...]string{"", "early", "late"}

// String returns the name used in scenario files; that of Usual is empty.
func (b Binding) String() string { return bindingNames[b] }

// Scaled reports whether the instances of the container platform serve several requests, or are started by
// an autoscaler: whether it is simulated by faaslab/platform/autoscaler.
func (s *Scenario) Scaled() bool {
	v := &s.Serving
	return s.Container != nil && !s.many() &&
		(v.Scaling != nil || v.Concurrency > 1 || v.InstanceCores > 0 || v.Binding == Late || v.StartRate.Starts > 0)
}

// measures reports whether an autoscaler measures the load.
func (s *Scenario) measures() bool { return s.Scaled() && s.Serving.Scaling != nil }

// concurrency returns how many requests an instance serves at once.
func (v *Serving) concurrency() int { return max(v.Concurrency, 1) }

// Target returns what is to be measured of each instance, in the unit of the metric; 0 without an autoscaler.
func (v *Serving) Target() float64 {
	if v.Scaling == nil {
		return 0
	}
	target := v.Scaling.Rule.Target
	if v.TargetShare > 0 {
		target = v.TargetShare * usualTotal(v.concurrency())
	}
	if v.Scaling.Rule.Algorithm == scaling.Tracking {
		target = max(target, scaling.SmallestTarget)
	}
	return target
}

// routing returns which of the instances with a free place serves.
func (s *Scenario) routing() autoscaler.Routing {
	if s.Container.Routing == pool.Random {
		return autoscaler.Random
	}
	return s.Serving.Routing
}

// checkServing checks how many requests an instance serves at once, and what starts it.
func (c *checker) checkServing(p *pool.Config) {
	v := &c.Serving
	scratch := Scenario{Container: &pool.Config{}, Serving: Serving{Scaling: new(autoscaler.Scaling)}}
	for _, k := range servingKeys {
		text := k.Write(&c.Scenario)
		if text == "" || !c.readable(k.Path) {
			continue
		}
		if err := k.Read(&scratch, text, dist.Parser{}); err != nil {
			c.faulty[k.Path] = true
			c.found = append(c.found, fault{paths: []string{k.Path}, err: err})
		}
	}
	if !c.Scaled() {
		if v.Routing != autoscaler.ByConcurrency && p.Routing == pool.MRU {
			c.addf("container.routing", "found %v, which is for instances of several places; want concurrency, or a preset for scaling, beside it, or %s", v.Routing, routings.Accepts())
		}
		return
	}
	const instead = "an instance is ready a start-up after it was started, and only then a request begins; want startup in its place, such as constant(2s)"
	if p.Cold != nil {
		c.addf("container.cold", "does not go together with %s: %s", c.why(), instead)
	}
	_, closed := c.Arrivals.(dist.Closed)
	for _, other := range []struct {
		path, without string
		there         bool
	}{
		{"container.release", "no release", p.Releases()},
		{"container.cores", "instance_cores, the cores of each instance: those of a node are not shared by instances of several places yet", p.Cores.Limited()},
		{"container.dispatch", "no dispatch", p.Dispatch.Exists()},
		{"container.initial.running", "initial.idle: instances are ready at time 0, and none of them has a request", p.InitialRunning > 0},
		{"container.provisioned", "min_instances", c.Keeping.Provisioned > 0},
		{"container.spare", "min_instances", c.Keeping.Spare > 0},
		{"container.keep_alive", "a duration", c.Keeping.Policy != nil && v.Scaling == nil},
		{"arrivals", "other arrivals: users who wait for answers are not simulated with it yet", closed},
	} {
		if other.there {
			c.addf(other.path, "does not go together with %s; want %s", c.why(), other.without)
		}
	}
	if c.sound("container.routing") && (p.Routing == pool.Newest || p.Routing == pool.LRU || c.given("container.routing") && c.routing() == autoscaler.ByConcurrency) {
		c.addf("container.routing", "found %v, which is for instances of one place; want %s with %s", p.Routing, keyfile.List(placeRoutings.Names(), "or"), c.why())
	}
	if least := c.Keeping.MinInstances; c.sound("container.max_instances", "container.min_instances") && least > p.MaxInstances {
		c.addf("container.min_instances", "found %d, more than max_instances; want at most %d", least, p.MaxInstances)
	}
	if v.Binding == Early && v.concurrency() == platform.Unlimited {
		c.addf("container.binding", "has no effect with concurrency: unlimited, where a request waits only while the first instance starts; want no binding")
	}
	if v.Scaling != nil {
		c.checkScaling(p)
	}
}

// why names the key that makes a scenario a scaled one.
func (c *checker) why() string {
	switch v := c.Serving; {
	case v.Scaling != nil:
		return "scaling by what is measured"
	case v.Concurrency > 1:
		return "a concurrency of more than 1"
	case v.InstanceCores > 0:
		return "instance_cores"
	case v.Binding == Late:
		return "binding: late"
	}
	return "start_rate"
}

// checkScaling checks the autoscaler.
func (c *checker) checkScaling(p *pool.Config) {
	v, r := &c.Serving, c.Serving.Scaling
	const block = "container.scaling."
	if c.given("container.keep_alive") {
		c.addf("container.keep_alive", "has no effect with scaling by what is measured: an instance goes when the autoscaler decides for fewer; want no keep_alive, or scaling: request")
	}
	if p.WhenFull != pool.Queue && c.sound("container.when_full") {
		c.addf("container.when_full", "found %v; want queue: with scaling by what is measured a request may find no instance and must be able to wait for one", p.WhenFull)
	}
	if v.Binding == Early {
		c.addf("container.binding", "found early; want late: with scaling by what is measured an instance is not started for a request")
	}
	if v.StartRate.Starts > 0 && !r.StartForRequests {
		c.addf("container.start_rate", "has no effect where no request starts an instance; want scaling: request, cloud-run or aws-lambda, or max_up")
	}
	if r.Metric == autoscaler.CPU && v.InstanceCores == 0 && c.sound(block+"metric", "container.instance_cores") {
		c.addf("container.instance_cores", "missing, and scaling.metric is cpu, of which each instance must have some; want a number such as 1 or 0.5")
	}
	if !c.sound(block+"metric", block+"target", "container.concurrency") {
		return
	}
	switch target := r.Rule.Target; {
	case v.TargetShare > 0 && r.Metric != autoscaler.Concurrency:
		c.addf(block+"target", "found %s, a share of the concurrency, and the metric is %v; want %s", formatShare(v.TargetShare), r.Metric, wantTargets[r.Metric])
	case v.TargetShare == 0 && !(target > 0):
		if c.readable(block + "target") {
			c.addf(block+"target", "missing; want %s", wantTargets[r.Metric])
		}
	case r.Metric == autoscaler.CPU && target*(1+r.Rule.Tolerance) >= 1 && c.sound(block+"tolerance"):
		c.addf(block+"target", "found %s, with a tolerance of %s; want less: of its cores an instance uses all at most, so that no more instances would ever be asked for", keyfile.FormatDecimal(target), formatShare(r.Rule.Tolerance))
	}
	rule := &r.Rule
	if rule.PanicWindow > rule.Window && c.sound(block+"window", block+"panic_window") {
		c.addf(block+"panic_window", "found %ds, longer than window; want at most %ds", rule.PanicWindow, rule.Window)
	}
	if rule.PanicWindow > 0 && rule.PanicThreshold == 0 && c.sound(block+"panic_window", block+"panic_threshold") {
		c.addf(block+"panic_threshold", "found 0%%; want more, or panic_window: 0s, without panic")
	}
	if rule.Algorithm != scaling.Utilization {
		return
	}
	for _, only := range []struct {
		name, want string
		there      bool
	}{
		{"panic_window", "0s", rule.PanicWindow > 0},
		{"max_down", keyfile.Unlimited, !math.IsInf(rule.MaxDown, 1)},
		{"up_delay", "0s", rule.UpDelay > 0},
		{"activation", "1", rule.Activation > 1},
	} {
		if only.there && c.sound(block+only.name) {
			c.addf(block+only.name, "has no effect: the HorizontalPodAutoscaler of preset: %s has no such thing; want %s, or preset: knative", presetOf(*v), only.want)
		}
	}
}

// chosenPreset returns the name that a document gives of what starts instances, and where; a block without
// a preset has the usual one. It is empty where nothing is given.
func (d document) chosenPreset() (name string, at keyfile.Place) {
	const path = "container.scaling"
	if e, given := d.Entries[path+".preset"]; given {
		return e.Text, e.Place
	}
	if e, given := d.Entries[path]; given {
		return e.Text, e.Place
	}
	if at, given := d.Blocks[path]; given {
		return presets.Usual, at
	}
	return "", at
}

// chooseScaling keeps, of a file to which an override gives an autoscaler, nothing that only a pool has.
func (d document) chooseScaling() {
	name, at := d.chosenPreset()
	if p := presets.Find(name); p == nil || p.ByRequest || at.Line > 0 {
		return
	}
	for _, path := range []string{"container.keep_alive", "container.when_full", "container.routing"} {
		if e, given := d.Entries[path]; given && e.Place.Line > 0 {
			delete(d.Entries, path)
		}
	}
}

// scalingStandard returns the text of a key that is left out, where a preset gives one or, of the keys of
// the block, no autoscaler is there; false: it does not.
func (d document) scalingStandard(path string) (text string, ok bool) {
	name, _ := d.chosenPreset()
	inBlock := strings.HasPrefix(path, "container.scaling.")
	p := presets.Find(name)
	if p == nil {
		return "", inBlock
	}
	if path == "container.scaling.preset" {
		if _, given := d.Entries["container.scaling"]; given {
			return "", true
		}
		return name, true
	}
	text, ok = p.Values[path]
	return text, ok || inBlock || slices.Contains(p.Needs, path)
}

// checkScaling notes what a preset needs to be given, and completes what it derives from other keys.
func (d document) checkScaling(s *Scenario, unread map[string]bool) {
	name, _ := d.chosenPreset()
	p := presets.Find(name)
	if p == nil || s.Container == nil || s.many() {
		return
	}
	s.deriveStartup(d, p)
	both := []string{"container.scaling", "container.scaling.preset"}
	if d.Given(both[0]) && d.Given(both[1]) {
		d.Problems.Add(d.At(both[1]), "given beside container.scaling=%s; want one of both", keyfile.Legible(d.Entries[both[0]].Text))
	}
	for _, path := range p.Needs {
		if !d.Given(path) {
			d.Problems.Add(d.At(path, both[0], both[1]), "scaling: %s has no usual %s; want %s: %s", p.Name, strings.TrimPrefix(path, "container."), path, table.Find(path).Accepts)
			unread[path] = true
		}
	}
	if p.Waits > 0 && !d.Given("container.queue_timeout") {
		s.Container.QueueTimeout = sim.FromSeconds(max(p.WaitsLeast, p.Waits*known(mean(s.Container.Startup))))
	}
}

// deriveStartup takes the mean start-up from the cold starts of a file to which an override gives an autoscaler that
// measures the load: so the built-in functions can be compared with themselves on it.
func (s *Scenario) deriveStartup(d document, p *presets.Preset) {
	c := s.Container
	if _, at := d.chosenPreset(); p.ByRequest || at.Line > 0 || c.Warm == nil || c.Cold == nil || c.Startup != nil || d.Entries["container.cold"].Place.Line == 0 {
		return
	}
	if startup := sim.FromSeconds(mean(c.Cold) - mean(c.Warm)); startup > 0 && startup < sim.Never {
		c.Cold, c.Startup, s.Serving.StartupDerived = nil, dist.Constant{Value: startup.Seconds()}, true
	}
}

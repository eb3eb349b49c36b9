package scenarios

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
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
	switch {
	case v.Scaling == nil:
		return 0
	case v.TargetShare > 0:
		return v.TargetShare * usualTotal(v.concurrency())
	}
	return v.Scaling.Rule.Target
}

// routing returns which of the instances with a free place serves.
func (s *Scenario) routing() autoscaler.Routing {
	if s.Container.Routing == pool.Random {
		return autoscaler.Random
	}
	return s.Serving.Routing
}

// Autoscaler returns the platform of a scenario that is Scaled, with all that follows from other keys: the
// target of an instance is a number there, whatever the scenario has.
func (s Scenario) Autoscaler() autoscaler.Config { return s.fleet() }

// fleet returns the platform of a scenario that is scaled.
func (s Scenario) fleet() autoscaler.Config {
	c, v := s.Container, s.Serving
	config := autoscaler.Config{
		Warm: c.Warm, Startup: c.Startup,
		Concurrency: v.concurrency(), InstanceCores: v.InstanceCores, Routing: s.routing(),
		MinInstances: s.Keeping.MinInstances, MaxInstances: c.MaxInstances, InitialReady: c.InitialIdle,
		QueueTimeout: unlessUnlimited(c.QueueTimeout, sim.Never),
		OnDemand:     autoscaler.OnDemand{KeepAlive: c.KeepAlive, Reject: c.WhenFull == pool.Reject, StartRate: v.StartRate},
	}
	if v.Binding == Early || v.Binding == Usual && config.Concurrency == 1 && v.Scaling == nil {
		config.Binding = autoscaler.Early
	}
	if v.Scaling != nil {
		scaling := *v.Scaling
		scaling.Rule.Target = v.Target()
		if v.InstanceCores == 0 {
			scaling.CPUTarget = 0 // the use of cores is not known
		}
		config.Scaling = &scaling
	}
	return config
}

// usualTotal is what a share of the concurrency is of: Knative takes 100 where that is unlimited
// (container-concurrency-target-default).
func usualTotal(concurrency int) float64 {
	if concurrency == platform.Unlimited {
		return 100
	}
	return float64(concurrency)
}

// startFleet begins a replication.
func startFleet(s Scenario, replication int, to Settings) (Simulation, error) {
	fleet, err := autoscaler.New(s.fleet(), s.Arrivals, s.Run.Seed, replication)
	if err != nil {
		return nil, err
	}
	fleet.Log, fleet.Interrupted, fleet.MostLive, fleet.Meter = to.Log, to.Interrupted, to.MostLive, to.Meter
	fleet.Limit(to.Responses, to.Waits)
	return fleet, nil
}

// describeFleet says how the platform is configured.
func describeFleet(s Scenario, span func(sim.Time) string) (parts []string) {
	config, v := s.fleet(), s.Serving
	if r := config.Scaling; r != nil {
		target := keyfile.FormatDecimal(r.Rule.Target)
		if r.Metric == autoscaler.Requests {
			target = dist.FormatRate(r.Rule.Target)
		}
		parts = append(parts, fmt.Sprintf("%s scaling, %v %s in each of %s", presetOf(v), r.Metric, target, span(sim.Time(r.Rule.Window)*sim.Second)))
	} else {
		parts = append(parts, "keep-alive "+span(config.KeepAlive), "binding "+config.Binding.String())
	}
	switch {
	case config.Concurrency == platform.Unlimited:
		parts = append(parts, "any number of requests at once")
	case config.Concurrency == 1:
		parts = append(parts, "one request at once")
	default:
		parts = append(parts, fmt.Sprintf("%d requests at once", config.Concurrency))
	}
	if config.InstanceCores > 0 {
		parts = append(parts, "cores of each "+keyfile.FormatDecimal(config.InstanceCores))
	}
	if config.MinInstances > 0 {
		parts = append(parts, fmt.Sprintf("at least %d", config.MinInstances))
	}
	full := "queue"
	switch {
	case config.Scaling == nil && config.Reject:
		full = "reject"
	case config.QueueTimeout != sim.Never:
		full += " " + span(config.QueueTimeout)
	}
	if config.MaxInstances == platform.Unlimited {
		parts = append(parts, "no cap")
	} else {
		parts = append(parts, fmt.Sprintf("at most %d, %s", config.MaxInstances, full))
	}
	if r := config.StartRate; r.Starts > 0 {
		parts = append(parts, "starts "+formatStartRate(r))
	}
	return append(parts, config.Routing.Of(config.Concurrency).String())
}

// presetOf returns the name of the preset of an autoscaler; one without is called after its algorithm.
func presetOf(v Serving) string {
	switch {
	case v.Preset != "":
		return v.Preset
	case v.Scaling.Rule.Algorithm == scaling.Utilization:
		return "kubernetes"
	}
	return presets.Usual
}

// Notes says what of a scenario is a guess: what a platform, whose preset it has, does not publish; and a start-up
// that is derived.
func (s Scenario) Notes() (notes []string) {
	if s.Container == nil || s.many() {
		return nil
	}
	if p := presets.Find(s.Serving.Preset); p != nil && p.Guesses != nil {
		notes = append(notes, fmt.Sprintf("container.scaling: %s: guesses, since the platform does not publish them: %s", p.Name, strings.Join(p.Guesses, "; ")))
	}
	if s.Serving.StartupDerived && s.Container.Startup != nil {
		notes = append(notes, fmt.Sprintf("container.startup: %s is derived, the mean of container.cold less that of container.warm: cold is the law of a whole cold start, and with scaling a request may feel a part of a start-up only; give container.startup for its law",
			s.Container.Startup))
	}
	return notes
}

// fleetHas reports whether a metric of scaled platforms can be observed: no decisions are made where
// requests start instances, and there is no utilization of places without number.
func fleetHas(s Scenario, m platform.Metric) bool {
	switch r := s.Serving.Scaling; m.Name {
	case platform.Desired, platform.Draining:
		return r != nil
	case platform.Panic:
		return r != nil && r.Rule.PanicWindow > 0
	case platform.Utilization:
		return s.Serving.Concurrency != platform.Unlimited
	}
	return true
}

// fleetUnsteady returns an *UnsteadyError if the platform cannot have a steady state.
func fleetUnsteady(s Scenario) error {
	config := s.fleet()
	rate, service := s.Arrivals.Rate(), mean(config.Warm)
	e := &UnsteadyError{Platform: ContainerPlatform, Load: rate * service, Capacity: config.Capacity()}
	waits := (config.Scaling != nil || !config.Reject) && config.QueueTimeout == sim.Never
	starts := math.Inf(1) // per second, at most
	if r := config.StartRate; r.Starts > 0 {
		starts = float64(r.Starts) / r.Per.Seconds()
	}
	// Of the arrivals alone, one instance more than they need is asked for at most (the rounding up),
	// unless decisions are held.
	each, most := math.Inf(1), math.Inf(1)
	unseen := config.Scaling != nil && config.Scaling.Metric == autoscaler.Requests && !config.Scaling.StartForRequests && config.Scaling.Rule.DownDelay == 0 && waits
	if unseen {
		each = float64(config.Concurrency)
		if config.InstanceCores > 0 {
			each = min(each, config.InstanceCores)
		}
		most = min(max(rate/config.Scaling.Rule.Target+1, float64(config.MinInstances), float64(config.Scaling.Rule.Activation)), capacity(config.MaxInstances))
	}
	own := config.InstanceCores > 0 && config.Scaling == nil && config.Concurrency == platform.Unlimited
	switch {
	case config.Scaling == nil && config.KeepAlive == sim.Never && config.MaxInstances == platform.Unlimited && config.Concurrency != platform.Unlimited:
		e.reason = "with keep_alive: never and max_instances: unlimited the instances only grow; " +
			"want a duration for keep_alive or a number for max_instances"
	case (waits || config.Concurrency == platform.Unlimited && config.InstanceCores > 0) && e.Load >= e.Capacity:
		each := fmt.Sprintf("%d requests at once", config.Concurrency)
		if config.InstanceCores > 0 && config.InstanceCores < float64(config.Concurrency) {
			each = keyfile.FormatDecimal(config.InstanceCores) + " cores each"
		}
		e.reason = fmt.Sprintf("offered load %s is not below the %.4g of %s with %s, so the queue only grows; "+
			"want a lower rate or service time, more max_instances or concurrency or, where requests wait, a duration for queue_timeout",
			product(rate, service), e.Capacity, instances(config.MaxInstances), each)
	case unseen && e.Load >= each*most:
		e.Capacity = each * most
		e.reason = fmt.Sprintf("offered load %s is not below the %.4g that the instances serve for which scaling asks at most, %s / %s + 1 with %.4g at once: arrivals do not show that requests wait, so the queue only grows; "+
			"want a lower target or service time, more min_instances or a duration for queue_timeout",
			product(rate, service), e.Capacity, dist.FormatRate(rate), dist.FormatRate(config.Scaling.Rule.Target), each)
	case own && config.MaxInstances == platform.Unlimited && e.Load >= config.InstanceCores:
		e.reason = fmt.Sprintf("offered load %s is not below the %s cores of an instance, whose requests only grow in number: with concurrency: unlimited no request starts a second one; "+
			"want a number for concurrency, or a preset for scaling", product(rate, service), keyfile.FormatDecimal(config.InstanceCores))
	case waits && config.Concurrency == 1 && config.Scaling == nil && config.KeepAlive == 0 && rate >= starts && config.Binding == autoscaler.Early:
		e.Load, e.Capacity = rate, starts
		e.reason = fmt.Sprintf("arrivals of %s are not below start_rate, %s, and with keep_alive: 0s each needs a start; want a lower rate, a higher start_rate or a keep_alive",
			dist.FormatRate(rate), formatStartRate(config.StartRate))
	default:
		return nil
	}
	return e
}

// fleetSize estimates how many instances and waiting requests are alive at once.
func fleetSize(s Scenario) (e estimate) {
	config := s.fleet()
	rate, service, startup := s.ArrivalRate(), mean(config.Warm), known(mean(config.Startup))
	present := s.present(service)
	each := float64(config.Concurrency)
	if config.InstanceCores > 0 {
		each = min(each, config.InstanceCores)
	}
	if r := config.Scaling; r != nil {
		switch r.Metric {
		case autoscaler.Requests:
			each = r.Rule.Target / service
		case autoscaler.CPU:
			each = r.Rule.Target * config.InstanceCores
		default:
			each = r.Rule.Target
		}
	}
	limit := capacity(config.MaxInstances)
	if most := present/each + 1; most > float64(max(config.MinInstances, config.InitialReady)) {
		e.add(min(most, limit), "instances, offered load "+product(rate, service)+" / "+fmt.Sprintf("%.4g", each))
	} else {
		e.add(float64(max(config.MinInstances, config.InitialReady)), "instances at the start")
	}
	e.add(present, "requests in service")
	if config.Scaling != nil || !config.Reject {
		e.add(s.present(startup), "waiting for a start-up, "+product(rate, startup))
		if most := config.Capacity(); !math.IsInf(most, 1) {
			e.add(s.leftOver(service, most, config.QueueTimeout.Seconds()), "waiting, the load above max_instances")
		}
	}
	return e
}

// fleetLasts returns the times, in seconds, on which the transient depends: what is measured is
// forgotten after two windows, or after a window and the delay of going down, and panic lasts as long again.
func fleetLasts(s Scenario, queue func(service, servers float64) float64) []float64 {
	config := s.fleet()
	times := []float64{known(mean(config.Warm)) + known(mean(config.Startup))}
	if r := config.Scaling; r != nil {
		window := float64(r.Rule.Window)
		forget := max(2*window, r.Rule.DownDelay.Seconds()+window, known(mean(config.Startup)))
		if r.Rule.PanicWindow > 0 {
			forget *= 2
		}
		times = append(times, forget+r.Retention.Seconds())
	} else {
		times = append(times, known(config.KeepAlive.Seconds()))
	}
	if most := config.Capacity(); !math.IsInf(most, 1) && (config.Scaling != nil || !config.Reject) {
		times = append(times, known(min(queue(mean(config.Warm), most), config.QueueTimeout.Seconds())))
	}
	return times
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

// The keys.

var (
	concurrencies = keyfile.Wholes{Least: 1, Most: 1_000_000, OrUnlimited: true}
	cpuNumbers    = keyfile.Numbers{Least: 0.001, Most: 1000}
	placeRoutings = keyfile.Choices[autoscaler.Routing]{autoscaler.First, autoscaler.RoundRobin, autoscaler.TwoChoices, autoscaler.LeastLoaded, autoscaler.Random}
	measured      = keyfile.Choices[autoscaler.Metric]{autoscaler.Concurrency, autoscaler.Requests, autoscaler.CPU}
	evaluations   = keyfile.Spans{Least: sim.Second}
	floors        = keyfile.Wholes{Least: 1, Most: 1_000_000}
)

// wantTargets say what a target is, by metric.
var wantTargets = map[autoscaler.Metric]string{
	autoscaler.Concurrency: "a percentage of the concurrency such as 70%, or requests such as 7",
	autoscaler.Requests:    "a rate such as 7/s",
	autoscaler.CPU:         "a share of its cores such as 0.6",
}

const (
	byRequest     = "request"
	wantTarget    = "what is to be measured of each instance: a percentage of the concurrency such as 70%, requests such as 7, a rate such as 7/s, or a share of its cores such as 0.6"
	wantStartRate = "starts in a time, such as 1000/10s, or unlimited"
	wantFactor    = "a number more than 1, or unlimited"
	mostWindow    = 86_400 // seconds
)

// Conditions of controls: instances of several places, or an autoscaler, need one function; keys of such a
// platform are written only of it.
var (
	ofOneFunction  = &keyfile.Condition{Key: "arrivals"}
	whereScaled    = &keyfile.Condition{Key: "container.concurrency"}
	wherePooled    = &keyfile.Condition{Key: "container.concurrency", Absent: true}
	onDemand       = &keyfile.Condition{Key: "container.scaling.metric", Absent: true}
	onDemandScaled = &keyfile.Condition{Key: "container.scaling.metric", Absent: true, And: whereScaled}
)

// servingKeys are the keys of the container block that say how many requests an instance serves at once, and what
// starts it.
var servingKeys = slices.Concat([]Key{
	concurrencyKey().Controlled("Requests at once in an instance", keyfile.Control{Unit: "requests", From: 1, To: 1000, Whole: true, Without: keyfile.Unlimited, Optional: true, When: ofOneFunction, Beside: 4}),
	instanceCores().Controlled("Cores of each instance", keyfile.Control{Unit: "cores", From: 0.1, To: 64, Without: keyfile.Unlimited, When: whereScaled, Beside: 5}),
	orNone(Key{
		Path: "container.binding", Accepts: "early or late", Schema: keyfile.Fragment{"enum": []string{"early", "late"}},
		Doc: "Which instance serves a request that finds no place: one that is started for it (early), or the first that has one (late). Left out: early with a concurrency of 1, else late.",
		Read: func(s *Scenario, text string, _ dist.Parser) error {
			for b := Early; b <= Late; b++ {
				if text == b.String() {
					s.Serving.Binding = b
					return nil
				}
			}
			return keyfile.Wrong(text, "early or late")
		},
		Write: func(s *Scenario) string { return s.Serving.Binding.String() },
	}).Controlled("A request that finds no place", keyfile.Control{Optional: true, When: onDemandScaled, Propose: []string{"early", "late"}}).
		Choosing("waits for the instance started for it (early)", "waits for the first free place (late)"),
	orNone(Key{
		Path: "container.start_rate", Accepts: wantStartRate, Standard: keyfile.Unlimited,
		Schema: keyfile.Fragment{"anyOf": []keyfile.Fragment{{"type": "string", "pattern": `^[0-9]+\s*/.+$`}, {"const": keyfile.Unlimited}}},
		Doc:    "The most instances that are started in a time: so many at once, and then as many in each such time, evenly; what is not used is not saved up.",
		Read:   readStartRate,
		Write:  func(s *Scenario) string { return formatStartRate(s.Serving.StartRate) },
	}).Controlled("Rate of starts", keyfile.Control{Text: true, When: whereScaled}),
	Key{
		Path: "container.scaling", Accepts: wantScaling(),
		Schema: keyfile.Fragment{"anyOf": []keyfile.Fragment{{"enum": append([]string{byRequest}, presets.Names()...)}, {"type": "object"}}},
		Doc:    "What starts instances: request, each request that finds none; or an autoscaler that measures the load, by the name of a preset or as a block.",
		Read: func(s *Scenario, text string, _ dist.Parser) error {
			if text == byRequest {
				s.Serving.Preset, s.Serving.Scaling = "", nil
				return nil
			}
			return readPreset(s, text, wantScaling())
		},
		Write: func(s *Scenario) string {
			if s.many() || s.Serving.Scaling != nil {
				return ""
			}
			return s.Serving.Preset
		},
	}.Controlled("What starts instances", keyfile.Control{Optional: true, When: ofOneFunction, Inner: "preset", Group: "Autoscaler", Beside: 3, Propose: []string{presets.Usual, byRequest}}).
		Choosing("each request that finds none"),
	{
		Path: "container.scaling.preset", Accepts: keyfile.List(presets.Names(), "or"), Standard: presets.Usual, Schema: keyfile.Fragment{"enum": presets.Names()},
		Doc: "The platform whose autoscaler it is: what the other keys are where they are left out.",
		Read: func(s *Scenario, text string, _ dist.Parser) error {
			return readPreset(s, text, keyfile.List(presets.Names(), "or"))
		},
		Write: func(s *Scenario) string {
			if !s.measures() {
				return ""
			}
			return presetOf(s.Serving)
		},
	},
}, scalingKeys())

func wantScaling() string {
	return byRequest + ", " + keyfile.List(presets.Names(), "or") + ", or a block"
}

// orNone returns a key that is written of scaled platforms only.
func orNone(k Key) Key { return k.Unless(func(s *Scenario) bool { return !s.Scaled() }) }

// concurrencyKey makes the key of the places of an instance.
func concurrencyKey() Key {
	k := keyfile.Count("container.concurrency", "Requests that an instance serves at once, 1 or more.", "1", concurrencies,
		func(s *Scenario) *int { return &s.Serving.Concurrency })
	read, write := k.Read, k.Write
	k.Read = func(s *Scenario, text string, notation dist.Parser) error {
		err := read(s, text, notation)
		if s.Serving.Concurrency == 1 {
			s.Serving.Concurrency = 0 // as a program leaves it out
		}
		return err
	}
	k.Write = func(s *Scenario) string {
		if s.Serving.Concurrency == 0 {
			return "1"
		}
		return write(s)
	}
	return orNone(k)
}

// instanceCores makes the key of the cores of each instance.
func instanceCores() Key {
	accepts := cpuNumbers.Accepts() + ", or unlimited"
	return orNone(Key{
		Path: "container.instance_cores", Accepts: accepts, Standard: keyfile.Unlimited, Decimal: true,
		Schema: keyfile.Fragment{"anyOf": []keyfile.Fragment{{"type": "number", "minimum": cpuNumbers.Least, "maximum": cpuNumbers.Most}, {"const": keyfile.Unlimited}}},
		Doc:    "Cores of each instance, which its requests share equally; warm is CPU time then.",
		Read: func(s *Scenario, text string, _ dist.Parser) error {
			if text == keyfile.Unlimited {
				s.Serving.InstanceCores = 0
				return nil
			}
			x, ok := cpuNumbers.Parse(text)
			if !ok {
				return keyfile.Wrong(text, accepts)
			}
			s.Serving.InstanceCores = x
			return nil
		},
		Write: func(s *Scenario) string {
			if s.Serving.InstanceCores == 0 {
				return keyfile.Unlimited
			}
			return keyfile.FormatDecimal(s.Serving.InstanceCores)
		},
	})
}

// readPreset begins the configuration of a platform's autoscaler, which the keys of the block complete.
func readPreset(s *Scenario, text, accepts string) error {
	p := presets.Find(text)
	if p == nil {
		names := presets.Names()
		if i := keyfile.Nearest(text, keyfile.FewEdits(text), names); i >= 0 {
			return fmt.Errorf("found %s; did you mean %s? want %s", keyfile.Quoted(text), names[i], accepts)
		}
		return keyfile.Wrong(text, accepts)
	}
	s.Serving.Preset, s.Serving.Scaling = p.Name, nil
	if !p.ByRequest {
		s.Serving.Scaling = &autoscaler.Scaling{CPUTarget: p.CPUTarget, StartForRequests: p.StartForRequests, Rule: scaling.Rule{Algorithm: p.Algorithm}}
	}
	return nil
}

// readStartRate reads such as 1000/10s.
func readStartRate(s *Scenario, text string, _ dist.Parser) error {
	if text == keyfile.Unlimited {
		s.Serving.StartRate = autoscaler.StartRate{}
		return nil
	}
	starts, per, ok := strings.Cut(text, "/")
	n, whole := keyfile.ParseWhole(strings.TrimSpace(starts))
	if per = strings.TrimSpace(per); per != "" && strings.Trim(per, "abcdefghijklmnopqrstuvwxyz") == "" {
		per = "1" + per // 10/s
	}
	span, err := keyfile.ParseTime(per)
	if !ok || !whole || err != nil || n < 1 || n > 1_000_000 || span <= 0 || span > 3600*sim.Second {
		return keyfile.Wrong(text, wantStartRate+": 1 to 1000000 of them, in at most 1h")
	}
	s.Serving.StartRate = autoscaler.StartRate{Starts: int64(n), Per: span}
	return nil
}

func formatStartRate(r autoscaler.StartRate) string {
	if r.Starts == 0 {
		return keyfile.Unlimited
	}
	return strconv.FormatInt(r.Starts, 10) + "/" + keyfile.FormatTime(r.Per)
}

// scalingKeys are the keys of the block of an autoscaler.
func scalingKeys() (keys []Key) {
	const path = "container.scaling."
	rule := func(s *Scenario) *scaling.Rule { return &s.Serving.Scaling.Rule }
	span := func(name, doc string, domain keyfile.Spans, field func(*Scenario) *sim.Time) Key {
		return keyfile.Span(path+name, doc, "", domain, field)
	}
	keys = []Key{
		keyfile.Choice(path+"metric", "What is measured: requests present, waiting ones included; arrivals per second; or the use of the cores of instances.", measured,
			func(s *Scenario) *autoscaler.Metric { return &s.Serving.Scaling.Metric }).
			Controlled("Measured", keyfile.Control{Propose: []string{"rps", "concurrency"}}).
			Choosing("requests present", "arrivals per second", "use of cores"),
		target(path+"target").
			Controlled("Target of an instance", keyfile.Control{Unit: "%", From: 1, To: 100, Beside: 2}),
		span("every", "Time between two evaluations, at its multiples, 1s or more.", evaluations, func(s *Scenario) *sim.Time { return &rule(s).Every }).
			Controlled("Evaluated every", wholeSeconds(1, 60)),
		seconds(path+"window", "What the metric is averaged over, in whole seconds, 1s to 24h.", 1, func(s *Scenario) *int { return &rule(s).Window }).
			Controlled("Window", wholeSeconds(1, 3600)),
		average(path + "average"),
		seconds(path+"panic_window", "A short window, in whole seconds, whose average begins panic, in which instances only grow; 0s: no panic.", 0, func(s *Scenario) *int { return &rule(s).PanicWindow }).
			Controlled("Panic window", wholeSeconds(1, 600).With(func(c *keyfile.Control) { c.Beside = 7 })),
		percentage(path+"panic_threshold", "What the panic window asks for, of the ready instances, from which there is panic.", 0, 1e4, func(s *Scenario) *float64 { return &rule(s).PanicThreshold }).
			Controlled("Panic threshold", keyfile.Control{Unit: "%", From: 100, To: 1000}),
		percentage(path+"tolerance", "Nothing changes within this distance from the target, 0% or more.", 0, 1, func(s *Scenario) *float64 { return &rule(s).Tolerance }),
		factor(path+"max_up", "How many times the ready instances one evaluation may ask for at most.", func(s *Scenario) *float64 { return &rule(s).MaxUp }).
			Controlled("Up at most, at once", timesControl),
		keyfile.Count(path+"max_up_floor", "So many instances one evaluation may ask for whatever max_up is, 1 or more.", "", floors, func(s *Scenario) *int { return &rule(s).MaxUpFloor }),
		factor(path+"max_down", "By what one evaluation may divide the ready instances at most.", func(s *Scenario) *float64 { return &rule(s).MaxDown }).
			Controlled("Down at most, at once", timesControl),
		span("up_delay", "The least of the decisions of that long is what holds, 0s or more.", delays, func(s *Scenario) *sim.Time { return &rule(s).UpDelay }),
		span("down_delay", "The largest of the decisions of that long is what holds, 0s or more.", delays, func(s *Scenario) *sim.Time { return &rule(s).DownDelay }).
			Controlled("Delay down", wholeSeconds(1, 3600)),
		span("retention", "The last instances stay that long after the decision for none, 0s or more.", delays, func(s *Scenario) *sim.Time { return &s.Serving.Scaling.Retention }).
			Controlled("The last ones stay", wholeSeconds(1, 3600)),
		keyfile.Count(path+"activation", "The least instances that are asked for, if not none, 1 or more.", "", floors, func(s *Scenario) *int { return &rule(s).Activation }),
	}
	for i := range keys {
		k := &keys[i]
		k.Standard = presets.Find(presets.Usual).Values[k.Path]
		read := k.Read
		k.Read = func(s *Scenario, text string, notation dist.Parser) error {
			if s.Serving.Scaling == nil {
				return errors.New("has no effect where requests start instances; want a preset for container.scaling that measures the load, such as knative")
			}
			return read(s, text, notation)
		}
		*k = k.Unless(func(s *Scenario) bool { return !s.measures() })
	}
	return keys
}

// timesControl is that of a factor.
var timesControl = keyfile.Control{Unit: "times", From: 1.1, To: 1000, Without: keyfile.Unlimited}

// wholeSeconds is the control of a time of whole seconds.
func wholeSeconds(from, to float64) keyfile.Control {
	return keyfile.Control{Unit: "seconds", From: from, To: to, Whole: true}
}

// seconds makes the key of a window.
func seconds(path, doc string, least int, field func(*Scenario) *int) Key {
	accepts := fmt.Sprintf("whole seconds such as 30s, %ds to 24h", least)
	return Key{
		Path: path, Doc: doc, Accepts: accepts, Schema: keyfile.Fragment{"type": "string"},
		Read: func(s *Scenario, text string, _ dist.Parser) error {
			t, err := keyfile.ParseTime(text)
			switch {
			case err != nil:
				return err
			case t%sim.Second != 0:
				return fmt.Errorf("found %s; want %s: measurements are recorded once a second", keyfile.Quoted(text), accepts)
			case t < sim.Time(least)*sim.Second || t > mostWindow*sim.Second:
				return keyfile.Wrong(text, accepts)
			}
			*field(s) = int(t / sim.Second)
			return nil
		},
		Write: func(s *Scenario) string { return keyfile.FormatTime(sim.Time(*field(s)) * sim.Second) },
	}
}

// percentage makes the key of a fraction, written in per cent.
func percentage(path, doc string, least, most float64, field func(*Scenario) *float64) Key {
	accepts := fmt.Sprintf("a percentage from %s to %s", formatShare(least), formatShare(most))
	return Key{
		Path: path, Doc: doc, Accepts: accepts, Schema: keyfile.Fragment{"type": "string", "pattern": `^\s*[0-9.]+\s*%\s*$`},
		Read: func(s *Scenario, text string, _ dist.Parser) error {
			x, ok := parseShare(text)
			if !ok || x < least || x > most {
				return keyfile.Wrong(text, accepts)
			}
			*field(s) = x
			return nil
		},
		Write: func(s *Scenario) string { return formatShare(*field(s)) },
	}
}

// parseShare reads a percentage as a fraction.
func parseShare(text string) (float64, bool) {
	number, percent := strings.CutSuffix(text, "%")
	x, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	return x / 100, percent && err == nil && x >= 0
}

func formatShare(x float64) string { return formatPercent(x) }

// factor makes the key of a number more than 1, or unlimited.
func factor(path, doc string, field func(*Scenario) *float64) Key {
	return Key{
		Path: path, Doc: doc, Accepts: wantFactor, Decimal: true,
		Schema: keyfile.Fragment{"anyOf": []keyfile.Fragment{{"type": "number", "minimum": 1}, {"const": keyfile.Unlimited}}},
		Read: func(s *Scenario, text string, _ dist.Parser) error {
			x, err := strconv.ParseFloat(text, 64)
			switch {
			case text == keyfile.Unlimited:
				x = math.Inf(1)
			case err != nil || !(x > 1) || x > 1e9:
				return keyfile.Wrong(text, wantFactor)
			}
			*field(s) = x
			return nil
		},
		Write: func(s *Scenario) string {
			if math.IsInf(*field(s), 1) {
				return keyfile.Unlimited
			}
			return keyfile.FormatDecimal(*field(s))
		},
	}
}

// average makes the key of the weights of a window.
func average(path string) Key {
	names := []string{"linear", "weighted"}
	return Key{
		Path: path, Accepts: keyfile.List(names, "or"), Schema: keyfile.Fragment{"enum": names},
		Doc: "The weights of the seconds of a window: equal ones, or exponentially falling ones that do not add up to 1 (Knative's weighted-exponential).",
		Read: func(s *Scenario, text string, _ dist.Parser) error {
			i := slices.Index(names, text)
			if i < 0 {
				return keyfile.Wrong(text, keyfile.List(names, "or"))
			}
			s.Serving.Scaling.Rule.Weighted = i == 1
			return nil
		},
		Write: func(s *Scenario) string {
			if s.Serving.Scaling.Rule.Weighted {
				return names[1]
			}
			return names[0]
		},
	}
}

// target makes the key of what is to be measured of each instance. The key of the metric is read before.
func target(path string) Key {
	return Key{
		Path: path, Accepts: wantTarget, Decimal: true, Schema: keyfile.Fragment{"anyOf": []keyfile.Fragment{{"type": "number", "minimum": 0}, {"type": "string"}}},
		Doc: "What is to be measured of each instance: a percentage of the concurrency, or of 100 if that is unlimited; or a number of requests, requests per second, or a share of its cores.",
		Read: func(s *Scenario, text string, _ dist.Parser) error {
			v := &s.Serving
			v.TargetShare, v.Scaling.Rule.Target = 0, 0
			if share, ok := parseShare(text); ok && share > 0 && share <= 100 {
				v.TargetShare = share
				return nil
			}
			x, err := strconv.ParseFloat(text, 64)
			isRate := strings.Contains(text, "/")
			if isRate {
				x, err = dist.ParseRate(text)
			}
			if err != nil || !(x > 0) || x > 1e9 {
				return keyfile.Wrong(text, wantTarget)
			}
			if want := v.Scaling.Metric == autoscaler.Requests; isRate != want {
				return fmt.Errorf("found %s, and the metric is %v; want %s", keyfile.Quoted(text), v.Scaling.Metric, wantTargets[v.Scaling.Metric])
			}
			v.Scaling.Rule.Target = x
			return nil
		},
		Write: func(s *Scenario) string {
			switch v := s.Serving; {
			case v.TargetShare > 0:
				return formatShare(v.TargetShare)
			case v.Scaling.Rule.Target == 0:
				return ""
			case v.Scaling.Metric == autoscaler.Requests:
				return dist.FormatRate(v.Scaling.Rule.Target)
			}
			return keyfile.FormatDecimal(s.Serving.Scaling.Rule.Target)
		},
	}
}

// readRouting extends the key of the routing by those among instances of several places.
func readRouting(k Key) Key {
	read, write := k.Read, k.Write
	k.Accepts = keyfile.List(routings.Names(), "or") + "; with concurrency or scaling " + keyfile.List(placeRoutings.Names(), "or")
	k.Schema = keyfile.Fragment{"enum": slices.Concat(routings.Names(), slices.DeleteFunc(placeRoutings.Names(), func(name string) bool { return slices.Contains(routings.Names(), name) }))}
	k.Read = func(s *Scenario, text string, notation dist.Parser) error {
		s.Serving.Routing = autoscaler.ByConcurrency
		if i := slices.Index(placeRoutings.Names(), text); i >= 0 && placeRoutings[i] != autoscaler.Random {
			s.Container.Routing, s.Serving.Routing = pool.MRU, placeRoutings[i]
			return nil
		}
		if err := read(s, text, notation); err != nil {
			return keyfile.Wrong(text, k.Accepts)
		}
		return nil
	}
	k.Write = func(s *Scenario) string {
		switch {
		case !s.Scaled():
			return write(s)
		case s.routing() == autoscaler.ByConcurrency:
			return "" // as the concurrency has it
		}
		return s.routing().String()
	}
	return k
}

// scalingPaths are the paths of the block of an autoscaler.
var scalingPaths = func() (paths []string) {
	for _, k := range servingKeys {
		if strings.HasPrefix(k.Path, "container.scaling.") {
			paths = append(paths, k.Path)
		}
	}
	return paths
}()

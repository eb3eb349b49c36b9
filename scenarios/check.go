package scenarios

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/sim"
)

// Check returns everything that is wrong with a scenario, whoever built it: each value outside its
// domain, and values that do not go together. The errors are *Problems, joined, a line each that
// begins with the path of a key such as container.max_instances. It is nil if the scenario can be
// simulated. Of a trace it reads the first row. Whether a simulation would take too much memory, or
// has no steady state, CheckSize and CheckSteadyState tell.
//
// Parse checks what it reads; Simulate, Compare, Sweep, Tuning.Run, Transient, ShortRuns and
// History check what they are given.
func (s Scenario) Check() error {
	var all problems
	for _, f := range s.faults(noFile) {
		path := f.paths[0]
		all.add(place{text: cmp.Or(path, "scenario"), path: path}, "%w", f.err)
	}
	return all.join()
}

// A fault is one thing that is wrong with a scenario.
type fault struct {
	// paths are those of the keys that it concerns. It is told at the first or, in a file, at the
	// first that the file gives. The path of a block stands for the block, the empty one for the
	// scenario.
	paths []string
	err   error
	// other is what is wrong in the words of the second path, if it may be told there as well: a
	// file tells it where the later of both stands. Nil: it may not.
	other error
}

// A source is what a check must know of the file that a scenario is read from.
type source struct {
	// unread reports whether a file gives a key that could not be read: the field has no value to
	// be checked.
	unread func(path string) bool
	// given reports whether a file gives a key. A field of a program that is 0 may have been left
	// out.
	given func(path string) bool
}

// noFile is the source of a scenario that a program built.
var noFile = source{func(string) bool { return false }, func(string) bool { return false }}

// faults returns everything that is wrong with the scenario, in the order of the file.
func (s Scenario) faults(from source) []fault {
	c := checker{Scenario: s, source: from, faulty: map[string]bool{}}
	c.text("name", s.Name)
	if s.Description != "" {
		c.text("description", s.Description)
	}
	switch {
	case !c.readable("arrivals"):
	case s.Arrivals == nil:
		c.add("missing; want "+wantArrivals, "arrivals")
	default:
		c.law("arrivals", s.Arrivals)
	}
	if s.Container == nil && s.Wasm == nil {
		c.add("container and wasm are both missing; want a block for at least one platform", "")
	}
	c.servedByTrace = c.sound("arrivals") && fixesService(s.Arrivals)
	if s.Container != nil {
		c.containers(s.Container)
	}
	if s.Wasm != nil {
		c.wasm(s.Wasm)
	}
	if s.Pricing != nil {
		c.pricing(s.Pricing)
	}
	c.run(s.Run)
	for i, l := range s.Limits {
		if parsed, err := ParseLimit(l.Name); err != nil || parsed != l {
			c.add("found "+quoted(l.Name)+"; want what ParseLimit returns", "limits."+strconv.Itoa(i))
		}
	}
	return c.found
}

// A checker collects what is wrong with a scenario.
type checker struct {
	Scenario
	source
	servedByTrace bool            // the arrivals bring service times along
	faulty        map[string]bool // the keys with values outside their domains
	found         []fault
}

// add notes what is wrong with the first of several keys, as a fault has them.
func (c *checker) add(what string, paths ...string) {
	c.found = append(c.found, fault{paths: paths, err: errors.New(what)})
}

// addf is add for what is wrong with one key, formatted.
func (c *checker) addf(path, format string, args ...any) { c.add(fmt.Sprintf(format, args...), path) }

// wrong notes a value outside the domain of its key.
func (c *checker) wrong(path, value, accepts string) {
	c.faulty[path] = true
	c.addf(path, "found %s; want %s", value, accepts)
}

// readable reports whether a key has a value to be checked.
func (c *checker) readable(path string) bool { return !c.unread(path) }

// sound reports whether the values of all of several keys lie in their domains, so that rules
// between them can be checked.
func (c *checker) sound(paths ...string) bool {
	for _, path := range paths {
		if c.unread(path) || c.faulty[path] {
			return false
		}
	}
	return true
}

// text checks a text of one line.
func (c *checker) text(path, text string) {
	if c.readable(path) && !lines.has(text) {
		c.wrong(path, quoted(text), lines.accepts())
	}
}

// law checks a distribution or an arrival process, which is not nil.
func (c *checker) law(path string, law fmt.Stringer) {
	if !c.readable(path) {
		return
	}
	if err := dist.Check(law); err != nil {
		c.faulty[path] = true
		c.found = append(c.found, fault{paths: []string{path}, err: err})
	}
}

// optional checks a distribution that may be left out.
func (c *checker) optional(path string, law dist.Distribution) {
	if law != nil {
		c.law(path, law)
	}
}

// service checks the service times of a platform, which a trace may bring along instead.
func (c *checker) service(path string, law dist.Distribution) {
	switch {
	case law != nil:
		c.law(path, law)
	case c.readable(path) && !c.servedByTrace:
		c.addf(path, "missing; want %s", wantLaw)
	}
}

// span checks a duration.
func (c *checker) span(path string, t sim.Time, domain spanDomain) {
	if c.readable(path) && !domain.has(t) {
		c.wrong(path, formatTime(t), domain.accepts())
	}
}

// whole checks a whole number.
func (c *checker) whole(path string, n int64, domain wholeDomain) {
	if c.readable(path) && !domain.has(n) {
		c.wrong(path, strconv.FormatInt(n, 10), domain.accepts())
	}
}

// number checks a number.
func (c *checker) number(path string, x float64, accepted bool, accepts string) {
	if c.readable(path) && !accepted {
		c.wrong(path, strconv.FormatFloat(x, 'g', -1, 64), accepts)
	}
}

// checkChoice checks a value that is one of several.
func checkChoice[T interface {
	~uint8
	fmt.Stringer
}](c *checker, path string, value T, domain choiceDomain[T]) {
	if c.readable(path) && !domain.has(value) {
		c.wrong(path, strconv.Itoa(int(value)), domain.accepts())
	}
}

func (c *checker) containers(p *platform.Containers) {
	c.service("container.warm", p.Warm)
	c.optional("container.cold", p.Cold)
	c.optional("container.startup", p.Startup)
	c.coldStart(p)
	c.span("container.keep_alive", p.KeepAlive, keepAlives)
	c.whole("container.max_instances", int64(p.MaxInstances), maxInstances)
	checkChoice(c, "container.when_full", p.WhenFull, whenFulls)
	if p.QueueTimeout != 0 || p.WhenFull != platform.Reject { // where no request waits, 0 stands for never
		c.span("container.queue_timeout", p.QueueTimeout, queueTimeouts)
		if c.sound("container.queue_timeout", "container.when_full") && p.QueueTimeout != sim.Never && p.WhenFull != platform.Queue {
			c.addf("container.queue_timeout", "has no effect with when_full: %s; want when_full: queue, or no queue_timeout", p.WhenFull)
		}
	}
	checkChoice(c, "container.routing", p.Routing, routings)
	c.cores("container.cores", p.Cores)
	c.startupCPU(p)
	c.dispatch(p.Dispatch)
	c.initial(p)
}

// coldStart checks that exactly one law says how long a cold start takes.
func (c *checker) coldStart(p *platform.Containers) {
	const cold, startup = "container.cold", "container.startup"
	const want = "; want one of them: cold, the whole service of a cold start, or startup, what it adds to a warm one"
	hasCold, hasStartup := p.Cold != nil || c.unread(cold), p.Startup != nil || c.unread(startup)
	switch {
	case hasCold && hasStartup:
		c.found = append(c.found, fault{paths: []string{cold, startup},
			err: errors.New("given beside startup" + want), other: errors.New("given beside cold" + want)})
	case !hasCold && !hasStartup:
		c.addf(cold, "missing; want cold, the whole service of a cold start, or startup, what it adds to a warm one: %s", wantLaw)
	}
}

// startupCPU checks the share of start-ups that takes CPU.
func (c *checker) startupCPU(p *platform.Containers) {
	const path = "container.startup_cpu"
	c.number(path, p.StartupCPU, proportions.has(p.StartupCPU), proportions.accepts())
	switch {
	case !c.sound(path) || p.StartupCPU == 1:
	case c.sound("container.cores") && !p.Cores.Limited():
		if p.StartupCPU != 0 || c.given(path) { // of a program, 0 was left out
			c.add("has no effect with cores: unlimited; want a number of cores, or no startup_cpu", path)
		}
	case p.Warm == nil && p.Cold != nil && c.servedByTrace && c.readable("container.warm"):
		c.add("nobody knows what of container.cold is start-up where a trace fixes the service times; want startup_cpu: 1, or container.startup instead of container.cold", path)
	}
}

// cores checks the cores of a platform, whose block has a path.
func (c *checker) cores(path string, cores platform.Cores) {
	physical := join(path, "physical")
	if !c.sound(path, physical) {
		return
	}
	if cores.Physical != 0 {
		c.whole(physical, int64(cores.Physical), coreNumbers)
	}
	if cores.Threads != 0 {
		c.whole(join(path, "threads"), int64(cores.Threads), threadCounts)
	}
	c.number(join(path, "yield"), cores.Yield, proportions.has(cores.Yield), proportions.accepts())
	if cores.AllCoreSpeed != 0 {
		c.number(join(path, "all_core_speed"), cores.AllCoreSpeed, speeds.has(cores.AllCoreSpeed), speeds.accepts())
	}
	if cores.Physical == 0 && cores != (platform.Cores{}) {
		c.add("a block for cores: unlimited has no effect; want a number of cores", path)
	}
}

// dispatch checks the stage before a pool.
func (c *checker) dispatch(d platform.Dispatch) {
	const block = "container.dispatch."
	c.span(block+"interval", d.Interval, delays)
	if d.Batch != 0 || d.InBatches() { // 0 where it has no effect stands for unlimited
		c.whole(block+"batch", int64(d.Batch), batches)
	}
	c.span(block+"per_batch", d.PerBatch, delays)
	c.optional(block+"service", d.Service)
	checkChoice(c, block+"hand_over", d.HandOver, handOvers)
	if !c.sound(block+"interval", block+"batch", block+"per_batch", block+"service", block+"hand_over") {
		return
	}
	if !d.InBatches() && d.Batch != platform.Unlimited && d.Batch != 0 {
		c.addf(block+"batch", "has no effect with interval: 0s, per_batch: 0s and hand_over: %s; want one of them otherwise, or no batch", d.HandOver)
	}
	if !d.Exists() && d.HandOver == platform.Together {
		c.add("has no effect where nothing is waited for; want an interval, per_batch or service, or no hand_over", block+"hand_over")
	}
}

// initial checks that a pool can be in its initial state.
func (c *checker) initial(p *platform.Containers) {
	const idle, running = "container.initial.idle", "container.initial.running"
	c.whole(idle, int64(p.InitialIdle), initially)
	c.whole(running, int64(p.InitialRunning), initially)
	if c.sound(idle, "container.max_instances") {
		switch room := p.MaxInstances - p.InitialIdle; {
		case room < 0:
			c.addf(idle, "found %d, more than max_instances; want at most %d", p.InitialIdle, p.MaxInstances)
		case c.sound(running) && p.InitialRunning > room && p.InitialIdle == 0:
			c.addf(running, "found %d, more than max_instances; want at most %d", p.InitialRunning, room)
		case c.sound(running) && p.InitialRunning > room:
			c.addf(running, "found %d beside %d idle, together more than max_instances, %d; want at most %d",
				p.InitialRunning, p.InitialIdle, p.MaxInstances, room)
		}
	}
	if p.Warm == nil && c.readable("container.warm") && c.sound(running) && p.InitialRunning > 0 && c.servedByTrace {
		c.addf(running, "found %d, and nothing says how long they go on: the trace gives service times to its own requests alone; want container.warm, or 0", p.InitialRunning)
	}
}

func (c *checker) wasm(p *platform.Wasm) {
	c.service("wasm.service", p.Service)
	c.optional("wasm.startup", p.Startup)
	c.cores("wasm.cores", p.Cores)
	checkChoice(c, "wasm.discipline", p.Discipline, disciplines)
	plain := !p.Cores.Limited() || p.Cores.Rate(p.Cores.Flat()) == float64(p.Cores.Physical)
	if p.Discipline == platform.FCFS && !plain && c.sound("wasm.cores", "wasm.cores.physical", "wasm.cores.threads", "wasm.cores.yield", "wasm.cores.all_core_speed") {
		c.add("cores that are held one by one (discipline: fcfs) have one thread and a constant speed; want discipline: processor-sharing, or a number of cores alone",
			"wasm.cores.threads", "wasm.cores.all_core_speed")
	}
}

func (c *checker) pricing(p *Pricing) {
	if p.Preset != "" && c.readable("pricing.preset") && findPreset(p.Preset) == nil {
		c.wrong("pricing.preset", quoted(p.Preset), list(presetNames(), "or"))
	}
	if p.User == nil && p.Provider == nil {
		c.addf("pricing", "gives no price; want a preset, or some of %s",
			strings.ReplaceAll(list(append(userKeys[:len(userKeys):len(userKeys)], providerKeys...), "and"), "pricing.", ""))
	}
	if u := p.User; u != nil {
		c.price("pricing.gb_second", u.GBSecond)
		c.price("pricing.second", u.Second)
		c.price("pricing.million_requests", u.MillionRequests)
		checkChoice(c, "pricing.startups", u.Startup, billings)
		c.span("pricing.billing_step", u.Step, delays)
		c.span("pricing.billing_minimum", u.Minimum, delays)
		if u.MemoryStep != 0 {
			c.memory("pricing.memory_step", u.MemoryStep)
		}
	}
	if p.Currency != "" && c.readable("pricing.currency") && !isCurrency(p.Currency) {
		c.wrong("pricing.currency", quoted(p.Currency), wantCurrency)
	}
	for _, m := range []struct {
		path   string
		gb     float64
		needed bool
	}{
		{"pricing.container_memory", p.ContainerMemory, c.Container != nil},
		{"pricing.wasm_memory", p.WasmMemory, c.Wasm != nil},
	} {
		switch {
		case m.gb != 0:
			c.memory(m.path, m.gb)
		case m.needed && c.readable(m.path):
			c.addf(m.path, "missing; want %s", wantMemory)
		}
	}
	if o := p.Provider; o != nil {
		c.price("pricing.provider_running_gb_second", o.RunningGBSecond)
		c.price("pricing.provider_idle_gb_second", o.IdleGBSecond)
		c.price("pricing.provider_cold_start", o.ColdStart)
	}
	if o := c.Container; o != nil && o.Warm == nil && c.servedByTrace && c.readable("container.warm") && o.Cold != nil && p.User != nil && p.User.Startup == platform.StartupFree {
		c.add("nobody knows what of container.cold is start-up where a trace fixes the service times; want startups: billed, or container.startup instead of container.cold",
			"pricing.startups", "pricing.preset")
	}
}

func (c *checker) price(path string, amount float64) {
	c.number(path, amount, isPrice(amount), wantPrice())
}

func (c *checker) memory(path string, gb float64) {
	if c.readable(path) && !isMemory(gb) {
		c.wrong(path, strconv.FormatFloat(gb, 'g', -1, 64)+"GB", wantMemory)
	}
}

func (c *checker) run(r Run) {
	c.whole("run.replications", int64(r.Replications), replicationCounts)
	if r.Warmup != AutoWarmup && c.readable("run.warmup") && !delays.has(r.Warmup) {
		c.wrong("run.warmup", formatTime(r.Warmup), delays.accepts()+", or auto")
	}
	if r.Duration != 0 || c.unread("run.duration") {
		c.span("run.duration", r.Duration, lengths)
		const beside = "given beside duration; want duration, a fixed length, or precision with max_requests, as long as it takes"
		if r.Precision != 0 || c.unread("run.precision") {
			c.add(beside, "run.precision")
		}
		if r.MaxRequests != 0 || c.unread("run.max_requests") {
			c.add(beside, "run.max_requests")
		}
	} else {
		switch {
		case !c.readable("run.precision"):
		case r.Precision == 0:
			c.add("missing; want "+wantPrecision+", or run.duration, a fixed length", "run.precision")
		case !isPrecision(r.Precision):
			c.wrong("run.precision", formatPercent(r.Precision), wantPrecision)
		}
		c.whole("run.max_requests", r.MaxRequests, requestCounts)
	}
	if !c.sound("run.replications", "run.warmup") || c.faulty["run.duration"] {
		return
	}
	warmup := max(r.Warmup, 0) // that of auto is not known yet
	if total := float64(r.Replications) * (warmup.Seconds() + r.Duration.Seconds()); total >= longest {
		c.add(fmt.Sprintf("%d replications of %s after a warm-up of %s are %.4g years; virtual time ends at 292 years",
			r.Replications, formatTime(r.Duration), formatTime(warmup), total/year),
			"run.duration", "run.warmup", "run.replications")
	}
}

// fixesService reports whether an arrival process brings service times along,
// as a trace of two columns does.
func fixesService(a dist.Arrivals) bool {
	t, ok := a.(dist.Trace)
	if !ok {
		return false
	}
	services, err := t.HasServices() // checked before, so only a file that is gone by now fails
	return err == nil && services
}

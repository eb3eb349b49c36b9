package scenarios

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/scenarios/internal/keyfile"
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
	var all keyfile.Problems
	for _, f := range s.faults(noFile) {
		path := f.paths[0]
		all.Add(keyfile.Place{Text: cmp.Or(path, "scenario"), Path: path}, "%w", f.err)
	}
	return all.Join()
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
	case s.many(), !c.readable("arrivals"), !c.readable(workloadKey):
	case s.Arrivals == nil:
		c.add("missing; want "+keyfile.WantArrivals, "arrivals")
	default:
		c.law("arrivals", s.Arrivals)
	}
	if names := KindNames(); s.Platforms() == nil && !s.many() { // many functions need a container block
		how := "both"
		if len(names) > 2 {
			how = "all"
		}
		c.add(fmt.Sprintf("%s are %s missing; want a block for at least one platform", keyfile.List(names, "and"), how), "")
	}
	if s.many() {
		c.manyFunctions()
		return c.found
	}
	if !c.readable(workloadKey) { // whatever else is given may go with it
		c.rest()
		return c.found
	}
	c.servedByTrace = c.sound("arrivals") && fixesService(s.Arrivals)
	for _, k := range kinds {
		switch {
		case !k.has(&s):
		case k.check != nil:
			k.check(&c)
		default:
			c.laws(k)
		}
	}
	if s.Container == nil && s.Nodes != nil {
		c.checkOne()
	}
	c.closedUsers()
	if s.Pricing != nil {
		c.pricing(s.Pricing)
	}
	c.rest()
	return c.found
}

// manyFunctions checks a scenario of many functions.
func (c *checker) manyFunctions() {
	const yet = "a scenario with functions has no %s block yet; want it without"
	switch {
	case c.Container == nil:
		c.addf("", "a scenario with functions needs a container block, such as container: {keep_alive: 10m}")
	default:
		c.checkMany()
	}
	if c.Wasm != nil {
		c.servedByTrace = true // each function has its service times
		checkWasm(c)
	}
	for _, k := range kinds {
		if k.Name != ContainerPlatform && k.Name != WasmPlatform && k.has(&c.Scenario) {
			c.addf(k.Name, yet, k.Name)
		}
	}
	if c.Pricing != nil {
		c.pricing(c.Pricing)
	}
	c.rest()
}

// rest checks what holds of any scenario.
func (c *checker) rest() {
	s := c.Scenario
	c.run(s.Run)
	for i, l := range s.Limits {
		if parsed, err := ParseLimit(l.Name); err != nil || parsed != l {
			c.add("found "+keyfile.Quoted(l.Name)+"; want what ParseLimit returns", "limits."+strconv.Itoa(i))
		}
	}
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
	if c.readable(path) && !lines.Has(text) {
		c.wrong(path, keyfile.Quoted(text), lines.Accepts())
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
		missing := "missing"
		if stream := withoutService(c.Arrivals); stream > 0 && c.sound("arrivals") {
			missing = fmt.Sprintf("missing, and stream %d of the arrivals fixes no service times as the traces among them do", stream)
		}
		c.addf(path, "%s; want %s", missing, keyfile.WantLaw)
	}
}

// laws checks the laws of a platform whose kind has no check of its own.
func (c *checker) laws(k *Kind) {
	for _, key := range k.Keys {
		switch {
		case key.Of == nil:
		case key.Path == k.Service:
			c.service(key.Path, key.Of(&c.Scenario))
		default:
			c.optional(key.Path, key.Of(&c.Scenario))
		}
	}
}

// span checks a duration.
func (c *checker) span(path string, t sim.Time, domain keyfile.Spans) {
	if c.readable(path) && !domain.Has(t) {
		c.wrong(path, keyfile.FormatTime(t), domain.Accepts())
	}
}

// whole checks a whole number.
func (c *checker) whole(path string, n int64, domain keyfile.Wholes) {
	if c.readable(path) && !domain.Has(n) {
		c.wrong(path, strconv.FormatInt(n, 10), domain.Accepts())
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
}](c *checker, path string, value T, domain keyfile.Choices[T]) {
	if c.readable(path) && !domain.Has(value) {
		c.wrong(path, strconv.Itoa(int(value)), domain.Accepts())
	}
}

// cores checks the cores of a platform, whose block has a path.
func (c *checker) cores(path string, cores platform.Cores) {
	physical := keyfile.Join(path, "physical")
	if !c.sound(path, physical) {
		return
	}
	if cores.Physical != 0 {
		c.whole(physical, int64(cores.Physical), coreNumbers)
	}
	if cores.Threads != 0 {
		c.whole(keyfile.Join(path, "threads"), int64(cores.Threads), threadCounts)
	}
	c.number(keyfile.Join(path, "yield"), cores.Yield, proportions.Has(cores.Yield), proportions.Accepts())
	c.clock(path, cores)
	if cores.Physical == 0 && (cores.Threads != 0 || cores.Yield != 0 || cores.AllCoreSpeed != 0 || cores.Speeds != nil) {
		c.add("a block for cores: unlimited has no effect; want a number of cores", path)
	}
}

func (c *checker) pricing(p *Pricing) {
	if p.Preset != "" && c.readable("pricing.preset") && findPreset(p.Preset) == nil {
		c.wrong("pricing.preset", keyfile.Quoted(p.Preset), keyfile.List(presetNames(), "or"))
	}
	if p.User == nil && p.Provider == nil {
		c.addf("pricing", "gives no price; want a preset, or some of %s",
			strings.ReplaceAll(keyfile.List(append(userKeys[:len(userKeys):len(userKeys)], providerKeys...), "and"), "pricing.", ""))
	}
	if u := p.User; u != nil {
		c.price("pricing.gb_second", u.GBSecond)
		c.price("pricing.second", u.Second)
		c.price("pricing.million_requests", u.MillionRequests)
		c.provisionedPrice(provisionedKey, u.ProvisionedGBSecond)
		c.provisionedPrice(provisionedExecutionKey, u.ProvisionedExecution)
		checkChoice(c, "pricing.startups", u.Startup, billings)
		c.span("pricing.billing_step", u.Step, delays)
		c.span("pricing.billing_minimum", u.Minimum, delays)
		if u.MemoryStep != 0 {
			c.memory("pricing.memory_step", u.MemoryStep)
		}
	}
	if p.Currency != "" && c.readable("pricing.currency") && !isCurrency(p.Currency) {
		c.wrong("pricing.currency", keyfile.Quoted(p.Currency), wantCurrency)
	}
	for _, k := range kinds {
		path := k.memoryKey().Path
		switch gb := p.Memory[k.Name]; {
		case k.Name == ContainerPlatform && c.many():
			if gb != 0 || c.given(path) {
				c.add("each function has its own memory, such as functions.NAME.memory; want it without", path)
			}
		case gb != 0:
			c.memory(path, gb)
		case k.has(&c.Scenario) && c.readable(path):
			c.addf(path, "missing; want %s", keyfile.WantMemory)
		}
	}
	if o := p.Provider; o != nil {
		c.price("pricing.provider_running_gb_second", o.RunningGBSecond)
		c.price("pricing.provider_idle_gb_second", o.IdleGBSecond)
		c.price("pricing.provider_cold_start", o.ColdStart)
	}
	for _, k := range kinds {
		if k.checkPricing != nil && k.has(&c.Scenario) {
			k.checkPricing(c, p)
		}
	}
}

func (c *checker) price(path string, amount float64) {
	c.number(path, amount, isPrice(amount), wantPrice())
}

// provisionedPrice checks a price that must be known where there are provisioned instances.
func (c *checker) provisionedPrice(path string, amount *float64) {
	switch {
	case amount != nil:
		c.price(path, *amount)
	case c.Container != nil && c.provisions() && c.readable(path):
		var having []string
		for _, p := range Presets {
			if p.values[path] != "" {
				having = append(having, p.Name)
			}
		}
		c.addf(path, "missing, and there are provisioned instances; want %s, or a preset that has one: %s", wantPrice(), keyfile.List(having, "or"))
	}
}

// provisions reports whether some function has provisioned instances.
func (c *checker) provisions() bool {
	functions, _ := c.Many()
	return c.Keeping.Provisioned > 0 || slices.ContainsFunc(functions, func(f Function) bool { return valueOr(f.Provisioned, 0) > 0 })
}

func (c *checker) memory(path string, gb float64) {
	if c.readable(path) && !keyfile.IsMemory(gb) {
		c.wrong(path, strconv.FormatFloat(gb, 'g', -1, 64)+"GB", keyfile.WantMemory)
	}
}

func (c *checker) run(r Run) {
	c.whole("run.replications", int64(r.Replications), replicationCounts)
	if r.Warmup != AutoWarmup && c.readable("run.warmup") && !delays.Has(r.Warmup) {
		c.wrong("run.warmup", keyfile.FormatTime(r.Warmup), delays.Accepts()+", or auto")
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
	if total := float64(r.Replications) * (warmup.Seconds() + r.Duration.Seconds()); total >= keyfile.Longest {
		c.add(fmt.Sprintf("%d replications of %s after a warm-up of %s are %.4g years; virtual time ends at 292 years",
			r.Replications, keyfile.FormatTime(r.Duration), keyfile.FormatTime(warmup), total/keyfile.Year),
			"run.duration", "run.warmup", "run.replications")
	}
}

// fixesService reports whether an arrival process brings service times along,
// as a trace of two columns does.
func fixesService(a dist.Arrivals) bool {
	services, err := dist.HasServices(a) // checked before, so only a file that is gone by now fails
	return err == nil && services
}

// withoutService returns the number of the first stream that brings no service times along, from 1, where another one does; 0
// where that is not so.
func withoutService(a dist.Arrivals) int {
	s, _ := a.(dist.Superpose)
	streams := s.Streams[:dist.Streams(s)]
	if !slices.ContainsFunc(streams, fixesService) {
		return 0
	}
	return slices.IndexFunc(streams, func(stream dist.Arrivals) bool { return !fixesService(stream) }) + 1
}

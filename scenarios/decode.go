package scenarios

import (
	"path/filepath"
	"strings"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/sim"
)

// Parse reads a scenario from the bytes of a file, with overrides. Errors name
// the file as file. Files that notations name, those of overrides too, are looked
// for in dir, the working directory if it is empty. All errors are returned
// together, a paragraph each, in the order of their lines.
func Parse(file, dir string, data []byte, overrides []Override) (Scenario, error) {
	return newText(file, dist.Parser{Dir: dir}, data).Scenario(overrides)
}

// read returns the scenario of a document with overrides, which change it.
func (d *document) read(overrides []Override) (Scenario, error) {
	d.apply(overrides)
	s := d.scenario()
	if err := d.problems.join(); err != nil {
		return Scenario{}, err
	}
	return s, nil
}

// has reports whether a path belongs to the scenario: one of an optional block only
// if the block does.
func (d *document) has(path string) bool {
	_, given := d.blocks[optionalOf(path)]
	return given
}

// at returns where the first of several keys stands that is given; if none is,
// the block that should hold the first.
func (d *document) at(paths ...string) place {
	for _, path := range paths {
		if e, given := d.entries[path]; given {
			return e.place
		}
	}
	return d.blocks[optionalOf(paths[0])].key(paths[0])
}

// scenario reads all texts, the defaults where none is given, and notes what
// is wrong with them.
func (d *document) scenario() Scenario {
	s := Scenario{Name: strings.TrimSuffix(filepath.Base(d.file), filepath.Ext(d.file))}
	if !isLine(s.Name) {
		s.Name = "scenario"
	}
	for _, k := range kinds {
		if _, given := d.blocks[k.Name]; given {
			k.begin(&s)
		}
	}
	if d.has("pricing.preset") {
		s.Pricing = &Pricing{User: new(platform.UserPrices), Provider: new(platform.ProviderPrices), Memory: map[string]float64{}}
	}
	sound := map[string]bool{} // the keys whose values hold
	for _, k := range keys {
		e, given := d.entries[k.path]
		if !given {
			e.text = d.standard(&k)
		}
		if !d.has(k.path) || e.text == "" && !given {
			continue
		}
		err := e.err
		if err == nil {
			err = k.read(&s, e.text, d.notation)
		}
		if err != nil {
			d.problems.add(e.place, "%w", err)
			continue
		}
		sound[k.path] = true
	}
	if _, given := d.entries["run.duration"]; given {
		s.Run.Precision, s.Run.MaxRequests = 0, 0
	}
	d.checkMissing(s)
	d.checkTogether(s, sound)
	d.checkPricing(&s)
	return s
}

// checkMissing notes what a scenario cannot do without.
func (d *document) checkMissing(s Scenario) {
	if _, given := d.entries["arrivals"]; !given {
		d.problems.add(d.at("arrivals"), "missing; want %s", wantArrivals)
	}
	if names := KindNames(); s.Platforms() == nil {
		how := "both"
		if len(names) > 2 {
			how = "all"
		}
		d.problems.add(d.blocks[""], "%s are %s missing; want a block for at least one platform", list(names, "and"), how)
	}
	// Of a trace that cannot be read nobody knows whether it fixes service times.
	unread := s.Arrivals == nil && strings.HasPrefix(d.entries["arrivals"].text, "trace")
	servedByTrace := unread || fixesService(s.Arrivals)
	for _, k := range kinds {
		if _, given := d.entries[k.Service]; !given && k.has(&s) && k.Service != "" && !servedByTrace {
			d.problems.add(d.at(k.Service), "missing; want %s", wantLaw)
		}
	}
	if _, given := d.entries["run.duration"]; given {
		for _, path := range rivals["run.duration"] {
			if e, both := d.entries[path]; both {
				d.problems.add(e.place, "given beside duration; want duration, a fixed length, or precision with max_requests, as long as it takes")
			}
		}
	}
	if s.Container == nil {
		return
	}
	cold, hasCold := d.entries["container.cold"]
	startup, hasStartup := d.entries["container.startup"]
	switch {
	case hasCold && hasStartup:
		later, other := cold.place, "startup"
		if later.line > 0 && (startup.place.line == 0 || startup.place.line > later.line) {
			later, other = startup.place, "cold"
		}
		d.problems.add(later, "given beside %s; want one of them: cold, the whole service of a cold start, or startup, what it adds to a warm one", other)
	case !hasCold && !hasStartup:
		d.problems.add(d.at("container.cold"), "missing; want cold, the whole service of a cold start, or startup, what it adds to a warm one: %s", wantLaw)
	}
}

// checkDispatch notes values of a dispatch stage without an effect.
func (d *document) checkDispatch(stage platform.Dispatch, sound map[string]bool) {
	for _, key := range []string{"interval", "batch", "per_batch", "service", "hand_over"} {
		if !sound["container.dispatch."+key] {
			return
		}
	}
	if !stage.InBatches() && stage.Batch != platform.Unlimited {
		d.problems.add(d.at("container.dispatch.batch"), "has no effect with interval: 0s, per_batch: 0s and hand_over: %s; want one of them otherwise, or no batch", stage.HandOver)
	}
	if !stage.Exists() && stage.HandOver == platform.Together {
		d.problems.add(d.at("container.dispatch.hand_over"), "has no effect where nothing is waited for; want an interval, per_batch or service, or no hand_over")
	}
}

// checkTogether notes values that do not go together.
func (d *document) checkTogether(s Scenario, sound map[string]bool) {
	if c := s.Container; c != nil {
		if sound["container.queue_timeout"] && sound["container.when_full"] && c.QueueTimeout != sim.Never && c.WhenFull != platform.Queue {
			d.problems.add(d.at("container.queue_timeout"), "has no effect with when_full: %s; want when_full: queue, or no queue_timeout", c.WhenFull)
		}
		d.checkDispatch(c.Dispatch, sound)
		d.checkInitial(s, sound)
	}
	d.checkCores(s, sound)
	if r := s.Run; sound["run.replications"] && sound["run.warmup"] {
		warmup := max(r.Warmup, 0) // of auto nobody knows yet
		if total := float64(r.Replications) * (warmup.Seconds() + r.Duration.Seconds()); total >= longest {
			d.problems.add(d.at("run.duration", "run.warmup", "run.replications"),
				"%d replications of %s after a warm-up of %s are %.4g years; virtual time ends at 292 years",
				r.Replications, formatTime(r.Duration), formatTime(warmup), total/year)
		}
	}
}

// checkInitial notes an initial state that a pool cannot be in.
func (d *document) checkInitial(s Scenario, sound map[string]bool) {
	const idle, running = "container.initial.idle", "container.initial.running"
	c := s.Container
	if sound[idle] && sound["container.max_instances"] {
		switch room := c.MaxInstances - c.InitialIdle; {
		case room < 0:
			d.problems.add(d.at(idle), "found %d, more than max_instances; want at most %d", c.InitialIdle, c.MaxInstances)
		case sound[running] && c.InitialRunning > room && c.InitialIdle == 0:
			d.problems.add(d.at(running), "found %d, more than max_instances; want at most %d", c.InitialRunning, room)
		case sound[running] && c.InitialRunning > room:
			d.problems.add(d.at(running), "found %d beside %d idle, together more than max_instances, %d; want at most %d",
				c.InitialRunning, c.InitialIdle, c.MaxInstances, room)
		}
	}
	if _, given := d.entries["container.warm"]; !given && sound[running] && c.InitialRunning > 0 && fixesService(s.Arrivals) {
		d.problems.add(d.at(running), "found %d, and nothing says how long they go on: the trace gives service times to its own requests alone; want container.warm, or 0", c.InitialRunning)
	}
}

// fixesService reports whether an arrival process brings service times along,
// as a trace of two columns does.
func fixesService(a dist.Arrivals) bool {
	t, ok := a.(dist.Trace)
	if !ok {
		return false
	}
	services, err := t.HasServices() // read once already, so only a file that is gone by now fails
	return err == nil && services
}

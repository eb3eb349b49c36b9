package traces

import (
	"fmt"
	"slices"

	"faaslab/dist/trace"
	"faaslab/sim"
)

// A collector gathers the counts of functions.
type collector struct {
	s         *source
	slot      int64 // ns
	of        []*function
	functions []*function // in the order in which they were first asked for
	apps      map[string]*app
	order     []*app
	last      int64 // the end of the last slot with requests, ns
}

// An app is what functions belong to.
type app struct {
	name      string
	functions int   // that are asked for
	memory    int64 // MB; 0: unknown
}

// A function is one that is being collected.
type function struct {
	stream
	name     string
	app      *app
	requests int64
	memory   int64 // MB of its own; 0: that of the app
	days     int   // on which it was asked for
	day      int   // the last of those; 0: none
	today    int64 // requests on that day
	label    uint64
	relabel  bool
	lacks    bool // durations on some day
}

// at returns the function of an index of the log; nil if it is not in the sample.
func (c *collector) at(index int32) *function {
	for len(c.of) <= int(index) {
		c.of = append(c.of, nil)
	}
	f := c.of[index]
	if f == nil {
		f = &function{name: c.s.log.Functions[index]}
		c.of[index] = f
		if name := appOf(f.name); c.s.sampled(name) {
			f.app = c.appNamed(name)
		}
	}
	if f.app == nil {
		return nil
	}
	return f
}

func (c *collector) appNamed(name string) *app {
	a := c.apps[name]
	if a == nil {
		if c.apps == nil {
			c.apps = map[string]*app{}
		}
		a = &app{name: name}
		c.apps[name] = a
	}
	return a
}

// count adds requests of a function in a slot.
func (c *collector) count(f *function, slot, n, service int64) {
	if f.requests == 0 {
		if f.app.functions++; f.app.functions == 1 {
			c.order = append(c.order, f.app)
		}
		c.functions = append(c.functions, f)
	}
	f.requests += n
	f.series.add(slot, n, service)
	c.last = max(c.last, (slot+1)*c.slot)
}

// trace makes the functions of what was collected, with the beginning of the first slot as time 0.
func (c *collector) trace(first int64, spread trace.Spread, serves, served bool) *Trace {
	t := &Trace{Serves: serves, Random: spread == trace.Uniform}
	o := &c.s.options
	members := map[*app][]*function{}
	var order []*app
	for _, f := range c.functions {
		if members[f.app] == nil {
			order = append(order, f.app)
		}
		members[f.app] = append(members[f.app], f)
	}
	add := func(name string, of *app, memory int64, functions []*function) {
		u := &unit{slot: c.slot, first: first, spread: spread, served: served, serves: serves}
		for _, f := range functions {
			f.bytes = slices.Clip(f.bytes)
			u.streams = append(u.streams, f.stream)
			u.requests += f.requests
		}
		t.Functions = append(t.Functions, Function{Name: name, App: of.name, Memory: memory, Arrivals: u, Requests: u.requests})
	}
	if o.ByFunction {
		for _, f := range c.functions {
			memory := f.memory
			if memory == 0 { // its part, rounded up
				memory = max(1, (f.app.memory+int64(f.app.functions)-1)/int64(f.app.functions))
			}
			add(f.name, f.app, memory, []*function{f})
		}
	} else {
		for _, a := range order {
			memory := a.memory
			if memory == 0 {
				memory = members[a][0].memory
			}
			add(a.name, a, max(1, memory), members[a])
		}
	}
	if o.Top > 0 {
		t.Functions = Busiest(t.Functions, o.Top, func(f *Function) float64 { return float64(f.Requests) })
	}
	for i := range t.Functions {
		t.Requests += t.Functions[i].Requests
	}
	t.Last = sim.Time(max(0, c.last-first*c.slot))
	return t
}

// slots returns the first slot that the options leave, and that after the last, from a beginning on.
func (c *collector) slots(begin int64) (first, end int64, err error) {
	from, to := c.s.options.window()
	if from%c.slot != 0 || c.s.options.To != 0 && to%c.slot != 0 {
		return 0, 0, fmt.Errorf("from=%v and to=%v: the trace counts requests by the minute; want whole minutes", sim.Time(from), sim.Time(to))
	}
	return begin + from/c.slot, begin + min(to/c.slot, 1<<40), nil
}

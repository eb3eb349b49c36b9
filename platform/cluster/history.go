package cluster

import (
	"cmp"
	"slices"

	"faaslab/platform"
	"faaslab/platform/internal/loop"
	"faaslab/sim"
)

// A clusterWitness is told what happens by the cluster, which knows more reasons than its counts
// show, and hands it on event by event. One event of the engine may have several occurrences, such
// as the evictions before a cold start; between two of them the witness' own account of the
// instances is what a watcher sees.
type clusterWitness struct {
	cluster        *Cluster
	node, function int          // whose events are told, from 0; -1: all
	pool           bool         // the one function is told as a pool: without a name, memory and a node
	pending        []occurrence // of the engine's last event, not handed on yet
	at             sim.Time     // of the last event
	looks          int          // for Interrupted

	members []member        // by slot
	slots   map[uint32]int  // by place in the cluster's instances
	open    []int           // slots below len(members) that are free
	queue   map[int][]queue // by node
	totals  platform.Totals
	became  int64 // counts instances that become idle
}

// A member is a live instance.
type member struct {
	loop.Occupant
	pool  uint32
	place uint32 // in the cluster's instances
	order int64  // in which instances became idle
}

type queue struct {
	request int64
	arrived sim.Time
}

// An occurrence is something that the cluster tells.
type occurrence struct {
	kind    platform.EventKind
	pool    uint32
	at      uint32 // the instance; none
	serial  int64  // of it
	request int64  // its number, from 1; 0: none
	arrived sim.Time
	until   sim.Time // when the instance leaves its new state
	reason  uint32   // the pool for whose request an instance is evicted
}

func newWitness(c *Cluster) *clusterWitness {
	w := &clusterWitness{cluster: c, node: -1, function: -1, slots: map[uint32]int{}, queue: map[int][]queue{}}
	for at := range c.instances { // all are ready at time 0
		i := c.instances[at].pool
		w.enter(uint32(at), i, c.instances[at].serial, platform.StateIdle, w.idleUntil(uint32(at), 0, 0))
	}
	c.watch, c.told = w, true
	return w
}

// handle lets an event of the engine happen. It repeats the switch of Run, since a call for each
// event would take time there, which calls it where cores are shared.
func (c *Cluster) handle(event sim.Event) {
	payload := event.Payload()
	switch event.Class() {
	case loop.Completion:
		switch payload & 3 {
		case completes:
			if c.shared != nil {
				c.completeShared(event.Time) // a timer
				break
			}
			c.complete(event.Time, payload>>2)
		case loads:
			c.beginLoad(event.Time, payload>>2)
		default:
			c.endLoad(event.Time, payload>>2)
		}
	case loop.Arrival:
		c.arrive(event.Time)
	case loop.Timeout:
		c.timeout(event.Time, payload)
	default:
		c.expire(event.Time)
	}
	if loop.CheckInvariants {
		c.check(event.Time)
	}
}

// What follows is told by the cluster.

func (w *clusterWitness) started(i, at uint32, r *arrival, cold bool, completion sim.Time) {
	kind := platform.EventWarmStart
	if cold {
		kind = platform.EventColdStart
		for k := len(w.pending) - 1; k >= 0 && w.pending[k].kind == platform.EventEvicted && w.pending[k].request == 0; k-- {
			w.pending[k].request, w.pending[k].arrived = r.number+1, r.at
		}
	}
	w.tell(kind, i, at, r.number+1, r.at, completion)
}

func (w *clusterWitness) turnedAway(kind platform.EventKind, i uint32, r *arrival) {
	w.tell(kind, i, none, r.number+1, r.at, 0)
}

// completes tells of a service that ends; what becomes of the instance else is told next.
func (w *clusterWitness) completes(now sim.Time, at uint32) {
	w.moved(platform.EventCompleted, at, w.idleUntil(at, now, 1))
}

func (w *clusterWitness) moved(kind platform.EventKind, at uint32, until sim.Time) {
	w.tell(kind, w.cluster.instances[at].pool, at, 0, 0, until)
}

func (w *clusterWitness) evicted(at uint32, p *pool) {
	w.moved(platform.EventEvicted, at, 0)
	w.pending[len(w.pending)-1].reason = w.cluster.poolOf(p.function, p.node)
}

func (w *clusterWitness) skipped(i uint32) { w.tell(platform.EventLoadSkipped, i, none, 0, 0, 0) }

func (w *clusterWitness) tell(kind platform.EventKind, i, at uint32, request int64, arrived, until sim.Time) {
	o := occurrence{kind: kind, pool: i, at: at, request: request, arrived: arrived, until: until, reason: none}
	if at != none {
		o.serial = w.cluster.instances[at].serial
	}
	w.pending = append(w.pending, o)
}

// idleUntil returns when an instance that is idle expires if nothing happens before. uncounted is 1
// if its pool does not count it as alive at this point.
func (w *clusterWitness) idleUntil(at uint32, since sim.Time, uncounted int32) sim.Time {
	x := &w.cluster.instances[at]
	if p := &w.cluster.pools[x.pool]; x.set == onDemand && p.keep != sim.Never && p.alive()+uncounted > p.min {
		return since.Plus(p.keep)
	}
	return sim.Never
}

func (w *clusterWitness) Next(until sim.Time, quiet bool, interrupted func() error) (e platform.Event, told, ok bool, err error) {
	c := w.cluster
	if len(w.pending) == 0 {
		if c.Interrupted = interrupted; c.ended {
			if err := w.after(interrupted); err != nil {
				return e, false, false, err
			}
			if w.over() {
				until = min(until, w.at) // what else there is now
			}
		}
		event, ok := c.engine.Next(min(until, sim.Never-1))
		if !ok {
			return e, false, false, c.err
		}
		w.at = event.Time
		c.handle(event)
		if c.err != nil {
			return e, false, true, c.err
		}
		if len(w.pending) == 0 {
			return e, false, true, nil // a timer that found nothing to do
		}
	}
	o := w.pending[0]
	if w.pending = w.pending[1:]; len(w.pending) == 0 {
		w.pending = nil
	}
	p := &c.pools[o.pool]
	if w.node >= 0 && int(p.node) != w.node {
		return e, false, true, nil
	}
	e = w.apply(o, quiet)
	return e, w.function < 0 || w.function == int(p.function) || o.reason != none && w.function == int(c.pools[o.reason].function), true, nil
}

// after asks the interruption where no more requests arrive, at which the cluster asks it.
func (w *clusterWitness) after(interrupted func() error) error {
	if w.looks++; w.looks%256 == 0 && interrupted != nil {
		return interrupted()
	}
	return nil
}

// enter adds an instance, in the lowest free slot.
func (w *clusterWitness) enter(at, i uint32, serial int64, state platform.InstanceState, until sim.Time) *member {
	slot := len(w.members)
	if len(w.open) > 0 {
		k := slices.Index(w.open, slices.Min(w.open))
		slot = w.open[k]
		w.open = slices.Delete(w.open, k, k+1)
	} else {
		w.members = append(w.members, member{})
	}
	p := &w.cluster.pools[i]
	m := &w.members[slot]
	w.slots[at] = slot
	w.became++
	*m = member{Occupant: loop.Occupant{LiveInstance: platform.LiveInstance{Instance: serial, Slot: slot, State: state, Created: w.at, Since: w.at, Until: until,
		Function: w.cluster.config.Functions[p.function].Name, Node: int(p.node), Memory: p.memory, Speed: 1}}, pool: i, place: at, order: w.became}
	if w.pool {
		m.Function, m.Memory = "", 0
	}
	if state == platform.StateIdle || state == platform.StateLoading {
		m.Speed = 0
	}
	w.count(state, 1)
	w.totals.Instances++
	return m
}

// leave forgets an instance.
func (w *clusterWitness) leave(m *member) {
	w.count(m.State, -1)
	w.totals.Instances--
	delete(w.slots, m.place)
	w.open = append(w.open, m.Slot)
	*m = member{}
}

// become gives an instance another state.
func (w *clusterWitness) become(m *member, state platform.InstanceState, until sim.Time) {
	w.count(m.State, -1)
	w.count(state, 1)
	m.State, m.Since, m.Until, m.Speed = state, w.at, until, 1
	if state == platform.StateIdle {
		w.became++
		m.order, m.Speed, m.Request, m.Arrived = w.became, 0, 0, 0
	}
}

// count counts instances in a state; one that is loading is idle, as in the counts of a platform.
func (w *clusterWitness) count(state platform.InstanceState, by int) {
	n := &w.totals
	switch state {
	case platform.StateCold:
		n.Running, n.RunningCold = n.Running+by, n.RunningCold+by
	case platform.StateWarm:
		n.Running += by
	default:
		n.Idle += by
	}
}

// apply makes an occurrence part of what a watcher sees.
func (w *clusterWitness) apply(o occurrence, quiet bool) platform.Event {
	c, t := w.cluster, &w.totals
	p := &c.pools[o.pool]
	e := platform.Event{Time: w.at, Kind: o.kind, Request: o.request, Arrived: o.arrived, Since: w.at,
		Function: c.config.Functions[p.function].Name, Node: int(p.node), Memory: p.memory}
	if w.pool {
		e.Function, e.Memory = "", 0
	}
	if o.reason != none {
		e.For = c.config.Functions[c.pools[o.reason].function].Name
	}
	if o.request > 0 {
		w.arrivesOrLeaves(o, p.node)
	}
	if o.at == none {
		switch o.kind {
		case platform.EventRejected:
			t.Rejected++
		case platform.EventTimedOut:
			t.TimedOut++
		case platform.EventLoadSkipped:
			t.LoadsSkipped++
		}
		return e
	}
	var m *member
	if slot, there := w.slots[o.at]; there {
		m = &w.members[slot]
		e.Before, e.Since = m.State, m.Since
	}
	if o.kind == platform.EventWarmStart && !quiet {
		e.Found = w.idle(o.pool)
	}
	switch o.kind {
	case platform.EventColdStart:
		m = w.enter(o.at, o.pool, o.serial, platform.StateCold, o.until)
		m.Request, m.Arrived = o.request, o.arrived
		t.Cold++
	case platform.EventWarmStart:
		w.become(m, platform.StateWarm, o.until)
		m.Request, m.Arrived = o.request, o.arrived
		t.Warm++
	case platform.EventCompleted:
		e.Completed, e.CompletedArrived = m.Request, m.Arrived
		w.become(m, platform.StateIdle, o.until)
		t.Completed++
	case platform.EventLoading:
		m = w.enter(o.at, o.pool, o.serial, platform.StateLoading, o.until)
		t.Loaded++
	case platform.EventReady, platform.EventStartupCPU:
		e.Request, e.Arrived = m.Request, m.Arrived
	case platform.EventLoaded:
		w.become(m, platform.StateIdle, o.until)
	case platform.EventExpired:
		t.Expired++
	case platform.EventEvicted:
		t.Evicted++
	case platform.EventUnloaded:
		t.Unloaded++
	}
	e.Instance, e.Slot, e.State = m.Instance, m.Slot, m.State
	switch o.kind {
	case platform.EventExpired, platform.EventEvicted, platform.EventUnloaded:
		e.State = platform.StateGone
		w.leave(m)
	}
	return e
}

// arrivesOrLeaves counts a request when it is first heard of, and keeps the node's queue.
func (w *clusterWitness) arrivesOrLeaves(o occurrence, node uint32) {
	line := w.queue[int(node)]
	k := slices.IndexFunc(line, func(q queue) bool { return q.request == o.request })
	switch {
	case o.kind == platform.EventEvicted:
	case o.kind == platform.EventQueued:
		w.totals.Requests++
		w.totals.Waiting++
		w.queue[int(node)] = append(line, queue{o.request, o.arrived})
	case k >= 0:
		w.totals.Waiting--
		w.queue[int(node)] = slices.Delete(line, k, k+1)
	default:
		w.totals.Requests++
	}
}

// idle returns the idle instances of a pool in the order in which they became idle.
func (w *clusterWitness) idle(i uint32) (all []platform.IdleInstance) {
	var there []*member
	for k := range w.members {
		if m := &w.members[k]; m.Instance > 0 && m.pool == i && m.State == platform.StateIdle {
			there = append(there, m)
		}
	}
	slices.SortFunc(there, func(a, b *member) int { return cmp.Compare(a.order, b.order) })
	for _, m := range there {
		all = append(all, platform.IdleInstance{Instance: m.Instance, Since: m.Since})
	}
	return all
}

func (w *clusterWitness) Totals() platform.Totals { return w.totals }

func (w *clusterWitness) State() platform.State {
	c := w.cluster
	s := platform.State{Time: w.at, Totals: w.totals, Speed: 1}
	if n := max(w.node, 0); c.shared != nil && (w.node >= 0 || len(c.nodes) == 1) {
		s.OnCores, s.Speed = c.shared.nodes[n].cores.Load()
	}
	for k := range w.members {
		m := &w.members[k]
		if m.Instance == 0 {
			continue
		}
		if m.State == platform.StateIdle && len(w.pending) == 0 { // a policy may have decided anew
			m.Until = w.idleUntil(m.place, c.instances[m.place].since, 0)
		}
		if c.shared != nil {
			m.Speed = c.shared.speed(m.place, uint32(m.Node))
		}
		s.Instances = append(s.Instances, m.LiveInstance)
	}
	var nodes []int
	for n := range w.queue {
		nodes = append(nodes, n)
	}
	slices.Sort(nodes)
	for _, n := range nodes {
		for _, q := range w.queue[n] {
			s.Queue = append(s.Queue, platform.QueuedRequest{Request: q.request, Arrived: q.arrived})
		}
	}
	if w.pool {
		return s
	}
	for n := range c.nodes {
		if w.node < 0 || w.node == n {
			s.Nodes = append(s.Nodes, platform.NodeState{Node: n, Memory: c.config.Memory})
		}
	}
	for k := range w.members {
		m := &w.members[k]
		if m.Instance == 0 {
			continue
		}
		n := &s.Nodes[m.Node-s.Nodes[0].Node]
		switch m.State {
		case platform.StateIdle:
			n.Idle += m.Memory
		case platform.StateLoading:
			n.Loading += m.Memory
		default:
			n.Running += m.Memory
		}
	}
	return s
}

func (w *clusterWitness) Observations() platform.Observations { return w.cluster.Observations() }

func (w *clusterWitness) Bound(mostLive int) { w.cluster.MostLive = mostLive }

func (w *clusterWitness) Ended() bool { return w.over() && len(w.pending) == 0 }

// over reports whether there are no more requests, and none is left.
func (w *clusterWitness) over() bool {
	o := &w.cluster.observed
	return w.cluster.ended && o.Running.Count() == 0 && o.Waiting.Count() == 0
}

// Focus tells the events of one node and one function only, each from 0; -1: of all. It is called at
// time 0, if at all. Of another function it also tells the evictions that make room for it.
func (w *clusterWitness) Focus(node, function int) {
	w.node, w.function = node, function
	if node < 0 {
		return
	}
	w.members, w.open, w.slots, w.totals = nil, nil, map[uint32]int{}, platform.Totals{}
	for at := range w.cluster.instances {
		if i := w.cluster.instances[at].pool; int(w.cluster.pools[i].node) == node {
			w.enter(uint32(at), i, w.cluster.instances[at].serial, platform.StateIdle, w.idleUntil(uint32(at), 0, 0))
		}
	}
}

var _ platform.Witness = (*clusterWitness)(nil)

// NewPoolHistory returns the history of a cluster of one function on one node, which is told as that of
// a pool: its events and instances have no function, no memory and no node.
func NewPoolHistory(config Config, seed uint64, replication int) (*platform.History, error) {
	c, err := New(config, seed, replication)
	if err != nil {
		return nil, err
	}
	w := newWitness(c)
	w.pool = true
	for k := range w.members {
		w.members[k].Function, w.members[k].Memory = "", 0
	}
	return platform.NewHistory(w), nil
}

// NewHistory returns the history of the cluster that New returns for the same arguments.
func NewHistory(config Config, seed uint64, replication int) (*platform.History, error) {
	c, err := New(config, seed, replication)
	if err != nil {
		return nil, err
	}
	return platform.NewHistory(newWitness(c)), nil
}

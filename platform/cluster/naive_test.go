package cluster

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/sim"
)

// naive is a cluster that looks at all instances and all events for everything, written to be read
// beside the rules: no list, no heap, no timer.
type naive struct {
	config    Config
	now       sim.Time
	events    []naiveEvent // of completions, loads and loads that are ready
	sequence  int
	instances []*naiveInstance // alive
	waiting   [][]Request      // by node
	histories map[[2]int]*naiveHistory
	clocks    []float64 // by node
	serial    int64
	order     int64
	own       map[int]uint64 // requests so far, by function
	numbers   []int          // of the waiting rows
	log       []LoggedRequest
	counts    []Counts
	placer    placer
	rows      []Request
	nodeOf    map[int]int // of waiting requests, by number
}

type naiveEvent struct {
	at       sim.Time
	sequence int
	what     int // completes, loads, ready
	instance *naiveInstance
	pool     [2]int
	planned  int
}

type naiveInstance struct {
	function, node int
	set            set
	running, ready bool // neither: it loads
	since          sim.Time
	order, serial  int64
	clock          float64
	planned        int
	unused         bool

	job naiveJob // on shared cores
}

// naiveHistory is what is known of a function on a node.
type naiveHistory struct {
	policy    History
	started   int
	frequency int64
	idleSince sim.Time
	keep      sim.Time
	load      sim.Time
}

func newNaive(config Config, rows []Request) *naive {
	n := &naive{config: config, waiting: make([][]Request, config.Nodes), histories: map[[2]int]*naiveHistory{}, clocks: make([]float64, config.Nodes),
		own: map[int]uint64{}, counts: make([]Counts, len(config.Functions)), placer: newPlacer(&config, 1, 0), rows: rows, nodeOf: map[int]int{}}
	for f := range config.Functions {
		function := &config.Functions[f]
		for node := range config.Nodes {
			if config.Placement == Hash && uint32(node) != n.placer.home(uint32(f)) {
				continue
			}
			for k := range function.kept() {
				x := n.create(f, node)
				x.ready, x.order = true, n.next()
				switch {
				case k < function.MinInstances:
				case k < function.MinInstances+function.Provisioned:
					x.set = provisioned
				default:
					x.set = spare
				}
			}
		}
	}
	return n
}

func (n *naive) next() int64 {
	n.order++
	return n.order
}

func (n *naive) history(f, node int) *naiveHistory {
	key := [2]int{f, node}
	if n.histories[key] == nil {
		policy := n.config.keepAlive(&n.config.Functions[f])
		n.histories[key] = &naiveHistory{policy: policy.Begin(), idleSince: sim.Never, keep: policy.Standard().End}
	}
	return n.histories[key]
}

// of returns the instances of a function on a node that are as asked for, by the time at which they
// became ready; f < 0: of all functions.
func (n *naive) of(f, node int, is func(*naiveInstance) bool) (some []*naiveInstance) {
	for _, x := range n.instances {
		if x.node == node && (f < 0 || x.function == f) && (is == nil || is(x)) {
			some = append(some, x)
		}
	}
	slices.SortFunc(some, func(a, b *naiveInstance) int { return cmp.Compare(a.order, b.order) })
	return some
}

func idle(x *naiveInstance) bool    { return x.ready && !x.running && x.set == onDemand }
func running(x *naiveInstance) bool { return x.running }
func free(x *naiveInstance) bool    { return x.ready && !x.running }

func (n *naive) memory(some []*naiveInstance) (mb int64) {
	for _, x := range some {
		mb += n.config.Functions[x.function].Memory
	}
	return mb
}

// room reports whether a node has room for an instance of a function, if so many are gone.
func (n *naive) room(f, node int, gone []*naiveInstance) bool {
	all := n.of(-1, node, nil)
	return n.memory(all)-n.memory(gone)+n.config.Functions[f].Memory <= n.config.Memory && len(all)-len(gone) < n.config.MaxInstances
}

func (n *naive) evictable(node int) []*naiveInstance {
	if n.config.Evict == NoEviction {
		return nil
	}
	return n.of(-1, node, idle)
}

func (n *naive) run(until sim.Time) {
	for k := 0; ; {
		// The next event by time and class; 4 if there is none.
		at, class := sim.Never, 4
		consider := func(t sim.Time, c int) {
			if t < at || t == at && c < class {
				at, class = t, c
			}
		}
		cores := n.nextOnCores()
		consider(cores, 0)
		for _, e := range n.events {
			consider(e.at, 0)
		}
		if k < len(n.rows) {
			consider(n.rows[k].Arrival, 1)
		}
		for node := range n.waiting {
			if len(n.waiting[node]) > 0 && n.config.QueueTimeout != sim.Never {
				consider(n.waiting[node][0].Arrival+n.config.QueueTimeout, 2)
			}
		}
		for _, x := range n.instances {
			if due, ok := n.due(x); ok {
				consider(max(n.now, due), 3)
			}
		}
		if at > until || class == 4 {
			return
		}
		n.work(at)
		switch class {
		case 0:
			if cores == at {
				n.occurOnCores()
			} else {
				n.occur()
			}
		case 1:
			n.arrive(k, n.rows[k])
			if k++; k == len(n.rows) {
				until = n.now // events of that moment come to pass
			}
		case 2:
			n.timeout()
		default:
			n.expire()
		}
	}
}

// due returns when an instance expires, if it does.
func (n *naive) due(x *naiveInstance) (sim.Time, bool) {
	keep := n.history(x.function, x.node).keep
	if !idle(x) || keep == sim.Never || len(n.of(x.function, x.node, nil)) <= n.config.Functions[x.function].MinInstances {
		return 0, false
	}
	return x.since + keep, true
}

func (n *naive) schedule(e naiveEvent) {
	n.sequence++
	e.sequence = n.sequence
	n.events = append(n.events, e)
}

func (n *naive) occur() {
	i := 0
	for k, e := range n.events {
		if e.at < n.events[i].at || e.at == n.events[i].at && e.sequence < n.events[i].sequence {
			i = k
		}
	}
	e := n.events[i]
	n.events = slices.Delete(n.events, i, i+1)
	switch e.what {
	case completes:
		n.complete(e.instance)
	case loads:
		if h := n.history(e.pool[0], e.pool[1]); h.load == n.now && h.started == e.planned {
			h.load = sim.Never
			n.load(e.pool[0], e.pool[1], onDemand)
		}
	default:
		n.endLoad(e.instance)
	}
}

func (n *naive) place(f, number int) int {
	nodes := n.config.Nodes
	leastOf := func(of []int) int {
		best := of[0]
		for _, node := range of {
			if n.memory(n.of(-1, node, running)) < n.memory(n.of(-1, best, running)) {
				best = node
			}
		}
		return best
	}
	var warm, room, evicting, all []int
	for node := range nodes {
		all = append(all, node)
		if len(n.of(f, node, free)) > 0 {
			warm = append(warm, node)
		}
		if n.room(f, node, nil) {
			room = append(room, node)
		}
		if n.room(f, node, n.evictable(node)) {
			evicting = append(evicting, node)
		}
	}
	switch n.config.Placement {
	case Home:
		h := hash(uint32(f))
		at, step := int(h%uint64(nodes)), int(n.placer.steps[h%uint64(len(n.placer.steps))])
		for range nodes {
			if n.memory(n.of(-1, at, running))+n.config.Functions[f].Memory <= n.config.Memory {
				return at
			}
			at = (at + step) % nodes
		}
		return int(n.placer.random(&arrival{number: int64(number)}))
	case FirstFit:
		for _, some := range [][]int{warm, room, evicting} {
			if len(some) > 0 {
				return some[0]
			}
		}
		return leastOf(all)
	case LeastLoaded:
		for _, some := range [][]int{warm, evicting} {
			if len(some) > 0 {
				return leastOf(some)
			}
		}
		return leastOf(all)
	case RoundRobin:
		return int((uint64(n.placer.home(uint32(f))) + n.own[f]) % uint64(nodes))
	case RandomNode:
		if nodes == 1 {
			return 0
		}
		return int(n.placer.random(&arrival{number: int64(number)}))
	}
	return int(n.placer.home(uint32(f)))
}

func (n *naive) arrive(number int, r Request) {
	f := r.Function
	node := 0
	if n.config.Nodes > 1 {
		node = n.place(f, number)
	}
	n.own[f]++
	n.counts[f].Arrivals++
	if len(n.waiting[node]) == 0 && n.start(number, node, r) {
		return
	}
	if n.config.Queue && n.config.Functions[f].Memory <= n.config.Memory {
		n.waiting[node] = append(n.waiting[node], r)
		n.nodeOf[number] = node
		n.numbers = append(n.numbers, number)
		return
	}
	n.counts[f].Rejected++
	n.tell(number, node, r, platform.Request{Arrival: n.now, Outcome: platform.OutcomeRejected, Service: r.Service})
}

func (n *naive) tell(number, node int, r Request, p platform.Request) {
	p.Function, p.Node, p.Number = int32(r.Function), int32(node), int64(number)+1
	n.log = append(n.log, LoggedRequest{int64(number), p})
}

func (n *naive) create(f, node int) *naiveInstance {
	n.serial++
	x := &naiveInstance{function: f, node: node, serial: n.serial}
	n.instances = append(n.instances, x)
	return x
}

func (n *naive) end(x *naiveInstance) {
	n.instances = slices.DeleteFunc(n.instances, func(y *naiveInstance) bool { return y == x })
	if x.unused {
		n.counts[x.function].Unused++
	}
	if len(n.of(x.function, x.node, nil)) == 0 {
		n.history(x.function, x.node).frequency = 0
	}
}

// worth is the priority of an idle instance by the order of eviction.
func (n *naive) worth(x *naiveInstance) float64 {
	if n.config.Evict == LRU {
		return float64(x.order)
	}
	startup, _ := n.config.Functions[x.function].Startup.Moments()
	frequency := n.history(x.function, x.node).frequency
	return x.clock + float64(float64(frequency)*(startup/float64(n.config.Functions[x.function].Memory)))
}

func (n *naive) start(number, node int, r Request) bool {
	f, h := r.Function, n.history(r.Function, node)
	var x *naiveInstance
	last := func(some []*naiveInstance) *naiveInstance { return some[len(some)-1] }
	set := func(s set) func(*naiveInstance) bool {
		return func(x *naiveInstance) bool { return free(x) && x.set == s }
	}
	cold := false
	switch idlers := n.of(f, node, idle); {
	case len(n.of(f, node, set(provisioned))) > 0:
		x = last(n.of(f, node, set(provisioned)))
	case len(idlers) > 0 && n.config.Routing == LeastRecent:
		x = idlers[0]
	case len(idlers) > 0 && n.config.Routing == Newest:
		x = slices.MaxFunc(idlers, func(a, b *naiveInstance) int { return cmp.Compare(a.serial, b.serial) })
	case len(idlers) > 0:
		x = last(idlers)
	case len(n.of(f, node, set(spare))) > 0:
		x = last(n.of(f, node, set(spare)))
	default:
		cold = true
		if !n.room(f, node, nil) && !n.room(f, node, n.evictable(node)) {
			return false
		}
		for !n.room(f, node, nil) {
			victim := slices.MinFunc(n.evictable(node), func(a, b *naiveInstance) int {
				return cmp.Or(cmp.Compare(n.worth(a), n.worth(b)), cmp.Compare(a.order, b.order))
			})
			n.clocks[node] = max(n.clocks[node], n.worth(victim))
			n.end(victim)
			n.counts[victim.function].Evicted++
		}
		x = n.create(f, node)
	}
	if len(n.of(f, node, running)) == 0 && h.policy != nil && h.idleSince != sim.Never {
		h.policy.Idled(n.now - h.idleSince)
	}
	x.running, x.ready, x.unused = true, true, false
	h.started++
	h.frequency++
	service, startup := r.Service, sim.Time(0)
	outcome := platform.OutcomeWarm
	if cold {
		mean, _ := n.config.Functions[f].Startup.Moments()
		startup = sim.FromSeconds(mean)
		service += startup
		outcome = platform.OutcomeCold
		n.counts[f].Cold++
	} else {
		n.counts[f].Warm++
	}
	fate := platform.Request{Arrival: r.Arrival, Start: n.now, Completion: n.now + service, Outcome: outcome, Instance: x.serial, Service: service, Cold: cold}
	if n.config.Cores.Limited() {
		n.begin(x, startup, r.Service)
		x.job.number, x.job.request, x.job.fate = number, r, fate
	} else {
		n.schedule(naiveEvent{at: n.now + service, what: completes, instance: x})
	}
	if x.set == spare {
		x.set = onDemand
		spares := func() int {
			return len(n.of(f, node, func(x *naiveInstance) bool { return x.set == spare }))
		}
		for spares() < n.config.Functions[f].Spare && n.load(f, node, spare) {
		}
	}
	if !n.config.Cores.Limited() {
		n.tell(number, node, r, fate)
	}
	return true
}

func (n *naive) complete(x *naiveInstance) {
	f, node := x.function, x.node
	h := n.history(f, node)
	x.running = false
	defer n.drain(node)
	if len(n.of(f, node, running)) == 0 {
		h.idleSince = n.now
		if h.policy != nil {
			w := h.policy.Windows()
			h.keep = w.End
			if w.Load > 0 && x.set == onDemand && n.config.Functions[f].MinInstances == 0 {
				for _, y := range n.of(f, node, idle) {
					n.end(y)
					n.counts[f].Unloaded++
				}
				h.load = n.now + w.Load
				n.schedule(naiveEvent{at: h.load, what: loads, pool: [2]int{f, node}, planned: h.started})
				return
			}
		}
	}
	n.free(x, n.now)
}

// free makes an instance idle, or ready where it is kept.
func (n *naive) free(x *naiveInstance, since sim.Time) {
	x.ready, x.since, x.order, x.clock = true, since, n.next(), n.clocks[x.node]
}

func (n *naive) load(f, node int, of set) bool {
	if !n.room(f, node, nil) {
		n.counts[f].LoadsSkipped++
		return false
	}
	n.counts[f].Loaded++
	x := n.create(f, node)
	x.set, x.unused, x.planned = of, true, n.history(f, node).started
	startup, _ := n.config.Functions[f].Startup.Moments()
	if n.config.Cores.Limited() {
		n.begin(x, sim.FromSeconds(startup), 0)
		return true
	}
	n.schedule(naiveEvent{at: n.now + sim.FromSeconds(startup), what: ready, instance: x})
	return true
}

func (n *naive) endLoad(x *naiveInstance) {
	since := n.now
	if h := n.history(x.function, x.node); x.set == onDemand && h.started == x.planned {
		since = h.idleSince
	}
	n.free(x, since)
	n.drain(x.node)
}

// drain starts waiting requests of a node while there is room for the first.
func (n *naive) drain(node int) {
	for len(n.waiting[node]) > 0 {
		if !n.start(n.first(node), node, n.waiting[node][0]) {
			return
		}
		n.pop(node)
	}
}

// first returns the number of a node's first waiting request.
func (n *naive) first(node int) int {
	i := slices.IndexFunc(n.numbers, func(number int) bool { return n.nodeOf[number] == node })
	return n.numbers[i]
}

func (n *naive) pop(node int) {
	number := n.first(node)
	n.numbers = slices.DeleteFunc(n.numbers, func(other int) bool { return other == number })
	n.waiting[node] = n.waiting[node][1:]
}

func (n *naive) timeout() {
	for node := range n.waiting {
		for len(n.waiting[node]) > 0 && n.waiting[node][0].Arrival+n.config.QueueTimeout <= n.now {
			number, r := n.first(node), n.waiting[node][0]
			n.pop(node)
			n.counts[r.Function].TimedOut++
			n.tell(number, node, r, platform.Request{Arrival: r.Arrival, Outcome: platform.OutcomeTimedOut, Service: r.Service})
			if len(n.waiting[node]) == 0 || n.waiting[node][0].Arrival+n.config.QueueTimeout > n.now {
				n.drain(node)
			}
		}
	}
}

// expire ends the idle instances whose time is over, the one idle longest first.
func (n *naive) expire() {
	for {
		var first *naiveInstance
		for _, x := range n.instances {
			if due, ok := n.due(x); ok && due <= n.now && (first == nil || x.order < first.order) {
				first = x
			}
		}
		if first == nil {
			return
		}
		n.end(first)
		n.counts[first.function].Expired++
		if len(n.of(first.function, first.node, func(x *naiveInstance) bool { due, ok := n.due(x); return ok && due <= n.now })) == 0 {
			n.drain(first.node)
		}
	}
}

// greedyOrder is greedy-dual as an order of one's own.
type greedyOrder struct{}

func (greedyOrder) Priority(x Candidate) float64 {
	cost := x.Startup / float64(x.Memory)
	return x.Clock + float64(float64(x.Requests)*cost)
}

// longestIdle is LRU as an order of one's own.
type longestIdle struct{}

func (longestIdle) Priority(x Candidate) float64 { return -float64(x.Idle) }

// leastRunning is LeastLoaded as a placement of one's own.
type leastRunning struct{}

func (leastRunning) Place(r Arrival, nodes Nodes) int {
	for _, good := range []func(node int) bool{
		func(node int) bool { return nodes.Idle(r.Function, node) > 0 },
		func(node int) bool { return nodes.Room(node, r.Memory, true) },
		func(int) bool { return true },
	} {
		best := -1
		for node := range nodes.Len() {
			if good(node) && (best < 0 || nodes.Running(node) < nodes.Running(best)) {
				best = node
			}
		}
		if best >= 0 {
			return best
		}
	}
	panic("no node")
}

// inHome is Hash as a placement of one's own.
type inHome struct{}

func (inHome) Place(r Arrival, nodes Nodes) int { return nodes.Home(r.Function) }

// randomCluster returns a small cluster that is short of what it needs, and its requests. Where
// requests wait no two events of different nodes or functions fall on one moment, but for those of
// loads: their order would decide, and is no rule.
func randomCluster(g *rand.Rand) (Config, []Request) {
	pick := func(some ...int) int { return some[g.IntN(len(some))] }
	config := Config{Nodes: pick(1, 1, 2, 3, 5), Memory: int64(pick(200, 300, 500)), MaxInstances: pick(3, 6, platform.Unlimited), QueueTimeout: sim.Never,
		Placement: Placement(g.IntN(6)), Routing: Routing(g.IntN(3)), Evict: Eviction(pick(int(LRU), int(GreedyDual), int(GreedyDual), int(NoEviction)))}
	if g.IntN(6) == 0 {
		config.Memory = Unlimited
	}
	learnt := Histogram{Bins: pick(10, 40), Bin: sim.Second, Head: 5, Tail: 99, Margin: 10, CV: float64(pick(0, 2)), MinSamples: 1, OOB: 50,
		Forecast: pick(0, 3), ForecastMargin: 15, Lead: sim.Time(pick(0, 1e9))}
	policies := []KeepAlive{Fixed(0), Fixed(3e9), Fixed(20e9), Fixed(sim.Never), learnt, learnt}
	config.KeepAlive = policies[g.IntN(len(policies))]
	for f := range 2 + g.IntN(8) {
		function := Function{Name: fmt.Sprint(f), Memory: int64(50 * (1 + g.IntN(4))), Startup: dist.Constant{Value: float64(g.IntN(4))}}
		if g.IntN(4) == 0 {
			function.KeepAlive = policies[g.IntN(len(policies))]
		}
		if g.IntN(3) == 0 {
			function.MinInstances, function.Provisioned, function.Spare = pick(0, 1), pick(0, 0, 1), pick(0, 0, 1)
		}
		config.Functions = append(config.Functions, function)
	}
	for _, used := range config.Kept() {
		if used.Memory > config.Memory || used.Instances > config.MaxInstances {
			for f := range config.Functions {
				config.Functions[f].MinInstances, config.Functions[f].Provisioned, config.Functions[f].Spare = 0, 0, 0
			}
		}
	}
	jitter := func() sim.Time { return 0 }
	if config.Queue = g.IntN(2) == 0; config.Queue {
		jitter = func() sim.Time { return sim.Time(g.IntN(900_000_000)) }
		if g.IntN(2) == 0 {
			config.QueueTimeout = sim.Time(pick(2, 10)) * sim.Second
		}
	}
	var rows []Request
	at := sim.Time(0)
	gap := pick(1, 2, 4)
	for range 150 {
		at += sim.Time(g.IntN(gap)) * sim.Second
		if g.IntN(30) == 0 {
			at += 25 * sim.Second
		}
		rows = append(rows, Request{Arrival: at + jitter(), Function: min(g.IntN(len(config.Functions)), g.IntN(len(config.Functions))), Service: sim.Time(g.IntN(4))*sim.Second + jitter()})
	}
	// Of one moment, those of the first function come first.
	slices.SortStableFunc(rows, func(a, b Request) int {
		return cmp.Or(cmp.Compare(a.Arrival, b.Arrival), cmp.Compare(a.Function, b.Function))
	})
	return config, rows
}

// The cluster does what the naive one does, request by request and count by count, and so does one
// whose order of eviction and placement are written by a user.
func TestTheClusterIsTheNaiveOne(t *testing.T) {
	g := rand.New(rand.NewPCG(1, 18))
	var seen Counts
	placements := map[Placement]int64{}
	for trial := range 400 {
		config, rows := randomCluster(g)
		name := fmt.Sprintf("trial %d: %+v", trial, config)
		want := newNaive(config, rows)
		want.run(sim.Never)
		variants := []Config{config}
		switch config.Evict {
		case LRU:
			own := config
			own.Order = longestIdle{}
			if !slices.ContainsFunc(config.Functions, func(f Function) bool { return config.keepAlive(&f).Begin() != nil }) {
				variants = append(variants, own) // the time of a loaded instance counts from before it was idle
			}
		case GreedyDual:
			own := config
			own.Order = greedyOrder{}
			variants = append(variants, own)
		}
		own := config
		switch config.Placement {
		case LeastLoaded:
			own.Place = leastRunning{}
			variants = append(variants, own)
		case Hash:
			if !slices.ContainsFunc(config.Functions, func(f Function) bool { return f.kept() > 0 }) {
				own.Place = inHome{}
				variants = append(variants, own)
			}
		}
		for _, config := range variants {
			config.Requests = recorded(slices.Clone(rows))
			c, err := New(config, 1, 0)
			require.NoError(t, err)
			var log []LoggedRequest
			c.Log = func(r LoggedRequest) { log = append(log, r) }
			require.NoError(t, c.Run(sim.Never))
			c.check(c.Now())
			for i := range min(len(want.log), len(log)) {
				require.Equal(t, want.log[i], log[i], "%s\nrow %d", name, i)
			}
			require.Len(t, log, len(want.log), name)
			for f := range config.Functions {
				k, _ := c.Function(f)
				k.Response, k.Wait, k.Running, k.Idle, k.Loading = Counts{}.Response, Counts{}.Wait, Counts{}.Running, Counts{}.Idle, Counts{}.Loading
				require.Equal(t, want.counts[f], k, "%s\nfunction %d", name, f)
			}
		}
		for f := range want.counts {
			seen.Merge(&want.counts[f])
			placements[config.Placement] += want.counts[f].Evicted
		}
	}
	for what, n := range map[string]int64{"warm": seen.Warm, "cold": seen.Cold, "rejected": seen.Rejected, "timed out": seen.TimedOut, "expired": seen.Expired, "evicted": seen.Evicted,
		"unloaded": seen.Unloaded, "loaded": seen.Loaded, "skipped": seen.LoadsSkipped, "unused": seen.Unused} {
		require.Greater(t, n, int64(50), "%s: too few to tell", what)
	}
	for p := range Placement(6) {
		require.Positive(t, placements[p], p)
	}
}

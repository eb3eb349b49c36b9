package autoscaler

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/internal/loop"
	"faaslab/platform/scaling"
	"faaslab/sim"
	"faaslab/sim/random"
)

// naiveFleet is the platform written for clarity: it keeps lists, looks through all of them at every
// event, and never rests.
type naiveFleet struct {
	config   Config
	routing  Routing
	draws    random.Generator
	startup  loop.Sampler
	turn     int
	serial   int64
	sequence int
	now      sim.Time

	fleet []*naiveInstance // all that are alive, in the order of their starts
	ready []*naiveInstance // by the place where they stand; nil: nobody
	queue []naiveRequest
	log   []platform.Request

	// of the scaler
	stable, panics, cpu, cpuPanics         scaling.Window
	decider                                scaling.Decider
	desired                                int
	active, inactive, removeAt             sim.Time
	counted                                bool
	countedFrom                            sim.Time
	adjust                                 float64
	arrived                                int
	area, used                             float64
	usedAt                                 sim.Time // the end of the last second with a request
	report                                 sim.Time
	evaluation                             sim.Time
	resting, quiet                         bool
	decisions                              []scaling.Evaluation
	evaluated                              int64
	tokens                                 float64
	tokensAt, startAt                      sim.Time
	instances, readyTime, starts, drainsOf float64 // integrals, ns
	lacking, surplus                       float64
}

type naiveInstance struct {
	serial   int64
	state    state
	sequence int
	readyAt  sim.Time
	since    sim.Time // without a request
	idleTurn int
	held     []naiveRequest
}

type naiveRequest struct {
	number   int64
	arrived  sim.Time
	service  sim.Time
	start    sim.Time
	end      sim.Time
	left     float64 // ns of work, on cores of an instance
	sequence int
	cold     bool
	bound    bool // it waits for its instance to be ready
}

func newNaiveFleet(config Config, seed uint64) *naiveFleet {
	n := &naiveFleet{config: config, routing: config.Routing.Of(config.Concurrency), draws: random.Stream(seed, 0, random.Routing),
		startup: loop.Sampler{Law: config.Startup, Family: random.NewFamily(seed, 0, random.Startup)},
		active:  sim.Never, inactive: sim.Never, removeAt: sim.Never, report: sim.Never, evaluation: sim.Never, startAt: sim.Never}
	for range config.initial() {
		n.serial++
		i := &naiveInstance{serial: n.serial}
		n.fleet = append(n.fleet, i)
		n.becomeReady(i)
	}
	if s := config.Scaling; s != nil {
		n.stable, n.panics = scaling.NewWindow(s.Rule.Window, s.Rule.Weighted), scaling.NewWindow(max(1, s.Rule.PanicWindow), s.Rule.Weighted)
		n.cpu, n.cpuPanics = scaling.NewWindow(s.Rule.Window, s.Rule.Weighted), scaling.NewWindow(max(1, s.Rule.PanicWindow), s.Rule.Weighted)
		n.decider = scaling.NewDecider(s.Rule, config.initial(), 0)
		n.report, n.evaluation = sim.Second, s.Rule.Every
		n.resting, n.quiet = config.initial() == 0, config.initial() == 0
		if config.initial() > 0 {
			n.desired, n.active = -1, 0
		}
	}
	if r := config.StartRate; r.Starts > 0 {
		n.tokens = float64(r.Starts)
	}
	return n
}

func (n *naiveFleet) count(s state) (k int) {
	for _, i := range n.fleet {
		if i.state == s {
			k++
		}
	}
	return k
}

func (n *naiveFleet) live() int { return n.count(starting) + n.count(ready) }

func (n *naiveFleet) present() int {
	k := len(n.queue)
	for _, i := range n.fleet {
		k += len(i.held)
	}
	return k
}

// speed is that of each request of an instance.
func (n *naiveFleet) speed(i *naiveInstance) float64 {
	return math.Min(1, n.config.InstanceCores/float64(len(i.held)))
}

// pass lets time pass.
func (n *naiveFleet) pass(to sim.Time) {
	span := float64(to - n.now)
	present, r := n.present(), n.count(ready)
	n.area += float64(present) * span
	n.instances += float64(len(n.fleet)) * span
	n.readyTime += float64(r) * span
	n.starts += float64(n.count(starting)) * span
	n.drainsOf += float64(n.count(draining)) * span
	need := 0
	if present > 0 {
		need = (present-1)/n.config.Concurrency + 1
	}
	n.lacking += math.Max(0, float64(need-r)) * span
	n.surplus += math.Max(0, float64(r-need)) * span
	for _, i := range n.fleet {
		if n.config.InstanceCores > 0 && (i.state == ready || i.state == draining) && len(i.held) > 0 {
			speed := n.speed(i)
			for k := range i.held {
				i.held[k].left -= speed * span
			}
			if i.state == ready {
				n.used += math.Min(float64(len(i.held)), n.config.InstanceCores) / n.config.InstanceCores * span
			}
		}
	}
	n.now = to
}

// open are the ready instances with a free place, in the order in which they stand.
func (n *naiveFleet) open() (all []*naiveInstance) {
	for _, i := range n.ready {
		if i != nil && len(i.held) < n.config.Concurrency {
			all = append(all, i)
		}
	}
	return all
}

func (n *naiveFleet) route() *naiveInstance {
	open := n.open()
	switch n.routing {
	case First:
		return open[0]
	case RoundRobin:
		for k := range n.ready {
			place := k
			if n.turn < len(n.ready) {
				place = (n.turn + k) % len(n.ready)
			}
			if i := n.ready[place]; i != nil && len(i.held) < n.config.Concurrency {
				n.turn = place + 1
				return i
			}
		}
	case TwoChoices:
		if len(open) == 1 {
			return open[0]
		}
		a, b := n.draws.IntN(len(open)), n.draws.IntN(len(open)-1)
		if b >= a {
			b++
		}
		x, y := open[a], open[b]
		if len(x.held) == len(y.held) {
			if n.draws.Uint64() < 1<<63 {
				return x
			}
			return y
		}
		if len(x.held) < len(y.held) {
			return x
		}
		return y
	case LeastLoaded:
		return slices.MinFunc(open, func(a, b *naiveInstance) int { return len(a.held) - len(b.held) })
	}
	return open[n.draws.IntN(len(open))]
}

func (n *naiveFleet) begin(r naiveRequest, i *naiveInstance) {
	n.sequence++
	r.sequence, r.start, r.cold = n.sequence, n.now, i.readyAt > r.arrived
	r.left, r.bound = float64(r.service), i.state == starting
	wait := sim.Time(0)
	if r.bound {
		wait = i.readyAt - n.now
	}
	r.end = n.now + wait + r.service
	i.held = append(i.held, r)
	told := platform.Request{Number: r.number, Arrival: r.arrived, Start: n.now, Completion: r.end, Outcome: outcome(r.cold), Instance: i.serial, Service: wait + r.service, Cold: r.cold}
	if n.config.InstanceCores == 0 {
		n.log = append(n.log, told)
	}
}

func (n *naiveFleet) dispatch() {
	for len(n.queue) > 0 && len(n.open()) > 0 {
		r := n.queue[0]
		n.queue = n.queue[1:]
		n.begin(r, n.route())
	}
}

func (n *naiveFleet) create() *naiveInstance {
	n.serial++
	n.sequence++
	i := &naiveInstance{serial: n.serial, state: starting, sequence: n.sequence, readyAt: n.now + n.startup.Draw(uint64(n.serial))}
	n.fleet = append(n.fleet, i)
	return i
}

func (n *naiveFleet) becomeReady(i *naiveInstance) {
	i.state = ready
	place := slices.Index(n.ready, nil)
	if place < 0 {
		place = len(n.ready)
		n.ready = append(n.ready, nil)
	}
	n.ready[place] = i
	n.idle(i)
	for k := range i.held {
		if i.held[k].bound {
			n.sequence++
			i.held[k].bound = false
		}
	}
	if n.active == sim.Never && n.inactive == sim.Never {
		n.active = n.now
	}
}

func (n *naiveFleet) idle(i *naiveInstance) {
	if len(i.held) == 0 {
		n.sequence++
		i.since, i.idleTurn = n.now, n.sequence
	}
}

func (n *naiveFleet) leave(i *naiveInstance) {
	n.ready[slices.Index(n.ready, i)] = nil
	for len(n.ready) > 0 && n.ready[len(n.ready)-1] == nil && n.config.Scaling != nil {
		n.ready = n.ready[:len(n.ready)-1]
	}
}

func (n *naiveFleet) end(i *naiveInstance) {
	n.fleet = slices.DeleteFunc(n.fleet, func(other *naiveInstance) bool { return other == i })
}

func (n *naiveFleet) remove() {
	for k := len(n.fleet) - 1; k >= 0; k-- {
		if n.fleet[k].state == starting {
			n.end(n.fleet[k])
			return
		}
	}
	i := n.ready[len(n.ready)-1]
	n.leave(i)
	i.state = draining
	if len(i.held) == 0 {
		n.end(i)
	}
}

func (n *naiveFleet) arrive(r naiveRequest) {
	s := n.config.Scaling
	woken := s != nil && !n.counted
	n.arrived++
	if woken {
		n.resting = false
		n.counted, n.countedFrom, n.area, n.arrived = true, n.now, 0, 1
		if s.Metric != CPU {
			n.adjust = 1
			n.record(1)
		}
	}
	switch {
	case len(n.open()) > 0:
		n.begin(r, n.route())
	case s != nil && !s.StartForRequests:
		n.queue = append(n.queue, r)
	default:
		n.onDemand(r)
	}
	if woken && n.desired == 0 {
		n.demand()
	}
}

// onDemand finds a fate for a request without a place.
func (n *naiveFleet) onDemand(r naiveRequest) {
	early, room := n.config.Scaling == nil && n.config.Binding == Early, 0
	for _, i := range n.fleet {
		if i.state != starting {
			continue
		}
		if early && len(i.held) < n.config.Concurrency {
			n.begin(r, i)
			return
		}
		if n.config.Concurrency == platform.Unlimited {
			room = math.MaxInt
		} else {
			room += n.config.Concurrency
		}
	}
	if !early && room > len(n.queue) {
		n.queue = append(n.queue, r)
		return
	}
	if n.live() < n.config.MaxInstances && n.token() {
		if i := n.create(); early {
			n.begin(r, i)
		} else {
			n.queue = append(n.queue, r)
		}
		return
	}
	if n.config.Scaling == nil && n.config.Reject {
		n.log = append(n.log, platform.Request{Number: r.number, Arrival: r.arrived, Outcome: platform.OutcomeRejected, Service: r.service})
		return
	}
	n.queue = append(n.queue, r)
	if n.live() < n.config.MaxInstances && n.startAt == sim.Never {
		n.startAt = n.nextToken()
	}
}

// token takes a token of the rate of starts, if there is one.
func (n *naiveFleet) token() bool {
	r := n.config.StartRate
	if r.Starts == 0 {
		return true
	}
	n.tokens = math.Min(float64(r.Starts), n.tokens+float64(n.now-n.tokensAt)*float64(r.Starts)/float64(r.Per))
	n.tokensAt = n.now
	if n.tokens < 1-1e-9 {
		return false
	}
	n.tokens--
	return true
}

func (n *naiveFleet) nextToken() sim.Time {
	r := n.config.StartRate
	return n.now + sim.Time(math.Ceil((1-n.tokens)*float64(r.Per)/float64(r.Starts)-1e-6))
}

// startHeld starts what the rate held back.
func (n *naiveFleet) startHeld() {
	n.startAt = sim.Never
	for {
		places := n.count(starting)
		if n.config.Concurrency != platform.Unlimited {
			places *= n.config.Concurrency
		} else if places > 0 {
			places = math.MaxInt
		}
		early := n.config.Scaling == nil && n.config.Binding == Early
		if early {
			places = 0
		}
		if n.live() >= n.config.MaxInstances || len(n.queue) <= places {
			return
		}
		if !n.token() {
			n.startAt = n.nextToken()
			return
		}
		i := n.create()
		for early && len(n.queue) > 0 && len(i.held) < n.config.Concurrency {
			r := n.queue[0]
			n.queue = n.queue[1:]
			n.begin(r, i)
		}
	}
}

func (n *naiveFleet) record(x float64) {
	n.stable.Record(int64(n.now/sim.Second), x)
	n.panics.Record(int64(n.now/sim.Second), x)
}

func (n *naiveFleet) demand() {
	if n.config.Scaling.Metric != CPU && n.config.Scaling.Rule.Algorithm == scaling.Tracking {
		n.evaluate()
	} else if n.live() == 0 {
		n.desired, n.quiet = 1, false
		n.apply(1)
	}
}

func (n *naiveFleet) second() {
	s, demanded := n.config.Scaling, false
	n.report += sim.Second
	if n.counted {
		mean := 0.0
		if n.now > n.countedFrom {
			mean = n.area / float64(n.now-n.countedFrom)
		}
		demanded = mean > n.adjust
		if s.Metric == Concurrency {
			n.record(math.Max(0, mean-n.adjust))
		}
		if s.Metric == Requests {
			n.record(float64(n.arrived) - n.adjust)
		}
		if mean > 0 || n.arrived > 0 || n.present() > 0 {
			n.usedAt = n.now
		}
		n.counted = mean > 0 || n.present() > 0
		n.countedFrom, n.area, n.adjust, n.arrived = n.now, 0, 0, 0
	}
	if n.count(ready) > 0 {
		if s.Metric == CPU {
			n.record(n.used / 1e9)
		} else {
			n.cpu.Record(int64(n.now/sim.Second), n.used/1e9)
			n.cpuPanics.Record(int64(n.now/sim.Second), n.used/1e9)
		}
		n.used = 0
	}
	if demanded && n.desired == 0 {
		n.demand()
	}
	if s.EndsIdle && n.config.MinInstances == 0 && n.present() == 0 && n.live() > 0 && n.usedAt+s.Retention <= n.now {
		for n.live() > 0 {
			n.remove()
		}
		n.desired, n.quiet, n.active = 0, true, sim.Never
	}
	if n.count(ready) > 0 {
		n.record(0)
	}
}

func (n *naiveFleet) evaluate() {
	second := int64(n.now / sim.Second)
	if n.stable.Empty(second) {
		return
	}
	load := scaling.Load{Stable: n.stable.Average(second), Ready: n.count(ready), Starting: n.count(starting)}
	if n.config.Scaling.Rule.PanicWindow > 0 {
		load.Panic = n.panics.Average(second)
	}
	if s := n.config.Scaling; s.CPUTarget > 0 {
		used := n.cpu.Average(second) * s.Rule.Target / s.CPUTarget
		load.Stable, load.ByCores = max(load.Stable, used), used > load.Stable
		load.Panic = max(load.Panic, n.cpuPanics.Average(second)*s.Rule.Target/s.CPUTarget)
	}
	d := n.decider.Decide(n.now, load)
	n.evaluated++
	if !n.resting {
		n.decisions = append(n.decisions, scaling.Evaluation{Time: n.now, Load: load, Decision: d})
	}
	n.desired, n.quiet = d.Desired, d.Raw == 0 && !d.Panicking
	n.apply(d.Desired)
}

func (n *naiveFleet) apply(desired int) {
	c := &n.config
	wanted := min(max(desired, c.MinInstances), c.MaxInstances)
	if c.Scaling.EndsIdle && c.MinInstances == 0 && n.live() > 0 && wanted == 0 {
		wanted = 1
	}
	isReady := n.count(ready) > 0
	if wanted == 0 && n.live() > 0 {
		switch {
		case !isReady:
			return
		case n.active != sim.Never && n.now-n.active < sim.Time(c.Scaling.Rule.Window)*sim.Second:
			wanted = 1
		case n.active != sim.Never:
			n.active, n.inactive = sim.Never, n.now
		}
		if n.inactive != sim.Never && n.now < n.inactive+c.Scaling.Retention {
			n.removeAt = n.inactive + c.Scaling.Retention
			return
		}
	}
	if wanted > 0 && n.inactive != sim.Never {
		n.inactive, n.removeAt, n.active = sim.Never, sim.Never, n.now
		if !isReady {
			n.active = sim.Never
		}
	}
	for n.live() < wanted {
		n.create()
	}
	for n.live() > wanted {
		n.remove()
	}
	if wanted == 0 {
		n.active, n.inactive, n.removeAt = sim.Never, sim.Never, sim.Never
	} else if n.count(ready) > 0 && n.active == sim.Never {
		n.active = n.now
	}
}

// step lets the next event happen that is not after until; ok is false if there is none.
func (n *naiveFleet) step(until sim.Time, arrivals *[]naiveRequest) (ok bool) {
	best, rank, sequence := until, math.MaxInt, 0
	var do func()
	consider := func(at sim.Time, r, s int, f func()) {
		if at < best || at == best && (r < rank || r == rank && s < sequence) {
			best, rank, sequence, do = at, r, s, f
		}
	}
	for _, i := range n.fleet {
		if i.state == starting {
			consider(i.readyAt, 1, i.sequence, func() {
				n.becomeReady(i)
				n.dispatch()
			})
		}
		for k, r := range i.held {
			end := r.end
			if n.config.InstanceCores > 0 {
				if r.bound {
					continue
				}
				end = n.now + sim.Time(math.Max(0, math.Ceil(r.left/n.speed(i)-1e-3)))
			}
			consider(end, 0, r.sequence, func() {
				if n.config.InstanceCores > 0 {
					n.log = append(n.log, platform.Request{Number: r.number, Arrival: r.arrived, Start: r.start, Completion: n.now, Outcome: outcome(r.cold), Instance: i.serial, Cold: r.cold})
				}
				i.held = slices.Delete(i.held, k, k+1)
				n.idle(i)
				if i.state == draining && len(i.held) == 0 {
					n.end(i)
				}
				n.dispatch()
			})
		}
	}
	if len(*arrivals) > 0 {
		consider((*arrivals)[0].arrived, 2, 0, func() {
			r := (*arrivals)[0]
			*arrivals = (*arrivals)[1:]
			n.arrive(r)
		})
	}
	if len(n.queue) > 0 && n.config.QueueTimeout != sim.Never {
		consider(n.queue[0].arrived+n.config.QueueTimeout, 3, 0, func() {
			r := n.queue[0]
			n.queue = n.queue[1:]
			n.log = append(n.log, platform.Request{Number: r.number, Arrival: r.arrived, Outcome: platform.OutcomeTimedOut, Service: r.service})
		})
	}
	consider(n.report, 4, 0, n.second)
	consider(n.evaluation, 5, 0, func() {
		n.evaluation += n.config.Scaling.Rule.Every
		n.evaluate()
		n.resting = n.live() == 0 && n.present() == 0 && n.desired == 0 && n.quiet && !n.counted
	})
	consider(n.removeAt, 6, 0, func() {
		n.removeAt = sim.Never
		if n.desired == 0 {
			n.apply(0)
		}
	})
	consider(n.startAt, 7, 0, n.startHeld)
	if n.config.Scaling == nil && n.live() > n.config.MinInstances {
		for _, i := range n.fleet {
			if i.state == ready && len(i.held) == 0 {
				consider(i.since.Plus(n.config.KeepAlive), 8, i.idleTurn, func() {
					n.leave(i)
					n.end(i)
				})
			}
		}
	}
	if do == nil {
		n.pass(until)
		return false
	}
	n.pass(max(best, n.now))
	do()
	return true
}

// randomFleet makes a small platform that lives near its edges.
func randomFleet(t *testing.T, rng *rand.Rand, onDemand, cores bool) (Config, dist.Arrivals) {
	pick := func(texts ...string) string { return texts[rng.IntN(len(texts))] }
	span := func(spans ...sim.Time) sim.Time { return spans[rng.IntN(len(spans))] }
	some := func(numbers ...float64) float64 { return numbers[rng.IntN(len(numbers))] }
	warm := []string{"exponential(mean=1s)", "uniform(0s, 2s)", "lognormal(mean=1s, cv=3)"}
	startup := []string{"exponential(mean=2s)", "uniform(1s, 4s)"}
	arrivals := []string{"poisson(rate=1/s)", "poisson(rate=4/s)", "mmpp(rates=[0/s, 10/s], sojourns=[60s, 5s])", "poisson(rate=0.03/s)"}
	if !cores { // times that many events share
		warm = append(warm, "constant(1s)", "constant(0s)", "mixture(0.5: constant(1s), 0.5: constant(3s))")
		startup = append(startup, "constant(2s)", "constant(0s)", "constant(3s)")
		arrivals = append(arrivals, "constant(rate=1/s)", "constant(rate=3/s)", "batch(poisson(rate=0.3/s), size=6)", "batch(constant(rate=0.1/s), size=5)", "steps(rates=[0/s, 5/s, 0/s], at=[3s, 20s], period=200s)")
	}
	c := Config{
		Warm: law(t, pick(warm...)), Startup: law(t, pick(startup...)),
		Concurrency: []int{1, 2, 5, platform.Unlimited}[rng.IntN(4)], MinInstances: []int{0, 0, 1, 2}[rng.IntN(4)],
		MaxInstances: []int{2, 5, platform.Unlimited}[rng.IntN(3)], InitialReady: rng.IntN(3), Routing: Routing(rng.IntN(6)),
		QueueTimeout: span(sim.Second, 3*sim.Second, sim.Never, sim.Never),
	}
	if cores {
		c.InstanceCores = some(0.5, 1, 1.5, 2)
	}
	startRate := StartRate{}
	if rng.IntN(3) == 0 {
		startRate = StartRate{Starts: 1 + rng.Int64N(3), Per: span(2*sim.Second, 8*sim.Second, 40*sim.Second)}
	}
	if onDemand {
		c.OnDemand = OnDemand{KeepAlive: span(0, sim.Second, 10*sim.Second, sim.Never), Binding: Binding(rng.IntN(2)), Reject: rng.IntN(2) == 0, StartRate: startRate}
		return c, process(t, pick(arrivals...))
	}
	r := scaling.Knative(some(0.7, 1, 2, 7))
	r.Every, r.Window, r.PanicWindow = span(sim.Second, 2*sim.Second, 3*sim.Second/2), int(some(6, 20, 60)), int(some(0, 1, 6))
	r.PanicThreshold, r.MaxUp, r.MaxDown, r.MaxUpFloor = some(1.1, 2, 10), some(1.5, 2, 1000), some(1.5, 2, math.Inf(1)), int(some(1, 4))
	r.Weighted, r.Activation, r.Tolerance = rng.IntN(4) == 0, int(some(1, 1, 3)), some(0, 0, 0.1)
	r.DownDelay, r.UpDelay = span(0, 0, 10*sim.Second, 61*sim.Second), span(0, 0, 6*sim.Second)
	c.Scaling = &Scaling{Metric: Metric(rng.IntN(2)), Rule: r, Retention: span(0, 0, 7*sim.Second, 30*sim.Second)}
	if rng.IntN(4) == 0 {
		c.Scaling.StartForRequests, c.OnDemand = true, OnDemand{StartRate: startRate, Binding: Early, Reject: true} // which mean nothing
	}
	if cores && rng.IntN(2) == 0 {
		c.Scaling.Metric, c.Scaling.Rule.Target = CPU, 0.6
		if rng.IntN(2) == 0 {
			c.Scaling.Rule = scaling.Kubernetes(0.6)
			c.Scaling.Rule.DownDelay = 60 * sim.Second
		}
	} else if cores {
		c.Scaling.CPUTarget = some(0.3, 0.6)
	} else if rng.IntN(6) == 0 {
		c.Scaling.Rule = scaling.Kubernetes(r.Target)
		c.Scaling.Rule.DownDelay, c.Scaling.Rule.AverageValue = 60*sim.Second, true
	}
	c.Scaling.EndsIdle = rng.IntN(4) == 0
	return c, process(t, pick(arrivals...))
}

func TestAFleetAgreesWithANaiveOne(t *testing.T) {
	for _, c := range []struct {
		name            string
		onDemand, cores bool
		scenarios       int
	}{{"scaled", false, false, 100}, {"on demand", true, false, 100}, {"scaled, on cores of instances", false, true, 30}, {"on demand, on cores of instances", true, true, 40}} {
		t.Run(c.name, func(t *testing.T) {
			var seen platform.Observations // over all scenarios: every branch must have been taken
			var panicked, timedOut, rejected, drained int
			for seed := range uint64(c.scenarios) {
				config, arrivals := randomFleet(t, rand.New(rand.NewPCG(seed, 7)), c.onDemand, c.cores)
				end := 300 * sim.Second
				where := fmt.Sprintf("seed %d: %+v, %v", seed, config, arrivals)
				w, err := loop.NewWorkload(arrivals, config.Warm, seed, 0)
				require.NoError(t, err)
				var all []naiveRequest
				services := map[int64]sim.Time{}
				for at := sim.Time(0); ; {
					gap, ok := w.Gap()
					if at += gap; !ok || at > end {
						break
					}
					r := w.Next()
					services[int64(r.Number())+1] = r.Service
					all = append(all, naiveRequest{number: int64(r.Number()) + 1, arrived: at, service: r.Service})
				}
				naive := newNaiveFleet(config, seed)
				fleet, err := New(config, arrivals, seed, 0)
				require.NoError(t, err)
				var log []platform.Request
				var decisions []scaling.Evaluation
				fleet.Log = func(r platform.Request) {
					if c.cores {
						r.Service = 0
					}
					log = append(log, r)
				}
				fleet.Evaluated = func(e scaling.Evaluation) { decisions = append(decisions, e) }
				for at := 10 * sim.Second; at <= end; at += 10 * sim.Second {
					for naive.step(at, &all) {
					}
					require.NoError(t, fleet.Run(at), where)
					fleet.check(at)
					o := fleet.Observations()
					require.NoError(t, o.Check(), where)
					require.Equal(t, []int{naive.count(starting), naive.count(ready), naive.count(draining), len(naive.queue), naive.present()},
						[]int{o.Scaling.Starting.Count(), o.Scaling.Ready.Count(), o.Scaling.Draining.Count(), o.Waiting.Count(), fleet.observed.Scaling.Present.Count()}, "%s at %v", where, at)
					const tolerance = 1e-5
					require.InDelta(t, naive.instances/1e9, o.Instances.Area(), tolerance, where)
					require.InDelta(t, naive.readyTime/1e9, o.Scaling.Ready.Area(), tolerance, where)
					require.InDelta(t, naive.starts/1e9, o.Scaling.Starting.Area(), tolerance, where)
					require.InDelta(t, naive.drainsOf/1e9, o.Scaling.Draining.Area(), tolerance, where)
					require.InDelta(t, naive.lacking/1e9, o.Scaling.Lacking.Seconds(), tolerance, where)
					require.InDelta(t, naive.surplus/1e9, o.Scaling.Surplus.Seconds(), tolerance, where)
					require.Equal(t, naive.evaluated, o.Scaling.Evaluated, "%s at %v", where, at)
				}
				compareLogs(t, naive.log, log, c.cores, where)
				require.Len(t, decisions, len(naive.decisions), where)
				for i, d := range decisions {
					w := naive.decisions[i]
					require.InDelta(t, w.Stable, d.Stable, 1e-5, "%s, decision %d", where, i)
					require.InDelta(t, w.Load.Panic, d.Load.Panic, 1e-5, "%s, decision %d", where, i)
					w.Load = d.Load
					require.Equal(t, w, d, "%s, decision %d", where, i)
				}
				o := fleet.Observations()
				countsAreOfTheLog(t, &o, log, services, c.cores, where)
				timedOut, rejected = timedOut+int(o.TimedOut), rejected+int(o.Rejected)
				panicked += int(o.Scaling.Panicked)
				if o.Scaling.Draining.Area() > 0 {
					drained++
				}
				seen.Merge(&o)
			}
			require.Positive(t, seen.Cold)
			require.Positive(t, seen.Warm)
			require.Positive(t, seen.Expired)
			require.Positive(t, seen.Waited)
			require.Positive(t, timedOut)
			require.Equal(t, c.onDemand, rejected > 0)
			require.Equal(t, !c.onDemand, panicked > 0)
			require.Equal(t, !c.onDemand, drained > 0)
		})
	}
}

func compareLogs(t *testing.T, want, got []platform.Request, near bool, where string) {
	t.Helper()
	require.Len(t, got, len(want), where)
	for i := range want {
		w, g := want[i], got[i]
		if near {
			require.InDelta(t, w.Start.Seconds(), g.Start.Seconds(), 1e-6, where)
			require.InDelta(t, w.Completion.Seconds(), g.Completion.Seconds(), 1e-6, where)
			w.Start, w.Completion = g.Start, g.Completion
			w.Service = g.Service
		}
		require.Equal(t, w, g, "%s, entry %d", where, i)
	}
}

// countsAreOfTheLog requires that what is counted is what the log has. On cores of instances the log does not tell
// how long a request was bound to a starting instance.
func countsAreOfTheLog(t *testing.T, o *platform.Observations, log []platform.Request, services map[int64]sim.Time, cores bool, where string) {
	t.Helper()
	var warm, cold, rejected, timedOut, waited int64
	var warmService, coldService, wait, coldWait, startup sim.Time
	for _, r := range log {
		switch {
		case r.Outcome == platform.OutcomeRejected:
			rejected++
			continue
		case r.Outcome == platform.OutcomeTimedOut:
			timedOut++
			continue
		case r.Cold:
			cold++
			coldService += r.Completion - r.Start
			coldWait += r.Start - r.Arrival
			startup += r.Service - services[r.Number]
		default:
			warm++
			warmService += r.Completion - r.Start
		}
		wait += r.Start - r.Arrival
		if r.Start > r.Arrival {
			waited++
		}
	}
	require.Equal(t, []int64{warm, cold, rejected, timedOut, waited}, []int64{o.ServedWarm(), o.ServedCold(), o.Rejected, o.TimedOut, o.Waited}, where)
	for i, want := range []sim.Time{warmService, coldService, wait, coldWait, startup} {
		if i < 4 || !cores {
			require.InDelta(t, want.Seconds(), []float64{o.WarmService.Seconds(), o.ColdService.Seconds(), o.Wait.Seconds(), o.ColdWait.Seconds(), o.Startup.Seconds()}[i], 1e-6, "%s, sum %d", where, i)
		}
	}
}

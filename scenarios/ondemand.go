package scenarios

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/pool"
	"faaslab/scenarios/internal/keyfile"
	"faaslab/sim"
)

// startPool begins a replication of the pool.
func startPool(s Scenario, replication int, to Settings) (Simulation, error) {
	pool, err := pool.New(*s.Container, s.Arrivals, s.Run.Seed, replication)
	if err != nil {
		return nil, err
	}
	pool.Log, pool.Interrupted, pool.MostLive, pool.Meter = to.Log, to.Interrupted, to.MostLive, to.Meter
	pool.Limit(to.Responses, to.Waits)
	return pool, nil
}

// fixedPool reports whether nothing but the arrivals is random.
func fixedPool(s Scenario) bool {
	c := s.Container
	return c.Routing != pool.Random && certain(c.Warm) && certain(c.Cold) && certain(c.Startup) && certain(c.Release) && certain(c.Dispatch.Service)
}

// describePool says how the pool is configured.
func describePool(s Scenario, span func(sim.Time) string) (parts []string) {
	c := s.Container
	if c.Releases() {
		parts = append(parts, "release "+c.Release.String())
	}
	parts = append(parts, "keep-alive "+describePolicy(s.keepAlive(), span))
	parts = append(parts, s.Keeping.describe()...)
	switch {
	case c.MaxInstances == platform.Unlimited:
		parts = append(parts, "no cap")
	case c.WhenFull == pool.Reject:
		parts = append(parts, fmt.Sprintf("at most %d, reject", c.MaxInstances))
	case c.QueueTimeout == sim.Never:
		parts = append(parts, fmt.Sprintf("at most %d, queue", c.MaxInstances))
	default:
		parts = append(parts, fmt.Sprintf("at most %d, queue %v", c.MaxInstances, span(c.QueueTimeout)))
	}
	switch c.Routing {
	case pool.MRU, pool.LRU:
		parts = append(parts, strings.ToUpper(c.Routing.String()))
	default:
		parts = append(parts, c.Routing.String())
	}
	if c.Cores.Limited() {
		parts = append(parts, c.Cores.String()+", shared")
	}
	if c.Dispatch.Exists() {
		parts = append(parts, describeDispatch(c.Dispatch, span))
	}
	return parts
}

// describeDispatch writes such as: dispatch every 10ms, at most 100, 20ms a batch, constant(1ms)
// each, together.
func describeDispatch(d pool.Dispatch, span func(sim.Time) string) string {
	var parts []string
	if d.Interval > 0 {
		parts = append(parts, "every "+span(d.Interval))
	}
	if d.InBatches() && d.Batch != platform.Unlimited {
		parts = append(parts, fmt.Sprintf("at most %d", d.Batch))
	}
	if d.PerBatch > 0 {
		parts = append(parts, span(d.PerBatch)+" a batch")
	}
	if d.Service != nil {
		parts = append(parts, fmt.Sprintf("%v each", d.Service))
	}
	if d.HandOver == pool.Together {
		parts = append(parts, d.HandOver.String())
	}
	return "dispatch " + strings.Join(parts, ", ")
}

// initialPool says how many instances the pool begins with.
func initialPool(s Scenario) string {
	c := s.Container
	var parts []string
	if idle := c.InitialIdle + s.Keeping.ready(); idle > 0 {
		parts = append(parts, fmt.Sprintf("%d idle", idle))
	}
	if c.InitialRunning > 0 {
		parts = append(parts, fmt.Sprintf("%d running", c.InitialRunning))
	}
	if parts == nil {
		return "from empty"
	}
	return "from " + strings.Join(parts, " and ")
}

// poolUnsteady returns an *UnsteadyError if the pool cannot have a steady state.
func poolUnsteady(s Scenario) error {
	c := s.standard()
	rate, service := s.Arrivals.Rate(), mean(c.Warm)
	if c.KeepAlive == 0 && c.MaxInstances == platform.Unlimited {
		service = coldWork(c) // every start is cold
	}
	e := &UnsteadyError{Platform: ContainerPlatform, Load: rate * service, Capacity: capacity(c.MaxInstances)}
	passes := c.Dispatch.Capacity()
	if c.Cores.Limited() {
		e.Capacity = min(e.Capacity, c.Cores.Rate(min(c.MaxInstances, c.Cores.Flat())))
	}
	// A request keeps its instance from others until the end of the release.
	occupied, of := service+c.MeanRelease(), ""
	if c.Releases() {
		of = " of service and release"
	}
	queues := c.WhenFull == pool.Queue && c.QueueTimeout == sim.Never && c.MaxInstances != platform.Unlimited
	switch {
	case rate >= passes:
		e.Load, e.Capacity = rate, passes
		why, instead := bottleneck(c.Dispatch)
		e.reason = fmt.Sprintf("arrivals of %s are not below the %.4g/s that dispatch can pass, %s, so its queue only grows; want a lower rate%s",
			dist.FormatRate(rate), passes, why, instead)
	case c.KeepAlive == sim.Never && c.MaxInstances == platform.Unlimited:
		e.reason = "with keep_alive: never and max_instances: unlimited the instances only grow; " +
			"want a duration for keep_alive or a number for max_instances"
	case c.Cores.Limited() && c.MaxInstances == platform.Unlimited && e.Load >= e.Capacity:
		e.reason = fmt.Sprintf("offered load %s is not below %s, so the instances only grow in number; "+
			"want a lower rate or service time, more cores, or a number for max_instances", product(rate, service), work(c.Cores))
	case queues && rate*occupied >= capacity(c.MaxInstances):
		e.Load = rate * occupied
		e.reason = fmt.Sprintf("offered load %s%s is not below %s, so the queue only grows; "+
			"want a lower rate or service time, more max_instances or a duration for queue_timeout",
			product(rate, occupied), of, instances(c.MaxInstances))
	case queues && e.Load >= e.Capacity:
		e.reason = fmt.Sprintf("offered load %s is not below the %.4g that %d instances on %s do together, so the queue only grows; "+
			"want a lower rate or service time, more cores or a duration for queue_timeout",
			product(rate, service), e.Capacity, c.MaxInstances, c.Cores)
	default:
		return nil
	}
	return e
}

// coldWork returns the mean CPU time of a cold start in seconds; NaN if it is not known.
func coldWork(c *pool.Config) float64 {
	startup, service := mean(c.Startup), mean(c.Warm)
	if c.Cold != nil {
		startup = 0
		if c.Warm != nil {
			startup = mean(c.Cold) * platform.ColdStartup(c.Warm, c.Cold)
		}
		service = mean(c.Cold) - startup
	}
	if !c.Cores.Limited() {
		return startup + service
	}
	return startup*c.StartupCPU + service
}

// containerAnswers says how soon the pool answers requests.
func containerAnswers(s Scenario) turnaround {
	c := s.Container
	users, _ := s.closed()
	warm, cold := known(mean(c.Warm)), known(mean(c.Cold))
	if c.Cold == nil {
		cold = warm + known(mean(c.Startup))
	}
	d := c.Dispatch
	t := turnaround{least: min(warm, cold), shared: c.Cores.Capacity() < min(capacity(c.MaxInstances), float64(users.Users))}
	t.capacity = min(c.Cores.Capacity()/min(warm, known(coldWork(c))), capacity(c.MaxInstances)/(t.least+c.MeanRelease()))
	// An instance may be busy without a user, in its release.
	switch full := c.MaxInstances-c.InitialRunning < users.Users || c.Releases() && c.MaxInstances != platform.Unlimited; {
	case full && c.WhenFull == pool.Reject:
		t = turnaround{capacity: math.Inf(1)}
	case full && c.QueueTimeout != sim.Never:
		t = turnaround{least: min(t.least, c.QueueTimeout.Seconds()), capacity: math.Inf(1)}
	case math.IsNaN(t.capacity):
		t.capacity = math.Inf(1)
	}
	t.capacity = min(t.capacity, d.Capacity())
	t.atOnce = t.least == 0 && !(d.Interval > 0 || d.PerBatch > 0 || mean(d.Service) > 0)
	return t
}

// bottleneck spells out the capacity of a dispatch stage, which has one, and what would raise it.
func bottleneck(d pool.Dispatch) (why, instead string) {
	reader := d
	reader.Interval = 0
	switch {
	case d.Capacity() < reader.Capacity():
		return fmt.Sprintf("batch / interval = %d / %s", d.Batch, keyfile.FormatTime(d.Interval)), ", a larger dispatch.batch or a shorter dispatch.interval"
	case d.PerBatch == 0 || d.Batch == platform.Unlimited:
		return "1 / service = 1 / " + dist.FormatDuration(mean(d.Service)), " or a shorter dispatch.service"
	case d.Service == nil:
		return fmt.Sprintf("batch / per_batch = %d / %s", d.Batch, keyfile.FormatTime(d.PerBatch)), ", a larger dispatch.batch or a shorter dispatch.per_batch"
	}
	return fmt.Sprintf("1 / (service + per_batch / batch) = 1 / (%s + %s / %d)", dist.FormatDuration(mean(d.Service)), keyfile.FormatTime(d.PerBatch), d.Batch),
		", a shorter dispatch.service or dispatch.per_batch, or a larger dispatch.batch"
}

// poolSize estimates how many instances and waiting requests are alive at once.
func poolSize(s Scenario) estimate {
	s = s.Alone(ContainerPlatform) // closed users send more requests to a faster platform
	c := s.standard()
	rate, service, release, limit := s.ArrivalRate(), mean(c.Warm), c.MeanRelease(), capacity(c.MaxInstances)
	if c.KeepAlive == 0 { // every start is cold, but for arrivals at the moment of a completion
		if service += mean(c.Startup); c.Cold != nil {
			service = mean(c.Cold)
		}
	}
	var patience float64 // seconds that a request waits at most
	if c.WhenFull == pool.Queue {
		patience = c.QueueTimeout.Seconds()
	}
	var e estimate
	idle, running := float64(c.InitialIdle), float64(c.InitialRunning)
	e.add(float64(s.Keeping.ready()), "kept ready")
	cores := c.Cores.Capacity()
	if users, ok := s.closed(); ok {
		e.add(idle, "idle at the start")
		e.add(running, "running at the start")
		busy := min(s.present(service), limit, cores)
		e.add(busy, "running, offered load "+product(rate, service))
		e.add(min(rate*release, limit-busy), "releasing, "+product(rate, release))
		if c.WhenFull == pool.Queue || cores < limit {
			e.add(queued(users, service, min(limit, cores)), "waiting, or running besides, of the users")
		}
		return e
	}
	if busy := min(s.present(service), limit, cores); busy > idle+running {
		e.add(busy, "running, offered load "+product(rate, service))
		e.add(min(s.present(release), limit-busy), "releasing, "+product(rate, release))
	} else {
		e.add(idle, "idle at the start")
		e.add(running, "running at the start")
	}
	if cores < limit {
		e.add(min(s.leftOver(service, cores, math.Inf(1)), limit), "running besides, the load above the cores")
		e.add(s.leftOver(service, cores, patience), "waiting, the load above the cores")
	} else {
		e.add(s.leftOver(service+release, limit, patience), "waiting, the load above max_instances")
	}
	if d := c.Dispatch; d.Exists() {
		e.add(s.present(d.Interval.Seconds()), "between two looks of dispatch, "+product(rate, d.Interval.Seconds()))
		e.add(s.present(d.PerBatch.Seconds()), "during one batch of dispatch, "+product(rate, d.PerBatch.Seconds()))
		e.add(s.leftOver(1/d.Capacity(), 1, math.Inf(1)), "waiting for dispatch, the load above its capacity")
	}
	return e
}

// poolWarnings warns of a pool that only grew while it was measured.
func poolWarnings(r *Result, p *PlatformResult) []string {
	c := r.Scenario.standard()
	most := c.MaxInstances
	if users, ok := r.Scenario.closed(); ok && !c.Releases() {
		most = min(most, users.Users) // no more are needed
	}
	begin := "container.initial.idle"
	if r.Scenario.Keeps() {
		begin = "container.min_instances"
	}
	switch {
	case r.Replay != nil || !p.grows(most):
	case c.KeepAlive == sim.Never && most != platform.Unlimited: // CheckSteadyState tells of the others
		return []string{fmt.Sprintf("container: instances that never expire only grow in number, and %d were not reached: this is no steady state yet; want %s=%d, to begin with a full pool", most, begin, most)}
	case c.KeepAlive < sim.Never/2 && p.Span >= 2*c.KeepAlive:
		// Routings that spread requests over all instances let none expire, long after MSER-5 sees
		// no change any more.
		if cold, ended := p.turnover(); cold > 0 && ended == 0 {
			return []string{fmt.Sprintf("container: while it was measured %s and none expired: the pool only grew, so how many there are depends on how long is simulated",
				started(cold))}
		}
	}
	return nil
}

// grows reports whether some replication ended with fewer instances than the most.
func (p *PlatformResult) grows(most int) bool {
	return slices.ContainsFunc(p.Replications, func(o platform.Observations) bool { return o.Instances.Count() < most })
}

// turnover returns how many instances were started and how many ended.
func (p *PlatformResult) turnover() (started, ended int64) {
	for i := range p.Replications {
		o := &p.Replications[i]
		started += o.Cold
		ended += o.Expired
		for k := range o.Functions.Counts {
			started += o.Functions.Counts[k].Loaded
			ended += o.Functions.Counts[k].Unloaded
		}
	}
	return started, ended
}

// started says how many instances were.
func started(n int64) string {
	if n == 1 {
		return "1 instance was started"
	}
	return fmt.Sprintf("%d instances were started", n)
}

// poolLasts returns the times, in seconds, on which the transient of a pool depends.
func poolLasts(s Scenario, queue func(service, servers float64) float64) (times []float64) {
	c := s.standard()
	warm, release := mean(c.Warm), c.MeanRelease()
	times = append(times, known(warm)+known(mean(c.Cold))+known(mean(c.Startup))+release+known(c.KeepAlive.Seconds()))
	if users, ok := s.closed(); ok {
		times = append(times, phase(users, c.Warm))
	}
	if d := c.Dispatch; d.Exists() {
		times = append(times, known(d.Interval.Seconds())+known(d.PerBatch.Seconds())+known(mean(d.Service))+known(queue(1/d.Capacity(), 1)))
	}
	if c.WhenFull == pool.Queue && c.MaxInstances != platform.Unlimited {
		times = append(times, known(min(queue(warm+release, float64(c.MaxInstances)), c.QueueTimeout.Seconds())))
	}
	if c.Cores.Limited() {
		times = append(times, known(queue(warm, c.Cores.Capacity())))
	}
	return times
}

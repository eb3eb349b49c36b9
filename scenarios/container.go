package scenarios

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/autoscaler"
	"faaslab/platform/cluster"
	"faaslab/platform/pool"
	"faaslab/scenarios/internal/keyfile"
	"faaslab/sim"
)

// ContainerPlatform is the name of the pool of containers.
const ContainerPlatform = "container"

// containers returns the kind of the pool of containers.
func containers() *Kind {
	return &Kind{
		Name: ContainerPlatform, Label: "containers", Title: "Containers", One: "instance", Whole: "container", Subject: "pool",
		Traits: platform.Pooled, Sometimes: platform.Releasing | platform.Many | platform.Keeping | platform.Scaled,
		Block: InField(func(s *Scenario) **pool.Config { return &s.Container }),
		Keys:  containerKeys, Service: "container.warm", Cores: containerCores,
		Start: startContainers, Describe: describeContainers, Initial: describeInitial,
		History: func(s Scenario, replication int) (*platform.History, error) {
			switch {
			case s.many():
				return cluster.NewHistory(s.simulatedCluster(), s.Run.Seed, replication)
			case s.Scaled():
				return autoscaler.NewHistory(s.fleet(), s.Arrivals, s.Run.Seed, replication)
			case s.Keeps():
				return cluster.NewPoolHistory(s.simulatedCluster(), s.Run.Seed, replication)
			}
			return pool.NewHistory(*s.Container, s.Arrivals, s.Run.Seed, replication)
		},
		fixed: func(s Scenario) bool {
			if s.many() {
				return fixedCluster(s)
			}
			c := s.Container
			if s.Scaled() {
				routing := s.Serving.Routing.Of(s.Serving.concurrency())
				return routing != autoscaler.Random && routing != autoscaler.TwoChoices && certain(c.Warm) && certain(c.Startup)
			}
			return c.Routing != pool.Random && certain(c.Warm) && certain(c.Cold) && certain(c.Startup) && certain(c.Release) && certain(c.Dispatch.Service)
		},
		traits: func(s Scenario) platform.Traits {
			switch {
			case s.Container == nil:
				return 0
			case s.many():
				return platform.Many | platform.Keeping
			case s.Scaled():
				return platform.Scaled
			case s.Keeps():
				return platform.Keeping
			case s.Container.Releases():
				return platform.Releasing
			}
			return 0
		},
		unsteady: containerUnsteady, answers: containerAnswers,
		size: containerSize, bytes: 100, // 35 to 135, by routing, cores and the growth of arrays
		price: func(s Scenario, p *platform.Prices) {
			p.EachFunction = s.many()
			if c := s.Container; c.Cold != nil && c.Warm != nil {
				p.ColdStartup = platform.ColdStartup(c.Warm, c.Cold)
			}
		},
		warnings: containerWarnings, lasting: containersLast,
		check: checkContainers, checkPricing: checkContainerPricing,
		schema: func(block keyfile.Fragment) {
			block["not"] = keyfile.Fragment{"required": []string{"cold", "startup"}}
		},
	}
}

// containerKeys are the keys of the block.
var containerKeys = ofPools([]Key{
	keyfile.Law("container.warm", "Service time of a warm start. A trace with service times fixes it instead, if it is left out.",
		func(s *Scenario) *dist.Distribution { return &s.Container.Warm }).
		Controlled("Warm service", keyfile.Control{Notation: "Warm service time"}),
	keyfile.Law("container.cold", "Service time of a cold start, start-up included. Exactly one of cold and startup is given.",
		func(s *Scenario) *dist.Distribution { return &s.Container.Cold }).
		Controlled("Cold service", keyfile.Control{Notation: "Cold service time"}),
	keyfile.Law("container.startup", "Added to the request's own warm service time on a cold start. Exactly one of cold and startup is given.",
		func(s *Scenario) *dist.Distribution { return &s.Container.Startup }).
		Controlled("Start-up", keyfile.Control{Notation: "Start-up time"}),
	keyfile.Pause("container.release", "Time for which an instance is busy after each response, before it serves the next waiting request or is idle. No part of the response, takes no CPU; the keep-alive begins at its end.",
		func(s *Scenario) *dist.Distribution { return &s.Container.Release }).
		Controlled("Release", keyfile.Control{Notation: "Release time"}),
	learnt(keyfile.Span("container.keep_alive", "How long an instance is kept idle before it expires, 0s or more; or histogram(range=4h), which learns it, of each function by itself.",
		"60s", keepAlives, func(s *Scenario) *sim.Time { return &s.Container.KeepAlive }),
		func(s *Scenario) *cluster.KeepAlive { return &s.Keeping.Policy }).
		Controlled("Keep-alive", timeControl.With(func(c *keyfile.Control) { c.Below, c.Above, c.Beside = 60, 10, 2 })),
	keyfile.Count("container.max_instances", "The most instances at once, idle ones included, 1 or more.",
		"110", maxInstances, func(s *Scenario) *int { return &s.Container.MaxInstances }).
		Controlled("Cap on instances", instancesControl),
	keyfile.Choice("container.when_full", "What becomes of a request that finds all instances busy: turned away, or first come, first served.", whenFulls,
		func(s *Scenario) *pool.WhenFull { return &s.Container.WhenFull }).
		Controlled("When all are busy", keyfile.Control{When: onDemand, Propose: []string{"queue", "reject"}}),
	keyfile.Span("container.queue_timeout", "How long a request waits at most, from its arrival, for dispatch and for an instance, more than 0s; only with when_full: queue.",
		"never", queueTimeouts, func(s *Scenario) *sim.Time { return &s.Container.QueueTimeout }).
		Controlled("Queue time-out", timeControl.With(func(c *keyfile.Control) { c.When = &keyfile.Condition{Key: "container.when_full", Is: "queue"} })),
	keyfile.Choice("container.routing", "Which idle instance serves: the last that became idle, the last created, the first that became idle, or any.", routings,
		func(s *Scenario) *pool.Routing { return &s.Container.Routing }).
		Controlled("Which idle instance serves", keyfile.Control{Beside: 1, Propose: []string{"random", "mru"}}).
		Choosing("most recently used (MRU)", "newest", "least recently used (LRU)", "random"),
	cores("container.cores", "Cores that all running instances share: a number, or a block that says what they are like.", containerCores).
		Controlled("Cores that they share", coresControl.With(func(c *keyfile.Control) { c.When = wherePooled })),
	physicalCores("container.cores.physical", containerCores),
	threads("container.cores.threads", containerCores),
	yield("container.cores.yield", containerCores),
	allCoreSpeed("container.cores.all_core_speed", containerCores),
	speedCurve("container.cores.speeds", containerCores),
	startupCPU(),
	keyfile.Span("container.dispatch.interval", "Time between two looks at the queue in which requests wait for dispatch to the pool, at its multiples, 0s or more; 0s: whenever the reader is free.",
		"0s", delays, func(s *Scenario) *sim.Time { return &s.Container.Dispatch.Interval }),
	keyfile.Count("container.dispatch.batch", "The most requests that one look takes, 1 or more; only with an interval, per_batch or hand_over: together.",
		"unlimited", batches, func(s *Scenario) *int { return &s.Container.Dispatch.Batch }),
	keyfile.Span("container.dispatch.per_batch", "Time that the reader needs for each batch, before its first request, 0s or more.",
		"0s", delays, func(s *Scenario) *sim.Time { return &s.Container.Dispatch.PerBatch }),
	keyfile.Pause("container.dispatch.service", "Time that the reader needs for each request of a batch, one after another.",
		func(s *Scenario) *dist.Distribution { return &s.Container.Dispatch.Service }),
	keyfile.Choice("container.dispatch.hand_over", "When a request reaches the pool: at the end of its own service, or together with its whole batch, at the end of the last.", handOvers,
		func(s *Scenario) *pool.HandOver { return &s.Container.Dispatch.HandOver }),
	keyfile.Count("container.initial.idle", "Idle instances at time 0, 0 to max_instances.",
		"0", initially, func(s *Scenario) *int { return &s.Container.InitialIdle }),
	keyfile.Count("container.initial.running", "Instances that serve a request at time 0, with initial.idle up to max_instances. Each goes on for a warm service time, which is exact if that is exponential.",
		"0", initially, func(s *Scenario) *int { return &s.Container.InitialRunning }),
})

func containerCores(s *Scenario) *platform.Cores { return &s.Container.Cores }

// startupCPU makes the key of the CPU that a start-up takes.
func startupCPU() Key {
	k := keyfile.Proportion("container.startup_cpu", "Fraction of the start-up part of a cold start that takes CPU, 0 to 1; the rest is a delay before it. Only with a number of cores.",
		"1", proportions, func(s *Scenario) *float64 { return &s.Container.StartupCPU })
	write := k.Write
	k.Write = func(s *Scenario) string {
		if !s.Container.Cores.Limited() && !(s.many() && s.Nodes != nil && s.Nodes.Cores.Limited()) {
			return ""
		}
		return write(s)
	}
	return k
}

// startContainers begins a replication of the pool.
func startContainers(s Scenario, replication int, to Settings) (Simulation, error) {
	switch {
	case s.Scaled():
		return startFleet(s, replication, to)
	case s.many() || s.Keeps():
		return startCluster(s, replication, to)
	}
	pool, err := pool.New(*s.Container, s.Arrivals, s.Run.Seed, replication)
	if err != nil {
		return nil, err
	}
	pool.Log, pool.Interrupted, pool.MostLive, pool.Meter = to.Log, to.Interrupted, to.MostLive, to.Meter
	pool.Limit(to.Responses, to.Waits)
	return pool, nil
}

// describeContainers says how the pool is configured.
func describeContainers(s Scenario, span func(sim.Time) string) (parts []string) {
	if s.many() {
		return describeCluster(s, span)
	}
	if s.Scaled() {
		return describeFleet(s, span)
	}
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

// describeInitial says how many instances the pool begins with.
func describeInitial(s Scenario) string {
	if s.many() {
		return initialCluster(s)
	}
	c := s.Container
	if ready := max(c.InitialIdle, s.Keeping.MinInstances); s.Scaled() && ready > 0 {
		return fmt.Sprintf("from %d ready", ready)
	}
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

// containerUnsteady returns an *UnsteadyError if the pool cannot have a steady state.
func containerUnsteady(s Scenario) error {
	if s.many() {
		return clusterUnsteady(s)
	}
	if _, ok := s.closed(); ok {
		return nil // no more requests are there than users
	}
	if s.Scaled() {
		return fleetUnsteady(s)
	}
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

// containerSize estimates how many instances and waiting requests are alive at once.
func containerSize(s Scenario) estimate {
	if s.many() {
		return clusterSize(s)
	}
	if s.Scaled() {
		return fleetSize(s)
	}
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

// containerWarnings warns of a pool that only grew while it was measured.
func containerWarnings(r *Result, p *PlatformResult) []string {
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
	case r.Scenario.many():
		return clusterWarnings(r.Scenario)
	case r.Scenario.measures():
		return nil
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

// checkContainers checks the block of the pool.
func checkContainers(c *checker) {
	p := c.Container
	c.service("container.warm", p.Warm)
	c.optional("container.cold", p.Cold)
	c.optional("container.startup", p.Startup)
	c.coldStart(p)
	c.optional("container.release", p.Release)
	c.span("container.keep_alive", p.KeepAlive, keepAlives)
	c.whole("container.max_instances", int64(p.MaxInstances), maxInstances)
	c.checkQueue(p)
	checkChoice(c, "container.routing", p.Routing, routings)
	c.cores("container.cores", p.Cores)
	c.startupCPU("container.cores", p.Cores)
	c.dispatch(p.Dispatch)
	c.initial(p)
	c.checkServing(p)
	c.checkOne()
}

// checkQueue checks what becomes of requests that find no room.
func (c *checker) checkQueue(p *pool.Config) {
	checkChoice(c, "container.when_full", p.WhenFull, whenFulls)
	if p.QueueTimeout != 0 || p.WhenFull != pool.Reject { // where no request waits, 0 stands for never
		c.span("container.queue_timeout", p.QueueTimeout, queueTimeouts)
		if c.sound("container.queue_timeout", "container.when_full") && p.QueueTimeout != sim.Never && p.WhenFull != pool.Queue {
			c.addf("container.queue_timeout", "has no effect with when_full: %s; want when_full: queue, or no queue_timeout", p.WhenFull)
		}
	}
}

// coldStart checks that exactly one law says how long a cold start takes.
func (c *checker) coldStart(p *pool.Config) {
	const cold, startup = "container.cold", "container.startup"
	const want = "; want one of them: cold, the whole service of a cold start, or startup, what it adds to a warm one"
	hasCold, hasStartup := p.Cold != nil || c.unread(cold), p.Startup != nil || c.unread(startup)
	switch {
	case hasCold && hasStartup:
		c.found = append(c.found, fault{paths: []string{cold, startup},
			err: errors.New("given beside startup" + want), other: errors.New("given beside cold" + want)})
	case !hasCold && !hasStartup:
		c.addf(cold, "missing; want cold, the whole service of a cold start, or startup, what it adds to a warm one: %s", keyfile.WantLaw)
	}
}

// startupCPU checks the share of start-ups that takes CPU.
func (c *checker) startupCPU(key string, cores platform.Cores) {
	const path = "container.startup_cpu"
	p := c.Container
	c.number(path, p.StartupCPU, proportions.Has(p.StartupCPU), proportions.Accepts())
	switch {
	case !c.sound(path) || p.StartupCPU == 1:
	case c.sound(key) && !cores.Limited():
		if p.StartupCPU != 0 || c.given(path) { // of a program, 0 was left out
			c.addf(path, "has no effect with %s: unlimited; want a number of cores, or no startup_cpu", strings.TrimPrefix(key, "container."))
		}
	case p.Warm == nil && p.Cold != nil && c.servedByTrace && c.readable("container.warm"):
		c.add("nobody knows what of container.cold is start-up where a trace fixes the service times; want startup_cpu: 1, or container.startup instead of container.cold", path)
	}
}

// dispatch checks the stage before a pool.
func (c *checker) dispatch(d pool.Dispatch) {
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
	if !d.Exists() && d.HandOver == pool.Together {
		c.add("has no effect where nothing is waited for; want an interval, per_batch or service, or no hand_over", block+"hand_over")
	}
}

// initial checks that a pool can be in its initial state.
func (c *checker) initial(p *pool.Config) {
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

// checkContainerPricing checks that the start-up share of a cold start is known where it is free.
func checkContainerPricing(c *checker, p *Pricing) {
	if o := c.Container; o.Warm == nil && c.servedByTrace && c.readable("container.warm") && o.Cold != nil && p.User != nil && p.User.Startup == platform.StartupFree {
		c.add("nobody knows what of container.cold is start-up where a trace fixes the service times; want startups: billed, or container.startup instead of container.cold",
			"pricing.startups", "pricing.preset")
	}
}

// containersLast returns the times, in seconds, on which the transient of a pool depends.
func containersLast(s Scenario, queue func(service, servers float64) float64) (times []float64) {
	if s.many() {
		return clusterLasts(s, queue)
	}
	if s.Scaled() {
		return fleetLasts(s, queue)
	}
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

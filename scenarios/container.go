package scenarios

import (
	"errors"
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
		Start: func(s Scenario, replication int, to Settings) (Simulation, error) {
			return s.way().start(s, replication, to)
		},
		History: func(s Scenario, replication int) (*platform.History, error) {
			return s.way().history(s, replication)
		},
		Describe: func(s Scenario, span func(sim.Time) string) []string { return s.way().describe(s, span) },
		Initial:  func(s Scenario) string { return s.way().initial(s) },
		fixed:    func(s Scenario) bool { return s.way().fixed(s) },
		traits: func(s Scenario) platform.Traits {
			if s.Container == nil {
				return 0
			}
			return s.way().traits
		},
		observes: func(s Scenario, m platform.Metric) bool {
			w := s.way()
			return w.observes == nil || w.observes(s, m)
		},
		transient: func(s Scenario) []string {
			if w := s.way(); w.transient != nil {
				return w.transient(s)
			}
			return nil
		},
		unsteady: func(s Scenario) error {
			if _, ok := s.closed(); ok {
				return nil // no more requests are there than users
			}
			return s.way().unsteady(s)
		},
		answers: containerAnswers,
		size:    func(s Scenario) estimate { return s.way().size(s) },
		bytes:   100, // 35 to 135, by routing, cores and the growth of arrays
		lasting: func(s Scenario, queue func(service, servers float64) float64) []float64 {
			return s.way().lasting(s, queue)
		},
		warnings: func(r *Result, p *PlatformResult) []string { return r.Scenario.way().warnings(r, p) },
		price: func(s Scenario, p *platform.Prices) {
			p.EachFunction = s.many()
			if c := s.Container; c.Cold != nil && c.Warm != nil {
				p.ColdStartup = platform.ColdStartup(c.Warm, c.Cold)
			}
		},
		check: checkContainers, checkPricing: checkContainerPricing,
		schema: func(block keyfile.Fragment) {
			block["not"] = keyfile.Fragment{"required": []string{"cold", "startup"}}
		},
	}
}

// A way is how containers serve: each is simulated by a package of its own, of which this is all that the rest must know.
type way struct {
	traits   platform.Traits
	start    func(s Scenario, replication int, to Settings) (Simulation, error)
	history  func(s Scenario, replication int) (*platform.History, error)
	describe func(s Scenario, span func(sim.Time) string) []string
	initial  func(s Scenario) string
	fixed    func(s Scenario) bool // see Kind, as of all that follows
	unsteady func(s Scenario) error
	size     func(s Scenario) estimate
	lasting  func(s Scenario, queue func(service, servers float64) float64) []float64
	warnings func(r *Result, p *PlatformResult) []string

	observes  func(s Scenario, m platform.Metric) bool // nil: all that its traits have
	transient func(s Scenario) []string                // nil: as of other platforms
}

// way returns how the containers of a scenario serve.
func (s *Scenario) way() way {
	switch {
	case s.many(): // functions on nodes, which share their memory
		return way{
			traits: platform.Many | platform.Keeping, start: startCluster,
			history: func(s Scenario, replication int) (*platform.History, error) {
				return cluster.NewHistory(s.simulatedCluster(), s.Run.Seed, replication)
			},
			describe: describeCluster, initial: initialCluster, fixed: fixedCluster, unsteady: clusterUnsteady,
			size: clusterSize, lasting: clusterLasts, warnings: clusterWarnings,
		}
	case s.Scaled(): // instances that serve several requests at once, or that an autoscaler starts
		return way{
			traits: platform.Scaled, start: startFleet,
			history: func(s Scenario, replication int) (*platform.History, error) {
				return autoscaler.NewHistory(s.fleet(), s.Arrivals, s.Run.Seed, replication)
			},
			describe: describeFleet, initial: initialFleet, fixed: fixedFleet, unsteady: fleetUnsteady,
			size: fleetSize, lasting: fleetLasts, warnings: fleetWarnings, observes: fleetHas, transient: fleetTransient,
		}
	}
	w := way{ // instances that a request starts, and one request holds
		start: startPool,
		history: func(s Scenario, replication int) (*platform.History, error) {
			return pool.NewHistory(*s.Container, s.Arrivals, s.Run.Seed, replication)
		},
		describe: describePool, initial: initialPool, fixed: fixedPool, unsteady: poolUnsteady,
		size: poolSize, lasting: poolLasts, warnings: poolWarnings,
	}
	switch {
	case s.Keeps(): // the same, on a cluster of one function, which knows how to keep instances ready
		w.traits, w.start = platform.Keeping, startCluster
		w.history = func(s Scenario, replication int) (*platform.History, error) {
			return cluster.NewPoolHistory(s.simulatedCluster(), s.Run.Seed, replication)
		}
	case s.Container != nil && s.Container.Releases():
		w.traits = platform.Releasing
	}
	return w
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

package scenarios

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/cluster"
	"faaslab/platform/pool"
	"faaslab/scenarios/internal/keyfile"
	"faaslab/sim"
	"faaslab/sim/random"
)

// A Function is one of many whose instances share the memory of nodes.
type Function struct {
	Name     string            // up to 100 letters, digits, - and _; of a trace, what the trace calls it
	App      string            // what it belongs to; empty: nothing is known
	Arrivals dist.Arrivals     // nil: those of a trace of single requests
	Warm     dist.Distribution // service time of a warm start; nil: the trace has it
	Startup  dist.Distribution // nil: that of the container block
	Memory   int64             // of an instance, MB of 2²⁰ bytes, 1 … 2²⁰
	// What is nil is as the container block and Keeping say.
	KeepAlive                        cluster.KeepAlive
	MinInstances, Provisioned, Spare *int
}

// Nodes are what the instances of many functions share. They are alike.
type Nodes struct {
	Count        int   // 1 … 10,000
	Memory       int64 // of a node, MB, 1 … 2²⁰, or cluster.Unlimited; 0: unlimited
	MaxInstances int   // on a node, >= 1, or platform.Unlimited; 0: unlimited
	// Cores of a node are shared by the instances that run or start up on it.
	Cores     platform.Cores
	Placement cluster.Placement
	Place     cluster.Place // of a program, in place of Placement; nil: that
}

// Keeping says which instances are kept beyond a request, and which go first, where many functions
// share nodes. A scenario of one function has no Evict and no Order.
type Keeping struct {
	Policy cluster.KeepAlive // in the place of Container.KeepAlive; nil: that
	Evict  cluster.Eviction
	Order  cluster.Order // of a program, in place of Evict; nil: that
	// MinInstances, Provisioned and Spare are those of cluster.Function, each >= 0.
	MinInstances, Provisioned, Spare int
}

// Functions are the arrivals of a scenario of many functions: each has its own.
type Functions []Function

// errManyStreams is why Functions have no path of their own.
var errManyStreams = errors.New("scenarios: the requests of many functions are no single stream")

// errManyWatched is why a history cannot begin.
var errManyWatched = errors.New("the executors of many functions cannot be watched yet; want the containers, or a scenario of one function")

// Rate returns the sum of the functions' arrival rates.
func (all Functions) Rate() (rate float64) {
	for _, f := range all {
		rate += f.Arrivals.Rate()
	}
	return rate
}

// Pattern returns the least span that holds whole periods of all functions, the last change and the
// longest memory of any.
func (all Functions) Pattern() (p dist.Pattern) {
	common := sim.Time(0)
	for _, f := range all {
		one := f.Arrivals.Pattern()
		common = commonMultiple(common, sim.FromSeconds(one.Period))
		p.LastChange = max(p.LastChange, one.LastChange)
		p.Memory = max(p.Memory, one.Memory)
	}
	p.Period = common.Seconds()
	return p
}

// Start returns an error: each function has a stream of its own.
func (all Functions) Start(random.Generator) (dist.Source, error) { return nil, errManyStreams }

// String says how many functions there are, and how often they are asked for.
func (all Functions) String() string {
	if len(all) == 1 {
		return fmt.Sprintf("1 function, %s", all[0].Arrivals)
	}
	return fmt.Sprintf("%d functions, %.4g/s together", len(all), all.Rate())
}

// find returns the function of a name, nil if there is none.
func (all Functions) find(name string) *Function {
	if i := slices.IndexFunc(all, func(f Function) bool { return f.Name == name }); i >= 0 {
		return &all[i]
	}
	return nil
}

// names returns the names of the functions, in their order.
func (all Functions) names() (names []string) {
	for _, f := range all {
		names = append(names, f.Name)
	}
	return names
}

// Many returns the functions of a scenario that has several kinds of requests; false if all its
// requests are for one function.
func (s Scenario) Many() (Functions, bool) {
	switch a := s.Arrivals.(type) {
	case Functions:
		return a, true
	case Zipf:
		return a.Functions(), true
	case Workload:
		return a.functions, true
	}
	return nil, false
}

// HasMany reports whether the scenario has many functions, which Many returns.
func (s Scenario) HasMany() bool { return s.many() }

// many reports whether the scenario has many functions.
func (s *Scenario) many() bool {
	switch s.Arrivals.(type) {
	case Functions, Zipf, Workload:
		return true
	}
	return false
}

// Keeps reports whether the pool of a scenario of one function learns its keep-alive, or has instances
// that are kept ready (Keeping). It is simulated as a cluster of one function on one node.
func (s *Scenario) Keeps() bool {
	k := &s.Keeping
	return !s.many() && s.Container != nil && !s.Scaled() && (k.Policy != nil || k.ready() > 0)
}

// ready returns the number of instances at time 0.
func (k *Keeping) ready() int { return k.MinInstances + k.Provisioned + k.Spare }

// standard returns the configuration of the pool with the keep-alive that a policy begins with.
func (s Scenario) standard() *pool.Config {
	if s.Keeping.Policy == nil {
		return s.Container
	}
	c := *s.Container
	c.KeepAlive = s.Keeping.Policy.Standard().End
	return &c
}

// oneFunction returns the cluster of a scenario of one function.
func (s Scenario) oneFunction() cluster.Config {
	c, k := s.Container, s.Keeping
	return cluster.Config{
		Functions: []cluster.Function{{Name: s.Name, Memory: 1, Arrivals: s.Arrivals, Warm: c.Warm, Cold: c.Cold, Startup: c.Startup,
			MinInstances: k.MinInstances, Provisioned: k.Provisioned, Spare: k.Spare}},
		Nodes: 1, Memory: cluster.Unlimited, MaxInstances: c.MaxInstances, Routing: cluster.Routing(c.Routing),
		Cores: c.Cores, StartupCPU: c.StartupCPU,
		KeepAlive: s.keepAlive(), Evict: cluster.NoEviction, Queue: c.WhenFull == pool.Queue, QueueTimeout: unlessUnlimited(c.QueueTimeout, sim.Never),
	}
}

// clusterConfig returns the cluster of a scenario of many functions, or of one that keeps instances.
func (s Scenario) clusterConfig() cluster.Config {
	functions, many := s.Many()
	if !many {
		return s.oneFunction()
	}
	c, k := s.Container, s.Keeping
	config := cluster.Config{
		Functions:    make([]cluster.Function, len(functions)),
		Nodes:        s.Nodes.Count,
		Memory:       unlessUnlimited(s.Nodes.Memory, cluster.Unlimited),
		MaxInstances: unlessUnlimited(s.Nodes.MaxInstances, platform.Unlimited),
		Placement:    s.Nodes.Placement,
		Place:        s.Nodes.Place,
		Routing:      cluster.Routing(c.Routing),
		Cores:        s.Nodes.Cores,
		StartupCPU:   c.StartupCPU,
		KeepAlive:    s.keepAlive(),
		Evict:        k.Evict,
		Order:        k.Order,
		Queue:        c.WhenFull == pool.Queue,
		QueueTimeout: unlessUnlimited(c.QueueTimeout, sim.Never),
	}
	lacksWarm := s.lacksService()
	for i, f := range functions {
		warm := f.Warm
		if lacksWarm {
			warm = c.Warm
		}
		config.Functions[i] = cluster.Function{Name: f.Name, Memory: f.Memory, Arrivals: f.Arrivals, Warm: warm, Startup: s.startupOf(f), KeepAlive: f.KeepAlive,
			MinInstances: valueOr(f.MinInstances, k.MinInstances), Provisioned: valueOr(f.Provisioned, k.Provisioned), Spare: valueOr(f.Spare, k.Spare)}
	}
	return config
}

// keepAlive returns the policy of functions without one of their own.
func (s Scenario) keepAlive() cluster.KeepAlive {
	if s.Keeping.Policy != nil {
		return s.Keeping.Policy
	}
	return cluster.Fixed(s.Container.KeepAlive)
}

// startupOf returns the law of a function's start-ups; nil if nothing gives it.
func (s Scenario) startupOf(f Function) dist.Distribution {
	if f.Startup != nil {
		return f.Startup
	}
	return s.Container.Startup
}

// unlessUnlimited returns a number, or unlimited for one that a program left out.
func unlessUnlimited[T int | int64 | sim.Time](n, unlimited T) T {
	if n == 0 {
		return unlimited
	}
	return n
}

// valueOr returns a value, or another if there is none.
func valueOr(n *int, other int) int {
	if n == nil {
		return other
	}
	return *n
}

// Zipf are the arrivals of a synthetic scenario of many functions, of which the k-th most popular is
// asked for in proportion to k^−Exponent. They differ in nothing else.
type Zipf struct {
	Count    int     // of functions, 1 … 100,000
	PerSec   float64 // arrivals of all together, per second
	Exponent float64 // 0 … 10
	Warm     dist.Distribution
	Memory   int64 // of an instance, MB
	Sample   int   // one function in so many, by the hash of its name; 0: all
	Top      int   // of those, the most popular; 0: all
}

// Functions returns the functions, the most popular first: f1, f2 … Do not change them.
func (z Zipf) Functions() Functions { return cachedZipf(z, z.functions) }

func (z Zipf) functions() Functions {
	all, total := make(Functions, z.Count), 0.0
	weights := make([]float64, z.Count)
	for i := range all {
		weights[i] = math.Pow(float64(i+1), -z.Exponent)
		total += weights[i]
	}
	for i := range all {
		all[i] = Function{Name: fmt.Sprintf("f%d", i+1), Arrivals: dist.Poisson{PerSecond: z.PerSec * weights[i] / total}, Warm: z.Warm, Memory: z.Memory}
	}
	return all.chosen(z.Sample, z.Top)
}

// Rate returns the arrival rate of all functions together.
func (z Zipf) Rate() float64 {
	if z.Sample > 1 || z.Top > 0 {
		return z.Functions().Rate()
	}
	return z.PerSec
}

// Pattern returns the zero value: all arrivals are Poisson.
func (z Zipf) Pattern() dist.Pattern { return dist.Pattern{} }

// Start returns an error: each function has a stream of its own.
func (z Zipf) Start(random.Generator) (dist.Source, error) { return nil, errManyStreams }

// String returns the notation.
func (z Zipf) String() string {
	warm := ""
	if z.Warm != nil {
		warm = z.Warm.String()
	}
	chosen := ""
	if z.Sample > 0 {
		chosen += fmt.Sprintf(", sample=1/%d", z.Sample)
	}
	if z.Top > 0 {
		chosen += fmt.Sprintf(", top=%d", z.Top)
	}
	return fmt.Sprintf("zipf(functions=%d, rate=%s, exponent=%s, warm=%s, memory=%s%s)", z.Count, dist.FormatRate(z.PerSec), keyfile.FormatDecimal(z.Exponent), warm, formatMegabytes(z.Memory), chosen)
}

// formatMegabytes writes a memory size that is given in MB.
func formatMegabytes(mb int64) string { return keyfile.FormatMemory(float64(mb) / 1024) }

// parseMegabytes reads a memory size of whole MB.
func parseMegabytes(text string) (mb int64, ok bool) {
	gb, ok := keyfile.ParseMemory(text)
	mb = int64(gb * 1024)
	return mb, ok && mb > 0 && float64(mb) == gb*1024
}

// Megabytes writes a memory size in MB as scenario files do.
func Megabytes(mb int64) string { return formatMegabytes(mb) }

// ParseMegabytes reads a memory size such as 512MB or 1.5GB, in MB; false if the text is none.
func ParseMegabytes(text string) (mb float64, ok bool) {
	gb, ok := keyfile.ParseMemory(text)
	return 1024 * gb, ok
}

const wantMegabytes = "a memory size of whole MB such as 512MB or 1.5GB (1GB is 1024MB), from 1MB to 1024GB"

// simulatedCluster returns the cluster of a scenario of many functions, with its recorded requests.
func (s Scenario) simulatedCluster() cluster.Config {
	config := s.clusterConfig()
	if w, ok := s.recordedWorkload(); ok {
		config.Requests = w.trace.Rows()
	}
	return config
}

// startCluster begins a replication of many functions.
func startCluster(s Scenario, replication int, to Settings) (Simulation, error) {
	config := s.simulatedCluster()
	config.Shard = s.shardOf(&config)
	config.Bills = s.Pricing != nil && s.many()
	c, err := cluster.New(config, s.Run.Seed, replication)
	if err != nil {
		return nil, err
	}
	if to.Log != nil {
		c.Log = func(r cluster.LoggedRequest) { to.Log(r.Request) }
	}
	c.Interrupted, c.MostLive, c.Meter = to.Interrupted, to.MostLive, to.Meter
	c.Limit(to.Responses, to.Waits)
	return c, nil
}

// describeCluster says how the nodes are, and what is kept on them.
func describeCluster(s Scenario, span func(sim.Time) string) (parts []string) {
	config := s.clusterConfig()
	node := "without bounds"
	var bounds []string
	if config.Memory != cluster.Unlimited {
		bounds = append(bounds, formatMegabytes(config.Memory))
	}
	if config.MaxInstances != platform.Unlimited {
		bounds = append(bounds, fmt.Sprintf("at most %d instances", config.MaxInstances))
	}
	if bounds != nil {
		node = "of " + strings.Join(bounds, " and ")
	}
	if config.Cores.Limited() {
		node += " with " + config.Cores.String()
	}
	if config.Nodes == 1 {
		parts = append(parts, "1 node "+node)
	} else {
		parts = append(parts, fmt.Sprintf("%d nodes %s", config.Nodes, node), "placement "+either(config.Place, config.Placement))
	}
	parts = append(parts, "keep-alive "+describePolicy(s.keepAlive(), span))
	parts = append(parts, s.Keeping.describe()...)
	if bounds != nil {
		parts = append(parts, "evict "+either(config.Order, config.Evict))
		switch {
		case !config.Queue:
			parts = append(parts, pool.Reject.String())
		case config.QueueTimeout == sim.Never:
			parts = append(parts, pool.Queue.String())
		default:
			parts = append(parts, "queue "+span(config.QueueTimeout))
		}
	}
	return append(parts, strings.ToUpper(s.Container.Routing.String()))
}

// An overload is what hash asks of nodes beyond what they have, on average.
type overload struct {
	nodes []int // that it asks too much of
	// The most that one of them is asked for: memory of running instances, MB, their number, and work
	// a second, in seconds on a core of its own.
	memory, instances, work float64
}

// overloaded returns the nodes that hash gives more running instances, or more work, than they have
// room or cores for; none where requests may go to any node.
func overloaded(config *cluster.Config) (o overload) {
	if !config.Hashes() || config.Nodes == 1 {
		return o
	}
	running := make([]overload, config.Nodes)
	for i := range config.Functions {
		f := &config.Functions[i]
		if f.Arrivals == nil {
			return o // recorded requests have no rate
		}
		n := &running[config.Home(i)]
		load := f.Arrivals.Rate() * mean(f.Warm)
		n.instances += load
		n.memory += load * float64(f.Memory)
		n.work += f.Arrivals.Rate() * workOf(config, f)
	}
	for i, n := range running {
		if n.memory >= float64(config.Memory) || n.instances >= capacity(config.MaxInstances) || n.work >= coresOf(config) {
			o.nodes = append(o.nodes, i)
			o.memory, o.instances, o.work = max(o.memory, n.memory), max(o.instances, n.instances), max(o.work, n.work)
		}
	}
	return o
}

// coresOf returns the work that a node of a cluster gets done in a second; +Inf with unlimited cores.
func coresOf(config *cluster.Config) float64 {
	if !config.Cores.Limited() {
		return math.Inf(1)
	}
	return config.Cores.Rate(min(config.MaxInstances, config.Cores.Flat()))
}

// workOf returns the mean CPU time of a request of a function, in seconds.
func workOf(config *cluster.Config, f *cluster.Function) float64 {
	if alwaysCold(config, f) {
		return mean(f.Warm) + mean(f.Startup)*config.StartupCPU
	}
	return mean(f.Warm)
}

// alwaysCold reports whether every start of a function is cold. One that waits may take an instance
// just freed.
func alwaysCold(config *cluster.Config, f *cluster.Function) bool {
	bounded := config.Memory != cluster.Unlimited || config.MaxInstances != platform.Unlimited
	return policyOf(config, f).Standard().End == 0 && f.MinInstances+f.Provisioned+f.Spare == 0 && !(config.Queue && bounded)
}

// policyOf returns the keep-alive of a function.
func policyOf(config *cluster.Config, f *cluster.Function) cluster.KeepAlive {
	if f.KeepAlive != nil {
		return f.KeepAlive
	}
	return config.KeepAlive
}

// clusterWarnings warns of nodes that hash overloads while others have room.
func clusterWarnings(s Scenario) []string {
	config := s.clusterConfig()
	o := overloaded(&config)
	if o.nodes == nil || len(o.nodes) == config.Nodes {
		return nil
	}
	asked := fmt.Sprintf("%s of running instances", formatMegabytes(int64(o.memory)))
	switch {
	case o.memory >= float64(config.Memory):
	case o.instances >= capacity(config.MaxInstances):
		asked = fmt.Sprintf("%.4g running instances", o.instances)
	default:
		asked = fmt.Sprintf("%.4g cores' work", o.work)
	}
	which := fmt.Sprintf("node %d is", o.nodes[0])
	if len(o.nodes) > 1 {
		which = fmt.Sprintf("%d nodes of %d are", len(o.nodes), config.Nodes)
	}
	return []string{fmt.Sprintf("container: under placement hash %s asked for up to %s on average, more than there is room for, while others have room; want another nodes.placement, such as least-loaded, or larger nodes", which, asked)}
}

// either writes what a program gives in place of one of the built-in kinds, or that.
func either(own any, built fmt.Stringer) string {
	if own != nil {
		return fmt.Sprint(own)
	}
	return built.String()
}

// describePolicy writes a keep-alive; span writes durations.
func describePolicy(policy cluster.KeepAlive, span func(sim.Time) string) string {
	if fixed, ok := policy.(cluster.Fixed); ok {
		return span(sim.Time(fixed))
	}
	return formatPolicy(policy)
}

// describe says how many instances are kept ready.
func (k *Keeping) describe() (parts []string) {
	for _, kept := range []struct {
		n    int
		what string
	}{{k.MinInstances, "min instances"}, {k.Provisioned, "provisioned"}, {k.Spare, "spare"}} {
		if kept.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", kept.n, kept.what))
		}
	}
	return parts
}

// initialCluster says how many instances there are at time 0.
func initialCluster(s Scenario) string {
	config, n := s.clusterConfig(), 0
	for _, used := range config.Kept() {
		n += used.Instances
	}
	if n == 0 {
		return "from empty"
	}
	return fmt.Sprintf("from %d idle", n)
}

// A demand is what functions ask of their nodes, from means.
type demand struct {
	rate      float64 // 1/s
	service   float64 // s, averaged over requests
	instances float64 // that run on average
	memory    float64 // of those, MB
	work      float64 // CPU time a second, s on a core of its own
	longest   float64 // seconds for which a function remembers: services and keep-alive
	grows     bool    // instances of some function never expire
}

// demandOf returns the demand of many functions.
func (s Scenario) demandOf(config cluster.Config) (l demand) {
	for i := range config.Functions {
		f := &config.Functions[i]
		policy := policyOf(&config, f)
		end := policy.Standard().End
		rate, service, startup := math.NaN(), mean(f.Warm), mean(f.Startup)
		if f.Arrivals != nil {
			rate = f.Arrivals.Rate()
		}
		l.longest = max(l.longest, known(service)+known(startup)+known(end.Seconds()))
		if end == sim.Never && policy.Begin() == nil {
			l.grows = true
		}
		if alwaysCold(&config, f) {
			service += startup
		}
		l.rate += rate
		l.instances += rate * service
		l.memory += rate * service * float64(f.Memory)
		l.work += rate * workOf(&config, f)
	}
	l.service = l.instances / l.rate
	return l
}

// onCores returns how many instances the cores of all nodes serve as fast as cores of their own.
func (l *demand) onCores(config *cluster.Config) float64 {
	return float64(config.Nodes) * coresOf(config) * l.instances / l.work
}

// clusterUnsteady returns an *UnsteadyError if many functions cannot have a steady state.
func clusterUnsteady(s Scenario) error {
	config := s.clusterConfig()
	l := s.demandOf(config)
	nodes := float64(config.Nodes)
	e := &UnsteadyError{Platform: ContainerPlatform, Load: l.instances, Capacity: nodes * capacity(config.MaxInstances)}
	memory := math.Inf(1)
	if config.Memory != cluster.Unlimited {
		memory = nodes * float64(config.Memory)
	}
	waits := config.Queue && config.QueueTimeout == sim.Never
	hashed := overloaded(&config)
	cores := nodes * coresOf(&config)
	const overworked = "the functions ask for %.4g seconds of CPU time a second, not below %s, so that %s; want a lower load, more nodes or more nodes.cores"
	all, grows := work(config.Cores), "the instances only grow in number"
	if config.Nodes > 1 {
		all = fmt.Sprintf("the %.4g that %d nodes of %s do together", cores, config.Nodes, config.Cores)
	}
	bounded := memory < math.Inf(1) || config.MaxInstances != platform.Unlimited
	if bounded {
		grows = "the queue only grows"
	}
	switch {
	case (waits || !bounded) && l.work >= cores:
		e.Load, e.Capacity = l.work, cores
		e.reason = fmt.Sprintf(overworked, l.work, all, grows)
	case (waits || !bounded) && hashed.work >= coresOf(&config):
		e.Load, e.Capacity = hashed.work, coresOf(&config)
		e.reason = fmt.Sprintf("under placement hash node %d is asked for %.4g seconds of CPU time a second, not below %s, so that there %s; want another nodes.placement, such as least-loaded, or more nodes.cores",
			hashed.nodes[0], hashed.work, work(config.Cores), grows)
	case l.grows && math.IsInf(memory, 1) && config.MaxInstances == platform.Unlimited:
		e.reason = "with keep_alive: never and nodes without bounds the instances only grow; want a duration for keep_alive, or nodes.memory"
	case waits && l.memory >= memory:
		e.Capacity = l.instances * memory / l.memory
		e.reason = fmt.Sprintf("the functions need %s for running instances on average, not below the %s of all nodes, so the queue only grows; want a lower load, more nodes, more nodes.memory or a duration for queue_timeout",
			formatMegabytes(max(1, int64(l.memory))), formatMegabytes(int64(memory)))
	case waits && l.instances >= e.Capacity:
		e.reason = fmt.Sprintf("offered load %s is not below %.4g instances on all nodes, so the queue only grows; want a lower load, more nodes, more nodes.max_instances or a duration for queue_timeout",
			product(l.rate, l.service), e.Capacity)
	case waits && hashed.nodes != nil:
		e.Load, e.Capacity = hashed.instances, min(capacity(config.MaxInstances), hashed.instances*float64(config.Memory)/hashed.memory)
		e.reason = fmt.Sprintf("under placement hash node %d is asked for more running instances than it has room for, so its queue only grows; want another nodes.placement, such as least-loaded, larger nodes or a duration for queue_timeout", hashed.nodes[0])
	default:
		return nil
	}
	return e
}

// bytesOfFunction is the memory of a function in a replication, in bytes, measured: its counts in
// what was observed, its stream, its pool and what the policy knows of it.
const bytesOfFunction = 2500

// clusterSize estimates how many instances and waiting requests are alive at once.
func clusterSize(s Scenario) (e estimate) {
	config := s.clusterConfig()
	l := s.demandOf(config)
	servers := float64(config.Nodes) * capacity(config.MaxInstances)
	if config.Memory != cluster.Unlimited {
		servers = min(servers, float64(config.Nodes)*float64(config.Memory)*l.instances/l.memory)
	}
	cores := l.onCores(&config)
	e.add(min(s.present(l.service), servers, cores), "running, offered load "+product(l.rate, l.service))
	if cores < servers {
		e.add(min(s.leftOver(l.service, cores, math.Inf(1)), servers), "running besides, the load above the cores")
		servers = cores
	}
	kept := 0
	for _, used := range config.Kept() {
		kept += used.Instances
	}
	e.add(float64(kept), "kept ready")
	if config.Queue {
		e.add(s.leftOver(l.service, servers, config.QueueTimeout.Seconds()), "waiting, the load above what the nodes can hold")
	}
	e.fixed = bytesOfFunction * float64(len(config.Functions))
	return e
}

// clusterLasts returns the times, in seconds, on which the transient of many functions depends.
func clusterLasts(s Scenario, queue func(service, servers float64) float64) []float64 {
	config := s.clusterConfig()
	l := s.demandOf(config)
	times := []float64{l.longest}
	if cores := l.onCores(&config); !math.IsInf(cores, 1) {
		times = append(times, known(queue(l.service, cores)))
	}
	if config.Queue {
		servers := float64(config.Nodes) * capacity(config.MaxInstances)
		if config.Memory != cluster.Unlimited {
			servers = min(servers, float64(config.Nodes)*float64(config.Memory)*l.instances/l.memory)
		}
		if !math.IsInf(servers, 1) {
			times = append(times, known(min(queue(l.service, servers), config.QueueTimeout.Seconds())))
		}
	}
	return times
}

var (
	_ dist.Arrivals = Functions{}
	_ dist.Arrivals = Zipf{}
)

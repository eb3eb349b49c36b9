package scenarios

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"

	"faaslab/platform"
	"faaslab/platform/cluster"
	"faaslab/platform/pool"
	"faaslab/scenarios/internal/keyfile"
	"faaslab/sim"
)

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
	config := s.nodesConfig()
	node := "without bounds"
	var bounds []string
	if config.Memory != cluster.Unlimited {
		bounds = append(bounds, formatMegabytes(config.Memory))
	}
	if config.MaxInstances != platform.Unlimited {
		bounds = append(bounds, "at most "+instances(config.MaxInstances))
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
func (s Scenario) overloaded(config *cluster.Config) (o overload) {
	if !config.Hashes() || config.Nodes == 1 {
		return o
	}
	running := make([]overload, config.Nodes)
	for i, f := range s.clusterFunctions() {
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
func clusterWarnings(r *Result, _ *PlatformResult) []string {
	config := r.Scenario.nodesConfig()
	o := r.Scenario.overloaded(&config)
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
	n := s.kept()
	if n == 0 {
		return "from empty"
	}
	return fmt.Sprintf("from %d idle", n)
}

// kept returns how many instances there are at time 0.
func (s Scenario) kept() (n int) {
	for _, used := range s.keptOn() {
		n += used.Instances
	}
	return n
}

// keptOn returns what is on each node at time 0; nil if nothing is.
func (s Scenario) keptOn() []cluster.Used {
	for _, f := range s.clusterFunctions() {
		if f.MinInstances+f.Provisioned+f.Spare > 0 {
			config := s.clusterConfig()
			return config.Kept()
		}
	}
	return nil
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

// demandOf returns the demand of many functions on nodes.
func (s Scenario) demandOf(config *cluster.Config) (l demand) {
	for _, f := range s.clusterFunctions() {
		policy := policyOf(config, f)
		end := policy.Standard().End
		rate, service, startup := math.NaN(), mean(f.Warm), mean(f.Startup)
		if f.Arrivals != nil {
			rate = f.Arrivals.Rate()
		}
		l.longest = max(l.longest, known(service)+known(startup)+known(end.Seconds()))
		if end == sim.Never && policy.Begin() == nil {
			l.grows = true
		}
		if alwaysCold(config, f) {
			service += startup
		}
		l.rate += rate
		l.instances += rate * service
		l.memory += rate * service * float64(f.Memory)
		l.work += rate * workOf(config, f)
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
	config := s.nodesConfig()
	l := s.demandOf(&config)
	nodes := float64(config.Nodes)
	e := &UnsteadyError{Platform: ContainerPlatform, Load: l.instances, Capacity: nodes * capacity(config.MaxInstances)}
	memory := math.Inf(1)
	if config.Memory != cluster.Unlimited {
		memory = nodes * float64(config.Memory)
	}
	waits := config.Queue && config.QueueTimeout == sim.Never
	hashed := s.overloaded(&config)
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
	config := s.nodesConfig()
	l := s.demandOf(&config)
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
	e.add(float64(s.kept()), "kept ready")
	if config.Queue {
		e.add(s.leftOver(l.service, servers, config.QueueTimeout.Seconds()), "waiting, the load above what the nodes can hold")
	}
	e.fixed = bytesOfFunction * float64(s.functionCount())
	return e
}

// clusterLasts returns the times, in seconds, on which the transient of many functions depends.
func clusterLasts(s Scenario, queue func(service, servers float64) float64) []float64 {
	config := s.nodesConfig()
	l := s.demandOf(&config)
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

// fixedCluster reports whether nothing but the arrivals of many functions is random.
func fixedCluster(s Scenario) bool {
	config := s.nodesConfig()
	random := config.Routing == cluster.AnyIdle || config.Evict == cluster.RandomEviction && s.nodesBounded() ||
		config.Nodes > 1 && (config.Placement == cluster.RandomNode || config.Placement == cluster.Home && s.nodesBounded())
	for _, f := range s.clusterFunctions() {
		random = random || !certain(f.Warm) || !certain(f.Startup)
	}
	return !random
}

// nodesBounded reports whether a node may be full.
func (s Scenario) nodesBounded() bool {
	return unlessUnlimited(s.Nodes.Memory, cluster.Unlimited) != cluster.Unlimited || unlessUnlimited(s.Nodes.MaxInstances, platform.Unlimited) != platform.Unlimited
}

// nodesShared reports whether functions on a node have an effect on each other.
func (s Scenario) nodesShared() bool { return s.nodesBounded() || s.Nodes.Cores.Limited() }

// A Shard is a part of the functions of a scenario: those on every Of-th node, from the node Index
// on or, where nodes have no bounds, every Of-th function.
type Shard struct {
	Index, Of int // 0 <= Index < Of
}

// A ShardResult is what was observed of a shard, to be joined with those of the other shards.
type ShardResult struct {
	Shard
	Replay *Replay // of a trace: how much of it was simulated
	// Observed are the observations of each replication. They know the means of the numbers of
	// instances, and not their distributions, which is not known of the whole from its parts.
	Observed []platform.Observations
}

// CheckShards returns an error if the functions of a scenario cannot be simulated apart: where
// something that happens to one has an effect on another, or where the whole decides how long to
// simulate.
func (s Scenario) CheckShards() error {
	if !s.many() {
		return errors.New("--shard: the scenario has one function; want many, on nodes")
	}
	switch {
	case s.Container.Routing == pool.Random:
		return errors.New("--shard: container.routing: random draws for all functions in turn; want mru, newest or lru")
	case s.Nodes.Count > 1 && s.Nodes.Placement != cluster.Hash:
		return fmt.Errorf("--shard: nodes.placement: with %s the nodes depend on one another; want hash", s.Nodes.Placement)
	case s.Nodes.Count == 1 && s.nodesShared():
		return errors.New("--shard: all functions share one node; want nodes.memory, nodes.max_instances and nodes.cores unlimited, or several nodes with placement hash")
	case s.replays():
		return nil
	case s.Run.Duration == 0:
		return errors.New("--shard: the precision of the whole decides how long to simulate; want run.duration, or a trace")
	case s.Run.Warmup == AutoWarmup:
		return errors.New("--shard: run.warmup: auto is found from the whole; want a duration")
	}
	return nil
}

// mine returns which functions of a cluster belong to a shard.
func (shard Shard) mine(config *cluster.Config, shared bool) func(int) bool {
	if !shared {
		return func(f int) bool { return f%shard.Of == shard.Index }
	}
	return func(f int) bool { return config.Home(f)%shard.Of == shard.Index }
}

// SimulateShard simulates a shard of a scenario. An interruption is an error: a part of a shard cannot
// be joined.
func SimulateShard(ctx context.Context, s Scenario, o Options, shard Shard) (*ShardResult, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	if err := s.CheckShards(); err != nil {
		return nil, err
	}
	s.shard = &shard
	results, err := simulateTogether(ctx, []Scenario{s}, o)
	if err != nil {
		return nil, err
	}
	r := results[0]
	switch {
	case r.Interrupted:
		return nil, context.Cause(ctx)
	case r.Broken != nil:
		return nil, fmt.Errorf("an error of the simulator, please report it: %w", r.Broken)
	}
	part := &ShardResult{Shard: shard, Replay: r.Replay, Observed: r.Platforms[0].Replications}
	for i := range part.Observed {
		part.Observed[i].Occupancy = part.Observed[i].Occupancy.Reduced()
	}
	return part, nil
}

// JoinShards returns the result of a scenario from those of all its shards, in any order: that of
// Simulate, without the distributions of the numbers of instances.
func JoinShards(s Scenario, parts []*ShardResult) (*Result, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	if err := s.CheckShards(); err != nil {
		return nil, err
	}
	ordered, err := inOrder(parts)
	if err != nil {
		return nil, err
	}
	st := newStudy([]Scenario{s}, Options{Workers: 1}, func() {})
	if err := st.beginReplay(); err != nil {
		return nil, err
	}
	whole := st.parts()
	for k, p := range whole {
		for i, part := range ordered {
			if len(part.Observed) != len(whole) {
				return nil, fmt.Errorf("shard %d/%d has %d replications, and the scenario %d", part.Index, part.Of, len(part.Observed), len(whole))
			}
			if i == 0 {
				p.observed = part.Observed[k].Clone()
			} else if err := p.observed.Join(&part.Observed[k]); err != nil {
				return nil, fmt.Errorf("shard %d/%d is of another simulation than shard %d/%d: %w", part.Index, part.Of, ordered[0].Index, ordered[0].Of, err)
			}
			if part.Replay == nil {
				continue
			}
			if p.replay == nil {
				all := *part.Replay
				all.Rows = 0
				p.replay = &all
			}
			p.replay.Rows += part.Replay.Rows
		}
	}
	span := s.Run.Duration
	if st.replay && span == 0 {
		span = st.firstSpan()
	}
	return st.results(whole, span)[0], nil
}

// inOrder returns the results of all shards by their index.
func inOrder(parts []*ShardResult) ([]*ShardResult, error) {
	if len(parts) == 0 {
		return nil, errors.New("no shards; want all of a scenario")
	}
	of := parts[0].Of
	ordered := make([]*ShardResult, of)
	for _, p := range parts {
		switch {
		case p.Of != of:
			return nil, fmt.Errorf("shards %d/%d and %d/%d are of different divisions; want all of one", parts[0].Index, of, p.Index, p.Of)
		case ordered[p.Index] != nil:
			return nil, fmt.Errorf("shard %d/%d is there twice", p.Index, of)
		}
		ordered[p.Index] = p
	}
	var missing []string
	for i, p := range ordered {
		if p == nil {
			missing = append(missing, fmt.Sprintf("%d/%d", i, of))
		}
	}
	if missing != nil {
		return nil, fmt.Errorf("shards are missing: %s", keyfile.List(missing, "and"))
	}
	return ordered, nil
}

// shardOf returns what a cluster must know of the scenario's shard; nil if it is simulated as a whole.
func (s Scenario) shardOf(config *cluster.Config) *cluster.Shard {
	if s.shard == nil {
		return nil
	}
	shard := &cluster.Shard{Mine: s.shard.mine(config, s.nodesShared())}
	if w, ok := s.recordedWorkload(); ok && config.Requests != nil {
		shard.LastRow = w.trace.Last
	}
	return shard
}

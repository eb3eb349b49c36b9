package scenarios

import (
	"fmt"
	"math"
	"strings"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/cluster"
	"faaslab/platform/pool"
	"faaslab/sim"
)

// startCluster begins a replication of many functions.
func startCluster(s Scenario, replication int, to Settings) (Simulation, error) {
	c, err := cluster.New(s.clusterConfig(), s.Run.Seed, replication)
	if err != nil {
		return nil, err
	}
	if to.Log != nil {
		c.Log = func(r cluster.LoggedRequest) { to.Log(r.Request) }
	}
	c.Interrupted, c.MostLive = to.Interrupted, to.MostLive
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
	if config.Nodes == 1 {
		parts = append(parts, "1 node "+node)
	} else {
		parts = append(parts, fmt.Sprintf("%d nodes %s", config.Nodes, node), "placement "+config.Placement.String())
	}
	switch policy := s.keepAlive().(type) {
	case cluster.Fixed:
		parts = append(parts, "keep-alive "+span(sim.Time(policy)))
	default:
		parts = append(parts, "keep-alive "+formatPolicy(policy))
	}
	for _, kept := range []struct {
		n    int
		what string
	}{{s.Keeping.MinInstances, "min instances"}, {s.Keeping.Provisioned, "provisioned"}, {s.Keeping.Spare, "spare"}} {
		if kept.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", kept.n, kept.what))
		}
	}
	if bounds != nil {
		parts = append(parts, "evict "+config.Evict.String())
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
	longest   float64 // seconds for which a function remembers: services and keep-alive
	grows     bool    // instances of some function never expire
}

// demandOf returns the demand of many functions.
func (s Scenario) demandOf(config cluster.Config) (l demand) {
	bounded := config.Memory != cluster.Unlimited || config.MaxInstances != platform.Unlimited
	for i := range config.Functions {
		f := &config.Functions[i]
		policy := f.KeepAlive
		if policy == nil {
			policy = config.KeepAlive
		}
		end := policy.Standard().End
		rate, service, startup := f.Arrivals.Rate(), mean(f.Warm), mean(f.Startup)
		l.longest = max(l.longest, known(service)+known(startup)+known(end.Seconds()))
		if end == sim.Never && policy.Begin() == nil {
			l.grows = true
		}
		if end == 0 && f.MinInstances+f.Provisioned+f.Spare == 0 && !(config.Queue && bounded) {
			service += startup // every start is cold; one that waits may take an instance just freed
		}
		l.rate += rate
		l.instances += rate * service
		l.memory += rate * service * float64(f.Memory)
	}
	l.service = l.instances / l.rate
	return l
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
	switch {
	case l.grows && math.IsInf(memory, 1) && config.MaxInstances == platform.Unlimited:
		e.reason = "with keep_alive: never and nodes without bounds the instances only grow; want a duration for keep_alive, or nodes.memory"
	case waits && l.memory >= memory:
		e.Capacity = l.instances * memory / l.memory
		e.reason = fmt.Sprintf("the functions need %s for running instances on average, not below the %s of all nodes, so the queue only grows; want a lower load, more nodes, more nodes.memory or a duration for queue_timeout",
			formatMegabytes(max(1, int64(l.memory))), formatMegabytes(int64(memory)))
	case waits && l.instances >= e.Capacity:
		e.reason = fmt.Sprintf("offered load %s is not below %.4g instances on all nodes, so the queue only grows; want a lower load, more nodes, more nodes.max_instances or a duration for queue_timeout",
			product(l.rate, l.service), e.Capacity)
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
	e.add(min(s.present(l.service), servers), "running, offered load "+product(l.rate, l.service))
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

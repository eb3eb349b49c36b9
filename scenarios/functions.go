package scenarios

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"

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

// keeps reports whether the function says itself that instances are kept ready.
func (f *Function) keeps() bool {
	return valueOr(f.MinInstances, 0)+valueOr(f.Provisioned, 0)+valueOr(f.Spare, 0) > 0
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

// functionCount returns the number of functions.
func (s *Scenario) functionCount() int {
	functions, _ := s.Many()
	return max(1, len(functions))
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

// clusterConfig returns the cluster of a scenario of many functions, or of one that keeps instances.
func (s Scenario) clusterConfig() cluster.Config {
	config := s.nodesConfig()
	if config.Functions = s.functions; config.Functions == nil {
		config.Functions = s.listFunctions()
	}
	return config
}

// listFunctions returns the functions of the cluster.
func (s Scenario) listFunctions() []cluster.Function {
	list := make([]cluster.Function, 0, s.functionCount())
	for _, f := range s.clusterFunctions() {
		list = append(list, *f)
	}
	return list
}

// nodesConfig returns the cluster without its functions.
func (s Scenario) nodesConfig() cluster.Config {
	c, k := s.Container, s.Keeping
	if !s.many() {
		return cluster.Config{
			Nodes: 1, Memory: cluster.Unlimited, MaxInstances: c.MaxInstances, Routing: cluster.Routing(c.Routing),
			Cores: c.Cores, StartupCPU: c.StartupCPU,
			KeepAlive: s.keepAlive(), Evict: cluster.NoEviction, Queue: c.WhenFull == pool.Queue, QueueTimeout: unlessUnlimited(c.QueueTimeout, sim.Never),
		}
	}
	return cluster.Config{
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
}

// clusterFunctions yields the functions of the cluster, by their numbers. Each is in the same place: copy what
// is kept. A list of ten thousand takes longer to write into new memory than to go through.
func (s *Scenario) clusterFunctions() iter.Seq2[int, *cluster.Function] {
	return func(yield func(int, *cluster.Function) bool) {
		c, k := s.Container, s.Keeping
		functions, many := s.Many()
		if !many {
			yield(0, &cluster.Function{Name: s.Name, Memory: 1, Arrivals: s.Arrivals, Warm: c.Warm, Cold: c.Cold, Startup: c.Startup,
				MinInstances: k.MinInstances, Provisioned: k.Provisioned, Spare: k.Spare})
			return
		}
		lacksWarm := s.lacksService()
		var one cluster.Function
		for i := range functions {
			f := &functions[i]
			warm := f.Warm
			if lacksWarm {
				warm = c.Warm
			}
			one = cluster.Function{Name: f.Name, Memory: f.Memory, Arrivals: f.Arrivals, Warm: warm, Startup: s.startupOf(f), KeepAlive: f.KeepAlive,
				MinInstances: valueOr(f.MinInstances, k.MinInstances), Provisioned: valueOr(f.Provisioned, k.Provisioned), Spare: valueOr(f.Spare, k.Spare)}
			if !yield(i, &one) {
				return
			}
		}
	}
}

// keepAlive returns the policy of functions without one of their own.
func (s Scenario) keepAlive() cluster.KeepAlive {
	if s.Keeping.Policy != nil {
		return s.Keeping.Policy
	}
	return cluster.Fixed(s.Container.KeepAlive)
}

// startupOf returns the law of a function's start-ups; nil if nothing gives it.
func (s *Scenario) startupOf(f *Function) dist.Distribution {
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
	Count    int     // of functions, 1 … 1,000,000
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

var (
	_ dist.Arrivals = Functions{}
	_ dist.Arrivals = Zipf{}
)

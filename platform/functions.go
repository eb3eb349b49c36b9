package platform

import (
	"math"
	"slices"
	"unsafe"

	"faaslab/sim"
	"faaslab/sim/stats"
)

// FunctionCounts are what happened in a period to one of the functions of a platform that has many.
type FunctionCounts struct {
	Arrivals, Warm, Cold, Rejected, TimedOut int64
	// Instances that reached their keep-alive, that made room for others, and that were unloaded
	// until a load; instances loaded ahead, and loads for which there was no room.
	Expired, Evicted, Unloaded, Loaded, LoadsSkipped int64
	Unused                                           int64 // loaded instances that ended without a request
	// InService is how many more requests were in service at the end than at the beginning, where their
	// response is not certain before they complete, as on shared cores.
	InService      int64
	Response, Wait stats.Sum // of the served requests
	// Running, Idle and Loading add up the time of instances in each state.
	Running, Idle, Loading stats.Sum
}

// Merge adds the counts of another node or replication.
func (a *FunctionCounts) Merge(b *FunctionCounts) {
	numbers, sums := b.numbers(), b.sums()
	for i, n := range a.numbers() {
		*n += *numbers[i]
	}
	for i, s := range a.sums() {
		s.Merge(*sums[i])
	}
}

// Subtract undoes Merge.
func (a *FunctionCounts) Subtract(b *FunctionCounts) {
	numbers, sums := b.numbers(), b.sums()
	for i, n := range a.numbers() {
		*n -= *numbers[i]
	}
	for i, s := range a.sums() {
		s.Subtract(*sums[i])
	}
}

// Spend adds up a span with so many instances in each state.
func (a *FunctionCounts) Spend(running, idle, loading int, span sim.Time) {
	a.Running.AddTimes(running, span)
	a.Idle.AddTimes(idle, span)
	a.Loading.AddTimes(loading, span)
}

// Served returns the number of requests that have a response time.
func (a *FunctionCounts) Served() int64 { return a.Warm + a.Cold - a.InService }

func (a *FunctionCounts) numbers() [12]*int64 {
	return [...]*int64{&a.Arrivals, &a.Warm, &a.Cold, &a.Rejected, &a.TimedOut, &a.Expired, &a.Evicted, &a.Unloaded, &a.Loaded, &a.LoadsSkipped, &a.Unused, &a.InService}
}

func (a *FunctionCounts) sums() [5]*stats.Sum {
	return [...]*stats.Sum{&a.Response, &a.Wait, &a.Running, &a.Idle, &a.Loading}
}

// Functions are the observations of each function of a platform that has many; of other platforms
// they are empty.
type Functions struct {
	Counts   []FunctionCounts
	Bills    []FunctionBill // nil: no costs are asked for
	Memories []int64        // of an instance, MB of 2²⁰ bytes, by function; shared by copies
	Nodes    []NodeMemory
	Live     stats.Integral // functions with an instance
	// Peak is the largest memory of all instances at one time, MB; of several periods the sum, and
	// Periods is how many they are.
	Peak    int64
	Periods int64
	// Provisioned is the number of provisioned instances, on all nodes.
	Provisioned int
	// What can happen: instances evicted, unloaded until a load, and loaded ahead.
	CanEvict, CanUnload, CanLoad bool

	remembers bool      // ColdFractions, once they are asked for: several metrics ask
	fractions []float64 // those; nil if they are not known
}

// NodeMemory is the memory of the instances on a node, in MB, times the time, by their state.
type NodeMemory struct{ Running, Idle, Loading stats.Sum }

func (f *Functions) merge(other *Functions) {
	f.fractions = nil
	if f.Counts == nil {
		f.Memories = other.Memories
		f.Counts, f.Nodes, f.Bills = slices.Clone(other.Counts), slices.Clone(other.Nodes), slices.Clone(other.Bills)
	} else {
		for i := range other.Bills {
			f.Bills[i].Merge(&other.Bills[i])
		}
		for i, n := range other.Nodes {
			f.Nodes[i].Merge(n)
		}
		for i := range other.Counts {
			f.Counts[i].Merge(&other.Counts[i])
		}
	}
	f.Live.Merge(other.Live)
	f.Peak += other.Peak
	f.Periods += other.Periods
	f.Provisioned = other.Provisioned
	f.CanEvict = f.CanEvict || other.CanEvict
	f.CanUnload = f.CanUnload || other.CanUnload
	f.CanLoad = f.CanLoad || other.CanLoad
}

// join adds what was observed of other functions in the same period. Their largest memories may have been at
// different times, so that the largest of all is not known.
func (f *Functions) join(other *Functions) {
	live := f.Live
	f.merge(other)
	live.Join(other.Live)
	f.Live, f.Peak, f.Periods = live, 0, 0
}

func (f *Functions) subtract(other *Functions) {
	f.fractions = nil
	for i, n := range other.Nodes {
		f.Nodes[i].Subtract(n)
	}
	for i := range other.Counts {
		f.Counts[i].Subtract(&other.Counts[i])
	}
	for i := range other.Bills {
		f.Bills[i].Subtract(&other.Bills[i])
	}
	f.Live.Subtract(other.Live)
	f.Peak -= other.Peak
	f.Periods -= other.Periods
}

func (f *Functions) clone() Functions {
	c := *f
	c.Counts, c.Nodes, c.Bills = slices.Clone(f.Counts), slices.Clone(f.Nodes), slices.Clone(f.Bills)
	return c
}

// Add adds the instances of a function with so much memory each.
func (n *NodeMemory) Add(memory int64, c *FunctionCounts) {
	n.Running.MergeTimes(memory, c.Running)
	n.Idle.MergeTimes(memory, c.Idle)
	n.Loading.MergeTimes(memory, c.Loading)
}

// Merge adds the memory in another period.
func (n *NodeMemory) Merge(other NodeMemory) {
	n.Running.Merge(other.Running)
	n.Idle.Merge(other.Idle)
	n.Loading.Merge(other.Loading)
}

// Subtract undoes Merge.
func (n *NodeMemory) Subtract(other NodeMemory) {
	n.Running.Subtract(other.Running)
	n.Idle.Subtract(other.Idle)
	n.Loading.Subtract(other.Loading)
}

// restarted returns what a new period begins with.
func (f *Functions) restarted(at sim.Time) Functions {
	c := *f
	c.Counts, c.Nodes, c.Bills, c.fractions = nil, nil, nil, nil
	c.Live.Restart(at)
	return c
}

func (f *Functions) bytes() int64 {
	return int64(len(f.Counts))*int64(unsafe.Sizeof(FunctionCounts{})) + int64(len(f.Nodes))*int64(unsafe.Sizeof(NodeMemory{})) + int64(len(f.Bills))*int64(unsafe.Sizeof(FunctionBill{}))
}

// total adds up one of the counts over all functions.
func (f *Functions) total(of func(*FunctionCounts) int64) (n int64) {
	for i := range f.Counts {
		n += of(&f.Counts[i])
	}
	return n
}

// MegabyteSeconds returns the memory of a function's instances times the time, by state, in MB·s.
func (f *Functions) MegabyteSeconds(i int) (running, idle, loading float64) {
	c, m := &f.Counts[i], float64(f.Memories[i])
	return m * c.Running.Seconds(), m * c.Idle.Seconds(), m * c.Loading.Seconds()
}

// megabyteSeconds is the sum over all functions.
func (f *Functions) megabyteSeconds() (running, idle, loading float64) {
	for i := range f.Counts {
		r, k, l := f.MegabyteSeconds(i)
		running, idle, loading = running+r, idle+k, loading+l
	}
	return running, idle, loading
}

// Active returns the number of functions with an arrival.
func (f *Functions) Active() int {
	return int(f.total(func(c *FunctionCounts) int64 { return min(c.Arrivals, 1) }))
}

// ColdFractions returns cold starts / arrivals of each function with an arrival, in ascending order. Do not
// change them.
func (f *Functions) ColdFractions() []float64 {
	if f.fractions != nil {
		return f.fractions
	}
	fractions := make([]float64, 0, len(f.Counts))
	for i := range f.Counts {
		if c := &f.Counts[i]; c.Arrivals > 0 {
			fractions = append(fractions, float64(c.Cold)/float64(c.Arrivals))
		}
	}
	slices.Sort(fractions)
	if f.remembers {
		f.fractions = fractions
	}
	return fractions
}

// QuantileOf returns the p-quantile of values in ascending order, interpolated between the values
// at (n−1)p (type 7 of Hyndman and Fan, "Sample Quantiles in Statistical Packages", 1996).
func QuantileOf(values []float64, p float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	at := float64(len(values)-1) * p
	i := int(at)
	if i+1 >= len(values) {
		return values[len(values)-1]
	}
	return values[i] + (at-float64(i))*(values[i+1]-values[i])
}

// gigabyte is that many MB.
const gigabyte = 1024

// functionMetrics are the metrics of the catalogue for platforms of many functions.
func functionMetrics() []Metric {
	metrics := []Metric{
		coldFraction(ColdStartFractionP50, 0.50, "half"), coldFraction(ColdStartFractionP75, 0.75, "75 %"),
		coldFraction(ColdStartFractionP90, 0.90, "90 %"), coldFraction(ColdStartFractionP95, 0.95, "95 %"),
		{Name: AlwaysCold, Words: "functions that are always cold", Doc: "functions all of whose requests started cold / functions with an arrival", Unit: Probability,
			Roles: Charted, Traits: Many,
			Of: func(o *Observations) float64 {
				always := o.Functions.total(func(c *FunctionCounts) int64 {
					if c.Arrivals > 0 && c.Cold == c.Arrivals {
						return 1
					}
					return 0
				})
				return ratio(always, int64(o.Functions.Active()))
			}},
		memoryOf(Memory, "memory", "memory of all instances", func(running, idle, loading float64) float64 { return running + idle + loading }),
		memoryOf(MemoryRunning, "memory of running instances", "memory of instances with a request", func(running, _, _ float64) float64 { return running }),
		memoryOf(MemoryIdle, "memory of idle instances", "memory of instances that are ready and have no request", func(_, idle, _ float64) float64 { return idle }),
		memoryOf(MemoryLoading, "memory of loading instances", "memory of instances that are loaded ahead of a request", func(_, _, loading float64) float64 { return loading }),
		{Name: WastedMemory, Words: "wasted GB·s per million requests", Doc: "memory of idle and loading instances × time, per million served requests", Unit: GBSecondsPerMillion,
			Roles: Tabled | Charted, Traits: Many,
			Of: func(o *Observations) float64 {
				_, idle, loading := o.Functions.megabyteSeconds()
				return 1e6 * (idle + loading) / gigabyte / float64(o.Served())
			}},
		{Name: WastedShare, Words: "share of memory that is wasted", Doc: "memory of idle and loading instances / memory", Unit: Probability,
			Roles: Charted | TimeAverage, Traits: Many,
			Of: func(o *Observations) float64 {
				running, idle, loading := o.Functions.megabyteSeconds()
				return (idle + loading) / (running + idle + loading)
			}},
		{Name: MemoryPeak, Words: "largest memory", Doc: "largest memory of all instances at one time, averaged over replications", Unit: Megabytes, Roles: Charted, Traits: Many,
			Of: func(o *Observations) float64 { return ratio(o.Functions.Peak, o.Functions.Periods) }},
		perSecond(Evictions, Many, "instances evicted to make room for another", func(c *FunctionCounts) int64 { return c.Evicted }, func(o *Observations) bool { return o.Functions.CanEvict }),
		perSecond(Expirations, Keeping, "instances that reached their keep-alive", func(c *FunctionCounts) int64 { return c.Expired }, nil),
		perSecond(Unloads, Keeping, "instances unloaded until a load", func(c *FunctionCounts) int64 { return c.Unloaded }, func(o *Observations) bool { return o.Functions.CanUnload }),
		perSecond(Loads, Keeping, "instances loaded ahead of a request", func(c *FunctionCounts) int64 { return c.Loaded }, canLoad),
		perSecond(LoadSkips, Keeping, "loads for which there was no room", func(c *FunctionCounts) int64 { return c.LoadsSkipped }, canLoad),
		perSecond(UnusedLoads, Keeping, "loaded instances that ended without a request", func(c *FunctionCounts) int64 { return c.Unused }, canLoad),
		{Name: ActiveFunctions, Doc: "functions with an arrival", Unit: Count, Traits: Many,
			Of: func(o *Observations) float64 { return float64(o.Functions.Active()) }},
		{Name: LiveFunctions, Words: "mean functions with an instance", Doc: "functions with an instance, averaged over time", Unit: Count, Roles: Charted, Traits: Many,
			Of: func(o *Observations) float64 { return o.Functions.Live.Mean() }},
	}
	return metrics
}

func coldFraction(name string, p float64, share string) Metric {
	m := Metric{Name: name, Words: "cold starts, function at " + share, Doc: "cold starts / arrivals, which " + share + " of the functions do not exceed", Unit: Probability, Roles: Charted, Traits: Many,
		Of: func(o *Observations) float64 { return QuantileOf(o.Functions.ColdFractions(), p) }}
	if p == 0.75 {
		m.Roles |= Tabled
	}
	return m
}

func memoryOf(name, words, doc string, of func(running, idle, loading float64) float64) Metric {
	m := Metric{Name: name, Words: words, Doc: doc + ", averaged over time", Unit: Megabytes, Roles: Charted, Traits: Many,
		Of: func(o *Observations) float64 { return of(o.Functions.megabyteSeconds()) / o.Span.Seconds() }}
	switch name {
	case Memory:
		m.Roles |= Tabled
	case MemoryLoading:
		m.Possible = func(o *Observations) bool { return o.Functions.CanLoad }
	}
	return m
}

func canLoad(o *Observations) bool { return o.Functions.CanLoad }

func perSecond(name string, traits Traits, doc string, count func(*FunctionCounts) int64, possible func(*Observations) bool) Metric {
	return Metric{Name: name, Doc: doc + ", per second", Unit: PerSecond, Traits: traits, Possible: possible,
		Of: func(o *Observations) float64 { return float64(o.Functions.total(count)) / o.Span.Seconds() },
		Unseen: func(o *Observations) float64 {
			if possible != nil && !possible(o) {
				return 0
			}
			return unseenCompletions(o)
		}}
}

package cluster

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/sim"
	"faaslab/sim/stats"
)

// minutes and seconds of virtual time.
func minutes(m float64) sim.Time { return sim.FromSeconds(60 * m) }
func seconds(s float64) sim.Time { return sim.FromSeconds(s) }

// one is a node without limits.
func one(functions ...Function) Config {
	return Config{Functions: functions, Nodes: 1, Memory: Unlimited, MaxInstances: platform.Unlimited, KeepAlive: Fixed(sim.Never), QueueTimeout: sim.Never}
}

// run simulates to a time, or to the last request, and returns the log.
func run(t *testing.T, config Config, replication int, until sim.Time) (*Cluster, []LoggedRequest) {
	t.Helper()
	c, err := New(config, 1, replication)
	require.NoError(t, err)
	var log []LoggedRequest
	c.Log = func(r LoggedRequest) { log = append(log, r) }
	require.NoError(t, c.Run(until))
	c.check(c.Now())
	return c, log
}

func outcomes(log []LoggedRequest) string {
	var words []string
	for _, r := range log {
		words = append(words, fmt.Sprintf("%s %d", r.Outcome, r.Instance))
	}
	return strings.Join(words, ", ")
}

// By hand: one function, whose idle times become short while it is asked for, and then very long.
func TestTheHistogramByHand(t *testing.T) {
	var rows []Request
	for _, m := range []float64{10, 40, 70, 101, 130, 131, 160, 420, 450} {
		rows = append(rows, Request{Arrival: minutes(m), Service: seconds(30)})
	}
	config := one(Function{Name: "f", Memory: 128, Startup: dist.Constant{Value: 2}})
	// One more request that is rejected, so that the run goes on to 460 minutes.
	config.Functions = append(config.Functions, Function{Name: "late", Memory: 1 << 40, Startup: dist.Constant{}})
	config.Memory = 1 << 30
	rows = append(rows, Request{Arrival: minutes(460), Function: 1})
	config.Requests, config.KeepAlive = recorded(rows), NewHistogram()
	c, log := run(t, config, 0, sim.Never)
	assert.Equal(t, "cold 1, warm 1, warm 2, warm 3, warm 4, cold 5, warm 5, cold 6, warm 6, rejected 0", outcomes(log))
	k, _ := c.Function(0)
	const mb = 128
	assert.EqualValues(t, 1_083_648_000_000_000, int64(math.Round(k.Idle.Seconds()*1e9))*mb)
	assert.EqualValues(t, 768_000_000_000, int64(math.Round(k.Loading.Seconds()*1e9))*mb)
	assert.EqualValues(t, 35_328_000_000_000, int64(math.Round(k.Running.Seconds()*1e9))*mb)
	assert.EqualValues(t, 4, k.Unloaded)
	assert.EqualValues(t, 3, k.Loaded)
}

// By hand: three functions and room for two or three instances.
func TestGreedyDualByHand(t *testing.T) {
	config := one(Function{Name: "A", Memory: 100, Startup: dist.Constant{Value: 1}}, Function{Name: "B", Memory: 200, Startup: dist.Constant{Value: 1}},
		Function{Name: "C", Memory: 100, Startup: dist.Constant{Value: 3}})
	config.Memory = 300
	for eviction, want := range map[Eviction]string{
		GreedyDual: "cold cold warm cold cold cold warm warm warm cold warm warm",
		LRU:        "cold cold warm cold cold cold cold warm warm cold warm cold",
	} {
		var rows []Request
		for i, f := range "ABACBACCABBC" {
			rows = append(rows, Request{Arrival: seconds(10 * float64(i+1)), Function: int(f - 'A'), Service: seconds(0.1)})
		}
		config.Evict, config.Requests = eviction, recorded(rows)
		_, log := run(t, config, 0, sim.Never)
		var got []string
		for _, r := range log {
			got = append(got, r.Outcome.String())
		}
		assert.Equal(t, want, strings.Join(got, " "), eviction.String())
	}
}

// mean estimates a number over replications, and requires that the exact value is near: four standard
// errors, which a right simulation misses once in thousands of times.
func mean(t *testing.T, exact, resolved float64, what string, of func(replication int) float64) {
	t.Helper()
	if testing.Short() {
		t.Skip("a law takes a second or two")
	}
	var tally stats.Tally
	for r := range 20 {
		tally.Add(of(r))
	}
	e := math.Sqrt(tally.Variance() / 20)
	assert.InDelta(t, exact, tally.Mean(), 4*e+1e-12, what)
	assert.LessOrEqual(t, 4*e, resolved, "%s: too few requests to see a difference", what)
}

func coldShare(c *Cluster) float64 {
	return float64(c.observed.Cold) / float64(c.observed.Arrivals)
}

// brief is a service that takes no time to speak of.
var brief = dist.Constant{Value: 1e-6}

func poisson(gap float64) dist.Arrivals { return dist.Poisson{PerSecond: 1 / gap} }

// A keep-alive with services that take no time is a cache with a time to live: a request is cold
// with the probability of a gap beyond it.
func TestAKeepAliveIsACacheWithATimeToLive(t *testing.T) {
	for _, gap := range []float64{60, 300, 600, 1800} {
		config := one(Function{Name: "f", Memory: 1, Arrivals: poisson(gap), Warm: brief, Startup: dist.Constant{}})
		config.KeepAlive = Fixed(minutes(10))
		if gap == 60 {
			config.KeepAlive = Fixed(minutes(3))
		}
		exact := math.Exp(-config.KeepAlive.Standard().End.Seconds() / gap)
		mean(t, exact, 0.03, fmt.Sprint("a gap of ", gap), func(r int) float64 {
			c, _ := run(t, config, r, seconds(5000*gap))
			return coldShare(c)
		})
	}
	for gap, want := range map[float64]int64{599: 1, 600: 1, 601: 100} { // an arrival at the end of the keep-alive is warm
		config := one(Function{Name: "f", Memory: 1, Arrivals: dist.Renewal{Gap: dist.Constant{Value: gap}}, Warm: dist.Constant{}, Startup: dist.Constant{}})
		config.KeepAlive = Fixed(minutes(10))
		c, _ := run(t, config, 0, seconds(100*gap))
		assert.Equal(t, want, c.observed.Cold, "a gap of %g s", gap)
	}
}

// Requests that go to K nodes in turn, or at random.
func TestPlacementThinsArrivals(t *testing.T) {
	for _, c := range []struct {
		nodes            int
		inTurn, atRandom float64
	}{{1, 0.006737947, 0.006737947}, {2, 0.040427682, 0.0820849986}, {4, 0.265025915, 0.286504797}, {10, 0.968171943, 0.60653066}} {
		config := one(Function{Name: "f", Memory: 1, Arrivals: poisson(60), Warm: brief, Startup: dist.Constant{}})
		config.KeepAlive, config.Nodes = Fixed(minutes(5)), c.nodes
		for placement, exact := range map[Placement]float64{RoundRobin: c.inTurn, RandomNode: c.atRandom, Hash: 0.006737947} {
			config.Placement = placement
			mean(t, exact, 0.02, fmt.Sprint(c.nodes, " nodes, ", placement), func(r int) float64 {
				c, _ := run(t, config, r, seconds(60*5000))
				return coldShare(c)
			})
		}
	}
}

// zipf returns n functions with rates in proportion to 1/i^exponent, of one request a second in all.
func zipf(n int, exponent float64) []Function {
	total := 0.0
	for i := range n {
		total += math.Pow(float64(i+1), -exponent)
	}
	var all []Function
	for i := range n {
		all = append(all, Function{Name: fmt.Sprint(i), Memory: 1, Arrivals: dist.Poisson{PerSecond: math.Pow(float64(i+1), -exponent) / total}, Warm: brief, Startup: dist.Constant{}})
	}
	return all
}

// King's formula for the misses of LRU (1971), and the product form of random eviction (Gelenbe,
// 1973), where instances never expire and services take no time.
func TestEvictionIsCaching(t *testing.T) {
	for _, c := range []struct {
		n, room  int
		exponent float64
		evict    Eviction
		exact    float64
	}{
		{6, 3, 1, LRU, 0.362184972}, {6, 1, 1, LRU, 0.751538711}, {8, 4, 0.8, LRU, 0.39095852}, {10, 3, 0.8, LRU, 0.592163213},
		{6, 3, 1, GreedyDual, 0.362184972}, // no start-up costs: it is LRU
		{6, 3, 1, RandomEviction, 0.388726919},
	} {
		config := one(zipf(c.n, c.exponent)...)
		config.Evict = c.evict
		for _, limit := range []string{"memory", "instances"} {
			config.Memory, config.MaxInstances = Unlimited, platform.Unlimited
			if limit == "memory" {
				config.Memory = int64(c.room)
			} else {
				config.MaxInstances = c.room
			}
			mean(t, c.exact, 0.02, fmt.Sprint(c.n, " functions, room for ", c.room, ", ", c.evict, ", ", limit), func(r int) float64 {
				c, _ := run(t, config, r, seconds(10_000))
				return coldShare(c)
			})
		}
	}
}

// Requests at equal distances: the histogram learns the first one, and is right from then on.
func TestTheHistogramLearnsAPeriod(t *testing.T) {
	forecasting := NewHistogram()
	forecasting.Forecast = 10
	for _, c := range []struct {
		period float64
		policy KeepAlive
		cold   int64
		idle   float64 // minutes
	}{
		{30, NewHistogram(), 1, 627}, {1, NewHistogram(), 1, 20.9}, {7, NewHistogram(), 1, 146.3}, {239, NewHistogram(), 1, 4995.1},
		{30, Fixed(minutes(10)), 201, 2000}, {30, Fixed(minutes(60)), 1, 6000},
		{300, NewHistogram(), 201, 48000}, {300, forecasting, 2, 9195},
	} {
		var rows []Request
		for i := range 201 {
			rows = append(rows, Request{Arrival: minutes(c.period * float64(i+1))})
		}
		config := one(Function{Name: "f", Memory: 1, Startup: dist.Constant{}})
		config.KeepAlive, config.Requests = c.policy, recorded(rows)
		cluster, _ := run(t, config, 0, sim.Never)
		k, _ := cluster.Function(0)
		assert.Equal(t, c.cold, k.Cold, "every %g minutes, %s", c.period, c.policy)
		assert.InDelta(t, c.idle, k.Idle.Seconds()/60, 1e-6, "every %g minutes, %s", c.period, c.policy)
	}
}

// Poisson arrivals, in the long run: the window of the histogram is that of the exponential law.
func TestTheHistogramOnPoissonArrivals(t *testing.T) {
	for _, c := range []struct{ gap, cold float64 }{{1, 0.00408677144}, {12, 0.00589687144}, {23, 0.0446598806}, {45, 0.00482794999}} {
		config := one(Function{Name: "f", Memory: 1, Arrivals: poisson(60 * c.gap), Warm: brief, Startup: dist.Constant{}})
		config.KeepAlive = NewHistogram()
		mean(t, c.cold, 0.005, fmt.Sprint("a gap of ", c.gap, " minutes"), func(r int) float64 {
			cluster, err := New(config, 1, r)
			require.NoError(t, err)
			require.NoError(t, cluster.Run(minutes(20_000*c.gap)))
			cold, arrivals := cluster.observed.Cold, cluster.observed.Arrivals
			require.NoError(t, cluster.Run(minutes(30_000*c.gap)))
			return float64(cluster.observed.Cold-cold) / float64(cluster.observed.Arrivals-arrivals)
		})
	}
}

// Instances that are there before they are asked for, with a keep-alive of 0, load 3.
func TestInstancesThatAreThere(t *testing.T) {
	base := Function{Name: "f", Memory: 1, Arrivals: dist.Poisson{PerSecond: 2}, Warm: dist.Exponential{Mean: 1.5}, Startup: dist.Constant{}}
	type expected struct{ cold, instances float64 }
	for n, want := range map[int]expected{0: {1, 3}, 1: {0.950212932, 3.04978707}, 3: {0.576809919, 3.67212542}, 5: {0.184736755, 5.13462056}} {
		f := base
		f.MinInstances = n
		kept(t, f, fmt.Sprint("at least ", n), want.cold, want.instances)
	}
	for n, want := range map[int]expected{1: {0.75, 7}, 3: {0.346153846, 5.76923077}, 5: {0.110054348, 5.88043478}} {
		f := base
		f.Provisioned, f.Startup = n, dist.Exponential{Mean: 2.5} // a cold start takes 4 s
		kept(t, f, fmt.Sprint("provisioned ", n), want.cold, want.instances)
	}
	for n, cold := range map[int]float64{1: 0.615384615, 2: 0.329896907, 4: 0.0564685122} {
		f := base
		f.Spare, f.Startup = n, dist.Constant{Value: 0.8}
		kept(t, f, fmt.Sprint("spare ", n), cold, math.NaN())
	}
}

func kept(t *testing.T, f Function, what string, cold, instances float64) {
	config := one(f)
	config.KeepAlive = Fixed(0)
	mean(t, cold, 0.02, what+": cold", func(r int) float64 {
		c, _ := run(t, config, r, seconds(3000))
		return coldShare(c)
	})
	if !math.IsNaN(instances) {
		mean(t, instances, 0.2, what+": instances", func(r int) float64 {
			c, _ := run(t, config, r, seconds(3000))
			k, _ := c.Function(0)
			return (k.Running.Seconds() + k.Idle.Seconds() + k.Loading.Seconds()) / 3000
		})
	}
}

// The multirate loss system (Kaufman 1981, Roberts 1981), insensitive to the service. And idle memory
// is never in the way: whatever the keep-alive and the eviction, the same requests are rejected.
func TestMemoryIsAMultirateLossSystem(t *testing.T) {
	config := one(
		Function{Name: "small", Memory: 128, Arrivals: dist.Poisson{PerSecond: 3}, Warm: dist.Exponential{Mean: 1}, Startup: dist.Constant{}},
		Function{Name: "medium", Memory: 256, Arrivals: dist.Poisson{PerSecond: 1}, Warm: dist.Constant{Value: 2}, Startup: dist.Constant{}},
		Function{Name: "large", Memory: 512, Arrivals: dist.Poisson{PerSecond: 0.4}, Warm: dist.Erlang{K: 2, Mean: 1.5}, Startup: dist.Constant{}})
	config.Memory, config.KeepAlive = 1536, Fixed(0)
	for f, exact := range []float64{0.0828673609, 0.178366259, 0.39901085} {
		mean(t, exact, 0.03, config.Functions[f].Name, func(r int) float64 {
			c, _ := run(t, config, r, seconds(5000))
			k, _ := c.Function(f)
			return float64(k.Rejected) / float64(k.Arrivals)
		})
	}
	_, want := run(t, config, 0, seconds(2000))
	for _, other := range []struct {
		keepAlive KeepAlive
		evict     Eviction
	}{{Fixed(sim.Never), LRU}, {Fixed(sim.Never), GreedyDual}, {Fixed(seconds(5)), LRU}, {Fixed(seconds(5)), RandomEviction}} {
		config.KeepAlive, config.Evict = other.keepAlive, other.evict
		_, got := run(t, config, 0, seconds(2000))
		require.Equal(t, len(want), len(got))
		for i := range want {
			require.Equal(t, want[i].Outcome == platform.OutcomeRejected, got[i].Outcome == platform.OutcomeRejected, "request %d, %v", i, other)
		}
	}
}

// Functions that do not share memory do not know of each other: each one's log is that of the
// function alone, but for the numbers of instances. Alone, it keeps its place in the list.
func TestFunctionsWithoutALimitDoNotKnowOfEachOther(t *testing.T) {
	for _, policy := range []KeepAlive{Fixed(seconds(30)), NewHistogram()} {
		config := one(zipf(12, 1)...)
		config.KeepAlive = policy
		for i := range config.Functions {
			config.Functions[i].Warm, config.Functions[i].Startup = dist.Exponential{Mean: 2}, dist.Lognormal{Mean: 1, CV: 1}
		}
		_, all := run(t, config, 0, seconds(5000))
		for f := range config.Functions {
			alone := one(make([]Function, 12)...)
			for i := range alone.Functions {
				alone.Functions[i] = Function{Name: "silent", Memory: 1, Startup: dist.Constant{}}
			}
			alone.Functions[f] = config.Functions[f]
			alone.KeepAlive = policy
			_, want := run(t, alone, 0, seconds(5000))
			i := 0
			for _, r := range all {
				if int(r.Function) == f {
					r.Number, r.Request.Number, r.Instance = want[i].Number, want[i].Request.Number, want[i].Instance
					require.Equal(t, want[i], r)
					i++
				}
			}
			require.Len(t, want, i)
		}
	}
}

// All times twice as long and all memory three times as large: the same outcomes.
func TestOutcomesScale(t *testing.T) {
	outcome := func(times, memory int64, evict Eviction) (all []platform.Outcome) {
		config := one()
		for i := range 20 {
			config.Functions = append(config.Functions, Function{Name: fmt.Sprint(i), Memory: memory * int64(50+10*i), Startup: dist.Constant{Value: float64(times) * float64(1+i%3)}})
		}
		config.Memory, config.Evict = 2000*memory, evict
		var rows []Request
		at := int64(0)
		for i := range int64(5000) {
			at += 1_000_000 * (i * i % 997)
			rows = append(rows, Request{Arrival: sim.Time(at * times), Function: int(i * i * i % 20), Service: sim.Time(times * 1_000_000 * (i % 1500))})
		}
		config.Requests = recorded(rows)
		_, log := run(t, config, 0, sim.Never)
		for _, r := range log {
			all = append(all, r.Outcome)
		}
		return all
	}
	for _, evict := range []Eviction{LRU, GreedyDual} {
		want := outcome(1, 1, evict)
		require.Contains(t, want, platform.OutcomeRejected)
		require.Equal(t, want, outcome(2, 3, evict), evict.String())
	}
}

// More memory never makes a request cold under LRU with equal sizes and services that take no time,
// and neither does a longer keep-alive without a limit.
func TestMoreIsNeverColder(t *testing.T) {
	cold := func(change func(*Config)) (all []bool) {
		config := one(zipf(30, 0.8)...)
		for i := range config.Functions {
			config.Functions[i].Warm = dist.Constant{}
		}
		change(&config)
		_, log := run(t, config, 0, seconds(20_000))
		for _, r := range log {
			all = append(all, r.Outcome == platform.OutcomeCold)
		}
		return all
	}
	never := func(less, more []bool, what string) {
		require.Equal(t, len(less), len(more))
		gained := 0
		for i := range less {
			require.False(t, more[i] && !less[i], "%s: request %d", what, i)
			if less[i] && !more[i] {
				gained++
			}
		}
		require.Positive(t, gained, what)
	}
	for room := range int64(8) {
		never(cold(func(c *Config) { c.Memory = room + 1 }), cold(func(c *Config) { c.Memory = room + 2 }), fmt.Sprint("room for ", room+2))
	}
	for _, keep := range []float64{1, 10, 100} {
		never(cold(func(c *Config) { c.KeepAlive = Fixed(seconds(keep)) }), cold(func(c *Config) { c.KeepAlive = Fixed(seconds(2 * keep)) }), fmt.Sprint(keep, " s"))
	}
}

// Functions that share one core are an M/G/1 queue under processor sharing: a request of service time
// x takes x/(1 − ρ) on average, whatever the laws of the service times, and the number of running
// instances is geometric (Kleinrock, Queueing Systems II, 1976, section 4.4). A cold start that costs
// nothing changes nothing, and start-ups that take CPU are work like any other.
func TestFunctionsOnACoreArePSAndInsensitive(t *testing.T) {
	config := one(
		Function{Name: "spread", Memory: 1, Arrivals: dist.Poisson{PerSecond: 2}, Warm: dist.Hyperexponential{Mean: 0.1, CV: 3}, Startup: dist.Constant{}},
		Function{Name: "constant", Memory: 1, Arrivals: dist.Poisson{PerSecond: 1}, Warm: dist.Constant{Value: 0.3}, Startup: dist.Constant{}},
		Function{Name: "cold", Memory: 1, Arrivals: dist.Poisson{PerSecond: 0.5}, Warm: dist.Exponential{Mean: 0.1}, Startup: dist.Erlang{K: 2, Mean: 0.1}, KeepAlive: Fixed(0)})
	config.Cores, config.StartupCPU = platform.Cores{Physical: 1}, 1
	const load = 0.2 + 0.3 + 0.1
	var clusters []*Cluster
	for r := range 20 {
		if testing.Short() {
			t.Skip("a law takes a second or two")
		}
		c, _ := run(t, config, r, seconds(20_000))
		clusters = append(clusters, c)
	}
	for f, service := range []float64{0.1, 0.3, 0.2} {
		mean(t, service/(1-load), 0.04, config.Functions[f].Name, func(r int) float64 {
			k, _ := clusters[r].Function(f)
			return k.Response.Seconds() / float64(k.Served())
		})
	}
	for n := range 4 {
		mean(t, (1-load)*math.Pow(load, float64(n)), 0.01, fmt.Sprintf("%d running", n), func(r int) float64 {
			o := clusters[r].Observations()
			return o.Running.Probabilities()[n]
		})
	}
}

// A node's cores are its own: functions of other nodes do not slow its instances, and hash keeps each
// function to one node, so that each node is a queue by itself.
func TestNodesDoNotShareCores(t *testing.T) {
	config := one(zipf(8, 0)...)
	for f := range config.Functions {
		config.Functions[f].Arrivals, config.Functions[f].Warm, config.Functions[f].Startup = dist.Poisson{PerSecond: 1}, dist.Exponential{Mean: 0.3}, dist.Constant{Value: 0.2}
	}
	config.Cores, config.StartupCPU, config.Nodes = platform.Cores{Physical: 1}, 0.5, 3
	_, all := run(t, config, 0, seconds(500))
	for node := range config.Nodes {
		part := config
		part.Shard = &Shard{Mine: func(f int) bool { return config.Home(f) == node }}
		_, alone := run(t, part, 0, seconds(500))
		var there []platform.Request
		for _, r := range all {
			if int(r.Node) == node {
				r.Request.Number, r.Request.Instance = 0, 0
				there = append(there, r.Request)
			}
		}
		require.Len(t, alone, len(there))
		for i, r := range alone {
			r.Request.Number, r.Request.Instance = 0, 0
			require.Equal(t, there[i], r.Request)
		}
		require.NotEmpty(t, there)
	}
}

// In turn, the first requests of many functions are spread over the nodes, as rare functions have no others.
func TestFirstRequestsInTurnAreSpread(t *testing.T) {
	const functions, nodes = 10_000, 10
	p := newPlacer(&Config{Nodes: nodes, Placement: RoundRobin}, 1, 0)
	var first [nodes]int
	for f := range uint32(functions) {
		at := p.place(nil, &arrival{function: f})
		first[at]++
		for own := range uint64(2 * nodes) {
			require.EqualValues(t, (uint64(at)+own)%nodes, p.place(nil, &arrival{function: f, own: own}))
		}
	}
	for n, got := range first {
		assert.InDelta(t, functions/nodes, got, 4.5*math.Sqrt(functions*0.1*0.9), "node %d", n)
	}
}

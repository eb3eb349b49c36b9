package autoscaler

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/pool"
	"faaslab/platform/scaling"
	"faaslab/sim"
	"faaslab/sim/tests"
)

// Three instances of four places are twelve servers: M/M/12.
func TestFixedInstancesAreAQueueOfTheirPlaces(t *testing.T) {
	tests.Slow(t)
	config := knative(4, 2.8)
	config.Warm, config.Startup = dist.Exponential{Mean: 1}, dist.Constant{Value: 3}
	config.MinInstances, config.MaxInstances, config.InitialReady = 3, 3, 3
	for _, routing := range []Routing{First, RoundRobin, TwoChoices, LeastLoaded, Random} {
		config.Routing = routing
		observed := replicate(t, 8, config, dist.Poisson{PerSecond: 10}, 200, 3000)
		holds(t, observed, "waiting probability", 0.449388, 0.05, of(t, platform.WaitingProbability))
		holds(t, observed, "waiting time", 0.224694, 0.06, of(t, platform.WaitingTime))
		holds(t, observed, "queue", 2.24694, 0.6, of(t, platform.QueueLength))
		holds(t, observed, "utilization", 10/12., 0.02, of(t, platform.Utilization))
		holds(t, observed, "ready", 3, 1e-9, of(t, platform.Ready))
	}
	config.Routing = First
	var beyond int64
	var served int64
	for r := range 16 {
		f, err := New(config, dist.Poisson{PerSecond: 10}, 2, r)
		require.NoError(t, err)
		f.Limit(nil, []sim.Time{sim.Second})
		require.NoError(t, f.Run(4000*sim.Second))
		o := f.Observations()
		beyond, served = beyond+o.Waits.Above(sim.Second), served+o.Served()
	}
	assert.InDelta(t, 0.060818, float64(beyond)/float64(served), 0.004, "waits of more than a second")
}

// Started full, two instances of five places that turn requests away are Erlang's loss system, whatever the
// law of service.
func TestPlacesThatTurnAwayAreErlangsLossSystem(t *testing.T) {
	tests.Slow(t)
	for _, notation := range []string{"exponential(mean=1s)", "constant(1s)", "lognormal(mean=1s, cv=2)"} {
		for _, binding := range []Binding{Late, Early} {
			config := Config{Concurrency: 5, MaxInstances: 2, InitialReady: 2, QueueTimeout: sim.Never, Warm: law(t, notation), Startup: dist.Constant{Value: 2},
				OnDemand: OnDemand{KeepAlive: sim.Never, Reject: true, Binding: binding}}
			observed := replicate(t, 8, config, dist.Poisson{PerSecond: 8}, 100, 3000)
			holds(t, observed, notation, 0.121661, 0.015, of(t, platform.RejectionProbability))
		}
	}
}

// Without a limit on places nobody waits at a ready instance: M/G/∞.
func TestUnlimitedPlacesAreInfinitelyManyServers(t *testing.T) {
	tests.Slow(t)
	for _, notation := range []string{"exponential(mean=1s)", "lognormal(mean=1s, cv=2)"} {
		config := knative(platform.Unlimited, 4)
		config.Warm, config.Startup, config.MinInstances = law(t, notation), dist.Constant{Value: 3}, 1
		observed := replicate(t, 8, config, dist.Poisson{PerSecond: 6}, 200, 3000)
		holds(t, observed, "response", 1, 0.05, of(t, platform.ResponseTime))
		holds(t, observed, "in service", 6, 0.3, of(t, platform.InService))
		poisson := math.Exp(-6)
		for n := range 12 {
			holds(t, observed, fmt.Sprint(n, " in service"), poisson, 0.02, func(o *platform.Observations) float64 { return o.Scaling.Present.Probabilities()[n] })
			poisson *= 6 / float64(n+1)
		}
		for i := range observed {
			assert.Zero(t, observed[i].Waited)
		}
	}
}

// calm is a rule without panic.
func calm(target float64) scaling.Rule {
	r := scaling.Knative(target)
	r.PanicWindow = 0
	return r
}

// By arrivals per second, the number wanted is that of a Poisson count in the window.
func TestScalingByRequestsCountsArrivalsInTheWindow(t *testing.T) {
	tests.Slow(t)
	for _, c := range []struct{ rate, target, exact float64 }{{28, 7, 4.493512}, {10, 3, 3.993132}, {5, 1.4, 4.016468}, {30, 7, 4.997778}} {
		config := knative(platform.Unlimited, c.target)
		config.Warm, config.Startup, config.MinInstances = dist.Exponential{Mean: 0.2}, dist.Constant{Value: 3}, 1
		config.Scaling = &Scaling{Metric: Requests, Rule: calm(c.target)}
		observed := replicate(t, 8, config, dist.Poisson{PerSecond: c.rate}, 200, 5000)
		holds(t, observed, "desired", c.exact, 0.08, of(t, platform.Desired))
		holds(t, observed, "starting + ready", c.exact, 0.08, func(o *platform.Observations) float64 { return o.Scaling.Starting.Mean() + o.Scaling.Ready.Mean() })
	}
}

// By concurrency, the average over a window is a compound Poisson sum.
func TestScalingByConcurrencyAveragesItOverTheWindow(t *testing.T) {
	tests.Slow(t)
	// Of exponential service of mean 1 s as well: by model.PresentInWindow of faaslab/validate.
	for _, c := range []struct {
		rate, exact float64
		warm        dist.Distribution
	}{{27, 4.068133, dist.Constant{Value: 1}}, {20, 3.042049, dist.Constant{Value: 1}}, {26, 4.001294, dist.Constant{Value: 1}}, {26, 4.016378, dist.Exponential{Mean: 1}}} {
		config := knative(platform.Unlimited, 7)
		config.Warm, config.Startup, config.MinInstances = c.warm, dist.Constant{Value: 3}, 1
		config.Scaling = &Scaling{Rule: calm(7)}
		observed := replicate(t, 8, config, dist.Poisson{PerSecond: c.rate}, 200, 5000)
		holds(t, observed, "desired", c.exact, 0.05, of(t, platform.Desired))
	}
}

// A rare service goes to zero between its requests.
func TestARareServiceGoesToZero(t *testing.T) {
	tests.Slow(t)
	config := knative(platform.Unlimited, 70)
	config.Warm, config.Startup = dist.Constant{Value: 1}, dist.Constant{Value: 2}
	observed := replicate(t, 16, config, dist.Poisson{PerSecond: 0.01}, 1000, 150_000)
	holds(t, observed, "starts per 1,000", 532.227, 20, of(t, platform.Starts))
	holds(t, observed, "cold", 0.542872, 0.02, of(t, platform.ColdStartProbability))
	holds(t, observed, "instances", 0.467773, 0.02, of(t, platform.Instances))
	holds(t, observed, "waiting time", 1.075099, 0.04, of(t, platform.WaitingTime))
}

// One request into nothing, by hand: two instances and panic; one goes at 72 s, the other at 76 s.
func TestOneRequestIntoNothing(t *testing.T) {
	config := knative(1, 0.7)
	config.InitialReady, config.Warm, config.Startup = 0, dist.Constant{Value: 1}, dist.Constant{Value: 3}
	f, log, decisions := run(t, config, at(10.3), 200*sim.Second)
	require.Len(t, log, 1)
	assert.Equal(t, 4*sim.Second, log[0].Completion-log[0].Arrival)
	assert.Equal(t, platform.OutcomeCold, log[0].Outcome)
	o := f.Observations()
	assert.Equal(t, 127.4, o.Instances.Area())
	assert.EqualValues(t, 2, o.Scaling.Started)
	assert.Equal(t, seconds(10.3), decisions[0].Time)
	assert.Equal(t, 2, decisions[0].Desired)
	assert.True(t, decisions[0].Panicking)
	for _, d := range decisions {
		want := map[bool]int{true: 2, false: 1}[d.Time < 72*sim.Second]
		if d.Time >= 76*sim.Second { // the last report is that of the second up to 15 s
			want = 0
		}
		assert.Equal(t, want, d.Desired, "%v", d.Time)
	}
}

// A hundred requests at once into nothing, at most twice as many instances at each evaluation.
func TestABurstIntoNothing(t *testing.T) {
	config := knative(1, 1)
	config.Scaling.Rule.MaxUp = 2
	config.InitialReady, config.Warm, config.Startup = 0, dist.Constant{Value: 100}, dist.Constant{Value: 1}
	times := make([]float64, 100)
	for i := range times {
		times[i] = 10
	}
	_, _, decisions := run(t, config, at(times...), 24*sim.Second)
	want := []int{1, 1, 2, 4, 8, 16, 32, 64, 100}
	stable := []float64{1, 1, 67, 80.2, 85.857143, 89, 91, 92.384615, 93.4}
	require.Len(t, decisions, len(want))
	for i, d := range decisions {
		assert.Equal(t, want[i], d.Desired, "decision %d", i)
		assert.InDelta(t, stable[i], d.Stable, 5e-7, "decision %d", i)
	}
}

// A staircase of arrivals, by hand, decision by decision.
func TestAStaircase(t *testing.T) {
	config := knative(platform.Unlimited, 4)
	config.Warm, config.Startup = dist.Constant{Value: 1}, dist.Constant{Value: 3}
	var times []float64
	for k := 1; k <= 1200; k++ {
		times = append(times, float64(k)/10)
	}
	for j := 1; j <= 1800; j++ {
		times = append(times, 120+float64(j)/30)
	}
	f, _, decisions := run(t, config, at(append(times, 330)...), 260*sim.Second)
	var want []int
	for _, step := range [][2]int{{2, 2}, {3, 59}, {6, 1}, {8, 31}, {7, 3}, {6, 4}, {5, 4}, {4, 4}, {3, 4}, {2, 4}, {1, 4}, {0, 10}} {
		for range step[1] {
			want = append(want, step[0])
		}
	}
	readyAt := map[int]int{2: 1, 4: 1, 6: 2, 8: 2, 10: 3, 120: 3, 122: 3, 124: 3, 126: 3, 128: 6, 130: 8, 188: 8, 242: 1}
	stableAt := func(at float64) float64 {
		switch {
		case at == 2:
			return 5
		case at == 4:
			return 7
		case at == 6:
			return 7.857143
		case at <= 58:
			return (5 + 10*(at-1)) / (at + 1)
		case at == 60:
			return 9.9
		case at <= 120:
			return 10
		case at <= 180:
			return 59/6. + (at-120)/3
		}
		return 29.258333 - (at-182)/2*1
	}
	require.GreaterOrEqual(t, len(decisions), 121)
	for i, d := range decisions[:121] {
		second := float64(2 * (i + 1))
		require.Equal(t, seconds(second), d.Time)
		assert.Equal(t, want[i], d.Desired, "at %v s", second)
		if n, ok := readyAt[int(second)]; ok {
			assert.Equal(t, n, d.Ready, "ready at %v s", second)
		}
		if second <= 182 {
			assert.InDelta(t, stableAt(second), d.Stable, 1e-6, "stable at %v s", second)
		}
		assert.Equal(t, second <= 64 || second >= 124 && second <= 186, d.Panicking, "panic at %v s", second)
	}
	for second, short := range map[int]float64{2: 5, 4: 7, 6: 9, 120: 10, 122: 15, 124: 21.666667, 126: 28.333333, 128: 30, 180: 30, 182: 22.583333, 184: 12.583333, 186: 2.583333, 188: 0} {
		assert.InDelta(t, short, decisions[second/2-1].Panic, 1e-6, "panic average at %d s", second)
	}
	o := f.Observations()
	assert.Equal(t, 0, o.Instances.Count(), "the last instance goes at 242 s")
	assert.EqualValues(t, len(want), o.Scaling.Evaluated, "those of the service at rest are counted")
}

// Each instance with a core of its own and random routing is a queue M/G/1 with processor sharing.
func TestInstancesWithACoreOfTheirOwnShareIt(t *testing.T) {
	tests.Slow(t)
	for _, notation := range []string{"exponential(mean=1s)", "lognormal(mean=1s, cv=1.5)"} {
		config := knative(platform.Unlimited, 70)
		config.Warm, config.Startup = law(t, notation), dist.Constant{Value: 3}
		config.MinInstances, config.MaxInstances, config.InitialReady = 4, 4, 4
		config.InstanceCores, config.Routing = 1, Random
		observed := replicate(t, 12, config, dist.Poisson{PerSecond: 2}, 500, 10_000)
		holds(t, observed, "response", 2, 0.2, of(t, platform.ResponseTime))
		holds(t, observed, "in service", 4, 0.3, of(t, platform.InService))
		holds(t, observed, "instances with a request", 2, 0.05, of(t, platform.Running))
	}
}

// Little's law holds for what waits, is served and starts.
func TestLittlesLaw(t *testing.T) {
	config := knative(2, 1.4)
	config.Warm, config.Startup = dist.Exponential{Mean: 1}, dist.Constant{Value: 3}
	config.Scaling.Rule.MaxDown = math.Inf(1)
	f, _, _ := run(t, config, dist.Poisson{PerSecond: 5}, 20_000*sim.Second)
	o := f.Observations()
	s, span := o.Scaling, o.Span.Seconds()
	assert.InDelta(t, o.Wait.Seconds()/span, o.Waiting.Mean(), 1e-3*o.Waiting.Mean()+1e-4, "queue = rate × waiting time")
	served := o.WarmService.Seconds() + o.ColdService.Seconds()
	assert.InDelta(t, served/span, of(t, platform.InService)(&o), 1e-2)
	assert.LessOrEqual(t, s.Starting.Area(), 3*float64(s.Started)+1e-9)
	alive := 0.0
	for _, i := range f.instances {
		if i.state == starting || i.state == ready || i.state == draining {
			alive += (f.Now() - i.created).Seconds()
		}
	}
	assert.InDelta(t, o.Lifetime.Seconds()+alive, o.Instances.Area(), 1e-6, "instances × span = all lives")
	assert.EqualValues(t, s.Started+1, o.Expired+int64(o.Instances.Count()), "started + initial = gone + alive")
}

// The number of instances is what the load asks for, rounded up once.
func TestTheMeanIsBetweenTheLoadAndOneMore(t *testing.T) {
	tests.Slow(t)
	for _, c := range []struct {
		concurrency int
		target      float64
	}{{1, 0.7}, {10, 7}} {
		config := knative(c.concurrency, c.target)
		config.Warm, config.Startup = dist.Exponential{Mean: 1}, dist.Constant{Value: 3}
		config.Scaling.Rule = calm(c.target)
		for _, o := range replicate(t, 4, config, dist.Poisson{PerSecond: 10}, 200, 8000) {
			present, live := o.Scaling.Present.Mean(), o.Scaling.Starting.Mean()+o.Scaling.Ready.Mean()
			assert.GreaterOrEqual(t, live, present/c.target-0.02)
			assert.Less(t, live, present/c.target+1.02)
		}
	}
}

// With one place, a fixed number of instances and a queue, each request begins and ends when it does in a pool
// that never expires an instance, whatever the routing.
func TestOnePlaceAndFixedInstancesAreAPool(t *testing.T) {
	const n = 4
	warm := dist.Exponential{Mean: 1}
	for _, arrivals := range []string{"poisson(rate=3.6/s)", "closed(users=7, think=exponential(mean=1s))", "batch(constant(rate=1/s), size=3)"} {
		arrivals := process(t, arrivals)
		var want []platform.Request
		p, err := pool.New(pool.Config{Warm: warm, Startup: dist.Constant{Value: 3}, KeepAlive: sim.Never, MaxInstances: n, InitialIdle: n, WhenFull: pool.Queue, QueueTimeout: 5 * sim.Second}, arrivals, 1, 0)
		require.NoError(t, err)
		p.Log = func(r platform.Request) { want = append(want, r) }
		require.NoError(t, p.Run(1000*sim.Second))
		for _, routing := range []Routing{First, RoundRobin, TwoChoices, LeastLoaded, Random} {
			config := knative(1, 0.7)
			config.Warm, config.Startup, config.Routing, config.QueueTimeout = warm, dist.Constant{Value: 3}, routing, 5*sim.Second
			config.MinInstances, config.MaxInstances, config.InitialReady = n, n, n
			_, got, _ := run(t, config, arrivals, 1000*sim.Second)
			sameButInstances(t, want, got)
			config.Scaling, config.OnDemand = nil, OnDemand{KeepAlive: sim.Never}
			_, got, _ = run(t, config, arrivals, 1000*sim.Second)
			sameButInstances(t, want, got)
		}
	}
}

func sameButInstances(t *testing.T, want, got []platform.Request) {
	t.Helper()
	require.Len(t, got, len(want))
	for i, w := range want {
		w.Instance, got[i].Instance = 0, 0
		require.Equal(t, w, got[i])
	}
}

// With one place and early binding, each request begins and ends when it does in a pool, whose instances start,
// expire and reject likewise.
func TestEarlyBindingToOnePlaceIsAPool(t *testing.T) {
	for _, reject := range []bool{true, false} {
		full := pool.Queue
		if reject {
			full = pool.Reject
		}
		arrivals, warm := dist.Poisson{PerSecond: 2.5}, dist.Exponential{Mean: 1}
		p, err := pool.New(pool.Config{Warm: warm, Startup: dist.Constant{Value: 3}, KeepAlive: sim.Never, MaxInstances: 4, WhenFull: full, QueueTimeout: sim.Never}, arrivals, 1, 0)
		require.NoError(t, err)
		var want []platform.Request
		p.Log = func(r platform.Request) { want = append(want, r) }
		require.NoError(t, p.Run(1000*sim.Second))
		_, got, _ := run(t, Config{Warm: warm, Startup: dist.Constant{Value: 3}, Concurrency: 1, MaxInstances: 4, QueueTimeout: sim.Never,
			OnDemand: OnDemand{Binding: Early, KeepAlive: sim.Never, Reject: reject}}, arrivals, 1000*sim.Second)
		for i := range got { // a request that waited for an instance while that started is cold here
			if want[i].Start > want[i].Arrival && got[i].Cold {
				got[i].Cold, got[i].Outcome = false, platform.OutcomeWarm
			}
		}
		sameButInstances(t, want, got)
	}
}

// Requests that wait while instances start begin at whichever is ready first: the case of
// github.com/knative/serving/issues/4344.
func TestLateBindingServesWhatIsReadyFirst(t *testing.T) {
	f, err := os.Open(filepath.Join("..", "..", "..", "shared", "cases", "c22.csv"))
	if os.IsNotExist(err) {
		t.Skip("without the cases of other people")
	}
	require.NoError(t, err)
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	arrivals := &schedule{}
	for _, row := range rows {
		for i, to := range []*[]sim.Time{&arrivals.at, &arrivals.services} {
			x, err := strconv.ParseFloat(row[i], 64)
			require.NoError(t, err)
			*to = append(*to, seconds(x))
		}
	}
	for binding, want := range map[Binding][]float64{Late: {10.1, 9.2, 9.3, 7.4, 6.5}, Early: {10.1, 10.1, 10.1, 10.1, 10.1}} {
		config := Config{Startup: dist.Constant{Value: 10}, Concurrency: 1, MaxInstances: platform.Unlimited, QueueTimeout: sim.Never,
			OnDemand: OnDemand{KeepAlive: 60 * sim.Second, Binding: binding}}
		fleet, log, _ := run(t, config, arrivals, 59*sim.Second)
		require.Len(t, log, 5)
		total := 0.0
		for i, r := range log {
			assert.InDelta(t, want[i], (r.Completion - r.Arrival).Seconds(), 1e-9, "%v, request %d", binding, i)
			total += (r.Completion - r.Arrival).Seconds()
		}
		o := fleet.Observations()
		assert.InDelta(t, total/5, of(t, platform.ResponseTime)(&o), 1e-9)
		assert.InDelta(t, map[Binding]float64{Late: 8.5, Early: 10.1}[binding], total/5, 1e-9)
		assert.EqualValues(t, 5, o.Scaling.Started)
	}
}

package autoscaler

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/scaling"
	"faaslab/sim"
)

// The rate of starts, by hand: two at once, and two in ten seconds.
func TestTheRateOfStartsByHand(t *testing.T) {
	config := Config{Warm: dist.Constant{Value: 100}, Startup: dist.Constant{Value: 1}, Concurrency: 1, MaxInstances: platform.Unlimited, QueueTimeout: sim.Never,
		OnDemand: OnDemand{KeepAlive: sim.Never, StartRate: StartRate{Starts: 2, Per: 10 * sim.Second}}}
	for _, binding := range []Binding{Late, Early} {
		config.Binding = binding
		_, log, _ := run(t, config, at(1, 1, 1, 1, 30, 30, 30), 60*sim.Second)
		var started []float64
		for _, r := range log {
			started = append(started, r.Completion.Seconds()-100) // the service alone
		}
		assert.Equal(t, []float64{2, 2, 7, 12, 31, 31, 36}, started, binding.String())
	}
	config.Reject = true
	f, _, _ := run(t, config, at(1, 1, 1, 1, 30, 30, 30), 60*sim.Second)
	o := f.Observations()
	assert.EqualValues(t, 3, o.Rejected, "what is not used is not saved up")
	assert.True(t, o.CanReject)
	// Lambda's: a thousand at once, and 100 a second.
	config.StartRate = StartRate{Starts: 1000, Per: 10 * sim.Second}
	var times []float64
	for range 3000 {
		times = append(times, 5)
	}
	for k := range 3000 {
		times = append(times, 5+float64(k+1)/200)
	}
	f, _, _ = run(t, config, at(times...), 100*sim.Second)
	o = f.Observations()
	assert.EqualValues(t, 1000+1500, o.Scaling.Started)
}

// A fleet without end: more alive than allowed is an error, and an interruption ends it.
func TestAFleetEndsWithAnError(t *testing.T) {
	config := knative(1, 1)
	config.InitialReady, config.Warm, config.Startup = 0, dist.Constant{Value: 1000}, dist.Constant{Value: 1}
	f, err := New(config, dist.Poisson{PerSecond: 100}, 1, 0)
	require.NoError(t, err)
	f.MostLive = 500
	assert.ErrorContains(t, f.Run(1000*sim.Second), "more than 500")
	assert.Less(t, f.Now(), 20*sim.Second)
	assert.True(t, f.Ended())

	f, err = New(config, dist.Poisson{PerSecond: 100}, 1, 0)
	require.NoError(t, err)
	stop := errors.New("stop")
	f.Interrupted = func() error { return stop }
	assert.ErrorIs(t, f.Run(1000*sim.Second), stop)
}

// A service at rest costs nothing: ten years pass in a moment, also up to the end of virtual time.
func TestAServiceAtRestCostsNothing(t *testing.T) {
	const year = 365 * 24 * 3600
	config := knative(1, 0.7)
	config.Warm, config.Startup = dist.Constant{Value: 1}, dist.Constant{Value: 2}
	f, err := New(config, at(10, 5*year, 10*year), 1, 0)
	require.NoError(t, err)
	events := 0
	f.Evaluated = func(scaling.Evaluation) { events++ }
	require.NoError(t, f.Run(seconds(20*year)))
	o := f.Observations()
	assert.Less(t, events, 300)
	assert.EqualValues(t, 3, o.Completed)
	assert.Greater(t, o.Scaling.Evaluated, int64(events))
	assert.Less(t, o.Scaling.Evaluated, int64(500), "only as long as there were data")

	f, err = New(config, dist.Poisson{PerSecond: 3e-9}, 1, 0)
	require.NoError(t, err)
	require.NoError(t, f.Run(sim.Never))
	o = f.Observations()
	assert.Positive(t, o.Completed)
	require.NoError(t, o.Check())
}

// A trace ends with its last response, whatever instances are there then.
func TestATraceEndsWithItsLastResponse(t *testing.T) {
	file := filepath.Join(t.TempDir(), "trace.csv")
	require.NoError(t, os.WriteFile(file, []byte("1,3\n2,0.5\n"), 0o600))
	trace, err := dist.ParseArrivals("trace(" + file + ")")
	require.NoError(t, err)
	for _, cores := range []float64{0, 0.5} {
		config := knative(10, 7)
		config.Startup, config.InstanceCores = dist.Constant{Value: 2}, cores
		f, err := New(config, trace, 1, 0)
		require.NoError(t, err)
		require.NoError(t, f.Run(sim.Never))
		assert.True(t, f.Ended())
		assert.Equal(t, map[float64]sim.Time{0: 4 * sim.Second, 0.5: 8 * sim.Second}[cores], f.Now())
		requests, last, all := f.Arrived()
		assert.EqualValues(t, 2, requests)
		assert.Equal(t, 2*sim.Second, last)
		assert.True(t, all)
	}
}

// Half a core for two requests: a quarter of the speed each; and one and a half for two: three quarters.
func TestCoresOfAnInstanceNeedNotBeWhole(t *testing.T) {
	for cores, want := range map[float64][]float64{0.5: {4, 4}, 1: {2, 2}, 1.5: {4 / 3., 4 / 3.}, 2: {1, 1}, 2.5: {1, 1}} {
		config := knative(platform.Unlimited, 70)
		config.Warm, config.Startup, config.InstanceCores = dist.Constant{Value: 1}, dist.Constant{Value: 2}, cores
		f, log, _ := run(t, config, at(0, 0), 10*sim.Second)
		require.Len(t, log, 2)
		for i, w := range want {
			assert.InDelta(t, w, log[i].Completion.Seconds(), 1e-8, "%v cores", cores)
			assert.Equal(t, sim.Second, log[i].Service)
		}
		o := f.Observations()
		assert.InDelta(t, want[0], of(t, platform.ResponseTime)(&o), 1e-8)
	}
}

// The use of cores, by hand: one core each, a target of one half, and no panic.
func TestScalingByTheUseOfCores(t *testing.T) {
	config := knative(platform.Unlimited, 0.5)
	config.Warm, config.Startup, config.InstanceCores = dist.Constant{Value: 20}, dist.Constant{Value: 3}, 1
	config.Scaling = &Scaling{Metric: CPU, Rule: scaling.Knative(0.5)}
	config.Scaling.Rule.PanicWindow, config.Scaling.Rule.Window = 0, 10
	config.InitialReady = 0
	f, log, decisions := run(t, config, at(0.5, 100), 99*sim.Second)
	require.Len(t, log, 1)
	assert.Equal(t, seconds(23.5), log[0].Completion, "a request that finds no instance starts one")
	require.NotEmpty(t, decisions)
	for _, d := range decisions {
		switch {
		case d.Time == 4*sim.Second:
			assert.InDelta(t, 0.5, d.Stable, 1e-6, "half of the first second")
			assert.Equal(t, 1, d.Desired)
		case d.Time >= 6*sim.Second && d.Time <= 22*sim.Second:
			assert.Greater(t, d.Stable, 0.5)
			assert.Equal(t, 2, d.Desired, "one core in use, of two")
		case d.Time > 34*sim.Second:
			assert.Zero(t, d.Desired)
		}
	}
	o := f.Observations()
	assert.Zero(t, o.Instances.Count())
}

// Kubernetes' autoscaler on CPU settles at the load over the target, within its tolerance.
func TestAnHPASettles(t *testing.T) {
	config := knative(platform.Unlimited, 1)
	config.Warm, config.Startup, config.InstanceCores, config.Routing = dist.Exponential{Mean: 0.1}, dist.Constant{Value: 10}, 1, LeastLoaded
	config.Scaling = &Scaling{Metric: CPU, Rule: scaling.Kubernetes(0.8)}
	config.MinInstances, config.MaxInstances = 1, 50
	f, err := New(config, dist.Poisson{PerSecond: 60}, 1, 0)
	require.NoError(t, err)
	require.NoError(t, f.Run(1200*sim.Second))
	f.Restart()
	require.NoError(t, f.Run(3600*sim.Second))
	o := f.Observations()
	assert.InDelta(t, 6/0.8, o.Scaling.Ready.Mean(), 2)
	assert.GreaterOrEqual(t, o.Scaling.Ready.Mean(), 6/0.88)
	assert.EqualValues(t, 2400/15, o.Scaling.Evaluated)
}

// Kubernetes' autoscaler does nothing where there are no instances, whatever it measures: a request starts one.
func TestARequestStartsTheFirstInstanceOfAnHPA(t *testing.T) {
	for _, metric := range []Metric{Concurrency, Requests, CPU} {
		config := knative(platform.Unlimited, 1)
		config.Warm, config.Startup, config.InstanceCores, config.InitialReady = dist.Constant{Value: 1}, dist.Constant{Value: 3}, 1, 0
		config.Scaling = &Scaling{Metric: metric, Rule: scaling.Kubernetes(0.5)}
		_, log, _ := run(t, config, at(10.3, 900), 1000*sim.Second)
		require.Len(t, log, 2, metric.String())
		assert.Equal(t, seconds(14.3), log[0].Completion, metric.String())
		assert.Equal(t, seconds(904), log[1].Completion, "%v: the instance has gone, after the delay of five minutes", metric)
	}
}

// Where instances end when they are idle, they go two minutes after the second of the last request, though
// decisions for fewer are delayed by five; by hand.
func TestIdleInstancesEndWhateverIsDecided(t *testing.T) {
	config := knative(1, 1)
	config.Warm, config.Startup = dist.Constant{Value: 1}, dist.Constant{Value: 3}
	config.Scaling = &Scaling{Rule: scaling.Kubernetes(1), Retention: 120 * sim.Second, EndsIdle: true}
	f, log, decisions := run(t, config, at(10.3, 100.3, 600), 800*sim.Second)
	require.Len(t, log, 3)
	assert.Equal(t, seconds(604), log[2].Completion)
	for _, d := range decisions {
		want := 1
		if d.Time >= 222*sim.Second && d.Time < 600*sim.Second || d.Time >= 724*sim.Second {
			want = 0
		}
		assert.Equal(t, want, d.Ready+d.Starting, "%v", d.Time)
	}
	assert.Equal(t, 222.0+124, f.observed.Instances.Area(), "to 120 s after 102 s, and from 600 s to 120 s after 604 s")
	assert.EqualValues(t, 15+10, f.observed.Scaling.Evaluated, "every 15 s to 225 s, and from 600 s to 735 s: there are data for a window")

	config.MinInstances = 1
	f, _, _ = run(t, config, at(10.3), 800*sim.Second)
	assert.Equal(t, 1, f.observed.Instances.Count(), "min_instances stay")
}

// Observations of successive periods add up to those of the whole, also of a service that rests.
func TestPeriodsAddUp(t *testing.T) {
	for _, arrivals := range []string{"poisson(rate=3/s)", "poisson(rate=0.005/s)", "mmpp(rates=[0/s, 10/s], sojourns=[200s, 10s])"} {
		for _, cores := range []float64{0, 1} {
			config := knative(2, 1.4)
			config.Warm, config.Startup, config.InstanceCores = dist.Exponential{Mean: 1}, dist.Exponential{Mean: 3}, cores
			config.Scaling.Retention = 20 * sim.Second
			whole, err := New(config, process(t, arrivals), 1, 0)
			require.NoError(t, err)
			parts, err := New(config, process(t, arrivals), 1, 0)
			require.NoError(t, err)
			var sum platform.Observations
			for at := seconds(7.3); at < 3000*sim.Second; at += seconds(7.3) {
				require.NoError(t, parts.Run(at))
				o := parts.Observations()
				require.NoError(t, o.Check())
				sum.Merge(&o)
				parts.Restart()
				require.NoError(t, whole.Run(at))
			}
			want := whole.Observations()
			for _, m := range platform.MetricsOf(platform.Pooled | platform.Scaled) {
				if m.Name == platform.UnfinishedProbability {
					continue // something is left at the end of each period
				}
				w, got := m.Of(&want), m.Of(&sum)
				if !math.IsNaN(w) {
					assert.InDelta(t, w, got, 1e-9*math.Abs(w), "%s: %s", arrivals, m.Name)
				}
			}
			assert.Equal(t, want.Scaling.Evaluated, sum.Scaling.Evaluated)
		}
	}
}

// Requests that wait, and those in service on cores of instances, are told as unfinished, which changes nothing.
func TestUnfinishedRequestsAreTold(t *testing.T) {
	for _, cores := range []float64{0, 1} {
		config := knative(1, 0.7)
		config.Warm, config.Startup, config.InstanceCores, config.MaxInstances = dist.Constant{Value: 50}, dist.Constant{Value: 3}, cores, 1
		f, err := New(config, at(1, 2, 3), 1, 0)
		require.NoError(t, err)
		outcomes := map[platform.Outcome]int{}
		f.Log = func(r platform.Request) { outcomes[r.Outcome]++ }
		require.NoError(t, f.Run(10*sim.Second))
		f.LogUnfinished()
		want := map[platform.Outcome]int{platform.OutcomeUnfinished: 3}
		if cores == 0 {
			want = map[platform.Outcome]int{platform.OutcomeUnfinished: 2, platform.OutcomeWarm: 1}
		}
		assert.Equal(t, want, outcomes)
		require.NoError(t, f.Run(60*sim.Second))
		f.check(f.Now())
		assert.Positive(t, f.Bytes())
		assert.Equal(t, platform.Counts{Instances: 1, Running: 1, Waiting: 1}, f.Counts())
	}
}

// An execution is metered as in a pool.
func TestExecutionsAreMetered(t *testing.T) {
	for _, cores := range []float64{0, 1} {
		config := knative(1, 0.7)
		config.Warm, config.Startup, config.InstanceCores = dist.Constant{Value: 0.15}, dist.Constant{Value: 3}, cores
		f, err := New(config, dist.Regular{PerSecond: 1}, 1, 0)
		require.NoError(t, err)
		f.Meter = &platform.Meter{User: &platform.UserPrices{Step: sim.Second / 10}}
		require.NoError(t, f.Run(seconds(10.5)))
		o := f.Observations()
		assert.InDelta(t, 10*0.2, o.Billed.Seconds(), 1e-9)
	}
}

// What a service at its ends does: start-ups that never end, services of no time, one place in all.
func TestEnds(t *testing.T) {
	for name, change := range map[string]func(*Config){
		"start-ups without end":    func(c *Config) { c.InitialReady, c.Startup = 0, dist.Constant{Value: 1e300} },
		"start-ups of no time":     func(c *Config) { c.InitialReady, c.Startup = 0, dist.Constant{Value: 0} },
		"services of no time":      func(c *Config) { c.Warm = dist.Constant{Value: 0} },
		"services without end":     func(c *Config) { c.Warm = dist.Constant{Value: 1e300} },
		"one instance at most":     func(c *Config) { c.MaxInstances = 1 },
		"many instances at least":  func(c *Config) { c.MinInstances = 1000 },
		"retention for ever":       func(c *Config) { c.Scaling.Retention = sim.Never },
		"a patience of 1 ns":       func(c *Config) { c.QueueTimeout, c.InitialReady = 1, 0 },
		"a rule without any limit": func(c *Config) { c.Scaling.Rule.MaxUp, c.Scaling.Rule.MaxDown = math.Inf(1), math.Inf(1) },
		"on demand, early": func(c *Config) {
			c.Scaling, c.OnDemand, c.InitialReady = nil, OnDemand{Binding: Early, KeepAlive: 0}, 0
		},
		"on demand, late, of no time": func(c *Config) {
			c.Scaling, c.OnDemand, c.InitialReady, c.Startup, c.Warm = nil, OnDemand{KeepAlive: 0}, 0, dist.Constant{}, dist.Constant{}
		},
		"requests start instances, too": func(c *Config) { c.Scaling.StartForRequests, c.InitialReady = true, 0 },
	} {
		for _, cores := range []float64{0, 1e-9, 1, 1e6} {
			for _, concurrency := range []int{1, 1000, platform.Unlimited} {
				config := knative(concurrency, 0.7)
				config.Warm, config.Startup, config.InstanceCores = dist.Exponential{Mean: 0.1}, dist.Constant{Value: 2}, cores
				change(&config)
				where := fmt.Sprintf("%s, %v cores, concurrency %d", name, cores, concurrency)
				f, err := New(config, process(t, "mmpp(rates=[0/s, 20/s], sojourns=[30s, 3s])"), 1, 0)
				require.NoError(t, err, where)
				f.MostLive = 100_000
				for at := 10 * sim.Second; at <= 150*sim.Second; at += 10 * sim.Second {
					if err = f.Run(at); err != nil {
						break
					}
					f.check(f.Now())
				}
				if err != nil {
					require.ErrorContains(t, err, "would be alive", where)
				}
				o := f.Observations()
				require.NoError(t, o.Check(), where)
			}
		}
	}
}

func TestTheCapacityOfInstances(t *testing.T) {
	for _, c := range []struct {
		concurrency, most int
		cores, want       float64
	}{{4, 3, 0, 12}, {4, 3, 2, 6}, {4, 3, 8, 12}, {4, platform.Unlimited, 2, math.Inf(1)}, {platform.Unlimited, 3, 0, math.Inf(1)}, {platform.Unlimited, 3, 0.5, 1.5}} {
		config := Config{Concurrency: c.concurrency, MaxInstances: c.most, InstanceCores: c.cores}
		assert.Equal(t, c.want, config.Capacity(), "%+v", c)
	}
}

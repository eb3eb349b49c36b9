package platform_test

import (
	"math"
	"reflect"
	"slices"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/executors"
	"faaslab/platform/pool"
	"faaslab/sim"
	"faaslab/sim/stats"
)

// Logging unfinished requests changes nothing: the simulation can go on.
func TestToTellOfUnfinishedRequestsChangesNothing(t *testing.T) {
	type logging interface {
		simulated
		LogUnfinished()
	}
	start := map[string]func() logging{
		"executors that wait": func() logging {
			e, err := executors.New(executors.Config{Service: dist.Exponential{Mean: 1}, Cores: platform.Cores{Physical: 1}, Discipline: executors.FCFS}, dist.Poisson{PerSecond: 0.9}, 1, 0)
			require.NoError(t, err)
			e.Log = func(platform.Request) {}
			return e
		},
		"a pool that queues": func() logging {
			p, err := pool.New(pool.Config{Warm: dist.Exponential{Mean: 1}, Startup: dist.Exponential{Mean: 1}, KeepAlive: sim.Second, MaxInstances: 2,
				WhenFull: pool.Queue, QueueTimeout: sim.Never}, dist.Poisson{PerSecond: 1.5}, 1, 0)
			require.NoError(t, err)
			p.Log = func(platform.Request) {}
			return p
		},
	}
	for name, start := range start {
		t.Run(name, func(t *testing.T) {
			told, untold := start(), start()
			for until := sim.Second; until < 500*sim.Second; until += sim.Second {
				require.NoError(t, told.Run(until))
				told.LogUnfinished()
			}
			require.NoError(t, untold.Run(499*sim.Second))
			a, b := told.Observations(), untold.Observations()
			require.NoError(t, a.Check())
			assert.Equal(t, b.Completed, a.Completed)
			assert.Equal(t, b.Wait, a.Wait)
			assert.Positive(t, b.Wait.Seconds())
		})
	}
}

// The identities of one replication are checked for several merged ones, too.
func TestMergedObservationsAreCheckedAsThoseOfAPool(t *testing.T) {
	var merged platform.Observations
	for replication := range 2 {
		p, err := pool.New(pool.Config{Warm: dist.Constant{Value: 1}, Startup: dist.Constant{Value: 1}, KeepAlive: sim.Second, MaxInstances: 2}, dist.Poisson{PerSecond: 1}, 1, replication)
		require.NoError(t, err)
		require.NoError(t, p.Run(100*sim.Second))
		o := p.Observations()
		merged.Merge(&o)
	}
	require.NoError(t, merged.Check())
	merged.Rejected, merged.Completed = merged.Rejected+1, merged.Completed-1
	assert.ErrorContains(t, merged.Check(), "waiting at the start + arrivals")
}

// fieldsOf calls do with each field of observations, and its address.
func fieldsOf(o *platform.Observations, do func(name string, field any)) {
	v := reflect.ValueOf(o).Elem()
	for i := range v.NumField() {
		f := v.Field(i)
		do(v.Type().Field(i).Name, reflect.NewAt(f.Type(), unsafe.Pointer(f.UnsafeAddr())).Interface())
	}
}

// full returns observations in which every field differs from its zero value, in proportion to
// scale, up to 100·scale s.
func full(t *testing.T, scale int64) (o platform.Observations) {
	second := sim.Time(scale) * sim.Second
	n := int64(0)
	fieldsOf(&o, func(name string, field any) {
		n++
		switch f := field.(type) {
		case *int64:
			*f = n * scale
		case *sim.Time:
			*f = sim.Time(n) * second
		case *bool:
			*f = true
		case *stats.Sum:
			f.Add(sim.Time(n) * second)
		case *stats.Integral:
			f.Set(sim.Time(n)*second, 2)
			f.Close(100 * second)
		case *stats.Occupancy:
			*f = stats.NewOccupancy(2, 1)
			f.Begin(sim.Time(n) * second)
			f.Close(100 * second)
		case *stats.Histogram:
			f.Limit(sim.Second)
			f.AddTimes(n*scale, sim.Second)
			f.AddTimes(scale, 2*sim.Second)
		case *platform.Outlook:
			*f = platform.Outlook{Cold: true, Warm: true, Service: 1, Idle: 2}
		case *platform.Functions:
			*f = platform.Functions{Counts: make([]platform.FunctionCounts, 2), Memories: []int64{128, 256}, CanEvict: true, CanUnload: true, CanLoad: true}
			for i := range f.Counts {
				countsOf(&f.Counts[i], func(k int64, count *int64, sum *stats.Sum) {
					if count != nil {
						*count = (n + k) * scale
					} else {
						sum.Add(sim.Time(n+k) * second)
					}
				})
			}
		case **platform.Scaling:
			s := platform.NewScaling(2, 1)
			s.Evaluates, s.CanPanic = true, true
			s.Enter(sim.Time(n) * second)
			s.Enter(sim.Time(n) * second)
			s.Enter(sim.Time(n+1) * second)
			s.Equip(sim.Time(n+2)*second, 3)
			s.Starting.Set(sim.Time(n)*second, 1)
			s.Draining.Set(sim.Time(n)*second, 2)
			s.Started, s.Evaluated, s.Desired, s.Panicked = n*scale, (n+1)*scale, (n+2)*scale, (n+3)*scale
			s.Provision.Close(100 * second)
			s.Starting.Close(100 * second)
			s.Draining.Close(100 * second)
			*f = s
		default:
			t.Fatalf("the field %s is of a new kind: say here how it is merged", name)
		}
	})
	return o
}

// countsOf calls do with each field of the counts of a function, numbered: one of both is not nil.
func countsOf(c *platform.FunctionCounts, do func(k int64, count *int64, sum *stats.Sum)) {
	v := reflect.ValueOf(c).Elem()
	for i := range v.NumField() {
		count, _ := v.Field(i).Addr().Interface().(*int64)
		sum, _ := v.Field(i).Addr().Interface().(*stats.Sum)
		do(int64(i+1), count, sum)
	}
}

// amounts returns the numbers in observations that add up when they are merged, by field.
func amounts(o platform.Observations) map[string][]float64 {
	all := map[string][]float64{}
	fieldsOf(&o, func(name string, field any) {
		switch f := field.(type) {
		case *int64:
			all[name] = []float64{float64(*f)}
		case *sim.Time:
			all[name] = []float64{float64(*f)}
		case *stats.Sum:
			all[name] = []float64{f.Seconds()}
		case *platform.Functions:
			for i := range 2 {
				if f.Counts == nil { // a period that has just begun
					all[name] = append(all[name], make([]float64, 15)...)
					continue
				}
				countsOf(&f.Counts[i], func(_ int64, count *int64, sum *stats.Sum) {
					if count != nil {
						all[name] = append(all[name], float64(*count))
					} else {
						all[name] = append(all[name], sum.Seconds())
					}
				})
			}
		case **platform.Scaling:
			s := *f
			all[name] = []float64{float64(s.Present.Total()), s.Present.Area(), s.Ready.Area(), s.Starting.Area(), s.Draining.Area(),
				s.Under.Seconds(), s.Over.Seconds(), s.Lacking.Seconds(), s.Surplus.Seconds(),
				float64(s.Started), float64(s.Evaluated), float64(s.Desired), float64(s.Panicked)}
		case *stats.Integral:
			all[name] = []float64{float64(f.Total()), f.Area()}
		case *stats.Occupancy:
			for _, s := range []*stats.TimeInState{&f.Instances, &f.Running, &f.Idle} {
				all[name] = append(all[name], float64(s.Total()), s.Area())
			}
		case *stats.Histogram:
			all[name] = []float64{float64(f.Count())}
			if f.Count() > 0 { // else it may have no limits
				all[name] = append(all[name], float64(f.Above(sim.Second)))
			}
		}
	})
	delete(all, "WarmInService") // they are of the present, as the number of instances is
	delete(all, "ColdInService")
	return all
}

// Merging, subtracting, copying and restarting observations forget no field, nor one added later.
func TestNoFieldOfObservationsIsForgotten(t *testing.T) {
	one, two := full(t, 1), full(t, 2)
	for name, numbers := range amounts(one) {
		for _, x := range numbers {
			assert.Positive(t, x, name)
		}
	}
	for _, c := range []struct {
		name   string
		copied func(*platform.Observations) platform.Observations
	}{{"clone", (*platform.Observations).Clone}, {"reduced", (*platform.Observations).Reduced}} {
		want := amounts(one)
		a, b := c.copied(&one), one.Clone()
		b.Merge(&two) // the copy is independent
		got := amounts(a)
		if c.name == "reduced" {
			for _, distribution := range []string{"Responses", "Waits"} {
				want[distribution], got[distribution] = nil, nil
			}
			assert.EqualValues(t, 1, a.Responses.Above(sim.Second))
			assert.EqualValues(t, 1, a.Waits.Above(sim.Second))
		}
		assert.Equal(t, want, got, c.name)
	}

	var merged platform.Observations
	merged.Merge(&one)
	assert.Equal(t, amounts(one), amounts(merged))
	fieldsOf(&merged, func(name string, field any) {
		switch f := field.(type) {
		case *bool:
			assert.True(t, *f, name)
		case **platform.Scaling:
			assert.True(t, (*f).Evaluates && (*f).CanPanic)
			assert.Equal(t, 2, (*f).Places)
		case *platform.Outlook:
			assert.Equal(t, platform.Outlook{Cold: true, Warm: true, Service: 1, Idle: 2}, *f)
		}
	})
	other := full(t, 1)
	merged.Merge(&other)
	double := amounts(one)
	for name, numbers := range double {
		for i := range numbers {
			double[name][i] *= 2
		}
	}
	assert.Equal(t, double, amounts(merged))
	merged.Subtract(&other)
	assert.Equal(t, amounts(one), amounts(merged))

	again := full(t, 1)
	again.Restart(100 * sim.Second)
	for name, numbers := range amounts(again) {
		switch name {
		case "WaitingAtStart":
			assert.EqualValues(t, again.Waiting.Count(), numbers[0])
		case "PresentAtStart":
			assert.EqualValues(t, again.Present(), numbers[0])
		case "WarmAtStart":
			assert.EqualValues(t, one.WarmInService, numbers[0])
		case "ColdAtStart":
			assert.EqualValues(t, one.ColdInService, numbers[0])
		default:
			assert.Zero(t, slices.Max(numbers), "%s outlives a restart", name)
		}
	}
	assert.Equal(t, one.WarmInService, again.WarmInService)
	assert.Equal(t, one.ColdInService, again.ColdInService)
	fieldsOf(&again, func(name string, field any) {
		switch f := field.(type) {
		case *bool:
			assert.True(t, *f, "%s is of the platform, and stays", name)
		case **platform.Scaling:
			assert.True(t, (*f).Evaluates && (*f).CanPanic)
			assert.Equal(t, []int{2, 3, 3}, []int{(*f).Places, (*f).Present.Count(), (*f).Ready.Count()})
		case *platform.Outlook:
			assert.Equal(t, one.Outlook, *f)
		case *stats.Integral:
			assert.Equal(t, 2, f.Count(), name)
		case *stats.Occupancy:
			assert.Equal(t, [3]int{3, 2, 1}, [3]int{f.Instances.Count(), f.Running.Count(), f.Idle.Count()})
		case *stats.Histogram:
			assert.Zero(t, f.Above(sim.Second), name)
		}
	})
}

// Each metric by hand, from numbers that are all different.
func TestMetricsByHand(t *testing.T) {
	o := platform.Observations{Span: 100 * sim.Second, Arrivals: 50, Warm: 30, Cold: 12, Rejected: 6, TimedOut: 4, Completed: 39, Expired: 3,
		WarmAtEnd: 2, ColdAtStart: 1, PresentAtEnd: 5, Waited: 8, CanReject: true, CanTimeOut: true, CanWait: true}
	o.Occupancy = stats.NewOccupancy(2, 3)
	o.Close(100 * sim.Second)
	o.RunningCold.Set(0, 1)
	o.RunningCold.Close(100 * sim.Second)
	o.Waiting.Set(60*sim.Second, 7)
	o.Waiting.Close(100 * sim.Second)
	o.Releasing.Set(60*sim.Second, 1)
	o.Releasing.Close(100 * sim.Second)
	o.WarmService.Add(60 * sim.Second)
	o.ColdService.Add(40 * sim.Second)
	o.Wait.Add(15 * sim.Second)
	o.ColdWait.Add(4 * sim.Second)
	for i, n := range []int64{20, 16, 2, 2, 1} {
		o.Responses.AddTimes(n, sim.Time(i+1)*sim.Second)
	}
	for i, n := range []int64{33, 4, 2, 1, 1} {
		o.Waits.AddTimes(n, sim.Time(i)*sim.Second)
	}
	want := map[string]float64{
		"cold_start_probability": 12. / 50, "rejection_probability": 6. / 50, "timeout_probability": 4. / 50,
		"response_time": (60 + 40 + 15) / 41., "response_time_warm": (60 + 11) / 28., "response_time_cold": (40 + 4) / 13.,
		"response_time_p50": 2, "response_time_p90": 3, "response_time_p95": 4, "response_time_p99": 5,
		"waiting_probability": 8. / 41, "waiting_time": 15. / 41, "queue": 2.8,
		"waiting_time_p50": 0, "waiting_time_p90": 1, "waiting_time_p95": 2, "waiting_time_p99": 4,
		"instances": 5, "warm_instances": 4, "running": 3, "running_warm": 2, "running_cold": 1, "idle": 2, "releasing": 0.4, "utilization": 2. / 4,
		"instance_lifetime": 5 * 100. / 12, "throughput": 0.39, "unfinished_probability": 5. / 50,
	}
	for _, m := range slices.Concat(ContainerMetrics, WasmMetrics) {
		value, ok := want[m.Name]
		require.True(t, ok, "%s: say here what it is", m.Name)
		assert.InDelta(t, value, m.Of(&o), value*stats.RelativeError+1e-9, m.Name)
		if m.Events != nil {
			events, trials := m.Events(&o)
			assert.InDelta(t, value, float64(events)/float64(trials), 1e-12, m.Name)
		}
	}
	o.CanReject, o.CanTimeOut, o.CanWait = false, false, false
	for _, name := range []string{"rejection_probability", "timeout_probability", "waiting_probability"} {
		_, trials := ContainerMetrics[slices.IndexFunc(ContainerMetrics, func(m platform.Metric) bool { return m.Name == name })].Events(&o)
		assert.Zero(t, trials, name)
	}
}

// Each metric of a platform that scales by hand: three places an instance, for 100 s.
func TestMetricsOfScalingByHand(t *testing.T) {
	o := platform.Observations{Span: 100 * sim.Second, Arrivals: 40}
	o.Occupancy = stats.NewOccupancy(5, 0)
	o.Close(100 * sim.Second)
	o.Waiting.Set(70*sim.Second, 2)
	o.Waiting.Close(100 * sim.Second)
	s := platform.NewScaling(3, 1)
	o.Scaling = s
	for i := range 5 { // 5 s with each number of requests up to four
		s.Enter(sim.Time(5*i) * sim.Second)
	}
	s.Equip(40*sim.Second, 2) // two instances are needed from the fourth request on, at 15 s
	s.Leave(50 * sim.Second)
	s.Leave(60 * sim.Second) // one is enough
	s.Provision.Close(100 * sim.Second)
	s.Starting.Set(30*sim.Second, 2)
	s.Starting.Close(100 * sim.Second)
	s.Draining.Set(90*sim.Second, 1)
	s.Draining.Close(100 * sim.Second)
	s.Started, s.Evaluated, s.Desired, s.Panicked = 6, 50, 75, 10
	inService := (5*(1+2+3+4) + 30*5 + 10*4 + 40*3 - 60) / 100.
	want := map[string]float64{
		"ready": 1.6, "starting": 1.4, "draining": 0.1, "in_service": inService, "desired": 1.5, "panic": 0.2, "starts": 150,
		"under_provisioned": 0.25, "lacking": 0.25, "over_provisioned": 0.4, "surplus": 0.4,
		"utilization": inService / 4.8, "warm_instances": 3.6, "instance_lifetime": 5 * 100 / 6.,
	}
	seen := 0
	for _, m := range platform.MetricsOf(platform.Pooled | platform.Scaled) {
		if value, ok := want[m.Name]; ok && m.Name != "instance_lifetime" { // nothing expired
			assert.InDelta(t, value, m.Of(&o), 1e-12, m.Name)
			seen++
		}
		assert.NotContains(t, []string{platform.RunningCold, platform.RunningWarm}, m.Name)
	}
	assert.Equal(t, len(want)-1, seen)
	o.Expired = 1
	lifetime, _ := platform.Find(platform.InstanceLifetime)
	assert.InDelta(t, want["instance_lifetime"], lifetime.Of(&o), 1e-12)
	for _, m := range platform.MetricsOf(platform.Scaled) {
		if m.Traits == platform.Scaled {
			assert.True(t, math.IsNaN(m.Of(&platform.Observations{})), m.Name)
		}
	}
}

// The life of an instance begins when it is created, even if it has the number of an expired one:
// each lives for a second.
func TestALifeBeginsWithTheInstance(t *testing.T) {
	p, err := pool.New(pool.Config{Warm: dist.Constant{Value: 1}, Cold: dist.Constant{Value: 1}, MaxInstances: platform.Unlimited}, dist.Regular{PerSecond: 0.25}, 1, 0)
	require.NoError(t, err)
	require.NoError(t, p.Run(402*sim.Second))
	o := p.Observations()
	require.EqualValues(t, 100, o.Expired)
	assert.Equal(t, 100.0, o.Lifetime.Seconds())
}

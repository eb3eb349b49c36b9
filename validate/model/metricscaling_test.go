package model_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/validate/model"
)

// polynomial returns c0 + c1 x + c2 x².
func polynomial(c [3]float64) func(float64) float64 {
	return func(x float64) float64 { return c[0] + c[1]*x + c[2]*x*x }
}

// fitted are the regressions of the model's authors: requests of an instance, and response time in seconds, by
// arrivals per second and instance (model/analyze/02-workload-plots.py and model/04-workload-plots.ipynb of
// github.com/pacslab/conc-value-perf-modelling).
var fitted = map[string][2][3]float64{
	"W1":      {{0, 0.7587030452370006, 0.48814170860140793}, {1.1938101149327398, 0.0843490901255519, 0.07563321033774315}},
	"W2":      {{0, 0.49571552241745126, 0.002405756265780249}, {0.516308531798091, -0.00020302040907105838, 2.5159722316614887e-05}},
	"W3":      {{0, 1, 0}, {0.5160698977067653, 0.0018574299435555192, -0.00024075524479620354}},
	"W4":      {{0, 1, 0}, {0.21371083355202003, -0.04080678570544321, 0.035958460346475485}},
	"nb":      {{0, 0.5206130751989109, -0.0008573842566306921}, {0.5159625044125156, 0.0001326254397530962, -5.721757460248516e-06}},
	"400-200": {{0, 0.04288566215619692, 0.30275248687065787}, {0.6368061221423322, -0.039173492742760815, 0.04258693461506961}},
}

// An independent implementation of the authors' program has solved 68 chains, 21 of which the authors printed.
func TestMetricScalingMeetsItsAuthors(t *testing.T) {
	for i, row := range reference(t, "metric_model.csv", 68) {
		if testing.Short() && i%5 > 0 {
			continue
		}
		m := model.MetricScaling{
			ArrivalRate: row.numbers["arrival_rate"], Target: row.numbers["target"] * row.numbers["utilization"], Interval: 2, StartRate: 1, RemovalRate: 2,
			MaxUp: 1000, MaxDown: 2, MaxInstances: int(row.numbers["most_instances"]),
			Response: func(float64) float64 { return 1 }, Metric: func(x float64) float64 { return x },
		}
		workload := row.words["workload"]
		if workload == "ctmc" {
			m.Measurement = model.Measurement{Samples: 10, Chain: model.InstanceChain{Service: 0.4, Slowing: 1, Most: 100}}
		} else {
			m.Metric, m.Response = polynomial(fitted[workload][0]), polynomial(fitted[workload][1])
			m.Measurement = model.Measurement{CV: 0.07, Grid: 100, Most: 10}
		}
		got, err := m.Solve()
		require.NoError(t, err)
		assert.InDelta(t, row.numbers["ready"], got.Ready.Mean(), 1.1e-6, "%s: ready", row.name)
		assert.InDelta(t, row.numbers["ordered"], got.Ordered.Mean(), 1.1e-6, "%s: ordered", row.name)
		assert.InDelta(t, row.numbers["concurrency"], got.Metric, 1.1e-6, "%s: concurrency", row.name)
		if workload != "ctmc" {
			assert.InDelta(t, row.numbers["response"], got.ResponseTime, 1.1e-6, "%s: response", row.name)
		}
	}
}

// What the model says with the variation that a window has, as the specification of the simulation has it.
func TestMetricScalingFromQueueingTheory(t *testing.T) {
	knative := model.KnativeService{Service: 1, ServiceCV: 1, Startup: 3, Window: 60, Interval: 2, MaxUp: 1000, MaxDown: 2, MaxInstances: 60}
	for _, c := range []struct {
		rate, target, startup float64
		perSecond             bool
		want                  float64
	}{{10, 0.7, 3, false, 14.785}, {50, 7, 2, false, 7.779}, {20, 7, 3, false, 3.113}, {28, 7, 3, true, 4.510}, {1, 0.7, 3, false, 1.96}} {
		k := knative
		k.ArrivalRate, k.Target, k.Startup, k.PerSecond = c.rate, c.target, c.startup, c.perSecond
		got, err := k.Model().Solve()
		require.NoError(t, err)
		// The specification has a grid of 2,000 values, which leaves up to 0.3 %.
		assert.InEpsilon(t, c.want, got.Instances, 3e-3, "%v", c)
		assert.InDelta(t, 1, got.ResponseTime, 1e-9)
		assert.Less(t, got.Ready.Mean(), got.Ordered.Mean(), "start-ups take time, removals none")
	}
}

// With a core for each instance, the metric is that of processor sharing, and an overloaded instance orders all
// that it may.
func TestMetricScalingOnOneCoreEach(t *testing.T) {
	k := model.KnativeService{ArrivalRate: 10, Service: 0.2, ServiceCV: 1, Startup: 3, Target: 1, Window: 60, Interval: 2, MaxUp: 1000, MaxDown: 2, MaxInstances: 40, OneCore: true}
	m := k.Model()
	assert.InDelta(t, 1, m.Metric(2.5), 1e-12)
	assert.InDelta(t, 0.4, m.Response(2.5), 1e-12)
	assert.True(t, math.IsInf(m.Metric(5), 1))
	got, err := m.Solve()
	require.NoError(t, err)
	// At a target of one request, an instance is loaded to a half: four instances, and what rounding up adds.
	assert.Greater(t, got.Instances, 4.0)
	assert.Less(t, got.Instances, 6.0)
	assert.Equal(t, []model.Doubt{model.DoubtSharing}, k.Doubts())
}

func TestMetricScalingKnowsItsLimits(t *testing.T) {
	k := model.KnativeService{ArrivalRate: 30, Service: 1, ServiceCV: 1, Startup: 3, Target: 7, Window: 60, Interval: 2, MaxUp: 1000, MaxDown: 2, MaxInstances: 60,
		PanicWindow: 6, PanicThreshold: 2}
	assert.Equal(t, []model.Doubt{model.DoubtPanic}, k.Doubts())
	k.PanicWindow = 0
	assert.Empty(t, k.Doubts())
	k.PanicWindow, k.ArrivalRate = 6, 100
	assert.Empty(t, k.Doubts())
	k.ArrivalRate = 0.03
	assert.Contains(t, k.Doubts(), model.DoubtZero)
	for _, d := range []model.Doubt{model.DoubtPanic, model.DoubtZero, model.DoubtSharing} {
		assert.NotEmpty(t, d.String())
	}
}

func TestMetricScalingRefusesWhatItCannotSolve(t *testing.T) {
	good := model.KnativeService{ArrivalRate: 10, Service: 1, Startup: 3, Target: 0.7, Window: 60, Interval: 2, MaxUp: 1000, MaxDown: 2, MaxInstances: 60}.Model()
	for name, wrong := range map[string]func(*model.MetricScaling){
		"arrival rate":  func(m *model.MetricScaling) { m.ArrivalRate = 0 },
		"target":        func(m *model.MetricScaling) { m.Target = math.NaN() },
		"interval":      func(m *model.MetricScaling) { m.Interval = -1 },
		"start rate":    func(m *model.MetricScaling) { m.StartRate = 0 },
		"max up":        func(m *model.MetricScaling) { m.MaxUp = 1 },
		"max down":      func(m *model.MetricScaling) { m.MaxDown = 0 },
		"max instances": func(m *model.MetricScaling) { m.MaxInstances = 501 },
		"variation":     func(m *model.MetricScaling) { m.Measurement.CV = 0 },
		"most requests": func(m *model.MetricScaling) {
			m.Measurement = model.Measurement{Samples: 1, Chain: model.InstanceChain{Service: 1}}
		},
	} {
		m := good
		wrong(&m)
		_, err := m.Solve()
		assert.ErrorContains(t, err, name)
	}
}

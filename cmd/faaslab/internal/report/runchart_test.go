package report

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/cmd/faaslab/internal/chart"
	"faaslab/cmd/faaslab/internal/measured"
	"faaslab/platform"
	"faaslab/scenarios"
	"faaslab/sim"
	"faaslab/sim/stats"
	"faaslab/validate"
)

// The intervals of curves are computed as those of metrics are.
func TestCurvesHaveTheIntervalsOfMetrics(t *testing.T) {
	s, err := scenarios.Load("float", []scenarios.Override{{Key: "run.duration", Value: "2m"}})
	require.NoError(t, err)
	r, err := scenarios.Simulate(t.Context(), s, scenarios.Options{})
	require.NoError(t, err)
	p := r.Platform(scenarios.ContainerPlatform)
	got := stats.Curve(grouped(p.Replications), 2, func(o *platform.Observations, values []float64) {
		values[0] = o.Instances.Mean()
		values[1] = float64(o.Cold) / float64(o.Arrivals)
	})
	for i, name := range []string{"instances", "cold_start_probability"} {
		want, _ := p.Metric(name)
		assert.InDelta(t, want.Mean, got[i].Mean, 1e-12)
		assert.InDelta(t, want.HalfWidth, got[i].HalfWidth, 1e-12)
	}
	total := 0.0
	for _, y := range distributionPanel(scenarios.ContainerPlatform, metricNamed("idle"), grouped(p.Replications), nil).Series[0].Y {
		total += y
	}
	assert.InDelta(t, 1, total, 0.01) // except for states that are too unlikely to be shown
	assert.Len(t, grouped(make([]platform.Observations, 100)), mostGroups)
}

// The results of simulations and models become points of a sweep's chart.
func TestSweepOfResults(t *testing.T) {
	var points []ChartPoint
	for _, keepAlive := range []string{"60s", "10s"} { // in any order
		s, err := scenarios.Load("float", []scenarios.Override{{Key: "run.duration", Value: "2m"}, {Key: "container.keep_alive", Value: keepAlive}})
		require.NoError(t, err)
		r, err := scenarios.Simulate(t.Context(), s, scenarios.Options{})
		require.NoError(t, err)
		models, _, err := SolveModels(s, "smp", validate.QuickWork)
		require.NoError(t, err)
		points = append(points, ChartPoint{Values: []string{keepAlive}, Platforms: ChartPlatforms(r, models)})
	}
	ch := SweepChart("float", nil, []string{"container.keep_alive"}, points, []string{"instances"}, measured.Measurements{})
	p := ch.Shown()[0]
	require.Len(t, p.Series, 3)
	assert.Equal(t, []string{"containers, simulated", "SMP", "Wasm, simulated"}, []string{p.Series[0].Name, p.Series[1].Name, p.Series[2].Name})
	for i, point := range []ChartPoint{points[1], points[0]} {
		c := point.Platforms[scenarios.ContainerPlatform]
		assert.Equal(t, []float64{10, 60}[i], p.Series[0].X[i])
		assert.Equal(t, c.Metrics["instances"].Mean, p.Series[0].Y[i])
		assert.InDelta(t, c.Metrics["instances"].HalfWidth, p.Series[0].High[i]-p.Series[0].Y[i], 1e-12)
		assert.Equal(t, c.Models[0].Metrics["instances"], p.Series[1].Y[i])
	}
}

// Many states are shown by the averages of neighbours, so that the sum over all states stays 1.
func TestManyStatesAreAveraged(t *testing.T) {
	s, err := scenarios.Load("float", []scenarios.Override{{Key: "run.duration", Value: "2s"}, {Key: "run.warmup", Value: "0s"},
		{Key: "arrivals.rate", Value: "3000/s"}, {Key: "container.max_instances", Value: "unlimited"}, {Key: "run.replications", Value: "2"}})
	require.NoError(t, err)
	r, err := scenarios.Simulate(t.Context(), s, scenarios.Options{})
	require.NoError(t, err)
	p := distributionPanel(scenarios.ContainerPlatform, metricNamed("instances"), grouped(r.Platform(scenarios.ContainerPlatform).Replications), nil).Series[0]
	require.LessOrEqual(t, len(p.X), mostStates)
	step, total := p.X[1]-p.X[0], 0.0
	require.Greater(t, step, 2.0)
	for _, y := range p.Y {
		total += y * step
	}
	assert.InDelta(t, 1, total, 0.01)
}

// The figure of a comparison has the intervals of the table with --percent: intervals of the ratio,
// not of B − A in units of A. They are much wider where B is a small part of A.
func TestTheFigureOfAComparisonHasTheIntervalsOfTheRatio(t *testing.T) {
	a, err := scenarios.Load("float", []scenarios.Override{{Key: "run.duration", Value: "2m"}})
	require.NoError(t, err)
	b, err := scenarios.Load("float", []scenarios.Override{{Key: "run.duration", Value: "2m"}, {Key: "wasm.service", Value: "exponential(mean=40ms)"}})
	require.NoError(t, err)
	c, err := scenarios.Compare(context.Background(), a, b, scenarios.Options{})
	require.NoError(t, err)
	d := c.Differences[scenarios.WasmPlatform][0]
	require.Equal(t, "response_time", d.Name)
	require.Less(t, d.Relative.HalfWidth, d.Difference.HalfWidth/d.A.Mean/10)
	for _, s := range ChartOfComparison(c).Panels[0].Series {
		if s.Platform == scenarios.WasmPlatform {
			assert.InDelta(t, d.Relative.Mean, s.Y[0], 1e-12)
			assert.InDelta(t, d.Relative.Mean+d.Relative.HalfWidth, s.High[0], 1e-12)
		}
	}
}

// The figure of a run shows first which requests are rejected or time out; without such requests it
// has no such panel.
func TestTheFigureOfARunShowsWhatBecomesOfRequests(t *testing.T) {
	for cap, want := range map[string]int{"1": 1, "unlimited": 0} {
		overrides, err := scenarios.ParseOverrides("--set", []string{"container.max_instances=" + cap, "run.duration=100s", "run.replications=2"})
		require.NoError(t, err)
		s, err := scenarios.Load("float", overrides)
		require.NoError(t, err)
		r, err := scenarios.Simulate(context.Background(), s, scenarios.Options{})
		require.NoError(t, err)
		panels := RunChart(&Report{Result: r}, measured.Measurements{}).Shown()
		found := 0
		for i, p := range panels {
			if p.Title == "What becomes of requests" {
				found++
				assert.Zero(t, i)
				assert.Equal(t, []string{"cold start probability", "rejection probability"}, p.X.Categories)
				assert.LessOrEqual(t, p.Values().Low, 0.0, "the axis begins at 0")
			}
		}
		assert.Equal(t, want, found, cap)
	}
}

// A slot of a transient has few cold starts: its figure shows probabilities and response times over
// several slots, and counts for each slot.
func TestTheFigureOfATransientMergesSlotsOfFewEvents(t *testing.T) {
	points := func(replications string) map[string]int {
		overrides, err := scenarios.ParseOverrides("--set", []string{"run.replications=" + replications, "container.keep_alive=2s"})
		require.NoError(t, err)
		s, err := scenarios.Load("float", overrides)
		require.NoError(t, err)
		r, err := scenarios.Transient(context.Background(), s, scenarios.TransientOptions{Horizon: sim.FromSeconds(240)})
		require.NoError(t, err)
		n := map[string]int{}
		for _, p := range ChartOfTransient(r, nil).Panels {
			n[p.Y.Label] = len(p.Series[0].X)
		}
		return n
	}
	assert.Equal(t, map[string]int{"mean running instances": 120, "mean idle instances": 120, "mean instances": 120,
		"cold start probability": 20, "mean response time": 20, "response time, 95th percentile": 20}, points("2"))
	assert.Equal(t, 120, points("60")["cold start probability"])
}

// metricNamed returns a metric of the catalogue.
func metricNamed(name string) platform.Metric {
	m, _ := platform.Find(name)
	return m
}

func TestErrorsOfMeasurementsAreDrawn(t *testing.T) {
	m, err := measured.Parse("m.csv", []byte("container.keep_alive,container.idle,container.idle.half_width\n1s,2,0.5\n2s,3,\n"), "")
	require.NoError(t, err)
	drawn := m.Series("container", "idle", 0, map[string]float64{"1s": 1, "2s": 2})
	require.Len(t, drawn, 1)
	assert.Equal(t, []float64{1.5}, drawn[0].Low[:1])
	assert.Equal(t, []float64{2.5}, drawn[0].High[:1])
	assert.True(t, math.IsNaN(drawn[0].Low[1]))
	ch := chart.Chart{Panels: []chart.Panel{{Series: drawn}}}
	assert.Equal(t, "Whiskers of what was measured: its half-widths.", intervalNote(ch))
}

func TestTheAxisOfAKey(t *testing.T) {
	a, at := KeyAxis("container.keep_alive", []string{"1m", "60s", "500ms"})
	assert.Equal(t, chart.Axis{Label: "keep-alive", Unit: platform.Seconds}, a)
	assert.Equal(t, map[string]float64{"1m": 60, "60s": 60, "500ms": 0.5}, at)
	a, at = KeyAxis("container.keep_alive", []string{"10s", "never", "10s"})
	assert.Equal(t, []string{"10s", "never"}, a.Categories)
	assert.Equal(t, 1.0, at["never"])
	a, at = KeyAxis("nodes.memory", []string{"512MB", "1.5GB"})
	assert.Equal(t, chart.Axis{Label: "nodes memory", Unit: platform.Megabytes}, a)
	assert.Equal(t, map[string]float64{"512MB": 512, "1.5GB": 1536}, at)
	a, at = KeyAxis("container.scaling.target", []string{"10%", "62.5%", "100%"})
	assert.Equal(t, chart.Axis{Label: "target of an instance", Unit: platform.Probability}, a)
	assert.Equal(t, map[string]float64{"10%": 0.1, "62.5%": 0.625, "100%": 1}, at)
	a, _ = KeyAxis("container.scaling.target", []string{"70%", "7"})
	assert.Equal(t, []string{"70%", "7"}, a.Categories, "a share and a number of requests")
	a, _ = KeyAxis("nodes.memory", []string{"512MB", "unlimited"})
	assert.Equal(t, []string{"512MB", "unlimited"}, a.Categories)
}

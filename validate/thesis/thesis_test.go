package thesis

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/scenarios"
	"faaslab/sim"
	"faaslab/sim/stats"
)

func TestEveryFigureOfTheThesisThatShowsNumbersIsThere(t *testing.T) {
	var numbers []string
	known := map[string]Series{}
	for _, s := range AllSeries() {
		require.NotContains(t, known, s.Name)
		known[s.Name] = s
	}
	for _, f := range Figures {
		numbers = append(numbers, f.Number)
		assert.NotEmpty(t, f.Caption)
		assert.NotEmpty(t, f.See)
		for _, p := range f.Panels {
			for _, name := range p.Series {
				if p.Service {
					continue
				}
				s, ok := known[name]
				require.True(t, ok, name)
				assert.True(t, s.Level || s.Key == p.Key, "%s over %s", name, p.Key)
			}
		}
	}
	assert.Equal(t, []string{"4.1", "4.2", "4.3", "4.4", "4.5", "4.6", "4.7", "4.8", "4.9", "4.10", "4.11", "4.12", "4.13", "4.14",
		"4.15", "4.16", "4.17", "4.18", "4.19", "4.20", "4.21", "A.1"}, numbers)
}

// Every value of every series is a scenario with one platform; ten cores have a steady state below
// a load of 1, and none beyond.
func TestEverySeriesIsMadeOfScenarios(t *testing.T) {
	for _, s := range append(AllSeries(), WithService("matmul", 0.05), WithConstantService(AllSeries()[0])) {
		for i, value := range s.Values {
			scenario, err := s.scenario(value, 7, DefaultOptions.overrides()...)
			require.NoError(t, err)
			assert.Equal(t, []string{s.Platform}, scenario.Platforms(), s.Name)
			assert.Equal(t, uint64(7), scenario.Run.Seed)
			if s.Key == "arrivals.rate" {
				assert.InDelta(t, numberOf(value), scenario.Arrivals.Rate(), 1e-9)
			} else {
				assert.InDelta(t, numberOf(value), scenario.Container.KeepAlive.Seconds(), 1e-9)
			}
			if s.Platform == scenarios.WasmPlatform && len(s.Values) == len(loads) {
				service, _ := scenario.Wasm.Service.Moments()
				speed := 1.0
				if s.Clocked {
					speed = RisingClock
				}
				assert.InEpsilon(t, loads[i], scenario.Arrivals.Rate()*service/tenCores/speed, 0.006)
				assert.Equal(t, loads[i] < 1, scenario.CheckSteadyState() == nil, "%s at %s", s.Name, value)
			}
		}
	}
	s, err := WithService("matmul", 0.05).scenario("1/s", 1)
	require.NoError(t, err)
	assert.Equal(t, "exponential(mean=50ms)", s.Wasm.Service.String())
	s, err = WithConstantService(AllSeries()[0]).scenario("1s", 1)
	require.NoError(t, err)
	assert.Equal(t, "constant(25.9ms)", s.Container.Warm.String())
	assert.Equal(t, "constant(2.5849s)", s.Container.Cold.String())
}

func TestThereIsAStatementForEachThingThatTheThesisSays(t *testing.T) {
	known := map[string]bool{}
	for _, s := range AllSeries() {
		known[s.Name] = true
	}
	all := statements()
	assert.GreaterOrEqual(t, len(all), 40)
	seen := map[string]bool{}
	for _, s := range all {
		assert.NotEmpty(t, s.where)
		assert.NotEmpty(t, s.needs, s.text)
		assert.LessOrEqual(t, s.span.low, s.span.high, s.text)
		assert.False(t, seen[s.text+s.quantity], s.text)
		seen[s.text+s.quantity] = true
		for _, name := range s.needs {
			assert.True(t, known[name], "%s: %s", s.text, name)
		}
		// Series without numbers decide nothing.
		empty := curves{}
		for _, name := range s.needs {
			i := slices.IndexFunc(AllSeries(), func(other Series) bool { return other.Name == name })
			empty[name] = Curve{Series: AllSeries()[i]}
		}
		if s.text != "The model (M/G/∞) closely matches until capacity is reached" && !s.needsModels() {
			assert.NotEqual(t, Reproduced, s.decide(emptyPoints(empty)).Verdict, s.text)
		}
	}
	assert.Empty(t, Findings(nil), "no finding without its series")
}

// needsModels reports whether a statement counts the points at which a model is better.
func (s statement) needsModels() bool { return len(s.where) > 1 && s.where[0] == 'A' }

// emptyPoints gives curves their points, without any numbers.
func emptyPoints(c curves) curves {
	for name, curve := range c {
		for _, v := range curve.Values {
			curve.Points = append(curve.Points, Point{Value: v, At: numberOf(v)})
		}
		c[name] = curve
	}
	return c
}

func TestVerdicts(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		name       string
		mean, half float64
		low, high  float64
		assumption string
		want       Verdict
	}{
		{"inside", 2, 0.5, 1, 3, "", Reproduced},
		{"inside, with an assumption", 2, 0.5, 1, 3, "equal cores", Assuming},
		{"inside of what has no end", 200, 0.5, 1, inf, "", Reproduced},
		{"at the very edge", 2, 1, 1, 3, "", Reproduced},
		{"below", 0.4, 0.5, 1, 3, "equal cores", NotReproduced},
		{"above", 3.6, 0.5, 1, 3, "", NotReproduced},
		{"across the lower end", 1.2, 0.5, 1, 3, "", Undecided},
		{"across the upper end", 2.9, 0.5, 1, 3, "equal cores", Undecided},
		{"across both", 2, 5, 1, 3, "", Undecided},
		{"of nothing", nan, nan, 1, 3, "", Undecided},
		{"without an interval", 2, nan, 1, 3, "", Undecided},
	} {
		e := stats.Estimate{Mean: c.mean, HalfWidth: c.half, N: 16}
		assert.Equal(t, c.want, judge(e, c.low, c.high, c.assumption), c.name)
		s := statement{span: span{c.low, c.high}, assumption: c.assumption, value: func(curves) answer { return answer{Estimate: e} },
			why: map[Verdict]string{NotReproduced: "so"}}
		f := s.decide(nil)
		assert.Equal(t, c.want, f.Verdict, c.name)
		assert.Equal(t, c.want == NotReproduced, f.Why == "so", c.name)
		assert.True(t, math.IsNaN(f.RunLow))
	}
	for _, c := range []struct {
		name            string
		runLow, runHigh float64
		assumption      string
		want            Verdict
	}{
		{"what was measured is among the runs", 1, 3, "", Reproduced},
		{"and with an assumption", 1, 3, "equal cores", Assuming},
		{"only as it was rounded", 2.1, 3, "", Reproduced},
		{"all runs are above", 2.3, 3, "", NotReproduced},
		{"all runs are below", 1, 1.7, "equal cores", NotReproduced},
		{"there are too few runs", nan, nan, "", Undecided},
	} {
		s := statement{span: about(2), run: true, assumption: c.assumption, value: func(curves) answer {
			return answer{Estimate: stats.Estimate{Mean: 2}, run: Spread{Low: c.runLow, High: c.runHigh}}
		}}
		assert.Equal(t, c.want, s.decide(nil).Verdict, c.name)
	}
}

func TestDerivedIntervalsHoldWhatTheirPartsAllow(t *testing.T) {
	a, b := stats.Estimate{Mean: 10, HalfWidth: 1, N: 16}, stats.Estimate{Mean: 5, HalfWidth: 0.5, N: 8}
	e := derive(quotient, a, b)
	assert.InDelta(t, 2, e.Mean, 1e-12)
	assert.Equal(t, 8, e.N)
	assert.InDelta(t, 0.2+(10/4.5-2), e.HalfWidth, 1e-12, "each part at its own worst end")
	assert.True(t, math.IsNaN(derive(quotient, a, none.Estimate).Mean))
	assert.True(t, math.IsNaN(derive(quotient, a, stats.Estimate{Mean: 1, HalfWidth: math.NaN()}).HalfWidth))
}

// A further run lies in the band with 95 %, averaged over many bands, of few runs or of many.
func TestTheBandHoldsAFurtherRun(t *testing.T) {
	g := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{LeastRuns, 100, 200} {
		const bands = 20_000
		inside := 0
		for range bands {
			values := make([]float64, n)
			for i := range values {
				values[i] = g.ExpFloat64()
			}
			slices.Sort(values)
			if x := g.ExpFloat64(); x >= further(values, 0.025) && x <= further(values, 0.975) {
				inside++
			}
		}
		// Four standard errors: a false alarm in 15,000.
		assert.InDelta(t, 0.95, float64(inside)/bands, 4*math.Sqrt(0.95*0.05/bands)+0.0005, n)
	}
	assert.True(t, math.IsNaN(further(make([]float64, LeastRuns-1), 0.025)), "too few for it")
	assert.True(t, math.IsNaN(further(make([]float64, LeastRuns-1), 0.975)))
	assert.True(t, math.IsNaN(further(nil, 0.5)))
}

func TestWhereACurveReachesALevel(t *testing.T) {
	point := func(at, running float64) Point {
		return Point{At: at, Steady: map[string]stats.Estimate{"running": {Mean: running, HalfWidth: 0.1, N: 16}}}
	}
	c := curves{"s": {Points: []Point{point(1, 2), point(2, 6), point(3, 20)}}}
	e := c.crossing("s", "running", func(Point) float64 { return 13 })
	assert.InDelta(t, 2.5, e.Mean, 1e-12)
	assert.InDelta(t, 0.0072, e.HalfWidth, 0.001)
	assert.True(t, math.IsNaN(c.crossing("s", "running", func(Point) float64 { return 21 }).Mean), "never")
	assert.InDelta(t, 0.5, share([]stats.Estimate{{Mean: 1}, {Mean: -1}}).Mean, 1e-12)
	undecided := share([]stats.Estimate{{Mean: 1, HalfWidth: 2}, {Mean: 1, HalfWidth: 0.1}})
	assert.Equal(t, stats.Estimate{Mean: 0.75, HalfWidth: 0.25, N: 2}, undecided)
}

// quick are options that take little time.
var quick = Options{Seed: 3, Runs: LeastRuns, MaxRequests: 3000, Precision: 0.5}

// small is a series of two values; at the second, its core has no steady state.
var small = Series{Name: "spin_float_load", Platform: scenarios.WasmPlatform, Function: "float", Key: "arrivals.rate", Values: []string{"0.1/s", "0.5/s"},
	Settings: []scenarios.Override{{Key: "wasm.cores", Value: "1"}}, Run: scenarios.ShortRunOptions{Duration: 60 * sim.Second, Every: sim.Second}}

func TestASimulatedCurve(t *testing.T) {
	pool := Series{Name: "pool", Platform: scenarios.ContainerPlatform, Function: "float", Key: "container.keep_alive", Values: []string{"3s", "10s"}, Run: small.Run}
	var got, again []Curve
	simulate := func(o Options, into *[]Curve) {
		require.NoError(t, Simulate(context.Background(), []Series{small, pool}, o, func(c Curve) error {
			*into = append(*into, c)
			return nil
		}))
	}
	simulate(quick, &got)
	other := quick
	other.Workers = 1
	simulate(other, &again)
	assert.Equal(t, got, again, "whatever the number of workers")
	require.Len(t, got, 2)
	assert.Equal(t, "spin_float_load", got[0].Name)
	steady, ok := got[0].At("0.1/s")
	require.True(t, ok)
	assert.Positive(t, steady.Steady["response_time"].Mean)
	assert.InEpsilon(t, 4.876/(1-0.4876), steady.Model("processor-sharing", "response_time"), 1e-6)
	assert.True(t, math.IsNaN(steady.Model("smp", "response_time")))
	unsteady, _ := got[0].At("0.5/s")
	assert.Nil(t, unsteady.Steady)
	assert.Less(t, unsteady.Runs["response_time"].Low, unsteady.Runs["response_time"].Mean.Mean)
	assert.Less(t, unsteady.Runs["response_time"].Mean.Mean, unsteady.Runs["response_time"].High)
	p := got[1].Points[1]
	assert.InDelta(t, p.Steady["response_time"].Mean, p.Steady[InInstance].Mean, 1e-12, "nothing waits")
	assert.InDelta(t, 0.0972, p.Model("level-crossing", "cold_start_probability"), 0.0005)
	_, ok = got[1].At("4s")
	assert.False(t, ok)
}

func TestWhatStopsASimulation(t *testing.T) {
	stop := errors.New("enough")
	assert.ErrorIs(t, Simulate(context.Background(), []Series{small}, quick, func(Curve) error { return stop }), stop)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	assert.ErrorIs(t, Simulate(ctx, []Series{small}, quick, func(Curve) error { return nil }), context.Canceled)
	wrong := small
	wrong.Values = []string{"nonsense"}
	assert.ErrorContains(t, Simulate(context.Background(), []Series{wrong}, quick, func(Curve) error { return nil }), "spin_float_load at nonsense")
}

package scenarios

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestValuesOfAnAxis(t *testing.T) {
	for text, want := range map[string][]string{
		"container.keep_alive=1s..10s:4":                                          {"1s", "4s", "7s", "10s"},
		"container.keep_alive=1s..2m:3":                                           {"1s", "60.5s", "2m"},
		"container.keep_alive=0s..1s:3":                                           {"0s", "500ms", "1s"},
		"container.keep_alive=1s..100s:3log":                                      {"1s", "10s", "100s"},
		"container.keep_alive=1s..180s:4log":                                      {"1s", "5.64622s", "31.8798s", "180s"},
		"container.keep_alive=1s, 1m30s ,never":                                   {"1s", "1m30s", "never"},
		"container.keep_alive=1s..3s:3,never":                                     {"1s", "2s", "3s", "never"},
		"container.max_instances=1..4:8":                                          {"1", "2", "3", "4"},
		"container.max_instances=10..1000:5log":                                   {"10", "32", "100", "316", "1000"},
		"container.max_instances=5,unlimited":                                     {"5", "unlimited"},
		"container.routing=mru,lru,random":                                        {"mru", "lru", "random"},
		"arrivals.rate=1/s..4/s:4":                                                {"1/s", "2/s", "3/s", "4/s"},
		"arrivals=poisson(rate=1/s),batch(poisson(rate=1/s), size=5)":             {"poisson(rate=1/s)", "batch(poisson(rate=1/s), size=5)"},
		"arrivals=mmpp(rates=[1/s, 20/s], sojourns=[60s, 5s]),constant(rate=1/s)": {"mmpp(rates=[1/s, 20/s], sojourns=[60s, 5s])", "constant(rate=1/s)"},
		"container.warm.cv=0.5..2:4":                                              {"0.5", "1", "1.5", "2"},
		"run.precision=1%..5%:3":                                                  {"1%", "3%", "5%"},
		"pricing.container_memory=128MB..2GB:3":                                   {"128MB", "1088MB", "2GB"},
	} {
		axes, err := ParseAxes(context.Background(), "--vary", []string{text}, 1e9)
		require.NoError(t, err, text)
		assert.Equal(t, want, axes[0].Values, text)
	}
}

// A long axis is read in a time that grows as it does: with each value compared to all before, this takes minutes.
func TestALongAxisIsReadAtOnce(t *testing.T) {
	began := time.Now()
	axes, err := ParseAxes(context.Background(), "--vary", []string{"container.keep_alive=1s..1h:600000"}, 1e9)
	require.NoError(t, err)
	assert.Greater(t, len(axes[0].Values), 400_000, "those that differ in six digits")
	assert.Less(t, time.Since(began), 30*time.Second)
}

// A grid that is too large is refused before its values are made, and a caller that stops ends the reading.
func TestAGridThatIsTooLargeIsNotMade(t *testing.T) {
	for _, texts := range [][]string{
		{"container.keep_alive=1s..1h:1000000"},
		{"container.keep_alive=1s..1h:20", "container.max_instances=1..100:11"},
		{"container.keep_alive=1s..1h:200,2h"},
		{"container.keep_alive=1s..1h:150,2h..3h:51"},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := ParseAxes(context.Background(), "--vary", texts, 200)
		runtime.ReadMemStats(&after)
		var tooMany *PointsError
		require.ErrorAs(t, err, &tooMany, "%s", texts)
		assert.Equal(t, 200, tooMany.Most)
		assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(1<<20), "%s", texts)
	}
	_, err := ParseAxes(context.Background(), "--vary", []string{"container.max_instances=1..4:1000", "container.keep_alive=1s..50s:50"}, 200)
	assert.NoError(t, err, "whole numbers are but four")
	_, err = ParseAxes(context.Background(), "--vary", []string{"container.keep_alive=1s..1h:600000,2h..3h:600000"}, 1e9)
	assert.ErrorContains(t, err, "found more than 1000000 values; want fewer")

	stopped, stop := context.WithCancel(context.Background())
	stop()
	_, err = ParseAxes(stopped, "--vary", []string{"container.keep_alive=1s..1h:1000000"}, 1e9)
	assert.ErrorIs(t, err, context.Canceled)
}

// What one scenario of a text changes in it is not seen by the next.
func TestScenariosOfATextAreIndependent(t *testing.T) {
	text, err := Read("float")
	require.NoError(t, err)
	for range 2 {
		s, err := text.Scenario([]Override{{Key: "container.warm.mean", Value: "7s"}, {Key: "container.startup", Value: "constant(1s)"}})
		require.NoError(t, err)
		assert.InDelta(t, 7, mean(s.Container.Warm), 1e-9)
		_, err = text.Scenario([]Override{{Key: "container.keep_alive", Value: "soon"}})
		assert.Error(t, err)
		plain, err := text.Scenario(nil)
		require.NoError(t, err)
		alone, err := Load("float", nil)
		require.NoError(t, err)
		assert.Equal(t, alone, plain)
	}
}

func TestAGridHasEveryCombinationOnce(t *testing.T) {
	g := Grid{{"a", []string{"1", "2", "3"}}, {"b", []string{"x", "y"}}}
	require.Equal(t, 6, g.Len())
	var points []string
	for i := range g.Len() {
		p := g.Point(i)
		points = append(points, p[0].Value+p[1].Value)
	}
	assert.Equal(t, []string{"1x", "1y", "2x", "2y", "3x", "3y"}, points)

	big := make([]string, 1_000_000)
	assert.Equal(t, math.MaxInt, Grid{{"a", big}, {"b", big}, {"c", big}, {"d", big}}.Len())
}

// The points come in their order, are what Simulate says, and do not depend on the workers.
func TestASweepIsASimulationOfEachPoint(t *testing.T) {
	scenario := func(i int) (Scenario, error) {
		if i == 3 {
			return Scenario{}, errors.New("three")
		}
		return Load("float", []Override{set("run.duration", "1m"), set("run.warmup", "1m"), set("arrivals.rate", fmt.Sprintf("%d/s", i+1))})
	}
	for _, workers := range []int{1, 2, 5} {
		var order []int
		var last float64
		err := Sweep(context.Background(), 7, scenario, Options{Workers: workers, Progress: func(done float64) { last = done }},
			func(i int, p Point) Point { return p },
			func(i int, p Point) error {
				order = append(order, i)
				if i == 3 {
					assert.EqualError(t, p.Err, "three")
					return nil
				}
				s, err := scenario(i)
				require.NoError(t, err)
				assertSame(t, simulate(t, s, Options{}), p.Result)
				return nil
			})
		require.NoError(t, err)
		assert.Equal(t, []int{0, 1, 2, 3, 4, 5, 6}, order)
		assert.InDelta(t, 1, last, 1e-9)
	}
}

func TestASweepStopsWhereItIsTold(t *testing.T) {
	scenario := func(i int) (Scenario, error) {
		return Load("float", []Override{set("run.duration", "1m"), set("run.warmup", "1m")})
	}
	prepare := func(i int, p Point) int { return i }
	full := errors.New("the disk is full")
	var started atomic.Int64
	err := Sweep(context.Background(), 1_000_000, func(i int) (Scenario, error) { started.Add(1); return scenario(i) }, Options{Workers: 2},
		prepare, func(i, _ int) error {
			if i == 3 {
				return full
			}
			return nil
		})
	assert.ErrorIs(t, err, full)
	assert.LessOrEqual(t, started.Load(), int64(3+1+4), "only a few points are in flight")

	ctx, cancel := context.WithCancel(context.Background())
	done := 0
	err = Sweep(ctx, 1_000_000, scenario, Options{}, prepare, func(i, _ int) error {
		if done++; done == 5 {
			cancel()
		}
		return nil
	})
	assert.ErrorIs(t, err, context.Canceled)
	assert.Less(t, done, 10)
}

func TestSimulateAllReturnsTheFirstError(t *testing.T) {
	good, bad := Default(), Default()
	good.Run.MaxRequests, good.Run.Replications = 2000, 2
	bad.Arrivals = nil
	results, err := SimulateAll(context.Background(), []Scenario{good, bad}, Options{Workers: 1})
	assert.ErrorContains(t, err, "arrivals: missing")
	assert.Nil(t, results)
	results, err = SimulateAll(context.Background(), nil, Options{})
	assert.NoError(t, err)
	assert.Empty(t, results)
}

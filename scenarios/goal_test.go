package scenarios

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/scenarios/internal/quantity"
	"faaslab/sim"
	"faaslab/sim/stats"
	"faaslab/sim/tests"
)

func TestGoalsAreRead(t *testing.T) {
	s := load(t, "float", "pricing.preset", "aws-lambda", "pricing.container_memory", "512MB", "pricing.wasm_memory", "64MB")
	type read struct {
		platform, metric, text string
		bound                  float64
		atLeast, strict        bool
	}
	for text, want := range map[string]read{
		"cold_start_probability <= 1%":       {ContainerPlatform, "cold_start_probability", "cold_start_probability <= 1%", 0.01, false, false},
		"  cold_start_probability≤0.01 ":     {ContainerPlatform, "cold_start_probability", "cold_start_probability <= 0.01", 0.01, false, false},
		"wasm.response_time_p95 < 2s":        {WasmPlatform, "response_time_p95", "wasm.response_time_p95 < 2s", 2, false, true},
		"response_time <= 1m30s":             {ContainerPlatform, "response_time", "response_time <= 1m30s", 90, false, false},
		"idle >= 3":                          {ContainerPlatform, "idle", "idle >= 3", 3, true, false},
		"container.throughput > 30/m":        {ContainerPlatform, "throughput", "container.throughput > 30/m", 0.5, true, true},
		"user_cost <= 12.5":                  {ContainerPlatform, "user_cost", "user_cost <= 12.5", 12.5, false, false},
		"wasm.response_time > 2s <= 5%":      {WasmPlatform, "response_time>2s", "wasm.response_time>2s <= 5%", 0.05, false, false},
		"waiting_time ≤ 0.5s >= 99%":         {ContainerPlatform, "waiting_time<=0.5s", "waiting_time<=0.5s >= 99%", 0.99, true, false},
		"response_time>500ms≥0.5":            {ContainerPlatform, "response_time>500ms", "response_time>500ms >= 0.5", 0.5, true, false},
		"container.utilization     >=   40%": {ContainerPlatform, "utilization", "container.utilization >= 40%", 0.4, true, false},
	} {
		goals, err := ParseGoals("--goal", []string{text}, s)
		require.NoError(t, err, text)
		g := goals[0]
		assert.Equal(t, want, read{g.Platform, g.Metric.Name, g.String(), g.Bound, g.AtLeast, g.Strict}, text)
	}
	s.Container = nil
	goals, err := ParseGoals("--goal", []string{"response_time <= 2s"}, s)
	require.NoError(t, err)
	assert.Equal(t, WasmPlatform, goals[0].Platform, "the only one")
}

func TestGoalsThatAreNone(t *testing.T) {
	s := load(t, "float")
	s.Wasm = nil
	for text, want := range map[string]string{
		"":                         "found no comparison; want METRIC <= VALUE, such as cold_start_probability <= 1%",
		"idle":                     "found no comparison",
		"idle == 3":                "found no comparison",
		"idle <= ":                 `found "idle <= "; want METRIC`,
		"<= 3":                     `found "<= 3"; want METRIC`,
		"idle <== 3":               `found "idle <== 3"; want METRIC`,
		"idle <= 3 <= 4":           `found a limit of "idle"; only response_time and waiting_time have one, as in response_time>2s`,
		"idle > 3 <= 4":            `found a limit of "idle"`,
		"response_time<2s <= 4%":   `found "response_time<2s"; want response_time>2s, the fraction of served requests above a time, or response_time<=2s`,
		"waiting_time≥2s <= 4%":    `found "waiting_time>=2s"; want waiting_time>2s`,
		"waiting_time><=2s <= 4%":  `found "waiting_time><=2s"; want waiting_time>2s`,
		"waiting_time> <= 4%":      `found "waiting_time>"; want waiting_time>2s`,
		"idel <= 3":                "did you mean idle? want one of cold_start_probability, ",
		"wasm.response_time <= 1s": "the scenario has no block wasm",
		"idle <= -1":               `found "-1"; want a number of 0 or more`,
		"idle <= NaN":              `found "NaN"`,
		"idle <= 3s":               `found "3s"; want a number`,
		"utilization <= 101%":      `found "101%"; want a fraction such as 1% or 0.01, at most 100%`,
		"response_time <= 2":       `"2" has no unit`,
		"throughput >= 2":          `"2" has no slash and unit`,
		"utilization <= 5":         `at most 100%; did you mean 5%?`,
		"utilization <= 1":         `every simulation meets it; want a bound that can be missed; did you mean 1%?`,
		"utilization <= 100%":      `every simulation meets it; want a bound that can be missed`,
		"idle >= 0":                `every simulation meets it; want a bound that can be missed`,
		"idle < 0":                 `no simulation meets it; want a bound that can be met`,
		"utilization > 1":          `no simulation meets it; want a bound that can be met`,
		"response_time>x <= 1%":    `"x" does not begin with a number`,
		"provider_cost <= 2":       "needs prices",
		"releasing <= 2":           "releasing needs container.release, and the scenario has none",
	} {
		_, err := ParseGoals("--goal", []string{text}, s)
		assert.ErrorContains(t, err, want, text)
		assert.ErrorContains(t, err, "--goal", text)
	}
	_, err := ParseGoals("--goal", []string{"idle <= 3", "nosuch < 2", "idle  <=  3"}, s)
	assert.ErrorContains(t, err, "nosuch")
	assert.ErrorContains(t, err, "twice")
}

// A verdict needs the whole interval on one side of the bound, and with 16 replications one that is 1.38 times as
// wide: Student's t at 99.5 and 97.5 % is 2.947 and 2.131.
func TestGoalsAreJudgedByIntervals(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		operator        string
		mean, halfWidth float64
		want            Verdict
	}{
		{"<=", 2.5, 0.5, Met}, {"<", 2.5, 0.5, Undecided}, {"<", 2.25, 0.5, Met}, {"<=", 3, 0.5, Undecided}, {"<=", 3.5, 0.5, Undecided},
		{"<", 3.5, 0.5, Missed}, {"<=", 4, 0.5, Missed}, {"<=", 3, 0, Met}, {"<", 3, 0, Missed},
		{">=", 3.5, 0.5, Met}, {">", 3.5, 0.5, Undecided}, {">=", 2, 0.5, Missed}, {">=", 2.75, 0.5, Undecided}, {">", 2.5, 0.5, Missed},
		{"<=", nan, nan, Undecided}, {"<=", 1, nan, Undecided}, {">=", nan, 1, Undecided},
	} {
		goals, err := ParseGoals("--goal", []string{"idle " + c.operator + " 3"}, load(t, "float"))
		require.NoError(t, err)
		assert.Equal(t, c.want, goals[0].judge(stats.Estimate{Mean: c.mean, HalfWidth: c.halfWidth}, 1).Verdict, "%v", c)
	}
	goals, err := ParseGoals("--goal", []string{"idle <= 3"}, load(t, "float"))
	require.NoError(t, err)
	for mean, want := range map[float64]Verdict{2.307: Met, 2.310: Undecided, 3.690: Undecided, 3.693: Missed} {
		assert.Equal(t, want, goals[0].judge(stats.Estimate{Mean: mean, HalfWidth: 0.5, N: 16}, 1).Verdict, "%v", mean)
	}
}

func TestRangesAreScanned(t *testing.T) {
	for text, want := range map[string]struct {
		n                         int
		first, second, inner, end string
	}{
		"container.keep_alive=1s..30m":            {20, "1s", "1.48s", "1210s", "30m"},
		"container.keep_alive=0s..19s":            {20, "0s", "1s", "18s", "19s"},
		"container.keep_alive=1000s..1001s":       {20, "1000s", "1000.05s", "1000.95s", "1001s"},
		"container.max_instances=1..10":           {10, "1", "2", "9", "10"},
		"container.max_instances=1..1000":         {19, "1", "2", "695", "1000"},
		"arrivals.rate=1/s..20/s":                 {20, "1/s", "1.17/s", "17.1/s", "20/s"},
		"container.warm.cv = 0.5 .. 2.4":          {20, "0.5", "0.6", "2.3", "2.4"},
		"pricing.container_memory=128MB..2048MB ": {20, "128MB", "229.376MB", "1.9GB", "2048MB"},
	} {
		r, err := ParseRange("--vary", text)
		require.NoError(t, err, text)
		scan := r.Scan()
		require.Len(t, scan, want.n, text)
		assert.Equal(t, []string{want.first, want.second, want.inner, want.end}, []string{scan[0], scan[1], scan[len(scan)-2], scan[len(scan)-1]}, text)
	}
}

func TestRangesThatAreNone(t *testing.T) {
	for text, want := range map[string]string{
		"container.keep_alive":                "want KEY=FROM..TO, such as container.keep_alive=1s..30m",
		"=1s..2s":                             "want KEY=FROM..TO",
		"container.keepalive=1s..2s":          "did you mean container.keep_alive?",
		"container=1s..2s":                    "container is a block; want one of its keys",
		"container.keep_alive=1s":             `found "1s"; want a range FROM..TO`,
		"container.keep_alive=2s..1s":         "the range is reversed; want the smaller end first: 1s..2s",
		"container.keep_alive=60s..1m":        "the range is empty",
		"container.keep_alive=1s..2s:9log":    "want 1s..2s",
		"container.keep_alive=1s..never":      `found "never" at an end of a range`,
		"container.keep_alive=..2s":           `found "" at an end of a range`,
		"container.keep_alive=1s..2/s":        "goes from a duration to a rate",
		"container.max_instances=1..2.5":      `found "2.5" at an end of the range; want a whole number`,
		"container.max_instances=1..99s":      `found "99s" at an end of the range; want a whole number`,
		"container.warm.cv=0..1e999":          "want a number that is not so large",
		"container.max_instances=unlimited..": `found "unlimited"`,
	} {
		_, err := ParseRange("--vary", text)
		assert.ErrorContains(t, err, want, text)
		assert.ErrorContains(t, err, "--vary", text)
	}
}

// Whatever is accepted is scanned in order, and halving it comes to an end.
func FuzzParseRange(f *testing.F) {
	for _, text := range []string{"container.keep_alive=1s..30m", "container.max_instances=1..60", "arrivals.rate=1/d..2/ms", "container.warm.cv=-1..1e300",
		"run.precision=0.1%..5%", "pricing.wasm_memory=64KB..1.5GB", "container.keep_alive=0s..1ns", "run.seed=0..18446744073709551615"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := ParseRange("--vary", text)
		if err != nil {
			return
		}
		scan := r.Values()
		first, _ := quantity.Parse(r.From)
		last, _ := quantity.Parse(r.To)
		if !slices.IsSorted(scan) || scan[0] != first.Value || scan[len(scan)-1] != last.Value {
			t.Fatalf("%q: %v", text, scan)
		}
		for a, b := first.Value, last.Value; ; {
			middle, ok := r.Middle(a, b, 0.01)
			if !ok {
				break
			}
			if middle <= a || middle >= b {
				t.Fatalf("%q: %v between %v and %v", text, middle, a, b)
			}
			b = middle
		}
	})
}

func FuzzParseGoals(f *testing.F) {
	for _, text := range []string{"cold_start_probability <= 1%", "wasm.response_time>2s ≥ 5%", "waiting_time≤.5s<1%", "idle<3", "throughput > 1/s"} {
		f.Add(text)
	}
	s, err := Load("float", nil)
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, text string) {
		goals, err := ParseGoals("--goal", []string{text}, s)
		if err != nil {
			return
		}
		again, err := ParseGoals("--goal", []string{goals[0].String()}, s)
		if err != nil || again[0].String() != goals[0].String() || again[0].Bound != goals[0].Bound {
			t.Fatalf("%q is read as %q, and that as %v, %v", text, goals[0], again, err)
		}
	})
}

// Goals over slots decide only where all slots together do.
func TestGoalsOverSlots(t *testing.T) {
	s := Default()
	e := func(mean, halfWidth float64) stats.Estimate {
		return stats.Estimate{Mean: mean, HalfWidth: halfWidth, N: 16}
	}
	none := stats.Estimate{Mean: math.NaN(), HalfWidth: math.NaN()}
	for _, c := range []struct {
		goal  string
		slots []stats.Estimate
		want  Verdict
		mean  float64
	}{
		{"max(idle) <= 3", []stats.Estimate{e(1, 0.1), none, e(2, 0.1)}, Met, 2},
		{"max(idle) <= 3", []stats.Estimate{e(1, 0.1), e(2.9, 0.1), e(2, 0.1)}, Undecided, 2.9},
		{"max(idle) <= 3", []stats.Estimate{e(4, 0.1), e(2.9, 0.1)}, Missed, 4},
		{"max(idle) <= 3", []stats.Estimate{e(1, 2), e(2, 0.1)}, Undecided, 1},
		{"max(idle) <= 3", []stats.Estimate{e(4, 0.1), {Mean: 9, HalfWidth: math.NaN(), N: 1}}, Missed, 4},
		{"max(idle) >= 3", []stats.Estimate{e(4, 0.1), e(1, 0.1)}, Met, 4},
		{"max(idle) >= 3", []stats.Estimate{e(2, 0.1), e(1, 0.1)}, Missed, 2},
		{"max(idle) >= 3", []stats.Estimate{e(3, 0.1), e(1, 0.1)}, Undecided, 3},
		{"min(idle) >= 3", []stats.Estimate{e(4, 0.1), e(5, 0.1)}, Met, 4},
		{"min(idle) >= 3", []stats.Estimate{e(4, 0.1), e(2, 0.1)}, Missed, 2},
		{"min( idle ) <= 3", []stats.Estimate{e(4, 0.1), e(2, 0.1)}, Met, 2},
		{"mean(container.idle) <= 3", []stats.Estimate{e(4, 0.1), e(1, 0.1)}, Met, 2.5},
		{"mean(idle) <= 3", []stats.Estimate{e(4, 1), e(1, 1)}, Undecided, 2.5},
		{"max(idle) <= 3", []stats.Estimate{none}, Undecided, math.NaN()},
	} {
		goals, err := ParseGoals("--goal", []string{c.goal}, s)
		require.NoError(t, err)
		j, _ := goals[0].judgeSlots(c.slots, false)
		assert.Equal(t, c.want, j.Verdict, "%v", c)
		assert.Equal(t, fmt.Sprint(c.mean), fmt.Sprint(j.Mean), "%v", c)
	}
	// The same interval, alone and among a hundred.
	alone, err := ParseGoals("--goal", []string{"max(idle) <= 3"}, s)
	require.NoError(t, err)
	slots := []stats.Estimate{e(2, 0.6)}
	j, _ := alone[0].judgeSlots(slots, false)
	assert.Equal(t, Met, j.Verdict)
	j, _ = alone[0].judgeSlots(slices.Repeat(slots, 100), false)
	assert.Equal(t, Undecided, j.Verdict)
	j, _ = alone[0].judgeSlots(slices.Repeat(slots, 100), true)
	assert.Equal(t, Met, j.Verdict, "of one path the values decide")
}

// What is found over the slots of a transient meets the goal, and goals of the wrong kind are refused.
func TestTuneOverATransient(t *testing.T) {
	tests.Long(t)
	base, err := Parse("step", "", []byte("arrivals: 'steps(rates=[1/s, 8/s], at=[60s])'\ncontainer: {warm: exponential(mean=1s), startup: constant(2s), scaling: knative, concurrency: 1, initial: {idle: 2}}\n"), nil)
	require.NoError(t, err)
	within, err := ParseRange("--vary", "container.min_instances=1..30")
	require.NoError(t, err)
	goals, err := ParseGoals("--goal", []string{"max(queue) <= 5"}, base)
	require.NoError(t, err)
	tuning := Tuning{Range: within, Goals: goals, Tolerance: 0.2, Transient: 80 * sim.Second, Scenario: func(value string) (Scenario, error) {
		s := base
		s.Run.MaxRequests = 400_000
		s.Keeping.MinInstances, err = strconv.Atoi(value)
		return s, err
	}}
	tuned, err := tuning.Run(context.Background(), Options{})
	require.NoError(t, err)
	require.NoError(t, tuned.Broken)
	require.NotNil(t, tuned.Found)
	require.NotNil(t, tuned.Beyond)
	assert.Equal(t, "1", tuned.Trials[0].Text)
	assert.True(t, tuned.Trials[0].Missed())
	for _, trial := range tuned.Trials {
		require.NotNil(t, trial.Transient)
		require.Nil(t, trial.Result)
	}
	tuning.Transient = 0
	_, err = tuning.Run(context.Background(), Options{})
	assert.ErrorContains(t, err, "want --transient DURATION")
	tuning.Transient, tuning.Goals[0].Over = sim.Second, Steady
	_, err = tuning.Run(context.Background(), Options{})
	assert.ErrorContains(t, err, "want max(queue), min(queue) or mean(queue)")
	for _, wrong := range []string{"median(idle) <= 3", "max(idle <= 3", "max(instance_lifetime) <= 3s", "max() <= 3"} {
		_, err := ParseGoals("--goal", []string{wrong}, base)
		assert.Error(t, err, wrong)
	}
}

// Slots are of whole evaluations where they can be.
func TestSlotsAreOfWholeEvaluations(t *testing.T) {
	s, err := Load("float", []Override{{Key: "container.scaling", Value: "knative"}})
	require.NoError(t, err)
	for horizon, want := range map[sim.Time]int{600 * sim.Second: 100, 240 * sim.Second: 120, 61 * sim.Second: 120, 20 * sim.Second: 120} {
		assert.Equal(t, want, s.usualPoints(horizon), "%v", horizon)
	}
	assert.Equal(t, 120, Default().usualPoints(600*sim.Second))
	assert.Contains(t, strings.Join(s.Notes(), "\n"), "constant(2.5914s) is derived")
	_, err = Load("float", []Override{{Key: "container.scaling", Value: "knative"}, {Key: "container.cold", Value: "constant(3s)"}})
	assert.ErrorContains(t, err, "want startup in its place")
}

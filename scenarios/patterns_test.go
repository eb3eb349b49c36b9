package scenarios

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/sim"
	"faaslab/sim/tests"
)

// wrapped are arrivals of 2/s, as they are and in what passes on their pattern.
var wrapped = []string{"%s", "batch(%s, size=1)", "batch(batch(%s, size=1), size=1)", "superpose(%s, poisson(rate=0.000001/s))", "batch(superpose(poisson(rate=0.000001/s), %s), size=1)"}

// ratesFile writes a table of rates and returns its path.
func ratesFile(t testing.TB, rows string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "rates.csv")
	require.NoError(t, os.WriteFile(path, []byte(rows), 0o600))
	return path
}

func arriving(t testing.TB, arrivals string, pairs ...string) Scenario {
	t.Helper()
	return load(t, "float", append([]string{"arrivals", arrivals}, pairs...)...)
}

// Arrivals with a period are measured over whole periods, and give their mean rate; after the last step, even one
// to the same rate, whatever wraps them.
func TestWhatWrapsArrivalsIsMeasuredAsTheyAre(t *testing.T) {
	tests.Long(t)
	path := ratesFile(t, "rate\n1\n5\n0\n2\n")
	for i, wrapper := range wrapped {
		for k, periodic := range []string{"daily(mean=2/s, peak=3, period=1h)", "steps(rates=[0/s, 6/s], at=[40m], period=1h)", "rates(" + path + ", every=15m, period=1h)"} {
			if i > 0 && k != i%3 { // each wrapper with one of them
				continue
			}
			r := simulate(t, arriving(t, fmt.Sprintf(wrapper, periodic), "run.precision", "8%"), Options{})
			assert.Zero(t, r.Duration%sim.FromSeconds(3600), wrapper)
			throughput, _ := r.Platform(WasmPlatform).Metric("throughput")
			assert.InDelta(t, 2, throughput.Mean, 2*throughput.HalfWidth, wrapper)
		}

		for _, changing := range []string{"steps(rates=[2/s, 2/s], at=[20m])", "rates(" + path + ", every=400s)"} {
			stepped := arriving(t, fmt.Sprintf(wrapper, changing), "run.precision", "20%", "run.replications", "4")
			assert.Equal(t, sim.FromSeconds(1200), newStudy([]Scenario{stepped}, Options{}, nil).lastStep(), wrapper)
			assert.GreaterOrEqual(t, simulate(t, stepped, Options{}).Warmup, sim.FromSeconds(1200), wrapper)
		}

		bursty := arriving(t, fmt.Sprintf(wrapper, "mmpp(rates=[1/s, 11/s], sojourns=[900s, 100s])"))
		assert.GreaterOrEqual(t, bursty.memory(), 1000.0, wrapper)
	}
}

// The last step counts where nothing shows it: the instances of a pool of which none expires are as many before and after it,
// so that MSER-5 deletes nothing.
func TestTheWarmupLastsToAStepThatChangesNothing(t *testing.T) {
	for _, wrapper := range wrapped {
		s := parsed(t, "arrivals: %s\ncontainer: {warm: constant(1s), cold: constant(1s), keep_alive: 1m, max_instances: 5, routing: lru, initial: {idle: 5}}\nrun: {precision: 20%%, replications: 2}",
			fmt.Sprintf("'"+wrapper+"'", "steps(rates=[2/s, 2/s], at=[7m])"))
		assert.Equal(t, sim.FromSeconds(420), simulate(t, s, Options{}).Warmup, wrapper)
	}
}

// What the pilot shows is deleted, in whole batches of five slots, and no more: of 50 instances 49 are never used and
// expire after a minute, and from then on nothing changes.
func TestTheWarmupIsWhatThePilotShows(t *testing.T) {
	s := parsed(t, "arrivals: constant(rate=1/s)\ncontainer: {warm: constant(250ms), startup: constant(0s), keep_alive: 1m, initial: {idle: 50}}\nrun: {precision: 20%%, replications: 2}")
	batch := 5 * (newStudy([]Scenario{s}, Options{}, nil).pilotSpan() / pilotSlots)
	require.Less(t, batch, 30*sim.Second)
	r := simulate(t, s, Options{})
	assert.Equal(t, (60*sim.Second+batch-1)/batch*batch, r.Warmup)
	instances, _ := r.Platform(ContainerPlatform).Metric("instances")
	assert.Equal(t, 1.0, instances.Mean)
}

// Two periods are measured over a common multiple, so that rates that are the same on average do not differ.
func TestComparedPeriodsAreMeasuredWhole(t *testing.T) {
	daily := func(period string, pairs ...string) Scenario {
		return arriving(t, "batch(daily(mean=2/s, peak=3, period="+period+"), size=1)", append([]string{"run.precision", "8%"}, pairs...)...)
	}
	c := compare(t, daily("40m"), daily("1h"))
	assert.Zero(t, c.A.Duration%sim.FromSeconds(7200))
	d := c.find(t, WasmPlatform, "throughput")
	assert.InDelta(t, 0, d.Difference.Mean, 2*d.Difference.HalfWidth)
	assert.InDelta(t, 2, d.A.Mean, 2*d.A.HalfWidth)
	assert.Empty(t, c.Warnings)

	refused := func(a, b Scenario, want string) {
		t.Helper()
		_, err := Compare(context.Background(), a, b, Options{})
		require.ErrorContains(t, err, want)
	}
	refused(daily("1h"), daily("3601s"), "the arrivals' periods of 60m and 3601s are all whole after 3601h only, which run.max_requests=20000000 do not reach; "+
		"want 414835200 of them, or periods of which one is a multiple of the other")
	refused(daily("1h"), daily("3600.000000001s"), "have no common multiple that virtual time holds for each of 16 replications")
	assert.Equal(t, sim.Never, commonPeriod([]Scenario{daily("100000d"), daily("99999.99999d")}))
	assert.Zero(t, commonPeriod([]Scenario{load(t, "float"), load(t, "float")}))
	assert.Equal(t, sim.FromSeconds(3600), commonPeriod([]Scenario{load(t, "float"), daily("1h"), daily("20m")}))

	fixed := func(period, duration string) Scenario {
		return arriving(t, "daily(mean=2/s, peak=3, period="+period+")", "run.duration", duration, "run.replications", "2", "run.warmup", "0s")
	}
	c = compare(t, fixed("20m", "30m"), fixed("30m", "30m"))
	assert.Equal(t, []string{"run.duration=30m does not hold whole periods of the arrivals of both sides: part of a difference may be that of the parts"}, c.Warnings)
	c = compare(t, fixed("20m", "1h"), fixed("30m", "1h"))
	assert.Empty(t, c.Warnings)
}

// Streams with different periods are measured over whole periods of all.
func TestStreamsAreMeasuredOverWholePeriodsOfAll(t *testing.T) {
	s := arriving(t, "superpose(daily(mean=1/s, peak=3, period=20m), steps(rates=[0/s, 2/s], at=[15m], period=30m), poisson(rate=1/s))", "run.precision", "8%")
	r := simulate(t, s, Options{})
	assert.Zero(t, r.Duration%sim.FromSeconds(3600))
	throughput, _ := r.Platform(WasmPlatform).Metric("throughput")
	assert.InDelta(t, 3, throughput.Mean, 2*throughput.HalfWidth)
	assert.NotContains(t, strings.Join(r.Warnings, "\n"), "period")

	// Beyond what may be measured, that is said.
	r = simulate(t, arriving(t, "superpose(daily(mean=1/s, peak=3, period=20m), daily(mean=1/s, peak=3, period=1201s))", "run.max_requests", "100000"), Options{})
	assert.Contains(t, strings.Join(r.Warnings, "\n"), "run.max_requests=100000 end before the arrivals' period of 400h20m0s does: the averages are of a part of it")
}

// How soon a pool settles does not depend on how much is measured after it: two seconds of each of a thousand
// replications, from empty with a keep-alive of a minute, begin after that minute.
func TestTheWarmupDoesNotDependOnWhatIsMeasuredAfterIt(t *testing.T) {
	tests.Slow(t)
	for seed := range 3 {
		r := simulate(t, load(t, "float", "run.replications", "1000", "run.max_requests", "2000", "run.seed", fmt.Sprint(seed)), Options{})
		assert.Greater(t, r.Warmup.Seconds(), 60.0)
		p, _ := r.Platform(ContainerPlatform).Metric("cold_start_probability")
		assert.LessOrEqual(t, math.Abs(p.Mean-0.0144), 2*p.HalfWidth)
		assert.Contains(t, strings.Join(r.Warnings, "\n"), "run.max_requests=2000 leave 2s for each of 1000 replications, after a warm-up of ")
	}
}

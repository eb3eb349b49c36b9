package scenarios

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/sim"
	"faaslab/sim/tests"
)

const fiftyUsers = "closed(users=50, think=exponential(mean=1s))"

// More requests than ArrivalRate do not come, whatever the platform does with them; where nothing slows them, nearly as
// many do.
func TestTheRateOfClosedUsersHasABound(t *testing.T) {
	tests.Long(t)
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 400))
		pick := func(texts ...string) string { return texts[rng.IntN(len(texts))] }
		set := []string{"run.duration", "2000s", "run.warmup", "100s", "run.replications", "2", "run.seed", fmt.Sprint(seed),
			"container.max_instances", pick("1", "3", "40", "60", "unlimited"), "container.when_full", pick("reject", "queue"), "container.keep_alive", pick("0s", "2s", "never"),
			"container.cores", pick("unlimited", "2", "30"), "wasm.cores", pick("unlimited", "3"), "wasm.discipline", pick("fcfs", "processor-sharing"),
			"container.dispatch.per_batch", pick("0s", "0s", "100ms"), "container.dispatch.batch", "unlimited"}
		if set[11] == "queue" && rng.IntN(2) == 0 {
			set = append(set, "container.queue_timeout", pick("100ms", "5s"))
		}
		if set[21] == "0s" {
			set = set[:len(set)-2]
		}
		s := arriving(t, pick(fiftyUsers, "closed(users=50, think=constant(10s))", "closed(users=2, think=uniform(0s, 1s))"), set...)
		for _, name := range s.Platforms() {
			alone := s.Alone(name)
			bound := alone.ArrivalRate()
			require.Positive(t, bound)
			r := simulate(t, alone, Options{})
			arrived := float64(r.Platform(name).Requests) / 2 / 2000
			assert.LessOrEqual(t, arrived, bound*(1+5/math.Sqrt(arrived*4000)), "seed %d: %s, %v", seed, name, set)
		}
	}
	for text, want := range map[string]float64{
		fiftyUsers:                               50 / (1 + 1.5288),
		"closed(users=50, think=constant(0s))":   50 / 1.5288,
		"closed(users=1, think=constant(1000s))": 1 / 1001.5288,
	} {
		s := arriving(t, text).Alone(ContainerPlatform)
		assert.InEpsilon(t, want, s.ArrivalRate(), 1e-9)
		throughput, _ := simulate(t, s, Options{}).Platform(ContainerPlatform).Metric("throughput")
		assert.InEpsilon(t, want, throughput.Mean, 0.02, text)
	}
	assert.True(t, math.IsNaN(arriving(t, "trace(testdata/requests.csv)").ArrivalRate()))
	assert.Equal(t, 2.0, arriving(t, "poisson(rate=2/s)").ArrivalRate())
}

// Closed users have a steady state on every platform: no more requests are there than users.
func TestClosedUsersHaveASteadyState(t *testing.T) {
	tests.Long(t)
	for _, set := range [][]string{
		{"container.keep_alive", "never", "container.max_instances", "unlimited", "container.initial.idle", "50"},
		{"container.max_instances", "1", "container.when_full", "queue", "wasm.cores", "1"},
		{"container.cores", "1", "container.max_instances", "unlimited"},
		{"container.dispatch.service", "constant(1s)"},
	} {
		s := arriving(t, fiftyUsers, append(set, "run.precision", "5%")...)
		assert.NoError(t, s.CheckSteadyState(), set)
		r := simulate(t, s, Options{})
		assert.NotContains(t, strings.Join(r.Warnings, "\n"), "precision", set)
		for _, name := range s.Platforms() {
			for _, o := range r.Platform(name).Replications {
				assert.LessOrEqual(t, o.Present(), int64(50))
			}
		}
	}
	// A pool whose instances never expire has as many as users, once all of them sent at once.
	r := simulate(t, arriving(t, "closed(users=50, think=exponential(mean=100s))", "container.keep_alive", "never", "container.max_instances", "unlimited", "run.precision", "10%"), Options{})
	assert.Contains(t, strings.Join(r.Warnings, "\n"), "instances that never expire only grow in number, and 50 were not reached: this is no steady state yet; want container.initial.idle=50")
}

// What cannot happen to so few users has no metric.
func TestFewUsersAreNeverTurnedAway(t *testing.T) {
	for users, can := range map[int]bool{4: false, 5: true} {
		for _, full := range []string{"reject", "queue"} {
			s := arriving(t, fmt.Sprintf("closed(users=%d, think=exponential(mean=1s))", users), "container.max_instances", "5", "container.initial.running", "1", "container.when_full", full,
				"wasm.cores", "4", "wasm.discipline", "fcfs", "run.precision", "20%")
			r := simulate(t, s, Options{})
			o := r.Platform(ContainerPlatform).Replications[0]
			assert.Equal(t, can, o.CanReject || o.CanWait, "%d users, %s", users, full)
			s.Container.Release = dist.Constant{Value: 1}
			o = simulate(t, s.Alone(ContainerPlatform), Options{}).Platform(ContainerPlatform).Replications[0]
			assert.True(t, o.CanReject || o.CanWait, "instances are busy without a user")
			assert.Equal(t, can, r.Platform(WasmPlatform).Replications[0].CanWait)
		}
	}
}

func TestUsersWhoDoNotThinkMustBeAnswered(t *testing.T) {
	const refused = "users who do not think would send requests without end at one moment, since "
	for _, c := range []struct {
		set  string
		want string
	}{
		{"", ""},
		{"container.max_instances=4", "containers may answer at once"},
		{"container.max_instances=5", ""},
		{"container.max_instances=5 container.initial.running=1", "containers may answer at once"},
		{"container.release=constant(1s)", "containers may answer at once"}, // a user finds the own instance busy
		{"container.max_instances=4 container.when_full=queue", ""},
		{"container.max_instances=4 container.when_full=queue container.queue_timeout=1s", ""},
		{"container.max_instances=4 container.dispatch.interval=1s", ""},
		{"container.max_instances=4 container.dispatch.service=constant(0s)", "containers may answer at once"},
		{"container.warm=constant(0s)", "containers may answer at once"},
		{"container.cold=constant(0s)", "containers may answer at once"},
		{"wasm.service=constant(0s)", "Wasm may answer at once"},
		{"wasm.service=constant(0s) wasm.startup=constant(1ms)", ""},
	} {
		for think, may := range map[string]bool{"constant(0s)": true, "mixture(0.5: constant(0s), 0.5: constant(1ms))": false} {
			overrides := []Override{{Key: "arrivals", Value: "closed(users=5, think=" + think + ")"}, {Key: "run.duration", Value: "1s"}, {Key: "run.warmup", Value: "0s"}}
			for _, pair := range strings.Fields(c.set) {
				key, value, _ := strings.Cut(pair, "=")
				overrides = append(overrides, Override{Key: key, Value: value})
			}
			s, err := Load("float", overrides)
			if may && c.want != "" {
				assert.ErrorContains(t, err, refused+c.want, c.set)
				continue
			}
			require.NoError(t, err, c.set)
			simulate(t, s, Options{})
		}
	}
	s, err := Load("float", nil)
	require.NoError(t, err)
	s.Arrivals, s.Container.MaxInstances = dist.Closed{Users: 5, Think: dist.Constant{}}, 3
	assert.ErrorContains(t, s.Check(), "arrivals: "+refused)
	s.Container.Warm = nil
	assert.ErrorContains(t, s.Check(), "container.warm: missing", "what is wrong alone is told first")
	s.Arrivals = dist.Closed{Users: 5}
	assert.ErrorContains(t, s.Check(), "arrivals: closed: law is nil")
}

// The estimates of what is alive know that there are only so many users.
func TestTheSizeOfClosedUsersIsBounded(t *testing.T) {
	for _, c := range []struct {
		set       []string
		container float64
		wasm      float64
	}{
		{nil, 50 * 1.5288 / 2.5288, 50 * 4.876 / 5.876},
		{[]string{"container.max_instances", "10", "container.when_full", "queue", "wasm.cores", "4"}, 50 - 10/1.5288, 50 - 4/4.876},
		{[]string{"container.max_instances", "10", "container.when_full", "reject", "container.initial.idle", "5"}, 5 + 10, 50 * 4.876 / 5.876},
		{[]string{"container.cores", "2", "container.max_instances", "unlimited"}, 50 - 2/1.5288, 50 * 4.876 / 5.876},
		{[]string{"run.duration", "1000s", "wasm.startup", "constant(10s)"}, 50 * 1.5288 / 2.5288, 50 * 14.876 / 15.876},
	} {
		s := arriving(t, fiftyUsers, c.set...)
		assert.InEpsilon(t, c.container, poolSize(s).live, 0.1, "%v", c.set)
		assert.InEpsilon(t, c.wasm, wasmSize(s).live, 0.1, "%v", c.set)
	}
	million := arriving(t, "closed(users=1000000, think=exponential(mean=1000s))")
	assert.NoError(t, million.CheckSize())
	assert.Greater(t, million.footprint(1), 2*1e6*16.0, "each user has a time at which it sends again, on both platforms")
	assert.Less(t, million.footprint(1), 200e6)
}

// Users who think for a constant time come in waves that fade slowly; how slowly, the time scale knows.
func TestTheScaleOfUsersInStep(t *testing.T) {
	tests.Slow(t)
	think := func(notation string) dist.Closed {
		a, err := dist.ParseArrivals("closed(users=50, think=" + notation + ")")
		require.NoError(t, err)
		return a.(dist.Closed)
	}
	second := dist.Exponential{Mean: 1}
	assert.InEpsilon(t, 30+31*31*31/(2*math.Pi*math.Pi), phase(think("constant(30s)"), second), 1e-9)
	assert.Less(t, phase(think("exponential(mean=30s)"), second), 32.0)
	assert.Equal(t, 30.0, phase(think("constant(30s)"), dist.Constant{Value: 1}), "for ever")
	assert.Equal(t, 30.0, phase(think("constant(30s)"), dist.Pareto{Shape: 1.5, Mean: 1}), "without a variance")

	s := arriving(t, "closed(users=200, think=constant(30s))", "wasm.service", "exponential(mean=1s)", "run.precision", "5%").Alone(WasmPlatform)
	r := simulate(t, s, Options{})
	assert.Greater(t, r.Warmup+r.Duration, sim.FromSeconds(3000))
	throughput, _ := r.Platform(WasmPlatform).Metric("throughput")
	assert.InDelta(t, 200/31., throughput.Mean, 2*throughput.HalfWidth)
}

// Where all users wait for most of their time, their number tells nothing of how long the first ones waited: the warm-up
// outlasts them all.
func TestTheFirstBacklogOfUsersIsDeleted(t *testing.T) {
	tests.Slow(t)
	const think, service = 1.0, 1.5288
	queue := arriving(t, "closed(users=2000, think=exponential(mean=1s))", "container.max_instances", "10", "container.when_full", "queue", "run.precision", "5%", "run.max_requests", "2000000").Alone(ContainerPlatform)
	shared := arriving(t, "closed(users=200, think=exponential(mean=1s))", "wasm.cores", "4", "wasm.service", "exponential(mean=1.5288s)", "run.precision", "5%", "run.max_requests", "2000000").Alone(WasmPlatform)
	for s, want := range map[*Scenario]float64{&queue: 2000*service/10 - think, &shared: 200*service/4 - think} {
		r := simulate(t, *s, Options{})
		name := s.Platforms()[0]
		assert.GreaterOrEqual(t, r.Warmup.Seconds(), want, name)
		e, _ := r.Platform(name).Metric("response_time")
		assert.InDelta(t, want, e.Mean, max(2*e.HalfWidth, 0.002*want), name)
		assert.Less(t, e.HalfWidth, 0.05*want, name)
	}
	assert.Zero(t, arriving(t, fiftyUsers).backlog())
	assert.Zero(t, arriving(t, "poisson(rate=1/s)").backlog())
}

// The same users on both sides of a comparison make the difference more precise than independent ones.
func TestClosedUsersAreCommonRandomNumbers(t *testing.T) {
	s := arriving(t, fiftyUsers, "run.duration", "2000s", "run.warmup", "100s").Alone(ContainerPlatform)
	longer := arriving(t, fiftyUsers, "run.duration", "2000s", "run.warmup", "100s", "container.keep_alive", "90s").Alone(ContainerPlatform)
	c := compare(t, s, longer)
	for _, metric := range []string{platform.ResponseTime, platform.Throughput} {
		d := c.find(t, ContainerPlatform, metric)
		assert.Less(t, d.Difference.HalfWidth, 0.5*math.Hypot(d.A.HalfWidth, d.B.HalfWidth), metric)
	}
}

// A request that came first in one run has the same service, and the same thought after it, in all.
func TestARequestOfAUserHasTheSameServiceEverywhere(t *testing.T) {
	services := func(pairs ...string) map[int64]sim.Time {
		found := map[int64]sim.Time{}
		s := arriving(t, fiftyUsers, append(pairs, "run.duration", "100s", "run.warmup", "0s", "run.replications", "1")...).Alone(ContainerPlatform)
		_, err := Simulate(context.Background(), s, Options{Log: func(_ string, _ int, r platform.Request, _ bool) {
			if !r.Cold {
				found[r.Number] = r.Service
			}
		}})
		require.NoError(t, err)
		return found
	}
	a, b := services(), services("container.keep_alive", "1s", "container.max_instances", "20", "container.when_full", "queue")
	both := 0
	for number, service := range a {
		if other, ok := b[number]; ok {
			require.Equal(t, service, other)
			both++
		}
	}
	assert.Greater(t, both, 500)
}

// Ranges of users are whole numbers.
func TestARangeOfUsersIsWhole(t *testing.T) {
	axis, err := ParseAxes(context.Background(), "--vary", []string{"arrivals.users=1..100:4log"}, 10)
	require.NoError(t, err)
	assert.Equal(t, []string{"1", "5", "22", "100"}, axis[0].Values)
	r, err := ParseRange("--vary", "arrivals.users=10..20")
	require.NoError(t, err)
	for _, text := range r.Scan() {
		assert.NotContains(t, text, ".")
	}
	_, err = ParseRange("--vary", "arrivals.users=1.5..20")
	assert.ErrorContains(t, err, "want a whole number")
}

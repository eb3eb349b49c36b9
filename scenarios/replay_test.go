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

	"faaslab/platform"
	"faaslab/sim"
)

// traceFile writes rows and returns the notation that reads them.
func traceFile(t *testing.T, rows string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "trace.csv")
	require.NoError(t, os.WriteFile(path, []byte(rows), 0o600))
	return "trace(" + path + ")"
}

// parsed reads a scenario's text.
func parsed(t *testing.T, format string, a ...any) Scenario {
	t.Helper()
	s, err := Parse("test.yaml", "", fmt.Appendf(nil, format, a...), nil)
	require.NoError(t, err)
	return s
}

// twoHours has a burst after an hour, and 15,300 requests: an hour at 0.5/s, ten minutes of 20/s, and the rest as before.
func twoHours(t *testing.T) string {
	var rows strings.Builder
	for i := range 1800 {
		fmt.Fprintf(&rows, "%d,0.2\n", 2*i)
	}
	for i := range 12_000 {
		fmt.Fprintf(&rows, "%.2f,1\n", 3600+float64(i)/20)
	}
	for i := range 1500 {
		fmt.Fprintf(&rows, "%d,0.2\n", 4200+2*i)
	}
	return traceFile(t, rows.String())
}

func TestATraceIsReplayedWholeWhateverThePrecision(t *testing.T) {
	rows := twoHours(t)
	r := simulate(t, parsed(t, "arrivals: %s\ncontainer: {startup: constant(2s), keep_alive: 0s}\nrun: {max_requests: 1000}", rows), Options{})
	c := r.Platform(ContainerPlatform)
	assert.EqualValues(t, 15_300, c.Requests)
	cold, _ := c.Metric("cold_start_probability")
	assert.InDelta(t, 0.21935, cold.Mean, 5e-6)
	assert.True(t, math.IsNaN(cold.HalfWidth), "one path has no interval")
	assert.Equal(t, 1, r.Replications)
	assert.Equal(t, Replay{File: r.Replay.File, Rows: 15_300, Of: 15_300, Whole: true, Last: 7198 * sim.Second, OnePath: true}, *r.Replay)
	assert.Zero(t, r.Deleted)
	assert.False(t, r.Short)
	require.Len(t, r.Warnings, 1)
	assert.Contains(t, r.Warnings[0], "one path, replayed whole: all 15300 rows of ")
	assert.Contains(t, r.Warnings[0], "up to 1h59m58s and on to the last response; nothing is random, so that there is no interval")

	// On four shared cores too, where response times end up far from those of the first request.
	r = simulate(t, parsed(t, "arrivals: %s\ncontainer: {startup: constant(0s), cores: 4, max_instances: unlimited}", rows), Options{})
	assert.EqualValues(t, 15_300, r.Platform(ContainerPlatform).Replications[0].Served())
}

func TestTheWarmUpOfATraceIsNotLookedFor(t *testing.T) {
	text := "arrivals: trace(testdata/requests.csv)\ncontainer: {startup: constant(1.5s), keep_alive: 60s}\n"
	r := simulate(t, parsed(t, "%s", text), Options{})
	o := r.Platform(ContainerPlatform).Replications[0]
	assert.Equal(t, []any{int64(597), int64(13), sim.Time(0)}, []any{o.Arrivals, o.Cold, r.Warmup})

	r = simulate(t, parsed(t, "%srun: {warmup: 10m}", text), Options{})
	assert.Equal(t, 600*sim.Second, r.Warmup, "but kept if it is given")
	assert.Less(t, r.Platform(ContainerPlatform).Requests, int64(400))
	assert.EqualValues(t, 597, r.Replay.Rows)
	assert.InDelta(t, 0.5, r.Deleted, 0.01)

	_, err := Simulate(context.Background(), parsed(t, "%srun: {warmup: 1200s}", text), Options{})
	assert.ErrorContains(t, err, "the arrivals end at 19m55.892087s, and the warm-up only at 20m0s: shorten run.warmup")
}

// A request every 10 ms and ten more at each full second: a single server falls behind by 100 ms a second.
func TestWhatWaitsAtTheLastArrivalIsServed(t *testing.T) {
	var rows strings.Builder
	for i := range 6000 {
		for range 1 + 10*(1-min(i%100, 1)) {
			fmt.Fprintf(&rows, "%.2f,0.01\n", float64(i)/100)
		}
	}
	for _, run := range []string{"", "run: {duration: 60s, warmup: 0s, replications: 2}"} { // which cuts nothing off
		r := simulate(t, parsed(t, "arrivals: %s\ncontainer: {startup: constant(0s), keep_alive: never, max_instances: 1, when_full: queue}\n%s", traceFile(t, rows.String()), run), Options{})
		for name, want := range map[string]float64{"response_time": 3.055, "response_time_p95": 5.71, "response_time_p99": 6.01, "unfinished_probability": 0} {
			e, _ := r.Platform(ContainerPlatform).Metric(name)
			assert.InDelta(t, want, e.Mean, 0.005, "%s, %s", name, run)
		}
		assert.Equal(t, 66*sim.Second, r.Platform(ContainerPlatform).Span)
		assert.True(t, r.Replay.Whole)
	}
}

func TestADurationCutsATraceOff(t *testing.T) {
	text := "arrivals: %s\ncontainer: {startup: constant(0s), max_instances: 1, when_full: queue}\nrun: {duration: 4s, warmup: 0s}"
	r := simulate(t, parsed(t, text, traceFile(t, "0,3\n1,3\n2,3\n9,1\n")), Options{})
	assert.Equal(t, Replay{File: r.Replay.File, Rows: 3, Of: 4, Cut: 4 * sim.Second, OnePath: true}, *r.Replay)
	assert.Equal(t, 4*sim.Second, r.Platform(ContainerPlatform).Span)
	e, _ := r.Platform(ContainerPlatform).Metric("unfinished_probability")
	assert.InDelta(t, 2.0/3, e.Mean, 1e-12)
	assert.Contains(t, fmt.Sprint(r.Warnings), "one path, cut off at 4s: 3 of the 4 rows of ")
	assert.Contains(t, fmt.Sprint(r.Warnings), "container: the requests unfinished at the end, waiting or in service, are 66.7 % of the measured arrivals")

	_, err := Simulate(context.Background(), parsed(t, text, traceFile(t, "5,3\n")), Options{})
	assert.ErrorContains(t, err, "arrives up to 4s, where the simulation ends")
}

func TestRequestsLeftOverInOverloadAreCounted(t *testing.T) {
	r := simulate(t, load(t, "erlang-c", "arrivals.rate", "13/s", "run.duration", "30m", "run.replications", "4"), Options{})
	e, _ := r.Platform(ContainerPlatform).Metric("unfinished_probability")
	assert.InDelta(t, 1-10/(13*1.5288), e.Mean, 0.02, "ten instances serve 6.54 of 13 a second")
	assert.Positive(t, e.HalfWidth)
	assert.Contains(t, fmt.Sprint(r.Warnings), "the requests unfinished at the end, waiting or in service, are")

	r = simulate(t, load(t, "erlang-c", "run.duration", "30m", "run.replications", "4"), Options{})
	assert.NotContains(t, fmt.Sprint(r.Warnings), "unfinished", "a few are always in service")
	r = simulate(t, load(t, "float", "run.max_requests", "500", "run.replications", "4"), Options{})
	assert.NotContains(t, fmt.Sprint(r.Warnings), "unfinished", "where the length is not given, the precision says enough")
}

// One random input, whichever it is, makes replications of a replay.
func TestNothingIsRandom(t *testing.T) {
	two, one := traceFile(t, "0,1\n1,2\n"), traceFile(t, "0\n1\n")
	for text, want := range map[string]bool{
		"arrivals: " + two + "\ncontainer: {startup: constant(1s)}":                                                        true,
		"arrivals: " + two + "\ncontainer: {startup: exponential(mean=1s)}":                                                false,
		"arrivals: " + two + "\ncontainer: {cold: constant(1s)}":                                                           true,
		"arrivals: " + two + "\ncontainer: {cold: 'uniform(1s, 2s)'}":                                                      false,
		"arrivals: " + two + "\ncontainer: {startup: constant(1s), routing: random}":                                       false,
		"arrivals: " + two + "\ncontainer: {startup: constant(1s), routing: newest}":                                       true,
		"arrivals: " + two + "\ncontainer: {startup: constant(1s), warm: exponential(mean=1s)}":                            false,
		"arrivals: " + one + "\ncontainer: {startup: constant(1s), warm: 'shifted(1s, constant(2s))'}":                     true,
		"arrivals: " + one + "\ncontainer: {startup: constant(1s), warm: constant(1s), initial: {running: 1, idle: 1}}":    true,
		"arrivals: " + two + "\ncontainer: {startup: constant(1s), dispatch: {interval: 1s, service: constant(1ms)}}":      true,
		"arrivals: " + two + "\ncontainer: {startup: constant(1s), dispatch: {service: exponential(mean=1ms)}}":            false,
		"arrivals: " + two + "\ncontainer: {startup: constant(1s), cores: 2}":                                              true,
		"arrivals: " + two + "\nwasm: {cores: 1}":                                                                          true,
		"arrivals: " + two + "\nwasm: {startup: exponential(mean=1ms)}":                                                    false,
		"arrivals: " + two + "\nwasm: {service: exponential(mean=1s)}":                                                     false,
		"arrivals: " + two + "\ncontainer: {startup: constant(1s)}\nwasm: {service: exponential(mean=1s)}":                 false,
		"arrivals: constant(rate=1/s)\ncontainer: {startup: constant(1s), warm: constant(1s)}\nrun: {duration: 10s}":       false,
		"arrivals: constant(rate=1/s)\ncontainer: {startup: constant(1s), warm: constant(100ms)}\nrun: {replications: 16}": false,
	} {
		s := parsed(t, "%s", text)
		assert.Equal(t, want, s.OnePath(), text)
		if !s.replays() {
			continue
		}
		r := simulate(t, s, Options{})
		if want {
			assert.Equal(t, 1, r.Replications, text)
			continue
		}
		// Random it is, and each replication is of the whole trace.
		assert.Equal(t, 16, r.Replications, text)
		assert.Contains(t, fmt.Sprint(r.Warnings), "the trace is one sample path, replayed whole in each replication: all 2 rows of ", text)
		spread := false
		for _, p := range r.Platforms {
			assert.EqualValues(t, 32, p.Requests, text)
			for _, o := range p.Replications {
				spread = spread || o.Span != p.Replications[0].Span || o.Wait != p.Replications[0].Wait || o.WarmService != p.Replications[0].WarmService
			}
		}
		assert.True(t, spread || strings.Contains(text, "routing: random") && r.Platform(ContainerPlatform).Replications[0].Cold == 2, text)
	}
}

// Of a platform on which nothing is random, beside one that is, the replications are one path.
func TestAFixedPlatformBesideARandomOneIsNamed(t *testing.T) {
	r := simulate(t, parsed(t, "arrivals: %s\ncontainer: {startup: constant(1s)}\nwasm: {service: exponential(mean=1s)}", traceFile(t, "0,1\n1,2\n")), Options{})
	assert.Contains(t, r.Warnings, "container: nothing is random there, so that all its replications are the same, and their intervals say nothing")
	assert.NotContains(t, fmt.Sprint(r.Warnings), "wasm: nothing is random")
}

func TestReplaysFitIntoVirtualTimeTogether(t *testing.T) {
	text := "arrivals: %s\ncontainer: {startup: constant(0s), warm: %s}"
	centuries := traceFile(t, "9e9\n9000000001\n")
	r := simulate(t, parsed(t, text, centuries, "constant(1s)"), Options{})
	assert.Equal(t, sim.Time(9000000002)*sim.Second, r.Platform(ContainerPlatform).Span)
	_, err := Simulate(context.Background(), parsed(t, text, centuries, "exponential(mean=1s)"), Options{})
	assert.ErrorContains(t, err, "and 16 replications of it are to fit into 292 years, where virtual time ends: want fewer run.replications")
}

func TestThePathsOfTwoReplaysAreComparedWithoutAVerdict(t *testing.T) {
	rows := twoHours(t)
	a := parsed(t, "arrivals: %s\ncontainer: {startup: constant(2s), keep_alive: 0s}", rows)
	b := parsed(t, "arrivals: %s\ncontainer: {startup: constant(2s), keep_alive: 10s}", rows)
	c, err := Compare(context.Background(), a, b, Options{})
	require.NoError(t, err)
	for _, d := range c.Differences[ContainerPlatform] {
		assert.True(t, math.IsNaN(d.Difference.HalfWidth), d.Name)
		assert.False(t, d.Significant, d.Name)
		if d.Name == "cold_start_probability" {
			assert.InDelta(t, -0.2155, d.Difference.Mean, 1e-3)
		}
	}

	// Where one side is random, both are replicated.
	b = parsed(t, "arrivals: %s\ncontainer: {startup: exponential(mean=2s), keep_alive: 0s}\nrun: {replications: 4}", rows)
	a.Run.Replications = 4
	c, err = Compare(context.Background(), a, b, Options{})
	require.NoError(t, err)
	assert.Equal(t, 4, c.A.Replications)
	assert.False(t, c.A.Replay.OnePath)

	b.Arrivals = load(t, "float").Arrivals
	b.Container.Warm = load(t, "float").Container.Warm
	_, err = Compare(context.Background(), a, b, Options{})
	assert.ErrorContains(t, err, "a trace is replayed whole, and poisson(rate=1/s) has no end")
	a.Run = a.Run.Fixed(a.Run.Warmup, 3600*sim.Second)
	_, err = Compare(context.Background(), a, b, Options{})
	assert.NoError(t, err)
}

func TestTuningOnAPathIsDecidedByItsValues(t *testing.T) {
	rows := twoHours(t)
	within, err := ParseRange("--vary", "container.keep_alive=0s..10s")
	require.NoError(t, err)
	scenario := func(value string) (Scenario, error) {
		return Parse("test.yaml", "", fmt.Appendf(nil, "arrivals: %s\ncontainer: {startup: constant(2s), keep_alive: %s}", rows, value), nil)
	}
	first, err := scenario("0s")
	require.NoError(t, err)
	goals, err := ParseGoals("--goal", []string{"cold_start_probability <= 21.93%"}, first)
	require.NoError(t, err)
	tuned, err := Tuning{Range: within, Goals: goals, Tolerance: 0.01, Scenario: scenario}.Run(context.Background(), Options{})
	require.NoError(t, err)
	require.NotNil(t, tuned.Found)
	for _, trial := range tuned.Trials {
		require.NotEqual(t, Undecided, trial.Judgements[0].Verdict)
		require.True(t, math.IsNaN(trial.Judgements[0].HalfWidth))
	}
	assert.NotNil(t, tuned.Beyond)
}

// What completes or starts at the very end has; a start after it has not, wherever its platform tells of it before.
func TestTheLogAtTheVeryEnd(t *testing.T) {
	rows := traceFile(t, "0,2\n1,2\n2,2\n3,2\n9,9\n")
	logged := func(text string) (log []platform.Request) {
		s := parsed(t, "arrivals: %s\n%s\nrun: {duration: 4s, warmup: 0s}", rows, text)
		_, err := Simulate(context.Background(), s, Options{Log: func(_ string, _ int, r platform.Request, _ bool) {
			r.Number, r.Service, r.Cold = 0, 0, false // of other tests
			log = append(log, r)
		}})
		require.NoError(t, err)
		return log
	}
	const never = sim.Never
	at := func(s sim.Time) sim.Time { return s * sim.Second }
	unfinished := platform.OutcomeUnfinished
	assert.ElementsMatch(t, []platform.Request{
		{Arrival: 0, Start: at(2), Completion: at(4), Outcome: platform.OutcomeWarm, Instance: 1}, // at the very end
		{Arrival: at(1), Start: at(3), Completion: never, Outcome: unfinished, Instance: 2},
		{Arrival: at(2), Start: at(4), Completion: never, Outcome: unfinished, Instance: 3}, // starts there
		{Arrival: at(3), Start: never, Completion: never, Outcome: unfinished, Instance: 4}, // at 5 s
	}, logged("wasm: {startup: constant(2s)}"))
	assert.ElementsMatch(t, []platform.Request{
		{Arrival: 0, Start: at(2), Completion: at(4), Outcome: platform.OutcomeWarm, Instance: 1},
		{Arrival: at(1), Start: at(4), Completion: never, Outcome: unfinished, Instance: 2},
		{Arrival: at(2), Start: never, Completion: never, Outcome: unfinished, Instance: 3}, // waits for the core
		{Arrival: at(3), Start: never, Completion: never, Outcome: unfinished, Instance: 4}, // starts up
	}, logged("wasm: {startup: constant(2s), cores: 1, discipline: fcfs}"))
	assert.ElementsMatch(t, []platform.Request{
		{Arrival: 0, Start: 0, Completion: at(4), Outcome: platform.OutcomeCold, Instance: 1},
		{Arrival: at(1), Start: at(4), Completion: never, Outcome: unfinished, Instance: 1},
		{Arrival: at(2), Start: never, Completion: never, Outcome: unfinished},
		{Arrival: at(3), Start: never, Completion: never, Outcome: unfinished},
	}, logged("container: {startup: constant(2s), max_instances: 1, when_full: queue}"))
	assert.ElementsMatch(t, []platform.Request{ // looks at 0, 2 and 4 s
		{Arrival: 0, Start: 0, Completion: at(2), Outcome: platform.OutcomeCold, Instance: 1},
		{Arrival: at(1), Start: at(2), Completion: at(4), Outcome: platform.OutcomeWarm, Instance: 1},
		{Arrival: at(2), Start: at(4), Completion: never, Outcome: unfinished, Instance: 1},
		{Arrival: at(3), Start: never, Completion: never, Outcome: unfinished},
	}, logged("container: {startup: constant(0s), dispatch: {interval: 2s, batch: 1}}"))
}

// Of a trace that is replayed whole every request has its fate, in one pass.
func TestTheLogOfAReplayIsComplete(t *testing.T) {
	s := parsed(t, "arrivals: trace(testdata/requests.csv)\ncontainer: {startup: constant(1.5s), max_instances: 1, when_full: queue, queue_timeout: 1s}\nwasm: {cores: 1}")
	fates := map[string]int{}
	r, err := Simulate(context.Background(), s, Options{Log: func(name string, _ int, r platform.Request, _ bool) { fates[name+" "+r.Outcome.String()]++ }})
	require.NoError(t, err)
	assert.Equal(t, 597, fates["wasm warm"])
	assert.Equal(t, 597, fates["container warm"]+fates["container cold"]+fates["container timed out"])
	assert.Positive(t, fates["container timed out"])
	assert.EqualValues(t, fates["container cold"], r.Platform(ContainerPlatform).Replications[0].Cold)
	assert.Len(t, fates, 4)
}

func TestAReplayIsTheSameWithAnyNumberOfWorkers(t *testing.T) {
	s := parsed(t, "arrivals: trace(testdata/requests.csv)\ncontainer: {startup: exponential(mean=1s), max_instances: 2, when_full: queue}\nwasm: {service: exponential(mean=1s), cores: 2}")
	assertSame(t, simulate(t, s, Options{Workers: 1}), simulate(t, s, Options{Workers: 3}))
}

func TestAHeaderIsNamed(t *testing.T) {
	r := simulate(t, parsed(t, "arrivals: %s\nwasm: {}", traceFile(t, "O.5,1\n1,1\n")), Options{})
	assert.Contains(t, fmt.Sprint(r.Warnings), `its first line, "O.5,1", is taken for the names of columns`)
}

// Several streams with a trace among them end with it: all of it is replayed, and the other streams as long.
func TestATraceAmongStreamsIsReplayedWhole(t *testing.T) {
	one, two := traceFile(t, "arrival\n1\n5\n20\n"), traceFile(t, "3,1\n4,1\n")
	text := "arrivals: superpose(%s, %s, %s)\ncontainer: {warm: constant(1s), startup: constant(1s), max_instances: unlimited}\nrun: {replications: %d}"
	r := simulate(t, parsed(t, text, one, "constant(rate=0.5/s)", two, 16), Options{})
	assert.Equal(t, 1, r.Replications, "nothing is random")
	assert.EqualValues(t, 3+9+2, r.Platform(ContainerPlatform).Requests)
	assert.Equal(t, Replay{File: r.Replay.File, Rows: 14, Among: true, Whole: true, Last: 20 * sim.Second, OnePath: true, Header: `"arrival"`}, *r.Replay)
	assert.Equal(t, 2, strings.Count(r.Replay.File, "trace.csv"))
	require.GreaterOrEqual(t, len(r.Warnings), 2)
	assert.Regexp(t, `^one path, replayed whole: all rows of .*trace.csv and .*trace.csv, and the other streams as long, up to 20s and on to the last response; `+
		`the first line of a trace, "arrival", is taken for the names of columns; nothing is random, so that there is no interval$`, r.Warnings[0])
	assert.Contains(t, r.Warnings, "the trace's service times are not used where the scenario gives container.warm")

	// A random stream makes replications, which are not the same even if nothing else is random.
	r = simulate(t, parsed(t, text, one, "poisson(rate=1/s)", two, 5), Options{})
	assert.Equal(t, 5, r.Replications)
	assert.False(t, r.Replay.OnePath)
	assert.NotContains(t, fmt.Sprint(r.Warnings), "nothing is random there")
	e, _ := r.Platform(ContainerPlatform).Metric("response_time")
	assert.Positive(t, e.HalfWidth)
	for _, o := range r.Platform(ContainerPlatform).Replications {
		assert.Zero(t, o.PresentAtEnd)
		assert.GreaterOrEqual(t, o.Span, 21*sim.Second)
	}

	cut := simulate(t, parsed(t, strings.Replace(text, "run: {", "run: {duration: 10s, warmup: 0s, ", 1), one, "poisson(rate=1/s)", two, 2), Options{})
	assert.False(t, cut.Replay.Whole)
	assert.Contains(t, fmt.Sprint(cut.Warnings), "the trace is one sample path, cut off at 10s: a part of ")

	transient, err := Transient(context.Background(), parsed(t, text, one, "poisson(rate=1/s)", two, 3), TransientOptions{Horizon: 100 * sim.Second, Points: 5})
	require.NoError(t, err)
	assert.True(t, transient.Replay.Whole)

	_, err = Simulate(context.Background(), parsed(t, "arrivals: superpose(trace(%s), poisson(rate=1/s))\nwasm: {service: constant(1s)}\nrun: {duration: 1s, warmup: 0s}", strings.TrimSuffix(strings.TrimPrefix(traceFile(t, "5\n"), "trace("), ")")), Options{})
	assert.NoError(t, err, "other requests arrive before the first row")
}

// Service times come from the traces if all streams have them; else the scenario gives a law, or the error says which
// stream has none.
func TestTheServiceTimesOfStreams(t *testing.T) {
	with, without := traceFile(t, "1,2\n2,3\n"), traceFile(t, "1.5\n")
	r := simulate(t, parsed(t, "arrivals: superpose(%s, %s)\nwasm: {cores: unlimited}", with, with), Options{})
	e, _ := r.Platform(WasmPlatform).Metric("response_time")
	assert.Equal(t, 2.5, e.Mean)
	assert.True(t, r.Replay.OnePath)
	for _, arrivals := range []string{"superpose(" + with + ", " + without + ")", "superpose(" + with + ", poisson(rate=1/s), " + with + ")"} {
		_, err := Parse("test.yaml", "", []byte("arrivals: "+arrivals+"\nwasm: {cores: unlimited}"), nil)
		assert.ErrorContains(t, err, "wasm.service: missing, and stream 2 of the arrivals fixes no service times as the traces among them do; want a distribution")
	}
	_, err := Parse("test.yaml", "", []byte("arrivals: superpose(poisson(rate=1/s), "+without+")\nwasm: {cores: unlimited}"), nil)
	assert.ErrorContains(t, err, "wasm.service: missing; want")
}

// Where several requests share an instance, chance is in the choice of the instance alone, by either key.
func TestARandomRoutingOfSharedInstancesIsRandom(t *testing.T) {
	for routing, random := range map[string]bool{"round-robin": false, "first": false, "least-loaded": false, "two-choices": true, "random": true} {
		s := arriving(t, "poisson(rate=1/s)", "container.warm", "constant(1s)", "container.startup", "constant(2s)", "container.concurrency", "4", "container.routing", routing)
		assert.Equal(t, random, !KindOf(ContainerPlatform).fixed(s), routing)
	}
}

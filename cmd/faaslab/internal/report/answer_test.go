package report

import (
	"bytes"
	"context"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/platform"
	"faaslab/scenarios"
	"faaslab/sim/stats"
)

func TestASentenceHasTheDigitsThatItsIntervalLeaves(t *testing.T) {
	for _, c := range []struct {
		mean, half float64
		unit       platform.Unit
		want       string
	}{
		{0.014412, 0.00013, platform.Probability, "1.44 %"},
		{0.055, 0.0037, platform.Probability, "5.5 %"},
		{0.055, 0.037, platform.Probability, "about 6 %"},
		{0.0002, 0.0009, platform.Probability, "about 0.02 %"},
		{1.5656, 0.0018, platform.Seconds, "1.57 s"},
		{1, 0, platform.Seconds, "1 s"},
		{0.09996, 0.00001, platform.Seconds, "100 ms"},
		{0.99996, 0.00001, platform.Seconds, "1.00 s"},
		{0.01, 0, platform.Seconds, "10 ms"},
		{0.24, 0.042, platform.Seconds, "about 240 ms"},
		{1.5, math.NaN(), platform.Seconds, "1.50 s"},
		{123456, 10, platform.Count, "123000"},
		{-2.5, 0.1, platform.Count, "−2.5"},
		{0, 0.1, platform.Count, "0"},
	} {
		assert.Equal(t, c.want, roughly(stats.Estimate{Mean: c.mean, HalfWidth: c.half}, c.unit), "%v ± %v", c.mean, c.half)
	}
}

// The answer for each kind of run, in words.
func TestRunBeginsWithTheAnswer(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"one cold start, then always the same", `{name: a, arrivals: constant(rate=1/s), container: {warm: constant(0.5s), cold: constant(2s), keep_alive: never, max_instances: 5}, run: {warmup: 0s, duration: 100s, replications: 2}}`,
			[]string{"About 2 % of requests start cold, one in 50.", "A response takes 530 ms on average; 95 % take at most 500 ms.", "1.97 instances on average, idle for 73 % of their time."}},
		{"nothing is kept", `{name: a, arrivals: constant(rate=1/s), container: {warm: constant(0.5s), cold: constant(0.5s), keep_alive: 0s, max_instances: 5}, run: {warmup: 10.2s, duration: 100s, replications: 2}}`,
			[]string{"Every request starts cold.", "A response takes 500 ms on average; 95 % take at most 500 ms.", "0.5 instances on average, never idle."}},
		{"one server that rejects", `{name: a, arrivals: "batch(constant(rate=1/s), size=2)", container: {warm: constant(0.5s), cold: constant(0.5s), keep_alive: never, max_instances: 1}, run: {warmup: 10.2s, duration: 100s, replications: 2}}`,
			[]string{"No cold start was seen; 50 % are rejected.", "A response takes 500 ms on average; 95 % take at most 500 ms.", "1 instance on average, idle for 50 % of their time."}},
		{"one server with a queue", `{name: a, arrivals: "batch(constant(rate=1/s), size=2)", container: {warm: constant(0.4s), cold: constant(0.4s), keep_alive: never, max_instances: 1, when_full: queue}, run: {warmup: 10.2s, duration: 100s, replications: 2}}`,
			[]string{"No cold start was seen.", "A response takes 600 ms on average, 200 ms of it waiting; 95 % take at most 800 ms.", "1 instance on average, idle for 20 % of their time."}},
		{"more than there is room for", `{name: a, arrivals: "batch(constant(rate=1/s), size=3)", container: {warm: constant(0.5s), cold: constant(0.5s), keep_alive: never, max_instances: 1, when_full: queue}, run: {warmup: 0s, duration: 100s, replications: 2}}`,
			[]string{"Overloaded: there is no steady state, and these are averages of 1m40s.", "About 0.3 % of requests start cold, one in 300."}},
		{"an executor a request", `{name: a, arrivals: constant(rate=1/s), wasm: {service: constant(0.5s), startup: constant(5ms)}, run: {warmup: 10.2s, duration: 100s, replications: 2}}`,
			[]string{"No cold starts: an executor for each request, started in 5 ms.", "A response takes 505 ms on average; 95 % take at most 505 ms.", "0.505 instances on average, never idle."}},
		{"one replication without a request", `{name: a, arrivals: constant(rate=1/s), wasm: {service: constant(0.5s)}, run: {warmup: 0s, duration: 10ms, replications: 1}}`,
			[]string{"No request arrived."}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := scenarios.Parse("a.yaml", "", []byte(c.text), nil)
			require.NoError(t, err)
			result, err := scenarios.Simulate(context.Background(), s, scenarios.Options{})
			require.NoError(t, err)
			var text bytes.Buffer
			writeAnswer(&text, &Report{Result: result})
			for _, sentence := range c.want {
				assert.Contains(t, text.String(), sentence)
			}
			if len(c.want) == 3 {
				assert.Len(t, strings.Split(strings.TrimSpace(text.String()), "\n"), 3, "the answer has three lines")
			}
		})
	}
}

func TestNeverAndAlwaysIdleAreNotRoundedTo(t *testing.T) {
	for idle, want := range map[float64]string{
		0: "never idle", 3.4e-7: "idle for less than 0.01 %", 0.0001: "idle for 0.01 %", 0.0512: "idle for 5.1 %", 0.12: "idle for 12 %",
		0.9949: "idle for 99 %", 0.9997: "idle for more than 99 %", 1: "idle for 100 %",
	} {
		assert.Contains(t, kept(stats.Estimate{Mean: 1}, stats.Estimate{Mean: idle}), want)
	}
}

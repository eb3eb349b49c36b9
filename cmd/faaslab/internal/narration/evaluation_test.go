package narration

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/platform/scaling"
	"faaslab/scenarios"
	"faaslab/sim"
)

// scaled returns a scenario with a container block.
func scaled(t *testing.T, block string) scenarios.Scenario {
	t.Helper()
	s, err := scenarios.Parse("test.yaml", "", []byte("arrivals: mmpp(rates=[1/s, 30/s], sojourns=[20s, 20s])\ncontainer: {warm: exponential(mean=500ms), startup: constant(3s), "+block+"}\n"), nil)
	require.NoError(t, err)
	return s
}

// The sentences of a decision, by hand.
func TestADecisionByHand(t *testing.T) {
	knative := scaled(t, "concurrency: 10, scaling: knative, max_instances: 12")
	delayed := scaled(t, "concurrency: 10, scaling: {down_delay: 30s, panic_window: 0s}, min_instances: 3")
	cores := scaled(t, "instance_cores: 1, scaling: kubernetes, max_instances: 50")
	rates := scaled(t, "scaling: openfaas")
	requests := scaled(t, "scaling: {preset: kubernetes, metric: rps, target: 20/s}, max_instances: 50")
	both := scaled(t, "instance_cores: 1, scaling: cloud-run, max_instances: 50")
	idle := scaled(t, "instance_cores: 1, scaling: fission-newdeploy, max_instances: 50")
	for _, c := range []struct {
		name     string
		scenario scenarios.Scenario
		load     scaling.Load
		decision scaling.Decision
		want     []string
	}{
		{"calm", knative, scaling.Load{Stable: 12.3, Panic: 10, Ready: 2}, scaling.Decision{Desired: 2, Raw: 2, RawPanic: 2, Least: 1, Most: 2000, Undelayed: 2}, []string{
			"stable average, 60 s: 12.3 / 7 = 1.757, rounded up: 2 instances",
			"panic average, 6 s: 10 / 7 = 1.429, rounded up: 2 instances",
			"limits, with 2 ready: at least 1, at most 2000",
			"panic: 2 / 2 = 1 is below the threshold 2: none"}},
		{"over the threshold, and more than there may be", knative, scaling.Load{Stable: 15, Panic: 100}, scaling.Decision{Desired: 15, Raw: 3, RawPanic: 15, Most: 1000, Undelayed: 15, Over: true, Panicking: true}, []string{
			"stable average, 60 s: 15 / 7 = 2.143, rounded up: 3 instances",
			"panic average, 6 s: 100 / 7 = 14.29, rounded up: 15 instances",
			"limits, with 0 ready, which count as 1: at least 0, at most 1000",
			"panic: 15 / 1 = 15, and the threshold is 2: over it, so panic lasts for another 60 s at least",
			"in panic the larger of both counts, and never fewer than before in this panic: 15",
			"max_instances: 12"}},
		{"delayed", delayed, scaling.Load{Stable: 1, Ready: 4}, scaling.Decision{Desired: 2, Raw: 1, Least: 2, Most: 4000, Undelayed: 2}, []string{
			"stable average, 60 s: 1 / 7 = 0.1429, rounded up: 1 instance",
			"limits, with 4 ready: at least 2, at most 4000",
			"within the limits and the tolerance: 2",
			"min_instances: 3"}},
		{"the most of a delay", delayed, scaling.Load{Stable: 1, Ready: 4}, scaling.Decision{Desired: 5, Raw: 1, Least: 2, Most: 4000, Undelayed: 2}, []string{
			"stable average, 60 s: 1 / 7 = 0.1429, rounded up: 1 instance",
			"limits, with 4 ready: at least 2, at most 4000",
			"within the limits and the tolerance: 2",
			"the delays: what was wanted in the last 30 s decides: 5"}},
		{"cores", cores, scaling.Load{Stable: 3.8, Ready: 4, Starting: 1}, scaling.Decision{Desired: 6, Raw: 6, Undelayed: 6, Most: 10}, []string{
			"use of cores: 3.8 of 4 ready = 95 %, and the target is 80 %; 1 starting, counted as idle if that is more: 6 instances asked for"}},
		{"cores, limited", cores, scaling.Load{Ready: 0, Starting: 2}, scaling.Decision{Desired: 4, Raw: 2, Undelayed: 9, Most: 4}, []string{
			"nothing is measured, since no instance is ready: 2",
			"the delays: what was wanted in the last 5 min decides: 9",
			"limit: at most 4: 4 wanted"}},
		{"requests of an HPA", requests, scaling.Load{Stable: 100, Ready: 4}, scaling.Decision{Desired: 5, Raw: 5, Undelayed: 5, Most: 8}, []string{
			"average, 15 s: 100/s of 4 ready = 25/s each, and the target is 20/s: 5 instances asked for"}},
		{"cores that ask for more than the requests", both, scaling.Load{Stable: 80, Ready: 2, ByCores: true}, scaling.Decision{Desired: 2, Raw: 2, Least: 0, Undelayed: 2}, []string{
			"the use of cores asks for more than the concurrency: an instance in use is worth 48 / 0.6 = 80",
			"stable average, 60 s: 80 / 48 = 1.667, rounded up: 2 instances",
			"limits, with 2 ready: at least 0"}},
		{"none", idle, scaling.Load{Ready: 1}, scaling.Decision{Most: 4}, []string{
			"use of cores: 0 of 1 ready = 0 %, and the target is 80 %: 0 instances asked for",
			"none: the last instances go 120 s after the last request"}},
		{"rates", rates, scaling.Load{Stable: 100, Ready: 2}, scaling.Decision{Desired: 3, Raw: 3, Least: 0, Undelayed: 3}, []string{
			"stable average, 30 s: 100/s / 45/s = 2.222, rounded up: 3 instances",
			"limits, with 2 ready: at least 0"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			assert.Equal(t, c.want, byHand(c.scenario, &scaling.Evaluation{Load: c.load, Decision: c.decision}))
		})
	}
}

// What the sentences say is what the simulation decided: of each evaluation of a busy service.
func TestADecisionByHandIsThatOfTheSimulation(t *testing.T) {
	s := scaled(t, "concurrency: 4, scaling: {down_delay: 20s}")
	history, err := s.History(scenarios.ContainerPlatform, 0)
	require.NoError(t, err)
	panics, calm := 0, 0
	for {
		e, ok, err := history.Next(300 * sim.Second)
		require.NoError(t, err)
		if !ok {
			break
		}
		v := e.Evaluation
		if v == nil {
			continue
		}
		told := newEvaluationJSON(s, v)
		steps := strings.Join(told.ByHand, "\n")
		assert.Contains(t, steps, fmt.Sprintf("/ 2.8 = %s, rounded up: %d instance", short(v.Stable/2.8), v.Raw))
		assert.Equal(t, v.Over, *told.Panic > *told.PanicAbove, "%v: %v", e.Time, steps)
		last := told.ByHand[len(told.ByHand)-1]
		switch {
		case v.Desired != v.Undelayed:
			assert.True(t, strings.HasSuffix(last, fmt.Sprintf("in the last 20 s decides: %d", v.Desired)), last)
		case v.Panicking:
			assert.True(t, strings.HasSuffix(last, fmt.Sprintf("in this panic: %d", v.Desired)), last)
		case v.Raw == v.Desired:
			assert.True(t, strings.HasSuffix(last, "none"), last)
		default:
			assert.Equal(t, fmt.Sprintf("within the limits and the tolerance: %d", v.Desired), last)
		}
		if v.Panicking {
			panics++
		} else {
			calm++
		}
	}
	assert.Greater(t, panics, 20)
	assert.Greater(t, calm, 20)
}

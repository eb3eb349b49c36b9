package scenarios

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/platform"
	"faaslab/platform/autoscaler"
	"faaslab/platform/pool"
	"faaslab/platform/scaling"
	"faaslab/scenarios/internal/keyfile"
	"faaslab/scenarios/internal/presets"
	"faaslab/sim"
)

// scaledFile is a file whose block of containers goes on with what is given.
func scaledFile(t *testing.T, container string, overrides ...Override) Scenario {
	t.Helper()
	text := "arrivals: poisson(rate=2/s)\ncontainer: {warm: exponential(mean=1s), startup: constant(3s), " + container + "}\nrun: {replications: 2, warmup: 10s, duration: 60s}"
	s, err := Parse("scaled.yaml", "", []byte(text), overrides)
	require.NoError(t, err)
	return s
}

func TestEachPresetIsReadWrittenAndSimulated(t *testing.T) {
	manual := map[string]bool{}
	for _, p := range presets.All() {
		t.Run(p.Name, func(t *testing.T) {
			assert.False(t, manual[p.Name], "twice")
			manual[p.Name] = true
			assert.NotEmpty(t, p.Source)
			container := "instance_cores: 1, scaling: " + p.Name
			for _, path := range p.Needs {
				value := map[string]string{"container.max_instances": "20"}[path]
				if path == "container.scaling.target" {
					continue
				}
				container = strings.TrimPrefix(path, "container.") + ": " + value + ", " + container
			}
			var overrides []Override
			if p.Name == "ecs-fargate" {
				overrides = append(overrides, Override{Key: "container.scaling.target", Value: "0.75"})
			}
			s := scaledFile(t, container, overrides...)
			for path, text := range p.Values {
				if !strings.HasPrefix(path, "container.scaling.") || s.measures() {
					assert.Equal(t, text, table.Find(path).Write(&s), path)
				}
			}
			again, err := Parse("scaled.yaml", "", s.YAML(), nil)
			require.NoError(t, err)
			assert.Equal(t, s, again)
			assert.Equal(t, p.Guesses != nil, s.Notes() != nil)
			r, err := Simulate(context.Background(), s, Options{})
			require.NoError(t, err)
			require.NoError(t, r.Broken)
			ready, ok := r.Platform(ContainerPlatform).Metric(platform.Ready)
			assert.True(t, ok)
			assert.Positive(t, ready.Mean)
		})
	}
}

// A preset's least number of instances comes back only where the scenario has it.
func TestNoneOfThePresetsMinimumIsWritten(t *testing.T) {
	s := scaledFile(t, "scaling: kubernetes, instance_cores: 1, max_instances: 9, min_instances: 0")
	again, err := Parse("scaled.yaml", "", s.YAML(), nil)
	require.NoError(t, err)
	assert.Equal(t, 0, again.fleet().MinInstances)
}

// A target in per cent is of the concurrency, or of 100 if that is unlimited.
func TestTheTargetIsAShareOfTheConcurrency(t *testing.T) {
	for concurrency, want := range map[string]float64{"1": 0.7, "10": 7, "unlimited": 70} {
		s := scaledFile(t, "scaling: knative, concurrency: "+concurrency)
		assert.InDelta(t, want, s.fleet().Scaling.Rule.Target, 1e-12, concurrency)
	}
	s := scaledFile(t, "scaling: {metric: rps, target: 7/s}")
	assert.Equal(t, 7.0, s.fleet().Scaling.Rule.Target)
	want := scaling.Knative(70)
	assert.Equal(t, want, scaledFile(t, "scaling: knative").fleet().Scaling.Rule)
	want = scaling.Kubernetes(0.8)
	want.PanicThreshold = 2 // it means nothing without a panic window
	assert.Equal(t, want, scaledFile(t, "scaling: kubernetes, instance_cores: 1, max_instances: 9").fleet().Scaling.Rule)
}

// Of requests, and not of cores, a HorizontalPodAutoscaler takes the average as it is. A least target is Knative's.
func TestTheTargetIsOfTheMetricAndHasALeast(t *testing.T) {
	s := scaledFile(t, "max_instances: 9, scaling: {preset: kubernetes, metric: rps, target: 2/s}")
	assert.True(t, s.fleet().Scaling.Rule.AverageValue)
	s = scaledFile(t, "max_instances: 9, instance_cores: 1, scaling: kubernetes")
	assert.False(t, s.fleet().Scaling.Rule.AverageValue)
	s = scaledFile(t, "concurrency: 1, scaling: {target: 0.1%}")
	assert.Equal(t, 0.01, s.fleet().Scaling.Rule.Target)
	assert.Contains(t, strings.Join(describeFleet(s, keyfile.FormatTime), " "), "concurrency 0.01 in each of")
	s = scaledFile(t, "concurrency: 10, scaling: {target: 4.2%}")
	assert.Contains(t, strings.Join(describeFleet(s, keyfile.FormatTime), " "), "concurrency 0.42 in each of")
	assert.True(t, scaledFile(t, "max_instances: 9, instance_cores: 1, scaling: fission-newdeploy").fleet().Scaling.EndsIdle)
}

// What an autoscaler remembers: two windows, or a window and the delay of going down; panic doubles it.
func TestTheWarmUpKnowsTheWindows(t *testing.T) {
	memory := func(container string) float64 { return scaledFile(t, container).memory() }
	base := 10.0/2 + 1 + 3 // arrivals, service and start-up
	for container, forget := range map[string]float64{
		"scaling: knative":                                          240,
		"scaling: {panic_window: 0s}":                               120,
		"scaling: {panic_window: 0s, down_delay: 5m}":               360,
		"scaling: {panic_window: 0s, window: 30s}":                  60,
		"scaling: {panic_window: 0s, retention: 100s}":              220,
		"concurrency: 4, max_instances: unlimited, keep_alive: 70s": 70,
	} {
		assert.InDelta(t, base+forget, memory(container), 1e-9, container)
	}
}

// With one place, nothing to measure and the usual binding, the pool of old serves.
func TestKeysThatChangeNothingLeaveThePool(t *testing.T) {
	plain := scaledFile(t, "keep_alive: 60s")
	for _, container := range []string{"concurrency: 1", "scaling: request", "instance_cores: unlimited", "start_rate: unlimited"} {
		s := scaledFile(t, "keep_alive: 60s, "+container)
		assert.Equal(t, plain, s, container)
		assert.False(t, s.Scaled())
	}
	early := scaledFile(t, "keep_alive: 60s, binding: early")
	assert.False(t, early.Scaled())
}

func TestAProgramScales(t *testing.T) {
	s := Default()
	s.Container.Cold, s.Container.Startup = nil, s.Container.Warm
	s.Container.WhenFull = pool.Queue
	s.Serving = Serving{Concurrency: 4, TargetShare: 0.7, Scaling: &autoscaler.Scaling{Rule: scaling.Knative(0)}}
	s.Run = Run{Seed: 1, Replications: 2, Duration: 100 * sim.Second}
	require.NoError(t, s.Check())
	r, err := Simulate(context.Background(), s, Options{})
	require.NoError(t, err)
	assert.NoError(t, r.Broken)

	wrong := map[string]func(s *Scenario){
		"container.scaling.window: ":          func(s *Scenario) { s.Serving.Scaling.Rule.Window = -1 },
		"container.scaling.max_up: ":          func(s *Scenario) { s.Serving.Scaling.Rule.MaxUp = 1 },
		"container.scaling.panic_threshold: ": func(s *Scenario) { s.Serving.Scaling.Rule.PanicThreshold = 0 },
		"container.scaling.panic_window: ":    func(s *Scenario) { s.Serving.Scaling.Rule.PanicWindow = 61 },
		"container.scaling.target: ":          func(s *Scenario) { s.Serving.TargetShare = 0 },
		"container.concurrency: ":             func(s *Scenario) { s.Serving.Concurrency = -3 },
		"container.min_instances: ":           func(s *Scenario) { s.Keeping.MinInstances = 111 },
		"container.when_full: ":               func(s *Scenario) { s.Container.WhenFull = pool.Reject },
	}
	for begin, change := range wrong {
		changed := s
		container, scaled := *s.Container, *s.Serving.Scaling
		changed.Container, changed.Serving.Scaling = &container, &scaled
		change(&changed)
		err := changed.Check()
		if assert.Error(t, err, begin) {
			assert.True(t, strings.HasPrefix(err.Error(), begin), fmt.Sprint(err))
		}
	}
}

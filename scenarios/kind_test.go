package scenarios

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/executors"
)

// An other is the configuration of a platform that has no field of Scenario.
type other struct{ Service dist.Distribution }

// registerOther adds a kind of platform until the test ends.
func registerOther(t *testing.T) {
	const name = "other"
	of := func(s *Scenario) *other { return s.Others[name].(*other) }
	t.Cleanup(Register(&Kind{
		Name: name, Label: name, Title: name, One: name, Whole: name, Subject: name,
		Block:   InOthers[other](name),
		Keys:    []Key{LawKey("other.service", "Service", "Time that a request needs.", func(s *Scenario) *dist.Distribution { return &of(s).Service })},
		Service: "other.service",
		Start: func(s Scenario, replication int, to Settings) (Simulation, error) {
			e, err := executors.New(executors.Config{Service: of(&s).Service}, s.Arrivals, s.Run.Seed, replication)
			if err == nil {
				e.Interrupted, e.MostLive = to.Interrupted, to.MostLive
			}
			return e, err
		},
	}))
}

func TestAKindIsReadWrittenAndSimulatedAsTheOthersAre(t *testing.T) {
	before := Schema()
	t.Run("while it is registered", func(t *testing.T) {
		registerOther(t)
		const text = "arrivals: poisson(rate=5/s)\nwasm: {service: constant(1s)}\nother: {service: constant(1s)}\n" +
			"pricing: {preset: aws-lambda, wasm_memory: 1GB, other_memory: 512MB}\nrun: {replications: 2, warmup: 1s, duration: 1m}\n"
		s, err := Parse("other.yaml", "", []byte(text), []Override{{Key: "other.service", Value: "constant(1s)"}})
		require.NoError(t, err)
		assert.Equal(t, []string{WasmPlatform, "other"}, s.Platforms())
		assert.Equal(t, 0.5, s.Memory("other"))
		again, err := Parse("other.yaml", "", s.YAML(), nil)
		require.NoError(t, err)
		assert.Equal(t, s, again)
		resolved, err := json.Marshal(s)
		require.NoError(t, err)
		assert.Contains(t, string(resolved), `"other":{"service":"constant(1s)"}`)

		r, err := Simulate(context.Background(), s, Options{})
		require.NoError(t, err)
		require.Len(t, r.Platforms, 2)
		assert.Equal(t, "other", r.Platforms[1].Platform)
		for _, m := range []string{platform.ResponseTime, platform.Instances, platform.UserCost} {
			wasm, _ := r.Platform(WasmPlatform).Metric(m)
			other, ok := r.Platform("other").Metric(m)
			assert.True(t, ok, m)
			if m != platform.UserCost {
				assert.Equal(t, wasm, other, "%s: it sees the same requests", m)
			}
		}
		assert.Zero(t, r.Difference[platform.ResponseTime].Mean)

		alone := s.Without("other")
		assert.Equal(t, []string{WasmPlatform}, alone.Platforms())
		assert.Equal(t, []string{WasmPlatform, "other"}, s.Platforms(), "the scenario itself keeps it")
		assert.Equal(t, []string{"other"}, s.Alone("other").Platforms())
		assert.Equal(t, []Change{{"other", "given", ""}}, Changes(s, alone)[:1])

		_, err = Parse("other.yaml", "", []byte("arrivals: poisson(rate=5/s)\nother: {}\n"), nil)
		assert.ErrorContains(t, err, "other.service: missing")
		_, err = Parse("other.yaml", "", []byte("arrivals: poisson(rate=5/s)\n"), nil)
		assert.ErrorContains(t, err, "container, wasm and other are all missing")
		assert.Contains(t, string(Schema()), `"Time that a request needs."`)
		_, err = s.History("other", 0)
		assert.ErrorContains(t, err, "no platform")
	})
	assert.Equal(t, string(before), string(Schema()))
	_, err := Parse("other.yaml", "", []byte("arrivals: poisson(rate=5/s)\nother: {service: constant(1s)}\n"), nil)
	assert.ErrorContains(t, err, "unknown key")
}

func TestEachKindSaysAllOfItself(t *testing.T) {
	for _, k := range Kinds() {
		for _, text := range []string{k.Name, k.Label, k.Title, k.One, k.Whole, k.Subject} {
			assert.NotEmpty(t, text, k.Name)
		}
		assert.NotNil(t, table.Find(k.Service), k.Name)
		assert.NotEmpty(t, k.Metrics(), k.Name)
		assert.NotEmpty(t, k.Transient(), k.Name)
		for _, key := range k.Keys {
			assert.Equal(t, k.Name, table.OptionalOf(key.Path))
		}
	}
	assert.Equal(t, []string{"running", "idle", "instances", "cold_start_probability", "response_time", "response_time_p95"}, KindOf(ContainerPlatform).Transient())
	assert.Equal(t, []string{"running", "response_time", "response_time_p95"}, KindOf(WasmPlatform).Transient())
	assert.False(t, IsKind("none"))
	assert.Equal(t, "none", KindOf("none").Label)
}

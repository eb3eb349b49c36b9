package scenarios

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheResolvedScenarioHoldsEveryValue(t *testing.T) {
	s, err := Load("erlang-c", []Override{set("wasm.service", "mixture(0.9: constant(1s), 0.1: constant(9s))")})
	require.NoError(t, err)
	assert.Equal(t, `name: erlang-c
description: A fixed pool with a queue, Erlang's delay system
arrivals: poisson(rate=5/s)
container:
  warm: exponential(mean=1.5288s)
  startup: constant(0s)
  release: constant(0s)
  keep_alive: never
  max_instances: 10
  when_full: queue
  queue_timeout: never
  routing: mru
  cores: unlimited
  dispatch:
    interval: 0s
    batch: unlimited
    per_batch: 0s
    service: constant(0s)
    hand_over: one-by-one
  initial:
    idle: 10
    running: 0
wasm:
  service: 'mixture(0.9: constant(1s), 0.1: constant(9s))'
  startup: constant(0s)
  cores: unlimited
  discipline: processor-sharing
run:
  seed: 1
  replications: 16
  warmup: auto
  precision: 1%
  max_requests: 20000000
`, string(s.YAML()), "without a duration, which nobody asked for")

	text, err := json.Marshal(s)
	require.NoError(t, err)
	assert.Equal(t, `{"name":"erlang-c","description":"A fixed pool with a queue, Erlang's delay system","arrivals":"poisson(rate=5/s)",`+
		`"container":{"warm":"exponential(mean=1.5288s)","startup":"constant(0s)","release":"constant(0s)","keep_alive":"never","max_instances":10,"when_full":"queue",`+
		`"queue_timeout":"never","routing":"mru","cores":"unlimited","dispatch":{"interval":"0s","batch":"unlimited","per_batch":"0s","service":"constant(0s)","hand_over":"one-by-one"},"initial":{"idle":10,"running":0}},`+
		`"wasm":{"service":"mixture(0.9: constant(1s), 0.1: constant(9s))","startup":"constant(0s)","cores":"unlimited","discipline":"processor-sharing"},`+
		`"run":{"seed":1,"replications":16,"warmup":"auto","precision":"1%","max_requests":20000000}}`, string(text))
}

func TestTheResolvedScenarioReadsBack(t *testing.T) {
	for _, b := range List() {
		t.Run(b.Name, func(t *testing.T) {
			s, err := Load(b.Name, nil)
			require.NoError(t, err)
			again, err := Parse("again.yaml", "", s.YAML(), nil)
			require.NoError(t, err)
			assert.Equal(t, s, again)
		})
	}
}

func TestTextsThatYAMLWouldTakeForSomethingElse(t *testing.T) {
	for _, name := range []string{"null", "~", "true", "1", "1e3", "0x10", "- a", "a: b", "# a", "'a'", `"a"`, "<<", "*a", "&a", "!a", "{a", "[a", "?", "größe", "a\\b", "😀", "2026-01-01"} {
		s, err := Load("float", []Override{set("name", name)})
		require.NoError(t, err, name)
		again, err := Parse("again.yaml", "", s.YAML(), nil)
		require.NoError(t, err, name)
		assert.Equal(t, s, again)
		var decoded struct{ Name string }
		text, err := json.Marshal(s)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(text, &decoded))
		assert.Equal(t, name, decoded.Name)
	}
}

func TestTheTextOfAKeyIsThatOfTheFile(t *testing.T) {
	s, err := Load("erlang-c", nil)
	require.NoError(t, err)
	for key, want := range map[string]string{"container.keep_alive": "never", "container.max_instances": "10", "container.warm": "exponential(mean=1.5288s)", "arrivals": "poisson(rate=5/s)"} {
		text, ok := s.TextOf(key)
		assert.True(t, ok, key)
		assert.Equal(t, want, text, key)
	}
	for _, key := range []string{"container.cold", "pricing.preset", "arrivals.rate", "none", ""} {
		_, ok := s.TextOf(key)
		assert.False(t, ok, key)
	}
}

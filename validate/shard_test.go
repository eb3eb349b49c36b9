package validate

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Shards have every scenario once, and are judged together as the whole: each case at the level that
// Holm's procedure gives it among all.
func TestShardsAreJudgedTogether(t *testing.T) {
	names := []string{"a", "b", "c", "d", "e"}
	p := []float64{0.0009, 0.2, 0.002, 0.6, 0.004} // alone or in two shards, the last would be broken
	whole := &Report{Tested: 10}
	for i, name := range names {
		for range 2 {
			whole.Verdicts = append(whole.Verdicts, Verdict{Case: Case{Scenario: name, Kind: Exact}, P: p[i], Power: 1})
		}
		whole.Scenarios = append(whole.Scenarios, 2)
	}
	holm(whole.Verdicts)
	require.Equal(t, 2, whole.Failed())
	for of := 1; of <= 7; of++ {
		parts := make([]*Report, of)
		for index := range parts {
			parts[index] = &Report{Tested: whole.Tested}
			for i := index; i < len(names); i += of {
				parts[index].Verdicts = append(parts[index].Verdicts, whole.Verdicts[2*i:2*i+2]...)
				parts[index].Scenarios = append(parts[index].Scenarios, 2)
			}
			holm(parts[index].Verdicts)
		}
		joined, err := Join(parts)
		require.NoError(t, err)
		assert.Equal(t, whole, joined, "%d shards", of)
	}
}

func TestShardsOfDifferentValidationsDoNotJoin(t *testing.T) {
	scenario := func(tested int) *Report {
		return &Report{Tested: tested, Verdicts: []Verdict{{P: 1}}, Scenarios: []int{1}}
	}
	for _, parts := range [][]*Report{
		nil,
		{scenario(1), scenario(2)},
		{{Tested: 1}, scenario(1)},
		{scenario(1), {Tested: 1, Interrupted: true}},
	} {
		_, err := Join(parts)
		assert.Error(t, err)
	}
}

// A shard's cases are simulated and tested as those of the whole.
func TestAShardOfARunIsAPartOfTheWhole(t *testing.T) {
	o := Options{Suites: []string{"wasm"}, Only: "load 0.3", Seed: 1, Workers: 1}
	whole, err := Run(context.Background(), o)
	require.NoError(t, err)
	var parts []*Report
	for i := range 2 {
		o.Shard = Shard{i, 2}
		part, err := Run(context.Background(), o)
		require.NoError(t, err)
		assert.Equal(t, whole.Tested, part.Tested)
		parts = append(parts, part)
	}
	assert.Empty(t, parts[1].Verdicts)
	joined, err := Join(parts)
	require.NoError(t, err)
	require.Len(t, joined.Verdicts, len(whole.Verdicts))
	for i, v := range whole.Verdicts {
		got := joined.Verdicts[i]
		assert.Equal(t, v.Simulated, got.Simulated)
		assert.Equal(t, math.Float64bits(v.Power), math.Float64bits(got.Power))
		assert.Equal(t, v.Outcome, got.Outcome)
	}
}

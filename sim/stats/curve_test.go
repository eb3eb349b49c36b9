package stats

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// A pair is a sample of two sums.
type pair struct{ a, b float64 }

func (p *pair) Merge(other *pair)    { p.a, p.b = p.a+other.a, p.b+other.b }
func (p *pair) Subtract(other *pair) { p.a, p.b = p.a-other.a, p.b-other.b }

// Each value of a curve has the interval that the jackknife gives it alone.
func TestACurveHasTheIntervalsOfItsValues(t *testing.T) {
	samples := []pair{{1, 4}, {2, 5}, {4, 9}, {3, 11}, {5, 6}}
	got := Curve(samples, 2, func(p *pair, values []float64) { values[0], values[1] = p.a/p.b, p.a })
	var whole pair
	for _, s := range samples {
		whole.Merge(&s)
	}
	ratios, sums := make([]float64, len(samples)), make([]float64, len(samples))
	for i, s := range samples {
		ratios[i], sums[i] = (whole.a-s.a)/(whole.b-s.b), whole.a-s.a
	}
	assert.Equal(t, Jackknife(whole.a/whole.b, PseudoValues(whole.a/whole.b, ratios)), got[0])
	assert.Equal(t, Jackknife(whole.a, PseudoValues(whole.a, sums)), got[1])
	assert.Equal(t, pair{15, 35}, whole)
}

package model_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"faaslab/validate/model"
)

func TestADistributionEndsGeometrically(t *testing.T) {
	geometric := model.Distribution{Mass: []float64{0.75}, Ratio: 0.25} // P(n) = 3/4^(n+1)
	assert.Equal(t, 0.0, geometric.Probability(-1))
	assert.InEpsilon(t, 3./64, geometric.Probability(2), 1e-15)
	assert.InEpsilon(t, 1./64, geometric.Above(2), 1e-15)
	assert.InEpsilon(t, 1., geometric.Above(-1), 1e-15)
	assert.InEpsilon(t, 1./3, geometric.Mean(), 1e-15)

	mixed := model.Distribution{Mass: []float64{0.5, 0.125, 0.1875}, Ratio: 0.5}
	assert.InEpsilon(t, 1., mixed.Above(-5), 1e-15)
	assert.InEpsilon(t, 0.5, mixed.Above(0), 1e-15)
	mean := 0.0
	for n := range 100 {
		mean += float64(n) * mixed.Probability(n)
	}
	assert.InEpsilon(t, mean, mixed.Mean(), 1e-12)
}

func TestADistributionMayJustEnd(t *testing.T) {
	d := model.Distribution{Mass: []float64{0.25, 0.5, 0.25}}
	assert.Zero(t, d.Probability(3))
	assert.Zero(t, d.Above(2))
	assert.Equal(t, 1.0, d.Mean())
	assert.Zero(t, model.Distribution{}.Above(0))
	assert.Zero(t, model.Distribution{}.Probability(0))
	assert.Zero(t, model.Distribution{}.Mean())
}

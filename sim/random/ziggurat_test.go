package random

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Each layer has the same area, and ends where the density says.
func TestTheLayersOfTheZiggurats(t *testing.T) {
	for _, z := range []struct {
		edge, area       float64
		ends, densities  *[255]float64
		density, inverse func(float64) float64
	}{
		{exponentialEdge, exponentialArea, &exponentialEnds, &exponentialDensities,
			func(x float64) float64 { return math.Exp(-x) }, func(y float64) float64 { return -math.Log(y) }},
		{normalEdge, normalArea, &normalEnds, &normalDensities,
			func(x float64) float64 { return math.Exp(-0.5 * x * x) }, func(y float64) float64 { return math.Sqrt(-2 * math.Log(y)) }},
	} {
		assert.Equal(t, z.edge, z.ends[254])
		for i, x := range z.ends {
			assert.InEpsilon(t, z.density(x), z.densities[i], 1e-15)
			if i > 0 {
				// From one end to the next, so that an error of a digit is not carried on.
				assert.InEpsilon(t, z.inverse(z.area/x+z.densities[i]), z.ends[i-1], 1e-13)
			}
		}
	}
}

// The tables are the same on every processor, to the bit; so are the draws, but for one in a thousand, which takes a logarithm.
func TestTheTablesAreTheSameEverywhere(t *testing.T) {
	sum := uint64(0)
	for _, z := range []*ziggurat{&exponentialTable, &normalTable} {
		for i := range 256 {
			for _, word := range []uint64{z.keep[i], math.Float64bits(z.width[i]), math.Float64bits(z.density[i])} {
				sum = sum*0x9e3779b97f4a7c15 + word
			}
		}
	}
	assert.Equal(t, uint64(0xbf7e18c847df6170), sum)
}

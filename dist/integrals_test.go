package dist

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"faaslab/sim/random"
)

// plain hides the type of a law, so that its integrals are computed from the CDF alone.
type plain struct{ Distribution }

// The formula of every law must equal the numerical integral of its tail.
func TestIntegralsOfLawsAreThoseOfTheirTails(t *testing.T) {
	each(t, func(t *testing.T, d Distribution, _ oracle, heavy bool) {
		switch d.(type) {
		case Constant, Shifted, Mixture, Quantiles, Empirical:
			t.Skip("has atoms, or is made of others")
		}
		mean, _ := d.Moments()
		scale := max(mean, 1e-9)
		limited, numerical := LimitedMean(d), LimitedMean(plain{d})
		complement, numericalComplement := TransformComplement(d), TransformComplement(plain{d})
		for _, x := range []float64{1e-3, 0.3, 0.9, 1, 1.7, 20} {
			assert.InDelta(t, numerical(x*scale), limited(x*scale), 1e-11*scale, "E[min(X, %v means)]", x)
			assert.InDelta(t, numericalComplement(x/scale), complement(x/scale), 1e-9, "1 − E[exp(−sX)] at %v", x)
		}
		assert.Zero(t, limited(0))
		if !heavy {
			assert.InDelta(t, mean, limited(1e3*scale), 1e-9*scale)
			assert.InDelta(t, 1e-6*mean/scale, complement(1e-6/scale), 1e-9, "the mean is the slope at 0")
		}
	})
}

// A law of quantiles is a mixture of uniform laws and constants.
func TestIntegralsOfQuantilesAreThoseOfAMixture(t *testing.T) {
	q, err := Parse("quantiles(0: 1ms, 0.5: 1s, 0.75: 1s, 1: 2s)")
	assert.NoError(t, err)
	m, err := Parse("mixture(0.5: uniform(1ms, 1s), 0.25: constant(1s), 0.25: uniform(1s, 2s))")
	assert.NoError(t, err)
	for _, x := range []float64{0, 1e-4, 0.3, 1, 1.5, 2, 5} {
		assert.InDelta(t, LimitedMean(m)(x), LimitedMean(q)(x), 1e-14, x)
	}
	for _, s := range []float64{1e-9, 1e-3, 0.05, 0.1001, 0.2, 1, 3, 1000} {
		assert.InEpsilon(t, TransformComplement(m)(s), TransformComplement(q)(s), 1e-7, s)
	}
	mean, _ := q.Moments()
	assert.InEpsilon(t, mean*1e-9, TransformComplement(q)(1e-9), 1e-8, "no digits are lost")
}

// Means of samples are an independent way to the same numbers: five standard errors of 100,000
// draws.
func TestIntegralsOfLawsAreMeansOfDraws(t *testing.T) {
	for _, notation := range []string{"lognormal(mean=1s, cv=1.5)", "normal(mean=1s, sd=1s)", "pareto(shape=1.5, mean=1s)",
		"weibull(shape=0.7, mean=1s)", "uniform(1s, 2s)", "erlang(k=3, mean=1s)", "empirical(durations.csv)", "constant(1.1s)",
		"quantiles(0: 1ms, 0.3: 500ms, 0.5: 500ms, 0.8: 2s, 1: 2s)",
		"mixture(0.9: constant(500ms), 0.1: shifted(1s, exponential(mean=3s)))"} {
		d, err := testFiles.Parse(notation)
		assert.NoError(t, err)
		g := random.Stream(7, 0, random.Service)
		draws := make([]float64, 100_000)
		d.Fill(&g, draws)
		sum, squares, transform := 0.0, 0.0, 0.0
		for _, x := range draws {
			limited := min(x, 1.3)
			sum += limited
			squares += limited * limited
			transform += math.Exp(-0.8 * x)
		}
		n := float64(len(draws))
		se := math.Sqrt(max(0, squares/n-sum/n*sum/n)/n) + 1e-9
		assert.InDelta(t, sum/n, LimitedMean(d)(1.3), 5*se, notation)
		assert.InDelta(t, 1-transform/n, TransformComplement(d)(0.8), 5*0.5/math.Sqrt(n), notation)
	}
}

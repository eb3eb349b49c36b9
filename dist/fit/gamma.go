package fit

import (
	"math"

	"gonum.org/v1/gonum/mathext"

	"faaslab/dist"
)

// Shapes between which that of a gamma law is sought: the domain of the cv, and a little beyond it.
const leastShape, largestShape = 1e-5, 1e7

// gamma takes the sample's mean, and the shape k for which ln k − ψ(k) = ln(mean) − mean of the
// logarithms (Johnson, Kotz and Balakrishnan, "Continuous Univariate Distributions", vol. 1, 1994,
// §17.7).
func gamma(s *sample) (dist.Distribution, float64, string) {
	if s.logs == nil {
		return nil, 0, "a value is 0, where the likelihood grows without bound as the cv does"
	}
	shape := s.gammaShape()
	return dist.Gamma{Mean: s.mean, CV: 1 / math.Sqrt(shape)}, s.gammaLogLikelihood(shape), ""
}

// gammaShape returns the most likely shape of a gamma law. The left side of its equation falls
// from +∞ to 0.
func (s *sample) gammaShape() float64 {
	return math.Exp(root(math.Log(leastShape), math.Log(largestShape), func(log float64) float64 {
		shape := math.Exp(log)
		return -s.meanLog - (math.Log(shape) - mathext.Digamma(shape))
	}))
}

// gammaLogLikelihood returns the logarithm of the density of the sample under the gamma law with
// its mean and a shape.
func (s *sample) gammaLogLikelihood(shape float64) float64 {
	lg, _ := math.Lgamma(shape)
	// Of x/mean, each value adds shape·(ln shape + ln x/mean − x/mean) − ln x/mean − ln Γ(shape).
	// At shape 1 the logarithms, which a zero has not, are left out.
	return s.n * (shape*(math.Log(shape)-1) + (shape-1)*s.meanLog - lg - math.Log(s.mean))
}

// largestK is the largest number of phases of an Erlang law in the notation.
const largestK = 1e6

// erlang takes the sample's mean and the more likely of the two whole shapes beside the gamma
// law's: the likelihood rises up to the latter and falls from there on. A zero leaves one phase.
func erlang(s *sample) (dist.Distribution, float64, string) {
	k := 1.0
	if s.logs != nil {
		shape := s.gammaShape()
		k = min(max(1, math.Floor(shape)), largestK)
		if shape > largestK {
			return nil, 0, "most likely outside the notation: k is above 1000000"
		}
		if k < largestK && s.gammaLogLikelihood(k+1) > s.gammaLogLikelihood(k) {
			k++
		}
	}
	return dist.Erlang{K: int(k), Mean: s.mean}, s.gammaLogLikelihood(k), ""
}

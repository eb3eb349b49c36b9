package dist

import (
	"math"
	"sort"

	"gonum.org/v1/gonum/integrate/quad"
	"gonum.org/v1/gonum/mathext"
)

// LimitedMean returns the function E[min(X, x)] of x >= 0, both in seconds: the integral of P(X >
// t) from 0 to x, which rises to the mean. For a law without a formula here, LimitedMean integrates
// the CDF, which must be smooth above the lower end of the support; so does TransformComplement.
func LimitedMean(d Distribution) func(x float64) float64 {
	switch d := d.(type) {
	case Constant:
		return func(x float64) float64 { return min(d.Value, x) }
	case Exponential:
		return func(x float64) float64 { return -d.Mean * math.Expm1(-x/d.Mean) }
	case Hyperexponential:
		weight, mean := d.phases()
		return func(x float64) float64 {
			return -weight[0]*mean[0]*math.Expm1(-x/mean[0]) - weight[1]*mean[1]*math.Expm1(-x/mean[1])
		}
	case Erlang:
		return limitedGamma(float64(d.K), d.Mean/float64(d.K))
	case Gamma:
		return limitedGamma(d.shape(), d.scale())
	case Lognormal:
		mu, sigma := d.logarithm()
		return func(x float64) float64 {
			if x <= 0 {
				return 0
			}
			z := (math.Log(x) - mu) / sigma
			return d.Mean*0.5*math.Erfc((sigma-z)/math.Sqrt2) + x*0.5*math.Erfc(z/math.Sqrt2)
		}
	case Weibull:
		return func(x float64) float64 {
			return d.Mean * gammaCDF(1/d.Shape, math.Pow(x/d.scale(), d.Shape))
		}
	case Pareto:
		least := d.least()
		return func(x float64) float64 {
			if x <= least {
				return x
			}
			return least - least/(d.Shape-1)*math.Expm1((1-d.Shape)*math.Log(x/least))
		}
	case Uniform:
		return func(x float64) float64 {
			x = min(x, d.Max)
			above := max(0, x-d.Min)
			return x - above*above/(2*(d.Max-d.Min))
		}
	case Normal:
		// The integral of the upper tail Q(z) of the parent is zQ(z) − φ(z).
		area := func(x float64) float64 {
			z := (x - d.Mean) / d.SD
			return z*0.5*math.Erfc(z/math.Sqrt2) - math.Exp(-z*z/2)/math.Sqrt(2*math.Pi)
		}
		return func(x float64) float64 { return d.SD / d.kept() * (area(x) - area(0)) }
	case Shifted:
		of := LimitedMean(d.Of)
		return func(x float64) float64 { return min(x, d.By) + of(max(0, x-d.By)) }
	case Mixture:
		var limited []func(float64) float64
		for _, part := range d.parts() {
			limited = append(limited, LimitedMean(part.Law))
		}
		return func(x float64) (sum float64) {
			for i, part := range d.parts() {
				sum += part.Weight * limited[i](x)
			}
			return sum
		}
	case Quantiles:
		return d.limited
	case Empirical:
		v := d.values()
		sums := make([]float64, v.len()+1) // sums[i] is the sum of the i least durations
		for i := range v.len() {
			sums[i+1] = sums[i] + v.at(i)
		}
		return func(x float64) float64 {
			below := sort.Search(v.len(), func(i int) bool { return v.at(i) > x })
			return (sums[below] + x*float64(v.len()-below)) / float64(v.len())
		}
	}
	least := d.Quantile(0)
	return func(x float64) float64 {
		return min(x, least) + integrateLog(func(t float64) float64 { return 1 - d.CDF(least+t) }, x-least)
	}
}

// limitedGamma returns E[min(X, x)] for the gamma law.
func limitedGamma(shape, scale float64) func(x float64) float64 {
	return func(x float64) float64 {
		y := x / scale
		if y <= 0 {
			return 0
		}
		return shape*scale*gammaCDF(shape+1, y) + x*mathext.GammaIncRegComp(shape, y)
	}
}

// TransformComplement returns the function 1 − E[e^{−sX}] of s > 0, in 1/s: one minus the law's
// Laplace transform. Computing this difference directly would lose digits for a small s.
func TransformComplement(d Distribution) func(s float64) float64 {
	switch d := d.(type) {
	case Constant:
		return func(s float64) float64 { return -math.Expm1(-s * d.Value) }
	case Exponential:
		return func(s float64) float64 { return s * d.Mean / (1 + s*d.Mean) }
	case Hyperexponential:
		weight, mean := d.phases()
		return func(s float64) float64 {
			return weight[0]*s*mean[0]/(1+s*mean[0]) + weight[1]*s*mean[1]/(1+s*mean[1])
		}
	case Erlang:
		return func(s float64) float64 { return -math.Expm1(-float64(d.K) * math.Log1p(s*d.Mean/float64(d.K))) }
	case Gamma:
		return func(s float64) float64 { return -math.Expm1(-d.shape() * math.Log1p(s*d.scale())) }
	case Shifted:
		of := TransformComplement(d.Of)
		return func(s float64) float64 { return -math.Expm1(-s*d.By) + math.Exp(-s*d.By)*of(s) }
	case Mixture:
		var of []func(float64) float64
		for _, part := range d.parts() {
			of = append(of, TransformComplement(part.Law))
		}
		return func(s float64) (sum float64) {
			for i, part := range d.parts() {
				sum += part.Weight * of[i](s)
			}
			return sum
		}
	case Quantiles:
		return d.complement
	case Empirical:
		v := d.values()
		return func(s float64) (sum float64) {
			for i := range v.len() {
				sum -= math.Expm1(-s * v.at(i))
			}
			return sum / float64(v.len())
		}
	}
	least := d.Quantile(0)
	return func(s float64) float64 {
		beyond := integrateLog(func(y float64) float64 { return math.Exp(-y) * (1 - d.CDF(least+y/s)) }, 745)
		return -math.Expm1(-s*least) + math.Exp(-s*least)*beyond
	}
}

// integrateLog returns the integral from 0 to x of a smooth function that is bounded near 0. It
// applies Gauss–Legendre rules to pieces of ln t, halved until the two halves agree with the whole.
func integrateLog(f func(t float64) float64, x float64) float64 {
	if x <= 0 {
		return 0
	}
	const points = 12
	g := func(v float64) float64 { t := math.Exp(v); return t * f(t) }
	high := math.Log(x)
	low := high - 45 // e^−45 of x: the integral below it is too small for a float64
	var piece func(from, to, whole, scale float64, depth int) float64
	piece = func(from, to, whole, scale float64, depth int) float64 {
		middle := (from + to) / 2
		left, right := quad.Fixed(g, from, middle, points, nil, 0), quad.Fixed(g, middle, to, points, nil, 0)
		if depth == 0 || math.Abs(left+right-whole) <= 1e-13*scale {
			return left + right
		}
		return piece(from, middle, left, scale, depth-1) + piece(middle, to, right, scale, depth-1)
	}
	sum, scale := 0.0, 0.0
	const pieces = 45
	wholes := make([]float64, pieces)
	at := func(i int) float64 { return low + (high-low)*float64(i)/pieces }
	for i := range wholes {
		wholes[i] = quad.Fixed(g, at(i), at(i+1), points, nil, 0)
		scale += math.Abs(wholes[i])
	}
	for i, whole := range wholes {
		sum += piece(at(i), at(i+1), whole, scale, 40)
	}
	return sum
}

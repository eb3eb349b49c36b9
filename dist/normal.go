package dist

import (
	"math"

	"gonum.org/v1/gonum/integrate/quad"
	"gonum.org/v1/gonum/mathext"

	"faaslab/sim/random"
)

// Normal is the normal law truncated at 0: the law of a normal variate, given that it is not
// negative. Mean and SD describe the normal law before truncation, the parent; Moments describes
// the truncated law. The two nearly agree if Mean is several SD (at 4, the means differ by 0.003
// %).
type Normal struct {
	Mean float64 // of the parent, seconds, >= 0
	SD   float64 // of the parent, seconds, > 0
}

var _ Distribution = Normal{}

// Moments returns the truncated law's mean in seconds and variance in seconds² (Johnson, Kotz and
// Balakrishnan, "Continuous Univariate Distributions", vol. 1, 1994, §13.10.1).
func (n Normal) Moments() (mean, variance float64) {
	a := n.Mean / n.SD
	// The parent's hazard rate at 0: its density there over the mass that is kept.
	hazard := math.Exp(-a*a/2) / math.Sqrt(2*math.Pi) / n.kept()
	return n.Mean + n.SD*hazard, n.SD * n.SD * (1 - hazard*(hazard+a))
}

// kept returns the probability that the parent is not negative: at least 1/2.
func (n Normal) kept() float64 { return 0.5 * math.Erfc(-n.Mean/n.SD/math.Sqrt2) }

// CDF returns P(X <= x), x in seconds.
func (n Normal) CDF(x float64) float64 {
	if x <= 0 {
		return 0
	}
	if x*(n.Mean+n.SD) < 0.1*n.SD*n.SD {
		// Just above 0 a difference of error functions would lose digits, while the density is so
		// smooth that eight points integrate it exactly.
		density := func(y float64) float64 {
			z := (y - n.Mean) / n.SD
			return math.Exp(-z * z / 2)
		}
		return quad.Fixed(density, 0, x, 8, nil, 0) / (n.SD * math.Sqrt(2*math.Pi) * n.kept())
	}
	from, to := -n.Mean/n.SD/math.Sqrt2, (x-n.Mean)/n.SD/math.Sqrt2
	if to < -1 {
		// Both ends lie in the lower tail, where erf agrees with −1 to most digits.
		return 0.5 * (math.Erfc(-to) - math.Erfc(-from)) / n.kept()
	}
	if to > 1 {
		return 1 - 0.5*math.Erfc(to)/n.kept()
	}
	return 0.5 * (math.Erf(to) - math.Erf(from)) / n.kept()
}

// Quantile returns the smallest x in seconds with CDF(x) >= p.
func (n Normal) Quantile(p float64) float64 {
	mustBeProbability(p)
	if p <= 0.5 {
		return invert(p, func(x float64) bool { return n.CDF(x) >= p })
	}
	return n.Mean - n.SD*mathext.NormalQuantile((1-p)*n.kept())
}

// Fill replaces block with independent draws, in seconds: draws of the parent, redrawn while
// negative, with probability at most 1/2 each time.
func (n Normal) Fill(g *random.Generator, block []float64) {
	if !(n.Mean >= 0 && n.SD > 0) {
		panic("dist: Normal of a negative Mean or an SD that is not positive")
	}
	local := *g
	for i := range block {
		x := n.Mean + n.SD*local.Normal()
		for x < 0 {
			x = n.Mean + n.SD*local.Normal()
		}
		block[i] = x
	}
	*g = local
}

// arguments returns the call in the notation.
func (n Normal) arguments() (string, []value) {
	return "normal", []value{{number: n.Mean}, {number: n.SD}}
}

// String returns the notation.
func (n Normal) String() string {
	return "normal(mean=" + FormatDuration(n.Mean) + ", sd=" + FormatDuration(n.SD) + ")"
}

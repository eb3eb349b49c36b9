package dist

import (
	"math"

	"gonum.org/v1/gonum/integrate/quad"
	"gonum.org/v1/gonum/stat/distuv"
)

// An oracle is a law computed by another library, or by a plain numerical method.
type oracle struct {
	cdf            func(x float64) float64
	mean, variance float64
}

type momentsAndCDF interface {
	CDF(x float64) float64
	Mean() float64
	Variance() float64
}

func gonum(d momentsAndCDF) oracle { return oracle{d.CDF, d.Mean(), d.Variance()} }

// gammaOracle sums Kummer's series, whose terms are all positive (Abramowitz and Stegun, 6.5.29).
// It is slow, and independent of mathext's incomplete gamma.
func gammaOracle(shape, rate float64) oracle {
	d := distuv.Gamma{Alpha: shape, Beta: rate}
	return oracle{func(x float64) float64 {
		z := x * rate
		if z <= 0 {
			return 0
		}
		sum, term := 1.0, 1.0
		for n := 1.0; term > 1e-18*sum || z > shape+n; n++ {
			term *= z / (shape + n)
			sum += term
			if math.IsInf(sum, 1) {
				return 1
			}
		}
		lg, _ := math.Lgamma(shape + 1)
		return math.Min(1, math.Exp(shape*math.Log(z)-z-lg+math.Log(sum)))
	}, d.Mean(), d.Variance()}
}

// truncatedOracle cuts gonum's normal law at 0. Its moments come from quadrature of the density
// over the 40 standard deviations that hold all mass.
func truncatedOracle(mean, sd float64) oracle {
	d := distuv.Normal{Mu: mean, Sigma: sd}
	moment := func(power float64) float64 {
		var sum float64
		lo := math.Max(0, mean-20*sd)
		step := (mean + 20*sd - lo) / 40
		for i := range 40 {
			from := lo + float64(i)*step
			sum += quad.Fixed(func(x float64) float64 { return math.Pow(x, power) * d.Prob(x) }, from, from+step, 30, nil, 0)
		}
		return sum
	}
	kept, first, second := moment(0), moment(1), moment(2)
	m := first / kept
	return oracle{func(x float64) float64 {
		if x <= 0 {
			return 0
		}
		return math.Max(0, 1-d.Survival(x)/kept)
	}, m, second/kept - m*m}
}

// mixtureOracle mixes oracles.
func mixtureOracle(weights []float64, of ...oracle) oracle {
	var mean, second float64
	for i, o := range of {
		mean += weights[i] * o.mean
		second += weights[i] * (o.variance + o.mean*o.mean)
	}
	return oracle{func(x float64) (sum float64) {
		for i, o := range of {
			sum += weights[i] * o.cdf(x)
		}
		return sum
	}, mean, second - mean*mean}
}

// hyperOracle writes the two phases with balanced means in the textbook form.
func hyperOracle(mean, cv float64) oracle {
	p := 0.5 * (1 + math.Sqrt((cv*cv-1)/(cv*cv+1)))
	return mixtureOracle([]float64{p, 1 - p},
		gonum(distuv.Exponential{Rate: 2 * p / mean}), gonum(distuv.Exponential{Rate: 2 * (1 - p) / mean}))
}

func shiftedOracle(by float64, of oracle) oracle {
	return oracle{func(x float64) float64 { return of.cdf(x - by) }, of.mean + by, of.variance}
}

func constantOracle(at float64) oracle {
	return oracle{func(x float64) float64 {
		if x < at {
			return 0
		}
		return 1
	}, at, 0}
}

// quantilesOracle mixes uniform laws, and atoms where values repeat.
func quantilesOracle(points ...float64) oracle {
	var weights []float64
	var of []oracle
	for i := 2; i < len(points); i += 2 {
		weights = append(weights, points[i]-points[i-2])
		if from, to := points[i-1], points[i+1]; from == to {
			of = append(of, constantOracle(from))
		} else {
			of = append(of, gonum(distuv.Uniform{Min: from, Max: to}))
		}
	}
	return mixtureOracle(weights, of...)
}

// lognormalOracle and the oracles below translate from mean and cv or shape.
func lognormalOracle(mean, cv float64) oracle {
	s2 := math.Log(1 + cv*cv)
	return gonum(distuv.LogNormal{Mu: math.Log(mean) - s2/2, Sigma: math.Sqrt(s2)})
}

func weibullOracle(shape, mean float64) oracle {
	return gonum(distuv.Weibull{K: shape, Lambda: mean / math.Gamma(1+1/shape)})
}

func paretoOracle(shape, mean float64) oracle {
	return gonum(distuv.Pareto{Xm: mean * (shape - 1) / shape, Alpha: shape})
}

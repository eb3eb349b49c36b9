package thesis

import (
	"math"
	"slices"

	"faaslab/platform"
	"faaslab/sim/stats"
)

// curves holds the simulated curves by the names of their series.
type curves map[string]Curve

// none is the answer if there is no number.
var none = answer{Estimate: stats.Estimate{Mean: math.NaN(), HalfWidth: math.NaN()}}

// steady returns the steady state of a metric; NaN if there is none.
func (c curves) steady(series, value, metric string) stats.Estimate {
	if p, ok := c[series].At(value); ok && p.Steady != nil {
		if e, ok := p.Steady[metric]; ok {
			return e
		}
	}
	return none.Estimate
}

// spread returns the spread of a metric over single runs.
func (c curves) spread(series, value, metric string) Spread {
	if p, ok := c[series].At(value); ok {
		if s, ok := p.Runs[metric]; ok {
			return s
		}
	}
	return Spread{none.Estimate, math.NaN(), math.NaN(), math.NaN()}
}

// measuredOnce answers the value of a metric in one run.
func measuredOnce(series, value, metric string) func(curves) answer {
	return func(c curves) answer {
		s := c.spread(series, value, metric)
		return answer{Estimate: s.Mean, run: s}
	}
}

// all returns the steady states of a metric at the values from one on.
func (c curves) all(series, from, metric string) (estimates []stats.Estimate) {
	p, _ := c[series].At(from)
	for _, q := range c[series].Points {
		if q.At >= p.At {
			estimates = append(estimates, c.steady(series, q.Value, metric))
		}
	}
	return estimates
}

// extreme returns the largest (sign 1) or the smallest (sign −1) result of a function over names.
func extreme(sign float64, names []string, of func(name string) stats.Estimate) answer {
	best := none
	for _, name := range names {
		if e := of(name); math.IsNaN(best.Mean) || sign*(e.Mean-best.Mean) > 0 {
			best = answer{Estimate: e, remark: name}
		}
	}
	return best
}

func quotient(v []float64) float64 { return v[0] / v[1] }

// openwhisk and spin name the series of the keep-alive experiment.
func openwhisk(function string) string { return "openwhisk_" + function + "_keep_alive" }
func spin(function string) string      { return "spin_" + function + "_keep_alive" }

// keepAliveSeries returns the series of the keep-alive experiment for some functions.
func keepAliveSeries(name func(string) string, functions ...string) (names []string) {
	for _, f := range functions {
		names = append(names, name(f))
	}
	return names
}

// without returns the functions of the thesis except some.
func without(left ...string) []string {
	return slices.DeleteFunc(slices.Clone(Functions), func(f string) bool { return slices.Contains(left, f) })
}

// logFit returns the gain in explained variance (R²) when a straight line fits y over the logarithm
// of x instead of over x.
func logFit(x []float64, y []float64) float64 {
	logs := make([]float64, len(x))
	for i := range x {
		logs[i] = math.Log(x[i])
	}
	return explained(logs, y) - explained(x, y)
}

// explained returns R², the squared correlation.
func explained(x, y []float64) float64 {
	n := float64(len(x))
	var sx, sy, sxx, syy, sxy float64
	for i := range x {
		sx, sy = sx+x[i], sy+y[i]
		sxx, syy, sxy = sxx+x[i]*x[i], syy+y[i]*y[i], sxy+x[i]*y[i]
	}
	covariance := n*sxy - sx*sy
	return covariance * covariance / ((n*sxx - sx*sx) * (n*syy - sy*sy))
}

// slowdown returns the response time on Wasm over the response time of a warm container.
func (c curves) slowdown(function string) stats.Estimate {
	return derive(quotient, c.steady(spin(function), "1/s", platform.ResponseTime), c.steady(openwhisk(function), "180s", platform.ResponseTimeWarm))
}

// deviation returns the largest absolute relative deviation of a model from the simulation, at the
// values from one on.
func (c curves) deviation(series, from, model, metric string) stats.Estimate {
	worst := none.Estimate
	start, _ := c[series].At(from)
	for _, p := range c[series].Points {
		if p.At < start.At || p.Steady == nil {
			continue
		}
		predicted := p.Model(model, metric)
		e := derive(func(v []float64) float64 { return math.Abs(predicted/v[0] - 1) }, p.Steady[metric])
		if math.IsNaN(worst.Mean) || e.Mean > worst.Mean {
			worst = e
		}
	}
	return worst
}

// crossing returns the value of the key at which a metric first reaches a level, by linear
// interpolation between points; NaN if it never does. The half-width follows from the intervals of
// the two points around the crossing.
func (c curves) crossing(series, metric string, level func(p Point) float64) stats.Estimate {
	points := c[series].Points
	for i := 1; i < len(points); i++ {
		a, b := points[i-1], points[i]
		before, after := a.mean(metric), b.mean(metric)
		if !(before.Mean < level(a) && after.Mean >= level(b)) {
			continue
		}
		return derive(func(v []float64) float64 {
			low, high := v[0]-level(a), v[1]-level(b)
			return min(max(a.At+(b.At-a.At)*(-low)/(high-low), a.At), b.At)
		}, before, after)
	}
	return none.Estimate
}

// mean returns the steady state of a metric or, if there is none, the mean of the short runs.
func (p Point) mean(metric string) stats.Estimate {
	if p.Steady != nil {
		return p.Steady[metric]
	}
	return p.Runs[metric].Mean
}

// relativeSpread returns the standard deviation of a metric over single runs, divided by its mean.
// The interval is that of the standard deviation of a normal sample.
func (c curves) relativeSpread(series, value, metric string) stats.Estimate {
	s := c.spread(series, value, metric)
	relative := s.Deviation / s.Mean.Mean
	return stats.Estimate{Mean: relative, HalfWidth: 1.96 * relative / math.Sqrt(2*float64(s.Mean.N-1)), N: s.Mean.N}
}

// share returns the share of estimates above 0. Its interval goes from the share of estimates whose
// whole interval is above 0 to the share whose interval reaches above 0.
func share(estimates []stats.Estimate) stats.Estimate {
	least, most := 0, 0
	for _, e := range estimates {
		if e.Mean-e.HalfWidth > 0 {
			least++
		}
		if e.Mean+e.HalfWidth > 0 {
			most++
		}
	}
	n := float64(len(estimates))
	return stats.Estimate{Mean: float64(least+most) / 2 / n, HalfWidth: float64(most-least) / 2 / n, N: len(estimates)}
}

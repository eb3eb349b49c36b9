package trust

import (
	"cmp"
	"math"
	"slices"

	"faaslab/platform"
	"faaslab/validate/model"
)

// solved calls visit for every point that has an exact solution.
func (m *Map) solved(visit func(Point)) {
	for _, p := range m.Points {
		if p.Exact != nil {
			visit(p)
		}
	}
}

// deviation returns the deviation of a variant in a metric.
func (p Point) deviation(variant model.Variant, metric string) float64 {
	return p.Deviation[variant.String()][metric]
}

// Within returns the fraction of the solved points at which a variant deviates by at most the
// tolerance: 0.05 is 5 %.
func (m *Map) Within(variant model.Variant, metric string, tolerance float64) float64 {
	within, all := 0, 0
	m.solved(func(p Point) {
		all++
		if math.Abs(p.deviation(variant, metric)) <= tolerance {
			within++
		}
	})
	return float64(within) / float64(all)
}

// Worst returns the deviation that is farthest from 0, and its point.
func (m *Map) Worst(variant model.Variant, metric string) (worst float64, at Point) {
	m.solved(func(p Point) {
		if d := p.deviation(variant, metric); math.Abs(d) > math.Abs(worst) {
			worst, at = d, p
		}
	})
	return worst, at
}

// From returns the shortest keep-alive λτ of the grid from which on a variant deviates by at most
// the tolerance, at one ratio and at all loads from least to most. ok is false if it deviates by
// more at the longest keep-alive. A point that was left out says nothing about shorter keep-alives.
func (m *Map) From(variant model.Variant, metric string, tolerance float64, ratio int, least, most float64) (keepAlive float64, ok bool) {
	for k := len(m.KeepAlives) - 1; k >= 0; k-- {
		for l, load := range m.Loads {
			if load < least || load > most {
				continue
			}
			p := m.At(ratio, l, k)
			if p.Exact == nil || math.Abs(p.deviation(variant, metric)) > tolerance {
				return keepAlive, ok
			}
		}
		keepAlive, ok = m.KeepAlives[k], true
	}
	return keepAlive, ok
}

// Beyond returns the longest keep-alive, in mean cold service times τ/E[S_c], at which a variant
// deviates by more than the tolerance, among the points with λτ >= least; 0 if there is none. At
// every load and ratio, points of the grid beyond it are within the tolerance.
func (m *Map) Beyond(variant model.Variant, metric string, tolerance, least float64) (coldServices float64) {
	m.solved(func(p Point) {
		if p.KeepAlive >= least && math.Abs(p.deviation(variant, metric)) > tolerance {
			coldServices = max(coldServices, p.ColdServices())
		}
	})
	return coldServices
}

// ColdServices returns the keep-alive in mean cold service times, τ/E[S_c].
func (p Point) ColdServices() float64 { return p.KeepAlive / (p.Load * p.Ratio) }

// A keep-alive is long if it outlasts many arrivals and several cold starts.
const (
	LongArrivals     = 20 // least λτ
	LongColdServices = 5  // least τ/E[S_c]
)

// Long reports whether the keep-alive is long, as in the usual operation of platforms.
func (p Point) Long() bool {
	return p.KeepAlive >= LongArrivals && p.ColdServices() >= LongColdServices
}

// A Spread summarises the deviations of both variants in one metric over some points.
type Spread struct {
	Points int
	// Least, Median and Most of the deviations, and the median of their absolute values, in the
	// order of TrustVariants.
	Least, Median, Most, MedianSize [2]float64
	// ModifiedCloser is the fraction of points at which the modified variant deviates less than the
	// original.
	ModifiedCloser float64
}

// Spread summarises the deviations in a metric at the chosen solved points.
func (m *Map) Spread(metric string, chosen func(Point) bool) (s Spread) {
	var deviations, sizes [2][]float64
	closer := 0
	m.solved(func(p Point) {
		if !chosen(p) {
			return
		}
		s.Points++
		for i, variant := range Variants {
			d := p.deviation(variant, metric)
			deviations[i] = append(deviations[i], d)
			sizes[i] = append(sizes[i], math.Abs(d))
		}
		if sizes[1][s.Points-1] < sizes[0][s.Points-1] {
			closer++
		}
	})
	if s.Points == 0 {
		return s
	}
	for i := range Variants {
		slices.Sort(deviations[i])
		slices.Sort(sizes[i])
		s.Least[i], s.Median[i], s.Most[i] = deviations[i][0], deviations[i][s.Points/2], deviations[i][s.Points-1]
		s.MedianSize[i] = sizes[i][s.Points/2]
	}
	s.ModifiedCloser = float64(closer) / float64(s.Points)
	return s
}

// A FirstOut says how often a metric is the first to leave a tolerance.
type FirstOut struct {
	Metric string
	Share  float64 // of all pairs of a load and a ratio
	// AtLongest is the part of Share in which the metric is outside at the longest keep-alive of
	// the grid.
	AtLongest float64
}

// FirstOut returns the metrics of a variant that leave the tolerance first as the keep-alive
// shortens, most frequent first. If several leave at the same keep-alive, the first is the one that
// deviates most. It skips the metrics in except, and lists only one metric of each pair that
// deviates alike (Metrics).
func (m *Map) FirstOut(variant model.Variant, tolerance float64, except ...string) []FirstOut {
	columns, outs := 0.0, map[string]*FirstOut{}
	for r := range m.Ratios {
		for l := range m.Loads {
			columns++
			for k := len(m.KeepAlives) - 1; k >= 0; k-- {
				p := m.At(r, l, k)
				if p.Exact == nil {
					break
				}
				first, most := "", tolerance
				for _, metric := range Metrics {
					if metric == platform.Running || metric == platform.RunningCold || slices.Contains(except, metric) {
						continue
					}
					if d := math.Abs(p.deviation(variant, metric)); d > most {
						first, most = metric, d
					}
				}
				if first == "" {
					continue
				}
				if outs[first] == nil {
					outs[first] = &FirstOut{Metric: first}
				}
				outs[first].Share++
				if k == len(m.KeepAlives)-1 {
					outs[first].AtLongest++
				}
				break
			}
		}
	}
	var list []FirstOut
	for _, o := range outs {
		list = append(list, FirstOut{o.Metric, o.Share / columns, o.AtLongest / columns})
	}
	slices.SortFunc(list, func(a, b FirstOut) int {
		return cmp.Or(cmp.Compare(b.Share, a.Share), cmp.Compare(a.Metric, b.Metric))
	})
	return list
}

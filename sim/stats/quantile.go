package stats

import (
	"math"
	"sort"

	"gonum.org/v1/gonum/stat/distuv"
)

// A QuantileEstimate is a quantile of the spans of several replications.
type QuantileEstimate struct {
	// Estimate is the quantile of all spans together. Its half-width is NaN if the spans are too
	// few, or too alike within a replication, to bound the quantile on both sides.
	Estimate
	// Resolution is the histogram's part of the half-width: the width of a bin, in seconds.
	Resolution float64
	// Pseudo holds the contribution of each replication (PseudoValues), scaled to the half-width
	// without Resolution; nil if there is no half-width.
	Pseudo []float64
	// Jumps reports that the law has a gap near the quantile: the quantile does not move in
	// proportion to the fraction below it. Then differences of pseudo-values say little.
	Jumps bool
	// Joint is the half-width at half the risk, so that two intervals hold together with the
	// confidence; NaN if there is no half-width.
	Joint float64
}

// EstimateQuantile returns the p-quantile, 0 < p < 1, of the spans of all replications; whole holds
// all of them.
//
// The interval is one of order statistics. It replaces the spans by independent ones, as many as
// would estimate the fraction below the quantile as precisely as its variation among replications
// says, and ends at the ranks between which their quantile lies. So it holds where the law has a
// density, an atom or a gap, and where a replication has few spans. The two ends share the risk
// 1 − Confidence such that both are equally far from the quantile; an end that the quantile cannot
// pass leaves the whole risk to the other.
func EstimateQuantile(whole *Histogram, replications []*Histogram, p float64) QuantileEstimate {
	value, width := whole.Quantile(p)
	e := QuantileEstimate{Estimate: Estimate{value, math.NaN(), len(replications)}, Resolution: width, Joint: math.NaN()}
	if math.IsNaN(value) {
		return e
	}
	bin := whole.binAt(p * float64(whole.n))
	before, through := newShare(whole, replications, bin), newShare(whole, replications, bin+1)
	if math.IsNaN(before.half) {
		return e
	}
	all := newRanked(whole)
	// within returns the half-width whose interval misses the quantile with the given risk.
	within := func(risk float64) float64 {
		half := math.Inf(1)
		for least, most := 0.0, risk; most-least > risk/512; {
			below, above := (least+most)/2, risk-(least+most)/2
			lower := value - all.atLeast(before.fractionAt(p, distuv.UnitNormal.Quantile(below)))
			upper := all.atMost(through.fractionAt(p, distuv.UnitNormal.Quantile(1-above))) - value
			half = min(half, max(lower, upper, width))
			if lower > upper {
				least = below
			} else {
				most = below
			}
		}
		if math.IsInf(half, 1) {
			return math.NaN()
		}
		return half
	}
	e.HalfWidth, e.Joint = within(1-Confidence), within((1-Confidence)/2)
	if math.IsNaN(e.HalfWidth) {
		return e
	}
	near := before
	if math.Abs(through.fraction-p) < math.Abs(before.fraction-p) {
		near = through
	}
	slope := 0.0 // seconds per unit of the fraction
	if near.half > 0 {
		slope = (e.HalfWidth - width) / near.half
	}
	for _, v := range near.pseudo {
		e.Pseudo = append(e.Pseudo, value-slope*(v-near.fraction))
	}
	e.Jumps = all.jumps(p, near.half)
	return e
}

// A share is the fraction of spans below a value.
type share struct {
	fraction float64
	pseudo   []float64 // PseudoValues
	half     float64   // half-width of the interval of the fraction
	// independent is the number of independent spans that would have that interval.
	independent float64
}

// newShare returns the fraction of spans in bins before the given one.
func newShare(whole *Histogram, replications []*Histogram, bin int) share {
	n, before := float64(whole.n), float64(whole.before(bin))
	without := make([]float64, len(replications))
	for i, r := range replications {
		without[i] = (before - float64(r.before(bin))) / (n - float64(r.Count()))
	}
	s := share{fraction: before / n, independent: n}
	s.pseudo = PseudoValues(s.fraction, without)
	s.half = Jackknife(s.fraction, s.pseudo).HalfWidth
	if s.half > 0 {
		z := distuv.UnitNormal.Quantile((1+Confidence)/2) / s.half
		s.independent = s.fraction * (1 - s.fraction) * z * z
	}
	return s
}

// fractionAt returns a rank among n independent spans, divided by n: the span of this rank lies
// below the p-quantile with probability Φ(z). The rank is the z-quantile of the binomial law by the
// expansion of Cornish and Fisher (Revue de l'Institut International de Statistique 1938), with
// half a rank for its steps. It is below 0 or above 1 if no span is that certain.
func (s share) fractionAt(p, z float64) float64 {
	n := s.independent
	rank := n*p + z*math.Sqrt(n*p*(1-p)) + (z*z-1)*(1-2*p)/6 + 0.5
	if rank < 1 {
		return math.Inf(-1)
	}
	return rank / n
}

// A ranked is a histogram, not empty, with the number of spans through each bin: so it finds many
// quantiles fast.
type ranked struct {
	*Histogram
	through []int64
}

func newRanked(h *Histogram) ranked {
	h.expand()
	r := ranked{h, make([]int64, len(h.bins))}
	n := int64(0)
	for i, c := range h.bins {
		n += c
		r.through[i] = n
	}
	return r
}

// quantile returns the same as Quantile.
func (r ranked) quantile(p float64) (value, width float64) {
	rank := p * float64(r.n)
	i := sort.Search(len(r.through), func(i int) bool { return r.through[i] > 0 && float64(r.through[i]) >= rank })
	if i == len(r.through) {
		return r.most.Seconds(), 0
	}
	return r.within(i, rank, r.through[i]-r.bins[i])
}

// atLeast returns the least value, in seconds, of the bin at a fraction of the spans; 0 if the
// fraction is below 0.
func (h ranked) atLeast(fraction float64) float64 {
	if fraction < 0 {
		return 0
	}
	v, width := h.quantile(min(fraction, 1))
	return v - width
}

// atMost returns the largest value, in seconds, of that bin; +Inf if the fraction is above 1.
func (h ranked) atMost(fraction float64) float64 {
	if fraction > 1 {
		return math.Inf(1)
	}
	v, width := h.quantile(max(fraction, 0))
	return v + width
}

// jumps reports whether one quarter of the fractions p ± half spans more than half the range of
// their quantiles, which a gap in that quarter causes. Under a law with a density, each quarter
// spans about a quarter of the range.
func (h ranked) jumps(p, half float64) bool {
	var at [5]float64
	for i := range at {
		at[i], _ = h.quantile(min(max(p+half*float64(i-2)/2, 0), 1))
	}
	most := 0.0
	for i := 1; i < len(at); i++ {
		most = max(most, at[i]-at[i-1])
	}
	return most > (at[4]-at[0])/2
}

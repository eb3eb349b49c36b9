package dist

import (
	"math"

	"faaslab/sim/random"
)

// Hyperexponential is a mixture of two exponential laws with balanced means:
// each phase contributes half of the mean (Morse, "Queues, Inventories and
// Maintenance", 1958; Whitt, "Approximating a point process by a renewal
// process", Operations Research 1982, eq. 3.7).
type Hyperexponential struct {
	Mean float64 // seconds, > 0
	CV   float64 // standard deviation / mean, 1 (exponential) to 100
}

var _ Distribution = Hyperexponential{}

// phases returns the probabilities of the short and the long phase, and their means in seconds.
func (h Hyperexponential) phases() (weight, mean [2]float64) {
	c2 := h.CV * h.CV
	r := math.Sqrt((c2 - 1) / (c2 + 1))
	// weight[1] = (1−r)/2, written without cancellation.
	long := 1 / ((c2 + 1) * (1 + r))
	weight = [2]float64{1 - long, long}
	return weight, [2]float64{h.Mean / 2 / weight[0], h.Mean / 2 / weight[1]}
}

// Moments returns the mean in seconds and the variance in seconds².
func (h Hyperexponential) Moments() (mean, variance float64) {
	return h.Mean, h.Mean * h.CV * h.Mean * h.CV
}

// CDF returns P(X <= x), x in seconds.
func (h Hyperexponential) CDF(x float64) float64 {
	if x <= 0 {
		return 0
	}
	weight, mean := h.phases()
	return -weight[0]*math.Expm1(-x/mean[0]) - weight[1]*math.Expm1(-x/mean[1])
}

// Quantile returns the smallest x in seconds with CDF(x) >= p.
func (h Hyperexponential) Quantile(p float64) float64 {
	mustBeProbability(p)
	if p <= 0.5 {
		return invert(p, func(x float64) bool { return h.CDF(x) >= p })
	}
	weight, mean := h.phases()
	return invert(p, func(x float64) bool {
		return weight[0]*math.Exp(-x/mean[0])+weight[1]*math.Exp(-x/mean[1]) <= 1-p
	})
}

// Fill replaces block with independent draws, in seconds.
func (h Hyperexponential) Fill(g *random.Generator, block []float64) {
	if !(h.Mean > 0 && h.CV >= 1) {
		panic("dist: Hyperexponential of a Mean that is not positive or a CV below 1")
	}
	g.Exponentials(block, 1)
	weight, mean := h.phases()
	local := *g
	for i := range block {
		phase := 0
		if local.Float64() < weight[1] {
			phase = 1
		}
		block[i] *= mean[phase]
	}
	*g = local
}

// arguments returns the call in the notation.
func (h Hyperexponential) arguments() (string, []value) {
	return "hyperexponential", []value{{number: h.Mean}, {number: h.CV}}
}

// String returns the notation.
func (h Hyperexponential) String() string {
	return "hyperexponential(mean=" + FormatDuration(h.Mean) + ", cv=" + formatNumber(h.CV) + ")"
}

package dist

import (
	"encoding/binary"
	"math"
	"strings"

	"faaslab/sim/random"
)

// Quantiles is the law with given quantiles, and a distribution function that is linear between them: how
// providers publish durations. Where two neighbours have the same value, the probability between
// them is that of the value itself. The zero value is not usable: Parse and NewQuantiles make a
// Quantiles.
type Quantiles struct {
	packed string // the points, pointSize bytes each; a string is comparable, a slice is not
}

// A QuantilePoint is one of the points of a Quantiles.
type QuantilePoint struct {
	Probability float64 // 0 for the first point, 1 for the last, at least 1e-12 more than that of the point before
	Value       float64 // seconds, not below that of the point before
}

// MaxPoints is the largest number of points of a Quantiles: more than one a percent.
const MaxPoints = 128

// leastPiece is the least probability between two points.
const leastPiece = 1e-12

// pointSize is the number of bytes of a packed point.
const pointSize = 16

var _ Distribution = Quantiles{}

// NewQuantiles returns the law of points in the order of their probabilities. The error names the broken
// rule.
func NewQuantiles(points []QuantilePoint) (Quantiles, error) {
	q, err := newQuantiles(points)
	if err == nil {
		err = Check(q)
	}
	if err != nil {
		return Quantiles{}, err
	}
	return q, nil
}

// newQuantiles makes a law of points.
func newQuantiles(points []QuantilePoint) (Quantiles, error) {
	refuse := func(message string) (Quantiles, error) { return Quantiles{}, refusal{0, message} }
	switch n := len(points); {
	case n < 2:
		return refuse("one point; at least two are expected, of the probabilities 0 and 1")
	case n > MaxPoints:
		return refuse(formatNumber(float64(n)) + " points; at most " + formatNumber(MaxPoints) + " are accepted")
	case points[0].Probability != 0:
		return refuse("the first probability is " + formatNumber(points[0].Probability) + "; it must be 0, with the least value")
	case points[n-1].Probability != 1:
		return refuse("the last probability is " + formatNumber(points[n-1].Probability) + "; it must be 1, with the largest value")
	}
	packed := make([]byte, 0, pointSize*len(points))
	for i, at := range points {
		if i > 0 {
			switch before := points[i-1]; {
			case !(at.Probability >= before.Probability+leastPiece):
				return refuse("the probability " + formatNumber(at.Probability) + " follows " + formatNumber(before.Probability) +
					"; probabilities must increase, by 1e-12 or more")
			case !(at.Value >= before.Value):
				return refuse("the value at " + formatNumber(at.Probability) + ", " + FormatDuration(at.Value) + ", is below " +
					FormatDuration(before.Value) + " at " + formatNumber(before.Probability) + "; values must not decrease")
			}
		}
		packed = binary.LittleEndian.AppendUint64(packed, math.Float64bits(at.Probability))
		packed = binary.LittleEndian.AppendUint64(packed, math.Float64bits(at.Value))
	}
	return Quantiles{string(packed)}, nil
}

// Points returns the points in the order of their probabilities.
func (q Quantiles) Points() []QuantilePoint {
	points := make([]QuantilePoint, q.len())
	for i := range points {
		points[i] = q.at(i)
	}
	return points
}

// len returns the number of points.
func (q Quantiles) len() int { return len(q.packed) / pointSize }

// at returns the i-th point.
func (q Quantiles) at(i int) QuantilePoint {
	packed := packedNumbers(q.packed)
	return QuantilePoint{packed.at(2 * i), packed.at(2*i + 1)}
}

// pieces calls a function with each piece between two points: its probability and the values at its
// ends.
func (q Quantiles) pieces(of func(probability, from, to float64)) {
	for i := 1; i < q.len(); i++ {
		a, b := q.at(i-1), q.at(i)
		of(b.Probability-a.Probability, a.Value, b.Value)
	}
}

// Moments returns the mean in seconds and the variance in seconds².
func (q Quantiles) Moments() (mean, variance float64) {
	q.pieces(func(probability, from, to float64) { mean += probability * (from + (to-from)/2) })
	q.pieces(func(probability, from, to float64) { // of a uniform law, and of its mean beside that of all
		distance := from + (to-from)/2 - mean
		variance += probability * ((to-from)*(to-from)/12 + distance*distance)
	})
	return mean, variance
}

// CDF returns P(X <= x), x in seconds.
func (q Quantiles) CDF(x float64) float64 {
	last := q.len() - 1
	switch {
	case x >= q.at(last).Value:
		return 1
	case x < q.at(0).Value:
		return 0
	}
	i := 0 // the last point of a value up to x
	for q.at(i+1).Value <= x {
		i++
	}
	a, b := q.at(i), q.at(i+1)
	return a.Probability + (x-a.Value)/(b.Value-a.Value)*(b.Probability-a.Probability)
}

// Quantile returns the smallest x in seconds with CDF(x) >= p.
func (q Quantiles) Quantile(p float64) float64 {
	mustBeProbability(p)
	i := 0 // the first point of a probability of at least p
	for q.at(i).Probability < p {
		i++
	}
	b := q.at(i)
	if b.Probability == p {
		return b.Value // exact; the sum below may round
	}
	a := q.at(i - 1)
	return a.Value + (p-a.Probability)/(b.Probability-a.Probability)*(b.Value-a.Value)
}

// Fill replaces block with independent draws, in seconds: the quantiles of uniform draws.
func (q Quantiles) Fill(g *random.Generator, block []float64) {
	n := q.len()
	if n < 2 {
		panic("dist: Quantiles without points")
	}
	// A piece begins at a probability and a value, and rises by slope.
	var probability, value, slope [MaxPoints]float64
	for i := range n {
		at := q.at(i)
		probability[i], value[i] = at.Probability, at.Value
		if i > 0 {
			slope[i-1] = (at.Value - value[i-1]) / (at.Probability - probability[i-1])
		}
	}
	// The piece of a draw is found from the one at which its share of [0, 1) begins: on, as a rule, by no
	// more than a step.
	const shares = 64
	var begin [shares]uint8
	for share, i := 1, 0; share < shares; share++ {
		for probability[i+1] <= float64(share)/shares {
			i++
		}
		begin[share] = uint8(i)
	}
	local := *g
	for k := range block {
		u := local.Float64() // < 1, and so below the last probability
		i := int(begin[int(u*shares)%shares])
		for probability[i+1] <= u {
			i++
		}
		// The conversion prevents a fused product and sum, which would differ between processors. Only
		// rounding passes the end of the piece.
		block[k] = min(value[i]+float64((u-probability[i])*slope[i]), value[i+1])
	}
	*g = local
}

// arguments returns the call in the notation.
func (q Quantiles) arguments() (string, []value) { return "quantiles", []value{{points: q.Points()}} }

// String returns the notation.
func (q Quantiles) String() string {
	var b strings.Builder
	b.WriteString("quantiles(")
	for i, at := range q.Points() {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(formatNumber(at.Probability) + ": " + FormatDuration(at.Value))
	}
	b.WriteString(")")
	return b.String()
}

// limited returns E[min(X, x)].
func (q Quantiles) limited(x float64) (sum float64) {
	q.pieces(func(probability, from, to float64) {
		switch {
		case to <= x:
			sum += probability * (from + (to-from)/2)
		case from >= x:
			sum += probability * x
		default:
			below := (x - from) / (to - from)
			sum += probability * (below*(from+(x-from)/2) + (1-below)*x)
		}
	})
	return sum
}

// complement returns 1 − E[exp(−sX)].
func (q Quantiles) complement(s float64) (sum float64) {
	q.pieces(func(probability, from, to float64) {
		sum += probability * (-math.Expm1(-s*from) + math.Exp(-s*from)*uniformComplement(s*(to-from)))
	})
	return sum
}

// uniformComplement returns 1 − (1 − e^{−z})/z: 1 − E[exp(−zU)] of a uniform U between 0 and 1.
func uniformComplement(z float64) float64 {
	if z > 0.1 {
		return 1 + math.Expm1(-z)/z
	}
	// The difference would lose digits: the series z/2! − z²/3! + z³/4! …
	sum, term := 0.0, 1.0
	for k := 2.0; k < 14; k++ {
		term *= z / k
		sum += term
		term = -term
	}
	return sum
}

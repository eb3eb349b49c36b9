package chart

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot/vg"

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/platform"
)

// A ruler is an axis with its range and its ticks.
type ruler struct {
	Axis
	Low, high float64 // the range, low < high, in the unit of the data
	Log       bool
	scale     format.Scale // the unit of the labels
	ticks     []tick
}

// A tick is a labelled place of an axis, or an unlabelled one.
type tick struct {
	at   float64
	text string
}

// at returns the place of a value, 0 at the low end and 1 at the high end. On a logarithmic axis a
// value that is not positive is far below it.
func (r ruler) at(value float64) float64 {
	if !r.Log {
		return (value - r.Low) / (r.high - r.Low)
	}
	if value <= 0 {
		return -1
	}
	return math.Log(value/r.Low) / math.Log(r.high/r.Low)
}

// Title is the label with the unit.
func (r ruler) Title() string {
	unit := r.scale.Unit
	if unit == "" || r.Label == "" || r.Categories != nil || r.Unit == platform.PerMillion || r.Unit == platform.PerMonth || r.Unit == platform.GBSecondsPerMillion { // the label says it
		return r.Label
	}
	return r.Label + " (" + unit + ")"
}

// hold widens a range to hold values.
func hold(low, high float64, values ...float64) (float64, float64) {
	for _, v := range values {
		if Finite(v) {
			low, high = min(low, v), max(high, v)
		}
	}
	return low, high
}

// longLogRange is the ratio from which on positive values along x are shown on a logarithmic axis.
const longLogRange = 50

// wantsLog decides whether the values of the varied quantity are shown on a logarithmic axis: they
// are if they span a long range in unequal steps, or a decade in steps whose ratios are more alike
// than their differences.
func wantsLog(values []float64) bool {
	values = slices.Clone(values)
	slices.Sort(values)
	values = slices.Compact(values)
	if len(values) < 2 || values[0] <= 0 {
		return false
	}
	span := values[len(values)-1] / values[0]
	if span < 9.9 {
		return false
	}
	var differences, ratios []float64
	for i := 1; i < len(values); i++ {
		differences = append(differences, values[i]-values[i-1])
		ratios = append(ratios, math.Log(values[i]/values[i-1]))
	}
	even := len(values) >= 4 && variation(differences) < 0.05
	return span >= longLogRange && !even || len(values) >= 4 && variation(ratios) < variation(differences)/2
}

// variation returns the coefficient of variation.
func variation(values []float64) float64 {
	sum, squares := 0.0, 0.0
	for _, v := range values {
		sum += v
		squares += v * v
	}
	mean := sum / float64(len(values))
	return math.Sqrt(max(0, squares/float64(len(values))-mean*mean)) / mean
}

// varied returns the ruler of the x values of a panel, without ticks.
func (p Panel) varied() ruler {
	r := ruler{Axis: *p.X, Low: math.Inf(1), high: math.Inf(-1)}
	if n := len(p.X.Categories); n > 0 {
		r.Low, r.high = -0.5, float64(n)-0.5
		return r
	}
	all := slices.Clone(p.X.shared)
	for _, s := range p.Series {
		all = append(all, s.X...)
		for i, half := range s.Across {
			all = append(all, s.X[i]-half, s.X[i]+half)
		}
	}
	r.Low, r.high = hold(r.Low, r.high, all...)
	r.Log = r.Low > 0 && (r.Scaling == Logarithmic || r.Scaling == automatic && p.Form == curves && wantsLog(all))
	r.scale = axisScale(r.Axis, r.Low, r.high, r.Log)
	if p.Form == Distribution {
		few := max(0, 3-(r.high-r.Low)) // a single bar is no wider than one of four
		below := min(few/2, r.Low)
		r.Low, r.high = r.Low-0.5-below, r.high+0.5+few-below
		return r
	}
	r.pad(0.025)
	return r
}

// noRange is the relative difference up to which values are equal, except for rounding.
const noRange = 1e-9

// pad widens the range by a fraction on both sides, and gives a single value a range.
func (r *ruler) pad(fraction float64) {
	switch {
	case r.Log && r.high-r.Low <= noRange*r.high:
		r.Low, r.high = r.Low/2, r.high*2
	case r.Log:
		margin := math.Pow(r.high/r.Low, fraction)
		r.Low, r.high = r.Low/margin, r.high*margin
	case r.high-r.Low <= noRange*max(math.Abs(r.Low), math.Abs(r.high)):
		half := max(math.Abs(r.Low)/2, math.SmallestNonzeroFloat64)
		if r.Low == 0 {
			half = 1
		}
		r.Low, r.high = r.Low-half, r.high+half
	default:
		margin := (r.high - r.Low) * fraction
		r.Low, r.high = r.Low-margin, r.high+margin
	}
}

const (
	// spanForLog is the ratio of the values above which a probability or a time is shown on a
	// logarithmic axis.
	spanForLog = 100
	// spanOfCounts is that ratio for other metrics, if the axis below is logarithmic, too.
	spanOfCounts = 1000
	// deepest bounds a logarithmic axis below its largest value: models go as low as 1e-300.
	deepest = 1e-8
)

// Values returns the ruler of the y values of a panel, without ticks.
func (p Panel) Values() ruler {
	r := ruler{Axis: p.Y, Low: math.Inf(1), high: math.Inf(-1)}
	least := math.Inf(1) // positive
	for _, s := range p.Series {
		r.Low, r.high = hold(r.Low, r.high, s.Y...)
		for i, y := range s.Y {
			if y > 0 && !(s.Kind == Modelled && y < Negligible) {
				least = min(least, y)
			}
			// An interval that is much wider than all values does not decide the range alone.
			r.Low, r.high = hold(r.Low, r.high, s.Low[i], s.High[i])
		}
	}
	if r.Signed {
		r.Low, r.high = min(r.Low, 0), max(r.high, 0)
		if r.Limit > 0 {
			r.Low, r.high = p.limited()
		}
		r.scale = axisScale(r.Axis, r.Low, r.high, false)
		r.pad(0.06)
		return r
	}
	highest := math.Inf(-1)
	for _, s := range p.Series {
		_, highest = hold(0, highest, s.Y...)
	}
	switch {
	case r.Scaling == Logarithmic:
		r.Log = Finite(least)
	case r.Scaling == automatic && p.Form == curves && p.X.Categories == nil && Finite(least):
		counts := r.Unit != platform.Probability && r.Unit != platform.Seconds
		r.Log = !counts && highest >= spanForLog*least || counts && highest >= spanOfCounts*least && p.varied().Log
	}
	if r.Log {
		// Intervals that reach down to 0 would make the axis infinitely long.
		r.Low = max(least, highest*deepest)
		for _, s := range p.Series {
			for _, l := range s.Low {
				if l >= least/10 {
					r.Low = min(r.Low, l)
				}
			}
		}
		r.scale = axisScale(r.Axis, r.Low, r.high, true)
		r.pad(0.04)
		if r.Unit == platform.Probability {
			r.high = min(r.high, 1.3)
		}
		return r
	}
	if r.Low < 0 && p.nonNegative() {
		r.Low = 0
	}
	r.scale = axisScale(r.Axis, r.Low, r.high, false)
	if r.Low >= 0 && (r.Low < r.high/2 || p.Form == Distribution || r.Zero) { // 0 is near, or bars stand on it
		r.Low = 0
		r.high *= 1.06
		if r.high == 0 {
			r.high = 1
		}
		return r
	}
	low := r.Low
	r.pad(0.06)
	if low >= 0 {
		r.Low = max(r.Low, 0)
	}
	return r
}

// limited returns the range of the values within the limit of the y axis, with room for the numbers
// of the values beyond it.
func (p Panel) limited() (low, high float64) {
	limit := p.Y.Limit
	var below, above bool
	for _, s := range p.Series {
		for i, y := range s.Y {
			if math.Abs(y) <= limit {
				low, high = hold(low, high, y, max(s.Low[i], -limit), min(s.High[i], limit))
			}
			below, above = below || y < -limit, above || y > limit
		}
	}
	width := max(high-low, 0.02)
	if below {
		low -= width * 0.12
	}
	if above {
		high += width * 0.12
	}
	return low, high
}

// nonNegative reports whether no value and no interval reaches below 0.
func (p Panel) nonNegative() bool {
	for _, s := range p.Series {
		for _, y := range s.Y {
			if y < 0 {
				return false
			}
		}
	}
	return true
}

// axisScale chooses the unit of an axis by its range: by the larger end or, on a logarithmic axis,
// by its middle.
func axisScale(a Axis, low, high float64, log bool) format.Scale {
	size := max(math.Abs(low), math.Abs(high))
	if !log {
		return format.ScaleOf(a.Unit, size)
	}
	if size >= 1 && size < 1e5 && low >= 1e-4 { // seconds, as usual
		return format.ScaleOf(a.Unit, 1)
	}
	return format.ScaleOf(a.Unit, math.Sqrt(low)*math.Sqrt(high))
}

// A fit reports whether there is room for the labelled ticks.
type fit func([]tick) bool

// mark chooses the ticks: as many as there is room for, up to most. It returns the ruler with them.
func (r ruler) mark(most int, room fit) ruler {
	if n := len(r.Categories); n > 0 {
		for i, text := range r.Categories {
			r.ticks = append(r.ticks, tick{float64(i), text})
		}
		return r
	}
	for _, ticks := range r.candidates(most) {
		if differ(ticks) && room(ticks) {
			r.ticks = ticks
			return r
		}
	}
	return r
}

// differ reports whether neighbouring ticks have different texts: a tiny range far from 0 would
// need more digits than the texts have.
func differ(ticks []tick) bool {
	for i := 1; i < len(ticks); i++ {
		if ticks[i].text == ticks[i-1].text {
			return false
		}
	}
	return true
}

// candidates returns ticks from the densest to the sparsest.
func (r ruler) candidates(most int) (all [][]tick) {
	if r.Log {
		for _, steps := range [][]float64{{1, 2, 5}, {1, 3}} {
			if ticks := r.decades(1, steps...); len(ticks) >= 3 && len(ticks) <= most+1 {
				all = append(all, ticks)
			}
		}
		for every := 1; every < 400; every++ {
			ticks := r.decades(every, 1)
			if len(ticks) < 2 {
				break
			}
			if len(ticks) <= most {
				all = append(all, ticks)
			}
		}
	}
	if len(all) == 0 { // linear, or less than two powers of ten
		for n := most; n >= 1; n-- {
			if ticks := r.steps(n); len(ticks) > 0 {
				all = append(all, ticks)
			}
		}
	}
	if len(all) > 0 { // at least one number
		sparsest := all[len(all)-1]
		all = append(all, sparsest[len(sparsest)/2:][:1])
	}
	return all
}

// decades returns ticks at multiples of powers of ten, using every power or only every second,
// third … one.
func (r ruler) decades(every int, multiples ...float64) (ticks []tick) {
	low, high := r.Low*r.scale.Factor, r.high*r.scale.Factor
	for e := int(math.Floor(math.Log10(low))); e <= int(math.Ceil(math.Log10(high))); e++ {
		if e%every != 0 {
			continue
		}
		for _, m := range multiples {
			v, err := strconv.ParseFloat(strconv.FormatFloat(m, 'f', -1, 64)+"e"+strconv.Itoa(e), 64)
			if err == nil && v >= low*(1-1e-12) && v <= high*(1+1e-12) {
				ticks = append(ticks, tick{v / r.scale.Factor, tickText(v, -e)})
			}
		}
	}
	return ticks
}

// steps returns at most n ticks at multiples of 1, 2 or 5 times a power of ten.
func (r ruler) steps(n int) (ticks []tick) {
	low, high := r.Low*r.scale.Factor, r.high*r.scale.Factor
	raw := (high - low) / float64(n)
	power := int(math.Floor(math.Log10(raw)))
	for _, m := range []float64{1, 2, 5, 10, 20, 50, 100} {
		step := m * math.Pow(10, float64(power))
		if r.Unit == platform.Count && r.Categories == nil && r.Whole && step < 1 {
			continue
		}
		first, last := math.Ceil(low/step-1e-9), math.Floor(high/step+1e-9)
		if last-first+1 > float64(n) || last < first && m < 100 && step < high-low {
			continue
		}
		decimals := -int(math.Floor(math.Log10(step) + 1e-9))
		for i := range int(last-first) + 1 {
			k := first + float64(i)
			text := tickText(k*step, decimals)
			if r.Signed && k != 0 {
				text = format.Signed(strings.Replace(text, "−", "-", 1))
			}
			ticks = append(ticks, tick{k * step / r.scale.Factor, text})
		}
		return ticks
	}
	return nil
}

// tickText writes the number of a tick with a number of decimals; the number of decimals is
// negative where ticks are tens or hundreds apart.
func tickText(v float64, decimals int) string {
	size := math.Abs(v)
	switch {
	case v == 0:
		return "0"
	case size < 1e-4 || size >= 1e13:
		_, exponent, _ := strings.Cut(strconv.FormatFloat(v, 'e', -1, 64), "e")
		n, _ := strconv.Atoi(exponent) // FormatFloat wrote it
		mantissa, _, _ := strings.Cut(strconv.FormatFloat(v, 'e', max(0, decimals+n), 64), "e")
		return format.Minus(mantissa) + "e" + format.Minus(strconv.Itoa(n))
	case size >= 1e5:
		for _, prefix := range []struct {
			power  int
			letter string
		}{{9, " G"}, {6, " M"}, {3, " k"}} {
			if factor := math.Pow10(prefix.power); size >= factor {
				return format.Minus(strconv.FormatFloat(v/factor, 'f', max(0, decimals+prefix.power), 64)) + prefix.letter
			}
		}
	}
	return format.Minus(strconv.FormatFloat(v, 'f', max(0, decimals), 64))
}

// between returns the unlabelled ticks of a logarithmic axis: 2 … 9 times the powers of ten.
func (r ruler) between() (values []float64) {
	if !r.Log || r.high/r.Low > 3e4 {
		return nil
	}
	for _, t := range r.decades(1, 1, 2, 3, 4, 5, 6, 7, 8, 9) {
		values = append(values, t.at)
	}
	return values
}

// across returns a fit for ticks side by side along a length.
func (r ruler) across(length vg.Length, width func(string) vg.Length) fit {
	return func(ticks []tick) bool {
		for i := 1; i < len(ticks); i++ {
			gap := vg.Length(r.at(ticks[i].at)-r.at(ticks[i-1].at)) * length
			if gap < (width(ticks[i].text)+width(ticks[i-1].text))/2+6 {
				return false
			}
		}
		return true
	}
}

// upwards returns a fit for ticks one above another along a length.
func (r ruler) upwards(length, height vg.Length) fit {
	return func(ticks []tick) bool {
		for i := 1; i < len(ticks); i++ {
			if vg.Length(r.at(ticks[i].at)-r.at(ticks[i-1].at))*length < height*1.3 {
				return false
			}
		}
		return true
	}
}

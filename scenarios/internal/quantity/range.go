package quantity

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"faaslab/scenarios/internal/keyfile"
)

// A Range is a key and the ends between which a value of it is looked for.
type Range struct {
	Key      string // a path, as an Override has it
	From, To string // as in a scenario file; From is less than To

	first, last Quantity
	whole       bool // the key takes whole numbers, or memory sizes of whole MB; see Minutes
}

// ParseRange reads the ends of a range of a key, FROM..TO. Both are
// durations, rates, percentages, memory sizes or numbers, whole where the key takes whole numbers or whole MB.
func ParseRange(key, ends string, whole bool) (Range, error) {
	from, to, ok := strings.Cut(ends, "..")
	from, to = strings.TrimSpace(from), strings.TrimSpace(to)
	if !ok {
		return Range{}, fmt.Errorf("found %s; want a range FROM..TO, such as 1s..30m", keyfile.Quoted(ends))
	}
	if low, _, counted := strings.Cut(to, ":"); counted {
		return Range{}, fmt.Errorf("the values to try are found, not given; want %s..%s", keyfile.Legible(from), keyfile.Legible(strings.TrimSpace(low)))
	}
	r := Range{Key: key, From: from, To: to, whole: whole}
	for _, end := range []struct {
		text string
		to   *Quantity
	}{{from, &r.first}, {to, &r.last}} {
		var err error
		*end.to, err = Parse(end.text)
		_, isWhole := keyfile.ParseWhole(end.text)
		if size := end.to.Kind == Memory; r.whole && (size && end.to.Value != Memory.whole(end.to.Value) || !size && !isWhole) {
			want := "number"
			if size {
				want = "number of MB"
			}
			return Range{}, fmt.Errorf("found %s at an end of the range; want a whole %s", keyfile.Quoted(end.text), want)
		}
		if err != nil {
			return Range{}, err
		}
		if math.IsInf(end.to.Value, 0) {
			return Range{}, fmt.Errorf("found %s at an end of the range; want a number that is not so large", keyfile.Quoted(end.text))
		}
	}
	switch {
	case r.first.Kind != r.last.Kind:
		return Range{}, fmt.Errorf("the range goes from %s to %s; want the same at both ends", r.first.Kind, r.last.Kind)
	case r.first.Value > r.last.Value:
		return Range{}, fmt.Errorf("the range is reversed; want the smaller end first: %s..%s", keyfile.Legible(to), keyfile.Legible(from))
	case r.first.Value == r.last.Value:
		return Range{}, errors.New("the range is empty: both ends are the same")
	}
	return r, nil
}

const (
	// scanned is how many values are tried before the neighbourhood of one is looked at.
	scanned = 20
	// wideRatio of the two ends makes equal ratios better than equal distances.
	wideRatio = 20
)

// logarithmic reports whether values are taken at equal ratios, not at equal distances.
func (r Range) logarithmic() bool {
	return r.first.Value > 0 && r.last.Value >= wideRatio*r.first.Value
}

// between returns the value at a share of the way from a to b.
func (r Range) between(a, b, share float64) float64 {
	value := a + share*(b-a)
	if r.logarithmic() {
		value = a * math.Pow(b/a, share)
	}
	if r.whole {
		return r.first.Kind.whole(value)
	}
	return value
}

// Minutes returns the range with values of whole minutes between its ends, if they are durations.
func (r Range) Minutes() Range {
	r.whole = r.whole || r.first.Kind == Duration
	return r
}

// Whole reports whether the key takes whole numbers.
func (r Range) Whole() bool { return r.whole }

// At returns the value at a share of the way from From to To, 0 to 1: of equal ratios if the ends are
// far from each other, else of equal distances. It has so many significant digits of the difference of the ends.
func (r Range) At(share float64, digits int) float64 {
	switch {
	case share <= 0:
		return r.first.Value
	case share >= 1:
		return r.last.Value
	}
	return r.rounded(r.between(r.first.Value, r.last.Value, share), r.digits(digits))
}

// Value reads a value of the range, as in a scenario file; false if the text is none of its kind, or outside.
func (r Range) Value(text string) (float64, bool) {
	q, err := Parse(text)
	return q.Value, err == nil && q.Kind == r.first.Kind && q.Value >= r.first.Value && q.Value <= r.last.Value
}

// Share returns the share of the way at which a value of the range is: At's inverse.
func (r Range) Share(value float64) float64 {
	if r.logarithmic() {
		return math.Log(value/r.first.Value) / math.Log(r.last.Value/r.first.Value)
	}
	return (value - r.first.Value) / (r.last.Value - r.first.Value)
}

// digits returns the significant digits of a value that has so many of the difference of the ends.
func (r Range) digits(ofDifference int) int {
	if r.logarithmic() {
		return ofDifference
	}
	return ofDifference + int(math.Log10(r.last.Value/(r.last.Value-r.first.Value)))
}

// Scan returns the values that are tried first, from From to To, as in a scenario file.
func (r Range) Scan() []string {
	values := r.Values()
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = r.Text(v)
	}
	return texts
}

// Values returns the numbers of Scan, in ascending order.
func (r Range) Values() (values []float64) {
	for i := range scanned {
		values = append(values, r.At(float64(i)/(scanned-1), 3))
	}
	return slices.Compact(values) // whole numbers may come out the same
}

// rounded returns a value within the range with so many significant digits.
func (r Range) rounded(value float64, digits int) float64 {
	if !r.whole {
		value, _ = strconv.ParseFloat(strconv.FormatFloat(value, 'g', digits, 64), 64)
	}
	return min(max(value, r.first.Value), r.last.Value)
}

// Middle returns a value between two others, in the middle; false if they are as near to each other as
// the tolerance wants, or as whole numbers can be.
func (r Range) Middle(a, b, tolerance float64) (float64, bool) {
	if !r.whole && math.Abs(a-b) <= max(tolerance*max(math.Abs(a), math.Abs(b)), narrowest*(r.last.Value-r.first.Value)) {
		return 0, false
	}
	digits := 2 + max(1, int(math.Ceil(-math.Log10(tolerance))))
	value := r.rounded(r.between(min(a, b), max(a, b), 0.5), digits)
	return value, value > min(a, b) && value < max(a, b)
}

// narrowest is the fraction of the range at which a tolerance relative to a value of nearly 0 ends.
const narrowest = 1e-6

// Text returns a value as in a scenario file.
func (r Range) Text(value float64) string {
	switch value {
	case r.first.Value:
		return r.From
	case r.last.Value:
		return r.To
	}
	return r.first.Kind.Format(value)
}

package quantity

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"

	"faaslab/dist"
	"faaslab/scenarios/internal/keyfile"
)

// A Kind is what a number counts.
type Kind string

// The kinds, in the words of errors.
const (
	Duration   Kind = "a duration"
	Rate       Kind = "a rate"
	Percentage Kind = "a percentage"
	Memory     Kind = "a memory size"
	Plain      Kind = "a number"
)

// A Quantity is a number with what it counts.
type Quantity struct {
	Value float64
	Kind  Kind
}

// Parse reads what may be the end of a range.
func Parse(text string) (Quantity, error) {
	text = strings.TrimSpace(text)
	if value, err := dist.ParseDuration(text); err == nil {
		return Quantity{value, Duration}, nil
	}
	if value, err := dist.ParseRate(text); err == nil {
		return Quantity{value, Rate}, nil
	}
	if value, ok := keyfile.ParseMemory(text); ok {
		return Quantity{value, Memory}, nil
	}
	number, percent := strings.CutSuffix(text, "%")
	value, ok := new(big.Rat).SetString(strings.TrimSpace(number))
	if !ok || strings.Trim(number, "0123456789.eE+- ") != "" {
		return Quantity{}, fmt.Errorf("found %s at an end of a range; want a duration such as 60s, a rate such as 3/s, a percentage, a memory size or a number", keyfile.Quoted(text))
	}
	f, _ := value.Float64()
	if percent {
		return Quantity{f, Percentage}, nil
	}
	return Quantity{f, Plain}, nil
}

// Number returns what a value counts: the seconds of a duration, the rate per second, the GB of a memory size, the fraction
// that a percentage is, or the number itself. It is false of what is no number, such as never or a distribution.
func Number(value string) (number float64, ok bool) {
	q, err := Parse(value)
	if err != nil {
		return 0, false
	}
	if q.Kind == Percentage {
		q.Value /= 100
	}
	return q.Value, true
}

// step returns the distance of neighbouring whole values: a number, a MB, or a minute.
func (k Kind) step() float64 {
	switch k {
	case Memory:
		return 1.0 / 1024
	case Duration:
		return 60
	}
	return 1
}

// whole returns the nearest whole value.
func (k Kind) whole(value float64) float64 { return math.Round(value/k.step()) * k.step() }

// Format writes a value of the kind.
func (k Kind) Format(value float64) string {
	switch k {
	case Duration:
		return dist.FormatDuration(value)
	case Rate:
		return dist.FormatRate(value)
	case Memory:
		return keyfile.FormatMemory(value)
	case Percentage:
		return strconv.FormatFloat(value, 'f', -1, 64) + "%"
	}
	return strconv.FormatFloat(value, 'f', -1, 64)
}

// Same reports whether two texts are the same value of the kind.
func (k Kind) Same(a, b string) bool {
	x, _ := Parse(a)
	y, _ := Parse(b)
	return x == y
}

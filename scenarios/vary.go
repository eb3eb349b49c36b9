package scenarios

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"faaslab/dist"
	"faaslab/scenarios/internal/keyfile"
)

// An Axis is a key and the values that it takes in a sweep, as texts of a scenario file.
type Axis struct {
	Key    string // a path, as an Override has it
	Values []string
}

// mostValues is the most values of one axis.
const mostValues = 1_000_000

// A PointsError says that a grid has more points than are accepted.
type PointsError struct{ Most int }

// Error says how many are accepted.
func (e *PointsError) Error() string {
	return fmt.Sprintf("the grid has more than %d points; want fewer values", e.Most)
}

// ParseAxes reads texts of the form key=values that a flag, such as --vary, was given. Values are
// separated by commas; each is a value of the key, or a range FROM..TO:N of N values at equal distances, or at
// equal ratios as FROM..TO:Nlog. The values inside a range have six significant digits, and are
// whole where the key takes whole numbers. The errors are returned together, but for two: a *PointsError where
// the grid would have more than most points, before its values are made, and the cause of ctx's end.
func ParseAxes(ctx context.Context, flag string, texts []string, most int) ([]Axis, error) {
	var all keyfile.Problems
	var axes []Axis
	varied := map[string]bool{}
	points := 1
	for _, text := range texts {
		at := keyfile.Place{Text: flag + " " + keyfile.Legible(text)}
		axis, err := parseAxis(ctx, text, most/points)
		switch {
		case ctx.Err() != nil:
			return nil, context.Cause(ctx)
		case errors.As(err, new(*PointsError)):
			return nil, &PointsError{most}
		case err == nil && varied[axis.Key]:
			err = fmt.Errorf("%s is varied twice", axis.Key)
		}
		if err != nil {
			all.Add(at, "%w", err)
			continue
		}
		varied[axis.Key] = true
		points *= len(axis.Values)
		axes = append(axes, axis)
	}
	return axes, all.Join()
}

// parseAxis reads one text; the error is a *PointsError where it has more than most values.
func parseAxis(ctx context.Context, text string, most int) (Axis, error) {
	path, values, ok := strings.Cut(text, "=")
	if path = strings.TrimSpace(path); !ok || path == "" {
		return Axis{}, errors.New("want key=values, such as container.keep_alive=1s..180s:20")
	}
	k, err := varied(path)
	if err != nil {
		return Axis{}, err
	}
	axis := Axis{Key: path}
	seen := map[string]bool{}
	for _, item := range splitList(values) {
		several, err := parseValues(ctx, item, k != nil && k.Integer, min(most, mostValues)-len(axis.Values))
		if errors.As(err, new(*PointsError)) && most > mostValues {
			err = fmt.Errorf("found more than %d values; want fewer", mostValues)
		}
		if err != nil {
			return Axis{}, err
		}
		for _, value := range several {
			if seen[value] {
				return Axis{}, fmt.Errorf("the value %s is there twice", keyfile.Quoted(value))
			}
			seen[value] = true
		}
		axis.Values = append(axis.Values, several...)
	}
	return axis, nil
}

// varied returns the key at a path that values are taken of; nil for a parameter of a distribution.
func varied(path string) (*Key, error) {
	if k := table.Find(path); k != nil {
		return k, nil
	}
	if k, _ := table.LawOf(path); k != nil {
		return nil, nil
	}
	if names, ok := table.Names[path]; ok {
		return nil, fmt.Errorf("%s is a block; want one of its keys: %s", path, keyfile.List(names, "or"))
	}
	return nil, table.Unknown(path)
}

// splitList splits a text at the commas that stand in no parentheses or brackets.
func splitList(text string) (items []string) {
	depth, start := 0, 0
	for i, c := range text {
		switch c {
		case '(', '[':
			depth++
		case ')', ']':
			depth--
		case ',':
			if depth <= 0 {
				items = append(items, strings.TrimSpace(text[start:i]))
				start = i + 1
			}
		}
	}
	return append(items, strings.TrimSpace(text[start:]))
}

// parseValues returns the values that an item of a list stands for; the error is a *PointsError where they are
// more than most.
func parseValues(ctx context.Context, item string, whole bool, most int) ([]string, error) {
	if item == "" {
		return nil, errors.New("found nothing where a value should stand; want values separated by commas, or FROM..TO:N")
	}
	from, rest, isRange := strings.Cut(item, "..")
	if !isRange {
		if most < 1 {
			return nil, &PointsError{most}
		}
		return []string{item}, nil
	}
	to, count, ok := strings.Cut(rest, ":")
	count = strings.TrimSpace(count)
	number, logarithmic := strings.CutSuffix(count, "log")
	n, err := strconv.Atoi(strings.TrimSpace(number))
	switch {
	case !ok:
		return nil, fmt.Errorf("the range %s says not how many values; want FROM..TO:N, such as %s:20 or %s:20log", keyfile.Quoted(item), keyfile.Legible(item), keyfile.Legible(item))
	case err != nil || n < 1 || n > mostValues:
		return nil, fmt.Errorf("found %s as the number of values; want a whole number from 1 to %d, or one followed by log", keyfile.Quoted(count), mostValues)
	}
	first, err := parseQuantity(from)
	if err != nil {
		return nil, err
	}
	last, err := parseQuantity(to)
	if err != nil {
		return nil, err
	}
	switch {
	case first.kind != last.kind:
		return nil, fmt.Errorf("the range %s goes from %s to %s; want the same at both ends", keyfile.Quoted(item), first.kind, last.kind)
	case first.value > last.value:
		return nil, fmt.Errorf("the range %s is reversed; want the smaller end first: %s..%s:%s", keyfile.Quoted(item), keyfile.Legible(to), keyfile.Legible(from), keyfile.Legible(count))
	case first.value == last.value && n > 1:
		return nil, fmt.Errorf("the range %s is empty: both ends are the same; want two, or the value alone", keyfile.Quoted(item))
	case n == 1 && first.value != last.value:
		return nil, fmt.Errorf("the range %s has two ends; want two values or more", keyfile.Quoted(item))
	case logarithmic && !(first.value > 0):
		return nil, fmt.Errorf("the range %s begins at %s; equal ratios want more than 0", keyfile.Quoted(item), keyfile.Legible(from))
	}
	distinct := n
	if whole {
		distinct = int(min(float64(n), last.value-first.value+2)) // an end need not be whole
	}
	if distinct > most {
		return nil, &PointsError{most}
	}
	values := make([]string, 0, distinct)
	for i := range n {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		share := float64(i) / float64(max(1, n-1))
		value := first.value + share*(last.value-first.value)
		if logarithmic {
			value = first.value * math.Pow(last.value/first.value, share)
		}
		text := first.kind.format(sixDigits(value))
		switch {
		case i == 0:
			text = strings.TrimSpace(from)
		case i == n-1:
			text = strings.TrimSpace(to)
		case whole:
			text = strconv.FormatFloat(math.Round(value), 'f', -1, 64)
		}
		// Whole numbers that lie close come out as the same more than once; the ends may be written in another way.
		if i > 0 && (text == values[len(values)-1] || (i == n-1 || len(values) == 1) && first.kind.same(values[len(values)-1], text)) {
			continue
		}
		values = append(values, text)
	}
	return values, nil
}

// sixDigits rounds to six significant digits.
func sixDigits(x float64) float64 {
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 6, 64), 64)
	return rounded
}

// A quantityKind is what a number counts.
type quantityKind string

const (
	durationKind   quantityKind = "a duration"
	rateKind       quantityKind = "a rate"
	percentageKind quantityKind = "a percentage"
	memoryKind     quantityKind = "a memory size"
	numberKind     quantityKind = "a number"
)

// A quantity is a number with what it counts.
type quantity struct {
	value float64
	kind  quantityKind
}

// parseQuantity reads what may be the end of a range.
func parseQuantity(text string) (quantity, error) {
	text = strings.TrimSpace(text)
	if value, err := dist.ParseDuration(text); err == nil {
		return quantity{value, durationKind}, nil
	}
	if value, err := dist.ParseRate(text); err == nil {
		return quantity{value, rateKind}, nil
	}
	if value, ok := parseMemory(text); ok {
		return quantity{value, memoryKind}, nil
	}
	number, percent := strings.CutSuffix(text, "%")
	value, ok := new(big.Rat).SetString(strings.TrimSpace(number))
	if !ok || strings.Trim(number, "0123456789.eE+- ") != "" {
		return quantity{}, fmt.Errorf("found %s at an end of a range; want a duration such as 60s, a rate such as 3/s, a percentage, a memory size or a number", keyfile.Quoted(text))
	}
	f, _ := value.Float64()
	if percent {
		return quantity{f, percentageKind}, nil
	}
	return quantity{f, numberKind}, nil
}

// Number returns what a value counts: the seconds of a duration, the rate per second, the GB of a memory size, the fraction
// that a percentage is, or the number itself. It is false of what is no number, such as never or a distribution.
func Number(value string) (number float64, ok bool) {
	q, err := parseQuantity(value)
	if err != nil {
		return 0, false
	}
	if q.kind == percentageKind {
		q.value /= 100
	}
	return q.value, true
}

// format writes a value of the kind.
func (k quantityKind) format(value float64) string {
	switch k {
	case durationKind:
		return dist.FormatDuration(value)
	case rateKind:
		return dist.FormatRate(value)
	case memoryKind:
		return FormatMemory(value)
	case percentageKind:
		return strconv.FormatFloat(value, 'f', -1, 64) + "%"
	}
	return strconv.FormatFloat(value, 'f', -1, 64)
}

// same reports whether two texts are the same value of the kind.
func (k quantityKind) same(a, b string) bool {
	x, _ := parseQuantity(a)
	y, _ := parseQuantity(b)
	return x == y
}

// A Grid is the points of a sweep: every combination of its axes' values, those of the last
// axis changing fastest.
type Grid []Axis

// Len returns the number of points, at most math.MaxInt.
func (g Grid) Len() int {
	n := 1
	for _, a := range g {
		if n > math.MaxInt/max(1, len(a.Values)) {
			return math.MaxInt
		}
		n *= len(a.Values)
	}
	return n
}

// Point returns the overrides of point i, 0 <= i < Len(), in the order of the axes.
func (g Grid) Point(i int) []Override {
	overrides := make([]Override, len(g))
	for k, a := range slices.Backward(g) {
		overrides[k] = Override{Key: a.Key, Value: a.Values[i%len(a.Values)], Flag: "--vary"}
		i /= len(a.Values)
	}
	return overrides
}

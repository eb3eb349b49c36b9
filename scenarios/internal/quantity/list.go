package quantity

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"faaslab/scenarios/internal/keyfile"
)

// Most is the most values of one axis.
const Most = 1_000_000

// A PointsError says that a grid has more points than are accepted.
type PointsError struct{ Most int }

// Error says how many are accepted.
func (e *PointsError) Error() string {
	return fmt.Sprintf("the grid has more than %d points; want fewer values", e.Most)
}

// SplitList splits a text at the commas that stand in no parentheses or brackets.
func SplitList(text string) (items []string) {
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

// Values returns the values that an item of a list stands for; the error is a *PointsError where they are
// more than most.
func Values(ctx context.Context, item string, whole bool, most int) ([]string, error) {
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
	case err != nil || n < 1 || n > Most:
		return nil, fmt.Errorf("found %s as the number of values; want a whole number from 1 to %d, or one followed by log", keyfile.Quoted(count), Most)
	}
	first, err := Parse(from)
	if err != nil {
		return nil, err
	}
	last, err := Parse(to)
	if err != nil {
		return nil, err
	}
	switch {
	case first.Kind != last.Kind:
		return nil, fmt.Errorf("the range %s goes from %s to %s; want the same at both ends", keyfile.Quoted(item), first.Kind, last.Kind)
	case first.Value > last.Value:
		return nil, fmt.Errorf("the range %s is reversed; want the smaller end first: %s..%s:%s", keyfile.Quoted(item), keyfile.Legible(to), keyfile.Legible(from), keyfile.Legible(count))
	case first.Value == last.Value && n > 1:
		return nil, fmt.Errorf("the range %s is empty: both ends are the same; want two, or the value alone", keyfile.Quoted(item))
	case n == 1 && first.Value != last.Value:
		return nil, fmt.Errorf("the range %s has two ends; want two values or more", keyfile.Quoted(item))
	case logarithmic && !(first.Value > 0):
		return nil, fmt.Errorf("the range %s begins at %s; equal ratios want more than 0", keyfile.Quoted(item), keyfile.Legible(from))
	}
	distinct := n
	if whole {
		distinct = int(min(float64(n), (last.Value-first.Value)/first.Kind.step()+2)) // an end need not be whole
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
		value := first.Value + share*(last.Value-first.Value)
		if logarithmic {
			value = first.Value * math.Pow(last.Value/first.Value, share)
		}
		text := first.Kind.Format(sixDigits(value))
		switch {
		case i == 0:
			text = strings.TrimSpace(from)
		case i == n-1:
			text = strings.TrimSpace(to)
		case whole:
			text = first.Kind.Format(first.Kind.whole(value))
		}
		// Whole numbers that lie close come out as the same more than once; the ends may be written in another way.
		if i > 0 && (text == values[len(values)-1] || (i == n-1 || len(values) == 1) && first.Kind.Same(values[len(values)-1], text)) {
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

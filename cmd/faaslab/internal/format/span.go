package format

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"faaslab/platform"
	"faaslab/sim"
)

// RoundTo rounds to a number of significant digits.
func RoundTo(digits int, x float64) float64 {
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'g', digits, 64), 64) // FormatFloat wrote it
	return rounded
}

// RoughDuration writes a span with its four leading digits.
func RoughDuration(t sim.Time) string {
	digit := sim.Time(1)
	for t/digit >= 10_000 {
		digit *= 10
	}
	return Duration(t / digit * digit)
}

// TwoDigits rounds to two significant digits.
func TwoDigits(x float64) float64 {
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 2, 64), 64)
	return rounded
}

// Duration writes 20m rather than 20m0s, and many hours as days.
func Duration(t sim.Time) string {
	if days := t.Seconds() / 86400; days >= 4 && t != sim.Never {
		return Significant(days) + "d"
	}
	text := t.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// Counted writes such as: 1 core, 2 cores.
func Counted(n int, what string) string { return fmt.Sprintf("%d %s", n, Plural(n, what)) }

// Span writes a time with three significant digits, in the unit that suits it.
func Span(t sim.Time) string {
	s := ScaleOf(platform.Seconds, t.Seconds())
	return ThreeDigits(t.Seconds()*s.Factor) + " " + s.Unit
}

// ThreeDigits writes a number with three significant digits, or as a whole number, without needless
// zeros.
func ThreeDigits(x float64) string {
	if x == 0 {
		return "0"
	}
	text := strconv.FormatFloat(x, 'f', max(0, 2-int(math.Floor(math.Log10(x)))), 64)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text
}

// Moment writes a time to a hundredth of a slot or finer, as 1m2.5s.
func Moment(t, slot sim.Time) string {
	digit := sim.Time(1)
	for digit*1000 <= slot {
		digit *= 10
	}
	return Duration((t + digit/2) / digit * digit)
}

// SignedPercent writes a relative deviation in per cent, without the unit: with two digits, or as a
// whole number.
func SignedPercent(x float64) string {
	x *= 100
	size := math.Abs(x)
	switch {
	case size < 0.05:
		return "0"
	case size < 9.95:
		return Signed(strconv.FormatFloat(x, 'f', 1, 64))
	default:
		return Signed(strconv.FormatFloat(x, 'f', 0, 64))
	}
}

// Signed gives a positive number a plus sign, and a negative one a proper minus sign.
func Signed(number string) string {
	if strings.HasPrefix(number, "-") {
		return Minus(number)
	}
	return "+" + number
}

// Percent writes a fraction in per cent.
func Percent(x float64) string { return fmt.Sprintf("%.0f %%", 100*x) }

// Plural returns the word for a number of things.
func Plural(n int, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}

// WithUnit writes a number and its unit, if it has one.
func WithUnit(number, unit string) string { return strings.TrimSpace(number + " " + unit) }

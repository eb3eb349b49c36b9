package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"faaslab/platform"
	"faaslab/sim/stats"
)

// missing stands in tables for a value that does not exist.
const missing = "—"

// abridged returns a notation as a heading shows it: of a long one, such as the rates of a day, the beginning.
func abridged(notation string) string {
	const most = 100
	if runes := []rune(notation); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return notation
}

// A scale is the unit in which an estimate is shown.
type scale struct {
	factor float64
	unit   string
}

// scaleOf chooses the unit for a value: per cent for probabilities, for times the one
// that leaves one to three digits before the point.
func scaleOf(unit platform.Unit, value float64) scale {
	value = math.Abs(value)
	switch {
	case unit == platform.Probability:
		return scale{100, "%"}
	case unit == platform.PerSecond:
		return scale{1, "/s"}
	case unit == platform.PerMillion:
		return scale{1, "/M"}
	case unit == platform.PerMonth:
		return scale{1, "/month"}
	case unit != platform.Seconds:
		return scale{1, ""}
	case value >= 3*3600:
		return scale{1.0 / 3600, "h"}
	case value >= 3*60:
		return scale{1.0 / 60, "min"}
	case value >= 1 || value == 0 || math.IsNaN(value):
		return scale{1, "s"}
	case value >= 1e-3:
		return scale{1e3, "ms"}
	case value >= 1e-6:
		return scale{1e6, "µs"}
	default:
		return scale{1e9, "ns"}
	}
}

// A shown estimate is its parts as texts, so that a column can be aligned.
type shown struct{ mean, unit, halfWidth string }

// show writes an estimate with as many digits as its interval leaves sure: the half-width
// has two significant digits, the mean ends where it does.
func show(e stats.Estimate, unit platform.Unit) shown {
	if math.IsNaN(e.Mean) || math.IsInf(e.Mean, 0) {
		return shown{mean: missing}
	}
	s := estimateScale(e, unit)
	mean, halfWidth := e.Mean*s.factor, e.HalfWidth*s.factor
	switch {
	case math.IsNaN(halfWidth) && e.N == 1:
		return shown{minus(significant(mean)), s.unit, ""} // none is to be expected
	case math.IsNaN(halfWidth):
		return shown{minus(significant(mean)), s.unit, missing}
	case halfWidth <= math.Abs(mean)*1e-9: // exact but for rounding
		return shown{minus(significant(mean)), s.unit, "0"}
	}
	digits := 1 - int(math.Floor(math.Log10(halfWidth)))
	digits = min(max(digits, 0), 12)
	return shown{minus(strconv.FormatFloat(mean, 'f', digits, 64)), s.unit, strconv.FormatFloat(halfWidth, 'f', digits, 64)}
}

// estimateScale returns the scale in which an estimate is shown.
func estimateScale(e stats.Estimate, unit platform.Unit) scale {
	if e.HalfWidth > math.Abs(e.Mean) {
		return scaleOf(unit, e.HalfWidth)
	}
	return scaleOf(unit, e.Mean)
}

// fixed writes a model's number with four significant digits, never in powers of ten
// unless it is very small.
func fixed(x float64) string {
	size := math.Abs(x)
	switch {
	case size < 1e-12: // nothing, for a reader
		return "0"
	case size < 1e-6:
		return strconv.FormatFloat(x, 'g', 3, 64)
	}
	return strconv.FormatFloat(x, 'f', max(0, 3-int(math.Floor(math.Log10(size)))), 64)
}

// deviation writes by how much a model's value differs from the simulated one, relative
// to that; nothing if that is 0.
func deviation(model, simulated float64) string {
	d := (model - simulated) / math.Abs(simulated) * 100
	switch {
	case math.IsNaN(d) || math.IsInf(d, 0):
		return ""
	case math.Abs(d) < 9.95:
		return minus(fmt.Sprintf("%+.1f %%", d))
	case math.Abs(d) < 1e6:
		return minus(fmt.Sprintf("%+.0f %%", d))
	}
	return minus(fmt.Sprintf("%+.1e %%", d))
}

// minus sets a minus sign where strconv sets a hyphen.
func minus(number string) string {
	if strings.Trim(number, "-0.") == "" {
		return strings.TrimPrefix(number, "-") // no negative zero
	}
	return strings.Replace(number, "-", "−", 1)
}

// countOfRequests writes a number of requests.
func countOfRequests(n int64) string {
	if n == 1 {
		return "1 request"
	}
	return thousands(n) + " requests"
}

// significant writes a number with five significant digits and no needless zeros.
func significant(x float64) string {
	if size := math.Abs(x); size >= 1e-4 && size < 1e15 {
		text := strconv.FormatFloat(x, 'f', max(0, 4-int(math.Floor(math.Log10(size)))), 64)
		if strings.Contains(text, ".") {
			text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
		}
		return text
	}
	return strconv.FormatFloat(x, 'g', 5, 64)
}

// thousands writes a count in the way it is spoken of: 950, 307 k, 1.21 M.
func thousands(n int64) string {
	switch {
	case n < 10_000:
		return strconv.FormatInt(n, 10)
	case n < 1_000_000:
		return fmt.Sprintf("%.3g k", float64(n)/1e3)
	case n < 1_000_000_000:
		return fmt.Sprintf("%.3g M", float64(n)/1e6)
	default:
		return strings.TrimSuffix(fmt.Sprintf("%.4g", float64(n)/1e9), ".000") + " G"
	}
}

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
	s := scaleOf(unit, e.Mean)
	if e.HalfWidth > math.Abs(e.Mean) {
		s = scaleOf(unit, e.HalfWidth)
	}
	mean, halfWidth := e.Mean*s.factor, e.HalfWidth*s.factor
	switch {
	case math.IsNaN(halfWidth):
		return shown{minus(significant(mean)), s.unit, missing}
	case halfWidth <= math.Abs(mean)*1e-9: // exact but for rounding
		return shown{minus(significant(mean)), s.unit, "0"}
	}
	digits := 1 - int(math.Floor(math.Log10(halfWidth)))
	digits = min(max(digits, 0), 12)
	return shown{minus(strconv.FormatFloat(mean, 'f', digits, 64)), s.unit, strconv.FormatFloat(halfWidth, 'f', digits, 64)}
}

// minus sets a minus sign where strconv sets a hyphen.
func minus(number string) string { return strings.Replace(number, "-", "−", 1) }

// significant writes a number with five significant digits and no needless zeros.
func significant(x float64) string {
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

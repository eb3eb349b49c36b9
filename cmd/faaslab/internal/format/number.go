package format

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"faaslab/platform"
	"faaslab/sim/stats"
)

// Missing stands in tables for a value that does not exist.
const Missing = "—"

// Abridged returns a notation as a heading shows it: only the beginning of a long one, such as the
// rates of a day.
func Abridged(notation string) string {
	const most = 100
	if runes := []rune(notation); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return notation
}

// A Scale is the unit in which an estimate is shown.
type Scale struct {
	Factor float64
	Unit   string
}

// ScaleOf chooses the unit for a value: per cent for probabilities; for times the unit that leaves
// one to three digits before the point.
func ScaleOf(unit platform.Unit, value float64) Scale {
	value = math.Abs(value)
	switch {
	case unit == platform.Probability:
		return Scale{100, "%"}
	case unit == platform.PerSecond:
		return Scale{1, "/s"}
	case unit == platform.PerMillion:
		return Scale{1, "/M"}
	case unit == platform.PerMonth:
		return Scale{1, "/month"}
	case unit == platform.Megabytes:
		return Scale{1, "MB"}
	case unit == platform.GBSecondsPerMillion:
		return Scale{1, "GB·s/M"}
	case unit != platform.Seconds:
		return Scale{1, ""}
	case value >= 3*3600:
		return Scale{1.0 / 3600, "h"}
	case value >= 3*60:
		return Scale{1.0 / 60, "min"}
	case value >= 1 || value == 0 || math.IsNaN(value):
		return Scale{1, "s"}
	case value >= 1e-3:
		return Scale{1e3, "ms"}
	case value >= 1e-6:
		return Scale{1e6, "µs"}
	default:
		return Scale{1e9, "ns"}
	}
}

// A Shown estimate has the parts of the estimate as texts, so that a column can be aligned.
type Shown struct{ Mean, Unit, HalfWidth string }

// Show writes an estimate with as many digits as its interval leaves certain: the half-width has
// two significant digits, and the mean ends at the same decimal.
func Show(e stats.Estimate, unit platform.Unit) Shown {
	if math.IsNaN(e.Mean) || math.IsInf(e.Mean, 0) {
		return Shown{Mean: Missing}
	}
	s := EstimateScale(e, unit)
	mean, halfWidth := e.Mean*s.Factor, e.HalfWidth*s.Factor
	switch {
	case math.IsNaN(halfWidth) && e.N == 1:
		return Shown{Minus(Significant(mean)), s.Unit, ""} // no half-width is to be expected
	case math.IsNaN(halfWidth):
		return Shown{Minus(Significant(mean)), s.Unit, Missing}
	case halfWidth <= math.Abs(mean)*1e-9: // exact, except for rounding
		return Shown{Minus(Significant(mean)), s.Unit, "0"}
	}
	digits := 1 - int(math.Floor(math.Log10(halfWidth)))
	digits = min(max(digits, 0), 12)
	return Shown{Minus(strconv.FormatFloat(mean, 'f', digits, 64)), s.Unit, strconv.FormatFloat(halfWidth, 'f', digits, 64)}
}

// ShowDifference writes a difference of two estimates: of probabilities, in percentage points.
func ShowDifference(e stats.Estimate, unit platform.Unit) Shown {
	s := Show(e, unit)
	if unit == platform.Probability && s.Unit != "" {
		s.Unit = "pp"
	}
	return s
}

// EstimateScale returns the scale in which an estimate is shown.
func EstimateScale(e stats.Estimate, unit platform.Unit) Scale {
	if e.HalfWidth > math.Abs(e.Mean) {
		return ScaleOf(unit, e.HalfWidth)
	}
	return ScaleOf(unit, e.Mean)
}

// Fixed writes a model's number with four significant digits, never in powers of ten
// unless it is very small.
func Fixed(x float64) string {
	size := math.Abs(x)
	switch {
	case size < 1e-12: // nothing to a reader
		return "0"
	case size < 1e-6:
		return strconv.FormatFloat(x, 'g', 3, 64)
	}
	return strconv.FormatFloat(x, 'f', max(0, 3-int(math.Floor(math.Log10(size)))), 64)
}

// Deviation writes the deviation of a model's value from the simulated value, relative to the
// simulated value; empty if that is 0.
func Deviation(model, simulated float64) string {
	d := (model - simulated) / math.Abs(simulated) * 100
	switch {
	case math.IsNaN(d) || math.IsInf(d, 0):
		return ""
	case math.Abs(d) < 9.95:
		return Minus(fmt.Sprintf("%+.1f %%", d))
	case math.Abs(d) < 1e6:
		return Minus(fmt.Sprintf("%+.0f %%", d))
	}
	return Minus(fmt.Sprintf("%+.1e %%", d))
}

// Minus sets a minus sign where strconv sets a hyphen.
func Minus(number string) string {
	if strings.Trim(number, "-0.") == "" {
		return strings.TrimPrefix(number, "-") // no negative zero
	}
	return strings.Replace(number, "-", "−", 1)
}

// Requests writes a number of requests.
func Requests(n int64) string {
	if n == 1 {
		return "1 request"
	}
	return Thousands(n) + " requests"
}

// Significant writes a number with five significant digits and no needless zeros.
func Significant(x float64) string {
	if size := math.Abs(x); size >= 1e-4 && size < 1e15 {
		text := strconv.FormatFloat(x, 'f', max(0, 4-int(math.Floor(math.Log10(size)))), 64)
		if strings.Contains(text, ".") {
			text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
		}
		return text
	}
	return strconv.FormatFloat(x, 'g', 5, 64)
}

// Thousands writes a count as one says it: 950, 307 k, 1.21 M.
func Thousands(n int64) string {
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

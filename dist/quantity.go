package dist

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxDuration is the end of virtual time in seconds: 2⁶³ ns, 292 years.
const maxDuration = math.MaxInt64 / 1e9

// maxRate is the highest accepted arrival rate per second. Time is counted in whole nanoseconds, so
// gaps of 100 ns on average are still resolved to 1 %.
const maxRate = 1e7

// maxQuantity bounds the text of a duration, in bytes, so that adding up its parts takes little
// time.
const maxQuantity = 256

// minRate is one arrival in all of virtual time, per second.
const minRate = 1 / maxDuration

// units holds each unit of duration in seconds, as numerator and denominator.
var units = map[string][2]int64{
	"ns": {1, 1e9},
	"us": {1, 1e6}, "µs": {1, 1e6}, "μs": {1, 1e6}, // ASCII, the micro sign and the Greek letter
	"ms": {1, 1e3},
	"s":  {1, 1},
	"m":  {60, 1},
	"h":  {3600, 1},
	"d":  {86400, 1},
}

const durationsAccepted = "a duration is a number and a unit, ns us ms s m h or d, such as 1.5288s, 60ms or 1m30s"
const ratesAccepted = "a rate is a number, a slash and a unit, ms s m h or d, such as 10/s or 0.5/m"

// ParseDuration reads a duration such as 60ms, 1.5288s, 1e3s, 24h or 1m30s and returns the nearest
// float64 in seconds, so 60ms equals 0.06s to the last bit. The duration must lie between 0 and 292
// years.
func ParseDuration(text string) (seconds float64, err error) {
	sum, err := parseDuration(text)
	if err != nil {
		return 0, err
	}
	seconds, _ = sum.Float64()
	if seconds > maxDuration {
		return 0, syntaxErrorf(text, 0, "%s is beyond 292 years, where virtual time ends", excerpt(text))
	}
	return seconds, nil
}

// parseDuration returns the exact value of a duration; it refuses negative ones.
func parseDuration(text string) (*big.Rat, error) {
	if text == "" {
		return nil, syntaxErrorf(text, 0, "nothing is written where a duration is expected; %s", durationsAccepted)
	}
	if len(text) > maxQuantity {
		return nil, syntaxErrorf(text, maxQuantity, "a duration of %d characters; at most %d are accepted", len(text), maxQuantity)
	}
	sum := new(big.Rat)
	for at := 0; at < len(text); {
		length := scanNumber(text[at:])
		if length == 0 {
			return nil, syntaxErrorf(text, at, "%s does not begin with a number; %s", excerpt(text[at:]), durationsAccepted)
		}
		amount, err := exact(text, at, length)
		if err != nil {
			return nil, err
		}
		if text[at] == '-' {
			return nil, syntaxErrorf(text, at, "%s is negative; a duration is at least 0s", excerpt(text))
		}
		at += length
		letters := scanUnit(text[at:])
		name := text[at : at+letters]
		unit, known := units[name]
		switch {
		case name == "" && at == len(text):
			return nil, syntaxErrorf(text, at, "%s has no unit; %s", excerpt(text), durationsAccepted)
		case name == "":
			return nil, syntaxErrorf(text, at, "%s stands where a unit is expected; %s", excerpt(text[at:]), durationsAccepted)
		case !known:
			return nil, syntaxErrorf(text, at, "%s is not a unit of duration; %s", excerpt(name), durationsAccepted)
		}
		sum.Add(sum, amount.Mul(amount, big.NewRat(unit[0], unit[1])))
		at += letters
	}
	return sum, nil
}

// ParseRate reads a rate such as 10/s, 1e3/s, 30/m or 1/d and returns the nearest float64 per
// second. The rate must be 0 or lie between once in 292 years and 1e7/s.
func ParseRate(text string) (perSecond float64, err error) {
	rate, err := parseRate(text)
	if err != nil {
		return 0, err
	}
	perSecond, _ = rate.Float64()
	switch {
	case perSecond > maxRate:
		return 0, syntaxErrorf(text, 0, "%s is above 1e7/s, too fast for a clock that counts nanoseconds", excerpt(text))
	case perSecond < minRate && rate.Sign() != 0:
		return 0, syntaxErrorf(text, 0, "%s is less than once in 292 years, where virtual time ends", excerpt(text))
	}
	return perSecond, nil
}

// parseRate returns the exact value of a rate; it refuses negative ones.
func parseRate(text string) (*big.Rat, error) {
	length := scanNumber(text)
	if length == 0 {
		return nil, syntaxErrorf(text, 0, "%s does not begin with a number; %s", excerpt(text), ratesAccepted)
	}
	amount, err := exact(text, 0, length)
	if err != nil {
		return nil, err
	}
	if text[0] == '-' {
		return nil, syntaxErrorf(text, 0, "%s is negative; a rate is at least 0/s", excerpt(text))
	}
	name, slash := strings.CutPrefix(text[length:], "/")
	if !slash {
		return nil, syntaxErrorf(text, length, "%s has no slash and unit after its number; %s", excerpt(text), ratesAccepted)
	}
	unit, known := units[name]
	if !known || unit[1] > 1e3 { // µs and ns are refused: rates per µs or ns would exceed the bounds
		return nil, syntaxErrorf(text, length+1, "%s is not a unit of a rate; %s", excerpt(name), ratesAccepted)
	}
	return amount.Mul(amount, big.NewRat(unit[1], unit[0])), nil
}

// scanNumber returns the length of the decimal number at the start of text, with its sign and
// exponent; 0 if text does not start with a number.
func scanNumber(text string) int {
	i := 0
	digits := func() bool {
		from := i
		for i < len(text) && '0' <= text[i] && text[i] <= '9' {
			i++
		}
		return i > from
	}
	sign := func() {
		if i < len(text) && (text[i] == '-' || text[i] == '+') {
			i++
		}
	}
	sign()
	some := digits()
	if i < len(text) && text[i] == '.' {
		i++
		some = digits() || some
	}
	if !some {
		return 0
	}
	if end := i; i < len(text) && (text[i] == 'e' || text[i] == 'E') {
		i++
		sign()
		if !digits() {
			return end
		}
	}
	return i
}

// scanUnit returns the length of the text up to the next number, where a unit is expected.
func scanUnit(text string) int {
	for i, r := range text {
		if r < utf8.RuneSelf && strings.ContainsRune("0123456789+-. ", r) {
			return i
		}
	}
	return len(text)
}

// exact returns the value of the decimal number of a given length at an offset of text. It bounds
// the length and the exponent, since an exponent of a few digits can ask for gigabytes.
func exact(text string, offset, length int) (*big.Rat, error) {
	const maxLength, maxExponent = 64, 400
	number := text[offset : offset+length]
	if length > maxLength {
		return nil, syntaxErrorf(text, offset, "a number of %d characters; at most %d are accepted", length, maxLength)
	}
	if e := strings.IndexAny(number, "eE"); e >= 0 {
		if exponent, err := strconv.Atoi(number[e+1:]); err != nil || exponent < -maxExponent || exponent > maxExponent {
			return nil, syntaxErrorf(text, offset+e, "an exponent of %s; at most %d either way is accepted", number[e+1:], maxExponent)
		}
	}
	value, ok := new(big.Rat).SetString(number)
	if !ok {
		return nil, syntaxErrorf(text, offset, "%s is not a decimal number", excerpt(number))
	}
	return value, nil
}

// FormatDuration returns the shortest text that ParseDuration reads back to the same float64. It
// uses the largest of m, h and d in which the duration is a whole number of at least 2, otherwise
// s, ms, µs or ns with the fewest digits: 1.5288s, 60ms, 60s, 10m, 24h.
func FormatDuration(seconds float64) string {
	if math.IsNaN(seconds) || math.IsInf(seconds, 0) {
		return formatNumber(seconds) // ParseDuration refuses this text
	}
	for _, unit := range [...]struct {
		seconds float64
		name    string
	}{{86400, "d"}, {3600, "h"}, {60, "m"}} {
		if n := seconds / unit.seconds; n >= 2 && n == math.Trunc(n) && n*unit.seconds == seconds && n < 1e9 {
			return formatNumber(n) + unit.name
		}
	}
	return formatSmall(seconds)
}

// formatSmall writes a duration in s, ms, µs or ns by moving the decimal point in its shortest
// digits. This is exact; multiplying would round.
func formatSmall(seconds float64) string {
	if seconds == 0 {
		return "0s"
	}
	if seconds < 0 {
		return "-" + formatSmall(-seconds)
	}
	mantissa, power, _ := strings.Cut(strconv.FormatFloat(seconds, 'e', -1, 64), "e")
	digits := strings.Replace(mantissa, ".", "", 1)
	exponent, _ := strconv.Atoi(power) // of the first digit
	unit := "s"
	switch {
	case exponent >= 0:
	case exponent >= -3:
		unit, exponent = "ms", exponent+3
	case exponent >= -6:
		unit, exponent = "µs", exponent+6
	default:
		unit, exponent = "ns", exponent+9
	}
	switch {
	case exponent < 0 || exponent > 20:
		return digits + "e" + strconv.Itoa(exponent-len(digits)+1) + unit
	case len(digits) <= exponent+1:
		return digits + strings.Repeat("0", exponent+1-len(digits)) + unit
	}
	return digits[:exponent+1] + "." + digits[exponent+1:] + unit
}

// FormatRate returns a text that ParseRate reads back to the same float64: per second, unless this
// takes more than six digits and the rate per minute, hour or day does not: 1/s, 0.05/s, 1/m.
func FormatRate(perSecond float64) string {
	const digits = 6
	text := formatNumber(perSecond) + "/s"
	for _, unit := range [...]struct {
		seconds float64
		name    string
	}{{1, "/s"}, {60, "/m"}, {3600, "/h"}, {86400, "/d"}} {
		short := strconv.FormatFloat(perSecond*unit.seconds, 'g', digits, 64) + unit.name
		if back, err := ParseRate(short); err == nil && back == perSecond {
			if unit.seconds == 1 {
				return text
			}
			return short
		}
	}
	return text
}

// formatNumber returns the shortest decimal that reads back to x, without an exponent if the number
// is readable without one.
func formatNumber(x float64) string {
	if size := math.Abs(x); x == 0 || size >= 1e-4 && size < 1e15 {
		return strconv.FormatFloat(x, 'f', -1, 64)
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}

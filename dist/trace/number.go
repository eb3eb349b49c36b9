package trace

import (
	"bytes"
	"math"
	"math/big"
)

// Units of durations, in nanoseconds.
const (
	Nanosecond  int64 = 1
	Microsecond       = 1000 * Nanosecond
	Millisecond       = 1000 * Microsecond
	Second            = 1000 * Millisecond
	Minute            = 60 * Second
	Day               = 24 * 60 * Minute
)

// span reads a decimal number of units, each a power of ten of nanoseconds, and rounds it to the
// nearest nanosecond, halves up. It reads plain decimals by hand: strconv would go through float64
// and lose the nanoseconds of moments. ok is false if the cell is no number, or one beyond 292
// years either way.
func span(cell []byte, unit int64) (ns int64, ok bool) {
	if n := len(cell); n > 0 && (cell[0] <= ' ' || cell[n-1] <= ' ') {
		cell = bytes.TrimSpace(cell)
	}
	i, sign := 0, int64(1)
	if len(cell) > 0 && (cell[0] == '-' || cell[0] == '+') {
		if cell[0] == '-' {
			sign = -1
		}
		i = 1
	}
	limit := math.MaxInt64/unit - 1
	digits := 0
	for ; i < len(cell) && cell[i]-'0' <= 9; i++ {
		if ns > limit/10 {
			return unusualSpan(cell, unit)
		}
		ns = ns*10 + int64(cell[i]-'0')
		digits++
	}
	if ns > limit {
		return unusualSpan(cell, unit)
	}
	ns *= unit
	if i < len(cell) && cell[i] == '.' {
		i++
		scale := unit
		for ; i < len(cell) && cell[i]-'0' <= 9; i++ {
			digits++
			switch {
			case scale > 1:
				scale /= 10
				ns += int64(cell[i]-'0') * scale
			case scale == 1: // the first digit below a nanosecond rounds
				scale = 0
				if cell[i] >= '5' {
					ns++
				}
			}
		}
	}
	if i < len(cell) || digits == 0 {
		return unusualSpan(cell, unit)
	}
	return sign * ns, true
}

// unusualSpan reads numbers with an exponent, which some languages write for small ones, and large
// numbers.
func unusualSpan(cell []byte, unit int64) (ns int64, ok bool) {
	const mostDigits, mostExponent = 64, 40
	if len(cell) > mostDigits || !decimal(cell, mostExponent) {
		return 0, false
	}
	x, ok := new(big.Rat).SetString(string(cell))
	if !ok {
		return 0, false
	}
	x.Mul(x, new(big.Rat).SetInt64(2*unit))
	x.Add(x, big.NewRat(1, 1))
	twice := new(big.Int).Mul(x.Denom(), big.NewInt(2))
	rounded := new(big.Int).Div(x.Num(), twice) // ⌊(2x+1)/2⌋, the nearest
	if !rounded.IsInt64() || rounded.Int64() == Unknown {
		return 0, false
	}
	return rounded.Int64(), true
}

// decimal reports whether a text is a decimal number with an exponent of at most some size.
func decimal(text []byte, mostExponent int) bool {
	i, digits := 0, 0
	sign := func() {
		if i < len(text) && (text[i] == '-' || text[i] == '+') {
			i++
		}
	}
	sign()
	for ; i < len(text) && (text[i]-'0' <= 9 || text[i] == '.'); i++ {
		if text[i] != '.' {
			digits++
		}
	}
	if digits == 0 {
		return false
	}
	if i < len(text) && (text[i] == 'e' || text[i] == 'E') {
		i++
		sign()
		from, exponent := i, 0
		for ; i < len(text) && text[i]-'0' <= 9 && exponent <= mostExponent; i++ {
			exponent = exponent*10 + int(text[i]-'0')
		}
		if i == from || exponent > mostExponent {
			return false
		}
	}
	return i == len(text)
}

// whole reads a count, which some languages write as 816.0; ok is false if it is no number of at
// least 0.
func whole(cell []byte) (n int64, ok bool) {
	n, ok = span(cell, 1)
	return n, ok && n >= 0
}

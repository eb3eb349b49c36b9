package trace

import (
	"bytes"
	"strings"
	"time"

	"faaslab/dist"
)

// A clock reads the times of one file. The first one decides what all are: moments of the calendar,
// as numbers since 1970 in one unit or as text, or spans from a time 0.
type clock struct {
	unit    int64 // of numbers; ns
	known   bool
	numbers bool // since 1970, or since time 0
	moments bool // since 1970, as numbers or as text
}

// Moments lie in these years, as in dist.ParseMoment: numbers of different units are never both within.
var (
	earliest = time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC).UnixNano()
	latest   = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC).UnixNano()
)

// time returns the time in a cell, or the reason why there is none. unit is that of numbers that
// are not moments. The error is that of a log whose files have different kinds of times.
func (r *Reader) time(cell []byte, unit int64) (ns int64, reason string, err error) {
	ns, reason, err = r.timeOf(cell, unit)
	if reason == noTime && r.log.NoTime == "" {
		r.log.NoTime = excerpt(bytes.TrimSpace(cell))
	}
	return ns, reason, err
}

func (r *Reader) timeOf(cell []byte, unit int64) (ns int64, reason string, err error) {
	c := &r.clock
	cell = bytes.Trim(cell, " \t\"")
	if !c.known {
		if reason := c.decide(cell, unit); reason != "" {
			return 0, reason, nil
		}
		if r.log.timed && r.log.Calendar != c.moments {
			return 0, "", r.wrong("the time %s is %s, and in the file before it they are %s; want files that count time alike",
				excerpt(cell), kindOfTime(c.moments), kindOfTime(!c.moments))
		}
		r.log.timed, r.log.Calendar = true, c.moments
	}
	if !c.numbers {
		if ns, ok := rfc3339(cell); ok {
			return ns, "", nil
		}
		if at, ok := dist.ParseMoment(string(cell)); ok && at.Written == dist.AsText && 1970 <= at.Year() && at.Year() <= 2200 {
			return at.UnixNano(), "", nil
		}
		if _, ok := span(cell, Second); ok {
			return 0, otherUnit, nil
		}
		return 0, noTime, nil
	}
	ns, ok := span(cell, c.unit)
	switch {
	case !ok:
		if _, text := rfc3339(cell); text || hugeNumber(cell) {
			return 0, otherUnit, nil
		}
		return 0, noTime, nil
	case c.moments && (ns < earliest || ns >= latest) || !c.moments && ns >= earliest:
		return 0, otherUnit, nil
	case ns < 0:
		return 0, "a negative time", nil
	}
	return ns, "", nil
}

// decide learns from the first time what all are.
func (c *clock) decide(cell []byte, unit int64) (reason string) {
	at, ok := dist.ParseMoment(string(cell))
	switch {
	case ok && at.Written == dist.AsText:
		c.known, c.moments = true, true
	case ok:
		c.known, c.numbers, c.moments = true, true, true
		c.unit = at.Unit
	default:
		if _, ok := span(cell, unit); !ok {
			return noTime
		}
		c.known, c.numbers, c.unit = true, true, unit
	}
	return ""
}

func kindOfTime(moments bool) string {
	if moments {
		return "a moment of the calendar"
	}
	return "a span from a time 0"
}

// hugeNumber reports whether a cell has digits alone: a number beyond the range of span.
func hugeNumber(cell []byte) bool {
	return len(cell) > 0 && len(bytes.Trim(cell, "0123456789.")) == 0
}

// rfc3339 reads a moment in the form 2023-11-14T22:13:22.608Z, with any number of decimals, a
// space for the T, and Z or +hh:mm at the end. It is what most logs have; time.Parse takes five
// times as long.
func rfc3339(text []byte) (ns int64, ok bool) {
	if len(text) < len("2006-01-02T15:04:05") || text[4] != '-' || text[7] != '-' || text[10] != 'T' && text[10] != ' ' || text[13] != ':' || text[16] != ':' {
		return 0, false
	}
	number := func(from, to int) (n int) {
		for _, c := range text[from:to] {
			if c-'0' > 9 {
				ok = false
			}
			n = n*10 + int(c-'0')
		}
		return n
	}
	ok = true
	year, month, day := number(0, 4), number(5, 7), number(8, 10)
	hour, minute, second := number(11, 13), number(14, 16), number(17, 19)
	if !ok || year < 1970 || year > 2200 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) || hour > 23 || minute > 59 || second > 60 {
		return 0, false
	}
	ns = (daysSince1970(year, month, day)*86400 + int64(hour)*3600 + int64(minute)*60 + int64(second)) * Second
	text = text[19:]
	if len(text) > 0 && (text[0] == '.' || text[0] == ',') {
		i, scale := 1, Second/10
		for ; i < len(text) && text[i]-'0' <= 9; i++ {
			ns += int64(text[i]-'0') * scale
			scale /= 10
		}
		if i == 1 {
			return 0, false
		}
		text = text[i:]
	}
	switch {
	case len(text) == 0 || len(text) == 1 && (text[0] == 'Z' || text[0] == 'z'):
		return ns, true
	case len(text) == 6 && (text[0] == '+' || text[0] == '-') && text[3] == ':':
		hours, minutes := number2(text[1:3]), number2(text[4:6])
		if hours < 0 || minutes < 0 {
			return 0, false
		}
		shift := int64(hours*3600+minutes*60) * Second
		if text[0] == '+' {
			shift = -shift
		}
		return ns + shift, true
	}
	return 0, false
}

// number2 reads two digits; -1 if they are none.
func number2(text []byte) int {
	if text[0]-'0' > 9 || text[1]-'0' > 9 {
		return -1
	}
	return int(text[0]-'0')*10 + int(text[1]-'0')
}

// daysSince1970 counts days by the proleptic Gregorian calendar: years begin in March, so that the
// leap day is the last. (Howard Hinnant, chrono-Compatible Low-Level Date Algorithms, days_from_civil.)
func daysSince1970(year, month, day int) int64 {
	if month <= 2 {
		year--
		month += 12
	}
	era := year / 400
	ofEra := year - era*400
	dayOfYear := (153*(month-3)+2)/5 + day - 1
	return int64(era*146097 + ofEra*365 + ofEra/4 - ofEra/100 + dayOfYear - 719468)
}

func daysIn(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// excerpt quotes the beginning of a text in a message.
func excerpt(text []byte) string {
	const most = 40
	s := strings.ToValidUTF8(string(text[:min(len(text), most+4)]), "?")
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return `"` + strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f {
			return '?'
		}
		return c
	}, s) + `"`
}

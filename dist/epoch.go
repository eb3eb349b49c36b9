package dist

import (
	"strconv"
	"strings"
	"time"
)

// epochUnits are the units in which moments since 1970 are counted.
var epochUnits = []struct {
	name   string
	second float64 // in this unit
}{{"seconds", 1}, {"milliseconds", 1e3}, {"microseconds", 1e6}, {"nanoseconds", 1e9}}

// Recorded requests lie between these moments. As seconds from the start of a trace, the same
// numbers would be 20 years and more; in the four units, the ranges of numbers do not overlap.
var (
	earliestMoment = float64(time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC).Unix())
	latestMoment   = float64(time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC).Unix())
)

// momentLayouts are the forms in which moments are written as text. BigQuery and Athena write UTC
// behind a space, and Postgres writes the hours of a zone alone.
var momentLayouts = []string{time.RFC3339Nano, "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999 Z0700 MST", "2006-01-02 15:04:05.999999999",
	"2006-01-02T15:04:05.999999999", "2006-01-02T15:04:05.999999999Z0700", "2006/01/02 15:04:05.999999999", "02/Jan/2006:15:04:05 -0700", "2006-01-02",
	"2006-01-02 15:04:05.999999999 UTC", "2006-01-02 15:04:05.999999999Z07", "2006-01-02T15:04:05.999999999Z07", "2006-01-02 15:04:05.999999999 Z07:00"}

// AsText is the form of a moment that is written as a date, in Moment.
const AsText = "a date"

// A Moment is a moment of the calendar.
type Moment struct {
	time.Time        // UTC
	Unit      int64  // nanoseconds, of a number; 0: a date
	Written   string // the name of its form, such as "seconds since 1970", or AsText
}

// ParseMoment returns the moment that a cell of a table denotes; ok is false for any other cell,
// such as seconds from the start of a trace. A number is one from 1990 to 2099, in seconds,
// milliseconds, microseconds or nanoseconds since 1970, read to float64.
func ParseMoment(cell string) (at Moment, ok bool) {
	cell = unquoted(cell)
	if x, err := strconv.ParseFloat(cell, 64); err == nil {
		for _, u := range epochUnits {
			if s := x / u.second; s >= earliestMoment && s < latestMoment {
				whole := int64(s)
				return Moment{time.Unix(whole, int64((s-float64(whole))*1e9)).UTC(), int64(1e9 / u.second), u.name + " since 1970"}, true
			}
		}
		return Moment{}, false
	}
	for _, layout := range momentLayouts {
		if at, err := time.Parse(layout, cell); err == nil {
			return Moment{at.UTC(), 0, AsText}, true
		}
	}
	return Moment{}, false
}

// unquoted returns a cell without surrounding spaces and quotes.
func unquoted(cell string) string { return strings.Trim(cell, " \t\"") }

// refuseMoment returns an error if the first arrival time of a trace is a moment.
func (r *rows) refuseMoment(cell []byte) error {
	at, ok := ParseMoment(string(cell))
	if !ok {
		return nil
	}
	return r.errorf("the arrival time %s is the moment %s, as %s, and those of a trace count from its start; faaslab import csv %s --out DIR makes a scenario of it",
		excerpt(unquoted(string(cell))), at.Round(time.Millisecond).Format("2006-01-02 15:04:05.999 UTC"), at.Written, r.name)
}

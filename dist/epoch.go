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

// momentLayouts are the forms in which moments are written as text.
var momentLayouts = []string{time.RFC3339Nano, "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999 Z0700 MST", "2006-01-02 15:04:05.999999999",
	"2006-01-02T15:04:05.999999999", "2006-01-02T15:04:05.999999999Z0700", "2006/01/02 15:04:05.999999999", "02/Jan/2006:15:04:05 -0700", "2006-01-02"}

// moment returns the moment of the calendar that a cell denotes, and the name of its form. ok is
// false for any other cell, such as seconds from the start of a trace.
func moment(cell string) (at time.Time, written string, ok bool) {
	cell = unquoted(cell)
	if x, err := strconv.ParseFloat(cell, 64); err == nil {
		for _, u := range epochUnits {
			if s := x / u.second; s >= earliestMoment && s < latestMoment {
				whole := int64(s)
				return time.Unix(whole, int64((s-float64(whole))*1e9)).UTC().Round(time.Millisecond), u.name + " since 1970", true
			}
		}
		return time.Time{}, "", false
	}
	for _, layout := range momentLayouts {
		if at, err := time.Parse(layout, cell); err == nil {
			return at.UTC(), "a date", true
		}
	}
	return time.Time{}, "", false
}

// unquoted returns a cell without surrounding spaces and quotes.
func unquoted(cell string) string { return strings.Trim(cell, " \t\"") }

// refuseMoment returns an error if the first arrival time of a trace is a moment.
func (r *rows) refuseMoment(cell []byte) error {
	at, written, ok := moment(string(cell))
	if !ok {
		return nil
	}
	remedy := "subtract the first time from all"
	switch written {
	case "seconds since 1970":
	case "a date":
		remedy = "write the seconds since the first one"
	default:
		remedy += " and write the rest in seconds"
	}
	return r.errorf("the arrival time %s is the moment %s, as %s, and those of a trace count from its start; %s",
		excerpt(unquoted(string(cell))), at.Format("2006-01-02 15:04:05.999 UTC"), written, remedy)
}

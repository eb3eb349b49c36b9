package scenarios

import (
	"errors"
	"fmt"
	"math"

	"faaslab/dist"
	"faaslab/sim"
)

// longest is the end of virtual time in seconds, about 292 years.
const longest = math.MaxInt64 / 1e9

const (
	day  = 86400        // seconds
	year = 365.25 * day // seconds
)

// parseTime reads a duration. Beyond a day it counts in whole milliseconds: a
// float64 of seconds could not carry every nanosecond there and back.
func parseTime(text string) (sim.Time, error) {
	seconds, err := dist.ParseDuration(text)
	var syntax *dist.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return 0, errors.New(syntax.Message) // so short a text needs no caret
	case err != nil:
		return 0, err
	case seconds >= longest:
		return 0, fmt.Errorf("found %s, the end of virtual time; want less than 292 years", quoted(text))
	}
	return sim.FromSeconds(coarse(seconds)), nil
}

// formatTime returns the text that parseTime reads back to t, or never.
func formatTime(t sim.Time) string {
	if t == sim.Never {
		return never
	}
	return dist.FormatDuration(coarse(t.Seconds()))
}

// coarse rounds spans beyond a day to milliseconds.
func coarse(seconds float64) float64 {
	if seconds <= day {
		return seconds
	}
	return math.Round(seconds*1e3) / 1e3
}

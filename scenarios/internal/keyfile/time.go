package keyfile

import (
	"errors"
	"fmt"
	"math"

	"faaslab/dist"
	"faaslab/sim"
)

// Longest is the end of virtual time in seconds, about 292 years.
const Longest = math.MaxInt64 / 1e9

const (
	Day  = 86400        // seconds
	Year = 365.25 * Day // seconds
)

// ParseTime reads a duration. Beyond a day it counts in whole milliseconds: a
// float64 of seconds could not carry every nanosecond there and back.
func ParseTime(text string) (sim.Time, error) {
	seconds, err := dist.ParseDuration(text)
	var syntax *dist.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return 0, errors.New(syntax.Message) // so short a text needs no caret
	case err != nil:
		return 0, err
	case seconds >= Longest:
		return 0, fmt.Errorf("found %s, the end of virtual time; want less than 292 years", Quoted(text))
	}
	return sim.FromSeconds(coarse(seconds)), nil
}

// FormatTime returns the text that parseTime reads back to t, or never.
func FormatTime(t sim.Time) string {
	if t == sim.Never {
		return Never
	}
	return dist.FormatDuration(coarse(t.Seconds()))
}

// coarse rounds spans beyond a day to milliseconds.
func coarse(seconds float64) float64 {
	if seconds <= Day {
		return seconds
	}
	return math.Round(seconds*1e3) / 1e3
}

package keyfile

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"

	"faaslab/sim"
)

// What is accepted where a domain has no values of its own to name.
const (
	WantLaw      = "a distribution such as exponential(mean=1.5s)"
	WantArrivals = "an arrival process such as poisson(rate=1/s)"
)

// The words for no bound: of a number and of a duration.
const (
	Unlimited = "unlimited"
	Never     = "never"
)

// Lines holds the texts that are not blank and print on one line.
type Lines struct{}

// LongestLine is the most characters of a name or a description.
const LongestLine = 500

// Has reports whether the domain holds a text.
func (Lines) Has(text string) bool {
	return strings.TrimSpace(text) != "" && len([]rune(text)) <= LongestLine &&
		!strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) })
}

// Accepts says what the domain holds, in words.
func (Lines) Accepts() string {
	return fmt.Sprintf("a text of one line, 1 to %d characters", LongestLine)
}

// Spans holds the durations from least on that virtual time has, and Never or not.
type Spans struct {
	Least   sim.Time
	OrNever bool
}

// Has reports whether the domain holds a duration.
func (d Spans) Has(t sim.Time) bool { return t >= d.Least && (d.OrNever || t != sim.Never) }

// Accepts says what the domain holds, in words.
func (d Spans) Accepts() string {
	text := "a duration such as 90s or 1m30s, 0s or more"
	if d.Least > 0 {
		text = "a duration such as 90s or 1m30s, more than 0s"
	}
	if d.OrNever {
		text += ", or " + Never
	}
	return text
}

// Unbounded stands for a number without a bound, which a file calls unlimited.
const Unbounded = math.MaxInt

// Wholes holds the whole numbers from least to most, and Unbounded or not.
type Wholes struct {
	Least, Most int64
	OrUnlimited bool
}

// Has reports whether the domain holds a number.
func (d Wholes) Has(n int64) bool {
	return d.HasNumber(uint64(max(n, 0))) && n >= 0 || d.OrUnlimited && n == Unbounded
}

// HasNumber reports whether the domain holds a number that is written as one.
func (d Wholes) HasNumber(n uint64) bool { return n >= uint64(d.Least) && n <= uint64(d.Most) }

// Accepts says what the domain holds, in words.
func (d Wholes) Accepts() string {
	text := fmt.Sprintf("a whole number from %d to %d", d.Least, d.Most)
	if d.OrUnlimited {
		text += ", or " + Unlimited
	}
	return text
}

// Proportions holds the numbers from least to 1.
type Proportions struct{ Least float64 }

// Has reports whether the domain holds a number.
func (d Proportions) Has(x float64) bool { return x >= d.Least && x <= 1 }

// Accepts says what the domain holds, in words.
func (d Proportions) Accepts() string { return fmt.Sprintf("a number from %v to 1", d.Least) }

// Choices holds several values; the first is the default.
type Choices[T interface {
	comparable
	fmt.Stringer
}] []T

// Has reports whether a value is one of them.
func (d Choices[T]) Has(value T) bool { return slices.Contains(d, value) }

// Names returns how a file has the values.
func (d Choices[T]) Names() []string {
	names := make([]string, len(d))
	for i, v := range d {
		names[i] = v.String()
	}
	return names
}

// Accepts says what the domain holds, in words.
func (d Choices[T]) Accepts() string { return List(d.Names(), "or") }

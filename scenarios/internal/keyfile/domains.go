package keyfile

import (
	"fmt"
	"math"
	"slices"
	"strconv"
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
	switch {
	case d.Least > 1:
		text = "a duration such as 90s or 1m30s, " + FormatTime(d.Least) + " or more"
	case d.Least > 0: // a nanosecond
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
func (d Proportions) Has(x float64) bool { return d.numbers().Has(x) }

// Accepts says what the domain holds, in words.
func (d Proportions) Accepts() string { return d.numbers().Accepts() }

func (d Proportions) numbers() Numbers { return Numbers{d.Least, 1} }

// Numbers holds the numbers from least to most, both >= 0.
type Numbers struct{ Least, Most float64 }

// Has reports whether the domain holds a number.
func (d Numbers) Has(x float64) bool { return x >= d.Least && x <= d.Most }

// Accepts says what the domain holds, in words.
func (d Numbers) Accepts() string { return fmt.Sprintf("a number from %v to %v", d.Least, d.Most) }

// Parse reads a number of the domain.
func (d Numbers) Parse(text string) (float64, bool) {
	x, err := strconv.ParseFloat(text, 64)
	return math.Abs(x), err == nil && strings.Trim(text, "0123456789.eE+-") == "" && d.Has(x) // no negative zero
}

func (d Numbers) schema() Fragment {
	return Fragment{"type": "number", "minimum": d.Least, "maximum": d.Most}
}

// Lists holds the lists of 1 to Most numbers.
type Lists struct {
	Of   Numbers
	Most int
}

// Has reports whether the domain holds a list.
func (d Lists) Has(list []float64) bool {
	return len(list) > 0 && len(list) <= d.Most && !slices.ContainsFunc(list, func(x float64) bool { return !d.Of.Has(x) })
}

// Accepts says what the domain holds, in words.
func (d Lists) Accepts() string {
	return fmt.Sprintf("a list of 1 to %d numbers from %v to %v, such as [1, 1.5]", d.Most, d.Of.Least, d.Of.Most)
}

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

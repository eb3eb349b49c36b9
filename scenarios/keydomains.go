package scenarios

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"faaslab/platform"
	"faaslab/sim"
)

// What is accepted where a domain has no values of its own to name.
const (
	wantLaw      = "a distribution such as exponential(mean=1.5s)"
	wantArrivals = "an arrival process such as poisson(rate=1/s)"
)

const (
	unlimited = "unlimited"
	never     = "never"
)

// lineDomain holds the texts that are not blank and print on one line.
type lineDomain struct{}

// longestLine is the most characters of a name or a description.
const longestLine = 500

func (lineDomain) has(text string) bool {
	return strings.TrimSpace(text) != "" && len([]rune(text)) <= longestLine &&
		!strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) })
}

func (lineDomain) accepts() string {
	return fmt.Sprintf("a text of one line, 1 to %d characters", longestLine)
}

// spanDomain holds the durations from least on that virtual time has, and Never or not.
type spanDomain struct {
	least   sim.Time
	orNever bool
}

func (d spanDomain) has(t sim.Time) bool { return t >= d.least && (d.orNever || t != sim.Never) }

func (d spanDomain) accepts() string {
	text := "a duration such as 90s or 1m30s, 0s or more"
	if d.least > 0 {
		text = "a duration such as 90s or 1m30s, more than 0s"
	}
	if d.orNever {
		text += ", or " + never
	}
	return text
}

// wholeDomain holds the whole numbers from least to most, and platform.Unlimited or not.
type wholeDomain struct {
	least, most int64
	orUnlimited bool
}

func (d wholeDomain) has(n int64) bool {
	return d.hasNumber(uint64(max(n, 0))) && n >= 0 || d.orUnlimited && n == platform.Unlimited
}

// hasNumber reports whether the domain holds a number that is written as one.
func (d wholeDomain) hasNumber(n uint64) bool { return n >= uint64(d.least) && n <= uint64(d.most) }

func (d wholeDomain) accepts() string {
	text := fmt.Sprintf("a whole number from %d to %d", d.least, d.most)
	if d.orUnlimited {
		text += ", or " + unlimited
	}
	return text
}

// proportionDomain holds the numbers from least to 1.
type proportionDomain struct{ least float64 }

func (d proportionDomain) has(x float64) bool { return x >= d.least && x <= 1 }

func (d proportionDomain) accepts() string { return fmt.Sprintf("a number from %v to 1", d.least) }

// choiceDomain holds several values; the first is the default.
type choiceDomain[T interface {
	comparable
	fmt.Stringer
}] []T

func (d choiceDomain[T]) has(value T) bool { return slices.Contains(d, value) }

func (d choiceDomain[T]) names() []string {
	names := make([]string, len(d))
	for i, v := range d {
		names[i] = v.String()
	}
	return names
}

func (d choiceDomain[T]) accepts() string { return list(d.names(), "or") }

package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"faaslab/platform"
	"faaslab/scenarios/internal/keyfile"
	"faaslab/sim"
)

// A Limit asks for one more metric of both platforms: the fraction of served requests whose response time, or waiting
// time, is longer than a time, such as response_time>2s, or is not, such as waiting_time<=500ms. It is
// counted exactly, request by request, so that a scenario has it before it is simulated.
type Limit struct {
	Name   string // of the metric, without spaces: response_time>2s
	Of     string // platform.ResponseTime or platform.WaitingTime
	Than   sim.Time
	AtMost bool // of those that are not longer
}

// IsLimit reports whether the name of a metric is meant to be that of a Limit.
func IsLimit(name string) bool { return strings.ContainsAny(name, "<>≤≥") }

// ParseLimit reads the name of a metric such as response_time>2s or waiting_time <= 500ms.
func ParseLimit(name string) (Limit, error) {
	spelled := comparisons.Replace(name)
	at := max(strings.IndexAny(spelled, "<>"), 0)
	base := strings.TrimSpace(spelled[:at])
	than, atMost := strings.CutPrefix(spelled[at:], "<=")
	if !atMost {
		than = strings.TrimPrefix(than, ">")
	}
	than = strings.TrimSpace(than)
	switch {
	case !slices.Contains(platform.Limited(), base):
		return Limit{}, fmt.Errorf("found a limit of %s; only %s have one, as in response_time>2s", keyfile.Quoted(base), keyfile.List(platform.Limited(), "and"))
	case than == "" || strings.ContainsAny(than, "<>="):
		return Limit{}, fmt.Errorf("found %s; want %s>2s, the fraction of served requests above a time, or %[2]s<=2s, that of the others", keyfile.Quoted(name), base)
	}
	t, err := keyfile.ParseTime(than)
	if err != nil {
		return Limit{}, err
	}
	operator := ">"
	if atMost {
		operator = "<="
	}
	return Limit{Name: base + operator + than, Of: base, Than: t, AtMost: atMost}, nil
}

// comparisons spells ≤ and ≥ as ASCII has them.
var comparisons = strings.NewReplacer("≤", "<=", "≥", ">=")

// metric returns the metric that the limit asks for.
func (l Limit) metric() platform.Metric { return platform.Beyond(l.Of, l.Name, l.Than, l.AtMost) }

// limits returns the times beyond which responses and waits are counted.
func (s Scenario) limits() (responses, waits []sim.Time) {
	for _, l := range s.Limits {
		if l.Of == platform.WaitingTime {
			waits = append(waits, l.Than)
		} else {
			responses = append(responses, l.Than)
		}
	}
	return responses, waits
}

package fit

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"faaslab/dist"
)

// A Fitted is a law with the parameters under which a sample is most likely.
type Fitted struct {
	Name       string // of the law in the notation; shifted is that of the shifted exponential
	Law        dist.Distribution
	Parameters int // how many were fitted
	// LogLikelihood is the natural logarithm of the density of the sample, values in seconds; of constant,
	// which has no density, it is 0, the logarithm of the sample's probability.
	LogLikelihood float64
	AIC           float64 // 2 Parameters − 2 LogLikelihood
	KS            float64 // Kolmogorov–Smirnov distance of the law and the sample, 0 to 1
}

// An Omitted is a law without a fit.
type Omitted struct {
	Name   string // as of a Fitted
	Reason string // a clause, such as "a value is 0, where it has no density"
}

// A candidate is a law that Try fits.
type candidate struct {
	name       string
	parameters int
	// fit returns the law and the log-likelihood of the sample, whose values are not all the same;
	// without a fit, the reason.
	fit func(s *sample) (law dist.Distribution, logLikelihood float64, reason string)
}

// candidates are in the order of the notation, which is also that of laws with the same AIC.
var candidates = []candidate{
	{"constant", 1, func(*sample) (dist.Distribution, float64, string) { return nil, 0, "the values differ" }},
	{"exponential", 1, exponential},
	{"erlang", 2, erlang},
	{"gamma", 2, gamma},
	{"lognormal", 2, lognormal},
	{"weibull", 2, weibull},
	{"pareto", 2, pareto},
	{"hyperexponential", 2, hyperexponential},
	{"uniform", 2, uniform},
	{"normal", 2, normal},
	{"shifted", 2, shifted},
}

// Names returns the names of all laws that Laws fits, in the order of the notation.
func Names() (names []string) {
	for _, c := range candidates {
		names = append(names, c.name)
	}
	return names
}

// Laws returns the laws that have a fit to a sample of durations, the least AIC first. The durations
// are in seconds, in any order, and stay as they are; Laws panics if one is negative, NaN or
// infinite. Of an empty sample there are no laws.
func Laws(durations []float64) []Fitted {
	fitted, _ := Try(durations)
	return fitted
}

// Try is Laws, and also returns the laws without a fit, in the order of the notation.
func Try(durations []float64) (fitted []Fitted, omitted []Omitted) {
	if len(durations) == 0 {
		return nil, nil
	}
	s := newSample(durations)
	for _, c := range candidates {
		found, reason := c.try(s)
		if reason != "" {
			omitted = append(omitted, Omitted{c.name, reason})
			continue
		}
		found.KS = distance(s.values, found.Law)
		fitted = append(fitted, found)
	}
	slices.SortStableFunc(fitted, func(a, b Fitted) int { return cmp.Compare(a.AIC, b.AIC) })
	return fitted, omitted
}

// longest is the end of virtual time in seconds, 292 years.
const longest = math.MaxInt64 / 1e9

// try returns the candidate's fit to any sample, but for its distance; without a fit, the reason.
func (c candidate) try(s *sample) (found Fitted, reason string) {
	found = Fitted{Name: c.name, Parameters: c.parameters}
	switch {
	case s.most > longest:
		return found, "a value is beyond 292 years, where virtual time ends"
	case s.least < s.most:
		found.Law, found.LogLikelihood, reason = c.fit(s)
	case c.name == "constant":
		found.Law = dist.Constant{Value: s.least}
	default:
		return found, "all values are the same, which constant alone describes"
	}
	if reason == "" {
		reason = outside(c.name, found.Law)
	}
	found.AIC = 2*float64(c.parameters) - 2*found.LogLikelihood
	return found, reason
}

// outside says which parameter of a law is not a number or lies outside the domain that the notation
// accepts; empty if none does.
func outside(name string, law dist.Distribution) string {
	err := dist.Check(law)
	if err == nil {
		return ""
	}
	if short := dist.Check(Rounded(law, 3)); short != nil {
		err = short // easier to read
	}
	return "most likely outside the notation: " + strings.TrimPrefix(err.Error(), name+": ")
}

// Rounded returns a fitted law with its parameters rounded to a number of significant digits, as a
// scenario has them: more than six say nothing that a sample can know. Laws of other kinds than Laws returns
// stay as they are.
func Rounded(law dist.Distribution, digits int) dist.Distribution {
	r := func(x float64) float64 {
		rounded, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'g', digits, 64), 64) // cannot fail: just formatted
		return rounded
	}
	switch l := law.(type) {
	case dist.Constant:
		return dist.Constant{Value: r(l.Value)}
	case dist.Exponential:
		return dist.Exponential{Mean: r(l.Mean)}
	case dist.Erlang:
		return dist.Erlang{K: l.K, Mean: r(l.Mean)}
	case dist.Gamma:
		return dist.Gamma{Mean: r(l.Mean), CV: r(l.CV)}
	case dist.Lognormal:
		return dist.Lognormal{Mean: r(l.Mean), CV: r(l.CV)}
	case dist.Weibull:
		return dist.Weibull{Shape: r(l.Shape), Mean: r(l.Mean)}
	case dist.Pareto:
		return dist.Pareto{Shape: r(l.Shape), Mean: r(l.Mean)}
	case dist.Hyperexponential:
		return dist.Hyperexponential{Mean: r(l.Mean), CV: r(l.CV)}
	case dist.Uniform:
		if low, high := r(l.Min), r(l.Max); low < high {
			return dist.Uniform{Min: low, Max: high}
		}
	case dist.Normal:
		return dist.Normal{Mean: r(l.Mean), SD: r(l.SD)}
	case dist.Shifted:
		return dist.Shifted{By: r(l.By), Of: Rounded(l.Of, digits)}
	}
	return law
}

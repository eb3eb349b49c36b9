package importing

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"faaslab/dist"
	"faaslab/dist/fit"
)

// A Sample is a sample of durations, in seconds, with the laws that fit it.
type Sample struct {
	Of   string  `json:"of"` // the key of the scenario: warm, cold or startup
	N    int64   `json:"n"`
	Kept int     `json:"kept"` // of them, chosen at random, for laws and quantiles
	Mean float64 `json:"mean"`
	CV   float64 `json:"cv"`
	P99  float64 `json:"p99"`
	Most float64 `json:"most"`
	// Taken is the law that the scenario says.
	Taken      string `json:"taken"`
	Laws       []Law  `json:"laws"` // the best by AIC first
	WithoutFit []struct {
		Name   string `json:"name"`
		Reason string `json:"reason"`
	} `json:"without_fit"`
}

// A Law is a fitted law beside the sample: what it says of the mean, the coefficient of variation and
// the 99th percentile. A moment that does not exist is nil.
type Law struct {
	Name       string   `json:"name"`
	Law        string   `json:"law"`
	Parameters int      `json:"parameters"`
	Likelihood float64  `json:"log_likelihood"`
	AIC        float64  `json:"aic"`
	KS         float64  `json:"ks"`
	Mean       *float64 `json:"mean"`
	CV         *float64 `json:"cv"`
	P99        float64  `json:"p99"`

	short string // the law with fewer digits
}

const (
	empiricalLaw = "empirical"
	quantilesLaw = "quantiles"
)

// Laws returns the names of the laws that a scenario may say.
func Laws() []string { return append([]string{empiricalLaw, quantilesLaw}, fit.Names()...) }

func checkLaws(name string) error {
	if name != "" && !slices.Contains(Laws(), name) {
		return fmt.Errorf("--laws %s: want one of %s", name, strings.Join(Laws(), ", "))
	}
	return nil
}

// Significant digits of the parameters of fitted laws, and of those in tables.
const digits, shownDigits = 6, 3

// writeLaw writes the law of a sample under a key, and its data if the law draws from them.
func (p *pass) writeLaw(y *yaml, found *Found, key, file string, r *reservoir) error {
	values := r.seconds()
	sorted := slices.Sorted(slices.Values(values))
	s := Sample{Of: key, Laws: []Law{}, N: r.n, Kept: len(values), Most: float64(r.most) / 1e9, P99: quantile(sorted, 0.99)}
	s.Mean, s.CV = r.moments()
	fitted, without := fit.Try(values)
	for _, f := range fitted {
		l := Law{Name: f.Name, Law: fit.Rounded(f.Law, digits).String(), Parameters: f.Parameters, Likelihood: f.LogLikelihood, AIC: f.AIC, KS: f.KS, P99: f.Law.Quantile(0.99), short: fit.Rounded(f.Law, shownDigits).String()}
		if mean, variance := f.Law.Moments(); !math.IsInf(mean, 0) {
			l.Mean = &mean
			if cv := math.Sqrt(variance) / mean; !math.IsInf(cv, 0) && mean > 0 {
				l.CV = &cv
			}
		}
		s.Laws = append(s.Laws, l)
	}
	for _, o := range without {
		s.WithoutFit = append(s.WithoutFit, struct {
			Name   string `json:"name"`
			Reason string `json:"reason"`
		}(o))
	}
	law, exists := p.law(&s, found, key, file, sorted)
	s.Taken = law
	if s.N > int64(s.Kept) {
		found.note("%s: %d of the %d values are kept, chosen at random", key, s.Kept, s.N)
		y.comment("  %s: a random sample of %d of %d values", key, s.Kept, s.N)
	}
	if exists != "" {
		y.comment("  %s", exists)
	}
	y.line("  %s: %s", key, law)
	found.Samples = append(found.Samples, s)
	if law != empiricalOf(file) {
		return nil
	}
	return p.create(file, func(w io.Writer) error { return r.write(w) })
}

func empiricalOf(file string) string { return "empirical(" + file + ")" }

// law returns the law of the scenario, and a comment on it.
func (p *pass) law(s *Sample, found *Found, key, file string, sorted []float64) (law, comment string) {
	name := p.o.Laws
	switch {
	case name == "" || name == empiricalLaw:
		return empiricalOf(file), ""
	case name == quantilesLaw && len(sorted) > 1 && sorted[0] < sorted[len(sorted)-1]:
		return quantilesOf(sorted), ""
	case len(s.Laws) == 1 && s.Laws[0].Name == "constant": // all values are the same
		return s.Laws[0].Law, ""
	}
	i := slices.IndexFunc(s.Laws, func(l Law) bool { return l.Name == name })
	if i >= 0 {
		l := s.Laws[i]
		return l.Law, fmt.Sprintf("Fitted to %d values: Kolmogorov-Smirnov distance %.3f.", s.Kept, l.KS)
	}
	reason := "there is none"
	for _, o := range s.WithoutFit {
		if o.Name == name {
			reason = o.Reason
		}
	}
	found.warn("%s: %s has no fit (%s), so the scenario says %s", key, name, reason, empiricalOf(file))
	return empiricalOf(file), ""
}

// quantile returns the smallest of sorted values that a fraction p of them does not exceed.
func quantile(sorted []float64, p float64) float64 {
	i := int(math.Ceil(p*float64(len(sorted)))) - 1
	return sorted[min(max(i, 0), len(sorted)-1)]
}

// quantilesOf returns the law of some quantiles of sorted values, which are not all the same.
func quantilesOf(sorted []float64) string {
	var points []string
	for _, p := range []float64{0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1} {
		points = append(points, fmt.Sprintf("%v: %s", p, dist.FormatDuration(quantile(sorted, p))))
	}
	return "quantiles(" + strings.Join(points, ", ") + ")"
}

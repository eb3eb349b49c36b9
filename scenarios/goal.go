package scenarios

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/stat/distuv"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/scenarios/internal/keyfile"
	"faaslab/sim"
	"faaslab/sim/stats"
)

// A Goal is a condition on a metric of one platform, in steady state or over the slots of a transient: to be at most a
// bound, or at least.
type Goal struct {
	Platform string // the name of the platform
	Metric   platform.Metric
	Over     Over    // a value of all slots of a transient; Steady: the metric is that of the steady state
	AtLeast  bool    // else at most
	Strict   bool    // not even equal to the bound
	Bound    float64 // in the unit of the metric: a fraction, seconds, a count …
	text     string
	limit    *Limit // nil: the metric is one of the platform's own
}

// Over is the value of a metric in the slots of a transient that a goal is about.
type Over uint8

// Steady is none. Max is the largest value of a slot, Min the least, and Mean the mean of all slots. Slots in which
// nothing was observed do not count.
const (
	Steady Over = iota
	Max
	Min
	Mean
)

var overNames = [...]string{"", "max", "min", "mean"}

// String returns the name of the function in a goal; that of Steady is empty.
func (o Over) String() string { return overNames[o] }

// String returns the goal as it was written, with single spaces.
func (g Goal) String() string { return g.text }

// A Verdict says whether a goal is met, judged by an interval.
type Verdict uint8

// The verdicts. Met and Missed hold with 95 % confidence: the interval, widened because a search looks many
// times, is on one side of the bound.
const (
	Undecided Verdict = iota
	Met
	Missed
)

// String returns the verdict in one word.
func (v Verdict) String() string { return [...]string{"undecided", "met", "missed"}[v] }

// A Judgement is a metric's estimate and what follows from it for a goal.
type Judgement struct {
	stats.Estimate
	Verdict Verdict
}

// judge returns what an estimate, of so many that are looked at together, says of the goal: nothing where there is no
// estimate or no interval.
func (g Goal) judge(e stats.Estimate, looks int) Judgement {
	// Distances into what meets the goal, of the two ends of the interval.
	wide := e.HalfWidth * widening(e.N, looks)
	worst, best := g.Bound-(e.Mean+wide), g.Bound-(e.Mean-wide)
	if g.AtLeast {
		worst, best = e.Mean-wide-g.Bound, e.Mean+wide-g.Bound
	}
	switch {
	case worst > 0 || worst == 0 && !g.Strict:
		return Judgement{e, Met}
	case best < 0 || best == 0 && g.Strict:
		return Judgement{e, Missed}
	}
	return Judgement{e, Undecided}
}

// judgeSlots returns what the estimates of a metric in the slots of a transient say of the goal, with the estimate of
// the slot that decides, or the mean of all: of the slots of that verdict, the one with the largest value, or the
// least. All slots are looked at together, so each interval is widened as for one look of as many (Bonferroni); the
// interval of a mean is the mean of the intervals, since slots of the same path may depend on each other in any way.
func (g Goal) judgeSlots(estimates []stats.Estimate, exact bool) (j Judgement, slot int) {
	j.Estimate, slot = stats.Estimate{Mean: math.NaN(), HalfWidth: math.NaN()}, -1
	known := 0
	for _, e := range estimates {
		if !math.IsNaN(e.Mean) {
			known++
		}
	}
	if known == 0 {
		return j, slot
	}
	looks, sum, all := known, stats.Estimate{}, Met
	if g.Over == Mean {
		looks = 1
	}
	some := false // a slot meets the goal for certain
	missed := true
	verdicts := make([]Verdict, len(estimates))
	for i, e := range estimates {
		if math.IsNaN(e.Mean) {
			continue
		}
		if exact {
			e.HalfWidth = 0
		}
		sum.Mean, sum.HalfWidth, sum.N = sum.Mean+e.Mean/float64(known), sum.HalfWidth+e.HalfWidth/float64(known), e.N
		verdict := g.judge(e, looks).Verdict
		verdicts[i] = verdict
		some, missed = some || verdict == Met, missed && verdict == Missed
		if verdict == Missed || verdict == Undecided && all == Met {
			all = verdict
		}
	}
	switch {
	case g.Over == Mean:
		return Judgement{sum, g.judge(sum, 1).Verdict}, -1
	case (g.Over == Max) != g.AtLeast: // every slot must meet it
		j.Verdict = all
	case some:
		j.Verdict = Met
	case missed:
		j.Verdict = Missed
	}
	for i, e := range estimates {
		if !math.IsNaN(e.Mean) && verdicts[i] == j.Verdict && (slot < 0 || g.Over == Max && e.Mean > j.Mean || g.Over == Min && e.Mean < j.Mean) {
			j.Estimate, slot = e, i
		}
	}
	return j, slot
}

// lookConfidence is the confidence of the interval that decides one look at one value. Each look at a value just beyond the
// boundary is a chance to take it for one that meets the goal, and the counts of rare events are skewed: with 95 %, what is
// found met the goal for only 94 of 100 seeds of TestWhatTuneFindsMeetsTheGoal.
const lookConfidence = 0.99

// widening is by what factor the interval of n replications is too narrow for one look of several, at so many
// intervals together.
func widening(n, looks int) float64 {
	if n < 2 {
		return 1 // there is none
	}
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(n - 1)}
	return t.Quantile(1-(1-lookConfidence)/float64(2*looks)) / t.Quantile((1+stats.Confidence)/2)
}

// of returns the goal's metric of a result.
func (g Goal) of(r *Result) stats.Estimate {
	e, ok := r.Platform(g.Platform).Metric(g.Metric.Name)
	if !ok {
		panic("scenarios: a result without the metric of a goal: " + g.Metric.Name)
	}
	return e
}

// ParseGoals reads texts of the form METRIC <= VALUE that a flag, such as --goal, was given, for a
// scenario; <, >= and > are accepted, too. The value has the metric's unit: 1%, 2s, 3, 5/s. A metric is that of the
// container platform, if the scenario has one and that has the metric, unless its name begins with
// container. or wasm.; response_time>2s is the fraction of served requests slower than that (ParseLimit). The errors are returned together.
func ParseGoals(flag string, texts []string, s Scenario) ([]Goal, error) {
	var all keyfile.Problems
	var goals []Goal
	for _, text := range texts {
		g, err := s.parseGoal(text)
		if err == nil && slices.ContainsFunc(goals, func(o Goal) bool { return o.text == g.text }) {
			err = errors.New("the goal is there twice")
		}
		if err != nil {
			all.Add(keyfile.Place{Text: flag + " " + keyfile.Legible(text)}, "%w", err)
			continue
		}
		goals = append(goals, g)
	}
	return goals, all.Join()
}

const wantGoal = "want METRIC <= VALUE, such as cold_start_probability <= 1%, with <=, <, >= or >"

const wantOver = "want the metric alone or, over the slots of a transient, max(METRIC), min(METRIC) or mean(METRIC), such as max(response_time_p95) <= 5s"

func (s Scenario) parseGoal(text string) (Goal, error) {
	spelled := comparisons.Replace(text)
	at := strings.LastIndexAny(spelled, "<>")
	if at < 0 {
		return Goal{}, fmt.Errorf("found no comparison; %s", wantGoal)
	}
	name, operator, value := strings.TrimSpace(spelled[:at]), spelled[at:at+1], spelled[at+1:]
	over := Steady
	if function, inner, ok := strings.Cut(name, "("); ok {
		i := slices.Index(overNames[1:], strings.TrimSpace(function))
		inner, closed := strings.CutSuffix(inner, ")")
		if i < 0 || !closed {
			return Goal{}, fmt.Errorf("found %s; %s", keyfile.Quoted(name), wantOver)
		}
		over, name = Over(i+1), strings.TrimSpace(inner)
	}
	if rest, ok := strings.CutPrefix(value, "="); ok {
		operator, value = operator+"=", rest
	}
	value = strings.TrimSpace(value)
	if name == "" || value == "" || strings.ContainsAny(value, "=") {
		return Goal{}, fmt.Errorf("found %s; %s", keyfile.Quoted(text), wantGoal)
	}
	g, err := s.metricOf(name)
	if err != nil {
		return Goal{}, err
	}
	if g.Over = over; over != Steady && !g.Metric.Is(platform.PerSlot) {
		return Goal{}, fmt.Errorf("%s has no value in each slot of a transient; want another metric than instance_lifetime and the quantiles but response_time_p95", g.Metric.Name)
	}
	if g.Bound, err = parseBound(value, g.Metric.Unit); err != nil {
		return Goal{}, err
	}
	g.AtLeast, g.Strict = operator[0] == '>', len(operator) == 1
	if err := g.trivial(value); err != nil {
		return Goal{}, err
	}
	g.text = strings.Join(strings.Fields(name), "")
	if over != Steady {
		g.text = over.String() + "(" + g.text + ")"
	}
	g.text += " " + operator + " " + value
	return g, nil
}

// trivial returns an error if no value of the metric can miss the goal, or none can meet it: metrics are 0 or more, and
// probabilities at most 1.
func (g Goal) trivial(value string) error {
	atMost := math.Inf(1)
	if g.Metric.Unit == platform.Probability {
		atMost = 1
	}
	hint := ""
	if atMost == 1 && g.Bound == 1 && !strings.HasSuffix(value, "%") {
		hint = "; did you mean " + value + "%?"
	}
	always, never := g.Bound >= atMost && !g.Strict, g.Bound == 0 && g.Strict
	if g.AtLeast {
		always, never = g.Bound == 0 && !g.Strict, g.Bound >= atMost && g.Strict
	}
	switch {
	case always:
		return fmt.Errorf("every simulation meets it; want a bound that can be missed%s", hint)
	case never:
		return errors.New("no simulation meets it; want a bound that can be met")
	}
	return nil
}

// metricOf returns a goal on the metric that a name means.
func (s Scenario) metricOf(name string) (Goal, error) {
	among := s.Platforms()
	if prefix, rest, ok := strings.Cut(name, "."); ok && IsKind(prefix) {
		if !slices.Contains(among, prefix) {
			return Goal{}, fmt.Errorf("the scenario has no block %s", prefix)
		}
		among, name = []string{prefix}, strings.TrimSpace(rest)
	}
	if IsLimit(name) {
		l, err := ParseLimit(name)
		if err != nil {
			return Goal{}, err
		}
		return Goal{Platform: among[0], Metric: l.metric(), limit: &l}, nil
	}
	var names []string
	for _, p := range among {
		for _, m := range s.Metrics(p) {
			if m.Name == name {
				return Goal{Platform: p, Metric: m}, nil
			}
			if !slices.Contains(names, m.Name) {
				names = append(names, m.Name)
			}
		}
	}
	for _, m := range platform.Costs() {
		if m.Name == name {
			return Goal{}, fmt.Errorf("%s needs prices, and the scenario gives none for it: see the block pricing", name)
		}
	}
	if name == platform.ReleasingInstances {
		return Goal{}, fmt.Errorf("%s needs container.release, and the scenario has none", name)
	}
	hint := ""
	if i := keyfile.Nearest(keyfile.Clip(name), keyfile.FewEdits(name), names); i >= 0 {
		hint = "did you mean " + names[i] + "? "
	}
	return Goal{}, fmt.Errorf("unknown metric %s; %swant one of %s", keyfile.Quoted(name), hint, keyfile.List(names, "or"))
}

// parseBound reads the bound of a goal in the unit of its metric.
func parseBound(text string, unit platform.Unit) (float64, error) {
	switch unit {
	case platform.Seconds:
		t, err := keyfile.ParseTime(text)
		return t.Seconds(), err
	case platform.PerSecond:
		rate, err := dist.ParseRate(text)
		var syntax *dist.SyntaxError
		if errors.As(err, &syntax) {
			err = errors.New(syntax.Message)
		}
		return rate, err
	}
	if unit == platform.Megabytes {
		if gb, ok := keyfile.ParseMemory(text); ok {
			return 1024 * gb, nil
		}
	}
	accepts := "a number of 0 or more"
	if unit == platform.Megabytes {
		accepts = "a memory size such as 512MB or 2GB, or a number of MB"
	}
	number, percent := text, false
	if unit == platform.Probability {
		accepts = "a fraction such as 1% or 0.01, at most 100%"
		number, percent = strings.CutSuffix(text, "%")
	}
	x, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if percent {
		x /= 100
	}
	if err != nil || !(x >= 0) || math.IsInf(x, 0) || unit == platform.Probability && x > 1 {
		err := keyfile.Wrong(text, accepts)
		if unit == platform.Probability && !percent && x > 1 && x <= 100 {
			err = fmt.Errorf("%w; did you mean %s%%?", err, strings.TrimSpace(number))
		}
		return 0, err
	}
	return x, nil
}

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

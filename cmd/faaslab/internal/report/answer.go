package report

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"faaslab/cmd/faaslab/internal/chart"
	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/words"
	"faaslab/dist"
	"faaslab/platform"
	"faaslab/scenarios"
	"faaslab/sim/stats"
)

// writeAnswer writes the result of a run for each platform in a few sentences, each on a line. It
// skips a platform some of whose metrics --metrics leaves out, since the reader then looks for
// particular numbers.
func writeAnswer(w io.Writer, r *Report) {
	labels := 0
	for _, name := range r.Scenario.Platforms() {
		labels = max(labels, format.Width(words.PlatformLabel(name))+2)
	}
	begun := false
	for _, name := range r.Scenario.Platforms() {
		label := words.PlatformLabel(name)
		for _, sentence := range answer(r, name) {
			sentence = strings.ToUpper(sentence[:1]) + sentence[1:] // each begins with a letter or a digit
			if !begun {
				fmt.Fprintln(w)
				begun = true
			}
			format.ParagraphBehind(w, fmt.Sprintf("%-*s", labels, label), "  ", sentence)
			label = ""
		}
	}
}

// answer returns the sentences about a platform: starts and the fate of requests that are not
// served, response times, instances and the fraction of their time that they are idle, and costs
// where the scenario has prices.
func answer(r *Report, name string) (sentences []string) {
	p := r.Platform(name)
	found := func(metric string) stats.Estimate {
		e, ok := p.Metric(metric)
		if !ok {
			e.Mean = math.NaN()
		}
		return e
	}
	if len(p.Metrics) < len(r.Scenario.Metrics(name)) {
		return nil
	}
	response, p95, instances := found(platform.ResponseTime), found(platform.ResponseTimeP95), found(platform.Instances)
	if !r.Steady(name) {
		sentences = append(sentences, fmt.Sprintf("Overloaded: there is no steady state, and these are averages of %s.", format.Duration(p.Span)))
	}
	kind := scenarios.KindOf(name)
	switch {
	case p.Requests == 0:
		return append(sentences, "No request arrived.")
	case kind.Traits&platform.Pooled != 0:
		sentences = append(sentences, starts(found(platform.ColdStartProbability), found(platform.RejectionProbability), found(platform.TimeoutProbability)))
	case kind.EachStarts != nil:
		sentences = append(sentences, fmt.Sprintf("No cold starts: an %s for each request, %s.", kind.One, startedIn(kind.EachStarts(r.Scenario))))
	}
	switch waiting := found(platform.WaitingTime); {
	case math.IsNaN(response.Mean):
		sentences = append(sentences, "No request was served.")
	case waiting.Mean > leastWaiting*response.Mean:
		sentences = append(sentences, fmt.Sprintf("A response takes %s on average, %s of it waiting; 95 %% take at most %s.",
			roughly(response, platform.Seconds), roughly(waiting, platform.Seconds), roughly(p95, platform.Seconds)))
	default:
		sentences = append(sentences, fmt.Sprintf("A response takes %s on average; 95 %% take at most %s.",
			roughly(response, platform.Seconds), roughly(p95, platform.Seconds)))
	}
	sentences = append(sentences, kept(instances, found(platform.Idle)))
	return append(sentences, costs(r.Scenario, name, p, found)...)
}

// leastWaiting is the share of the response time from which on waiting is mentioned.
const leastWaiting = 1e-3

// starts returns a sentence about the requests that start cold, and those not served.
func starts(cold, rejected, timedOut stats.Estimate) string {
	var parts []string
	switch {
	case math.IsNaN(cold.Mean):
	case cold.Mean == 0 && cold.HalfWidth > 0:
		parts = append(parts, "No cold start was seen")
	case cold.Mean == 0:
		parts = append(parts, "No request starts cold")
	case cold.Mean >= 1:
		parts = append(parts, "Every request starts cold")
	case cold.Mean < 0.2:
		parts = append(parts, fmt.Sprintf("%s of requests start cold, one in %s", roughly(cold, platform.Probability), format.Thousands(int64(format.RoundTo(2, 1/cold.Mean)))))
	default:
		parts = append(parts, roughly(cold, platform.Probability)+" of requests start cold")
	}
	if rejected.Mean > 0 {
		parts = append(parts, roughly(rejected, platform.Probability)+" are rejected")
	}
	if timedOut.Mean > 0 {
		parts = append(parts, roughly(timedOut, platform.Probability)+" time out while they wait")
	}
	return strings.Join(parts, "; ") + "."
}

// startedIn says how long executors take to start.
func startedIn(startup dist.Distribution) string {
	if startup == nil {
		return "started at once"
	}
	mean, _ := startup.Moments()
	if mean == 0 {
		return "started at once"
	}
	return "started in " + roughly(stats.Estimate{Mean: mean}, platform.Seconds)
}

// kept says how many instances there are, and for how much of their time they are idle.
func kept(instances, idle stats.Estimate) string {
	text := roughly(instances, platform.Count) + " instances on average"
	if text == "1 instances on average" {
		text = "1 instance on average"
	}
	switch share := idle.Mean / instances.Mean; {
	case instances.Mean == 0:
		return "No instance was needed."
	case math.IsNaN(share) || share == 0:
		return text + ", never idle."
	case share < 0.0001:
		return text + ", idle for less than 0.01 % of their time."
	case share < 0.1:
		return text + fmt.Sprintf(", idle for %.2g %% of their time.", 100*share)
	case share >= 0.995 && share < 1:
		return text + ", idle for more than 99 % of their time."
	default:
		return text + fmt.Sprintf(", idle for %.0f %% of their time.", 100*share)
	}
}

// costs gives the cost of a million requests, and the share of idle instances in it.
func costs(s scenarios.Scenario, name string, p *scenarios.PlatformResult, found func(string) stats.Estimate) []string {
	var parts []string
	if user := found(platform.UserCost); !math.IsNaN(user.Mean) {
		parts = append(parts, "the user "+roughly(user, platform.Count))
	}
	if provider := found(platform.ProviderCost); !math.IsNaN(provider.Mean) {
		text := "the provider " + roughly(provider, platform.Count)
		idle, served, prices := 0.0, int64(0), s.Prices(name)
		for i := range p.Replications {
			idle += prices.IdleCost(&p.Replications[i])
			served += p.Replications[i].Served()
		}
		idle *= 1e6 / float64(served)
		if idle > 0 {
			provider.Mean = idle // known as precisely as the whole, or better
			text += ", " + roughly(provider, platform.Count) + " of it for idle instances"
		}
		parts = append(parts, text)
	}
	if parts == nil {
		return nil
	}
	return []string{strings.TrimSpace("A million requests cost "+strings.Join(parts, ", and ")+" "+s.Pricing.Currency) + "."}
}

// roughly writes an estimate for a sentence, with its unit: at most three significant digits,
// without digits that its interval leaves uncertain, and with "about" if the interval is wider than
// a tenth.
func roughly(e stats.Estimate, unit platform.Unit) string {
	s := format.ScaleOf(unit, format.RoundTo(3, e.Mean))
	mean, half := e.Mean*s.Factor, e.HalfWidth*s.Factor
	if mean == 0 || !chart.Finite(mean) {
		return format.WithUnit(format.Significant(mean), s.Unit)
	}
	if half <= math.Abs(mean)*1e-9 { // exact, except for rounding
		return format.WithUnit(format.Minus(strconv.FormatFloat(format.RoundTo(3, mean), 'f', -1, 64)), s.Unit)
	}
	first := int(math.Floor(math.Log10(math.Abs(format.RoundTo(3, mean))))) // the power of ten of the first digit
	last := first - 2
	about := ""
	if half > 0 {
		last = min(max(last, int(math.Floor(math.Log10(half)))), first)
		if half > math.Abs(mean)/10 {
			about = "about "
		}
	}
	step := math.Pow10(max(last, 0)) // 1 unless digits before the point are uncertain
	text := strconv.FormatFloat(math.Round(mean/step)*step, 'f', 0, 64)
	if last < 0 {
		text = strconv.FormatFloat(mean, 'f', -last, 64)
	}
	return about + format.WithUnit(format.Minus(text), s.Unit)
}

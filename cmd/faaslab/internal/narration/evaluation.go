package narration

import (
	"fmt"
	"math"
	"strconv"

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/platform/autoscaler"
	"faaslab/platform/scaling"
	"faaslab/scenarios"
)

// An EvaluationJSON is a decision of an autoscaler, with its reasons. Averages and the target are in the
// unit of the metric: requests, requests per second, or instances whose cores are in use.
type EvaluationJSON struct {
	Stable   float64  `json:"stable"`          // average over the window
	Panic    *float64 `json:"panic,omitempty"` // average over the panic window
	Target   float64  `json:"target"`          // of one instance
	Ready    int      `json:"ready"`
	Starting int      `json:"starting"`
	Asked    int      `json:"asked"`  // instances that the stable average asks for
	Wanted   int      `json:"wanted"` // the decision, before min_instances and max_instances
	// There is panic if the panic average is above PanicAbove; InPanic says that there is, from now or
	// from before.
	PanicAbove *float64 `json:"panic_above,omitempty"`
	InPanic    bool     `json:"in_panic,omitempty"`
	ByHand     []string `json:"by_hand"` // the decision, step by step
}

// newEvaluationJSON returns an evaluation as JSON has it; nil of nil.
func newEvaluationJSON(s scenarios.Scenario, v *scaling.Evaluation) *EvaluationJSON {
	if v == nil {
		return nil
	}
	rule := s.Autoscaler().Scaling.Rule
	out := EvaluationJSON{Stable: v.Stable, Target: format.RoundTo(12, rule.Target), Ready: v.Ready, Starting: v.Starting,
		Asked: v.Raw, Wanted: v.Desired, InPanic: v.Panicking, ByHand: byHand(s, v)}
	if rule.PanicWindow > 0 {
		above := format.RoundTo(12, rule.Target*(math.Ceil(rule.PanicThreshold*float64(max(v.Ready, 1)))-1))
		out.Panic, out.PanicAbove = &v.Load.Panic, &above
	}
	return &out
}

// byHand repeats a decision in the order of its steps, each as a sentence with its numbers.
func byHand(s scenarios.Scenario, v *scaling.Evaluation) (steps []string) {
	config := s.Autoscaler()
	rule := config.Scaling.Rule
	say := func(text string, values ...any) { steps = append(steps, fmt.Sprintf(text, values...)) }
	if rule.Algorithm == scaling.Utilization {
		say("%s", proposedBy(config.Scaling, v))
		if delay := max(rule.UpDelay, rule.DownDelay); delay > 0 && v.Undelayed != v.Raw {
			say("the delays: what was wanted in the last %s decides: %d", format.Span(delay), v.Undelayed)
		}
		if v.Desired != v.Undelayed {
			say("limit: at most %d: %d wanted", v.Most, v.Desired)
		}
		return append(steps, withinBounds(config, v)...)
	}
	unit := unitOf(config.Scaling.Metric)
	if v.ByCores {
		say("the use of cores asks for more than the %v: an instance in use is worth %s / %s = %s", config.Scaling.Metric, short(rule.Target)+unit, short(config.Scaling.CPUTarget), short(rule.Target/config.Scaling.CPUTarget)+unit)
	}
	asks := func(what string, average float64, count int) {
		say("%s: %s%s / %s = %s, rounded up: %s", what, short(average), unit, short(rule.Target)+unit, short(average/rule.Target), format.Counted(count, "instance"))
	}
	asks(fmt.Sprintf("stable average, %d s", rule.Window), v.Stable, v.Raw)
	if rule.PanicWindow > 0 {
		asks(fmt.Sprintf("panic average, %d s", rule.PanicWindow), v.Load.Panic, v.RawPanic)
	}
	ready := max(v.Ready, 1)
	of := fmt.Sprintf("%d ready", v.Ready)
	if v.Ready == 0 {
		of = "0 ready, which count as 1"
	}
	limits := fmt.Sprintf("limits, with %s: at least %d", of, v.Least)
	if !math.IsInf(rule.MaxUp, 1) {
		limits += fmt.Sprintf(", at most %d", v.Most)
	}
	say("%s", limits)
	if rule.PanicWindow > 0 {
		ratio := float64(v.RawPanic) / float64(ready)
		switch {
		case v.Over:
			say("panic: %d / %d = %s, and the threshold is %s: over it, so panic lasts for another %d s at least", v.RawPanic, ready, short(ratio), short(rule.PanicThreshold), rule.Window)
		case v.Panicking:
			say("panic: %d / %d = %s is below the threshold %s, but within %d s after it was over", v.RawPanic, ready, short(ratio), short(rule.PanicThreshold), rule.Window)
		default:
			say("panic: %d / %d = %s is below the threshold %s: none", v.RawPanic, ready, short(ratio), short(rule.PanicThreshold))
		}
	}
	if v.Panicking {
		say("in panic the larger of both counts, and never fewer than before in this panic: %d", v.Undelayed)
	} else if v.Undelayed != v.Raw {
		say("within the limits and the tolerance: %d", v.Undelayed)
	}
	if v.Desired != v.Undelayed {
		say("the delays: what was wanted in the last %s decides: %d", format.Span(max(rule.UpDelay, rule.DownDelay)), v.Desired)
	}
	return append(steps, withinBounds(config, v)...)
}

// proposedBy says what the measurement asks a HorizontalPodAutoscaler for.
func proposedBy(config *autoscaler.Scaling, v *scaling.Evaluation) string {
	if v.Ready == 0 {
		return fmt.Sprintf("nothing is measured, since no instance is ready: %d", v.Raw)
	}
	target, each := config.Rule.Target, v.Stable/float64(v.Ready)
	text := fmt.Sprintf("use of cores: %s of %d ready = %s %%, and the target is %s %%", short(v.Stable), v.Ready, short(math.Floor(100*each+1e-9)), short(100*target))
	if unit := unitOf(config.Metric); config.Metric != autoscaler.CPU {
		text = fmt.Sprintf("average, %d s: %s%s of %d ready = %s each, and the target is %s", config.Rule.Window, short(v.Stable), unit, v.Ready, short(each)+unit, short(target)+unit)
	}
	if v.Starting > 0 {
		text += fmt.Sprintf("; %d starting, counted as idle if that is more", v.Starting)
	}
	if v.Raw == v.Ready+v.Starting {
		return text + fmt.Sprintf(": no change, %d", v.Raw)
	}
	return text + fmt.Sprintf(": %s asked for", format.Counted(v.Raw, "instance"))
}

// withinBounds says what the bounds of the scenario make of a decision, if anything.
func withinBounds(config autoscaler.Config, v *scaling.Evaluation) []string {
	switch {
	case v.Desired < config.MinInstances:
		return []string{fmt.Sprintf("min_instances: %d", config.MinInstances)}
	case v.Desired > config.MaxInstances:
		return []string{fmt.Sprintf("max_instances: %d", config.MaxInstances)}
	case v.Desired == 0 && v.Ready > 0 && config.Scaling.EndsIdle:
		return []string{fmt.Sprintf("none: the last instances go %s after the last request", format.Span(config.Scaling.Retention))}
	case v.Desired == 0 && v.Ready > 0 && config.Scaling.Retention > 0:
		return []string{fmt.Sprintf("none: the last instances go after another %s", format.Span(config.Scaling.Retention))}
	}
	return nil
}

// unitOf returns what follows an average of a metric.
func unitOf(m autoscaler.Metric) string {
	if m == autoscaler.Requests {
		return "/s"
	}
	return ""
}

// short writes a number with four significant digits at most.
func short(x float64) string {
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 4, 64), 64)
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}

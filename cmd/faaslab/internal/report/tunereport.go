package report

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/dist"
	"faaslab/scenarios"
	"faaslab/validate"
)

// TuningWriters write the result of a tuning, by format.
var TuningWriters = map[string]func(io.Writer, *Tuning) error{
	"text": writeTuneText,
	"json": writeTuneJSON,
	"csv":  writeTuneCSV,
}

// A Tuning is the result of a search, with the models of the value found.
type Tuning struct {
	Tuning    scenarios.Tuning
	Tuned     *scenarios.Tuned
	Base      scenarios.Scenario // at some value of the range
	File      string             // the scenario's name on the command line; empty: the default
	Overrides []scenarios.Override
	Models    []validate.Solved
	Notes     []string
}

// AllGoals names the goals.
func (r *Tuning) AllGoals() string {
	var texts []string
	for _, g := range r.Tuning.Goals {
		texts = append(texts, g.String())
	}
	return strings.Join(texts, " and ")
}

// command returns the command that simulates a value with the same results, as parts that are not
// broken over lines.
func (r *Tuning) command(t *scenarios.Trial) (parts []string) {
	parts = []string{"faaslab run"}
	if r.File != "" {
		parts[0] += " " + format.ShellWord(r.File)
	}
	settings := slices.Clone(r.Overrides)
	if t.Transient != nil {
		parts = append(parts, "--transient "+dist.FormatDuration(t.Transient.Horizon.Seconds()))
		if r.Tuning.Slots > 0 {
			parts = append(parts, fmt.Sprint("--slots ", r.Tuning.Slots))
		}
		settings = slices.DeleteFunc(settings, func(o scenarios.Override) bool { return o.Key == "run.replications" })
		settings = append(settings, scenarios.Override{Key: r.Tuning.Range.Key, Value: t.Text}, scenarios.Override{Key: "run.replications", Value: fmt.Sprint(t.Transient.Replications)})
		for _, o := range settings {
			parts = append(parts, "--set "+format.ShellWord(o.Key+"="+o.Value))
		}
		return parts
	}
	found := r.Base.Run.Duration == 0 && t.Result.Replay == nil // the measured duration, unless the trace determines it
	if found {
		settings = slices.DeleteFunc(settings, func(o scenarios.Override) bool {
			return slices.Contains([]string{"run.warmup", "run.precision", "run.max_requests"}, o.Key)
		})
	}
	settings = append(settings, scenarios.Override{Key: r.Tuning.Range.Key, Value: t.Text})
	if found {
		settings = append(settings,
			scenarios.Override{Key: "run.warmup", Value: dist.FormatDuration(t.Result.Warmup.Seconds())},
			scenarios.Override{Key: "run.duration", Value: dist.FormatDuration(t.Result.Duration.Seconds())})
	}
	for _, o := range settings {
		parts = append(parts, "--set "+format.ShellWord(o.Key+"="+o.Value))
	}
	return parts
}

// wanted describes the value that the search looks for.
func (r *Tuning) wanted() string {
	if r.Tuning.Largest {
		return "The largest"
	}
	return "The smallest"
}

// bracket says between which values the boundary lies.
func (r *Tuning) bracket() string {
	found, beyond := r.Tuned.Found, r.Tuned.Beyond
	if beyond == nil {
		return fmt.Sprintf("the goals are met even at the end of the range, %s", found.Text)
	}
	text := fmt.Sprintf("met at %s, %s at %s", found.Text, status(beyond), beyond.Text)
	if status(beyond) == "undecided" {
		// How far could the boundary be?
		limit := fmt.Sprintf("run.max_requests=%d", r.Base.Run.MaxRequests)
		if beyond.Transient != nil {
			limit += fmt.Sprintf(", after %d replications,", beyond.Transient.Replications)
		} else if replay := beyond.Result.Replay; replay != nil && replay.Whole {
			limit = fmt.Sprintf("run.replications=%d", r.Base.Run.Replications)
		} else if r.Base.Run.Duration > 0 {
			limit = "run.duration=" + dist.FormatDuration(r.Base.Run.Duration.Seconds())
		}
		text += fmt.Sprintf(" (%s is too little to tell)", limit)
		if missed := r.nearestMissed(); missed != nil {
			text += fmt.Sprintf(", %s at %s", status(missed), missed.Text)
		}
	}
	return text
}

// nearestMissed returns the value nearest to the one found, beyond it, at which a goal is certainly
// missed.
func (r *Tuning) nearestMissed() *scenarios.Trial {
	trials := slices.Clone(r.Tuned.Trials)
	if !r.Tuning.Largest {
		slices.Reverse(trials)
	}
	past := false
	for _, t := range trials {
		if past = past || t == r.Tuned.Found; past && t.Missed() {
			return t
		}
	}
	return nil
}

// runs returns the stretches of neighbouring values for which a condition holds, as "from … to …".
func (r *Tuning) runs(holds func(*scenarios.Trial) bool) (texts []string) {
	trials := r.Tuned.Trials
	for i := 0; i < len(trials); i++ {
		if !holds(trials[i]) {
			continue
		}
		from := i
		for i+1 < len(trials) && holds(trials[i+1]) {
			i++
		}
		if from == i {
			texts = append(texts, "at "+trials[i].Text)
		} else {
			texts = append(texts, fmt.Sprintf("from %s to %s", trials[from].Text, trials[i].Text))
		}
	}
	return texts
}

// explanation says for each goal where it is met, or how close it comes, and why some values cannot
// be simulated.
func (r *Tuning) explanation() (lines []string) {
	alone := 0
	for i, g := range r.Tuning.Goals {
		met := r.runs(func(t *scenarios.Trial) bool { return t.Err == nil && t.Judgements[i].Verdict == scenarios.Met })
		if met != nil {
			alone++
			lines = append(lines, fmt.Sprintf("%s alone is met %s", g, strings.Join(met, " and ")))
			continue
		}
		if best := r.closest(i); best != nil {
			e := format.Show(best.Judgements[i].Estimate, g.Metric.Unit)
			nearest := format.WithUnit(e.Mean, e.Unit)
			if e.HalfWidth != "" {
				nearest += " ± " + format.WithUnit(e.HalfWidth, e.Unit)
			}
			lines = append(lines, fmt.Sprintf("%s is nowhere met: the nearest is %s at %s, %s", g, nearest, best.Text, best.Judgements[i].Verdict))
		} else {
			lines = append(lines, fmt.Sprintf("%s is nowhere met: nothing was observed that would give %s", g, g.Metric.Name))
		}
	}
	if alone == len(r.Tuning.Goals) && alone > 1 {
		lines = append(lines, "so they exclude each other at all values tried")
	}
	return append(lines, r.impossible()...)
}

// closest returns the value at which the metric of a goal is closest to the bound.
func (r *Tuning) closest(goal int) (best *scenarios.Trial) {
	distance := math.Inf(1)
	for _, t := range r.Tuned.Trials {
		if t.Err != nil {
			continue
		}
		d := t.Judgements[goal].Mean - r.Tuning.Goals[goal].Bound
		if r.Tuning.Goals[goal].AtLeast {
			d = -d
		}
		if d < distance {
			best, distance = t, d
		}
	}
	return best
}

// impossible lists the values that could not be simulated, with the reason for the first of each
// stretch.
func (r *Tuning) impossible() (lines []string) {
	before := false
	for _, t := range r.Tuned.Trials {
		if t.Err != nil && !before {
			lines = append(lines, fmt.Sprintf("impossible at %s: %s", t.Text, reason(t)))
		}
		before = t.Err != nil
	}
	return lines
}

// reason says on one line why a value could not be simulated. How to simulate it nonetheless is no advice here.
func reason(t *scenarios.Trial) string {
	reason, _ := format.ReasonAndAdvice(t.Err)
	return strings.ReplaceAll(reason, "\n", "; ")
}

// writeTrials writes a row for each value tried.
func (r *Tuning) writeTrials(w io.Writer) {
	t := format.Table{Keys: 1}
	header := []format.Cell{format.Left(r.Tuning.Range.Key)}
	for _, g := range r.Tuning.Goals {
		header = append(header, format.Over(4, g.String()))
	}
	t.Add(header...)
	for _, trial := range r.Tuned.Trials {
		row := []format.Cell{format.Left(trial.Text)}
		if trial.Err != nil {
			t.Add(append(row, format.Left(""), format.Unit(""), format.Left(""), format.Left("impossible"))...)
			continue
		}
		for i, j := range trial.Judgements {
			e := format.Show(j.Estimate, r.Tuning.Goals[i].Metric.Unit)
			halfWidth := ""
			if e.HalfWidth != "" {
				halfWidth = "± " + e.HalfWidth
			}
			row = append(row, format.Right(e.Mean), format.Unit(e.Unit), format.Left(halfWidth), format.Left(j.Verdict.String()))
		}
		if trial == r.Tuned.Found {
			row = append(row, format.Left("←"))
		}
		t.Add(row...)
	}
	t.Write(w, "  ")
	if r.Tuned.Found != nil {
		for _, line := range r.impossible() {
			format.Paragraph(w, "  ", "  ", line)
		}
	}
}

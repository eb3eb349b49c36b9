package report

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/words"
	"faaslab/scenarios"
	"faaslab/sim/stats"
)

// writeTuneText writes a tuning for a person: the value found, the evidence for it, and all values
// tried.
func writeTuneText(w io.Writer, r *Tuning) error {
	key := r.Tuning.Range.Key
	words.Title(w, r.Base, key)
	fmt.Fprintln(w)
	format.Paragraph(w, "", "  ", fmt.Sprintf("%s %s from %s to %s with %s", r.wanted(), key, r.Tuning.Range.From, r.Tuning.Range.To, r.AllGoals()))
	fmt.Fprintln(w)
	if found := r.Tuned.Found; found != nil {
		so := ""
		if r.Tuned.Interrupted {
			so = "  (interrupted: the best so far)"
		}
		fmt.Fprintf(w, "  %s = %s%s\n", key, found.Text, so)
		format.Paragraph(w, "  ", "  ", r.bracket())
	} else if r.Tuned.Interrupted {
		fmt.Fprintf(w, "  interrupted: none found so far\n")
	} else {
		fmt.Fprintf(w, "  no value tried meets the %s\n", format.Plural(len(r.Tuning.Goals), "goal"))
		for _, line := range r.explanation() {
			format.Paragraph(w, "  ", "  ", line)
		}
	}
	fmt.Fprintln(w)
	r.writeTrials(w)
	fmt.Fprintln(w)
	if r.Base.OnePath() {
		format.Paragraph(w, "", "  ", "Nothing is random but what the trace has recorded: each value is that of its one path, and decides as it is.")
	}
	note := "Between values tried it may be different: metrics need not be monotone."
	if r.Tuned.Found != nil {
		note = fmt.Sprintf("Met %s. %s", strings.Join(r.runs((*scenarios.Trial).Met), " and "), note)
	}
	format.Paragraph(w, "", "  ", note)
	if t := r.Tuning.Transient; t > 0 {
		slots := "the slots"
		if n := r.Tuning.Slots; n > 0 {
			slots = format.Counted(n, "slot")
		}
		format.Paragraph(w, "", "  ", fmt.Sprintf("Goals are over %s of the first %s. A value is that of the slot that decides, the largest or the least, with its own interval, or the mean of all; a verdict looks at all slots together, with intervals widened for as many.", slots, format.Duration(t)))
	}
	words.Notes(w, r.transientNotes())
	if r.Tuned.Found != nil {
		format.Command(w, "The same numbers, and all others: ", r.command(r.Tuned.Found))
	}
	return nil
}

// transientNotes returns the notes where no models are shown, among which they stand otherwise.
func (r *Tuning) transientNotes() []string {
	if r.Tuning.Transient > 0 {
		return r.Notes
	}
	return nil
}

// status describes a value with respect to all goals.
func status(t *scenarios.Trial) string {
	switch {
	case t.Err != nil:
		return "impossible"
	case t.Met():
		return scenarios.Met.String()
	case t.Missed():
		return scenarios.Missed.String()
	}
	return scenarios.Undecided.String()
}

// tuneJSON is the JSON of a tuning, as the manual documents it.
type tuneJSON struct {
	Key         string                  `json:"key"`
	Value       json.RawMessage         `json:"value"`  // null: none
	Beyond      json.RawMessage         `json:"beyond"` // null: none
	Largest     bool                    `json:"largest"`
	Goals       []goalJSON              `json:"goals"`
	Platforms   map[string]PlatformJSON `json:"platforms,omitempty"`
	Scan        []trialJSON             `json:"scan"`
	Transient   *TransientJSON          `json:"transient,omitempty"` // in place of platforms and run, if the goals are over its slots
	Scenario    *scenarios.Scenario     `json:"scenario,omitempty"`
	Run         *runInfo                `json:"run,omitempty"`
	Command     string                  `json:"command,omitempty"`
	Explanation []string                `json:"explanation,omitempty"`
	Warnings    []string                `json:"warnings"`
	Notes       []string                `json:"notes,omitempty"`
	Interrupted bool                    `json:"interrupted,omitempty"`
}

type goalJSON struct {
	Goal     string          `json:"goal"`
	Platform string          `json:"platform"`
	Metric   string          `json:"metric"`
	Bound    float64         `json:"bound"`
	Estimate *stats.Estimate `json:"estimate"`
}

type trialJSON struct {
	Value json.RawMessage `json:"value"`
	Goals []judgementJSON `json:"goals"`
	Error string          `json:"error,omitempty"`
}

type judgementJSON struct {
	Estimate stats.Estimate `json:"estimate"`
	Verdict  string         `json:"verdict"`
}

// valueJSON writes a value as the JSON of a scenario does: a plain number as a number, all else as
// text.
func valueJSON(t *scenarios.Trial) json.RawMessage {
	if t == nil {
		return json.RawMessage("null")
	}
	if x, err := strconv.ParseFloat(t.Text, 64); err == nil && json.Valid([]byte(t.Text)) && !math.IsInf(x, 0) {
		return json.RawMessage(t.Text)
	}
	text, _ := json.Marshal(t.Text) // encoding a text does not fail
	return text
}

// writeTuneJSON writes one line of JSON.
func writeTuneJSON(w io.Writer, r *Tuning) error {
	found := r.Tuned.Found
	out := tuneJSON{
		Key: r.Tuning.Range.Key, Value: valueJSON(found), Beyond: valueJSON(r.Tuned.Beyond), Largest: r.Tuning.Largest,
		Warnings: []string{}, Notes: r.Notes, Interrupted: r.Tuned.Interrupted,
	}
	for i, g := range r.Tuning.Goals {
		goal := goalJSON{Goal: g.String(), Platform: g.Platform, Metric: g.Metric.Name, Bound: g.Bound}
		if found != nil {
			goal.Estimate = &found.Judgements[i].Estimate
		}
		out.Goals = append(out.Goals, goal)
	}
	for _, t := range r.Tuned.Trials {
		trial := trialJSON{Value: valueJSON(t), Goals: []judgementJSON{}}
		if t.Err != nil {
			trial.Error = reason(t)
		}
		for _, j := range t.Judgements {
			trial.Goals = append(trial.Goals, judgementJSON{j.Estimate, j.Verdict.String()})
		}
		out.Scan = append(out.Scan, trial)
	}
	if found == nil && !r.Tuned.Interrupted {
		out.Explanation = r.explanation()
	}
	if found == nil {
		return format.JSON(w, out)
	}
	out.Command = strings.Join(r.command(found), " ")
	if t := found.Transient; t != nil {
		transient := NewTransientJSON(t)
		out.Transient, out.Scenario = &transient, &t.Scenario
		out.Warnings = append(out.Warnings, t.Warnings...)
		return format.JSON(w, out)
	}
	result := found.Result
	out.Platforms = map[string]PlatformJSON{}
	for _, p := range result.Platforms {
		name := p.Platform
		metrics := map[string]stats.Estimate{}
		for _, m := range p.Metrics {
			metrics[m.Name] = m.Estimate
		}
		out.Platforms[name] = platformJSON(result.Scenario, p, metrics, ModelsOf(name, r.Models))
	}
	out.Scenario = &result.Scenario
	run := newRunInfo(result)
	out.Run = &run
	out.Warnings = append(out.Warnings, result.Warnings...)
	return format.JSON(w, out)
}

// writeTuneCSV writes a header and a row for each value tried: the metrics of the goals, and the
// verdicts.
func writeTuneCSV(w io.Writer, r *Tuning) error {
	header := []string{r.Tuning.Range.Key}
	var shown []string // metrics that have columns already
	columns := make([]bool, len(r.Tuning.Goals))
	for i, g := range r.Tuning.Goals {
		name := g.Platform + "." + g.Metric.Name
		if g.Over != scenarios.Steady {
			name = g.Platform + "." + g.Over.String() + "(" + g.Metric.Name + ")"
		}
		if columns[i] = !slices.Contains(shown, name); columns[i] {
			shown = append(shown, name)
			header = append(header, name, name+".half_width")
		}
		header = append(header, g.String())
	}
	rows := [][]string{append(header, "all", "found")}
	for _, t := range r.Tuned.Trials {
		row := []string{t.Text}
		for i := range r.Tuning.Goals {
			mean, halfWidth, verdict := "", "", status(t)
			if t.Err == nil {
				j := t.Judgements[i]
				mean, halfWidth, verdict = format.Number(j.Mean), format.Number(j.HalfWidth), j.Verdict.String()
			}
			if columns[i] {
				row = append(row, mean, halfWidth)
			}
			row = append(row, verdict)
		}
		rows = append(rows, append(row, status(t), strconv.FormatBool(t == r.Tuned.Found)))
	}
	return format.CSV(w, rows...)
}

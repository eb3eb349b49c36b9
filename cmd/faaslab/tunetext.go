package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"faaslab/dist"
	"faaslab/scenarios"
	"faaslab/sim/stats"
)

// writeTuneText writes what a person reads: the value, what it rests on, and all values tried.
func writeTuneText(w io.Writer, r *tuneReport) error {
	key := r.tuning.Range.Key
	writeTitle(w, r.base)
	fmt.Fprintln(w)
	writeParagraph(w, "", "  ", fmt.Sprintf("%s %s from %s to %s with %s", r.wanted(), key, r.tuning.Range.From, r.tuning.Range.To, r.allGoals()))
	fmt.Fprintln(w)
	if found := r.tuned.Found; found != nil {
		so := ""
		if r.tuned.Interrupted {
			so = "  (interrupted: the best so far)"
		}
		fmt.Fprintf(w, "  %s = %s%s\n", key, found.Text, so)
		writeParagraph(w, "  ", "  ", r.bracket())
	} else if r.tuned.Interrupted {
		fmt.Fprintf(w, "  interrupted: none found so far\n")
	} else {
		fmt.Fprintf(w, "  no value tried meets the %s\n", plural(len(r.tuning.Goals), "goal"))
		for _, line := range r.explanation() {
			writeParagraph(w, "  ", "  ", line)
		}
	}
	fmt.Fprintln(w)
	r.writeTrials(w)
	fmt.Fprintln(w)
	if r.base.OnePath() {
		writeParagraph(w, "", "  ", "Nothing is random but what the trace has recorded: each value is that of its one path, and decides as it is.")
	}
	note := "Between values tried it may be different: metrics need not be monotone."
	if r.tuned.Found != nil {
		note = fmt.Sprintf("Met %s. %s", strings.Join(r.runs((*scenarios.Trial).Met), " and "), note)
	}
	writeParagraph(w, "", "  ", note)
	if r.tuned.Found != nil {
		writeCommand(w, "The same numbers, and all others: ", r.command(r.tuned.Found))
	}
	return nil
}

// wanted says which value is looked for.
func (r *tuneReport) wanted() string {
	if r.tuning.Largest {
		return "The largest"
	}
	return "The smallest"
}

func plural(n int, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}

// bracket says between which values the boundary lies.
func (r *tuneReport) bracket() string {
	found, beyond := r.tuned.Found, r.tuned.Beyond
	if beyond == nil {
		return fmt.Sprintf("the goals are met even at the end of the range, %s", found.Text)
	}
	text := fmt.Sprintf("met at %s, %s at %s", found.Text, status(beyond), beyond.Text)
	if status(beyond) == "undecided" {
		// How far could the boundary be?
		limit := fmt.Sprintf("run.max_requests=%d", r.base.Run.MaxRequests)
		if replay := beyond.Result.Replay; replay != nil && replay.Whole {
			limit = fmt.Sprintf("run.replications=%d", r.base.Run.Replications)
		} else if r.base.Run.Duration > 0 {
			limit = "run.duration=" + dist.FormatDuration(r.base.Run.Duration.Seconds())
		}
		text += fmt.Sprintf(" (%s is too little to tell)", limit)
		if missed := r.nearestMissed(); missed != nil {
			text += fmt.Sprintf(", %s at %s", status(missed), missed.Text)
		}
	}
	return text
}

// nearestMissed returns the nearest value beyond the one found at which a goal is surely missed.
func (r *tuneReport) nearestMissed() *scenarios.Trial {
	trials := slices.Clone(r.tuned.Trials)
	if !r.tuning.Largest {
		slices.Reverse(trials)
	}
	past := false
	for _, t := range trials {
		if past = past || t == r.tuned.Found; past && t.Missed() {
			return t
		}
	}
	return nil
}

// status says what a value is with respect to all goals.
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

// runs returns the stretches of neighbouring values for which something holds, as "from … to …".
func (r *tuneReport) runs(holds func(*scenarios.Trial) bool) (texts []string) {
	trials := r.tuned.Trials
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

// explanation says of each goal where it is met, or how near it comes, and of values that cannot be
// simulated why.
func (r *tuneReport) explanation() (lines []string) {
	alone := 0
	for i, g := range r.tuning.Goals {
		met := r.runs(func(t *scenarios.Trial) bool { return t.Err == nil && t.Judgements[i].Verdict == scenarios.Met })
		if met != nil {
			alone++
			lines = append(lines, fmt.Sprintf("%s alone is met %s", g, strings.Join(met, " and ")))
			continue
		}
		if best := r.closest(i); best != nil {
			e := show(best.Judgements[i].Estimate, g.Metric.Unit)
			nearest := withUnit(e.mean, e.unit)
			if e.halfWidth != "" {
				nearest += " ± " + withUnit(e.halfWidth, e.unit)
			}
			lines = append(lines, fmt.Sprintf("%s is nowhere met: the nearest is %s at %s, %s", g, nearest, best.Text, best.Judgements[i].Verdict))
		} else {
			lines = append(lines, fmt.Sprintf("%s is nowhere met: nothing was observed that would give %s", g, g.Metric.Name))
		}
	}
	if alone == len(r.tuning.Goals) && alone > 1 {
		lines = append(lines, "so they exclude each other at all values tried")
	}
	return append(lines, r.impossible()...)
}

// closest returns the value at which a goal's metric comes nearest to the bound.
func (r *tuneReport) closest(goal int) (best *scenarios.Trial) {
	distance := math.Inf(1)
	for _, t := range r.tuned.Trials {
		if t.Err != nil {
			continue
		}
		d := t.Judgements[goal].Mean - r.tuning.Goals[goal].Bound
		if r.tuning.Goals[goal].AtLeast {
			d = -d
		}
		if d < distance {
			best, distance = t, d
		}
	}
	return best
}

// impossible says which values could not be simulated, and why the first of each stretch could not.
func (r *tuneReport) impossible() (lines []string) {
	before := false
	for _, t := range r.tuned.Trials {
		if t.Err != nil && !before {
			lines = append(lines, fmt.Sprintf("impossible at %s: %s", t.Text, strings.Split(t.Err.Error(), "\n")[0]))
		}
		before = t.Err != nil
	}
	return lines
}

func withUnit(number, unit string) string { return strings.TrimSpace(number + " " + unit) }

// writeTrials writes a row for each value tried.
func (r *tuneReport) writeTrials(w io.Writer) {
	t := table{keys: 1}
	header := []cell{left(r.tuning.Range.Key)}
	for _, g := range r.tuning.Goals {
		header = append(header, over(4, g.String()))
	}
	t.add(header...)
	for _, trial := range r.tuned.Trials {
		row := []cell{left(trial.Text)}
		if trial.Err != nil {
			t.add(append(row, left(""), unit(""), left(""), left("impossible"))...)
			continue
		}
		for i, j := range trial.Judgements {
			e := show(j.Estimate, r.tuning.Goals[i].Metric.Unit)
			halfWidth := ""
			if e.halfWidth != "" {
				halfWidth = "± " + e.halfWidth
			}
			row = append(row, right(e.mean), unit(e.unit), left(halfWidth), left(j.Verdict.String()))
		}
		if trial == r.tuned.Found {
			row = append(row, left("←"))
		}
		t.add(row...)
	}
	t.write(w, "  ")
	if r.tuned.Found != nil {
		for _, line := range r.impossible() {
			writeParagraph(w, "  ", "  ", line)
		}
	}
}

// The JSON of a tuning, as the manual documents it.
type tuneJSON struct {
	Key         string                  `json:"key"`
	Value       json.RawMessage         `json:"value"`  // null: none
	Beyond      json.RawMessage         `json:"beyond"` // null: none
	Largest     bool                    `json:"largest"`
	Goals       []goalJSON              `json:"goals"`
	Platforms   map[string]platformJSON `json:"platforms,omitempty"`
	Scan        []trialJSON             `json:"scan"`
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

// valueJSON writes a value as a scenario's JSON does: a plain number as one, all else as text.
func valueJSON(t *scenarios.Trial) json.RawMessage {
	if t == nil {
		return json.RawMessage("null")
	}
	if x, err := strconv.ParseFloat(t.Text, 64); err == nil && json.Valid([]byte(t.Text)) && !math.IsInf(x, 0) {
		return json.RawMessage(t.Text)
	}
	text, _ := json.Marshal(t.Text) // a text always can be
	return text
}

// writeTuneJSON writes one line of JSON.
func writeTuneJSON(w io.Writer, r *tuneReport) error {
	found := r.tuned.Found
	out := tuneJSON{
		Key: r.tuning.Range.Key, Value: valueJSON(found), Beyond: valueJSON(r.tuned.Beyond), Largest: r.tuning.Largest,
		Warnings: []string{}, Notes: r.notes, Interrupted: r.tuned.Interrupted,
	}
	for i, g := range r.tuning.Goals {
		goal := goalJSON{Goal: g.String(), Platform: g.Platform, Metric: g.Metric.Name, Bound: g.Bound}
		if found != nil {
			goal.Estimate = &found.Judgements[i].Estimate
		}
		out.Goals = append(out.Goals, goal)
	}
	for _, t := range r.tuned.Trials {
		trial := trialJSON{Value: valueJSON(t), Goals: []judgementJSON{}}
		if t.Err != nil {
			trial.Error = t.Err.Error()
		}
		for _, j := range t.Judgements {
			trial.Goals = append(trial.Goals, judgementJSON{j.Estimate, j.Verdict.String()})
		}
		out.Scan = append(out.Scan, trial)
	}
	if found == nil && !r.tuned.Interrupted {
		out.Explanation = r.explanation()
	}
	if found == nil {
		return encode(w, out)
	}
	result := found.Result
	out.Platforms = map[string]platformJSON{}
	for _, p := range result.Platforms {
		name := p.Platform
		metrics := map[string]stats.Estimate{}
		for _, m := range p.Metrics {
			metrics[m.Name] = m.Estimate
		}
		out.Platforms[name] = platformJSON{p.Requests, metrics, modelsJSON(of(name, r.models)), p.Distributions}
	}
	out.Scenario = &result.Scenario
	run := newRunInfo(result)
	out.Run = &run
	out.Command = strings.Join(r.command(found), " ")
	out.Warnings = append(out.Warnings, result.Warnings...)
	return encode(w, out)
}

// writeTuneCSV writes a header and a row for each value tried: the metrics of the goals and what follows.
func writeTuneCSV(w io.Writer, r *tuneReport) error {
	header := []string{r.tuning.Range.Key}
	var shown []string // metrics that have columns already
	columns := make([]bool, len(r.tuning.Goals))
	for i, g := range r.tuning.Goals {
		name := g.Platform + "." + g.Metric.Name
		if columns[i] = !slices.Contains(shown, name); columns[i] {
			shown = append(shown, name)
			header = append(header, name, name+".half_width")
		}
		header = append(header, g.String())
	}
	rows := [][]string{append(header, "all", "found")}
	for _, t := range r.tuned.Trials {
		row := []string{t.Text}
		for i := range r.tuning.Goals {
			mean, halfWidth, verdict := "", "", status(t)
			if t.Err == nil {
				j := t.Judgements[i]
				mean, halfWidth, verdict = number(j.Mean), number(j.HalfWidth), j.Verdict.String()
			}
			if columns[i] {
				row = append(row, mean, halfWidth)
			}
			row = append(row, verdict)
		}
		rows = append(rows, append(row, status(t), strconv.FormatBool(t == r.tuned.Found)))
	}
	return writeRows(w, rows...)
}

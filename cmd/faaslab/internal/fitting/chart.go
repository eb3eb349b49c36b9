package fitting

import (
	"fmt"
	"math"
	"slices"

	"faaslab/cmd/faaslab/internal/chart"
	"faaslab/cmd/faaslab/internal/report"
	"faaslab/platform"
	"faaslab/scenarios/calibrate"
)

var nan = math.NaN()

// charted returns the trials of the figure by their values: those simulated in full and, of one key, the coarse ones
// beside them; of several keys, all.
func (f *Found) charted() (trials []*calibrate.Trial) {
	low, high := math.Inf(1), math.Inf(-1)
	for _, t := range f.Trials {
		if !t.Coarse && t.Err == nil {
			low, high = min(low, t.Values[0]), max(high, t.Values[0])
		}
	}
	for _, t := range f.Trials {
		if t.Err == nil && (len(f.Ranges) > 1 || !t.Coarse || t.Values[0] < low || t.Values[0] > high) {
			trials = append(trials, t)
		}
	}
	slices.SortStableFunc(trials, func(a, b *calibrate.Trial) int { return slices.Compare(a.Values, b.Values) })
	return trials
}

// Chart shows the errors of the values that were tried over each key, with the region.
func (f *Found) Chart() chart.Chart {
	ch := chart.Chart{
		Title:    "Error over what was varied",
		Subtitle: []string{f.searched()},
	}
	// Errors far above the least are not of interest, and would make the rest flat.
	top := 0.0
	for _, t := range f.Trials {
		if t.Err == nil {
			top = max(top, t.Errors.Mean)
		}
	}
	if limit := 4*f.Best.Errors.Mean + 0.05; top > limit && len(f.Ranges) > 1 {
		top = limit
	}
	for k, r := range f.Ranges {
		var texts []string
		for _, t := range f.Trials {
			texts = append(texts, t.Candidate[k])
		}
		if f.Region != nil {
			texts = append(texts, f.Region.From[k], f.Region.To[k])
		}
		axis, at := report.KeyAxis(r.Key, texts)
		panel := chart.Panel{X: &axis, Y: chart.Axis{Label: "error", Unit: platform.Probability, Zero: true}}
		if f.Region != nil {
			low, high := at[f.Region.From[k]], at[f.Region.To[k]]
			panel.Series = append(panel.Series, chart.Series{Name: "region", Kind: chart.Single, X: []float64{low, high},
				Y: []float64{top / 2, top / 2}, Low: []float64{0, 0}, High: []float64{top, top}})
		}
		s := chart.Series{Name: "values tried"}
		if len(f.Ranges) > 1 {
			s.Kind = chart.Measured // marks alone: a line would join what other keys make different
		}
		for _, t := range f.charted() {
			if t.Errors.Mean <= top {
				s.Add(at[t.Candidate[k]], t.Errors.Mean, nan)
			}
		}
		panel.Series = append(panel.Series, s)
		ch.Panels = append(ch.Panels, panel)
	}
	ch.Notes = append(ch.Notes, fmt.Sprintf("The least error is %s.", percent(f.Best.Errors.Mean)))
	if f.Region != nil {
		ch.Notes = append(ch.Notes, f.notes()...)
	}
	return ch
}

package validate

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"faaslab/scenarios"
	"faaslab/validate/model"
)

// A Solved is a model with its solution for a scenario.
type Solved struct {
	Model
	Solution
}

// Solve solves the models of a scenario that have one of the names; nil stands for all that apply. A
// model that would take more work than a bound (Model.Solve) is left out, and leftOut returns the note
// on it. The solutions have the scenario's limits as metrics. The notes say which models are only
// approximate, and why, and which have no solution.
func Solve(s scenarios.Scenario, names []string, work float64, leftOut func(Model) string) (solved []Solved, notes []string) {
	for _, m := range Models(s) {
		if names != nil && !slices.Contains(names, m.Name) {
			continue
		}
		solution, err := m.Solve(work)
		switch {
		case errors.As(err, new(*model.WorkError)) && work > 0:
			notes = append(notes, leftOut(m))
			continue
		case err != nil:
			notes = append(notes, fmt.Sprintf("%s gives nothing here: %s", m.Label, strings.ReplaceAll(err.Error(), "\n", "; ")))
			continue
		}
		if len(m.Caveats) > 0 {
			notes = append(notes, fmt.Sprintf("%s is only approximate here: %s", m.Label, strings.Join(m.Caveats, "; ")))
		}
		for _, note := range solution.Notes {
			notes = append(notes, m.Label+": "+note)
		}
		for _, l := range s.Limits {
			solution.AddFractions(l.Name)
		}
		solved = append(solved, Solved{m, solution})
	}
	return solved, notes
}

// NamesOf returns the names of models, each once.
func NamesOf(models []Model) (names []string) {
	for _, m := range models {
		if !slices.Contains(names, m.Name) {
			names = append(names, m.Name)
		}
	}
	return names
}

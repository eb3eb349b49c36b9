package report

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/words"
	"faaslab/scenarios"
	"faaslab/validate"
	"faaslab/validate/model"
)

// A SolvedModel is a model with its solution for the scenario.
type SolvedModel struct {
	validate.Model
	validate.Solution
}

// SolveModels solves the models that a list names, by default all that apply to the scenario. work
// bounds models that are not named explicitly (validate.Model.Solve). The notes say which models
// are only approximate, and why, and which gave no result.
func SolveModels(s scenarios.Scenario, list string, work float64) (solved []SolvedModel, notes []string, err error) {
	models := validate.Models(s)
	var wanted []string
	switch list {
	case "none":
		return nil, nil, nil
	case "":
	default:
		for _, name := range strings.Split(list, ",") {
			name = strings.TrimSpace(name)
			if !slices.Contains(validate.ModelNames, name) {
				return nil, nil, fmt.Errorf("--models %s: there is no model %q%swant none or some of %s", list, name, words.DidYouMean("", name, validate.ModelNames), strings.Join(validate.ModelNames, ", "))
			}
			if len(models) == 0 {
				return nil, nil, fmt.Errorf("--models %s: no model applies to this scenario; want none", list)
			}
			if names := ModelNames(models); !slices.Contains(names, name) {
				return nil, nil, fmt.Errorf("--models %s: %s does not apply to this scenario; want none or some of %s", list, name, strings.Join(names, ", "))
			}
			wanted = append(wanted, name)
		}
		work = 0
	}
	for _, m := range models {
		if wanted != nil && !slices.Contains(wanted, m.Name) {
			continue
		}
		solution, err := m.Solve(work)
		switch {
		case errors.As(err, new(*model.WorkError)) && work > 0:
			notes = append(notes, fmt.Sprintf("%s is left out: it would take more than 0.1 s (--models %s, or faaslab model, computes it)", m.Label, m.Name))
			continue
		case err != nil:
			notes = append(notes, fmt.Sprintf("%s gives nothing here: %s", m.Label, format.OnOneLine(err)))
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
		solved = append(solved, SolvedModel{m, solution})
	}
	return solved, notes, nil
}

func ModelNames(models []validate.Model) (names []string) {
	for _, m := range models {
		if !slices.Contains(names, m.Name) {
			names = append(names, m.Name)
		}
	}
	return names
}

// ModelsOf returns the models of one platform.
func ModelsOf(platform string, solved []SolvedModel) (models []SolvedModel) {
	for _, m := range solved {
		if m.Platform == platform {
			models = append(models, m)
		}
	}
	return models
}

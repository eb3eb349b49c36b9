package report

import (
	"fmt"
	"slices"
	"strings"

	"faaslab/cmd/faaslab/internal/words"
	"faaslab/scenarios"
	"faaslab/validate"
)

// SolveModels solves the models that the list of --models names: none, the named ones, or all that
// apply if the list is empty. work bounds the models that the list does not name (validate.Solve).
func SolveModels(s scenarios.Scenario, list string, work float64) (solved []validate.Solved, notes []string, err error) {
	var wanted []string
	switch list {
	case "none":
		return nil, s.Notes(), nil
	case "":
	default:
		applying := validate.NamesOf(validate.Models(s))
		for _, name := range strings.Split(list, ",") {
			name = strings.TrimSpace(name)
			if !slices.Contains(validate.ModelNames, name) {
				return nil, nil, fmt.Errorf("--models %s: there is no model %q%swant none or some of %s", list, name, words.DidYouMean("", name, validate.ModelNames), strings.Join(validate.ModelNames, ", "))
			}
			if len(applying) == 0 {
				return nil, nil, fmt.Errorf("--models %s: no model applies to this scenario; want none", list)
			}
			if !slices.Contains(applying, name) {
				return nil, nil, fmt.Errorf("--models %s: %s does not apply to this scenario; want none or some of %s", list, name, strings.Join(applying, ", "))
			}
			wanted = append(wanted, name)
		}
		work = 0
	}
	solved, notes = validate.Solve(s, wanted, work, func(m validate.Model) string {
		return fmt.Sprintf("%s is left out: it would take more than 0.1 s (--models %s, or faaslab model, computes it)", m.Label, m.Name)
	})
	if why := validate.WhyNoModel(s); why != "" {
		notes = append(notes, "no model applies to the functions: "+why)
	}
	return solved, append(notes, s.Notes()...), nil
}

// ModelsOf returns the models of one platform.
func ModelsOf(platform string, solved []validate.Solved) (models []validate.Solved) {
	for _, m := range solved {
		if m.Platform == platform {
			models = append(models, m)
		}
	}
	return models
}

package explorer

import (
	"faaslab/cmd/faaslab/internal/report"
	"faaslab/validate"
)

// A modelRequest asks for the analytical models alone, as the command model does.
type modelRequest struct {
	scenarioRequest
}

// model solves the models of a scenario. Models that take over 0.1 s are left out, with a note.
func (e *explorer) model(r modelRequest) (func(*exchange) error, error) {
	text, overrides, err := e.Text(r.scenarioRequest)
	if err != nil {
		return nil, err
	}
	s := &report.SolvedScenario{}
	if s.Scenario, err = text.Scenario(overrides); err != nil {
		return nil, err
	}
	return func(x *exchange) error {
		if s.Models, s.Notes, err = report.SolveModels(s.Scenario, "", validate.QuickWork); err != nil {
			return err
		}
		return x.send(report.NewModelJSON(s))
	}, nil
}

package main

import "faaslab/validate"

// A modelRequest asks for the analytical models alone, as the command model does.
type modelRequest struct {
	scenarioRequest
}

// model solves the models of a scenario: those that take over 0.1 s are left out, with a note.
func (e *explorer) model(r modelRequest) (func(*exchange) error, error) {
	text, overrides, err := e.text(r.scenarioRequest)
	if err != nil {
		return nil, err
	}
	s := &solvedScenario{}
	if s.Scenario, err = text.Scenario(overrides); err != nil {
		return nil, err
	}
	return func(x *exchange) error {
		if s.models, s.notes, err = solveModels(s.Scenario, "", validate.QuickWork); err != nil {
			return err
		}
		return x.send(newModelJSON(s))
	}, nil
}

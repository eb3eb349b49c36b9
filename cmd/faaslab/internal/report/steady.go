package report

import (
	"errors"

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/scenarios"
)

// Refuse returns why a scenario is not simulated: its precision could never be known, it would need
// too many instances, or it has no steady state. If the user gave a duration, the user wants a
// transient of that length, and the result says so.
func Refuse(s scenarios.Scenario) error {
	if err := errors.Join(s.CheckPrecision(), s.CheckSize()); err != nil {
		return err
	}
	if err := s.CheckSteadyState(); err != nil && s.Run.Duration == 0 {
		return &format.AdvisedError{Reason: err, Advice: "To simulate the transient, say for how long: --set run.duration=20m"}
	}
	return nil
}

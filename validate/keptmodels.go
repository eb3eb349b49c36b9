package validate

import (
	"fmt"
	"slices"

	"faaslab/platform"
	"faaslab/scenarios"
	"faaslab/validate/model"
)

// The names of the models of instances that are kept ready.
const (
	provisionedModel    = "provisioned"
	leastInstancesModel = "min-instances"
	spareModel          = "spare"
)

// keptModels returns the models that apply to a pool of one function that has instances ready: one of
// three rules, beside no keep-alive. Another combination has none. caveats are those due to the
// arrivals.
func keptModels(s scenarios.Scenario, caveats []string) (models []Model) {
	c, k := s.Container, s.Keeping
	ready := k.MinInstances + k.Provisioned + k.Spare
	if c.Warm == nil || k.Policy != nil || c.KeepAlive != 0 {
		return nil
	}
	rate := s.Arrivals.Rate()
	warm, _ := c.Warm.Moments()
	cold := coldService(c, warm)
	caveats = slices.Clone(caveats)
	if c.MaxInstances != platform.Unlimited {
		caveats = append(caveats, fmt.Sprintf("at most %d instances: the model has no cap", c.MaxInstances))
	}
	add := func(name, label string, caveats []string, solve func() (model.KeptResult, error)) {
		models = append(models, Model{name, label, scenarios.ContainerPlatform, caveats, false, poolGives, func(float64) (Solution, error) {
			r, err := solve()
			return solution(r.Measures, err, platform.Instances, r.InstancesDistribution)
		}})
	}
	switch ready {
	case k.Provisioned:
		add(provisionedModel, "Erlang B, spilling", caveats, func() (model.KeptResult, error) {
			return model.Provisioned(rate, warm, cold, ready)
		})
	case k.MinInstances:
		if !coldAsWarm(c) {
			caveats = append(caveats, "cold starts take longer than warm ones: the model has one law for both")
		}
		add(leastInstancesModel, "M/G/∞, at least", caveats, func() (model.KeptResult, error) {
			return model.LeastInstances(rate, warm, ready)
		})
	case k.Spare:
		startup := max(0, cold-warm)
		add(spareModel, "Erlang B of loads", caveats, func() (model.KeptResult, error) {
			return model.Spare(rate, warm, cold, startup, ready)
		})
	}
	return models
}

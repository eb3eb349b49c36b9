package trust

import (
	"context"
	"fmt"

	"faaslab/platform"
	"faaslab/scenarios"
	"faaslab/sim"
	"faaslab/sim/stats"
	"faaslab/validate"
)

// ScalingLoads are the loads, arrivals per second times service, at which SimulateScaling sets the model of an autoscaler
// beside its simulation, and ScalingTargets the requests that are to be present in each instance: 70 % of 1, 2, 10 and
// 100, the last of which is what Knative takes for any number.
var (
	ScalingLoads   = []float64{0.1, 0.3, 1, 3, 10, 30, 100}
	ScalingTargets = []float64{0.7, 1.4, 7, 70}
)

// A ScalingPoint is a service on Knative, with Poisson arrivals, exponential services of a second and start-ups of three.
type ScalingPoint struct {
	Load, Target float64
	Model        float64        // mean instances that are ordered
	Simulated    stats.Estimate // mean starting and ready instances
	// Deviation is (model − simulated)/simulated.
	Deviation stats.Estimate
	// Doubted says that the model itself has doubts (model.KnativeService.Doubts).
	Doubted bool
}

// ScalingOptions select the simulations of SimulateScaling.
type ScalingOptions struct {
	Loads, Targets []float64 // nil: ScalingLoads, ScalingTargets
	Seed           uint64
	Workers        int // replications at once; 0: one a core. It does not change results
	Progress       func(done float64)
}

// SimulateScaling returns where the model of an autoscaler (model.MetricScaling) can be trusted, by target and then load.
// There are 16 replications, each of at least 3,000 s after 10 min. The result is a pure function of the options'
// loads, targets and seed.
func SimulateScaling(ctx context.Context, o ScalingOptions) (points []ScalingPoint, err error) {
	loads, targets := o.Loads, o.Targets
	if loads == nil {
		loads = ScalingLoads
	}
	if targets == nil {
		targets = ScalingTargets
	}
	for i, target := range targets {
		for k, load := range loads {
			p, err := simulateScaling(ctx, load, target, o)
			if err != nil {
				return nil, err
			}
			points = append(points, p)
			if o.Progress != nil {
				o.Progress(float64(i*len(loads)+k+1) / float64(len(targets)*len(loads)))
			}
		}
	}
	return points, nil
}

func simulateScaling(ctx context.Context, load, target float64, o ScalingOptions) (p ScalingPoint, err error) {
	concurrency := fmt.Sprintf("%.0f", target/0.7)
	if target == 70 {
		concurrency = "unlimited"
	}
	s, err := scenarios.Parse("scaling", "", fmt.Appendf(nil, "arrivals: poisson(rate=%g/s)\ncontainer: {warm: exponential(mean=1s), startup: constant(3s), scaling: {target: %g}, concurrency: %s, initial: {idle: 1}}\n", load, target, concurrency), nil)
	if err != nil {
		return p, err
	}
	s.Run.Seed = o.Seed
	s.Run.Replications = 16
	s.Run = s.Run.Fixed(600*sim.Second, sim.FromSeconds(max(3000, min(40_000, 5e4/load))))
	r, err := scenarios.Simulate(ctx, s, scenarios.Options{Workers: o.Workers})
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return p, err
	}
	live := platform.Metric{Name: "starting + ready", Of: func(o *platform.Observations) float64 { return o.Scaling.Starting.Mean() + o.Scaling.Ready.Mean() }}
	p = ScalingPoint{Load: load, Target: target, Simulated: platform.Estimate([]platform.Metric{live}, r.Platform(scenarios.ContainerPlatform).Replications)[0].Estimate}
	solved, _ := validate.Solve(s, []string{"metric-scaling"}, 0, nil)
	if len(solved) != 1 {
		return p, fmt.Errorf("validate: no model of a load of %g at a target of %g", load, target)
	}
	p.Model = solved[0].Metrics[platform.Instances]
	p.Deviation = stats.Estimate{Mean: validate.Deviation(p.Model, p.Simulated.Mean), HalfWidth: p.Model / p.Simulated.Mean * p.Simulated.HalfWidth / p.Simulated.Mean, N: p.Simulated.N}
	p.Doubted = len(validate.ScalingDoubts(s)) > 0
	return p, nil
}

package validate

import (
	"fmt"
	"math"

	"faaslab/platform"
	"faaslab/platform/autoscaler"
	"faaslab/platform/scaling"
	"faaslab/scenarios"
	"faaslab/validate/model"
)

// metricScalingModel is the name of the model of an autoscaler.
const metricScalingModel = "metric-scaling"

// mostModelled is the largest number of instances of that model.
const mostModelled = 500

// scalingGives are the metrics that it gives.
var scalingGives = []string{platform.Instances, platform.Ready, platform.Desired, platform.ResponseTime}

// scalingModels returns the models that apply to instances of several places, or to an autoscaler: that of
// Mahmoudi and Khazaei for the rule of Knative on requests present or per second. caveats are those due
// to the arrivals.
func scalingModels(s scenarios.Scenario, caveats []string) []Model {
	k, ok := knativeService(s)
	if !ok {
		return nil
	}
	v := &s.Serving
	r := v.Scaling
	for _, c := range []struct {
		ignored bool
		what    string
	}{
		{v.Concurrency != platform.Unlimited || s.Container.MaxInstances != platform.Unlimited, "requests that wait count as load, and take longer: the model has no queue"},
		{r.Rule.Weighted, "the average is weighted: the model takes a linear one"},
		{r.Rule.Tolerance > 0, "nothing changes within a tolerance: the model has none"},
		{r.Rule.UpDelay > 0 || r.Rule.DownDelay > 0, "decisions are held: the model follows each"},
		{r.Rule.Activation > 1 || r.Rule.MaxUpFloor > 1, "some instances are wanted, or allowed, at least: the model does not know of it"},
		{float64(s.Keeping.MinInstances) > max(1, k.Load()/k.Target-1), fmt.Sprintf("at least %d instances: the model has no minimum", s.Keeping.MinInstances)},
		{r.StartForRequests, "requests start instances between evaluations: the model has evaluations only"},
		{r.CPUTarget > 0 && v.InstanceCores > 0, "the use of cores may ask for more: the model has one metric"},
	} {
		if c.ignored {
			caveats = append(caveats[:len(caveats):len(caveats)], c.what)
		}
	}
	for _, doubt := range k.Doubts() {
		caveats = append(caveats[:len(caveats):len(caveats)], doubt.String())
	}
	return []Model{{metricScalingModel, "metric scaling", scenarios.ContainerPlatform, caveats, true, scalingGives, func(float64) (Solution, error) {
		if k.MaxInstances > mostModelled {
			return Solution{}, fmt.Errorf("the load asks for %.0f instances; it is solved for up to %d", math.Ceil(k.Load()/k.Target), mostModelled)
		}
		r, err := k.Model().Solve()
		found, err := solution(r.Measures, err, platform.Ready, r.Ready)
		if err != nil {
			return found, err
		}
		metrics := map[string]float64{platform.Instances: r.Instances, platform.Ready: r.Ready.Mean(), platform.Desired: r.Instances}
		if response, ok := found.Metrics[platform.ResponseTime]; ok {
			metrics[platform.ResponseTime] = response
		}
		found.Metrics = metrics
		return found, nil
	}}}
}

// ScalingDoubts returns why the model of an autoscaler cannot be trusted with the instances of a scenario, beside what it
// ignores of it; none where it can, or does not apply.
func ScalingDoubts(s scenarios.Scenario) []model.Doubt {
	k, ok := knativeService(s)
	if !ok {
		return nil
	}
	return k.Doubts()
}

// knativeService returns the parameters of the model for a scenario; false where it does not apply.
func knativeService(s scenarios.Scenario) (k model.KnativeService, ok bool) {
	c, v := s.Container, &s.Serving
	if !s.Scaled() || v.Scaling == nil || c.Warm == nil || v.InstanceCores != 0 && v.InstanceCores != 1 {
		return k, false
	}
	rule := &v.Scaling.Rule
	service, variance := c.Warm.Moments()
	if rule.Algorithm != scaling.Tracking || v.Scaling.Metric == autoscaler.CPU || !(service > 0) || math.IsInf(variance, 1) {
		return k, false
	}
	k = model.KnativeService{
		ArrivalRate: s.Arrivals.Rate(), Service: service, ServiceCV: math.Sqrt(variance) / service, Startup: meanOrNone(c.Startup),
		Target: v.Target(), PerSecond: v.Scaling.Metric == autoscaler.Requests, Window: float64(rule.Window), Interval: rule.Every.Seconds(),
		MaxUp: rule.MaxUp, MaxDown: rule.MaxDown, PanicWindow: float64(rule.PanicWindow), PanicThreshold: rule.PanicThreshold,
		OneCore: v.InstanceCores == 1,
	}
	// More than twice the instances of the load are never wanted without a surge.
	k.MaxInstances = c.MaxInstances
	if most := 2*k.Load()/k.Target + 20; most < float64(c.MaxInstances) {
		k.MaxInstances = int(most)
	}
	return k, true
}

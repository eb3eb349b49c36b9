package trust

import (
	"context"
	"fmt"
	"math"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/pool"
	"faaslab/scenarios"
	"faaslab/sim"
	"faaslab/sim/stats"
)

// A ServiceLaw is a family of distributions of service times with one shape.
type ServiceLaw struct {
	Name string
	CV   float64 // standard deviation / mean
	// Of returns the law with a mean in seconds.
	Of func(mean float64) dist.Distribution
}

// ServiceLaws are the laws that SimulateLaws simulates, by their coefficient of variation. The
// exponential law is the control: it must not shift any metric.
var ServiceLaws = []ServiceLaw{
	{"constant", 0, func(mean float64) dist.Distribution { return dist.Constant{Value: mean} }},
	{"erlang(k=4)", 0.5, func(mean float64) dist.Distribution { return dist.Erlang{K: 4, Mean: mean} }},
	{"pareto(shape=2.5)", 0.894, func(mean float64) dist.Distribution { return dist.Pareto{Shape: 2.5, Mean: mean} }},
	{"exponential", 1, func(mean float64) dist.Distribution { return dist.Exponential{Mean: mean} }},
	{"lognormal(cv=2)", 2, func(mean float64) dist.Distribution { return dist.Lognormal{Mean: mean, CV: 2} }},
	{"hyperexponential(cv=3)", 3, func(mean float64) dist.Distribution { return dist.Hyperexponential{Mean: mean, CV: 3} }},
}

// LawPoints are the pools that SimulateLaws simulates if its options name none: a slow function
// with a modest start-up, like the thesis' float, and quick functions with a long start-up, each
// with a short, a middling and a long keep-alive.
var LawPoints = []Point{
	{Load: 1, KeepAlive: 1, Ratio: 2.7}, {Load: 1, KeepAlive: 10, Ratio: 2.7}, {Load: 1, KeepAlive: 100, Ratio: 2.7},
	{Load: 10, KeepAlive: 1, Ratio: 2.7}, {Load: 10, KeepAlive: 10, Ratio: 2.7}, {Load: 10, KeepAlive: 100, Ratio: 2.7},
	{Load: 0.1, KeepAlive: 1, Ratio: 50}, {Load: 0.1, KeepAlive: 10, Ratio: 50}, {Load: 0.1, KeepAlive: 100, Ratio: 50},
	{Load: 1, KeepAlive: 1, Ratio: 50}, {Load: 1, KeepAlive: 10, Ratio: 50}, {Load: 1, KeepAlive: 100, Ratio: 50},
}

// ColdStarts is the number of cold starts that SimulateLaws simulates for each point and law if
// its options do not set it: it makes nearly all half-widths 1 % or less.
const ColdStarts = 100_000

// LawOptions select the simulations of SimulateLaws.
type LawOptions struct {
	Points     []Point      // Load, KeepAlive and Ratio are used; nil: TrustLawPoints
	Laws       []ServiceLaw // nil: ServiceLaws
	ColdStarts int          // expected at each point for each law, >= 1; 0: TrustColdStarts
	Seed       uint64
	Workers    int                // replications at once; 0: one a core. It does not change results
	Progress   func(done float64) // as in TrustOptions
}

// A LawShift is the shift of a pool's metrics from exponential service to another law with the same
// means.
type LawShift struct {
	Law      string
	Point    Point // with its exact solution, and the deviations of both SMPs from it
	Requests int64 // simulated requests
	// Simulated holds the metrics of the simulated pool; the response time is in mean times between
	// arrivals.
	Simulated map[string]stats.Estimate
	// Shift holds (simulated − exact)/exact, where exact is the level-crossing model's value for
	// exponential service.
	Shift map[string]stats.Estimate
}

// SimulateLaws simulates pools whose warm and cold service times both follow the same law, and returns
// the shift of every metric from exponential service, ordered by point and then law. The SMP uses
// only the means of service times, so this shift is a separate error that adds to the error of
// Trust.
//
// There are 16 replications. Together they are long enough for the wanted number of cold starts if
// service were exponential, and for at least 50 times as many requests. Each begins with an empty
// pool and a warm-up of twenty keep-alives and fifty cold services. The result is a pure function
// of the options' points, laws, cold starts and seed.
func SimulateLaws(ctx context.Context, o LawOptions) ([]LawShift, error) {
	points, laws, coldStarts := o.Points, o.Laws, o.ColdStarts
	if points == nil {
		points = LawPoints
	}
	if laws == nil {
		laws = ServiceLaws
	}
	if coldStarts == 0 {
		coldStarts = ColdStarts
	}
	if coldStarts < 0 {
		return nil, fmt.Errorf("validate: %d cold starts to simulate; accepted: 1 or more", coldStarts)
	}
	solved := make([]Point, len(points))
	var requests []float64
	total := 0.0
	for i, p := range points {
		solved[i] = p
		if err := solved[i].solve(4 * Work); err != nil {
			return nil, err
		}
		n := float64(coldStarts) * math.Max(50, 1/solved[i].Exact[platform.ColdStartProbability])
		requests = append(requests, n)
		total += n * float64(len(laws))
	}
	var shifts []LawShift
	finished := 0.0
	for i, p := range solved {
		for _, law := range laws {
			options := scenarios.Options{Workers: o.Workers}
			if o.Progress != nil {
				options.Progress = func(done float64) { o.Progress((finished + done*requests[i]) / total) }
			}
			shift, err := simulateLaw(ctx, law, p, requests[i], o.Seed, options)
			if err != nil {
				return nil, err
			}
			shifts = append(shifts, shift)
			finished += requests[i]
		}
	}
	return shifts, nil
}

// simulateLaw simulates one pool with one law.
func simulateLaw(ctx context.Context, law ServiceLaw, p Point, requests float64, seed uint64, o scenarios.Options) (LawShift, error) {
	const replications = 16
	instances := p.pool()
	result, err := scenarios.Simulate(ctx, scenarios.Scenario{
		Name:     law.Name,
		Arrivals: dist.Poisson{PerSecond: instances.ArrivalRate},
		Container: &pool.Config{
			Warm: law.Of(instances.WarmService), Cold: law.Of(instances.ColdService),
			KeepAlive: sim.FromSeconds(instances.KeepAlive), MaxInstances: platform.Unlimited, QueueTimeout: sim.Never,
		},
		Run: scenarios.Run{
			Seed: seed, Replications: replications,
			Warmup:   sim.FromSeconds(20*instances.KeepAlive + 50*instances.ColdService),
			Duration: sim.FromSeconds(requests / replications / instances.ArrivalRate),
		},
	}, o)
	switch {
	case err != nil:
		return LawShift{}, err
	case result.Interrupted:
		return LawShift{}, context.Cause(ctx)
	case result.Broken != nil:
		return LawShift{}, result.Broken
	}
	containers := result.Platform(scenarios.ContainerPlatform)
	shift := LawShift{Law: law.Name, Point: p, Requests: containers.Requests,
		Simulated: map[string]stats.Estimate{}, Shift: map[string]stats.Estimate{}}
	for _, metric := range Metrics {
		e, _ := containers.Metric(metric)
		exact := p.Exact[metric]
		shift.Simulated[metric] = e
		shift.Shift[metric] = stats.Estimate{Mean: e.Mean/exact - 1, HalfWidth: e.HalfWidth / exact, N: e.N}
	}
	return shift, nil
}

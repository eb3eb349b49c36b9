package scenarios

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/sim"
	"faaslab/sim/stats"
)

// A Result is what simulating a scenario found.
type Result struct {
	Scenario Scenario
	// Platforms holds the results by name; only the platforms of the scenario.
	Platforms map[string]*PlatformResult
	// Difference holds Wasm − containers for the metrics that both have, paired
	// by replication, since both see the same requests; nil unless both were simulated.
	Difference map[string]stats.Estimate
	// Replications is how many were finished; fewer than asked for if Interrupted.
	Replications int
	Interrupted  bool
	// Deleted is the fraction of the simulated time that was warm-up.
	Deleted float64
	// Precision is the largest relative half-width of the headline metrics; NaN if one has no interval.
	Precision float64
	Warnings  []string
	// Broken is not nil if an identity that holds on every path does not: then the
	// simulator has an error, and the result is worth nothing.
	Broken error
}

// A PlatformResult is what was found for one platform.
type PlatformResult struct {
	Requests int64    // that arrived in the measured periods, all replications together
	Span     sim.Time // length of a measured period, on average
	// Metrics are the platform's, in the order of its table (platform.ContainerMetrics,
	// platform.WasmMetrics), then the costs if the scenario has prices (platform.Prices).
	Metrics []NamedEstimate
	// Distributions are the fractions of time with 0, 1, 2 … instances, by name.
	Distributions map[string][]float64
	// Replications are the observations that all of it was computed from.
	Replications []platform.Observations
}

// A NamedEstimate is a metric with its value.
type NamedEstimate struct {
	platform.Metric
	platform.Estimated
}

// Metric returns an estimate by the metric's name; false if the platform has no such metric.
func (p *PlatformResult) Metric(name string) (stats.Estimate, bool) {
	for _, m := range p.Metrics {
		if m.Name == name {
			return m.Estimate, true
		}
	}
	return stats.Estimate{}, false
}

func newResult(s Scenario, observed map[string][]platform.Observations, finished int, traceEnd sim.Time) *Result {
	r := &Result{
		Scenario:     s,
		Platforms:    map[string]*PlatformResult{},
		Replications: finished,
		Interrupted:  finished < s.Run.Replications,
		Deleted:      float64(s.Run.Warmup) / float64(s.Run.Warmup+s.Run.Duration),
	}
	if traceEnd != sim.Never && traceEnd > 0 {
		r.Deleted = float64(s.Run.Warmup) / float64(traceEnd)
	}
	if p := observed[ContainerPlatform]; p != nil {
		r.Platforms[ContainerPlatform] = newPlatformResult(s.Metrics(ContainerPlatform), p)
	}
	if p := observed[WasmPlatform]; p != nil {
		r.Platforms[WasmPlatform] = newPlatformResult(s.Metrics(WasmPlatform), p)
	}
	if len(r.Platforms) == 2 {
		r.Difference = difference(r.Platforms[WasmPlatform], r.Platforms[ContainerPlatform])
	}
	for _, name := range s.Platforms() {
		for i := range observed[name] {
			if err := observed[name][i].Check(); err != nil && r.Broken == nil {
				r.Broken = fmt.Errorf("%s, replication %d: %w", name, i+1, err)
			}
		}
	}
	r.Precision = r.precision()
	r.Warnings = r.warnings(traceEnd)
	return r
}

func newPlatformResult(metrics []platform.Metric, replications []platform.Observations) *PlatformResult {
	p := &PlatformResult{Replications: replications}
	for i, e := range platform.Estimate(metrics, replications) {
		p.Metrics = append(p.Metrics, NamedEstimate{metrics[i], e})
	}
	var whole platform.Observations
	for i := range replications {
		whole.Merge(&replications[i])
	}
	p.Requests = whole.Arrivals
	p.Span = whole.Span / sim.Time(len(replications))
	p.Distributions = map[string][]float64{
		"instances": whole.Instances.Probabilities(),
		"running":   whole.Running.Probabilities(),
	}
	if metrics[0].Name == platform.ContainerMetrics[0].Name {
		p.Distributions["idle"] = whole.Idle.Probabilities()
	}
	return p
}

// difference returns a − b for every metric that both have an estimate of.
func difference(a, b *PlatformResult) map[string]stats.Estimate {
	d := map[string]stats.Estimate{}
	for _, m := range a.Metrics {
		j := slices.IndexFunc(b.Metrics, func(other NamedEstimate) bool { return other.Name == m.Name })
		if j < 0 {
			continue
		}
		other := b.Metrics[j]
		var paired []float64
		if len(m.Pseudo) == len(other.Pseudo) {
			for k, value := range m.Pseudo {
				paired = append(paired, value-other.Pseudo[k])
			}
		}
		e := stats.Jackknife(m.Mean-other.Mean, paired)
		e.HalfWidth += m.Estimated.Resolution + other.Estimated.Resolution
		d[m.Name] = e
	}
	return d
}

// headline are the metrics that a run's precision is judged by.
var headline = []string{"cold_start_probability", "rejection_probability", "timeout_probability",
	"response_time", "instances", "running", "idle"}

// enoughAbsolute is the half-width at which a probability is precise enough, however small it is.
const enoughAbsolute = 1e-4

// precision returns the largest relative half-width of the headline metrics.
func (r *Result) precision() float64 {
	worst := 0.0
	for _, p := range r.Platforms {
		for _, m := range p.Metrics {
			if !slices.Contains(headline, m.Name) || m.Mean == 0 && m.HalfWidth == 0 || // 0, and cannot be else
				m.Unit == platform.Probability && m.HalfWidth <= enoughAbsolute {
				continue
			}
			if relative := m.HalfWidth / math.Abs(m.Mean); !(relative <= worst) {
				worst = relative
			}
		}
	}
	return worst
}

func (r *Result) warnings(traceEnd sim.Time) (w []string) {
	if r.Broken != nil {
		w = append(w, fmt.Sprintf("an error of the simulator, please report it: %v", r.Broken))
	}
	if r.Interrupted {
		w = append(w, fmt.Sprintf("interrupted: %d of %d replications were finished, and the results are of these", r.Replications, r.Scenario.Run.Replications))
	}
	if err := r.Scenario.CheckSteadyState(); err != nil {
		w = append(w, strings.ReplaceAll(err.Error(), "\n", "; ")+"; the results describe a transient of this length")
	}
	if math.IsNaN(r.Scenario.Arrivals.Rate()) {
		w = append(w, "the trace is one sample path: the replications differ only in what it does not fix, and the intervals do not cover other days than its own")
	}
	if traceEnd != sim.Never {
		w = append(w, fmt.Sprintf("the trace ends at %v, before the end of the replication", traceEnd))
	}
	if t, ok := r.Scenario.Arrivals.(dist.Trace); ok {
		if has, err := t.HasServices(); err == nil && has {
			var given []string
			if c := r.Scenario.Container; c != nil && c.Warm != nil {
				given = append(given, "container.warm")
			}
			if x := r.Scenario.Wasm; x != nil && x.Service != nil {
				given = append(given, "wasm.service")
			}
			if given != nil {
				w = append(w, fmt.Sprintf("the trace's service times are not used where the scenario gives %s", strings.Join(given, " and ")))
			}
		}
	}
	if r.Replications == 1 {
		w = append(w, "one replication gives no interval: raise run.replications")
	}
	for _, name := range r.Scenario.Platforms() {
		var none, bare []string
		for _, m := range r.Platforms[name].Metrics {
			switch {
			case math.IsNaN(m.Mean) || math.IsInf(m.Mean, 0):
				none = append(none, m.Name)
			case math.IsNaN(m.HalfWidth) && r.Replications > 1:
				bare = append(bare, m.Name)
			}
		}
		if none != nil {
			w = append(w, fmt.Sprintf("%s: nothing was observed that would give %s", name, strings.Join(none, ", ")))
		}
		if bare != nil {
			w = append(w, fmt.Sprintf("%s: too few replications observed %s for an interval", name, strings.Join(bare, ", ")))
		}
	}
	return w
}

package validate

import (
	"fmt"
	"math"
	"slices"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/executors"
	"faaslab/platform/pool"
	"faaslab/scenarios"
	"faaslab/sim"
	"faaslab/validate/model"
)

// queueModels are the classical queues that describe a pool: a full pool that never expires, or a
// pool whose cold starts are as fast as its warm ones.
type queueModels struct {
	c          *pool.Config
	arrivals   dist.Arrivals
	caveats    []string // due to the arrivals
	structural []string // for all arrivals
	queueAlone bool     // instances come and go: only quantities that do not depend on them are known
}

func (q queueModels) models(queues bool) (models []Model) {
	c, rate, release := q.c, q.arrivals.Rate(), q.c.MeanRelease()
	warm, _ := c.Warm.Moments()
	exponential := func(model string) []string { return notExponential("service", c.Warm, model) }
	gives := queueGives
	if !queues {
		gives = slices.Concat(poolGives, quantilesOf(platform.ResponseTime))
	}
	add := func(name, label string, caveats []string, solve func() (Solution, error)) {
		models = append(models, Model{Name: name, Label: label, Platform: scenarios.ContainerPlatform,
			Caveats: caveats, Gives: withReleasing(c, gives), Solve: func(float64) (Solution, error) { return solve() }})
	}
	solved := func(m model.Measures, err error, busy model.Distribution) (Solution, error) {
		if q.queueAlone {
			m = m.WithoutInstances()
		}
		return solution(m, err, platform.Running, busy)
	}
	switch {
	case !queues:
		add("erlang-b", "Erlang B", slices.Concat(q.caveats, q.structural), func() (Solution, error) {
			r, err := model.LossWithRelease(rate, warm, release, c.MaxInstances)
			r.Response = serviceLaw{c.Warm}
			return solved(r.Measures, err, r.Present)
		})
		return models
	case c.Releases():
		// A waiting request waits for the sum of a service and a release, which is not exponential: of
		// the queues, only that of one instance is known, where the law of the sum is.
		if occupied := occupation(c); c.MaxInstances == 1 && c.QueueTimeout == sim.Never && occupied != nil {
			add(pollaczekKhinchine, pollaczekKhinchineLabel, slices.Concat(q.caveats, q.structural), func() (Solution, error) {
				r, err := model.PollaczekKhinchine(rate, serviceOf(occupied))
				if err != nil {
					return Solution{}, err
				}
				if service, ok := c.Warm.(dist.Constant); ok {
					r.Response = laterLaw{r.Waiting, service.Value}
				} else {
					r.Response = laterLaw{r.Response, -release}
				}
				s, err := solved(r.Released(rate, release), err, model.Distribution{Mass: []float64{1 - rate*warm, rate * warm}})
				return explained(s, err, r)
			})
		}
		return models
	case c.QueueTimeout != sim.Never:
		add("mmc-deadline", "M/M/c+D", slices.Concat(q.caveats, q.structural, exponential("M/M/c+D")), func() (Solution, error) {
			r, err := model.MMcD(rate, warm, c.MaxInstances, c.QueueTimeout.Seconds())
			return solved(r.Measures, err, r.Busy)
		})
		return models
	}
	add("erlang-c", "Erlang C", slices.Concat(q.caveats, q.structural, exponential("Erlang C")), func() (Solution, error) {
		r, err := model.MMc(rate, warm, c.MaxInstances)
		return solved(r.Measures, err, r.Busy)
	})
	if c.MaxInstances > 1 {
		return models
	}
	if exponential("") != nil {
		add(pollaczekKhinchine, pollaczekKhinchineLabel, slices.Concat(q.caveats, q.structural), func() (Solution, error) {
			r, err := model.PollaczekKhinchine(rate, serviceOf(c.Warm))
			s, err := solved(r.Measures, err, r.Busy)
			return explained(s, err, r)
		})
	}
	if gaps := gapsOf(q.arrivals); gaps != nil {
		add(gim1, gim1Label, slices.Concat(q.structural, exponential(gim1Label)), func() (Solution, error) {
			r, err := model.GIM1(rate, warm, dist.TransformComplement(gaps))
			return solved(r.Measures, err, r.Busy)
		})
	}
	return models
}

// The names of the models of one server.
const (
	pollaczekKhinchine      = "pollaczek-khinchine"
	pollaczekKhinchineLabel = "Pollaczek–Khinchine"
	gim1                    = "gi-m-1"
	gim1Label               = "GI/M/1"
)

// wasmModels returns the models that apply to executors on cores. M/G/∞ is shown for limited cores
// too, since the thesis uses it; it ignores the limit.
func wasmModels(arrivals dist.Arrivals, w *executors.Config, caveats []string) (models []Model) {
	if w.Service == nil {
		return nil
	}
	rate := arrivals.Rate()
	service, _ := w.Service.Moments()
	startup, certain := 0.0, true
	if w.Startup != nil {
		startup, _ = w.Startup.Moments()
		_, certain = w.Startup.(dist.Constant)
	}
	// complete adds the start-up. The start-up holds no core: it delays the Poisson stream, which
	// stays Poisson, and adds an M/G/∞ queue of its own.
	complete := func(measures model.Measures, present model.Distribution, err error) (Solution, error) {
		if err != nil {
			return Solution{}, err
		}
		measures.ResponseTime += startup
		measures.Instances += rate * startup
		measures.Running += rate * startup
		switch {
		case !certain:
			measures.Response = nil
		case startup > 0 && measures.Response != nil:
			measures.Response = laterLaw{measures.Response, startup}
		}
		s := Solution{Metrics: measures.Metrics(), Times: measures.Times(), Distributions: map[string]model.Distribution{}}
		if startup == 0 && present.Mass != nil {
			s.Distributions[platform.Instances], s.Distributions[platform.Running] = present, present
		}
		return s, nil
	}
	add := func(name, label string, gives, caveats []string, solve func() (Solution, error)) {
		models = append(models, Model{Name: name, Label: label, Platform: scenarios.WasmPlatform, Caveats: caveats,
			Gives: gives, Solve: func(float64) (Solution, error) { return solve() }})
	}
	infinite := slices.Clone(caveats)
	switch {
	case !w.Cores.Limited():
	case w.Discipline == executors.ProcessorSharing:
		add("processor-sharing", "processor sharing", executorGives, caveats, func() (Solution, error) {
			r, err := model.ProcessorSharing(model.Sharing{ArrivalRate: rate, Service: service, Speed: modelCores(w.Cores)})
			return complete(r.Measures, r.Present, err)
		})
	default:
		notExponential := func(model string) []string { return notExponential("service", w.Service, model) }
		add("mmc", "M/M/c", executorQueueGives, slices.Concat(caveats, notExponential("M/M/c")), func() (Solution, error) {
			r, err := model.FCFSCores(rate, service, w.Cores.Physical)
			return complete(r.Measures, r.Present, err)
		})
		if w.Cores.Physical > 1 {
			break
		}
		if notExponential("") != nil {
			add(pollaczekKhinchine, pollaczekKhinchineLabel, executorQueueGives, caveats, func() (Solution, error) {
				r, err := model.FCFSCore(rate, serviceOf(w.Service))
				s, err := complete(r.Measures, model.Distribution{}, err)
				return explained(s, err, r)
			})
		}
		if gaps := gapsOf(arrivals); gaps != nil {
			var startups []string
			if !certain {
				startups = []string{"start-ups differ: the model has independent times between the requests that are past theirs"}
			}
			add(gim1, gim1Label, executorQueueGives, slices.Concat(startups, notExponential(gim1Label)), func() (Solution, error) {
				r, err := model.FCFSRenewalCore(rate, service, dist.TransformComplement(gaps))
				return complete(r.Measures, r.Present, err)
			})
		}
	}
	if w.Cores.Limited() {
		infinite = append(infinite, fmt.Sprintf("%s: the model has one for each request", w.Cores))
	}
	add("mg-infinity", "M/G/∞", slices.Concat(executorGives, quantilesOf(platform.ResponseTime)), infinite, func() (Solution, error) {
		r, err := model.InfiniteServer(rate, service)
		r.Response = serviceLaw{w.Service}
		return complete(r.Measures, r.Present, err)
	})
	return models
}

// gapsOf returns the law of the times between arrivals if they are independent; else nil.
func gapsOf(arrivals dist.Arrivals) dist.Distribution {
	switch a := arrivals.(type) {
	case dist.Regular:
		return dist.Constant{Value: 1 / a.PerSecond}
	case dist.Renewal:
		return a.Gap
	}
	return nil
}

// serviceOf returns a law of service times in the form that models of one server use.
func serviceOf(d dist.Distribution) model.ServiceLaw {
	mean, variance := d.Moments()
	return model.ServiceLaw{Mean: mean, Variance: variance, CDF: d.CDF, LimitedMean: dist.LimitedMean(d)}
}

// explained completes the solution of M/G/1 with the quantities that it does not give, and its
// precision.
func explained(s Solution, err error, r model.PollaczekKhinchineResult) (Solution, error) {
	if err != nil {
		return s, err
	}
	s.Error = r.Error()
	if r.InfiniteWait {
		s.Notes = append(s.Notes, "the variance of service is infinite, and with it the mean wait: it has quantiles only, and a simulation's mean grows with its length")
	}
	if _, ok := s.Metrics[platform.WaitingTimeP99]; !ok {
		s.Notes = append(s.Notes, "the p99 of the wait is beyond what it computes: the load is too near 1, or the tail too long")
	}
	return s, nil
}

// occupation returns the law of the time for which a warm start keeps its instance from others, its
// release included; nil if it is a sum of two laws that vary.
func occupation(c *pool.Config) dist.Distribution {
	if release, ok := c.Release.(dist.Constant); ok {
		return dist.Shifted{By: release.Value, Of: c.Warm}
	}
	if service, ok := c.Warm.(dist.Constant); ok {
		return dist.Shifted{By: service.Value, Of: c.Release}
	}
	return nil
}

// coldAsWarm reports whether cold and warm starts have the same law of service times.
func coldAsWarm(c *pool.Config) bool {
	if c.Cold != nil {
		return c.Cold == c.Warm
	}
	return c.Startup == (dist.Distribution)(dist.Constant{})
}

// coldLaw returns the law of a cold start's service; nil if it is a sum of two laws that vary.
func coldLaw(c *pool.Config) model.TimeLaw {
	if c.Cold != nil {
		return serviceLaw{c.Cold}
	}
	if startup, ok := c.Startup.(dist.Constant); ok {
		return laterLaw{serviceLaw{c.Warm}, startup.Value}
	}
	if warm, ok := c.Warm.(dist.Constant); ok {
		return laterLaw{serviceLaw{c.Startup}, warm.Value}
	}
	return nil
}

// serviceLaw is the law of a service without delays.
type serviceLaw struct{ dist.Distribution }

// Above returns P(S > x).
func (s serviceLaw) Above(x float64) float64 { return 1 - s.CDF(x) }

// laterLaw is the law of another time plus a constant.
type laterLaw struct {
	model.TimeLaw
	by float64 // s
}

// Above returns P(T + by > x).
func (l laterLaw) Above(x float64) float64 {
	if x < l.by {
		return 1
	}
	return l.TimeLaw.Above(math.Max(0, x-l.by))
}

// Quantile returns the quantile of T, later.
func (l laterLaw) Quantile(p float64) float64 { return l.by + l.TimeLaw.Quantile(p) }

package scenarios

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/autoscaler"
	"faaslab/platform/pool"
	"faaslab/platform/scaling"
	"faaslab/scenarios/internal/keyfile"
	"faaslab/scenarios/internal/presets"
	"faaslab/sim"
)

// Autoscaler returns the platform of a scenario that is Scaled, with all that follows from other keys: the
// target of an instance is a number there, whatever the scenario has.
func (s Scenario) Autoscaler() autoscaler.Config { return s.fleet() }

// fleet returns the platform of a scenario that is scaled.
func (s Scenario) fleet() autoscaler.Config {
	c, v := s.Container, s.Serving
	config := autoscaler.Config{
		Warm: c.Warm, Startup: c.Startup,
		Concurrency: v.concurrency(), InstanceCores: v.InstanceCores, Routing: s.routing(),
		MinInstances: s.Keeping.MinInstances, MaxInstances: c.MaxInstances, InitialReady: c.InitialIdle,
		QueueTimeout: unlessUnlimited(c.QueueTimeout, sim.Never),
		OnDemand:     autoscaler.OnDemand{KeepAlive: c.KeepAlive, Reject: c.WhenFull == pool.Reject, StartRate: v.StartRate},
	}
	if v.Binding == Early || v.Binding == Usual && config.Concurrency == 1 && v.Scaling == nil {
		config.Binding = autoscaler.Early
	}
	if v.Scaling != nil {
		own := *v.Scaling
		own.Rule.Target = v.Target()
		if own.Rule.Algorithm == scaling.Utilization && own.Metric != autoscaler.CPU {
			own.Rule.AverageValue = true // it is no share, of which whole per cents are taken
		}
		if v.InstanceCores == 0 {
			own.CPUTarget = 0 // the use of cores is not known
		}
		config.Scaling = &own
	}
	return config
}

// usualTotal is what a share of the concurrency is of: Knative takes 100 where that is unlimited
// (container-concurrency-target-default).
func usualTotal(concurrency int) float64 {
	if concurrency == platform.Unlimited {
		return 100
	}
	return float64(concurrency)
}

// startFleet begins a replication.
func startFleet(s Scenario, replication int, to Settings) (Simulation, error) {
	fleet, err := autoscaler.New(s.fleet(), s.Arrivals, s.Run.Seed, replication)
	if err != nil {
		return nil, err
	}
	fleet.Log, fleet.Interrupted, fleet.MostLive, fleet.Meter = to.Log, to.Interrupted, to.MostLive, to.Meter
	fleet.Limit(to.Responses, to.Waits)
	return fleet, nil
}

// fixedFleet reports whether nothing but the arrivals is random.
func fixedFleet(s Scenario) bool {
	routing := s.routing().Of(s.Serving.concurrency())
	return routing != autoscaler.Random && routing != autoscaler.TwoChoices && certain(s.Container.Warm) && certain(s.Container.Startup)
}

// initialFleet says how many instances there are at time 0.
func initialFleet(s Scenario) string {
	if ready := max(s.Container.InitialIdle, s.Keeping.MinInstances); ready > 0 {
		return fmt.Sprintf("from %d ready", ready)
	}
	return "from empty"
}

// fleetWarnings warns of instances that requests start as poolWarnings does: an autoscaler also ends them.
func fleetWarnings(r *Result, p *PlatformResult) []string {
	if r.Scenario.measures() {
		return nil
	}
	return poolWarnings(r, p)
}

// describeFleet says how the platform is configured.
func describeFleet(s Scenario, span func(sim.Time) string) (parts []string) {
	config, v := s.fleet(), s.Serving
	if r := config.Scaling; r != nil {
		value := withoutNoise(r.Rule.Target)
		target := keyfile.FormatDecimal(value)
		if r.Metric == autoscaler.Requests {
			target = dist.FormatRate(value)
		}
		parts = append(parts, fmt.Sprintf("%s scaling, %v %s in each of %s", presetOf(v), r.Metric, target, span(sim.Time(r.Rule.Window)*sim.Second)))
	} else {
		parts = append(parts, "keep-alive "+span(config.KeepAlive), "binding "+config.Binding.String())
	}
	switch {
	case config.Concurrency == platform.Unlimited:
		parts = append(parts, "any number of requests at once")
	case config.Concurrency == 1:
		parts = append(parts, "one request at once")
	default:
		parts = append(parts, fmt.Sprintf("%d requests at once", config.Concurrency))
	}
	if config.InstanceCores > 0 {
		parts = append(parts, "cores of each "+keyfile.FormatDecimal(config.InstanceCores))
	}
	if config.MinInstances > 0 {
		parts = append(parts, fmt.Sprintf("at least %d", config.MinInstances))
	}
	full := "queue"
	switch {
	case config.Scaling == nil && config.Reject:
		full = "reject"
	case config.QueueTimeout != sim.Never:
		full += " " + span(config.QueueTimeout)
	}
	if config.MaxInstances == platform.Unlimited {
		parts = append(parts, "no cap")
	} else {
		parts = append(parts, fmt.Sprintf("at most %d, %s", config.MaxInstances, full))
	}
	if r := config.StartRate; r.Starts > 0 {
		parts = append(parts, "starts "+formatStartRate(r))
	}
	return append(parts, config.Routing.Of(config.Concurrency).String())
}

// withoutNoise returns a number without what its arithmetic has left in the last digits: 0.42 for 4.2 % of 10.
func withoutNoise(x float64) float64 {
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 12, 64), 64)
	return rounded
}

// presetOf returns the name of the preset of an autoscaler; one without is called after its algorithm.
func presetOf(v Serving) string {
	switch {
	case v.Preset != "":
		return v.Preset
	case v.Scaling.Rule.Algorithm == scaling.Utilization:
		return "kubernetes"
	}
	return presets.Usual
}

// Notes says what of a scenario is a guess: what a platform, whose preset it has, does not publish; and a start-up
// that is derived.
func (s Scenario) Notes() (notes []string) {
	if s.Container == nil || s.many() {
		return nil
	}
	if p := presets.Find(s.Serving.Preset); p != nil && p.Guesses != nil {
		notes = append(notes, fmt.Sprintf("container.scaling: %s: guesses, since the platform does not publish them: %s", p.Name, strings.Join(p.Guesses, "; ")))
	}
	if s.Serving.StartupDerived && s.Container.Startup != nil {
		notes = append(notes, fmt.Sprintf("container.startup: %s is derived, the mean of container.cold less that of container.warm: cold is the law of a whole cold start, and with scaling a request may feel a part of a start-up only; give container.startup for its law",
			s.Container.Startup))
	}
	return notes
}

// fleetHas reports whether a metric of scaled platforms can be observed: no decisions are made where
// requests start instances, and there is no utilization of places without number.
func fleetHas(s Scenario, m platform.Metric) bool {
	switch r := s.Serving.Scaling; m.Name {
	case platform.Desired, platform.Draining:
		return r != nil
	case platform.Panic:
		return r != nil && r.Rule.PanicWindow > 0
	case platform.Utilization:
		return s.Serving.Concurrency != platform.Unlimited
	}
	return true
}

// scaledTransient are the columns of a transient where several requests are served at once, or an autoscaler
// decides.
var scaledTransient = []string{platform.Ready, platform.Starting, platform.QueueLength, platform.Desired, platform.ResponseTime, platform.ResponseTimeP95}

// fleetTransient returns the columns of a transient.
func fleetTransient(s Scenario) []string {
	return slices.DeleteFunc(slices.Clone(scaledTransient), func(name string) bool { return name == platform.Desired && !s.measures() })
}

// fleetUnsteady returns an *UnsteadyError if the platform cannot have a steady state.
func fleetUnsteady(s Scenario) error {
	config := s.fleet()
	rate, service := s.Arrivals.Rate(), mean(config.Warm)
	e := &UnsteadyError{Platform: ContainerPlatform, Load: rate * service, Capacity: config.Capacity()}
	waits := (config.Scaling != nil || !config.Reject) && config.QueueTimeout == sim.Never
	starts := math.Inf(1) // per second, at most
	if r := config.StartRate; r.Starts > 0 {
		starts = float64(r.Starts) / r.Per.Seconds()
	}
	// Of the arrivals alone, one instance more than they need is asked for at most (the rounding up),
	// unless decisions are held.
	each, most := math.Inf(1), math.Inf(1)
	unseen := config.Scaling != nil && config.Scaling.Metric == autoscaler.Requests && !config.Scaling.StartForRequests && config.Scaling.Rule.DownDelay == 0 && waits
	if unseen {
		each = float64(config.Concurrency)
		if config.InstanceCores > 0 {
			each = min(each, config.InstanceCores)
		}
		most = min(max(rate/config.Scaling.Rule.Target+1, float64(config.MinInstances), float64(config.Scaling.Rule.Activation)), capacity(config.MaxInstances))
	}
	own := config.InstanceCores > 0 && config.Scaling == nil && config.Concurrency == platform.Unlimited
	switch {
	case config.Scaling == nil && config.KeepAlive == sim.Never && config.MaxInstances == platform.Unlimited && config.Concurrency != platform.Unlimited:
		e.reason = "with keep_alive: never and max_instances: unlimited the instances only grow; " +
			"want a duration for keep_alive or a number for max_instances"
	case (waits || config.Concurrency == platform.Unlimited && config.InstanceCores > 0) && e.Load >= e.Capacity:
		each := fmt.Sprintf("%d requests at once", config.Concurrency)
		if config.InstanceCores > 0 && config.InstanceCores < float64(config.Concurrency) {
			each = keyfile.FormatDecimal(config.InstanceCores) + " cores each"
		}
		e.reason = fmt.Sprintf("offered load %s is not below the %.4g of %s with %s, so the queue only grows; "+
			"want a lower rate or service time, more max_instances or concurrency or, where requests wait, a duration for queue_timeout",
			product(rate, service), e.Capacity, instances(config.MaxInstances), each)
	case unseen && e.Load >= each*most:
		e.Capacity = each * most
		e.reason = fmt.Sprintf("offered load %s is not below the %.4g that the instances serve for which scaling asks at most, %s / %s + 1 with %.4g at once: arrivals do not show that requests wait, so the queue only grows; "+
			"want a lower target or service time, more min_instances or a duration for queue_timeout",
			product(rate, service), e.Capacity, dist.FormatRate(rate), dist.FormatRate(config.Scaling.Rule.Target), each)
	case own && config.MaxInstances == platform.Unlimited && e.Load >= config.InstanceCores:
		e.reason = fmt.Sprintf("offered load %s is not below the %s cores of an instance, whose requests only grow in number: with concurrency: unlimited no request starts a second one; "+
			"want a number for concurrency, or a preset for scaling", product(rate, service), keyfile.FormatDecimal(config.InstanceCores))
	case waits && config.Concurrency == 1 && config.Scaling == nil && config.KeepAlive == 0 && rate >= starts && config.Binding == autoscaler.Early:
		e.Load, e.Capacity = rate, starts
		e.reason = fmt.Sprintf("arrivals of %s are not below start_rate, %s, and with keep_alive: 0s each needs a start; want a lower rate, a higher start_rate or a keep_alive",
			dist.FormatRate(rate), formatStartRate(config.StartRate))
	default:
		return nil
	}
	return e
}

// fleetSize estimates how many instances and waiting requests are alive at once.
func fleetSize(s Scenario) (e estimate) {
	config := s.fleet()
	rate, service, startup := s.ArrivalRate(), mean(config.Warm), known(mean(config.Startup))
	present := s.present(service)
	each := float64(config.Concurrency)
	if config.InstanceCores > 0 {
		each = min(each, config.InstanceCores)
	}
	if r := config.Scaling; r != nil {
		switch r.Metric {
		case autoscaler.Requests:
			each = r.Rule.Target / service
		case autoscaler.CPU:
			each = r.Rule.Target * config.InstanceCores
		default:
			each = r.Rule.Target
		}
	}
	limit := capacity(config.MaxInstances)
	if most := present/each + 1; most > float64(max(config.MinInstances, config.InitialReady)) {
		e.add(min(most, limit), "instances, offered load "+product(rate, service)+" / "+fmt.Sprintf("%.4g", each))
	} else {
		e.add(float64(max(config.MinInstances, config.InitialReady)), "instances at the start")
	}
	e.add(present, "requests in service")
	if config.Scaling != nil || !config.Reject {
		e.add(s.present(startup), "waiting for a start-up, "+product(rate, startup))
		if most := config.Capacity(); !math.IsInf(most, 1) {
			e.add(s.leftOver(service, most, config.QueueTimeout.Seconds()), "waiting, the load above max_instances")
		}
	}
	return e
}

// fleetLasts returns the times, in seconds, on which the transient depends: what is measured is
// forgotten after two windows, or after a window and the delay of going down, and panic lasts as long again.
func fleetLasts(s Scenario, queue func(service, servers float64) float64) []float64 {
	config := s.fleet()
	times := []float64{known(mean(config.Warm)) + known(mean(config.Startup))}
	if r := config.Scaling; r != nil {
		window := float64(r.Rule.Window)
		forget := max(2*window, r.Rule.DownDelay.Seconds()+window, known(mean(config.Startup)))
		if r.Rule.PanicWindow > 0 {
			forget *= 2
		}
		times = append(times, forget+r.Retention.Seconds())
	} else {
		times = append(times, known(config.KeepAlive.Seconds()))
	}
	if most := config.Capacity(); !math.IsInf(most, 1) && (config.Scaling != nil || !config.Reject) {
		times = append(times, known(min(queue(mean(config.Warm), most), config.QueueTimeout.Seconds())))
	}
	return times
}

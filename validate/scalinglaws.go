package validate

import (
	"fmt"
	"math"

	"faaslab/platform"
	"faaslab/scenarios"
	"faaslab/validate/model"
)

// scalingLaws are the laws of instances that serve several requests, and of autoscalers.
func scalingLaws() (groups []group) {
	add := func(g ...group) { groups = append(groups, g...) }
	const startup = "startup: constant(3s)"

	// A fixed number of instances is one queue with the servers that their places are: M/M/12.
	add(scaled("fixed instances", "arrivals: poisson(rate=10/s)\ncontainer: {warm: exponential(mean=1s), "+startup+", scaling: knative, concurrency: 4, min_instances: 3, max_instances: 3, initial: {idle: 3}}\n",
		"mmc", detectRare, quantity{metric: platform.WaitingProbability, value: 0.449388}, quantity{metric: platform.WaitingTime, value: 0.224694}))

	// Places that turn requests away are Erlang's loss system, whatever the law of service.
	for i, warm := range []string{"exponential(mean=1s)", "constant(1s)", "lognormal(mean=1s, cv=2)"} {
		add(scaled(fmt.Sprintf("places that turn away %d", i+1), "arrivals: poisson(rate=8/s)\ncontainer: {warm: '"+warm+"', startup: constant(2s), concurrency: 5, max_instances: 2, initial: {idle: 2}, keep_alive: never, when_full: reject}\n",
			"erlang-b", detectRare, quantity{metric: platform.RejectionProbability, value: 0.121661}))
	}

	// Any number of places is M/G/∞, whatever the autoscaler does.
	for i, warm := range []string{"exponential(mean=1s)", "lognormal(mean=1s, cv=2)"} {
		at6 := math.Exp(-6) * math.Pow(6, 6) / 720
		add(scaled(fmt.Sprintf("unlimited places %d", i+1), "arrivals: poisson(rate=6/s)\ncontainer: {warm: '"+warm+"', "+startup+", scaling: {target: 4}, min_instances: 1}\n",
			"mg-infinity", detectRare, quantity{metric: platform.ResponseTime, value: 1}, quantity{metric: platform.InService, value: 6},
			quantity{metric: "P(present = 6)", value: at6, of: func(o *platform.Observations) float64 { return at(o.Scaling.Present.Probabilities(), 6) }}))
	}

	live := func(o *platform.Observations) float64 { return o.Scaling.Starting.Mean() + o.Scaling.Ready.Mean() }
	// Of arrivals per second a window counts a Poisson number.
	for i, c := range []struct {
		rate, target string
		desired      float64
	}{{"28/s", "7/s", 4.493512}, {"10/s", "3/s", 3.993132}, {"5/s", "1.4/s", 4.016468}} {
		add(scaled(fmt.Sprintf("scaling by arrivals %d", i+1), "arrivals: poisson(rate="+c.rate+")\ncontainer: {warm: exponential(mean=200ms), "+startup+", scaling: {metric: rps, target: "+c.target+", panic_window: 0s}, min_instances: 1}\n",
			"poisson-window", detect, quantity{metric: platform.Desired, value: c.desired}, quantity{metric: "starting + ready", value: c.desired, of: live}))
	}
	// Of requests present it averages a compound Poisson sum, of which the law of service decides.
	exponential := func(rate float64) float64 {
		return model.PresentInWindow{ArrivalRate: rate, Service: 1, Window: 60}.MeanRoundedUp(7)
	}
	for i, c := range []struct {
		rate, warm string
		desired    float64
	}{{"27/s", "constant(1s)", 4.068133}, {"20/s", "constant(1s)", 3.042049}, {"27/s", "exponential(mean=1s)", exponential(27)}, {"20/s", "exponential(mean=1s)", exponential(20)}} {
		add(scaled(fmt.Sprintf("scaling by concurrency %d", i+1), "arrivals: poisson(rate="+c.rate+")\ncontainer: {warm: "+c.warm+", "+startup+", scaling: {target: 7, panic_window: 0s}, min_instances: 1}\n",
			"compound-poisson-window", detect, quantity{metric: platform.Desired, value: c.desired}, quantity{metric: "starting + ready", value: c.desired, of: live}))
	}

	// A rare service goes to zero between its requests. The law takes the phase of the evaluations as
	// uniform, which is right to a ten-thousandth.
	rare := scaled("to zero", "arrivals: poisson(rate=0.01/s)\ncontainer: {warm: constant(1s), startup: constant(2s), scaling: knative}\n",
		"to-zero", detectRare, quantity{metric: platform.Starts, value: 532.227}, quantity{metric: platform.ColdStartProbability, value: 0.542872},
		quantity{metric: platform.Instances, value: 0.467773}, quantity{metric: platform.WaitingTime, value: 1.075099})
	for i := range rare.cases {
		rare.cases[i].resolution = 1e-4
	}
	add(rare)

	// Instances with a core of their own, chosen at random, are queues M/G/1 with processor sharing, in
	// each of which the requests are geometric.
	for i, warm := range []string{"exponential(mean=1s)", "gamma(mean=1s, cv=1.5)"} {
		add(scaled(fmt.Sprintf("own cores %d", i+1), "arrivals: poisson(rate=2/s)\ncontainer: {warm: '"+warm+"', "+startup+", scaling: knative, instance_cores: 1, min_instances: 4, max_instances: 4, initial: {idle: 4}, routing: random}\n",
			"processor-sharing", detectRare, quantity{metric: platform.ResponseTime, value: 2}, quantity{metric: platform.Running, value: 2},
			quantity{metric: "P(present = 3)", value: 20. / 128, of: func(o *platform.Observations) float64 { return at(o.Scaling.Present.Probabilities(), 3) }}))
	}

	// Little's law, L = λW. A start-up that is over before the next evaluation is not given up.
	for i, c := range []struct {
		arrivals, more string
		timeout        float64 // seconds that a request waits at most; 0: any
	}{
		{"renewal(gamma(mean=200ms, cv=2))", "scaling: {target: 1.4, window: 6s, panic_window: 2s}, concurrency: 2", 0},
		{"batch(poisson(rate=1/s), size=5)", "scaling: {metric: rps, target: 1.5/s, window: 4s, panic_window: 0s, every: 4s, down_delay: 4s}, concurrency: 2, queue_timeout: 2s", 2},
		{"batch(poisson(rate=1/s), size=4)", "concurrency: 3, keep_alive: 1s, max_instances: 3, when_full: queue, queue_timeout: 1s, routing: least-loaded", 1},
	} {
		const service, starting = 1, 0.95
		add(scaled(fmt.Sprintf("Little of places %d", i+1), "arrivals: '"+c.arrivals+"'\ncontainer: {warm: 'lognormal(mean=1s, cv=1)', startup: 'uniform(0s, 1900ms)', "+c.more+"}\n", "little", detectRare,
			quantity{metric: "in service / (rate × service)", value: 1, of: func(o *platform.Observations) float64 {
				return (o.Scaling.Present.Area() - o.Waiting.Area()) / (float64(o.Completed) * service)
			}},
			quantity{metric: "queue / (rate × wait)", value: 1, of: func(o *platform.Observations) float64 {
				return o.Waiting.Area() / (o.Wait.Seconds() + float64(o.TimedOut)*c.timeout)
			}},
			quantity{metric: "starting / (rate × start-up)", value: 1, of: func(o *platform.Observations) float64 {
				return o.Scaling.Starting.Area() / (float64(o.Scaling.Started) * starting)
			}}))
	}

	// What an evaluation wants is the load over the target, rounded up: on average it is between that and
	// one more. The load is a little more than the requests in service, since those that wait count.
	for i, c := range []struct {
		concurrency, target string
		of                  float64
	}{{"1", "0.7", 0.7}, {"10", "7", 7}} {
		g := scaled(fmt.Sprintf("rounded up %d", i+1), "arrivals: poisson(rate=10/s)\ncontainer: {warm: exponential(mean=1s), "+startup+", scaling: {target: "+c.target+", panic_window: 0s}, concurrency: "+c.concurrency+"}\n",
			"rounding-up", 0, quantity{metric: "desired / (present / target)", value: 1, of: func(o *platform.Observations) float64 {
				return float64(o.Scaling.Desired) / float64(o.Scaling.Evaluated) / (o.Scaling.Present.Mean() / c.of)
			}})
		g.cases[0].Kind, g.cases[0].Band = Approximate, Band{1/(1+c.of/10) - 1, 0}
		add(g)
	}
	return append(groups, scalingPaths()...)
}

// quantity is a metric, its value in theory and, if it is none of the catalogue, how it is observed.
type quantity struct {
	metric string
	value  float64
	of     func(*platform.Observations) float64
}

// scaled returns a scenario of the suite with an exact case for each quantity.
func scaled(name, text, law string, detect float64, quantities ...quantity) group {
	g := group{suite: "scaling", name: name, scenario: policyScenario(name, text)}
	for _, q := range quantities {
		if q.of == nil {
			q.of = metricOf(scenarios.ContainerPlatform, q.metric)
		}
		g.cases = append(g.cases, Case{Suite: g.suite, Scenario: name, Platform: scenarios.ContainerPlatform, Model: law, Metric: q.metric, Kind: Exact,
			Expected: q.value, Detect: detect, of: q.of})
	}
	return g
}

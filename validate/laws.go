package validate

import (
	"fmt"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/scenarios"
	"faaslab/sim"
)

// laws returns the exact laws of MODELS, each at several loads and distributions.
func laws() (groups []group) {
	add := func(g ...group) { groups = append(groups, g...) }

	// Sliding maximum, on sample paths: any arrivals, any service.
	for i, p := range []poolCase{
		{warm: "exponential(mean=1s)", arrivals: "poisson(rate=2/s)", keepAlive: "5s"},
		{warm: "constant(1s)", arrivals: "batch(poisson(rate=0.3/s), size=7)", keepAlive: "20s"},
		{warm: "pareto(shape=1.5, mean=1s)", arrivals: "mmpp(rates=[0.1/s, 12/s], sojourns=[20s, 3s])", keepAlive: "3s"},
		{warm: "hyperexponential(mean=1s, cv=4)", arrivals: "renewal(lognormal(mean=500ms, cv=3))", keepAlive: "0s"},
	} {
		p.name, p.most, p.cold = fmt.Sprintf("sliding maximum on a path %d", i+1), "unlimited", "exponential(mean=2s)"
		add(group{suite: "laws", name: p.name, scenario: p.scenario(), path: slidingMaximumOnAPath, short: true})
	}

	for i, p := range []poolCase{
		{warm: "lognormal(mean=1s, cv=2)", arrivals: "poisson(rate=2/s)", release: "constant(400ms)", keepAlive: "3s"},
		{warm: "constant(100ms)", arrivals: "mmpp(rates=[0.1/s, 12/s], sojourns=[20s, 3s])", release: "exponential(mean=1s)", keepAlive: "500ms"},
	} {
		p.name, p.most, p.cold = fmt.Sprintf("sliding maximum with releases on a path %d", i+1), "unlimited", "exponential(mean=2s)"
		add(group{suite: "laws", name: p.name, scenario: p.scenario(), path: slidingMaximumOnAPath, short: true})
	}

	// Sliding maximum, in numbers.
	for i, p := range []poolCase{
		{arrivals: "poisson(rate=1/s)", warm: "exponential(mean=1.5s)", keepAlive: "2s"},
		{arrivals: "poisson(rate=1/s)", warm: "exponential(mean=1.5s)", keepAlive: "10s"},
		{arrivals: "poisson(rate=5/s)", warm: "exponential(mean=200ms)", keepAlive: "1s"},
		{arrivals: "poisson(rate=5/s)", warm: "exponential(mean=1s)", keepAlive: "500ms"},
	} {
		p.name, p.most, p.cold = fmt.Sprintf("sliding maximum %d", i+1), "unlimited", p.warm
		add(exact("laws", "sliding-maximum", p.scenario(), platform.ColdStartProbability, platform.Instances, platform.Idle, "P(instances)"))
	}

	// Level crossing: cold and warm service with different means, with and without a cap.
	for i, p := range []poolCase{
		{arrivals: "poisson(rate=1/s)", warm: "exponential(mean=1.5288s)", cold: "exponential(mean=4.1202s)", keepAlive: "3s", most: "unlimited"},
		{arrivals: "poisson(rate=1/s)", warm: "exponential(mean=1.5288s)", cold: "exponential(mean=4.1202s)", keepAlive: "10s", most: "110"},
		{arrivals: "poisson(rate=1/s)", warm: "exponential(mean=190.3ms)", cold: "exponential(mean=3.0567s)", keepAlive: "3s", most: "110"},
		{arrivals: "poisson(rate=2/s)", warm: "exponential(mean=500ms)", cold: "exponential(mean=1s)", keepAlive: "500ms", most: "unlimited"},
		{arrivals: "poisson(rate=4/s)", warm: "exponential(mean=2s)", cold: "exponential(mean=1s)", keepAlive: "2s", most: "unlimited"},
	} {
		p.name = fmt.Sprintf("level crossing %d", i+1)
		add(exact("laws", "level-crossing", p.scenario(), platform.ColdStartProbability, platform.ResponseTime, platform.Instances, platform.RunningCold, platform.Idle, "P(instances)"))
	}
	for i, p := range []poolCase{
		{arrivals: "poisson(rate=5/s)", warm: "exponential(mean=1s)", cold: "exponential(mean=3s)", keepAlive: "2s", most: "8"},
		{arrivals: "poisson(rate=1/s)", warm: "exponential(mean=1s)", cold: "exponential(mean=5s)", keepAlive: "1s", most: "2"},
		{arrivals: "poisson(rate=2/s)", warm: "exponential(mean=1s)", cold: "exponential(mean=2s)", keepAlive: "2s", most: "1"},
	} {
		p.name = fmt.Sprintf("level crossing with a cap %d", i+1)
		add(exact("laws", "level-crossing", p.scenario(), platform.ColdStartProbability, platform.RejectionProbability, platform.Instances, platform.RunningCold, "P(running)"))
	}

	// Without keep-alive every request is cold.
	for i, cold := range []string{"exponential(mean=3s)", "lognormal(mean=3s, cv=2)", "constant(3s)"} {
		p := poolCase{name: fmt.Sprintf("always cold %d", i+1), arrivals: "poisson(rate=2/s)", warm: "exponential(mean=1s)", cold: cold, keepAlive: "0s", most: "unlimited"}
		add(exact("laws", "always-cold", p.scenario(), platform.ColdStartProbability, platform.Instances, "P(instances)"))
	}

	// The instances stay for their releases.
	for i, p := range []poolCase{
		{cold: "lognormal(mean=1s, cv=2)", release: "constant(500ms)"},
		{cold: "constant(1s)", release: "hyperexponential(mean=1s, cv=2)"},
	} {
		p.name, p.arrivals, p.warm, p.keepAlive, p.most = fmt.Sprintf("always cold with releases %d", i+1), "poisson(rate=2/s)", "exponential(mean=1s)", "0s", "unlimited"
		add(exact("laws", "always-cold", p.scenario(), platform.Instances, platform.Idle, platform.ReleasingInstances, platform.ResponseTime, "P(instances)"))
	}

	// A full pool that never expires.
	for i, p := range []poolCase{
		{arrivals: "poisson(rate=4/s)", warm: "lognormal(mean=1s, cv=2)", most: "5", idle: 5},
		{arrivals: "poisson(rate=500/s)", warm: "constant(20ms)", most: "12", idle: 12},
		{arrivals: "poisson(rate=0.8/s)", warm: "exponential(mean=1s)", most: "1", idle: 1},
		{arrivals: "poisson(rate=100/s)", warm: "gamma(mean=1s, cv=0.5)", most: "100", idle: 100},
	} {
		p.name, p.cold, p.keepAlive = fmt.Sprintf("Erlang B %d", i+1), "constant(9s)", "never"
		add(exact("laws", "erlang-b", p.scenario(), platform.RejectionProbability, platform.Running, "P(running)"))
	}
	// The loss depends on the laws of service and release by the sum of their means.
	for i, p := range []poolCase{
		{arrivals: "poisson(rate=4/s)", warm: "lognormal(mean=1s, cv=2)", release: "constant(250ms)", most: "5", idle: 5},
		{arrivals: "poisson(rate=300/s)", warm: "constant(20ms)", release: "exponential(mean=20ms)", most: "12", idle: 12},
		{arrivals: "poisson(rate=0.4/s)", warm: "exponential(mean=1s)", release: "gamma(mean=2s, cv=1.5)", most: "1", idle: 1},
	} {
		p.name, p.cold, p.keepAlive = fmt.Sprintf("Erlang B with releases %d", i+1), "constant(9s)", "never"
		add(exact("laws", "erlang-b", p.scenario(), platform.RejectionProbability, platform.ResponseTime, platform.Running, platform.ReleasingInstances, "P(running)"))
	}
	for i, p := range []poolCase{
		{arrivals: "poisson(rate=4/s)", warm: "exponential(mean=1s)", most: "6", idle: 6},
		{arrivals: "poisson(rate=0.6/s)", warm: "exponential(mean=1s)", most: "1", idle: 1},
	} {
		p.name, p.cold, p.keepAlive, p.queue = fmt.Sprintf("Erlang C %d", i+1), "constant(9s)", "never", "never"
		add(exact("laws", "erlang-c", p.scenario(), platform.WaitingProbability, platform.WaitingTime, platform.WaitingTimeP95, platform.QueueLength, platform.ResponseTime, platform.ResponseTimeP95, "P(running)"))
	}
	for i, p := range []poolCase{
		{arrivals: "poisson(rate=4/s)", warm: "exponential(mean=1s)", most: "5", idle: 5, queue: "500ms"},
		{arrivals: "poisson(rate=8/s)", warm: "exponential(mean=1s)", most: "5", idle: 5, queue: "2s"},
	} {
		p.name, p.cold, p.keepAlive = fmt.Sprintf("deadline %d", i+1), "constant(9s)", "never"
		add(exact("laws", "mmc-deadline", p.scenario(), platform.TimeoutProbability, platform.WaitingTime, platform.Running))
	}

	// The queue alone, whose instances come and go: cold starts are as fast as warm ones.
	for i, p := range []poolCase{
		{model: "erlang-b", arrivals: "poisson(rate=4/s)", warm: "lognormal(mean=1s, cv=1.5)", most: "5", keepAlive: "500ms", metrics: []string{platform.RejectionProbability, platform.Running, "P(running)"}},
		{model: "erlang-c", arrivals: "poisson(rate=4/s)", warm: "exponential(mean=1s)", most: "6", keepAlive: "300ms", queue: "never", routing: "random",
			metrics: []string{platform.WaitingTime, platform.ResponseTime, platform.ResponseTimeP95, "P(running)"}},
		{model: "mmc-deadline", arrivals: "poisson(rate=5/s)", warm: "exponential(mean=1s)", most: "4", keepAlive: "200ms", queue: "1s", metrics: []string{platform.TimeoutProbability, platform.WaitingTime, platform.ResponseTimeP90}},
	} {
		p.name, p.startup = fmt.Sprintf("cold as fast as warm %d", i+1), "constant(0s)"
		add(exact("laws", p.model, p.scenario(), p.metrics...))
	}

	p := poolCase{name: "cold as fast as warm, with releases", arrivals: "poisson(rate=4/s)", warm: "lognormal(mean=1s, cv=1.5)", startup: "constant(0s)", release: "uniform(0s, 1s)", most: "6", keepAlive: "500ms"}
	add(exact("laws", "erlang-b", p.scenario(), platform.RejectionProbability, platform.Running, platform.ReleasingInstances))

	// One instance, and one core: any service, or any independent gaps.
	for i, p := range []poolCase{
		{model: pollaczekKhinchine, arrivals: "poisson(rate=0.5/s)", warm: "lognormal(mean=1s, cv=1)", cold: "constant(9s)", keepAlive: "never", idle: 1},
		{model: pollaczekKhinchine, arrivals: "poisson(rate=0.6/s)", warm: "constant(1s)", cold: "constant(1s)", keepAlive: "2s"},
		{model: gim1, arrivals: "constant(rate=0.7/s)", warm: "exponential(mean=1s)", cold: "exponential(mean=1s)", keepAlive: "1s"},
		{model: gim1, arrivals: "renewal(hyperexponential(mean=2s, cv=1.5))", warm: "exponential(mean=1s)", cold: "constant(9s)", keepAlive: "never", idle: 1},
	} {
		p.name, p.most, p.queue = fmt.Sprintf("one instance %d", i+1), "1", "never"
		add(exact("laws", p.model, p.scenario(), platform.WaitingProbability, platform.WaitingTime, platform.WaitingTimeP95, platform.QueueLength, platform.ResponseTime, platform.ResponseTimeP50, platform.ResponseTimeP95, platform.Running))
	}
	// What waits is served at the end of a release.
	for i, p := range []poolCase{
		{arrivals: "poisson(rate=0.4/s)", warm: "lognormal(mean=1s, cv=1)", release: "constant(500ms)", cold: "constant(9s)", keepAlive: "never", idle: 1},
		{arrivals: "poisson(rate=0.3/s)", warm: "constant(1s)", release: "exponential(mean=1s)", startup: "constant(0s)", keepAlive: "1s"},
	} {
		p.name, p.most, p.queue = fmt.Sprintf("one instance with releases %d", i+1), "1", "never"
		add(exact("laws", pollaczekKhinchine, p.scenario(), platform.WaitingProbability, platform.WaitingTime, platform.WaitingTimeP95, platform.ResponseTime, platform.ResponseTimeP50, platform.ResponseTimeP95, platform.Running, platform.ReleasingInstances))
	}
	for i, e := range []executorCase{
		{model: pollaczekKhinchine, arrivals: "poisson(rate=0.5/s)", service: "erlang(k=3, mean=1s)", startup: "constant(2s)"},
		{model: pollaczekKhinchine, arrivals: "poisson(rate=0.6/s)", service: "uniform(0s, 2s)", startup: "exponential(mean=1s)"},
		{model: gim1, arrivals: "renewal(uniform(0s, 4s))", service: "exponential(mean=1s)"},
	} {
		e.name, e.cores, e.discipline = fmt.Sprintf("one core %d", i+1), "1", "fcfs"
		metrics := []string{platform.WaitingTime, platform.ResponseTime, platform.Instances}
		if i == 0 {
			metrics = append(metrics, platform.ResponseTimeP90)
		}
		add(exact("laws", e.model, e.scenario(), metrics...))
	}

	// Executors: enough cores, shared cores, cores held one by one.
	for i, e := range []executorCase{
		{service: "lognormal(mean=2s, cv=2)"},
		{service: "constant(2s)"},
		{service: "exponential(mean=1s)", startup: "uniform(0s, 2s)"},
	} {
		e.name, e.arrivals, e.cores = fmt.Sprintf("M/G/∞ %d", i+1), "poisson(rate=2/s)", "unlimited"
		metrics := []string{platform.ResponseTime, platform.Instances}
		if e.startup == "" {
			metrics = append(metrics, "P(instances)")
		}
		add(exact("laws", "mg-infinity", e.scenario(), metrics...))
	}
	for i, e := range []executorCase{
		{arrivals: "poisson(rate=0.6/s)", service: "hyperexponential(mean=1s, cv=2)", cores: "1"},
		{arrivals: "poisson(rate=3/s)", service: "lognormal(mean=1s, cv=2)", cores: "4"},
		{arrivals: "poisson(rate=8/s)", service: "constant(1s)", cores: "10"},
		{arrivals: "poisson(rate=2/s)", service: "exponential(mean=1s)", cores: "4", startup: "exponential(mean=2s)"},
	} {
		e.name = fmt.Sprintf("processor sharing %d", i+1)
		metrics := []string{platform.ResponseTime, platform.Instances}
		if e.startup == "" {
			metrics = append(metrics, "P(instances)")
		}
		add(exact("laws", "processor-sharing", e.scenario(), metrics...))
	}
	for i, e := range []executorCase{
		{arrivals: "poisson(rate=2.8/s)", service: "lognormal(mean=1s, cv=1.5)", block: coreBlock{"4", "2", "0.25", "0.8", ""}},
		{arrivals: "poisson(rate=2/s)", service: "constant(1s)", block: coreBlock{"2", "2", "0.6", "", ""}},
	} {
		e.name = fmt.Sprintf("processor sharing with threads %d", i+1)
		add(exact("laws", "processor-sharing", e.scenario(), platform.ResponseTime, platform.Instances, "P(instances)"))
	}
	for i, e := range []executorCase{
		{arrivals: "poisson(rate=6/s)", service: "lognormal(mean=1s, cv=1.5)", block: coreBlock{"4", "1", "", "2.7", ""}},
		{arrivals: "poisson(rate=3/s)", service: "constant(1s)", block: coreBlock{"4", "2", "0.25", "", "[0.8, 1.5, 1.1]"}},
	} {
		e.name = fmt.Sprintf("processor sharing with a clock of its own %d", i+1)
		add(exact("laws", "processor-sharing", e.scenario(), platform.ResponseTime, platform.Instances, "P(instances)"))
	}
	for i, p := range []poolCase{
		{arrivals: "poisson(rate=4/s)", warm: "lognormal(mean=1s, cv=1.5)", most: "10", idle: 10, cores: coreBlock{"4", "2", "0.25", "0.8", ""}},
		{arrivals: "poisson(rate=2/s)", warm: "constant(1s)", most: "4", idle: 4, cores: coreBlock{physical: "2"}},
		{arrivals: "poisson(rate=60/s)", warm: "exponential(mean=100ms)", most: "8", idle: 8, cores: coreBlock{"8", "1", "", "0.5", ""}},
	} {
		p.name, p.cold, p.keepAlive = fmt.Sprintf("processor sharing cut at the cap %d", i+1), "constant(9s)", "never"
		add(exact("laws", "processor-sharing", p.scenario(), platform.RejectionProbability, platform.ResponseTime, platform.Running, "P(running)"))
	}
	for i, p := range []poolCase{
		{arrivals: "poisson(rate=4/s)", warm: "lognormal(mean=1s, cv=1.5)", release: "constant(500ms)", most: "8", idle: 8, cores: coreBlock{"3", "1", "", "1.6", ""}},
	} {
		p.name, p.cold, p.keepAlive = fmt.Sprintf("processor sharing cut at the cap, with releases %d", i+1), "constant(9s)", "never"
		add(exact("laws", "processor-sharing", p.scenario(), platform.RejectionProbability, platform.ResponseTime, platform.Running, platform.ReleasingInstances, "P(running)"))
	}
	for i, e := range []executorCase{
		{arrivals: "poisson(rate=3/s)", service: "exponential(mean=1s)", cores: "4"},
		{arrivals: "poisson(rate=0.5/s)", service: "exponential(mean=1s)", cores: "1"},
	} {
		e.name, e.discipline = fmt.Sprintf("M/M/c %d", i+1), "fcfs"
		add(exact("laws", "mmc", e.scenario(), platform.WaitingProbability, platform.WaitingTime, platform.QueueLength, platform.ResponseTime, platform.ResponseTimeP90, platform.Instances, "P(instances)"))
	}

	// Little's law: any arrivals, service and routing.
	for i, p := range []poolCase{
		{routing: "lru", keepAlive: "5s", most: "unlimited"},
		{routing: "random", keepAlive: "2s", most: "4", queue: "3s"},
		{routing: "newest", keepAlive: "3s", most: "6"},
		{routing: "mru", keepAlive: "3s", most: "9", queue: "2s", release: "weibull(shape=0.7, mean=400ms)"},
	} {
		p.name, p.arrivals = fmt.Sprintf("Little %d", i+1), "renewal(gamma(mean=500ms, cv=2))"
		p.warm, p.cold = "lognormal(mean=1s, cv=1)", "gamma(mean=3s, cv=0.5)"
		add(little(p.scenario()))
	}

	// Poisson streams together are Poisson arrivals of the sum of their rates.
	for i, p := range []poolCase{
		{arrivals: "superpose(poisson(rate=2/s), poisson(rate=2/s))", warm: "lognormal(mean=1s, cv=2)", most: "5", idle: 5, keepAlive: "never",
			model: "erlang-b", metrics: []string{platform.RejectionProbability, platform.Running, "P(running)"}},
		{arrivals: "superpose(superpose(poisson(rate=1/s), poisson(rate=20/m)), poisson(rate=40/m))", warm: "exponential(mean=500ms)", cold: "exponential(mean=1s)", keepAlive: "500ms", most: "unlimited",
			model: "level-crossing", metrics: []string{platform.ColdStartProbability, platform.Instances, platform.RunningCold, "P(instances)"}},
	} {
		if p.name = fmt.Sprintf("Poisson streams %d", i+1); p.cold == "" {
			p.cold = "constant(9s)"
		}
		add(exact("laws", p.model, p.scenario(), p.metrics...))
	}

	// Rates that repeat, averaged over periods.
	for i, e := range []executorCase{
		{arrivals: "steps(rates=[0/s, 6/s, 1/s], at=[3s, 8s], period=20s)", service: "exponential(mean=2s)"},
		{arrivals: "superpose(daily(mean=1/s, peak=5, period=10s), steps(rates=[4/s, 0/s], at=[4s], period=8s))", service: "constant(1s)", startup: "exponential(mean=500ms)"},
	} {
		e.name, e.cores = fmt.Sprintf("periodic %d", i+1), "unlimited"
		add(periodic(e.scenario()))
	}

	// Users who wait for their answers: any think times, and any services unless requests queue.
	for i, e := range []executorCase{
		{arrivals: "closed(users=8, think=exponential(mean=3s))", service: "exponential(mean=1s)", cores: "2", discipline: "fcfs"},
		{arrivals: "closed(users=30, think=constant(9s))", service: "exponential(mean=1s)", cores: "3", discipline: "fcfs", startup: "uniform(0s, 2s)"},
		{arrivals: "closed(users=12, think=lognormal(mean=4s, cv=1.5))", service: "gamma(mean=1s, cv=2)", cores: "2"},
		{arrivals: "closed(users=50, think=hyperexponential(mean=2s, cv=2))", service: "lognormal(mean=1s, cv=1)", cores: "unlimited", startup: "exponential(mean=1s)"},
		{arrivals: "closed(users=20, think=exponential(mean=2s))", service: "constant(1s)", block: coreBlock{"4", "2", "0.25", "0.8", ""}},
	} {
		e.name = fmt.Sprintf("finite source of executors %d", i+1)
		metrics := []string{platform.ResponseTime, platform.Throughput, platform.Instances}
		if e.startup == "" {
			metrics = append(metrics, "P(instances)")
		}
		if e.discipline == "fcfs" {
			metrics = append(metrics, platform.WaitingProbability, platform.WaitingTime, platform.QueueLength)
		}
		add(exact("laws", finiteSource, e.scenario(), metrics...))
	}
	for i, p := range []poolCase{
		{arrivals: "closed(users=20, think=exponential(mean=2s))", warm: "exponential(mean=1s)", most: "6", idle: 6, keepAlive: "never", queue: "never"},
		{arrivals: "closed(users=20, think=uniform(0s, 6s))", warm: "exponential(mean=1s)", startup: "constant(0s)", most: "6", keepAlive: "300ms", queue: "never", routing: "random"},
		{arrivals: "closed(users=10, think=gamma(mean=2s, cv=0.5))", warm: "lognormal(mean=1s, cv=1.5)", most: "unlimited", idle: 10, keepAlive: "never", cores: coreBlock{physical: "3"}},
		{arrivals: "closed(users=10, think=exponential(mean=2s))", warm: "lognormal(mean=1s, cv=1.5)", startup: "constant(0s)", most: "unlimited", keepAlive: "2s", release: "exponential(mean=1s)"},
		{model: engset, arrivals: "closed(users=12, think=lognormal(mean=3s, cv=1.5))", warm: "constant(1s)", most: "4", idle: 4, keepAlive: "never"},
		{model: engset, arrivals: "closed(users=9, think=exponential(mean=1s))", warm: "gamma(mean=1s, cv=2)", startup: "constant(0s)", most: "5", keepAlive: "2s", routing: "lru"},
		{model: engset, arrivals: "closed(users=15, think=erlang(k=2, mean=2s))", warm: "lognormal(mean=1s, cv=1.5)", most: "6", idle: 6, keepAlive: "never", cores: coreBlock{"4", "2", "0.25", "0.8", ""}},
	} {
		p.name = fmt.Sprintf("finite source of a pool %d", i+1)
		if p.startup == "" {
			p.cold = "constant(9s)"
		}
		metrics := []string{platform.ResponseTime, platform.Throughput, platform.Running, "P(running)"}
		switch {
		case p.model != "":
			metrics = append(metrics, platform.RejectionProbability)
		case p.queue != "":
			metrics = append(metrics, platform.WaitingProbability, platform.WaitingTime, platform.QueueLength)
		}
		if p.model == "" {
			p.model = finiteSource
		}
		add(exact("laws", p.model, p.scenario(), metrics...))
	}

	// The interactive response time law: users who wait for their answers, whatever answers them.
	for i, p := range []poolCase{
		{arrivals: "closed(users=20, think=lognormal(mean=2s, cv=2))", routing: "lru", keepAlive: "5s", most: "unlimited"},
		{arrivals: "closed(users=10, think=constant(1s))", routing: "random", keepAlive: "2s", most: "4", queue: "3s"},
		{arrivals: "closed(users=25, think=gamma(mean=5s, cv=0.5))", routing: "newest", keepAlive: "3s", most: "6", release: "exponential(mean=500ms)"},
		{arrivals: "closed(users=30, think=exponential(mean=2s))", keepAlive: "20s", most: "unlimited", cores: coreBlock{"4", "2", "0.25", "0.8", ""}},
	} {
		p.name = fmt.Sprintf("interactive response time %d", i+1)
		p.warm, p.cold = "lognormal(mean=1s, cv=1)", "gamma(mean=3s, cv=0.5)"
		add(interactive(p.scenario()))
	}
	for i, e := range []executorCase{
		{arrivals: "closed(users=20, think=lognormal(mean=2s, cv=2))", service: "lognormal(mean=1s, cv=2)", cores: "4", discipline: "fcfs", startup: "exponential(mean=1s)"},
		{arrivals: "closed(users=20, think=constant(500ms))", service: "uniform(0s, 2s)", cores: "4"},
	} {
		e.name = fmt.Sprintf("interactive response time of executors %d", i+1)
		add(interactive(e.scenario()))
	}

	// The warm-up is deleted: the replications are so short that a kept warm-up would show.
	p = poolCase{name: "warm-up", arrivals: "poisson(rate=5/s)", warm: "exponential(mean=1s)", cold: "constant(10s)", keepAlive: "0s", most: "unlimited"}
	s := p.scenario()
	s.Run = s.Run.Fixed(20*sim.Second, 60*sim.Second)
	s.Run.Replications = 4000
	g := exact("laws", "always-cold", s, platform.Instances)
	g.short = true
	add(g)
	return append(groups, policyLaws()...)
}

// little returns the cases of Little's law, L = λW, for a scenario: the left side over the right
// side is 1.
func little(s scenarios.Scenario) group {
	warm, _ := s.Container.Warm.Moments()
	cold := coldService(s.Container, warm)
	g := group{suite: "laws", name: s.Name, scenario: s}
	add := func(metric, left string, right func(*platform.Observations) float64) {
		of := metricOf(scenarios.ContainerPlatform, left)
		g.cases = append(g.cases, Case{Suite: "laws", Scenario: s.Name, Platform: scenarios.ContainerPlatform,
			Model: "little", Metric: metric, Kind: Exact, Expected: 1, Detect: detect,
			of: func(o *platform.Observations) float64 { return of(o) * o.Span.Seconds() / right(o) }})
	}
	add("running warm / (rate × service)", platform.RunningWarm, func(o *platform.Observations) float64 { return float64(o.Warm) * warm })
	add("running cold / (rate × service)", platform.RunningCold, func(o *platform.Observations) float64 { return float64(o.Cold) * cold })
	if release := s.Container.MeanRelease(); release > 0 {
		add("releasing / (rate × release)", platform.ReleasingInstances, func(o *platform.Observations) float64 { return float64(o.Completed) * release })
	}
	add("instances / (rate × life)", platform.Instances, func(o *platform.Observations) float64 {
		return float64(o.Cold) * o.Lifetime.Seconds() / float64(o.Expired)
	})
	return g
}

// periodic returns the cases of executors with a core each whose arrivals have a period: on average over
// periods, requests are served at the mean rate, and by Little's law rate × mean response are present.
// The left side over the right side is 1.
func periodic(s scenarios.Scenario) group {
	rate := s.Arrivals.Rate()
	service, _ := s.Wasm.Service.Moments()
	g := group{suite: "laws", name: s.Name, scenario: s}
	for _, c := range []struct {
		name, metric string
		expected     float64
	}{{"throughput / mean rate", platform.Throughput, rate}, {"instances / (mean rate × service)", platform.Instances, rate * (service + meanOrNone(s.Wasm.Startup))}} {
		of := metricOf(scenarios.WasmPlatform, c.metric)
		g.cases = append(g.cases, Case{Suite: "laws", Scenario: s.Name, Platform: scenarios.WasmPlatform,
			Model: "little", Metric: c.name, Kind: Exact, Expected: 1, Detect: detect,
			of: func(o *platform.Observations) float64 { return of(o) / c.expected }})
	}
	return g
}

// interactive returns the cases of the interactive response time law (P. J. Denning and J. P. Buzen,
// "The operational analysis of queueing network models", ACM Computing Surveys 1978): each of N users
// is in the system or thinks, so that N = number present + rate of answers × E[Z]. Where every request
// is served, that is response time = N / throughput − E[Z]. The left side over the right side is 1.
func interactive(s scenarios.Scenario) group {
	closed := s.Arrivals.(dist.Closed)
	users := float64(closed.Users)
	think, _ := closed.Think.Moments()
	g := group{suite: "laws", name: s.Name, scenario: s}
	name := s.Platforms()[0]
	add := func(metric string, of func(*platform.Observations) float64) {
		g.cases = append(g.cases, Case{Suite: "laws", Scenario: s.Name, Platform: name,
			Model: "interactive-response-time", Metric: metric, Kind: Exact, Expected: 1, Detect: detect, of: of})
	}
	add("users / (present + rate of answers × think)", func(o *platform.Observations) float64 {
		present := o.Running.Mean() + o.Waiting.Mean()
		if name == scenarios.WasmPlatform { // all executors count as running, also those that wait
			present = o.Instances.Mean()
		}
		return users / (present + float64(o.Completed+o.Rejected+o.TimedOut)/o.Span.Seconds()*think)
	})
	if c := s.Container; c == nil || c.MaxInstances >= closed.Users {
		response, throughput := metricOf(name, platform.ResponseTime), metricOf(name, platform.Throughput)
		add("response time / (users / throughput − think)", func(o *platform.Observations) float64 {
			return response(o) / (users/throughput(o) - think)
		})
	}
	return g
}

// Package model holds analytical models of serverless platforms: they compute the steady state of a
// platform from its parameters alone.
//
// Requests arrive as a Poisson process of rate λ. On a container platform an instance serves each
// request. A warm instance, idle since an earlier request, takes E[S_w] on average. If none is
// idle, a new instance is started for the request, which takes E[S_c], start-up included: a cold
// start. An instance that has been idle for the keep-alive τ expires; instances may be capped at c.
// A [Pool] holds these parameters. The offered load a = λE[S_w] is the mean number of requests that
// would run at once if all were warm.
//
// [LevelCrossing] is the exact steady state of such a pool when service times are exponential and a
// request goes to the instance that became idle last. [SMP] is a published approximation in two
// variants. At the ends of the keep-alive, pools become classical queues: without a keep-alive,
// [AlwaysCold]; with an endless keep-alive and a full pool, [Loss] if requests are rejected, and
// [MMc] or [MMcD] if they wait; [ErlangB] and [ErlangC] give the probabilities of loss and wait.
// For one instance with a queue, [PollaczekKhinchine] takes any law of service and [GIM1] any law
// of independent times between arrivals. When cold starts take no longer than warm ones, a pool is
// a [SlidingMaximum].
//
// On a Wasm platform an instance starts in no time and requests compete for cores: [InfiniteServer]
// when there are enough cores, [ProcessorSharing] when requests share the cores, [FCFSCores] when
// requests wait for them. For one core, [FCFSCore] and [FCFSRenewalCore] accept more laws.
//
// [MetricScaling] is an autoscaler that measures its load, such as Knative's; [KnativeService] derives its
// parameters, and says where it cannot be trusted.
//
// Every result embeds [Measures], the metrics of the model under the names that a simulation uses,
// and most results hold a [Distribution]. If a model knows the law of the waiting or the response
// time, the measures hold this [TimeLaw].
//
// Rules that hold:
//   - rates are in 1/s, times in seconds, both between 1e-12 and 1e12; a keep-alive or a
//     deadline may also be 0, or math.Inf(1) for never; a cap is at least 1, or
//     [Unlimited];
//   - a parameter outside the domain is a [DomainError] that names the parameter, its value
//     and the accepted values; all errors of a call are joined in one;
//   - a result is finite: a metric that does not exist is absent from Metrics;
//   - functions are pure: no state, no random numbers, no clock, and safe for concurrent
//     use;
//   - nothing panics, except a caller's [Speed] that does.
//
// The symbols: λ arrival rate (1/s) · S, S_w, S_c service, warm and cold (s) ·
// μ = 1/E[S] (1/s) · τ keep-alive (s) · c cap, or servers · a offered load ·
// B(a, m) Erlang-B probability · p_cold cold start probability.
package model

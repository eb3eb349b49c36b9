// Package model holds analytical models of serverless platforms: what the
// steady state of a platform must be, computed from its parameters alone.
//
// Requests arrive as a Poisson process of rate λ. On a container platform each
// is served by an instance: a warm one, idle since an earlier request, in
// E[S_w] on average, or, if none is idle, by one started for it, in E[S_c],
// start-up included. That is a cold start. An instance that has been idle for the
// keep-alive τ expires; instances may be capped at c. A [Pool] is these
// parameters. The offered load a = λE[S_w] is the number of requests that would
// run at once if all were warm.
//
// [LevelCrossing] is the exact steady state of such a pool when service times
// are exponential and a request goes to the instance that became idle last.
// [SMP] is a published approximation of it, in two variants. At the ends of the
// keep-alive pools become classical queues: without any, [AlwaysCold]; with one
// that never ends and a full pool, [Loss] if requests are rejected and [MMc] or
// [MMcD] if they wait, with [ErlangB] and [ErlangC] their probabilities. One
// instance with a queue is solved beyond exponential service and Poisson
// arrivals: [PollaczekKhinchine] for any service, [GIM1] for any independent times
// between arrivals. When
// cold starts take no longer than warm ones, a pool is a [SlidingMaximum].
//
// On a Wasm platform an instance starts in no time and requests compete for
// cores: [InfiniteServer] when there are enough, [ProcessorSharing] when they
// share them, [FCFSCores] when they wait for them; of one core [FCFSCore] and
// [FCFSRenewalCore] know more laws.
//
// Every result embeds [Measures], the metrics a model gives under the names a
// simulation gives them, and most hold a [Distribution]; where the law of the waiting
// or the response time is known, the measures have it as a [TimeLaw].
//
// Rules that hold:
//   - rates are in 1/s, times in seconds, both between 1e-12 and 1e12; a
//     keep-alive or a deadline may also be 0, or math.Inf(1) for never; a cap is
//     at least 1, or [Unlimited];
//   - a parameter outside the domain is a [DomainError] that names it, what was
//     found and what is accepted; all of a call's are joined in one error;
//   - a result is finite: what does not exist is absent from Metrics;
//   - functions are pure: no state, no random numbers, no clock, and safe for
//     concurrent use;
//   - nothing panics, but for a [Speed] of the caller's that does.
//
// The symbols: λ arrival rate (1/s) · S, S_w, S_c service, warm and cold (s) ·
// μ = 1/E[S] (1/s) · τ keep-alive (s) · c cap, or servers · a offered load ·
// B(a, m) Erlang-B probability · p_cold cold start probability.
package model

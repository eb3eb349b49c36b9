package pool

import (
	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/internal/loop"
	"faaslab/sim"
	"faaslab/sim/random"
)

// releases are the times for which the instances of a pool are busy after their responses
// (Config.Release). The time after the response of a request comes from the request's own member of
// a family, so that it is the same whichever instance serves, and whatever happens to other requests.
type releases struct {
	always sim.Time     // if law.Law is nil
	law    loop.Sampler // of times that differ
	// requests, by instance, is the number of the request that it serves; nothing if the times are
	// always the same.
	requests []uint64
}

// newReleases returns nil where an instance is free with its response.
func newReleases(config Config, seed uint64, replication int) *releases {
	if !config.Releases() {
		return nil
	}
	if c, ok := config.Release.(dist.Constant); ok {
		return &releases{always: sim.FromSeconds(c.Value)}
	}
	return &releases{law: loop.Sampler{Law: config.Release, Family: random.NewFamily(seed, replication, random.Release)}}
}

// serves records the number of the request that an instance begins to serve.
func (r *releases) serves(instance uint32, request uint64) {
	if r == nil || r.law.Law == nil {
		return
	}
	for int(instance) >= len(r.requests) {
		r.requests = append(r.requests, 0)
	}
	r.requests[instance] = request
}

// end returns when an instance can serve again after the completion of the request that it serves; 0
// without releases.
func (r *releases) end(completion sim.Time, instance uint32) sim.Time {
	switch {
	case r == nil:
		return 0
	case r.law.Law == nil:
		return completion.Plus(r.always)
	}
	return completion.Plus(r.law.Draw(r.requests[instance]))
}

// with returns the log that a pool with these releases calls: where they must know which request an
// instance serves, a log that ignores requests in place of none. Warm starts are recorded where they
// are logged, so that the loop checks once for both.
func (r *releases) with(log func(platform.Request)) func(platform.Request) {
	if r != nil && r.law.Law != nil && log == nil {
		return func(platform.Request) {}
	}
	return log
}

// releaseEnds marks the payload of the end of a release, whose other bits are the instance's number.
const releaseEnds = 1 << 31

// completeApart handles a completion of a pool that shares cores or has releases, or the end of a
// release.
//
//go:noinline
func (p *Pool) completeApart(event sim.Event) {
	now, payload := event.Time, event.Payload()
	switch {
	case payload&releaseEnds != 0:
		p.endRelease(now, payload&^releaseEnds)
	case p.shared != nil:
		p.completeShared(now)
	default:
		p.finish(now, payload>>1, payload&1 == 1)
	}
}

// finish ends the service of a request: its instance is free, or begins its release.
func (p *Pool) finish(now sim.Time, instance uint32, cold bool) {
	if p.releases == nil {
		p.complete(now, instance, cold)
		return
	}
	o := &p.observed
	o.Completed++
	if cold {
		o.RunningCold.Set(now, o.RunningCold.Count()-1)
	}
	o.Free(now)
	o.Releasing.Set(now, o.Releasing.Count()+1)
	p.engine.Schedule(p.releases.end(now, instance), loop.Completion, instance|releaseEnds)
}

// endRelease frees an instance: it serves the request that has waited longest or, if none waits, can
// be taken by an arrival until it expires.
func (p *Pool) endRelease(now sim.Time, instance uint32) {
	o := &p.observed
	o.Releasing.Set(now, o.Releasing.Count()-1)
	if p.waiting.Len() > 0 {
		o.Begin(now)
		p.serveWaiting(now, instance)
		return
	}
	if p.idle.len() == 0 {
		p.engine.SetTimer(loop.Expiry, now.Plus(p.config.KeepAlive))
	}
	p.idle.put(idler{now, instance})
}

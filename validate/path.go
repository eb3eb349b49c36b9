package validate

import (
	"context"
	"fmt"
	"slices"

	"faaslab/platform"
	"faaslab/scenarios"
	"faaslab/sim"
)

// pathSpan is the length of an observed sample path.
const pathSpan = 3600 * sim.Second

// slidingMaximumOnAPath checks the sliding-maximum law of a pool without a cap, to the nanosecond.
// From the log of requests it computes how long max{busy(s): t−τ <= s <= t} had each value, and
// compares this with how long the pool had the same number of instances. An instance is busy from the
// start of a request to its completion, and for the release after it.
func slidingMaximumOnAPath(ctx context.Context, s scenarios.Scenario) error {
	s.Run = s.Run.Fixed(0, pathSpan)
	s.Run.Replications = 1
	var log []platform.Request
	r, err := scenarios.Simulate(ctx, s, scenarios.Options{
		Log: func(_ string, _ int, r platform.Request, _ bool) {
			r.Completion = max(r.Completion, r.Released)
			log = append(log, r)
		},
	})
	if err != nil {
		return err
	}
	if r.Broken != nil {
		return r.Broken
	}
	observed := r.Platform(scenarios.ContainerPlatform).Distributions[platform.Instances]
	want := slidingMaximum(log, s.Container.KeepAlive, pathSpan)
	for n := range max(len(observed), len(want)) {
		var got, exact float64
		if n < len(observed) {
			got = observed[n]
		}
		if n < len(want) {
			exact = want[n].Seconds() / pathSpan.Seconds()
		}
		// Both times are whole nanoseconds in the same span.
		if got != exact && max(got-exact, exact-got) > 1e-15 {
			return fmt.Errorf("the pool had %d instances for %.9f of the time, the sliding maximum of the busy was %d for %.9f", n, got, n, exact)
		}
	}
	return nil
}

// A step is a new value of a count.
type step struct {
	at    sim.Time
	value int
}

// slidingMaximum returns how long, in [0, end], the maximum of the number running over the last
// window had each value.
func slidingMaximum(log []platform.Request, window, end sim.Time) []sim.Time {
	running := runningPath(log, end)
	// The maximum changes when the number running changes, and when a value falls out of the
	// window: one window after the count has left it.
	moments := []sim.Time{0, end}
	for _, s := range running {
		moments = append(moments, s.at)
		if out := s.at.Plus(window); out < end {
			moments = append(moments, out)
		}
	}
	slices.Sort(moments)
	moments = slices.Compact(moments)
	var spent []sim.Time
	// candidates are the steps that may be the maximum now or later, with falling values.
	var candidates []int
	next := 0
	left := func(i int) sim.Time { // when the count left step i
		if i+1 < len(running) {
			return running[i+1].at
		}
		return sim.Never
	}
	for k, at := range moments[:len(moments)-1] {
		for next < len(running) && running[next].at <= at {
			for len(candidates) > 0 && running[candidates[len(candidates)-1]].value <= running[next].value {
				candidates = candidates[:len(candidates)-1]
			}
			candidates = append(candidates, next)
			next++
		}
		// A step counts while its span [at, left) meets [now−window, now].
		for left(candidates[0]).Plus(window) <= at {
			candidates = candidates[1:]
		}
		most := running[candidates[0]].value
		for len(spent) <= most {
			spent = append(spent, 0)
		}
		spent[most] += moments[k+1] - at
	}
	return spent
}

// runningPath returns the number running as a step function from time 0 to end, with at most one
// step at each moment.
func runningPath(log []platform.Request, end sim.Time) []step {
	var changes []step
	for _, r := range log {
		changes = append(changes, step{r.Start, 1})
		if r.Completion <= end {
			changes = append(changes, step{r.Completion, -1})
		}
	}
	slices.SortFunc(changes, func(a, b step) int { return int(min(max(a.at-b.at, -1), 1)) })
	path := []step{{0, 0}}
	for _, c := range changes {
		last := path[len(path)-1]
		if c.at == last.at {
			path[len(path)-1].value += c.value
		} else {
			path = append(path, step{c.at, last.value + c.value})
		}
	}
	return path
}

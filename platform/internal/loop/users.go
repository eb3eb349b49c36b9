package loop

import (
	"faaslab/dist"
	"faaslab/platform"
	"faaslab/sim"
	"faaslab/sim/random"
)

// users are the users of a dist.Closed. They are all alike, so that only the ends of their thinking
// are kept: a user has none while the answer is not certain yet. It holds
//
//	ends of thinking = users − requests that wait, or are in service without a certain completion
type users struct {
	count int
	think Sampler   // after the answer to a request, by its number
	ends  sim.Queue // of thinking; the first is the next arrival
	begun bool      // the first request has been asked for
}

// newUsers returns users who begin to think at time 0.
func newUsers(c dist.Closed, seed uint64, replication int) *users {
	u := &users{count: c.Users, think: Sampler{Law: c.Think, Family: random.NewFamily(seed, replication, random.Think)}}
	first := random.Stream(seed, replication, random.Arrivals)
	var seconds [BlockSize]float64
	var times [BlockSize]int64
	for left := c.Users; left > 0; left -= BlockSize {
		FillTimes(c.Think, &first, seconds[:], times[:])
		for _, t := range times[:min(left, BlockSize)] {
			u.ends.Push(sim.Time(t), Arrival, 0)
		}
	}
	return u
}

// MostPresent returns the largest number of requests that may be present at once: of users who wait
// for their answers, one each.
func MostPresent(arrivals dist.Arrivals) int {
	if c, ok := arrivals.(dist.Closed); ok {
		return c.Users
	}
	return platform.Unlimited
}

// next returns the time from one arrival, which happens now, to the next, as things stand; Never if
// all users wait. The first arrival counts from time 0.
func (u *users) next() sim.Time {
	now := sim.Time(0)
	if u.begun {
		now = u.ends.Pop().Time
	}
	u.begun = true
	if u.ends.Len() == 0 {
		return sim.Never
	}
	return u.ends.First().Time - now
}

// Listen returns the log that a platform calls: log or, if there is none but users wait for their
// answers, one that ignores requests.
func (w *Workload) Listen(log func(platform.Request)) func(platform.Request) {
	if log == nil && w.single != nil && w.single.users != nil {
		return func(platform.Request) {}
	}
	return log
}

// Answer lets the user who sent a request think from the moment of the answer on, which may be yet
// to come. If the user is then the next to send a request, it returns when, and true. It does
// nothing if the arrivals do not wait for answers.
func (w *Workload) Answer(id ID, at sim.Time) (next sim.Time, sooner bool) {
	if w.single == nil || w.single.users == nil {
		return 0, false
	}
	u := w.single.users
	end := at.Plus(u.think.Draw(id.Number()))
	if end == sim.Never {
		return 0, false
	}
	sooner = u.ends.Len() == 0 || end < u.ends.First().Time
	u.ends.Push(end, Arrival, 0)
	return end, sooner
}

// Sound reports whether the users' invariant holds while so many requests of users wait, or are in
// service without a certain completion; it does where there are no users.
func (w *Workload) Sound(uncertain int) bool {
	return w.Err != nil || w.single == nil || w.single.users == nil || w.single.users.ends.Len() == w.single.users.count-uncertain
}

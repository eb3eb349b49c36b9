package scenarios

import (
	"math"

	"faaslab/dist"
)

// closed returns the users who wait for their answers; false if the arrivals are none.
func (s Scenario) closed() (dist.Closed, bool) {
	c, ok := s.Arrivals.(dist.Closed)
	return c, ok
}

// A turnaround says how soon a platform answers requests, from means.
type turnaround struct {
	least    float64 // mean seconds from an arrival to its answer at least, >= 0
	capacity float64 // answers per second at most; +Inf if nothing bounds them
	atOnce   bool    // a request may be answered at the moment of its arrival
	shared   bool    // requests that are present share the capacity equally; else the first is answered first
}

// ArrivalRate returns the arrivals per second in the long run, on the platform that has the most; NaN if they are not
// known in advance, as those of a trace. Those of closed users depend on the answers: of N users who think for Z seconds
// on average there are at most N/(Z + R) arrivals per second, with R the least mean time to an answer, and no more than
// the platform can answer.
func (s Scenario) ArrivalRate() float64 {
	c, ok := s.closed()
	if !ok {
		return s.Arrivals.Rate()
	}
	rate := 0.0
	for _, k := range kinds {
		if k.has(&s) {
			t := turnaround{capacity: math.Inf(1)}
			if k.answers != nil {
				t = k.answers(s)
			}
			rate = max(rate, min(float64(c.Users)/(mean(c.Think)+t.least), t.capacity))
		}
	}
	if math.IsInf(rate, 1) {
		return math.NaN()
	}
	return rate
}

// queued returns how many closed users wait at most for servers, on average and in the long run: with N users who think for Z
// seconds there are N − c(Z + S)/S more than c servers keep busy (the asymptotic bound of operational analysis: Denning
// and Buzen, ACM Computing Surveys 1978).
func queued(c dist.Closed, service, servers float64) float64 {
	if math.IsInf(servers, 1) || !(service > 0) {
		return 0
	}
	return max(0, float64(c.Users)-servers*(mean(c.Think)+service)/service)
}

// phase is the time in seconds for which closed users remember that all began to think at time 0. A user's cycle of
// thought and answer has a mean T and a variance v; after t seconds the variance of the users' phases is v·t/T, and the
// first harmonic of their number decays like exp(−2π² v t / T³). Where nothing varies, or varies without bound, it is 0.
func phase(c dist.Closed, service dist.Distribution) float64 {
	think, variance := c.Think.Moments()
	cycle := think
	if service != nil {
		m, v := service.Moments()
		cycle += m
		variance += v
	}
	scale := think + cycle*cycle*cycle/(2*math.Pi*math.Pi*variance)
	if math.IsNaN(scale) || math.IsInf(scale, 0) {
		return think
	}
	return scale
}

// backlog is the time in seconds after which the response times of closed users are those of the steady state, where they
// are more than a platform can answer at once; 0 where they are not. All are present soon, and their number
// does not change any more; but the first to be answered have waited for less. First come, first served, that is over
// when the last of the first has been answered, after N/c seconds with c answers per second. Where all share the
// capacity, the short requests are answered first, and what is left of that fades on this scale: five times
// leave less than 1 %.
func (s Scenario) backlog() (seconds float64) {
	const fades = 5
	users, ok := s.closed()
	if !ok {
		return 0
	}
	for _, k := range kinds {
		if k.answers == nil || !k.has(&s) {
			continue
		}
		t := k.answers(s)
		response := float64(users.Users)/t.capacity - mean(users.Think) // N/c − Z: the asymptotic bound
		if !(response > t.least) {
			continue
		}
		if t.shared {
			response *= fades
		}
		seconds = max(seconds, response+mean(users.Think))
	}
	return seconds
}

// closedUsers checks that users who do not think cannot send without end at one moment.
func (c *checker) closedUsers() {
	closed, ok := c.closed()
	if !ok || c.found != nil || mean(closed.Think) > 0 {
		return
	}
	for _, k := range kinds {
		if k.answers != nil && k.has(&c.Scenario) && k.answers(c.Scenario).atOnce {
			c.add("users who do not think would send requests without end at one moment, since "+k.Label+
				" may answer at once; want a think time, or no rejections (container.when_full: queue, or max_instances for all users) and a service time above 0s", "arrivals")
			return
		}
	}
}

package scenarios

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"faaslab/dist"
	"faaslab/platform"
)

// An UnsteadyError says why a platform of a scenario has no steady state: what
// is measured depends on how long it is measured.
type UnsteadyError struct {
	Platform string  // the name of its kind
	Load     float64 // offered load, arrival rate × mean service time, in instances or cores; may be +Inf. Of a dispatch stage, arrivals per second
	Capacity float64 // instances, or cores of the speed of one that is busy alone, or requests per second; +Inf where there is no bound
	reason   string
}

// Error returns the reason with its numbers.
func (e *UnsteadyError) Error() string { return e.Platform + " has no steady state: " + e.reason }

// CheckPrecision returns an error if the run is to go on until a precision that it can never know. It
// concerns what is simulated until then, not a transient, a trace, or a run of a fixed duration.
func (s Scenario) CheckPrecision() error {
	if s.Run.Replications == 1 && s.Run.Duration == 0 && s.Run.Precision > 0 && !s.replays() {
		return errors.New("run.replications: one replication has no interval, so no precision; want 2 or more, or run.duration")
	}
	return nil
}

// CheckSteadyState returns an *UnsteadyError for each platform that cannot have
// a steady state, joined; nil if all may have one. It compares means. A trace, which ends, is
// replayed and not measured in a steady state: it objects to none.
func (s Scenario) CheckSteadyState() error {
	if s.replays() {
		return nil
	}
	var errs []error
	for _, k := range kinds {
		if k.unsteady != nil && k.has(&s) {
			errs = append(errs, k.unsteady(s))
		}
	}
	return errors.Join(errs...)
}

// Steady reports whether one platform of the result may have a steady state.
func (r *Result) Steady(name string) bool {
	joined, ok := r.Unsteady.(interface{ Unwrap() []error })
	return !ok || !slices.ContainsFunc(joined.Unwrap(), func(err error) bool {
		var unsteady *UnsteadyError
		return errors.As(err, &unsteady) && unsteady.Platform == name
	})
}

// work describes limited cores and, where they are not plain, what all of them do together.
func work(c platform.Cores) string {
	if all := c.Capacity(); all != float64(c.Physical) {
		return fmt.Sprintf("the %.4g that %s do together", all, c)
	}
	return c.String()
}

// mean returns the mean of a distribution in seconds; NaN, which compares with
// nothing, if there is none.
func mean(d dist.Distribution) float64 {
	if d == nil {
		return math.NaN()
	}
	m, _ := d.Moments()
	return m
}

// instances counts them in words.
func instances(n int) string {
	if n == 1 {
		return "1 instance"
	}
	return fmt.Sprintf("%d instances", n)
}

// capacity returns a number of instances, +Inf for unlimited.
func capacity(n int) float64 {
	if n == platform.Unlimited {
		return math.Inf(1)
	}
	return float64(n)
}

// product spells out an offered load: 12.23 = 8/s × 1.5288s.
func product(rate, service float64) string {
	return fmt.Sprintf("%.4g = %s × %s", rate*service, dist.FormatRate(rate), dist.FormatDuration(service))
}

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

// A SizeError says that a platform of a scenario would need more instances and
// waiting requests at once than platform.MostLive.
type SizeError struct {
	Platform string  // the name of its kind
	Live     float64 // the estimate
	most     int     // what is accepted
	reason   string  // where the estimate comes from
}

// Error returns the estimate and where it comes from.
func (e *SizeError) Error() string {
	return fmt.Sprintf("%s would need about %.3g instances and waiting requests at once, more than the %d that are accepted: %s",
		e.Platform, e.Live, e.most, e.reason)
}

// CheckSize returns a *SizeError for each platform that would need more than
// platform.MostLive instances and waiting requests at once, joined; nil if none
// would. It estimates from means what is alive when one replication ends: of
// bursts it knows nothing, and nothing of traces. A run that passes the bound
// all the same ends with an error.
func (s Scenario) CheckSize() error { return s.CheckSizeWithin(platform.MostLive) }

// CheckSizeWithin is CheckSize with another bound.
func (s Scenario) CheckSizeWithin(most int) error {
	var errs []error
	for _, k := range kinds {
		if k.size != nil && k.has(&s) {
			errs = append(errs, k.size(s).check(k.Name, most))
		}
	}
	return errors.Join(errs...)
}

// bytesObserved is the memory, measured, of each number of instances in what was observed of a replication.
const bytesObserved = 16

// Footprint estimates the bytes of memory that a simulation with so many workers takes at the end of a replication,
// from the same means as CheckSize.
func (s Scenario) Footprint(workers int) float64 {
	at := min(workers, s.Run.Replications)
	if s.Run.Duration == 0 && s.Run.Replications <= mostKept && !s.replays() {
		at = s.Run.Replications
	}
	return s.footprint(at)
}

// LeastFootprint estimates the bytes without which the simulation cannot be: one replication at a time, and what was
// observed in all.
func (s Scenario) LeastFootprint() float64 { return s.footprint(1) }

// footprint estimates the bytes where so many replications are held at once.
func (s Scenario) footprint(held int) (bytes float64) {
	observed := s.Run.Replications * bytesObserved
	if s.Run.Duration == 0 {
		observed *= 2 // of the round before, too
	}
	for _, k := range kinds {
		if k.size != nil && k.has(&s) {
			e := k.size(s)
			bytes += e.live*float64(held*k.bytes+observed) + e.fixed*float64(held)
			if users, ok := s.closed(); ok {
				bytes += float64(held * users.Users * bytesOfUser)
			}
		}
	}
	return bytes
}

// bytesOfUser is the memory, measured, of a user who thinks.
const bytesOfUser = 40

// horizon is the virtual time of one replication in seconds; +Inf if that is still to be found.
func (s Scenario) horizon() float64 {
	if s.Run.Duration == 0 {
		return math.Inf(1)
	}
	return max(s.Run.Warmup, 0).Seconds() + s.Run.Duration.Seconds()
}

// present is the mean number of requests at the end of a replication if each
// stays for stay seconds, by Little's law; NaN if that is not known. Of closed users it is at most their number.
func (s Scenario) present(stay float64) float64 {
	present := s.ArrivalRate() * math.Min(stay, s.horizon())
	if users, ok := s.closed(); ok {
		present = math.Min(present, float64(users.Users))
	}
	return present
}

// leftOver is the number of requests at the end of a replication that arrived
// faster than servers serve them, each giving up after patience seconds. Where
// the end is still to be found and there is no patience, there is no steady state to be found (CheckSteadyState).
func (s Scenario) leftOver(service, servers, patience float64) float64 {
	rate := s.Arrivals.Rate()
	if math.IsInf(s.horizon(), 1) && math.IsInf(patience, 1) {
		return 0
	}
	return math.Min((rate-servers/service)*s.horizon(), rate*patience)
}

// An estimate sums up what is alive at once and says what it consists of.
type estimate struct {
	live  float64
	terms []string
	fixed float64 // bytes of a replication besides
}

// add counts n more; what is not known or below one does not count.
func (e *estimate) add(n float64, what string) {
	if n >= 1 {
		e.live += n
		e.terms = append(e.terms, fmt.Sprintf("%.3g %s", n, what))
	}
}

func (e estimate) check(name string, most int) error {
	if e.live <= float64(most) {
		return nil
	}
	return &SizeError{Platform: name, Live: e.live, most: most, reason: strings.Join(e.terms, ", ")}
}

// A MemoryError says that simulations would need more memory than there is for them.
type MemoryError struct {
	Bytes int64 // that there are
}

// Error says how much there is.
func (e *MemoryError) Error() string {
	return fmt.Sprintf("more than %d MB of memory would be needed: what is alive in all replications that are simulated at once, and what was observed in each; want fewer instances or a smaller run.replications", e.Bytes>>20)
}

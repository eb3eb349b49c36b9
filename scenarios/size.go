package scenarios

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"faaslab/platform"
)

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

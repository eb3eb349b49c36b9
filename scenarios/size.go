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
	Platform string  // container or wasm
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
	if c := s.Container; c != nil {
		errs = append(errs, s.containerSize(c).check(ContainerPlatform, most))
	}
	if w := s.Wasm; w != nil {
		errs = append(errs, s.wasmSize(w).check(WasmPlatform, most))
	}
	return errors.Join(errs...)
}

// Bytes of memory, measured: for each instance and waiting request that is alive (35 to 135, by routing, cores and
// the growth of arrays), and for each number of instances in what was observed of a replication.
const (
	bytesOfContainer = 100
	bytesOfExecutor  = 50
	bytesObserved    = 16
)

// Footprint estimates the bytes of memory that a simulation with so many workers takes at the end of a replication,
// from the same means as CheckSize.
func (s Scenario) Footprint(workers int) float64 {
	at := min(workers, s.Run.Replications)
	if s.Run.Duration == 0 && s.Run.Replications <= mostKept {
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
	if c := s.Container; c != nil {
		bytes += s.containerSize(c).live * float64(held*bytesOfContainer+observed)
	}
	if w := s.Wasm; w != nil {
		bytes += s.wasmSize(w).live * float64(held*bytesOfExecutor+observed)
	}
	return bytes
}

func (s Scenario) containerSize(c *platform.Containers) estimate {
	rate, service, limit := s.Arrivals.Rate(), mean(c.Warm), capacity(c.MaxInstances)
	if c.KeepAlive == 0 { // every start is cold, but for arrivals at the moment of a completion
		if service += mean(c.Startup); c.Cold != nil {
			service = mean(c.Cold)
		}
	}
	var patience float64 // seconds that a request waits at most
	if c.WhenFull == platform.Queue {
		patience = c.QueueTimeout.Seconds()
	}
	var e estimate
	idle, running := float64(c.InitialIdle), float64(c.InitialRunning)
	cores := c.Cores.Capacity()
	if busy := min(s.present(service), limit, cores); busy > idle+running {
		e.add(busy, "running, offered load "+product(rate, service))
	} else {
		e.add(idle, "idle at the start")
		e.add(running, "running at the start")
	}
	if cores < limit {
		e.add(min(s.leftOver(service, cores, math.Inf(1)), limit), "running besides, the load above the cores")
		e.add(s.leftOver(service, cores, patience), "waiting, the load above the cores")
	} else {
		e.add(s.leftOver(service, limit, patience), "waiting, the load above max_instances")
	}
	if d := c.Dispatch; d.Exists() {
		e.add(s.present(d.Interval.Seconds()), "between two looks of dispatch, "+product(rate, d.Interval.Seconds()))
		e.add(s.present(d.PerBatch.Seconds()), "during one batch of dispatch, "+product(rate, d.PerBatch.Seconds()))
		e.add(s.leftOver(1/d.Capacity(), 1, math.Inf(1)), "waiting for dispatch, the load above its capacity")
	}
	return e
}

func (s Scenario) wasmSize(w *platform.Wasm) estimate {
	rate, service, startup, cores := s.Arrivals.Rate(), mean(w.Service), mean(w.Startup), w.Cores.Capacity()
	var e estimate
	e.add(min(s.present(service), cores), "running, offered load "+product(rate, service))
	e.add(s.leftOver(service, cores, math.Inf(1)), "unfinished, the load above the cores")
	e.add(s.present(startup), "starting, "+product(rate, startup))
	return e
}

// horizon is the virtual time of one replication in seconds; +Inf if that is still to be found.
func (s Scenario) horizon() float64 {
	if s.Run.Duration == 0 {
		return math.Inf(1)
	}
	return max(s.Run.Warmup, 0).Seconds() + s.Run.Duration.Seconds()
}

// present is the mean number of requests at the end of a replication if each
// stays for stay seconds, by Little's law; NaN if that is not known.
func (s Scenario) present(stay float64) float64 {
	return s.Arrivals.Rate() * math.Min(stay, s.horizon())
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

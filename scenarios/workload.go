package scenarios

import (
	"cmp"
	"fmt"
	"math"
	"reflect"
	"slices"
	"sync"

	"faaslab/dist"
	"faaslab/platform/cluster"
	"faaslab/scenarios/internal/keyfile"
	"faaslab/scenarios/internal/traces"
	"faaslab/sim"
	"faaslab/sim/random"
)

// A Workload are the arrivals of many functions that a table lists, or that a trace of a platform
// has. Parse and Load make it of the key workload.
type Workload struct {
	notation  string
	functions Functions
	trace     *traces.Trace // nil: of a table
	named     string        // the file or folder, as the notation names it
	files     []string      // as notations name files; those of a folder with its name
	notes     []string
}

// Functions returns the functions; do not change them. Those of a trace may lack Arrivals of their own.
func (w Workload) Functions() Functions { return w.functions }

// Notes say what was found in a trace, what was filled in and what was left out, with numbers.
func (w Workload) Notes() []string { return slices.Clone(w.notes) }

// Rate returns the arrival rate of all functions together; NaN for a trace, which ends.
func (w Workload) Rate() float64 {
	if w.trace != nil {
		return math.NaN()
	}
	return w.functions.Rate()
}

// Pattern returns that of the functions; the zero value for a trace.
func (w Workload) Pattern() dist.Pattern {
	if w.trace != nil {
		return dist.Pattern{}
	}
	return w.functions.Pattern()
}

// Start returns an error: each function has a stream of its own.
func (w Workload) Start(random.Generator) (dist.Source, error) { return nil, errManyStreams }

// String returns the notation.
func (w Workload) String() string { return w.notation }

// Files returns the files that the workload is read from, and that its notations name.
func (w Workload) Files() []string { return w.files }

// recordedWorkload returns the workload of a scenario whose functions are those of a trace; false if they are not.
func (s Scenario) recordedWorkload() (Workload, bool) {
	w, ok := s.Arrivals.(Workload)
	return w, ok && w.trace != nil
}

// lacksService reports whether a scenario has many functions of a trace without durations, so that
// container.warm has them.
func (s *Scenario) lacksService() bool {
	w, ok := s.recordedWorkload()
	return ok && !w.trace.Serves
}

// meanRate is the average arrival rate of a trace, per second; NaN if there is none.
func (w Workload) meanRate() float64 {
	if w.trace == nil {
		return math.NaN()
	}
	return float64(w.trace.Requests) / w.trace.Last.Seconds()
}

// workloadWarnings are about functions that no node has room for, and about what is not used.
func (s Scenario) workloadWarnings() (w []string) {
	recorded, ok := s.recordedWorkload()
	if !ok {
		if listed, ok := s.Arrivals.(Workload); ok {
			return listed.Notes()
		}
		return nil
	}
	w = recorded.Notes()
	memory := unlessUnlimited(s.Nodes.Memory, cluster.Unlimited)
	functions, requests, own := 0, int64(0), 0
	for i, f := range recorded.functions {
		if f.Memory > memory {
			functions++
			requests += recorded.trace.Functions[i].Requests
		}
		if f.Startup != nil {
			own++
		}
	}
	if functions > 0 {
		w = append(w, fmt.Sprintf("%d of the functions are larger than a node of %s: their requests, %d, are rejected", functions, formatMegabytes(memory), requests))
	}
	if own == len(recorded.functions) && s.Container.Startup != nil {
		w = append(w, "container.startup is not used: the workload has start-ups of its own")
	}
	return w
}

// checkWorkload checks functions that a table lists or a trace has.
func (c *checker) checkWorkload(w Workload, node int64) {
	if len(w.functions) == 0 {
		c.add("has no functions; want what Parse returns", workloadKey)
		return
	}
	lacks := slices.ContainsFunc(w.functions, func(f Function) bool { return c.startupOf(&f) == nil })
	if lacks && c.readable("container.startup") {
		c.addf("container.startup", "missing, and not every function of the workload has one; want %s", keyfile.WantLaw)
	}
	switch {
	case w.trace == nil:
		for _, f := range w.functions {
			if f.Memory > node && c.sound("nodes.memory") {
				c.addf(workloadKey, "function %s has %s, more than the memory of a node, %s; want at most that", f.Name, formatMegabytes(f.Memory), formatMegabytes(node))
				return
			}
		}
		if w.Pattern().Period >= sim.Never.Seconds() {
			c.add("the periods of the functions' arrivals have no common multiple that virtual time holds; want periods of which one is a multiple of the other", workloadKey)
		}
	case !w.trace.Serves && c.Container.Warm == nil && c.readable("container.warm"):
		c.addf("container.warm", "missing, and the workload has no durations; want %s, of all its functions", keyfile.WantLaw)
	case !w.trace.Serves:
		c.optional("container.warm", c.Container.Warm)
	}
}

// zipfs holds the functions of the last few Zipf that were asked for: each check and each
// replication asks.
var zipfs struct {
	sync.Mutex
	made []zipfFunctions // the last one first
}

// zipfFunctions are those of a Zipf.
type zipfFunctions struct {
	of  Zipf
	all Functions
}

// mostZipfs is how many are held: of the scenarios of a comparison.
const mostZipfs = 4

// cachedZipf returns the functions of z, which make makes.
func cachedZipf(z Zipf, make func() Functions) Functions {
	zipfs.Lock()
	defer zipfs.Unlock()
	i := slices.IndexFunc(zipfs.made, func(f zipfFunctions) bool { return reflect.DeepEqual(f.of, z) })
	var found zipfFunctions
	if i >= 0 {
		found = zipfs.made[i]
		zipfs.made = slices.Delete(zipfs.made, i, i+1)
	} else {
		found = zipfFunctions{z, make()}
	}
	zipfs.made = slices.Insert(zipfs.made, 0, found)
	zipfs.made = zipfs.made[:min(len(zipfs.made), mostZipfs)]
	return found.all
}

// chosen returns a sample of functions by the hashes of their apps, and of those the busiest; 0: all.
func (all Functions) chosen(sample, top int) Functions {
	if sample > 1 {
		all = slices.DeleteFunc(slices.Clone(all), func(f Function) bool { return !traces.InSample(cmp.Or(f.App, f.Name), sample) })
	}
	if top > 0 {
		all = traces.Busiest(all, top, func(f *Function) float64 { return f.Arrivals.Rate() })
	}
	return all
}

var _ dist.Arrivals = Workload{}

package cluster

import (
	"math"

	"faaslab/dist"
	"faaslab/sim"
	"faaslab/sim/random"
)

// Together are the requests of the functions of a cluster as one stream, with their service times:
// what a cluster of the same seed and replication serves, request by request. Another platform can
// serve it beside the cluster.
type Together struct {
	Config      *Config // of which the functions and the recorded requests count
	Seed        uint64
	Replication int
	// Of, if set, is told the function of each request, in the order of arrivals, when it is drawn.
	Of func(function int)
}

var _ dist.Arrivals = Together{}

// Rate returns the sum of the functions' rates; NaN if there are recorded requests.
func (t Together) Rate() (rate float64) {
	if t.Config.Requests != nil {
		return math.NaN()
	}
	for i := range t.Config.Functions {
		if a := t.Config.Functions[i].Arrivals; a != nil {
			rate += a.Rate()
		}
	}
	return rate
}

// Pattern returns the zero value; that of the scenario is known to its arrivals.
func (t Together) Pattern() dist.Pattern { return dist.Pattern{} }

// String says what it is.
func (t Together) String() string { return "the requests of many functions" }

// Start begins the path. What it draws does not depend on the generator.
func (t Together) Start(random.Generator) (dist.Source, error) {
	m, err := newMerger(t.Config, t.Seed, t.Replication)
	if err != nil {
		return nil, err
	}
	return &path{m, t.Of, 0}, nil
}

// path walks the requests.
type path struct {
	requests *merger
	of       func(function int)
	last     sim.Time
}

// Fill writes the next gaps and service times.
func (p *path) Fill(gaps, services []int64) (n int, err error) {
	m := p.requests
	for ; n < len(gaps) && m.more(); n++ {
		a := &m.line[m.next]
		m.next++
		gaps[n], services[n] = int64(a.at-p.last), int64(a.service)
		p.last = a.at
		if p.of != nil {
			p.of(int(a.function))
		}
	}
	if n < len(gaps) {
		return n, m.err
	}
	return n, nil
}

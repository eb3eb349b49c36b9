package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"faaslab/dist"
	"faaslab/scenarios/internal/keyfile"
	"faaslab/sim"
)

// A Replay says how much of a trace was simulated in each replication, and how. The arrivals may be a superposition of
// traces and other streams; they end with the longest trace.
type Replay struct {
	File string // as written in the notation; of several traces, a list
	// Rows are the requests that arrived, the warm-up's included, of Of in the file; 0: not known, of a file too large to
	// be read before, or where other streams arrive besides.
	Rows, Of int64
	// Among is that the requests are those of several streams. Rows are then those of the first replication.
	Among bool
	// Whole is that these are all rows, finished to the last response; the last one arrived at Last. Else
	// it was cut off at Cut.
	Whole bool
	Last  sim.Time
	Cut   sim.Time
	// OnePath is that nothing is random: one replication is all there is to know, and has no interval.
	OnePath bool
	// Many is that the requests are those of many functions; the end is then the last arrival.
	Many   bool
	Header string // the first row of the file, in quotes, if it was taken for the names of columns
}

// replays reports whether the arrivals end: they are a trace, of one function or of many, or several
// streams with a trace among them.
func (s Scenario) replays() bool {
	_, recorded := s.recordedWorkload()
	return recorded || dist.Finite(s.Arrivals)
}

// OnePath reports whether the arrivals are a trace and nothing else is random, on any platform.
func (s Scenario) OnePath() bool {
	return s.replays() && !slices.ContainsFunc(s.Platforms(), func(name string) bool { return !s.fixed(name) })
}

// fixed reports whether nothing is random on a platform: no time has a law with a variance, nor do the arrivals, and no
// instance is chosen by chance.
func (s Scenario) fixed(name string) bool {
	k := KindOf(name)
	return k.fixed != nil && k.fixed(s) && recorded(s.Arrivals)
}

// recorded reports whether nothing of an arrival process is random.
func recorded(a dist.Arrivals) bool {
	switch a := a.(type) {
	case dist.Trace, dist.Regular:
		return true
	case dist.Renewal:
		return certain(a.Gap)
	case dist.Batch:
		return recorded(a.Of)
	case Workload:
		return a.trace != nil && !a.trace.Random
	case dist.Superpose:
		return !slices.ContainsFunc(a.Streams[:dist.Streams(a)], func(stream dist.Arrivals) bool { return !recorded(stream) })
	}
	return false
}

// certain reports whether a distribution has a single value. Nil has none: the trace's, or no time at all.
func certain(d dist.Distribution) bool {
	if d == nil {
		return true
	}
	_, variance := d.Moments()
	return variance == 0
}

// beginReplay prepares a study of traces. They are replayed from their first row to their last, so that no warm-up is
// looked for and no precision; and once, if all is fixed. What is compared with a trace must end somewhere, too.
func (st *study) beginReplay() error {
	fixed := true
	var other []string
	for _, s := range st.scenarios {
		if s.replays() {
			st.replay = true
		} else {
			other = append(other, s.Arrivals.String())
		}
		fixed = fixed && s.OnePath()
	}
	switch {
	case !st.replay:
		return nil
	case other != nil && st.run.Duration == 0:
		return fmt.Errorf("a trace is replayed whole, and %s has no end: to set them side by side over the same time, say how long: run.duration", other[0])
	case fixed:
		st.run.Replications = 1
	}
	st.run.Warmup = max(st.run.Warmup, 0)
	st.keep = false
	return nil
}

// longestReplay is how long one replication of a trace may be: their sum must fit into virtual time.
func (st *study) longestReplay() sim.Time { return (sim.Never - 1) / sim.Time(st.run.Replications) }

// replayed is the virtual time of a part's replication, in seconds, as far as it is known.
func (st *study) replayed(p *part, end sim.Time) float64 {
	last, known := sim.Time(0), false
	if w, ok := st.scenarios[p.scenario].recordedWorkload(); ok {
		last, known = w.trace.Last, true
	}
	for _, t := range dist.Traces(st.scenarios[p.scenario].Arrivals) {
		last, known = max(last, sim.Time(t.Last)), t.Rows > 0
		if !known {
			break
		}
	}
	if known {
		end = min(end, last)
	}
	return end.Seconds()
}

// finish lets a part go on to the last response if its trace has come to its end before that of the
// replication, and notes how much of it there was.
func (st *study) finish(p *part, run Simulation, end sim.Time, log *pendingLog) error {
	s := st.scenarios[p.scenario]
	if !s.replays() {
		return nil
	}
	_, _, all := run.Arrived()
	if all {
		if err := st.advance(p, run, st.longestReplay(), log); err != nil {
			return err
		}
	}
	if !all && st.run.Duration == 0 {
		return fmt.Errorf("%s goes on after %v, and %d replications of it are to fit into 292 years, where virtual time ends: want fewer run.replications", s.Arrivals, end, st.run.Replications)
	}
	var err error
	if p.replay, err = newReplay(s.Arrivals, run, end); err == nil {
		p.replay.OnePath = st.run.Replications == 1 && s.OnePath()
	}
	return err
}

// newReplay returns what was simulated, up to an end, of arrivals that end. Of a trace alone some must come before.
func newReplay(a dist.Arrivals, run Simulation, end sim.Time) (*Replay, error) {
	rows, last, all := run.Arrived()
	_, many := a.(Workload)
	if rows == 0 && dist.Streams(a) == 0 && !many { // other streams may be late by chance, and a shard may have none
		return nil, fmt.Errorf("no request of %s arrives up to %v, where the simulation ends: want a longer one", a, end)
	}
	r := &Replay{Rows: rows, Among: dist.Streams(a) > 0}
	if all && run.Ended() {
		r.Whole, r.Last = true, last
	} else {
		r.Cut = end
	}
	if w, ok := a.(Workload); ok {
		r.File, r.Of, r.Many = w.String(), w.trace.Requests, true
		return r, nil
	}
	var files, headers []string
	for _, t := range dist.Traces(a) {
		files = append(files, t.File)
		if t.Header != "" {
			headers = append(headers, t.Header)
		}
		r.Of += t.Rows
	}
	if r.Among {
		r.Of = 0
	}
	r.File, r.Header = keyfile.List(files, "and"), keyfile.List(headers, "and")
	return r, nil
}

// String says what was replayed, in a line.
func (r *Replay) String() string {
	var b strings.Builder
	switch {
	case r.OnePath && r.Whole:
		b.WriteString("one path, replayed whole: ")
	case r.OnePath:
		fmt.Fprintf(&b, "one path, cut off at %v: ", r.Cut)
	case r.Whole:
		b.WriteString("the trace is one sample path, replayed whole in each replication: ")
	default:
		fmt.Fprintf(&b, "the trace is one sample path, cut off at %v: ", r.Cut)
	}
	if r.Among {
		b.WriteString(r.Used())
	} else {
		fmt.Fprintf(&b, "%s of %s", r.Used(), r.File)
	}
	switch {
	case r.Whole && r.Many:
		fmt.Fprintf(&b, ", up to %v", r.Last)
	case r.Whole:
		fmt.Fprintf(&b, ", up to %v and on to the last response", r.Last)
	}
	if r.Header != "" {
		of := "its first line"
		if r.Among {
			of = "the first line of a trace"
		}
		fmt.Fprintf(&b, "; %s, %s, is taken for the names of columns", of, r.Header)
	}
	if r.OnePath {
		b.WriteString("; nothing is random, so that there is no interval")
	} else {
		b.WriteString("; the replications differ only in what it does not fix, and the intervals do not cover other days than its own")
	}
	return b.String()
}

// Used says how many of the rows were.
func (r *Replay) Used() string {
	switch {
	case r.Among && r.Whole:
		return fmt.Sprintf("all rows of %s, and the other streams as long", r.File)
	case r.Among:
		return fmt.Sprintf("a part of %s, and of the other streams", r.File)
	case r.Many && r.Whole:
		return fmt.Sprintf("all %d requests", r.Rows)
	case r.Many:
		return fmt.Sprintf("%d of the %d requests", r.Rows, r.Of)
	case r.Whole && r.Rows == 1:
		return "its only row"
	case r.Whole:
		return fmt.Sprintf("all %d rows", r.Rows)
	case r.Of > 0:
		return fmt.Sprintf("%d of the %d rows", r.Rows, r.Of)
	}
	return fmt.Sprintf("%d rows from the first on", r.Rows)
}

package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"faaslab/dist"
	"faaslab/sim"
)

// A Replay says how much of a trace was simulated in each replication, and how.
type Replay struct {
	File string // as written in the notation
	// Rows are the requests that arrived, the warm-up's included, of Of in the file; 0: a file too large to be read before.
	Rows, Of int64
	// Whole is that these are all rows, finished to the last response; the last one arrived at Last. Else
	// it was cut off at Cut.
	Whole bool
	Last  sim.Time
	Cut   sim.Time
	// OnePath is that nothing is random: one replication is all there is to know, and has no interval.
	OnePath bool
	Header  string // the first row of the file, in quotes, if it was taken for the names of columns
}

// replays returns the trace that the arrivals are; false if they are none.
func (s Scenario) replays() (dist.Trace, bool) {
	t, ok := s.Arrivals.(dist.Trace)
	return t, ok
}

// OnePath reports whether the arrivals are a trace and nothing else is random, on any platform.
func (s Scenario) OnePath() bool {
	_, ok := s.replays()
	return ok && !slices.ContainsFunc(s.Platforms(), func(name string) bool { return !s.fixed(name) })
}

// fixed reports whether nothing but the arrivals is random on a platform: no time has a law with a
// variance, and no instance is chosen by chance.
func (s Scenario) fixed(name string) bool {
	k := KindOf(name)
	return k.fixed != nil && k.fixed(s)
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
		if _, ok := s.replays(); ok {
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
	t, ok := st.scenarios[p.scenario].replays()
	if ok && t.Rows > 0 {
		end = min(end, sim.Time(t.Last))
	}
	return end.Seconds()
}

// finish lets a part go on to the last response if its trace has come to its end before that of the
// replication, and notes how much of it there was.
func (st *study) finish(p *part, run Simulation, end sim.Time, log *pendingLog) error {
	t, ok := st.scenarios[p.scenario].replays()
	if !ok {
		return nil
	}
	_, _, all := run.Arrived()
	if all {
		if err := st.advance(p, run, st.longestReplay(), log); err != nil {
			return err
		}
	}
	if !all && st.run.Duration == 0 {
		return fmt.Errorf("%s goes on after %v, and %d replications of it are to fit into 292 years, where virtual time ends: want fewer run.replications", t, end, st.run.Replications)
	}
	var err error
	if p.replay, err = newReplay(t, run, end); err == nil {
		p.replay.OnePath = st.run.Replications == 1 && st.scenarios[p.scenario].OnePath()
	}
	return err
}

// newReplay returns what was simulated of a trace up to an end, which some of it must come before.
func newReplay(t dist.Trace, run Simulation, end sim.Time) (*Replay, error) {
	rows, last, all := run.Arrived()
	if rows == 0 {
		return nil, fmt.Errorf("no request of %s arrives up to %v, where the simulation ends: want a longer one", t, end)
	}
	r := &Replay{File: t.File, Rows: rows, Of: t.Rows, Header: t.Header}
	if all && run.Ended() {
		r.Whole, r.Last = true, last
	} else {
		r.Cut = end
	}
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
	fmt.Fprintf(&b, "%s of %s", r.Used(), r.File)
	if r.Whole {
		fmt.Fprintf(&b, ", up to %v and on to the last response", r.Last)
	}
	if r.Header != "" {
		fmt.Fprintf(&b, "; its first line, %s, is taken for the names of columns", r.Header)
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
	case r.Whole && r.Rows == 1:
		return "its only row"
	case r.Whole:
		return fmt.Sprintf("all %d rows", r.Rows)
	case r.Of > 0:
		return fmt.Sprintf("%d of the %d rows", r.Rows, r.Of)
	}
	return fmt.Sprintf("%d rows from the first on", r.Rows)
}

package validate

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"strings"

	"faaslab/platform"
	"faaslab/scenarios"
	"faaslab/sim"
	"faaslab/sim/stats"
)

// Options select the cases to validate, and the thoroughness.
type Options struct {
	Suites []string // names of Suites; all if empty
	// Only, if not empty, keeps the cases whose scenario contains it.
	Only string
	Seed uint64
	// Thorough finds a deviation of 1 % everywhere, on busy cores too, however long that takes.
	Thorough bool
	Shard    Shard
	Workers  int
	Progress func(done float64)
}

// A Shard is a part of the scenarios of a validation: every Of-th, from the one Index on. The zero
// value is all of them.
type Shard struct{ Index, Of int } // 0 <= Index < Of

// of returns the groups of the shard.
func (s Shard) of(groups []group) (mine []group) {
	for i := s.Index; i < len(groups); i += max(1, s.Of) {
		mine = append(mine, groups[i])
	}
	return mine
}

// A Report holds the verdicts of a run, in the order of the suites.
type Report struct {
	Verdicts    []Verdict
	Tested      int   // cases that Holm's procedure tests together: all except identities
	Scenarios   []int // the number of verdicts of each finished scenario
	Interrupted bool
}

// Failed returns the number of verdicts that fail the run.
func (r *Report) Failed() (n int) {
	for _, v := range r.Verdicts {
		if v.Failed() {
			n++
		}
	}
	return n
}

// replications is the number of replications of each planned scenario.
const replications = 64

// Run simulates the cases and reaches a verdict on each. If ctx ends before that, the report covers
// the finished scenarios. The verdicts of a shard are those of Join only together with the others'.
func Run(ctx context.Context, o Options) (*Report, error) {
	groups, err := chosen(o)
	if err != nil {
		return nil, err
	}
	r := &Report{}
	for _, g := range groups {
		for _, c := range g.cases {
			if c.Kind != Identity {
				r.Tested++
			}
		}
	}
	groups = o.Shard.of(groups)
	t := tTests{alpha: FamilyAlpha / float64(max(1, r.Tested)), byCount: map[int]*tTest{}}
	for i, g := range groups {
		verdicts, err := g.run(ctx, o, t, func(done float64) {
			if o.Progress != nil {
				o.Progress((float64(i) + done) / float64(len(groups)))
			}
		})
		if ctx.Err() != nil {
			r.Interrupted = true
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", g.name, err)
		}
		r.Verdicts = append(r.Verdicts, verdicts...)
		r.Scenarios = append(r.Scenarios, len(verdicts))
	}
	holm(r.Verdicts)
	return r, nil
}

// Join returns the report of a validation from those of all its shards, in their order: that of Run
// with all scenarios.
func Join(shards []*Report) (*Report, error) {
	if len(shards) == 0 {
		return nil, errors.New("no reports; want those of all shards")
	}
	r := &Report{Tested: shards[0].Tested}
	rest := make([][]Verdict, len(shards))
	for i, s := range shards {
		if rest[i] = slices.Clone(s.Verdicts); s.Tested != r.Tested || s.Interrupted {
			return nil, fmt.Errorf("shard %d/%d is of another validation, or was interrupted", i, len(shards))
		}
	}
	for n := 0; ; n++ {
		i := n % len(shards)
		if n/len(shards) >= len(shards[i].Scenarios) {
			break
		}
		count := shards[i].Scenarios[n/len(shards)]
		r.Verdicts, rest[i] = append(r.Verdicts, rest[i][:count]...), rest[i][count:]
		r.Scenarios = append(r.Scenarios, count)
	}
	for i := range rest {
		if len(rest[i]) > 0 {
			return nil, fmt.Errorf("shard %d/%d has more scenarios than those before it", i, len(shards))
		}
	}
	holm(r.Verdicts)
	return r, nil
}

// tTests are the t tests at one level, by the number of replications.
type tTests struct {
	alpha   float64
	byCount map[int]*tTest
}

func (t tTests) of(n int) *tTest {
	if t.byCount[n] == nil {
		t.byCount[n] = newTTest(t.alpha, n)
	}
	return t.byCount[n]
}

// chosen returns the groups that the options select.
func chosen(o Options) (groups []group, err error) {
	names := o.Suites
	if len(names) == 0 {
		names = Suites
	}
	names = slices.Clone(names)
	slices.SortFunc(names, func(a, b string) int { return slices.Index(Suites, a) - slices.Index(Suites, b) })
	names = slices.Compact(names)
	for _, name := range names {
		if Description[name] == "" {
			return nil, fmt.Errorf("no suite %q; want one of %s", name, strings.Join(Suites, ", "))
		}
		for _, g := range groupsOf(name) {
			if o.Only != "" && !strings.Contains(strings.ToLower(g.name), strings.ToLower(o.Only)) {
				continue
			}
			if o.Thorough {
				for i := range g.cases {
					g.cases[i].Detect = min(g.cases[i].Detect, detect)
				}
			}
			groups = append(groups, g)
		}
	}
	if groups == nil {
		return nil, fmt.Errorf("no scenario of %s contains %q", strings.Join(names, ", "), o.Only)
	}
	return groups, nil
}

// run simulates a scenario and reaches a verdict on each of its cases. A pilot with other random
// numbers finds the necessary length, and another one corrects it if the first was too hopeful.
func (g group) run(ctx context.Context, o Options, t tTests, progress func(float64)) ([]Verdict, error) {
	if g.path != nil {
		s := g.scenario
		s.Run.Seed = g.seed(o.Seed, 0)
		err := g.path(ctx, s)
		law := g.law
		if law == "" {
			law = "sliding maximum on the path"
		}
		return []Verdict{identity(g, law, err)}, nil
	}
	s := g.scenario
	if g.short {
		s.Run.Seed = g.seed(o.Seed, 0)
		return g.judge(ctx, s, o, t, progress)
	}
	const pilotRequests = 3000 // in a replication
	s.Run.Replications = replications
	deleted := warmup(s)
	span := max(pilotRequests/s.ArrivalRate(), deleted.Seconds()/4)
	var verdicts []Verdict
	for round := range 6 {
		s.Run.Seed = g.seed(o.Seed, round)
		s.Run = s.Run.Fixed(deleted, sim.FromSeconds(span))
		var err error
		if verdicts, err = g.judge(ctx, s, o, t, func(done float64) {
			// The pilot is short; later rounds take the time.
			if round > 0 {
				progress(done)
			}
		}); err != nil {
			return nil, err
		}
		factor := g.moreWork(verdicts, t.of(replications).found())
		if round > 0 && factor <= 1 {
			break
		}
		if round == 0 {
			// The pilot's standard errors are known to about a tenth, and the largest of several counts.
			factor = max(1, 1.2*factor)
		} else {
			factor *= 1.2
		}
		span = min(span*factor, mostRequests/replications/s.ArrivalRate())
	}
	return verdicts, nil
}

// mostRequests bounds the work on one scenario.
const mostRequests = 4e9

// seed returns the seed of a round, different from the seeds of all other scenarios and rounds.
func (g group) seed(seed uint64, round int) uint64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%d %s %s %d", seed, g.suite, g.name, round)
	return h.Sum64()
}

// judge simulates the scenario as given, and leaves Holm's procedure to the caller.
func (g group) judge(ctx context.Context, s scenarios.Scenario, o Options, t tTests, progress func(float64)) ([]Verdict, error) {
	r, err := scenarios.Simulate(ctx, s, scenarios.Options{Workers: o.Workers, Progress: progress})
	if err == nil {
		err = ctx.Err() // of too few replications nothing can be said
	}
	if err != nil {
		return nil, err
	}
	var verdicts []Verdict
	for _, c := range g.cases {
		e := platform.Estimate([]platform.Metric{{Name: c.Metric, Of: c.of}}, r.Platform(c.Platform).Replications)[0].Estimate
		v := Verdict{Case: c, Simulated: e, P: math.NaN(), Power: math.NaN(), Deviation: stats.Estimate{Mean: math.NaN(), HalfWidth: math.NaN()}}
		if c.Kind == Exact {
			v.P = testExact(e, c.Expected, c.resolution*math.Abs(c.Expected))
			v.Power = t.of(e.N).power(c.Detect * math.Abs(c.Expected) / standardError(e))
		} else {
			v.Deviation = deviationOf(c, e)
			v.P = testBand(v.Deviation, c.Band)
		}
		verdicts = append(verdicts, v)
	}
	return append(verdicts, identity(g, "conservation, and time in all states", r.Broken)), nil
}

// deviationOf returns the relative deviation of a model from the simulation, with an interval that
// follows from the simulation's.
func deviationOf(c Case, e stats.Estimate) stats.Estimate {
	d := Deviation(c.Expected, e.Mean)
	return stats.Estimate{Mean: d, HalfWidth: math.Abs(c.Expected/e.Mean) * e.HalfWidth / math.Abs(e.Mean), N: e.N}
}

func identity(g group, metric string, err error) Verdict {
	v := Verdict{
		Case:      Case{Suite: g.suite, Scenario: g.name, Platform: g.scenario.Platforms()[0], Model: "identity", Metric: metric, Kind: Identity, Expected: 1},
		Simulated: stats.Estimate{Mean: 1, N: 1}, P: 1, Power: math.NaN(), Outcome: Holds,
		Deviation: stats.Estimate{Mean: math.NaN(), HalfWidth: math.NaN()},
	}
	if err != nil {
		v.Simulated.Mean, v.P, v.Outcome, v.Detail = 0, 0, Broken, err.Error()
	}
	return v
}

// accurate is the relative half-width to which approximate cases are simulated.
const accurate = 0.02

// moreWork returns the factor by which the simulation must be longer to decide all cases as
// precisely as they require; at most 1 if it was long enough. For an exact case, the deviation to
// detect must be needed standard errors.
func (g group) moreWork(verdicts []Verdict, needed float64) float64 {
	factor := 0.0
	for _, v := range verdicts {
		var ratio float64 // of the standard error to the required one
		switch v.Kind {
		case Exact:
			ratio = standardError(v.Simulated) / (v.Detect * math.Abs(v.Expected) / needed)
		case Approximate:
			ratio = v.Simulated.HalfWidth / (accurate * math.Abs(v.Simulated.Mean))
		default:
			continue
		}
		if math.IsNaN(ratio) || math.IsInf(ratio, 0) {
			ratio = 10 // nothing was observed
		}
		factor = max(factor, ratio*ratio)
	}
	return factor
}

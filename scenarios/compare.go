package scenarios

import (
	"context"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"

	"faaslab/platform"
	"faaslab/scenarios/internal/keyfile"
	"faaslab/sim/stats"
)

// A Comparison is what two scenarios do differently with the same random streams.
type Comparison struct {
	// A and B are the results of both sides, simulated with the Run of A: with the same
	// streams, the same warm-up and for the same time.
	A, B *Result
	// Differences holds B − A by platform: only the platforms that both sides have, and of
	// each the metrics that both have, in the order of A's.
	Differences map[string][]Difference
	// Warnings are about the comparison; those about a side are in its Result.
	Warnings []string
}

// Difference returns the difference of a metric of a platform, and whether both sides have it.
func (c *Comparison) Difference(platform, metric string) (Difference, bool) {
	for _, d := range c.Differences[platform] {
		if d.Name == metric {
			return d, true
		}
	}
	return Difference{}, false
}

// A Difference is that of one metric of one platform.
type Difference struct {
	platform.Metric
	A, B stats.Estimate
	// Difference is B − A, paired by replication. Where the platform is the same on both sides
	// it is 0 ± 0, and so is Relative.
	Difference stats.Estimate
	// Relative is (B − A)/A, a fraction. There is none where A is 0, and no interval where A's
	// own includes 0: the ratio could be anything.
	Relative stats.Estimate
	// Significant reports that the interval of Difference does not include 0; false where
	// there is no interval.
	Significant bool
}

// A Change is a key whose values differ between two scenarios.
type Change struct {
	Key  string // its path, or that of a block that only one of them has
	A, B string // as in a scenario file; empty: without it
}

// Compare simulates two scenarios on the same streams, both with the Run of a, and returns the
// difference of each metric. It goes on until both are as precise as that Run asks for, over whole periods of the arrivals of both, and is
// as pure a function of the scenarios as Simulate, which says what becomes of an interruption:
// it finds both sides with the same replications. The error is as that of Simulate, or says that the sides
// have no platform in common, or no common multiple of their arrivals' periods that can be measured. Options.Log is not told.
func Compare(ctx context.Context, a, b Scenario, o Options) (*Comparison, error) {
	if err := a.Check(); err != nil {
		return nil, fmt.Errorf("side A (%s): %w", a.Name, err)
	}
	asMeasured := b
	asMeasured.Run = a.Run
	if err := asMeasured.Check(); err != nil {
		return nil, fmt.Errorf("side B (%s): %w", b.Name, err)
	}
	common := slices.DeleteFunc(a.Platforms(), func(name string) bool { return !slices.Contains(b.Platforms(), name) })
	if len(common) == 0 {
		var alike []string
		for i, k := range kinds {
			verb := ""
			if i == 0 {
				verb = " are compared"
			}
			alike = append(alike, k.Label+verb+" with "+k.Label)
		}
		return nil, fmt.Errorf("nothing to compare: A (%s) has %s alone, B (%s) %s alone, and %s; "+
			"want a platform that both have. A scenario with both blocks sets Wasm against containers: run shows the difference",
			a.Name, a.Platforms()[0], b.Name, b.Platforms()[0], strings.Join(alike, ", "))
	}
	c := &Comparison{Differences: map[string][]Difference{}}
	c.Warnings = comparisonWarnings(a, b)
	b.Run = a.Run
	if common := commonPeriod([]Scenario{a, b}); a.Run.Duration > 0 && common > 0 && a.Run.Duration%common != 0 &&
		a.Arrivals.Pattern().Period != b.Arrivals.Pattern().Period {
		c.Warnings = append(c.Warnings, fmt.Sprintf("run.duration=%s does not hold whole periods of the arrivals of both sides: part of a difference may be that of the parts", keyfile.FormatTime(a.Run.Duration)))
	}
	o.Log = nil
	results, err := simulateTogether(ctx, []Scenario{a, b}, o)
	if err != nil {
		return nil, err
	}
	c.A, c.B = results[0], results[1]
	for _, name := range common {
		c.Differences[name] = c.differences(name)
	}
	return c, nil
}

// comparisonWarnings says what of two scenarios is not compared, or not as it stands there.
func comparisonWarnings(a, b Scenario) (w []string) {
	var other []string
	for _, change := range Changes(a, b) {
		if strings.HasPrefix(change.Key, "run.") {
			other = append(other, change.Key)
		}
	}
	if other != nil {
		w = append(w, fmt.Sprintf("the run block of A holds for both sides, though B's own differs in %s", keyfile.List(other, "and")))
	}
	b.Run = a.Run
	if reflect.DeepEqual(a, b) {
		w = append(w, "A and B are the same, so that nothing differs; want --b KEY=VALUE, or another scenario")
	}
	sides := []struct {
		name       string
		has, lacks Scenario
	}{{"A", a, b}, {"B", b, a}}
	for _, side := range sides {
		for _, name := range side.has.Platforms() {
			if !slices.Contains(side.lacks.Platforms(), name) {
				w = append(w, fmt.Sprintf("%s alone has %s, which is not compared", side.name, name))
				continue
			}
			if only := without(side.has.Metrics(name), side.lacks.Metrics(name)); only != nil {
				w = append(w, fmt.Sprintf("%s: %s alone has %s, not compared", name, side.name, keyfile.List(only, "and")))
			}
		}
	}
	return w
}

// without returns the names of the metrics that others lack.
func without(metrics, others []platform.Metric) (names []string) {
	for _, m := range metrics {
		if !slices.ContainsFunc(others, func(o platform.Metric) bool { return o.Name == m.Name }) {
			names = append(names, m.Name)
		}
	}
	return names
}

// Same reports whether a platform, and with it every metric, is the same on both sides: no
// key that it depends on differs.
func (c *Comparison) Same(name string) bool {
	a, b := c.A.Scenario, c.B.Scenario
	same := reflect.DeepEqual(a.Arrivals, b.Arrivals) && reflect.DeepEqual(a.Prices(name), b.Prices(name))
	config := KindOf(name).config
	return same && reflect.DeepEqual(config(&a), config(&b)) && reflect.DeepEqual(a.Nodes, b.Nodes) && reflect.DeepEqual(a.Keeping, b.Keeping) &&
		(name != ContainerPlatform || reflect.DeepEqual(a.Serving, b.Serving))
}

// differences returns those of one platform.
func (c *Comparison) differences(name string) (differences []Difference) {
	others := c.B.Platform(name).Metrics
	for _, a := range c.A.Platform(name).Metrics {
		i := slices.IndexFunc(others, func(b NamedEstimate) bool { return b.Name == a.Name })
		if i < 0 {
			continue
		}
		b := others[i]
		d := Difference{Metric: a.Metric, A: a.Estimate, B: b.Estimate, Difference: b.minus(a), Relative: b.relativeTo(a)}
		if c.Same(name) { // not even a quantile's resolution is in doubt, nor what was too rare to be seen
			d.Difference.HalfWidth, d.Relative.HalfWidth = 0*d.Difference.Mean, 0*d.Relative.Mean
		}
		// A difference of rounding errors is none.
		const rounding = 1e-12
		size, least := math.Abs(d.Difference.Mean), rounding*math.Abs(a.Mean)
		d.Significant = size > d.Difference.HalfWidth && size > least
		if size <= least && d.Difference.HalfWidth <= least {
			d.Difference.Mean, d.Difference.HalfWidth = 0, 0
			if !math.IsNaN(d.Relative.Mean) {
				d.Relative.Mean, d.Relative.HalfWidth = 0, 0
			}
		}
		differences = append(differences, d)
	}
	return differences
}

// relativeTo returns (m − a)/a of a metric in two simulations of the same streams. The ratio's pseudo-values are
// those of leaving out a replication on both sides.
func (m NamedEstimate) relativeTo(a NamedEstimate) stats.Estimate {
	ratio := m.Mean / a.Mean
	var pseudo []float64
	if n := float64(len(a.Pseudo)); len(m.Pseudo) == len(a.Pseudo) {
		without := make([]float64, len(a.Pseudo))
		for i := range without {
			without[i] = (n*m.Mean - m.Pseudo[i]) / (n*a.Mean - a.Pseudo[i])
		}
		pseudo = stats.PseudoValues(ratio, without)
	}
	e := stats.Jackknife(ratio-1, pseudo)
	if m.N == 1 && a.N == 1 {
		e.N = 1
	}
	unpaired := m.unpaired(a)
	if a.Mean <= a.HalfWidth || unpaired && a.Mean <= a.Joint {
		e.HalfWidth = math.NaN()
		return e
	}
	if unpaired { // the widest ratio that both allow
		e.HalfWidth = (m.Mean+m.Joint)/(a.Mean-a.Joint) - ratio
		return e
	}
	resolution := a.Estimated.Resolution
	e.HalfWidth += m.Estimated.Resolution/a.Mean + ratio*resolution/(a.Mean-resolution)
	if m.Rare > 0 || a.Rare > 0 {
		e.HalfWidth = max(e.HalfWidth, upperRatio(m.Mean, m.Rare, a.Mean, a.Rare)-ratio)
	}
	return e
}

// upperRatio returns the upper end of the interval of m/a for independent m and a with
// the half-widths given, a > halfA: the largest ρ with |m − ρ a| ≤ √(halfM² + ρ² halfA²) (Fieller,
// Journal of the Royal Statistical Society B 1954). It is farther from m/a than the lower end.
func upperRatio(m, halfM, a, halfA float64) float64 {
	square := a*a - halfA*halfA
	return (m*a + math.Sqrt(m*a*m*a-square*(m*m-halfM*halfM))) / square
}

// Changes lists the keys in which two scenarios differ, in the order of the file. A block that
// one of them lacks is one change; the descriptions are none.
func Changes(a, b Scenario) (changes []Change) {
	present := func(s Scenario, block string) string {
		if s.lacks(block) {
			return ""
		}
		return "given"
	}
	keys := table.Expand(func(string) []string {
		one, _ := a.Arrivals.(Functions)
		other, _ := b.Arrivals.(Functions)
		names := one.names()
		for _, name := range other.names() {
			if one.find(name) == nil {
				names = append(names, name)
			}
		}
		return names
	})
	for i := range keys {
		k := &keys[i]
		change := Change{Key: k.Path}
		switch block := table.OptionalOf(k.Path); {
		case k.Path == "description" || a.lacks(k.Path) && b.lacks(k.Path):
			continue
		case a.lacks(k.Path) || b.lacks(k.Path):
			change = Change{block, present(a, block), present(b, block)}
		default:
			change.A, change.B = k.Write(&a), k.Write(&b)
		}
		if change.A != change.B && !slices.Contains(changes, change) {
			changes = append(changes, change)
		}
	}
	return changes
}

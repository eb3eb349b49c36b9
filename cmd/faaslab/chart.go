package main

import (
	"math"
	"slices"

	"faaslab/platform"
)

// A chart is a figure: small panels with one legend. It knows nothing of where its numbers
// come from (chartrun.go, chartsweep.go) and nothing of how it is drawn (chartdraw.go).
type chart struct {
	title    string
	subtitle []string // a line each, wrapped where it is too long
	x        axis     // of the panels that have none of their own
	panels   []panel  // those with nothing to show are left out
	notes    []string // sentences below the legend
	narrow   bool     // one column, to be read on a narrow screen
	// interrupted, if set, is asked before each panel is drawn; its error ends the drawing.
	interrupted func() error
}

// An axis says what is shown along it.
type axis struct {
	label      string // without the unit
	unit       platform.Unit
	categories []string // the texts at 0, 1, 2 …; nil: numbers
	scaling    scaling
	zero       bool // the axis has 0, however far it is
	whole      bool // the axis is of the numbers 0, 1, 2 …
	// signed: differences, so 0 has a line of its own and numbers have signs.
	signed bool
	// shared are all values of x of the panels that have the axis in common.
	shared []float64
	// limit: what is beyond ±limit stands at the edge, with its number; 0: no limit.
	limit float64
}

// scaling chooses between a linear and a logarithmic axis.
type scaling uint8

const (
	automatic scaling = iota // by the values: see wantsLog
	linear
	logarithmic
)

// A panelForm is how a panel shows its series.
type panelForm uint8

const (
	curves       panelForm = iota // lines with bands, or points with whiskers over categories
	distribution                  // probabilities of 0, 1, 2 …: bars or steps, models over them
	rows                          // sideways: categories downwards, points with whiskers; as wide as the figure
)

// A panel shows series of one metric. In one of rows, the series' x count down
// the categories of the panel's x axis, and the values run across.
type panel struct {
	title  string // empty: the y axis says it
	x      *axis  // nil: the chart's
	y      axis
	form   panelForm
	wide   bool   // as wide as the figure, as those of rows always are
	count  string // of the distribution of a count: its name
	series []series
}

// A seriesKind says where numbers come from, and so how they are drawn.
type seriesKind uint8

const (
	simulated seriesKind = iota // solid, with a band or whiskers
	modelled                    // dashed
	measured                    // marks alone
	single                      // a light area: where single runs lie; y is in its middle, and not drawn
)

// A series is one line of a panel. NaN in y is a gap; low and high, of the same length, or nil,
// are its interval, and NaN in them is none.
type series struct {
	name     string // of its entry in the legend
	kind     seriesKind
	platform string // the name of its kind, which has a colour; empty: of none
	group    int    // 1, 2 …: the how-manieth value of a second key, which then has the colour; 0: none
	x, y     []float64
	low      []float64
	high     []float64
	hollow   []bool // marks to draw hollow; nil: none
}

// add appends a point with its interval: half may be NaN.
func (s *series) add(x, y, half float64) {
	s.x, s.y = append(s.x, x), append(s.y, y)
	s.low, s.high = append(s.low, y-half), append(s.high, y+half)
}

// shown are the panels that have something to show.
func (ch chart) shown() (panels []panel) {
	common := ch.x
	for _, p := range ch.panels {
		if p.x == nil {
			p.x = &common
		}
		if p = p.drawable(); len(p.series) > 0 && !p.empty() {
			panels = append(panels, p)
			if p.x == &common {
				for _, s := range p.series {
					common.shared = append(common.shared, s.x...)
				}
			}
		}
	}
	return panels
}

// drawable drops what cannot be drawn: points that are not finite in x or y become gaps, and series
// without a point go.
func (p panel) drawable() panel {
	var kept []series
	for _, s := range p.series {
		clean := series{name: s.name, kind: s.kind, platform: s.platform, group: s.group}
		some := false
		for i := range s.x {
			x, y, low, high := s.x[i], s.y[i], math.NaN(), math.NaN()
			if !finiteNumber(x) {
				continue
			}
			if !finiteNumber(y) {
				y = math.NaN()
			}
			if i < len(s.low) && i < len(s.high) && !math.IsNaN(y) && finiteNumber(s.low[i]) && finiteNumber(s.high[i]) {
				low, high = s.low[i], s.high[i]
			}
			some = some || !math.IsNaN(y)
			clean.x, clean.y = append(clean.x, x), append(clean.y, y)
			clean.low, clean.high = append(clean.low, low), append(clean.high, high)
			clean.hollow = append(clean.hollow, i < len(s.hollow) && s.hollow[i])
		}
		if some {
			kept = append(kept, clean)
		}
	}
	p.series = kept
	return p
}

// empty reports whether nothing of a panel is worth one: what is simulated and measured is 0
// throughout, and what models say is negligible.
func (p panel) empty() bool {
	for _, s := range p.series {
		least := negligible
		if s.kind != modelled {
			least = 0
		}
		for _, y := range s.y {
			if math.Abs(y) > least || p.y.signed && !math.IsNaN(y) {
				return false
			}
		}
	}
	return true
}

// A legendEntry stands for all series that look alike.
type legendEntry struct {
	series series // one of them
	lined  bool   // somewhere drawn as a line
	banded bool   // somewhere with an interval
}

// legend lists what looks different, simulations first, then models, then what was measured.
func legendOf(panels []panel) (entries []legendEntry) {
	for _, p := range panels {
		for _, s := range p.series {
			i := slices.IndexFunc(entries, func(e legendEntry) bool { return e.series.sameLook(s) })
			if i < 0 {
				i = len(entries)
				entries = append(entries, legendEntry{series: s})
			}
			entries[i].lined = entries[i].lined || p.joins(s)
			entries[i].banded = entries[i].banded || slices.ContainsFunc(s.low, finiteNumber)
		}
	}
	slices.SortStableFunc(entries, func(a, b legendEntry) int { return int(a.series.kind) - int(b.series.kind) })
	return entries
}

func (s series) sameLook(other series) bool {
	return s.name == other.name && s.kind == other.kind && s.platform == other.platform && s.group == other.group
}

// joins reports whether the points of a series are joined by lines.
func (p panel) joins(s series) bool {
	return s.kind != measured && s.kind != single && p.form != rows && p.x.categories == nil
}

func finiteNumber(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

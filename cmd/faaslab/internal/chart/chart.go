package chart

import (
	"math"
	"slices"

	"faaslab/platform"
)

// A Chart is a figure: small panels with one legend. It does not know where its numbers come from;
// draw.go and panel.go draw it.
type Chart struct {
	Title    string
	Subtitle []string // a line each, wrapped where it is too long
	X        Axis     // for panels without an axis of their own
	Panels   []Panel  // panels with nothing to show are left out
	Notes    []string // sentences below the legend
	Narrow   bool     // one column, to be read on a narrow screen
	Size     Size     // for a paper: without title, subtitle and notes, which its caption has
	// interrupted, if set, is called before each panel is drawn; its error ends the drawing.
	Interrupted func() error
}

// An Axis says which quantity is shown along it.
type Axis struct {
	Label      string // without the unit
	Unit       platform.Unit
	Categories []string // the texts at 0, 1, 2 …; nil: numbers
	Scaling    Scaling
	Zero       bool // the axis includes 0, however far it is
	Whole      bool // the axis is of the numbers 0, 1, 2 …
	// Signed says that the values are differences: 0 has a line of its own, and numbers have signs.
	Signed bool
	// shared are all x values of the panels that share the axis.
	shared []float64
	// Limit is the largest magnitude with a place of its own: a value beyond ±Limit stands at the
	// edge, with its number; 0: no limit.
	Limit float64
}

// Scaling chooses between a linear and a logarithmic axis.
type Scaling uint8

const (
	automatic Scaling = iota // chosen by the values: see wantsLog
	Linear
	Logarithmic
)

// A panelForm is the way a panel shows its series.
type panelForm uint8

const (
	curves       panelForm = iota // lines with bands, or points with whiskers over categories
	Distribution                  // probabilities of 0, 1, 2 …: bars or steps, models over them
	Rows                          // sideways: categories downwards, points with whiskers; as wide as the figure
	Cumulative                    // lines with bands, without marks
)

// A Panel shows series of one metric. In a panel of Rows the series' x values count down the
// categories of the panel's x axis, and the y values run across.
type Panel struct {
	Title  string // empty: the y axis says it
	X      *Axis  // nil: the chart's
	Y      Axis
	Form   panelForm
	Wide   bool   // as wide as the figure, as a panel of Rows always is
	Count  string // the name of the count whose distribution it shows
	Series []Series
}

// A SeriesKind says where the numbers come from, and thus how they are drawn.
type SeriesKind uint8

const (
	simulated SeriesKind = iota // solid, with a band or whiskers
	Modelled                    // dashed
	Measured                    // marks alone
	Single                      // a light area in which single runs lie; y is in its middle, and not drawn
)

// A Series is one line of a panel. NaN in y is a gap. low and high are the interval, of the same
// length as y or nil; NaN in them stands for no interval.
type Series struct {
	Name     string // of its entry in the legend
	Kind     SeriesKind
	Platform string // the name of its kind, which has a colour; empty: no platform
	Group    int    // 1, 2 …: the index of the value of a second key, which then has the colour; 0: no second key
	X, Y     []float64
	Low      []float64
	High     []float64
	Hollow   []bool // marks to draw hollow; nil: none
	// Across are half-widths of x; with them points have whiskers both ways, and the line no band.
	// Texts stand beside the marks, where there is room. Both are of the length of y, or nil.
	Across []float64
	Texts  []string
}

// Add appends a point with its interval: half may be NaN.
func (s *Series) Add(x, y, half float64) {
	s.X, s.Y = append(s.X, x), append(s.Y, y)
	s.Low, s.High = append(s.Low, y-half), append(s.High, y+half)
}

// Shown returns the panels that have something to show.
func (ch Chart) Shown() (panels []Panel) {
	common := ch.X
	for _, p := range ch.Panels {
		if p.X == nil {
			p.X = &common
		}
		if p = p.drawable(); len(p.Series) > 0 && !p.empty() {
			panels = append(panels, p)
			if p.X == &common {
				for _, s := range p.Series {
					common.shared = append(common.shared, s.X...)
				}
			}
		}
	}
	return panels
}

// drawable drops points that cannot be drawn: points that are not finite in x or y become gaps, and
// series without a point are left out.
func (p Panel) drawable() Panel {
	var kept []Series
	for _, s := range p.Series {
		clean := Series{Name: s.Name, Kind: s.Kind, Platform: s.Platform, Group: s.Group}
		some := false
		for i := range s.X {
			x, y, low, high := s.X[i], s.Y[i], math.NaN(), math.NaN()
			if !Finite(x) {
				continue
			}
			if !Finite(y) {
				y = math.NaN()
			}
			if i < len(s.Low) && i < len(s.High) && !math.IsNaN(y) && Finite(s.Low[i]) && Finite(s.High[i]) {
				low, high = s.Low[i], s.High[i]
			}
			some = some || !math.IsNaN(y)
			clean.X, clean.Y = append(clean.X, x), append(clean.Y, y)
			clean.Low, clean.High = append(clean.Low, low), append(clean.High, high)
			clean.Hollow = append(clean.Hollow, i < len(s.Hollow) && s.Hollow[i])
			if s.Across != nil {
				clean.Across = append(clean.Across, s.Across[i])
			}
			if s.Texts != nil {
				clean.Texts = append(clean.Texts, s.Texts[i])
			}
		}
		if some {
			kept = append(kept, clean)
		}
	}
	p.Series = kept
	return p
}

// empty reports whether a panel is not worth showing: all simulated and measured values are 0, and
// all values of models are negligible.
func (p Panel) empty() bool {
	for _, s := range p.Series {
		least := Negligible
		if s.Kind != Modelled {
			least = 0
		}
		for _, y := range s.Y {
			if math.Abs(y) > least || p.Y.Signed && !math.IsNaN(y) {
				return false
			}
		}
	}
	return true
}

// A legendEntry describes all series that look alike.
type legendEntry struct {
	series Series // one of them
	text   string // its name, which may be cut
	lined  bool   // drawn as a line somewhere
	banded bool   // with an interval somewhere
}

// legendOf returns an entry for each look, simulations first, then models, then measurements.
func legendOf(panels []Panel) (entries []legendEntry) {
	for _, p := range panels {
		for _, s := range p.Series {
			i := slices.IndexFunc(entries, func(e legendEntry) bool { return e.series.sameLook(s) })
			if i < 0 {
				i = len(entries)
				entries = append(entries, legendEntry{series: s})
			}
			entries[i].lined = entries[i].lined || p.joins(s)
			entries[i].banded = entries[i].banded || slices.ContainsFunc(s.Low, Finite)
		}
	}
	slices.SortStableFunc(entries, func(a, b legendEntry) int { return int(a.series.Kind) - int(b.series.Kind) })
	return entries
}

func (s Series) sameLook(other Series) bool {
	return s.Name == other.Name && s.Kind == other.Kind && s.Platform == other.Platform && s.Group == other.Group
}

// joins reports whether the points of a series are joined by lines.
func (p Panel) joins(s Series) bool {
	return s.Kind != Measured && s.Kind != Single && p.Form != Rows && p.X.Categories == nil
}

// Finite reports whether a number is neither infinite nor NaN.
func Finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

package sweep

import (
	"fmt"
	"io"
	"regexp"

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/scenarios"
)

// Warnings are the warnings about the points of a sweep; equal warnings are written once.
type Warnings struct {
	Grid   scenarios.Grid
	points int // points checked
	kinds  []*warningKind
}

// A warningKind is the warnings that differ only in their numbers, and in the metrics that are
// imprecise.
type warningKind struct {
	kind   string
	first  string // its text
	at     *Point
	points int
	differ bool // whether the warnings differ in these
}

// Add takes the warnings of a point.
func (s *Warnings) Add(p *Point) {
	s.points++
	seen := map[*warningKind]bool{} // of this point
	for _, text := range p.warnings {
		kind := kindOf(text)
		var k *warningKind
		for _, known := range s.kinds {
			if known.kind == kind {
				k = known
			}
		}
		if k == nil {
			k = &warningKind{kind: kind, first: text, at: p}
			s.kinds = append(s.kinds, k)
		}
		if !seen[k] {
			k.points++
			seen[k] = true
		}
		k.differ = k.differ || text != k.first
	}
}

// Tell writes each kind of warning once, with the number of points that have it.
func (s *Warnings) Tell(w io.Writer) {
	for _, k := range s.kinds {
		switch {
		case k.points == 1:
			format.Warn(w, fmt.Sprintf("%s: %s", k.at.describe(s.Grid), k.first))
		case k.differ:
			format.Warn(w, fmt.Sprintf("in %d of %d points, such as %s: %s", k.points, s.points, k.at.describe(s.Grid), k.first))
		default:
			format.Warn(w, fmt.Sprintf("in %d of %d points: %s", k.points, s.points, k.first))
		}
	}
}

var (
	// A list of metrics with their half-widths: another point may have more of them.
	listed   = regexp.MustCompile(`: (container|wasm) \w+ (0 )?(±|without an interval).*$`)
	anyValue = regexp.MustCompile(`[-−]?\d[\d.,]*(e[-+]?\d+)?[a-zµ]*`)
)

// kindOf returns the part of a warning that is common to its kind.
func kindOf(text string) string {
	return anyValue.ReplaceAllString(listed.ReplaceAllString(text, ""), "#")
}

package main

import (
	"fmt"
	"io"
	"regexp"
	"strings"

	"faaslab/scenarios"
)

// warn writes a warning, a paragraph on a terminal.
func warn(w io.Writer, text string) {
	p := newPage(w)
	writeParagraph(p, "", "  ", "warning: "+text)
	_, _ = p.WriteTo(w) // where nothing can be written there is nobody to tell
}

// complain writes an error, its lines as paragraphs on a terminal.
func complain(w io.Writer, text string) {
	p := newPage(w)
	for _, line := range strings.Split(text, "\n") {
		writeParagraph(p, "", "  ", line)
	}
	_, _ = p.WriteTo(w)
}

// sweepWarnings are the warnings of the points of a sweep, of which equal ones are told once.
type sweepWarnings struct {
	grid   scenarios.Grid
	points int // looked at
	kinds  []*warningKind
}

// A warningKind are warnings that differ in their numbers at most, and in which metrics are imprecise.
type warningKind struct {
	kind   string
	first  string // its text
	at     *sweepPoint
	points int
	differ bool // in these
}

// add takes the warnings of a point.
func (s *sweepWarnings) add(p *sweepPoint) {
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

// tell writes each kind of warning once, and for how many of the points it is.
func (s *sweepWarnings) tell(w io.Writer) {
	for _, k := range s.kinds {
		switch {
		case k.points == 1:
			warn(w, fmt.Sprintf("%s: %s", k.at.describe(s.grid), k.first))
		case k.differ:
			warn(w, fmt.Sprintf("in %d of %d points, such as %s: %s", k.points, s.points, k.at.describe(s.grid), k.first))
		default:
			warn(w, fmt.Sprintf("in %d of %d points: %s", k.points, s.points, k.first))
		}
	}
}

var (
	// A list of metrics with their half-widths: another point may have more of them.
	listed   = regexp.MustCompile(`: (container|wasm) \w+ (0 )?(±|without an interval).*$`)
	anyValue = regexp.MustCompile(`[-−]?\d[\d.,]*(e[-+]?\d+)?[a-zµ]*`)
)

// kindOf returns what warnings of one kind have in common.
func kindOf(text string) string {
	return anyValue.ReplaceAllString(listed.ReplaceAllString(text, ""), "#")
}

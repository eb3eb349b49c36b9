package scenarios

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// problems collects everything that is wrong with a scenario, so that one
// reading of it reports all.
type problems []*Problem

// A Problem is one thing that is wrong with a scenario. The error of a scenario that cannot be read joins one or
// several.
type Problem struct {
	Key  string // the path of what is wrong, or as much as is known of it; empty: the whole
	Line int    // in the file, from 1; 0: it was given as an override
	Err  error  // what is wrong, without the place

	place string
}

// Error returns the place and what is wrong there.
func (p *Problem) Error() string { return p.place + ": " + p.Err.Error() }

// Unwrap returns the error without the place.
func (p *Problem) Unwrap() error { return p.Err }

// add notes one problem at a place.
func (p *problems) add(at place, format string, args ...any) {
	*p = append(*p, &Problem{at.path, at.line, fmt.Errorf(format, args...), at.text})
}

// join returns all problems in the order of their lines, those without one last; nil if there are none.
func (p problems) join() error {
	slices.SortStableFunc(p, func(a, b *Problem) int {
		switch {
		case a.Line == b.Line:
			return 0
		case a.Line == 0 || b.Line != 0 && b.Line < a.Line:
			return 1
		}
		return -1
	})
	const most = 20 // whoever has more has written something else than a scenario
	var errs []error
	for _, one := range p[:min(most, len(p))] {
		errs = append(errs, one)
	}
	if more := len(p) - len(errs); more > 0 {
		errs = append(errs, fmt.Errorf("… and %d more", more))
	}
	return errors.Join(errs...)
}

// A place is where a text stands: a line of a file, or a flag.
type place struct {
	text string
	line int    // 0 for a flag
	path string // of the key that stands there, as far as it is known
}

func lineOf(file string, line int) place {
	return place{text: file + ":" + strconv.Itoa(line), line: line}
}

// key returns the place of a key there.
func (p place) key(path string) place {
	if path != "" {
		p.text += ": " + legible(path)
		p.path = path
	}
	return p
}

package keyfile

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// Problems collects everything that is wrong with a file or a value, so that one
// reading of it reports all.
type Problems []*Problem

// A Problem is one thing that is wrong with a file or a value. The error of a file that cannot be read joins one or
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

// Add notes one problem at a place.
func (p *Problems) Add(at Place, format string, args ...any) {
	*p = append(*p, &Problem{at.Path, at.Line, fmt.Errorf(format, args...), at.Text})
}

// Join returns all problems in the order of their lines, those without one last; nil if there are none.
func (p Problems) Join() error {
	slices.SortStableFunc(p, func(a, b *Problem) int {
		switch {
		case a.Line == b.Line:
			return 0
		case a.Line == 0 || b.Line != 0 && b.Line < a.Line:
			return 1
		}
		return -1
	})
	const most = 20 // a text with more is no file of these keys
	var errs []error
	for _, one := range p[:min(most, len(p))] {
		errs = append(errs, one)
	}
	if more := len(p) - len(errs); more > 0 {
		errs = append(errs, fmt.Errorf("… and %d more", more))
	}
	return errors.Join(errs...)
}

// A Place is where a text stands: a line of a file, or a flag.
type Place struct {
	Text string
	Line int    // 0 for a flag
	Path string // of the key that stands there, as far as it is known
}

// LineOf returns the place of a line of a file, from 1.
func LineOf(file string, line int) Place {
	return Place{Text: file + ":" + strconv.Itoa(line), Line: line}
}

// Key returns the place of a key there.
func (p Place) Key(path string) Place {
	if path != "" {
		p.Text += ": " + Legible(path)
		p.Path = path
	}
	return p
}

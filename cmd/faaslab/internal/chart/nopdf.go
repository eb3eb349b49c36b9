//go:build js

package chart

import (
	"errors"

	"gonum.org/v1/plot/vg"
)

// newPDF returns an error: the simulator of a static site is small enough to be loaded by a page, and
// has no PDF in it.
func newPDF(_, _ vg.Length) (fileCanvas, error) {
	return nil, errors.New("no PDF is drawn in a browser; want svg or png, or the command line")
}

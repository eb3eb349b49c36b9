package chart

import (
	"fmt"
	"strconv"
	"strings"

	"gonum.org/v1/plot/vg"
)

// A Size is the size of a figure for a paper. The zero value is that of a figure by itself, and a
// height of 0 is chosen by the width and the panels.
type Size struct{ Width, Height vg.Length }

// sizeUnits are the units of sizes.
var sizeUnits = map[string]vg.Length{"mm": vg.Millimeter, "cm": vg.Centimeter, "in": vg.Inch, "pt": vg.Points(72.0 / 72.27)} // TeX's point

// The smallest and the largest side of a figure.
const (
	leastSide = 30 * vg.Millimeter
	mostSide  = 1000 * vg.Millimeter
)

func millimetres(l vg.Length) float64 { return float64(l / vg.Millimeter) }

// ParseSize reads a width, such as 84mm, or a width and a height, such as 84mmx60mm.
func ParseSize(text string) (size Size, err error) {
	wrong := fmt.Errorf("%q is no size; want a width, such as 84mm, or a width and a height, such as 84mmx60mm, in mm, cm, in or pt, from 30mm to 1000mm", text)
	width, height, both := strings.Cut(text, "x")
	if size.Width, err = parseLength(width); err != nil {
		return Size{}, wrong
	}
	if !both {
		return size, nil
	}
	if size.Height, err = parseLength(height); err != nil {
		return Size{}, wrong
	}
	return size, nil
}

func parseLength(text string) (vg.Length, error) {
	text = strings.TrimSpace(text)
	unit, ok := vg.Length(0), false
	if len(text) > 2 {
		unit, ok = sizeUnits[text[len(text)-2:]]
	}
	if !ok {
		return 0, strconv.ErrSyntax
	}
	x, err := strconv.ParseFloat(text[:len(text)-2], 64)
	if l := vg.Length(x) * unit; err == nil && l >= leastSide && l <= mostSide {
		return l, nil
	}
	return 0, strconv.ErrRange
}

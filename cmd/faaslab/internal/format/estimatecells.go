package format

import (
	"faaslab/platform"
	"faaslab/sim/stats"
)

// Cells returns the estimate's three columns.
func (s Shown) Cells() []Cell {
	halfWidth := ""
	if s.HalfWidth != "" {
		halfWidth = "± " + s.HalfWidth
	}
	return []Cell{Right(s.Mean), Unit(s.Unit), Left(halfWidth)}
}

// EstimateCells returns the cells of an estimate, aligned at the sign ±.
func EstimateCells(e stats.Estimate, u platform.Unit) []Cell {
	s := Show(e, u)
	cells := []Cell{Right(s.Mean), Unit(s.Unit), Left("")}
	if s.HalfWidth != "" {
		cells[2] = Left("± " + s.HalfWidth)
	}
	return cells
}

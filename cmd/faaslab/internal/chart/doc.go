// Package chart draws panels of curves, distributions and rows, with axes, bands and a legend, as
// SVG and PNG. It does not know where the numbers come from.
//
// A [Chart] is built as a value: its [Panel]s hold [Series], which share a horizontal [Axis].
// [Chart.Write] lays it out and draws it, without the panels that have no number to show.
package chart

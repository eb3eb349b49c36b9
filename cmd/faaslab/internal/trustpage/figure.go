package trustpage

import (
	"fmt"
	"image/color"
	"io"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"faaslab/cmd/faaslab/internal/chart"
	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/words"
	"faaslab/platform"
	"faaslab/validate/model"
	"faaslab/validate/trust"
)

// A figure is the heat maps of one variant's deviation in one metric: a panel for each ratio, with
// load across and keep-alive upwards.
type figure struct {
	name    string // of its file, without the ending
	variant model.Variant
	metric  string
}

// figures returns the figures that are drawn.
func figures() (figures []figure) {
	for _, variant := range trust.Variants {
		for _, metric := range []string{platform.ColdStartProbability, platform.Instances, platform.Idle} {
			figures = append(figures, figure{"trust-" + variant.String() + "-" + strings.ReplaceAll(metric, "_", "-"), variant, metric})
		}
	}
	return figures
}

// deviationBounds are the deviations, in per cent on either side of 0, at which colours change.
var deviationBounds = []float64{1, 5, 20, 50}

// deviationColours are ColorBrewer's diverging RdBu in nine classes, which the colour-blind can
// tell apart (Harrower and Brewer, The Cartographic Journal 40, 2003): too small a value is blue,
// too large a value is red.
var deviationColours = []color.Color{
	chart.RGB(0x2166ac), chart.RGB(0x4393c3), chart.RGB(0x92c5de), chart.RGB(0xd1e5f0), chart.RGB(0xf7f7f7),
	chart.RGB(0xfddbc7), chart.RGB(0xf4a582), chart.RGB(0xd6604d), chart.RGB(0xb2182b),
}

// deviationClass returns the index of a deviation's colour.
func deviationClass(deviation float64) int {
	class := 0
	for _, bound := range deviationBounds {
		if math.Abs(deviation)*100 > bound {
			class++
		}
	}
	if deviation < 0 {
		class = -class
	}
	return len(deviationBounds) + class
}

// Sizes in points.
const (
	cellWidth, cellHeight = vg.Length(27), vg.Length(15)
	leftMargin            = vg.Length(58)
	panelGap              = vg.Length(14)
	rightMargin           = vg.Length(12)
	topMargin             = vg.Length(50)
	bottomMargin          = vg.Length(86)
)

// Write draws the figure.
func (f figure) Write(w io.Writer, m *trust.Map, format chart.Format) error {
	panels := panelRatios(m.Ratios)
	columns, rows := vg.Length(len(m.Loads)), vg.Length(len(m.KeepAlives))
	panelWidth, panelHeight := max(columns*cellWidth, 150), rows*cellHeight
	width := leftMargin + vg.Length(len(panels))*(panelWidth+panelGap) - panelGap + rightMargin
	title := chart.Lettering(13, chart.Ink)
	title.XAlign = draw.XLeft
	words := fmt.Sprintf("%s: by how many %% its %s differs from the exact value", variantLabel(f.variant), words.MetricNoun(f.metric))
	width = max(width, leftMargin+title.Width(words)+rightMargin, legendWidth+2*rightMargin)
	height := topMargin + panelHeight + bottomMargin
	return chart.Draw(w, format, width, height, func(c draw.Canvas) error {
		c.FillText(title, vg.Point{X: leftMargin, Y: height - 16}, words)
		for i, ratio := range panels {
			f.panel(c, m, ratio, leftMargin+vg.Length(i)*(panelWidth+panelGap), bottomMargin, panelWidth)
		}
		f.keepAliveAxis(c, m, panelHeight)
		if label := chart.Lettering(11, chart.Ink); label.Width(loadWords) > panelWidth { // too wide for each panel: one label for all
			all := vg.Length(len(panels))*(panelWidth+panelGap) - panelGap
			c.FillText(label, vg.Point{X: leftMargin + all/2, Y: bottomMargin - 24}, loadWords)
		}
		legend(c, width/2, 18)
		return nil
	})
}

// panelRatios returns the indices of at most three ratios: near the ends, where real functions are,
// and one between.
func panelRatios(ratios []float64) []int {
	all := make([]int, len(ratios))
	for i := range all {
		all[i] = i
	}
	if slices.Equal(ratios, trust.Ratios) {
		return []int{1, 2, 4} // 2.7, 16 and 200
	}
	return SpreadOver(all, 3)
}

// loadWords labels the horizontal axis of a panel.
const loadWords = "load λE[S_w] (busy if all starts were warm)"

// panel draws the map of one ratio with its lower left corner at (x, y).
func (f figure) panel(c draw.Canvas, m *trust.Map, ratio int, x, y, width vg.Length) {
	label, tick := chart.Lettering(11, chart.Ink), chart.Lettering(9, chart.Ink)
	top := y + vg.Length(len(m.KeepAlives))*cellHeight
	c.FillText(label, vg.Point{X: x + width/2, Y: top + 11}, fmt.Sprintf("cold service %s × warm", format.Significant(m.Ratios[ratio])))
	for l, load := range m.Loads {
		left := x + vg.Length(l)*cellWidth
		for k := range m.KeepAlives {
			f.cell(c, m.At(ratio, l, k), left, y+vg.Length(k)*cellHeight)
		}
		c.FillText(tick, vg.Point{X: left + cellWidth/2, Y: y - 8}, format.Significant(load))
	}
	c.StrokeLines(draw.LineStyle{Color: chart.Frame, Width: 0.75}, []vg.Point{
		{X: x, Y: y}, {X: x + vg.Length(len(m.Loads))*cellWidth, Y: y},
		{X: x + vg.Length(len(m.Loads))*cellWidth, Y: top}, {X: x, Y: top}, {X: x, Y: y},
	})
	if label.Width(loadWords) <= width {
		c.FillText(label, vg.Point{X: x + width/2, Y: y - 24}, loadWords)
	}
}

// cell draws one point: its colour, and its deviation in per cent.
func (f figure) cell(c draw.Canvas, p *trust.Point, x, y vg.Length) {
	if p.Exact == nil {
		chart.FillRectangle(c, x, y, cellWidth, cellHeight, chart.Grey)
		c.StrokeLine2(draw.LineStyle{Color: chart.Frame, Width: 0.5}, x, y, x+cellWidth, y+cellHeight)
		return
	}
	deviation := p.Deviation[f.variant.String()][f.metric]
	class := deviationClass(deviation)
	chart.FillRectangle(c, x, y, cellWidth, cellHeight, deviationColours[class])
	style := chart.Lettering(8.5, chart.Ink)
	if distance := class - len(deviationBounds); distance < -2 || distance > 2 {
		style.Color = chart.PaleIn
	}
	c.FillText(style, vg.Point{X: x + cellWidth/2, Y: y + cellHeight/2}, format.SignedPercent(deviation))
}

// keepAliveAxis labels the rows.
func (f figure) keepAliveAxis(c draw.Canvas, m *trust.Map, height vg.Length) {
	tick := chart.Lettering(9, chart.Ink)
	tick.XAlign = draw.XRight
	for k, keepAlive := range m.KeepAlives {
		c.FillText(tick, vg.Point{X: leftMargin - 5, Y: bottomMargin + (vg.Length(k)+0.5)*cellHeight}, format.Significant(keepAlive))
	}
	label := chart.Lettering(11, chart.Ink)
	label.Rotation = math.Pi / 2
	c.FillText(label, vg.Point{X: 14, Y: bottomMargin + height/2}, "keep-alive λτ (arrivals in it)")
}

// legendWidth is the width of the scale of colours: a cell for each colour, and one for a missing
// value.
const (
	legendEntryWidth = vg.Length(44)
	legendWidth      = 9*legendEntryWidth + 110
)

// legend draws the scale of colours, its middle at x, its lower edge at y.
func legend(c draw.Canvas, x, y vg.Length) {
	const width, height = legendEntryWidth, 13
	tick := chart.Lettering(9, chart.Ink)
	entries := vg.Length(len(deviationColours))
	left := x - legendWidth/2
	for i, fill := range deviationColours {
		chart.FillRectangle(c, left+vg.Length(i)*width, y, width, height, fill)
	}
	c.StrokeLines(draw.LineStyle{Color: chart.Frame, Width: 0.5}, []vg.Point{
		{X: left, Y: y}, {X: left + entries*width, Y: y}, {X: left + entries*width, Y: y + height}, {X: left, Y: y + height}, {X: left, Y: y}})
	n := len(deviationBounds)
	for i, bound := range deviationBounds {
		c.FillText(tick, vg.Point{X: left + vg.Length(n+1+i)*width, Y: y - 8}, "+"+format.Significant(bound)+" %")
		c.FillText(tick, vg.Point{X: left + vg.Length(n-i)*width, Y: y - 8}, "−"+format.Significant(bound)+" %")
	}
	chart.FillRectangle(c, left+entries*width+18, y, cellWidth, height, chart.Grey)
	c.StrokeLine2(draw.LineStyle{Color: chart.Frame, Width: 0.5}, left+entries*width+18, y, left+entries*width+18+cellWidth, y+height)
	tick.XAlign = draw.XLeft
	c.FillText(tick, vg.Point{X: left + entries*width + 18 + cellWidth + 5, Y: y + height/2}, "no exact value")
}

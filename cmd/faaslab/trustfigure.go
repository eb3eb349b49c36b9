package main

import (
	"fmt"
	"image/color"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"faaslab/platform"
	"faaslab/validate"
	"faaslab/validate/model"
)

// A trustFigure is the heat maps of one variant's deviation in one metric: a
// panel a ratio, load across, keep-alive upwards.
type trustFigure struct {
	name    string // of its file, without the ending
	variant model.Variant
	metric  string
}

// trustFigures are those that are drawn.
func trustFigures() (figures []trustFigure) {
	for _, variant := range validate.TrustVariants {
		for _, metric := range []string{platform.ColdStartProbability, platform.Instances, platform.Idle} {
			figures = append(figures, trustFigure{"trust-" + variant.String() + "-" + strings.ReplaceAll(metric, "_", "-"), variant, metric})
		}
	}
	return figures
}

// deviationBounds are where the colours of deviations change, in per cent, on either side of 0.
var deviationBounds = []float64{1, 5, 20, 50}

// deviationColours are ColorBrewer's diverging RdBu in nine classes, which the
// colour-blind can tell apart (Harrower and Brewer, The Cartographic Journal 40, 2003): too little
// is blue, too much is red.
var deviationColours = []color.Color{
	rgb(0x2166ac), rgb(0x4393c3), rgb(0x92c5de), rgb(0xd1e5f0), rgb(0xf7f7f7),
	rgb(0xfddbc7), rgb(0xf4a582), rgb(0xd6604d), rgb(0xb2182b),
}

var (
	ink    = rgb(0x222222)
	paleIn = rgb(0xffffff)
	grey   = rgb(0xbdbdbd)
	frame  = rgb(0x888888)
)

func rgb(hex uint32) color.Color {
	return color.RGBA{uint8(hex >> 16), uint8(hex >> 8), uint8(hex), 0xff}
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

// write draws the figure.
func (f trustFigure) write(w io.Writer, m *validate.TrustMap, format figureFormat) error {
	panels := panelRatios(m.Ratios)
	columns, rows := vg.Length(len(m.Loads)), vg.Length(len(m.KeepAlives))
	panelWidth, panelHeight := max(columns*cellWidth, 150), rows*cellHeight
	width := leftMargin + vg.Length(len(panels))*(panelWidth+panelGap) - panelGap + rightMargin
	title := lettering(13, ink)
	title.XAlign = draw.XLeft
	words := fmt.Sprintf("%s: by how many %% its %s differs from the exact value", variantLabel(f.variant), metricNoun(f.metric))
	width = max(width, leftMargin+title.Width(words)+rightMargin, legendWidth+2*rightMargin)
	height := topMargin + panelHeight + bottomMargin
	return drawFigure(w, format, width, height, func(c draw.Canvas) error {
		c.FillText(title, vg.Point{X: leftMargin, Y: height - 16}, words)
		for i, ratio := range panels {
			f.panel(c, m, ratio, leftMargin+vg.Length(i)*(panelWidth+panelGap), bottomMargin, panelWidth)
		}
		f.keepAliveAxis(c, m, panelHeight)
		if label := lettering(11, ink); label.Width(loadWords) > panelWidth { // too wide for each: one for all
			all := vg.Length(len(panels))*(panelWidth+panelGap) - panelGap
			c.FillText(label, vg.Point{X: leftMargin + all/2, Y: bottomMargin - 24}, loadWords)
		}
		legend(c, width/2, 18)
		return nil
	})
}

// panelRatios returns the indices of at most three ratios: near the ends, where real functions
// are, and one between.
func panelRatios(ratios []float64) []int {
	all := make([]int, len(ratios))
	for i := range all {
		all[i] = i
	}
	if slices.Equal(ratios, validate.TrustRatios) {
		return []int{1, 2, 4} // 2.7, 16 and 200
	}
	return spreadOver(all, 3)
}

// loadWords names what is across a panel.
const loadWords = "load λE[S_w] (busy if all starts were warm)"

// panel draws the map of one ratio with its lower left corner at (x, y).
func (f trustFigure) panel(c draw.Canvas, m *validate.TrustMap, ratio int, x, y, width vg.Length) {
	label, tick := lettering(11, ink), lettering(9, ink)
	top := y + vg.Length(len(m.KeepAlives))*cellHeight
	c.FillText(label, vg.Point{X: x + width/2, Y: top + 11}, fmt.Sprintf("cold service %s × warm", significant(m.Ratios[ratio])))
	for l, load := range m.Loads {
		left := x + vg.Length(l)*cellWidth
		for k := range m.KeepAlives {
			f.cell(c, m.At(ratio, l, k), left, y+vg.Length(k)*cellHeight)
		}
		c.FillText(tick, vg.Point{X: left + cellWidth/2, Y: y - 8}, significant(load))
	}
	c.StrokeLines(draw.LineStyle{Color: frame, Width: 0.75}, []vg.Point{
		{X: x, Y: y}, {X: x + vg.Length(len(m.Loads))*cellWidth, Y: y},
		{X: x + vg.Length(len(m.Loads))*cellWidth, Y: top}, {X: x, Y: top}, {X: x, Y: y},
	})
	if label.Width(loadWords) <= width {
		c.FillText(label, vg.Point{X: x + width/2, Y: y - 24}, loadWords)
	}
}

// cell draws one point: its colour, and its deviation in per cent.
func (f trustFigure) cell(c draw.Canvas, p *validate.TrustPoint, x, y vg.Length) {
	if p.Exact == nil {
		fillRectangle(c, x, y, cellWidth, cellHeight, grey)
		c.StrokeLine2(draw.LineStyle{Color: frame, Width: 0.5}, x, y, x+cellWidth, y+cellHeight)
		return
	}
	deviation := p.Deviation[f.variant.String()][f.metric]
	class := deviationClass(deviation)
	fillRectangle(c, x, y, cellWidth, cellHeight, deviationColours[class])
	style := lettering(8.5, ink)
	if distance := class - len(deviationBounds); distance < -2 || distance > 2 {
		style.Color = paleIn
	}
	c.FillText(style, vg.Point{X: x + cellWidth/2, Y: y + cellHeight/2}, signedPercent(deviation))
}

// keepAliveAxis labels the rows.
func (f trustFigure) keepAliveAxis(c draw.Canvas, m *validate.TrustMap, height vg.Length) {
	tick := lettering(9, ink)
	tick.XAlign = draw.XRight
	for k, keepAlive := range m.KeepAlives {
		c.FillText(tick, vg.Point{X: leftMargin - 5, Y: bottomMargin + (vg.Length(k)+0.5)*cellHeight}, significant(keepAlive))
	}
	label := lettering(11, ink)
	label.Rotation = math.Pi / 2
	c.FillText(label, vg.Point{X: 14, Y: bottomMargin + height/2}, "keep-alive λτ (arrivals in it)")
}

// legendWidth is that of the scale of colours: a colour each, and what stands for no value.
const (
	legendEntryWidth = vg.Length(44)
	legendWidth      = 9*legendEntryWidth + 110
)

// legend draws the scale of colours, its middle at x, its lower edge at y.
func legend(c draw.Canvas, x, y vg.Length) {
	const width, height = legendEntryWidth, 13
	tick := lettering(9, ink)
	entries := vg.Length(len(deviationColours))
	left := x - legendWidth/2
	for i, fill := range deviationColours {
		fillRectangle(c, left+vg.Length(i)*width, y, width, height, fill)
	}
	c.StrokeLines(draw.LineStyle{Color: frame, Width: 0.5}, []vg.Point{
		{X: left, Y: y}, {X: left + entries*width, Y: y}, {X: left + entries*width, Y: y + height}, {X: left, Y: y + height}, {X: left, Y: y}})
	n := len(deviationBounds)
	for i, bound := range deviationBounds {
		c.FillText(tick, vg.Point{X: left + vg.Length(n+1+i)*width, Y: y - 8}, "+"+significant(bound)+" %")
		c.FillText(tick, vg.Point{X: left + vg.Length(n-i)*width, Y: y - 8}, "−"+significant(bound)+" %")
	}
	fillRectangle(c, left+entries*width+18, y, cellWidth, height, grey)
	c.StrokeLine2(draw.LineStyle{Color: frame, Width: 0.5}, left+entries*width+18, y, left+entries*width+18+cellWidth, y+height)
	tick.XAlign = draw.XLeft
	c.FillText(tick, vg.Point{X: left + entries*width + 18 + cellWidth + 5, Y: y + height/2}, "no exact value")
}

// metricNoun names a metric in a sentence.
func metricNoun(metric string) string {
	m, _ := platform.Find(metric)
	if m.Counted != "" {
		return "mean number of " + m.Counted
	}
	return m.Label()
}

// signedPercent writes a relative deviation in per cent, without the unit: two
// digits, or whole numbers.
func signedPercent(x float64) string {
	x *= 100
	size := math.Abs(x)
	switch {
	case size < 0.05:
		return "0"
	case size < 9.95:
		return signed(strconv.FormatFloat(x, 'f', 1, 64))
	default:
		return signed(strconv.FormatFloat(x, 'f', 0, 64))
	}
}

// signed gives a positive number a plus, and a negative one a proper minus.
func signed(number string) string {
	if strings.HasPrefix(number, "-") {
		return minus(number)
	}
	return "+" + number
}

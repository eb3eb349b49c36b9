package chart

import (
	"fmt"
	"image/color"
	"io"
	"math"
	"slices"
	"sort"
	"strings"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"faaslab/cmd/faaslab/internal/exit"
)

// Sizes in points.
const (
	ChartWidth       = vg.Length(660)
	narrowWidth      = vg.Length(470) // of a chart with one panel
	ScreenWidth      = vg.Length(360) // of a narrow chart: on a phone its letters are not much smaller than here
	chartMargin      = vg.Length(14)
	paperMargin      = vg.Length(3)
	paperColumns     = vg.Length(430) // from that width on, a figure for a paper has two columns
	leastPanel       = vg.Length(80)  // the least height of a panel
	panelHeight      = vg.Length(165)
	rowHeight        = vg.Length(16) // of a panel of rows with one series
	rowStep          = vg.Length(4)  // for each further series
	columnGap        = vg.Length(22)
	rowGap           = vg.Length(16)
	markRadius       = vg.Length(2.4)
	titleSize        = vg.Length(13)
	subtitleSize     = vg.Length(9)
	labelSize        = vg.Length(9.5)
	tickSize         = vg.Length(8.5)
	longestCategory  = vg.Length(150) // longer ones are cut
	swatchWidth      = vg.Length(28)
	marksOfLongLines = 12 // roughly: beyond it not every point has a mark
)

// mostPanels is the largest number of panels of a chart; it is larger than the number of metrics.
const mostPanels = 100

// Write draws the chart.
func (ch Chart) Write(w io.Writer, format Format) error {
	if len(ch.Panels) > mostPanels {
		return fmt.Errorf("the figure has %d panels; want at most %d: choose fewer metrics", len(ch.Panels), mostPanels)
	}
	l := ch.layout(0)
	if ch.Size.Height > 0 {
		var err error
		if l, err = ch.fit(l); err != nil {
			return err
		}
	}
	return Draw(w, format, l.width, l.height, l.paint)
}

// A placed panel is a panel with its rulers, and with its place: the lower left corner of its
// frame, and its size.
type placed struct {
	Panel
	across, up                  ruler // along the x and the y of the data; a panel of Rows swaps them
	left, bottom, width, height vg.Length
	margin                      vg.Length // left of the frame
	tilted                      bool      // its categories are written aslant
}

// A chartLayout is everything that is drawn, with its places.
type chartLayout struct {
	width, height vg.Length
	edge          vg.Length // around everything
	legendStep    vg.Length // from row to row of the legend
	stretched     int       // rows of panels whose height may be any
	rowHeight     vg.Length // of these panels
	title, lines  []string
	legend        [][]legendEntry // by row
	notes         []string
	looks         looks
	panels        []placed
	interrupted   func() error // of the chart
}

// layout decides the places of everything. Panels without a height of their own get that height; 0
// chooses one.
func (ch Chart) layout(height vg.Length) chartLayout {
	panels := ch.Shown()
	l := chartLayout{width: ChartWidth, edge: chartMargin, legendStep: legendRowHeight, rowHeight: panelHeight, looks: newLooks(panels), interrupted: ch.Interrupted}
	switch {
	case ch.Size.Width > 0:
		l.width, l.edge, l.legendStep = ch.Size.Width, paperMargin, 0.8*legendRowHeight
		ch.Title, ch.Subtitle, ch.Notes = "", nil, nil
		ch.Narrow = l.width < paperColumns
		l.rowHeight = min(panelHeight, max(leastPanel, 0.55*l.width))
	case ch.Narrow:
		l.width = ScreenWidth
	case len(panels) <= 1 && !slices.ContainsFunc(panels, func(p Panel) bool { return p.Form == Rows }):
		l.width = narrowWidth
	}
	if height > 0 {
		l.rowHeight = height
	}
	inner := l.width - 2*l.edge
	if ch.Title != "" {
		l.title = wrap(Lettering(titleSize, Ink), ch.Title, inner)
	}
	for _, line := range ch.Subtitle {
		l.lines = append(l.lines, wrap(Lettering(subtitleSize, faintInk), line, inner)...)
	}
	if len(panels) == 0 {
		l.lines = append(l.lines, "There is nothing to show.")
	}
	for _, note := range ch.Notes {
		l.notes = append(l.notes, wrap(Lettering(subtitleSize, faintInk), note, inner)...)
	}
	l.legend = legendRows(legendOf(panels), inner)

	// From the top downwards, row by row; the heights become places once the total is known.
	if ch.Narrow {
		for i := range panels {
			panels[i].Wide = true
		}
	}
	grid := gridOf(panels)
	columns := 2
	if l.width < ChartWidth && ch.Size.Width == 0 || ch.Narrow {
		columns = 1
	}
	var margins [2]vg.Length
	for _, row := range grid {
		for column, p := range row {
			if p.Form != Rows {
				margins[column] = max(margins[column], p.leftMargin())
			}
		}
	}
	top := l.edge + vg.Length(len(l.title))*(titleSize*1.3) + vg.Length(len(l.lines))*(subtitleSize*1.4) + 8
	for _, row := range grid {
		head, foot := vg.Length(0), vg.Length(0)
		height := l.rowHeight
		first := len(l.panels)
		for column, p := range row {
			left, width := l.edge, inner
			margin := margins[column]
			if p.Form == Rows {
				margin, height = p.leftMargin(), p.rowsHeight()
			} else if !p.Wide {
				width = (inner - columnGap*vg.Length(columns-1)) / vg.Length(columns)
				left += vg.Length(column) * (width + columnGap)
			}
			at := placed{Panel: p, left: left + margin, margin: margin, width: width - margin - 6, height: height}
			at.scale()
			if p.Title != "" {
				head = max(head, labelSize*1.8)
			}
			foot = max(foot, at.bottomMargin())
			l.panels = append(l.panels, at)
		}
		top += head + height
		for i := first; i < len(l.panels); i++ {
			l.panels[i].bottom = -top // from the top, for now
		}
		if row[0].Form != Rows {
			l.stretched++
		}
		top += foot + rowGap
	}
	top += vg.Length(len(l.legend))*l.legendStep + vg.Length(len(l.notes))*(subtitleSize*1.4)
	l.height = top + l.edge - 4
	for i := range l.panels {
		l.panels[i].bottom += l.height
	}
	return l
}

// fit returns the layout of a chart at its height, given the one at the chosen height.
func (ch Chart) fit(chosen chartLayout) (chartLayout, error) {
	if chosen.stretched == 0 {
		return chosen, exit.Bad(fmt.Errorf("--plot-size: the figure is %.0f mm high, as its rows need; want the width alone", millimetres(chosen.height)))
	}
	height := chosen.rowHeight + (ch.Size.Height-chosen.height)/vg.Length(chosen.stretched)
	if height < leastPanel {
		least := chosen.height + (leastPanel-chosen.rowHeight)*vg.Length(chosen.stretched)
		return chosen, exit.Bad(fmt.Errorf("--plot-size: the figure needs at least %.0f mm of height; want more, fewer metrics, or the width alone", math.Ceil(millimetres(least))))
	}
	l := ch.layout(height)
	return l, nil
}

// gridOf puts panels into rows of two; a panel of Rows has a row for itself.
func gridOf(panels []Panel) (grid [][]Panel) {
	open := false
	for _, p := range panels {
		if open && p.Form != Rows && !p.Wide {
			grid[len(grid)-1] = append(grid[len(grid)-1], p)
			open = false
			continue
		}
		grid = append(grid, []Panel{p})
		open = p.Form != Rows && !p.Wide
	}
	return grid
}

// rowsHeight returns the height of a panel of Rows.
func (p Panel) rowsHeight() vg.Length {
	return (rowHeight + rowStep*vg.Length(len(p.Series)-1)) * vg.Length(len(p.X.Categories))
}

// leftMargin returns the room that a panel needs left of its frame.
func (p Panel) leftMargin() vg.Length {
	style := Lettering(tickSize, Ink)
	widest := vg.Length(0)
	if p.Form == Rows {
		for _, text := range p.X.Categories {
			widest = max(widest, style.Width(text))
		}
		return min(widest, 2*longestCategory) + 8
	}
	up := p.Values()
	up = up.mark(8, up.upwards(panelHeight, tickSize))
	for _, t := range up.ticks {
		widest = max(widest, style.Width(t.text))
	}
	return widest + labelSize*1.5 + 8
}

// scale chooses the rulers and their ticks for the panel's size.
func (p *placed) scale() {
	style := Lettering(tickSize, Ink)
	p.across, p.up = p.varied(), p.Values()
	if p.Form == Rows {
		p.across = p.across.mark(0, nil)
		p.up = p.up.mark(9, p.up.across(p.width, style.Width))
		return
	}
	p.across = p.across.mark(9, p.across.across(p.width, style.Width))
	p.up = p.up.mark(8, p.up.upwards(p.height, tickSize))
	if p.across.Categories != nil {
		p.tilted = !p.across.across(p.width, style.Width)(p.across.ticks)
		slot := p.width / vg.Length(len(p.across.ticks))
		for i := range p.across.ticks {
			if p.tilted {
				p.across.ticks[i].text = cut(style, p.across.ticks[i].text, longestCategory)
			}
		}
		if every := int(math.Ceil(float64(tickSize * 1.9 / slot))); p.tilted && every > 1 {
			var fewer []tick
			for i := 0; i < len(p.across.ticks); i += every {
				fewer = append(fewer, p.across.ticks[i])
			}
			p.across.ticks = fewer
		}
	}
}

// tilt is the angle of category labels for which there is no room side by side.
const tilt = math.Pi / 5

// bottomMargin returns the room that a panel needs below its frame.
func (p *placed) bottomMargin() vg.Length {
	room := tickSize * 1.7
	if p.tilted {
		style := Lettering(tickSize, Ink)
		for _, t := range p.across.ticks {
			room = max(room, style.Width(t.text)*vg.Length(math.Sin(tilt))+tickSize*1.5)
		}
	}
	return room + labelSize*1.5
}

// paint draws the whole chart.
func (l chartLayout) paint(c draw.Canvas) error {
	title, small := leftAligned(titleSize, Ink), leftAligned(subtitleSize, faintInk)
	y := l.height - l.edge - titleSize*0.4
	for _, line := range l.title {
		c.FillText(title, vg.Point{X: l.edge, Y: y}, line)
		y -= titleSize * 1.3
	}
	for _, line := range l.lines {
		c.FillText(small, vg.Point{X: l.edge, Y: y}, line)
		y -= subtitleSize * 1.4
	}
	for _, p := range l.panels {
		if l.interrupted != nil {
			if err := l.interrupted(); err != nil {
				return err
			}
		}
		p.paint(c, l.looks)
	}
	y = l.edge + vg.Length(len(l.notes)-1)*(subtitleSize*1.4)
	for _, line := range l.notes {
		c.FillText(small, vg.Point{X: l.edge, Y: y}, line)
		y -= subtitleSize * 1.4
	}
	y = l.edge + vg.Length(len(l.notes))*(subtitleSize*1.4) + vg.Length(len(l.legend))*l.legendStep - l.legendStep*0.6
	for _, row := range l.legend {
		x := l.edge
		for _, e := range row {
			l.swatch(c, e, x, y)
			x += e.width()
		}
		y -= l.legendStep
	}
	return nil
}

const legendRowHeight = vg.Length(16)

// width returns the room of an entry, with the gap to the next.
func (e legendEntry) width() vg.Length {
	return swatchWidth + 5 + Lettering(tickSize+0.5, Ink).Width(e.text) + 16
}

// legendRows breaks the legend into rows that fit; a name longer than a row is shortened.
func legendRows(entries []legendEntry, width vg.Length) (rows [][]legendEntry) {
	used := width + 1
	for _, e := range entries {
		e.text = cut(Lettering(tickSize+0.5, Ink), e.series.Name, width-swatchWidth-21)
		if used+e.width() > width+16 {
			rows, used = append(rows, nil), 0
		}
		rows[len(rows)-1] = append(rows[len(rows)-1], e)
		used += e.width()
	}
	return rows
}

// swatch draws an entry of the legend with its middle at height y.
func (l chartLayout) swatch(c draw.Canvas, e legendEntry, x, y vg.Length) {
	look := l.look(e)
	if e.series.Kind == Single {
		FillRectangle(c, x, y-4.5, swatchWidth, 9, look.band(singleAlpha))
		c.FillText(leftAligned(tickSize+0.5, Ink), vg.Point{X: x + swatchWidth + 5, Y: y}, e.text)
		return
	}
	if e.lined {
		if e.banded && e.series.Kind == simulated {
			FillRectangle(c, x, y-4.5, swatchWidth, 9, look.band(bandAlpha))
		}
		c.StrokeLine2(look.Line(), x, y, x+swatchWidth, y)
	} else if e.banded {
		c.StrokeLine2(draw.LineStyle{Color: look.ink, Width: 1}, x+4, y, x+swatchWidth-4, y)
	}
	drawMark(c, look, vg.Point{X: x + swatchWidth/2, Y: y}, markRadius*1.1)
	c.FillText(leftAligned(tickSize+0.5, Ink), vg.Point{X: x + swatchWidth + 5, Y: y}, e.text)
}

func (l chartLayout) look(e legendEntry) look { return l.looks.Of(e.series) }

func leftAligned(size vg.Length, ink color.Color) text.Style {
	style := Lettering(size, ink)
	style.XAlign = draw.XLeft
	return style
}

// wrap breaks a text into lines that fit, at " · " if it has any, else at spaces; a longer word is
// shortened.
func wrap(style text.Style, s string, width vg.Length) (lines []string) {
	for _, separator := range []string{" · ", " "} {
		if style.Width(s) <= width {
			return append(lines, s)
		}
		parts := strings.Split(s, separator)
		line := parts[0]
		var whole []string
		for _, part := range parts[1:] {
			if longer := line + separator + part; style.Width(longer) <= width {
				line = longer
			} else {
				whole, line = append(whole, line), part
			}
		}
		whole = append(whole, line)
		if separator == " " || !slices.ContainsFunc(whole, func(l string) bool { return style.Width(l) > width }) {
			for _, l := range whole {
				lines = append(lines, cut(style, l, width))
			}
			return lines
		}
	}
	return lines
}

// cut shortens a text that is too wide, and marks the cut.
func cut(style text.Style, s string, width vg.Length) string {
	if style.Width(s) <= width {
		return s
	}
	runes := []rune(s)
	tooMany := sort.Search(len(runes), func(n int) bool { return style.Width(string(runes[:n+1])+"…") > width })
	return string(runes[:tooMany]) + "…"
}

package main

import (
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// bandAlpha is the opacity of a band, of 255.
const bandAlpha = 55

// singleAlpha is that of the area in which single runs lie, behind the bands.
const singleAlpha = 34

// point returns where a pair of values stands on the canvas.
func (p *placed) point(x, y float64) vg.Point {
	u, v := vg.Length(p.across.at(x)), vg.Length(p.up.at(y))
	if p.form == rows { // downwards and across
		return vg.Point{X: p.left + v*p.width, Y: p.bottom + (1-u)*p.height}
	}
	return vg.Point{X: p.left + u*p.width, Y: p.bottom + v*p.height}
}

// inside reports whether a value is within the range of the values.
func (p *placed) inside(y float64) bool {
	at := p.up.at(y)
	return at >= -1e-9 && at <= 1+1e-9
}

// paint draws a panel: grid, frame, labels, series.
func (p *placed) paint(c draw.Canvas, looks looks) {
	if p.form == rows {
		p.paintStripes(c)
	}
	p.paintGrid(c)
	corner := func(u, v vg.Length) vg.Point { return vg.Point{X: p.left + u*p.width, Y: p.bottom + v*p.height} }
	c.StrokeLines(draw.LineStyle{Color: frame, Width: 0.75}, []vg.Point{corner(0, 0), corner(1, 0), corner(1, 1), corner(0, 1), corner(0, 0), corner(1, 0)})
	frameOf := draw.Canvas{Canvas: c.Canvas, Rectangle: vg.Rectangle{
		Min: vg.Point{X: p.left, Y: p.bottom}, Max: vg.Point{X: p.left + p.width, Y: p.bottom + p.height}}}
	switch p.form {
	case distribution:
		p.paintDistribution(frameOf, looks)
	default:
		p.paintSeries(frameOf, looks)
	}
	p.paintLabels(c)
}

// paintGrid draws the light lines behind the series.
func (p *placed) paintGrid(c draw.Canvas) {
	light := draw.LineStyle{Color: gridLine, Width: 0.6}
	for _, t := range p.up.ticks {
		at := vg.Length(p.up.at(t.at))
		style := light
		if p.up.signed && t.at == 0 {
			style = draw.LineStyle{Color: frame, Width: 0.9}
		}
		if p.form == rows {
			c.StrokeLine2(style, p.left+at*p.width, p.bottom, p.left+at*p.width, p.bottom+p.height)
		} else {
			c.StrokeLine2(style, p.left, p.bottom+at*p.height, p.left+p.width, p.bottom+at*p.height)
		}
	}
	if p.form == distribution {
		return // the bars are enough
	}
	for _, t := range p.across.ticks {
		at := vg.Length(p.across.at(t.at))
		if p.form != rows {
			c.StrokeLine2(light, p.left+at*p.width, p.bottom, p.left+at*p.width, p.bottom+p.height)
		}
	}
}

// paintStripes tells the rows of a panel apart.
func (p *placed) paintStripes(c draw.Canvas) {
	height := p.height / vg.Length(len(p.x.categories))
	for i := 0; i < len(p.x.categories); i += 2 {
		fillRectangle(c, p.left, p.bottom+p.height-vg.Length(i+1)*height, p.width, height, stripe)
	}
}

// paintLabels draws ticks, their numbers, the names of the axes and the title.
func (p *placed) paintLabels(c draw.Canvas) {
	bottom, side := p.across, p.up
	if p.form == rows {
		bottom, side = p.up, p.across
	}
	axis := draw.LineStyle{Color: frame, Width: 0.75}
	style := lettering(tickSize, ink)
	for _, v := range bottom.between() {
		x := p.left + vg.Length(bottom.at(v))*p.width
		c.StrokeLine2(axis, x, p.bottom, x, p.bottom-2)
	}
	for _, t := range bottom.ticks {
		x := p.left + vg.Length(bottom.at(t.at))*p.width
		c.StrokeLine2(axis, x, p.bottom, x, p.bottom-3.5)
		if p.tilted {
			slanted := style
			slanted.Rotation, slanted.XAlign = tilt, draw.XRight
			c.FillText(slanted, vg.Point{X: x + 2, Y: p.bottom - tickSize*0.9}, t.text)
			continue
		}
		c.FillText(style, vg.Point{X: x, Y: p.bottom - 4 - tickSize*0.65}, t.text)
	}
	for _, v := range side.between() {
		y := p.bottom + vg.Length(side.at(v))*p.height
		c.StrokeLine2(axis, p.left-2, y, p.left, y)
	}
	rightward := style
	rightward.XAlign = draw.XRight
	for _, t := range side.ticks {
		at := vg.Length(side.at(t.at))
		if p.form == rows {
			at = 1 - at
			t.text = cut(style, t.text, 2*longestCategory)
		}
		y := p.bottom + at*p.height
		c.StrokeLine2(axis, p.left-3.5, y, p.left, y)
		c.FillText(rightward, vg.Point{X: p.left - 6, Y: y + 0.7}, t.text)
	}
	name := lettering(labelSize, ink)
	c.FillText(name, vg.Point{X: p.left + p.width/2, Y: p.bottom - p.bottomMargin() + labelSize*0.6}, cut(name, bottom.title(), p.width+40))
	if p.form != rows {
		name.Rotation = math.Pi / 2
		c.FillText(name, vg.Point{X: p.left - p.margin + labelSize*0.6, Y: p.bottom + p.height/2}, cut(lettering(labelSize, ink), side.title(), p.height+20))
	}
	if p.title != "" {
		c.FillText(leftAligned(labelSize+0.5, ink), vg.Point{X: p.left, Y: p.bottom + p.height + labelSize*0.8}, p.title)
	}
}

// paintSeries draws lines and points: bands first, then lines, the dashed ones of models over the solid ones that they may lie
// on, then marks, the simulated ones on top of the larger ones of models and the measured ones on top of all.
func (p *placed) paintSeries(c draw.Canvas, looks looks) {
	for _, s := range p.series {
		if s.kind == single {
			p.paintBand(c, s, looks.of(s), singleAlpha)
		}
	}
	for _, s := range p.series {
		if p.joins(s) {
			p.paintBand(c, s, looks.of(s), bandAlpha)
		}
	}
	ordered := slices.DeleteFunc(slices.Clone(p.series), func(s series) bool { return s.kind == single })
	rank := map[seriesKind]int{modelled: 1, simulated: 0, measured: 2}
	if p.form == rows {
		rank = map[seriesKind]int{simulated: 0, modelled: 1, measured: 2}
	}
	slices.SortStableFunc(ordered, func(a, b series) int { return rank[a.kind] - rank[b.kind] })
	for _, s := range ordered {
		l := looks.of(s)
		if p.joins(s) {
			for _, segment := range p.segments(s) {
				if len(segment) > 1 {
					c.StrokeLines(l.line(), c.ClipLinesXY(p.points(s, segment))...)
				}
			}
		}
	}
	if p.form != rows {
		rank = map[seriesKind]int{modelled: 0, simulated: 1, measured: 2}
		slices.SortStableFunc(ordered, func(a, b series) int { return rank[a.kind] - rank[b.kind] })
	}
	for _, s := range ordered {
		p.paintMarks(c, s, looks.of(s))
	}
}

// segments returns the runs of points without a gap, as indices.
func (p *placed) segments(s series) (all [][]int) {
	open := false
	for i, y := range s.y {
		if math.IsNaN(y) || p.up.log && y <= 0 {
			open = false
			continue
		}
		if !open {
			all = append(all, nil)
			open = true
		}
		all[len(all)-1] = append(all[len(all)-1], i)
	}
	return all
}

func (p *placed) points(s series, indices []int) (points []vg.Point) {
	for _, i := range indices {
		points = append(points, p.point(s.x[i], s.y[i]))
	}
	return points
}

// paintBand fills the interval of a line.
func (p *placed) paintBand(c draw.Canvas, s series, l look, alpha uint8) {
	for _, segment := range p.segments(s) {
		var upper, lower []vg.Point
		flush := func() {
			if len(upper) > 1 {
				slices.Reverse(lower)
				c.FillPolygon(l.band(alpha), c.ClipPolygonXY(append(upper, lower...)))
			}
			upper, lower = nil, nil
		}
		for _, i := range segment {
			if math.IsNaN(s.low[i]) {
				flush()
				continue
			}
			low := s.low[i]
			if p.up.log && low <= 0 {
				low = p.up.low
			}
			upper, lower = append(upper, p.point(s.x[i], s.high[i])), append(lower, p.point(s.x[i], low))
		}
		flush()
	}
}

// paintMarks draws the points of a series, with whiskers where there is no band.
func (p *placed) paintMarks(c draw.Canvas, s series, l look) {
	joined := p.joins(s)
	alone := map[int]bool{} // points that no line reaches
	for _, segment := range p.segments(s) {
		if len(segment) == 1 {
			alone[segment[0]] = true
		}
	}
	// Where points are dense the marks are not, and those of two lines do not lie upon one another.
	gap, last := vg.Length(0), math.Inf(-1)
	if points := len(s.x); joined && points > 2*marksOfLongLines {
		gap = p.width / marksOfLongLines
		last = float64(p.left) - float64(gap)*(1-0.5*float64(s.kind))
	}
	radius := markRadius
	if s.kind == measured && len(s.x) > 2*marksOfLongLines {
		radius *= 0.8
	}
	paint := drawMark
	if s.kind == modelled && joined {
		radius *= 1.4 // around the point of the simulation that it may lie on
		paint = drawRing
	}
	for i, y := range s.y {
		if math.IsNaN(y) {
			continue
		}
		shift := vg.Length(0)
		if !joined && p.x.categories != nil {
			shift = p.shift(s, s.x[i])
		}
		whisker := !joined || alone[i] || p.up.log && y <= 0
		if whisker {
			p.paintWhisker(c, s, i, l, shift)
		}
		if x := float64(p.point(s.x[i], y).X); p.up.log && y <= 0 || joined && !alone[i] && x < last+float64(gap) {
			continue
		} else {
			last = x
		}
		style := l
		style.hollow = l.hollow || s.hollow[i]
		if p.up.limit > 0 && math.Abs(y) > p.up.limit {
			p.paintBeyond(c, s.x[i], y, l, shift)
			continue
		}
		if p.inside(y) {
			paint(c, style, p.shifted(s.x[i], y, shift), radius)
		}
	}
}

// shifted moves a point along the axis of categories.
func (p *placed) shifted(x, y float64, shift vg.Length) vg.Point {
	at := p.point(x, y)
	if p.form == rows {
		at.Y -= shift
	} else {
		at.X += shift
	}
	return at
}

// shift sets the series that have a point at a category side by side.
func (p *placed) shift(s series, x float64) vg.Length {
	here, n := 0, 0
	for _, other := range p.series {
		i := slices.Index(other.x, x)
		if i < 0 || math.IsNaN(other.y[i]) {
			continue
		}
		if other.sameLook(s) {
			here = n
		}
		n++
	}
	slot := p.width
	if p.form == rows {
		slot = p.height
	}
	slot /= vg.Length(len(p.x.categories))
	step := min(slot*0.66/vg.Length(max(n-1, 1)), 9)
	return (vg.Length(here) - vg.Length(n-1)/2) * step
}

// paintWhisker draws the interval of a point. Of a value that a logarithmic axis cannot show it is
// what lies above the lower edge.
func (p *placed) paintWhisker(c draw.Canvas, s series, i int, l look, shift vg.Length) {
	low, high := s.low[i], s.high[i]
	if math.IsNaN(low) || low == high {
		return
	}
	clip := func(y float64) float64 { return min(max(y, p.up.low), p.up.high) }
	if high < p.up.low || low > p.up.high {
		return
	}
	from, to := p.shifted(s.x[i], clip(low), shift), p.shifted(s.x[i], clip(high), shift)
	line := draw.LineStyle{Color: l.ink, Width: 1}
	c.StrokeLine2(line, from.X, from.Y, to.X, to.Y)
	const cap = 2.2
	for _, end := range []struct {
		value float64
		at    vg.Point
	}{{low, from}, {high, to}} {
		if !p.inside(end.value) {
			continue
		}
		if p.form == rows {
			c.StrokeLine2(line, end.at.X, end.at.Y-cap, end.at.X, end.at.Y+cap)
		} else {
			c.StrokeLine2(line, end.at.X-cap, end.at.Y, end.at.X+cap, end.at.Y)
		}
	}
}

// paintBeyond draws an arrow at the edge, with the number, for a value that is beyond the limit.
func (p *placed) paintBeyond(c draw.Canvas, x, y float64, l look, shift vg.Length) {
	edge, sign := p.up.high, vg.Length(1)
	style := lettering(tickSize-1, l.ink)
	style.XAlign = draw.XRight
	if y < 0 {
		edge, sign = p.up.low, -1
		style.XAlign = draw.XLeft
	}
	at := p.shifted(x, edge, shift)
	at.X -= sign * 2
	c.FillPolygon(l.ink, []vg.Point{{X: at.X, Y: at.Y}, {X: at.X - sign*5, Y: at.Y + 2.6}, {X: at.X - sign*5, Y: at.Y - 2.6}})
	number := signed(strings.Replace(tickText(math.Round(y*p.up.scale.factor), 0), "−", "-", 1))
	c.FillText(style, vg.Point{X: at.X - sign*8, Y: at.Y}, number+" "+p.up.scale.unit)
}

// manyBars is from where on bars would be too thin, and an outline is drawn.
const manyBars = 60

// paintDistribution draws simulated probabilities as bars with whiskers, or as steps with a band if there are many, and
// models as dashed lines over them.
func (p *placed) paintDistribution(c draw.Canvas, looks looks) {
	unit := p.width / vg.Length(p.across.high-p.across.low) // from n to n + 1
	for _, s := range p.series {
		if s.kind != simulated {
			continue
		}
		l := looks.of(s)
		step := vg.Length(1)
		if len(s.x) > 1 {
			step = vg.Length(s.x[1] - s.x[0])
		}
		if len(s.x) > manyBars {
			p.paintSteps(c, s, l, unit*step)
			continue
		}
		for i, y := range s.y {
			if !(y > 0) {
				continue
			}
			at, base := p.point(s.x[i], y), p.point(s.x[i], p.up.low)
			half := unit * step * 0.38
			bar := []vg.Point{{X: at.X - half, Y: base.Y}, {X: at.X + half, Y: base.Y}, {X: at.X + half, Y: at.Y}, {X: at.X - half, Y: at.Y}, {X: at.X - half, Y: base.Y}}
			c.FillPolygon(l.band(90), bar)
			c.StrokeLines(draw.LineStyle{Color: l.ink, Width: 0.6}, bar)
			p.paintWhisker(c, s, i, l, 0)
		}
	}
	for _, s := range p.series {
		if s.kind == simulated {
			continue
		}
		l := looks.of(s)
		for _, segment := range p.segments(s) {
			c.StrokeLines(l.line(), c.ClipLinesXY(p.points(s, segment))...)
		}
		if len(s.x) <= manyBars*2/3 {
			for i, y := range s.y {
				if !math.IsNaN(y) && p.inside(y) {
					drawMark(c, l, p.point(s.x[i], y), markRadius*0.8)
				}
			}
		}
	}
}

// paintSteps draws many probabilities as an area with a stepped outline and the band of their intervals.
func (p *placed) paintSteps(c draw.Canvas, s series, l look, width vg.Length) {
	outline := func(values []float64) (points []vg.Point) {
		for i := range s.x {
			y := values[i]
			if math.IsNaN(y) {
				y = s.y[i]
			}
			if math.IsNaN(y) {
				y = 0
			}
			at := p.point(s.x[i], min(max(y, p.up.low), p.up.high))
			points = append(points, vg.Point{X: at.X - width/2, Y: at.Y}, vg.Point{X: at.X + width/2, Y: at.Y})
		}
		return points
	}
	line := outline(s.y)
	base := p.bottom
	area := append(slices.Clone(line), vg.Point{X: line[len(line)-1].X, Y: base}, vg.Point{X: line[0].X, Y: base})
	c.FillPolygon(l.band(40), area)
	lower := outline(s.low)
	slices.Reverse(lower)
	c.FillPolygon(l.band(90), append(outline(s.high), lower...))
	c.StrokeLines(draw.LineStyle{Color: l.ink, Width: 0.9}, line)
}

package chart

import (
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"faaslab/cmd/faaslab/internal/format"
)

// bandAlpha is the opacity of a band, of 255.
const bandAlpha = 55

// singleAlpha is the opacity of the area in which single runs lie, behind the bands.
const singleAlpha = 34

// Point returns the place of a pair of values on the canvas.
func (p *placed) Point(x, y float64) vg.Point {
	u, v := vg.Length(p.across.at(x)), vg.Length(p.up.at(y))
	if p.Form == Rows { // downwards and across
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
	if p.Form == Rows {
		p.paintStripes(c)
	}
	p.paintGrid(c)
	corner := func(u, v vg.Length) vg.Point { return vg.Point{X: p.left + u*p.width, Y: p.bottom + v*p.height} }
	c.StrokeLines(draw.LineStyle{Color: Frame, Width: 0.75}, []vg.Point{corner(0, 0), corner(1, 0), corner(1, 1), corner(0, 1), corner(0, 0), corner(1, 0)})
	frameOf := draw.Canvas{Canvas: c.Canvas, Rectangle: vg.Rectangle{
		Min: vg.Point{X: p.left, Y: p.bottom}, Max: vg.Point{X: p.left + p.width, Y: p.bottom + p.height}}}
	switch p.Form {
	case Distribution:
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
		if p.up.Signed && t.at == 0 {
			style = draw.LineStyle{Color: Frame, Width: 0.9}
		}
		if p.Form == Rows {
			c.StrokeLine2(style, p.left+at*p.width, p.bottom, p.left+at*p.width, p.bottom+p.height)
		} else {
			c.StrokeLine2(style, p.left, p.bottom+at*p.height, p.left+p.width, p.bottom+at*p.height)
		}
	}
	if p.Form == Distribution {
		return // the bars are enough
	}
	for _, t := range p.across.ticks {
		at := vg.Length(p.across.at(t.at))
		if p.Form != Rows {
			c.StrokeLine2(light, p.left+at*p.width, p.bottom, p.left+at*p.width, p.bottom+p.height)
		}
	}
}

// paintStripes shades every other row of a panel of Rows.
func (p *placed) paintStripes(c draw.Canvas) {
	height := p.height / vg.Length(len(p.X.Categories))
	for i := 0; i < len(p.X.Categories); i += 2 {
		FillRectangle(c, p.left, p.bottom+p.height-vg.Length(i+1)*height, p.width, height, stripe)
	}
}

// paintLabels draws ticks, their numbers, the names of the axes and the title.
func (p *placed) paintLabels(c draw.Canvas) {
	bottom, side := p.across, p.up
	if p.Form == Rows {
		bottom, side = p.up, p.across
	}
	axis := draw.LineStyle{Color: Frame, Width: 0.75}
	style := Lettering(tickSize, Ink)
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
		if p.Form == Rows {
			at = 1 - at
			t.text = cut(style, t.text, 2*longestCategory)
		}
		y := p.bottom + at*p.height
		c.StrokeLine2(axis, p.left-3.5, y, p.left, y)
		c.FillText(rightward, vg.Point{X: p.left - 6, Y: y + 0.7}, t.text)
	}
	name := Lettering(labelSize, Ink)
	c.FillText(name, vg.Point{X: p.left + p.width/2, Y: p.bottom - p.bottomMargin() + labelSize*0.6}, cut(name, bottom.Title(), p.width+40))
	if p.Form != Rows {
		name.Rotation = math.Pi / 2
		c.FillText(name, vg.Point{X: p.left - p.margin + labelSize*0.6, Y: p.bottom + p.height/2}, cut(Lettering(labelSize, Ink), side.Title(), p.height+20))
	}
	if p.Title != "" {
		c.FillText(leftAligned(labelSize+0.5, Ink), vg.Point{X: p.left, Y: p.bottom + p.height + labelSize*0.8}, p.Title)
	}
}

// paintSeries draws lines and points. Bands come first, then lines, with the dashed lines of models
// over the solid lines that they may cover, then marks: the larger marks of models first, then
// simulated ones, then measured ones.
func (p *placed) paintSeries(c draw.Canvas, looks looks) {
	for _, s := range p.Series {
		if s.Kind == Single {
			p.paintBand(c, s, looks.Of(s), singleAlpha)
		}
	}
	for _, s := range p.Series {
		if p.joins(s) && s.Across == nil {
			p.paintBand(c, s, looks.Of(s), bandAlpha)
		}
	}
	ordered := slices.DeleteFunc(slices.Clone(p.Series), func(s Series) bool { return s.Kind == Single })
	rank := map[SeriesKind]int{Modelled: 1, simulated: 0, Measured: 2}
	if p.Form == Rows {
		rank = map[SeriesKind]int{simulated: 0, Modelled: 1, Measured: 2}
	}
	slices.SortStableFunc(ordered, func(a, b Series) int { return rank[a.Kind] - rank[b.Kind] })
	for _, s := range ordered {
		l := looks.Of(s)
		if p.joins(s) {
			for _, segment := range p.segments(s) {
				if len(segment) > 1 {
					c.StrokeLines(l.Line(), c.ClipLinesXY(p.Points(s, segment))...)
				}
			}
		}
	}
	if p.Form == Cumulative {
		p.paintTexts(c, looks)
		return
	}
	if p.Form != Rows {
		rank = map[SeriesKind]int{Modelled: 0, simulated: 1, Measured: 2}
		slices.SortStableFunc(ordered, func(a, b Series) int { return rank[a.Kind] - rank[b.Kind] })
	}
	for _, s := range ordered {
		p.paintMarks(c, s, looks.Of(s))
	}
	p.paintTexts(c, looks)
}

// paintTexts writes what stands beside marks: right of the mark, left of it, above or below, where it
// covers no other text and no mark and, if there is such a place, no line; nothing where there is no
// place.
func (p *placed) paintTexts(c draw.Canvas, looks looks) {
	var taken, lines []vg.Rectangle
	around := func(at vg.Point, half vg.Length) vg.Rectangle {
		return vg.Rectangle{Min: vg.Point{X: at.X - half, Y: at.Y - half}, Max: vg.Point{X: at.X + half, Y: at.Y + half}}
	}
	for _, s := range p.Series {
		for i, y := range s.Y {
			if s.Texts != nil && p.Form != Cumulative && !math.IsNaN(y) {
				taken = append(taken, around(p.Point(s.X[i], y), markRadius))
				if s.Across != nil && s.Across[i] > 0 {
					from, to := p.Point(s.X[i]-s.Across[i], y), p.Point(s.X[i]+s.Across[i], y)
					lines = append(lines, vg.Rectangle{Min: vg.Point{X: from.X, Y: from.Y - 2}, Max: vg.Point{X: to.X, Y: to.Y + 2}})
				}
			}
		}
		if s.Texts == nil || !p.joins(s) {
			continue
		}
		for _, segment := range p.segments(s) {
			points := p.Points(s, segment)
			for i := 1; i < len(points); i++ {
				along := points[i].Sub(points[i-1])
				for steps, k := int(math.Hypot(float64(along.X), float64(along.Y))/3)+1, 0; k <= steps; k++ {
					lines = append(lines, around(points[i-1].Add(along.Scale(vg.Length(k)/vg.Length(steps))), 1.5))
				}
			}
		}
	}
	meets := func(r vg.Rectangle, others []vg.Rectangle) bool {
		return slices.ContainsFunc(others, func(o vg.Rectangle) bool {
			return r.Min.X < o.Max.X && o.Min.X < r.Max.X && r.Min.Y < o.Max.Y && o.Min.Y < r.Max.Y
		})
	}
	free := func(r vg.Rectangle) bool {
		return r.Min.X >= p.left && r.Max.X <= p.left+p.width && r.Min.Y >= p.bottom && r.Max.Y <= p.bottom+p.height && !meets(r, taken)
	}
	for _, s := range p.Series {
		style := Lettering(tickSize-0.5, looks.Of(s).ink)
		for i := range s.Texts {
			if s.Texts[i] == "" || math.IsNaN(s.Y[i]) {
				continue
			}
			at, half := p.Point(s.X[i], s.Y[i]), style.Width(s.Texts[i])/2
			var places []vg.Rectangle
			for _, middle := range []vg.Point{
				{X: at.X + half + 6, Y: at.Y + 5}, {X: at.X - half - 6, Y: at.Y + 5}, {X: at.X + half + 6, Y: at.Y - 5}, {X: at.X - half - 6, Y: at.Y - 5},
				{X: at.X, Y: at.Y + 10}, {X: at.X, Y: at.Y - 10},
				{X: at.X + half + 6, Y: at.Y - 15}, {X: at.X + half + 6, Y: at.Y + 15}, {X: at.X - half - 6, Y: at.Y + 15}, {X: at.X - half - 6, Y: at.Y - 15},
				{X: at.X + half + 6, Y: at.Y - 25}, {X: at.X + half + 6, Y: at.Y - 35},
			} {
				r := vg.Rectangle{Min: vg.Point{X: middle.X - half, Y: middle.Y - tickSize/2}, Max: vg.Point{X: middle.X + half, Y: middle.Y + tickSize/2}}
				if free(r) {
					places = append(places, r)
				}
			}
			if len(places) == 0 {
				continue
			}
			clear := max(0, slices.IndexFunc(places, func(r vg.Rectangle) bool { return !meets(r, lines) }))
			taken = append(taken, places[clear])
			c.FillText(style, vg.Point{X: places[clear].Min.X + half, Y: places[clear].Min.Y + tickSize/2}, s.Texts[i])
		}
	}
}

// segments returns the runs of points without a gap, as indices.
func (p *placed) segments(s Series) (all [][]int) {
	open := false
	for i, y := range s.Y {
		if math.IsNaN(y) || p.up.Log && y <= 0 {
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

func (p *placed) Points(s Series, indices []int) (points []vg.Point) {
	for _, i := range indices {
		points = append(points, p.Point(s.X[i], s.Y[i]))
	}
	return points
}

// paintBand fills the interval of a line.
func (p *placed) paintBand(c draw.Canvas, s Series, l look, alpha uint8) {
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
			if math.IsNaN(s.Low[i]) {
				flush()
				continue
			}
			low := s.Low[i]
			if p.up.Log && low <= 0 {
				low = p.up.Low
			}
			upper, lower = append(upper, p.Point(s.X[i], s.High[i])), append(lower, p.Point(s.X[i], low))
		}
		flush()
	}
}

// paintMarks draws the points of a series, with whiskers where there is no band.
func (p *placed) paintMarks(c draw.Canvas, s Series, l look) {
	joined := p.joins(s)
	alone := map[int]bool{} // points that no line reaches
	for _, segment := range p.segments(s) {
		if len(segment) == 1 {
			alone[segment[0]] = true
		}
	}
	// Where points are dense, marks are sparse, and the marks of two lines do not cover one
	// another.
	gap, last := vg.Length(0), math.Inf(-1)
	if points := len(s.X); joined && points > 2*marksOfLongLines {
		gap = p.width / marksOfLongLines
		last = float64(p.left) - float64(gap)*(1-0.5*float64(s.Kind))
	}
	radius := markRadius
	if s.Kind == Measured && len(s.X) > 2*marksOfLongLines {
		radius *= 0.8
	}
	paint := drawMark
	if s.Kind == Modelled && joined {
		radius *= 1.4 // around the simulated point that it may cover
		paint = drawRing
	}
	for i, y := range s.Y {
		if math.IsNaN(y) {
			continue
		}
		shift := vg.Length(0)
		if !joined && p.X.Categories != nil {
			shift = p.shift(s, s.X[i])
		}
		whisker := !joined || alone[i] || p.up.Log && y <= 0 || s.Across != nil
		if whisker {
			p.paintWhisker(c, s, i, l, shift)
		}
		if s.Across != nil && !math.IsNaN(s.Across[i]) && s.Across[i] > 0 && p.inside(y) {
			p.paintAcross(c, s, i, l)
		}
		if x := float64(p.Point(s.X[i], y).X); p.up.Log && y <= 0 || gap > 0 && !alone[i] && x < last+float64(gap) {
			continue
		} else {
			last = x
		}
		style := l
		style.hollow = l.hollow || s.Hollow[i]
		if p.up.Limit > 0 && math.Abs(y) > p.up.Limit {
			p.paintBeyond(c, s.X[i], y, l, shift)
			continue
		}
		if p.inside(y) {
			paint(c, style, p.shifted(s.X[i], y, shift), radius)
		}
	}
}

// shifted moves a point along the axis of categories.
func (p *placed) shifted(x, y float64, shift vg.Length) vg.Point {
	at := p.Point(x, y)
	if p.Form == Rows {
		at.Y -= shift
	} else {
		at.X += shift
	}
	return at
}

// shift returns the offset that sets the series with a point at the same category side by side.
func (p *placed) shift(s Series, x float64) vg.Length {
	here, n := 0, 0
	for _, other := range p.Series {
		i := slices.Index(other.X, x)
		if i < 0 || math.IsNaN(other.Y[i]) {
			continue
		}
		if other.sameLook(s) {
			here = n
		}
		n++
	}
	slot := p.width
	if p.Form == Rows {
		slot = p.height
	}
	slot /= vg.Length(len(p.X.Categories))
	step := min(slot*0.66/vg.Length(max(n-1, 1)), 9)
	return (vg.Length(here) - vg.Length(n-1)/2) * step
}

// paintWhisker draws the interval of a point. If a logarithmic axis cannot show the point's value,
// the whisker is the part of the interval above the lower edge.
func (p *placed) paintWhisker(c draw.Canvas, s Series, i int, l look, shift vg.Length) {
	low, high := s.Low[i], s.High[i]
	if math.IsNaN(low) || low == high {
		return
	}
	clip := func(y float64) float64 { return min(max(y, p.up.Low), p.up.high) }
	if high < p.up.Low || low > p.up.high {
		return
	}
	from, to := p.shifted(s.X[i], clip(low), shift), p.shifted(s.X[i], clip(high), shift)
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
		if p.Form == Rows {
			c.StrokeLine2(line, end.at.X, end.at.Y-cap, end.at.X, end.at.Y+cap)
		} else {
			c.StrokeLine2(line, end.at.X-cap, end.at.Y, end.at.X+cap, end.at.Y)
		}
	}
}

// paintAcross draws the interval of the x of a point.
func (p *placed) paintAcross(c draw.Canvas, s Series, i int, l look) {
	const cap = 2.2
	line := draw.LineStyle{Color: l.ink, Width: 1}
	end := func(x float64) vg.Point { return p.Point(min(max(x, p.across.Low), p.across.high), s.Y[i]) }
	from, to := end(s.X[i]-s.Across[i]), end(s.X[i]+s.Across[i])
	c.StrokeLine2(line, from.X, from.Y, to.X, to.Y)
	for _, x := range []float64{s.X[i] - s.Across[i], s.X[i] + s.Across[i]} {
		if x > p.across.Low && x < p.across.high {
			c.StrokeLine2(line, end(x).X, end(x).Y-cap, end(x).X, end(x).Y+cap)
		}
	}
}

// paintBeyond draws an arrow at the edge, with the number, for a value beyond the limit.
func (p *placed) paintBeyond(c draw.Canvas, x, y float64, l look, shift vg.Length) {
	edge, sign := p.up.high, vg.Length(1)
	style := Lettering(tickSize-1, l.ink)
	style.XAlign = draw.XRight
	if y < 0 {
		edge, sign = p.up.Low, -1
		style.XAlign = draw.XLeft
	}
	at := p.shifted(x, edge, shift)
	at.X -= sign * 2
	c.FillPolygon(l.ink, []vg.Point{{X: at.X, Y: at.Y}, {X: at.X - sign*5, Y: at.Y + 2.6}, {X: at.X - sign*5, Y: at.Y - 2.6}})
	number := format.Signed(strings.Replace(tickText(math.Round(y*p.up.scale.Factor), 0), "−", "-", 1))
	c.FillText(style, vg.Point{X: at.X - sign*8, Y: at.Y}, number+" "+p.up.scale.Unit)
}

// manyBars is the number from which on bars would be too thin, and an outline is drawn.
const manyBars = 60

// paintDistribution draws simulated probabilities as bars with whiskers, or as steps with a band if
// there are many, and models as dashed lines over them.
func (p *placed) paintDistribution(c draw.Canvas, looks looks) {
	unit := p.width / vg.Length(p.across.high-p.across.Low) // from n to n + 1
	for _, s := range p.Series {
		if s.Kind != simulated {
			continue
		}
		l := looks.Of(s)
		step := vg.Length(1)
		if len(s.X) > 1 {
			step = vg.Length(s.X[1] - s.X[0])
		}
		if len(s.X) > manyBars {
			p.paintSteps(c, s, l, unit*step)
			continue
		}
		for i, y := range s.Y {
			if !(y > 0) {
				continue
			}
			at, base := p.Point(s.X[i], y), p.Point(s.X[i], p.up.Low)
			half := unit * step * 0.38
			bar := []vg.Point{{X: at.X - half, Y: base.Y}, {X: at.X + half, Y: base.Y}, {X: at.X + half, Y: at.Y}, {X: at.X - half, Y: at.Y}, {X: at.X - half, Y: base.Y}}
			c.FillPolygon(l.band(90), bar)
			c.StrokeLines(draw.LineStyle{Color: l.ink, Width: 0.6}, bar)
			p.paintWhisker(c, s, i, l, 0)
		}
	}
	for _, s := range p.Series {
		if s.Kind == simulated {
			continue
		}
		l := looks.Of(s)
		for _, segment := range p.segments(s) {
			c.StrokeLines(l.Line(), c.ClipLinesXY(p.Points(s, segment))...)
		}
		if len(s.X) <= manyBars*2/3 {
			for i, y := range s.Y {
				if !math.IsNaN(y) && p.inside(y) {
					drawMark(c, l, p.Point(s.X[i], y), markRadius*0.8)
				}
			}
		}
	}
}

// paintSteps draws many probabilities as an area with a stepped outline and the band of their intervals.
func (p *placed) paintSteps(c draw.Canvas, s Series, l look, width vg.Length) {
	outline := func(values []float64) (points []vg.Point) {
		for i := range s.X {
			y := values[i]
			if math.IsNaN(y) {
				y = s.Y[i]
			}
			if math.IsNaN(y) {
				y = 0
			}
			at := p.Point(s.X[i], min(max(y, p.up.Low), p.up.high))
			points = append(points, vg.Point{X: at.X - width/2, Y: at.Y}, vg.Point{X: at.X + width/2, Y: at.Y})
		}
		return points
	}
	line := outline(s.Y)
	base := p.bottom
	area := append(slices.Clone(line), vg.Point{X: line[len(line)-1].X, Y: base}, vg.Point{X: line[0].X, Y: base})
	c.FillPolygon(l.band(40), area)
	lower := outline(s.Low)
	slices.Reverse(lower)
	c.FillPolygon(l.band(90), append(outline(s.High), lower...))
	c.StrokeLines(draw.LineStyle{Color: l.ink, Width: 0.9}, line)
}

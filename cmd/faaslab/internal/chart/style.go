package chart

import (
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// The colours are from Okabe and Ito (Color Universal Design, 2008) and, where there are too few of
// them, from Tol's muted scheme (2021): colour-blind readers can tell them apart. Dashes and marks
// tell the series apart in grey print. Blue stands for containers and orange for Wasm, and neither
// for anything else.
var (
	blue       = RGB(0x0072b2)
	vermillion = RGB(0xd55e00)
	black      = RGB(0x000000)
	purple     = RGB(0xcc79a7)
	green      = RGB(0x009e73)
	wine       = RGB(0x882255)
	olive      = RGB(0x999933)
	gridLine   = RGB(0xe4e4e4)
	stripe     = RGB(0xf5f5f5)
	faintInk   = RGB(0x666666)
)

// A mark is the shape of a point.
type mark uint8

const (
	circle mark = iota
	square
	triangleUp
	triangleDown
	diamond
	cross
	plus
)

// A look is the way a series is drawn.
type look struct {
	ink    color.Color
	width  vg.Length
	dash   []vg.Length // nil: solid
	mark   mark
	hollow bool
}

func (l look) Line() draw.LineStyle {
	return draw.LineStyle{Color: l.ink, Width: l.width, Dashes: l.dash}
}

// band returns the colour of an interval behind a line.
func (l look) band(alpha uint8) color.Color {
	r, g, b, _ := l.ink.RGBA()
	return color.NRGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), alpha}
}

// modelsByLook are the models that look alike in every chart; other models take the remaining
// looks.
var modelsByLook = []string{"level-crossing", "SMP", "SMP modified", "M/G/∞", "processor sharing"}

// modelLooks are the looks of models.
var modelLooks = []look{
	{black, 1.1, []vg.Length{6, 2.5}, triangleUp, true},
	{green, 1.4, []vg.Length{2, 1.6}, triangleDown, true},
	{purple, 1.4, []vg.Length{6, 2, 1.5, 2}, diamond, true},
	{wine, 1.3, []vg.Length{9, 3}, plus, true},
	{olive, 1.4, []vg.Length{4, 1.5, 1, 1.5, 1, 1.5}, cross, true},
	{faintInk, 1.1, []vg.Length{1, 2}, square, true},
	{green, 1, []vg.Length{3, 3}, circle, true},
	{wine, 1, []vg.Length{8, 2, 2, 2}, square, true},
}

// groupLooks are the looks of the values of a second key.
var groupLooks = []look{
	{green, 1.5, nil, circle, false},
	{purple, 1.5, nil, triangleUp, false},
	{black, 1.5, nil, square, false},
	{olive, 1.5, nil, diamond, false},
	{wine, 1.5, nil, triangleDown, false},
	{faintInk, 1.5, nil, plus, false},
}

// looks gives every series of a chart its look.
type looks struct {
	models []string // the models by their looks: modelLooks[i] is the look of models[i]
	groups int
	others []string // platforms without a look of their own
}

func newLooks(panels []Panel) (l looks) {
	l.models = make([]string, len(modelLooks))
	var others []string
	for _, p := range panels {
		for _, s := range p.Series {
			l.groups = max(l.groups, s.Group)
			if _, known := platformLooks[s.Platform]; !known && s.Platform != "" && !slices.Contains(l.others, s.Platform) {
				l.others = append(l.others, s.Platform)
			}
			if s.Kind != Modelled {
				continue
			}
			if i := slices.Index(modelsByLook, s.Name); i >= 0 {
				l.models[i] = s.Name
			} else if !slices.Contains(others, s.Name) {
				others = append(others, s.Name)
			}
		}
	}
	for _, name := range others {
		// Looks that no known model reserves are taken first.
		free := slices.Index(l.models[len(modelsByLook):], "") + len(modelsByLook)
		if free < len(modelsByLook) {
			free = slices.Index(l.models, "")
		}
		if free < 0 {
			l.models = append(l.models, name)
			continue
		}
		l.models[free] = name
	}
	return l
}

// Of returns the look of a series.
func (l looks) Of(s Series) look {
	switch {
	case s.Kind == Measured && s.Platform != "":
		return look{black, 1, nil, diamond, l.Platform(s.Platform).hollow}
	case s.Kind == Measured:
		return look{black, 1.2, nil, cross, true}
	case s.Group > 0:
		chosen := groupLooks[(s.Group-1)%len(groupLooks)]
		if l.groups > len(groupLooks) {
			chosen.ink = ramp(float64(s.Group-1) / float64(l.groups-1))
		}
		if l.Platform(s.Platform).hollow { // a fainter line, an open mark
			chosen.hollow, chosen.width = true, 0.9
		}
		if s.Kind == Modelled {
			chosen.width, chosen.dash, chosen.hollow = 0.7, []vg.Length{3, 2}, true
		}
		return chosen
	case s.Kind == Modelled:
		i := slices.Index(l.models, s.Name)
		chosen := modelLooks[i%len(modelLooks)]
		if i >= len(modelLooks) { // does not happen; finer dashes then
			chosen.width *= 0.6
		}
		return chosen
	}
	p := l.Platform(s.Platform)
	return look{p.ink, 1.5, nil, p.mark, false}
}

// A platformLook tells platforms apart: by colour and mark and, where the colour has another
// meaning, by open marks.
type platformLook struct {
	ink    color.Color
	mark   mark
	hollow bool
}

// platformLooks are the looks of platforms that look the same in every figure; others take the
// spare looks.
var (
	platformLooks      = map[string]platformLook{"container": {blue, circle, false}, "wasm": {vermillion, square, true}}
	sparePlatformLooks = []platformLook{{purple, diamond, true}, {green, triangleUp, false}, {olive, triangleDown, true}}
)

// Platform returns the look of a platform, or of a series without one.
func (l looks) Platform(name string) platformLook {
	if p, ok := platformLooks[name]; ok {
		return p
	}
	if i := slices.Index(l.others, name); i >= 0 {
		return sparePlatformLooks[i%len(sparePlatformLooks)]
	}
	return platformLook{blue, circle, false}
}

// ramp returns a colour from dark blue to yellow, increasingly lighter (after Nuñez, Anderton and
// Renslow's cividis, PLoS ONE 13, 2018), for 0 <= t <= 1; it leaves out the lightest colours, since
// lines are thin.
func ramp(t float64) color.Color {
	stops := [][3]float64{{0, 32, 77}, {60, 77, 110}, {124, 123, 120}, {170, 155, 100}, {214, 186, 60}}
	at := t * float64(len(stops)-1)
	i := min(int(at), len(stops)-2)
	f := at - float64(i)
	var c [3]uint8
	for k := range c {
		c[k] = uint8(math.Round(stops[i][k]*(1-f) + stops[i+1][k]*f))
	}
	return color.RGBA{c[0], c[1], c[2], 0xff}
}

// drawMark draws a point. A hollow mark is white inside.
func drawMark(c draw.Canvas, l look, at vg.Point, radius vg.Length) {
	paintMark(c, l, at, radius, color.White)
}

// drawRing draws a hollow point through which other points can be seen.
func drawRing(c draw.Canvas, l look, at vg.Point, radius vg.Length) {
	paintMark(c, l, at, radius, color.Transparent)
}

func paintMark(c draw.Canvas, l look, at vg.Point, radius vg.Length, inside color.Color) {
	line := draw.LineStyle{Color: l.ink, Width: 1}
	corners := func(r vg.Length, angles ...float64) (path vg.Path) {
		for i, degrees := range angles {
			sin, cos := math.Sincos(degrees * math.Pi / 180)
			p := vg.Point{X: at.X + r*vg.Length(cos), Y: at.Y + r*vg.Length(sin)}
			if i == 0 {
				path.Move(p)
			} else {
				path.Line(p)
			}
		}
		path.Close()
		return path
	}
	var outline vg.Path
	switch l.mark {
	case circle:
		outline.Move(vg.Point{X: at.X + radius, Y: at.Y})
		outline.Arc(at, radius, 0, 2*math.Pi)
		outline.Close()
	case square:
		outline = corners(radius*1.25, 45, 135, 225, 315)
	case triangleUp:
		outline = corners(radius*1.3, 90, 210, 330)
	case triangleDown:
		outline = corners(radius*1.3, 270, 30, 150)
	case diamond:
		outline = corners(radius*1.35, 0, 90, 180, 270)
	case cross, plus:
		r := radius * 1.2
		line.Width = 1.3
		if l.mark == cross {
			r *= 0.75
			c.StrokeLine2(line, at.X-r, at.Y-r, at.X+r, at.Y+r)
			c.StrokeLine2(line, at.X-r, at.Y+r, at.X+r, at.Y-r)
		} else {
			c.StrokeLine2(line, at.X-r, at.Y, at.X+r, at.Y)
			c.StrokeLine2(line, at.X, at.Y-r, at.X, at.Y+r)
		}
		return
	}
	switch {
	case !l.hollow:
		c.SetColor(l.ink)
		c.Fill(outline)
	case inside != color.Transparent:
		c.SetColor(inside)
		c.Fill(outline)
	}
	c.SetLineStyle(line)
	c.Stroke(outline)
}

package chart

import (
	"bytes"
	"fmt"
	"image/color"
	"io"
	"strings"
	"sync"

	"codeberg.org/go-fonts/liberation/liberationsansregular"
	"golang.org/x/image/font/opentype"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// A Format is an image format, named as its files end.
type Format string

const (
	SVG Format = "svg"
	PNG Format = "png"
	PDF Format = "pdf"
)

// pngDPI makes a point two pixels.
const pngDPI = 144

// mostPixels bounds a PNG, which takes 64 MB of memory at that size while it is drawn.
const mostPixels = 16_000_000

// A fileCanvas is a canvas that writes a file.
type fileCanvas interface {
	vg.CanvasSizer
	io.WriterTo
}

// Draw draws a figure of a size in points on white and writes it; after an error of paint it writes
// nothing.
func Draw(w io.Writer, format Format, width, height vg.Length, paint func(draw.Canvas) error) error {
	var canvas fileCanvas
	switch format {
	case PDF:
		var err error
		if canvas, err = newPDF(width, height); err != nil {
			return err
		}
	case SVG:
		canvas = vgsvg.New(width, height)
	case PNG:
		if pixels := width.Dots(pngDPI) * height.Dots(pngDPI); pixels > mostPixels {
			return fmt.Errorf("the figure would have %.0f million pixels; want at most %d million: choose fewer metrics or points, or SVG", pixels/1e6, mostPixels/1_000_000)
		}
		canvas = vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(pngDPI))}
	default:
		return fmt.Errorf("no figures are drawn as %q", format)
	}
	c := draw.New(canvas)
	c.SetColor(color.White)
	c.Fill(c.Rectangle.Path())
	if err := paint(c); err != nil {
		return err
	}
	if format != SVG {
		_, err := canvas.WriteTo(w)
		return err
	}
	var svg bytes.Buffer
	if _, err := canvas.WriteTo(&svg); err != nil {
		return err
	}
	_, err := plainSVG.WriteString(w, svg.String())
	return err
}

// plainSVG names fallback fonts for computers without Liberation, and leaves out default values, a
// third of the file.
var plainSVG = strings.NewReplacer(
	"font-family:Liberation Sans;font-variant:normal;font-weight:normal;font-style:normal;",
	"font-family:Liberation Sans,Arial,Helvetica,sans-serif;",
	" transform=\"scale(1, -1)\"\n\tstyle=", " transform=\"scale(1,-1)\" style=",
)

// letters is the font of all figures. Importing gonum's package plot instead would bring twelve fonts
// along, of which no figure has a letter.
var letters = sync.OnceValue(func() text.Handler {
	face, err := opentype.Parse(liberationsansregular.TTF)
	if err != nil {
		panic("chart: the font that is part of the program cannot be read: " + err.Error())
	}
	return text.Plain{Fonts: font.NewCache(font.Collection{{Font: liberationSans, Face: face}})}
})

var liberationSans = font.Font{Typeface: "Liberation", Variant: "Sans"}

// Lettering is a sans-serif text style, centred where it is put.
func Lettering(size vg.Length, ink color.Color) text.Style {
	return text.Style{
		Color:   ink,
		Font:    font.From(liberationSans, size),
		XAlign:  draw.XCenter,
		YAlign:  draw.YCenter,
		Handler: letters(),
	}
}

// FillRectangle fills a rectangle given by its lower left corner and its size.
func FillRectangle(c draw.Canvas, x, y, width, height vg.Length, fill color.Color) {
	c.SetColor(fill)
	c.Fill(vg.Rectangle{Min: vg.Point{X: x, Y: y}, Max: vg.Point{X: x + width, Y: y + height}}.Path())
}

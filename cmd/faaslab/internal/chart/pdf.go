//go:build !js

package chart

import (
	"time"

	"codeberg.org/go-pdf/fpdf"
	stdfont "golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgpdf"
)

// init makes a figure the same bytes at any time.
func init() {
	fpdf.SetDefaultCreationDate(time.Unix(0, 0).UTC())
	fpdf.SetDefaultModificationDate(time.Unix(0, 0).UTC())
	fpdf.SetDefaultCatalogSort(true)
}

// newPDF begins a PDF of a size in points.
func newPDF(width, height vg.Length) (fileCanvas, error) {
	return pdfCanvas{vgpdf.New(width, height)}, nil
}

// A pdfCanvas draws letters as outlines: vgpdf knows only the characters of Windows-1252, and axes and
// legends have others.
type pdfCanvas struct{ *vgpdf.Canvas }

// FillString draws a text.
func (c pdfCanvas) FillString(f font.Face, at vg.Point, text string) {
	var buffer sfnt.Buffer
	units, scale := unitsOf(f)
	previous := rune(-1)
	for _, r := range text {
		index, err := f.Face.GlyphIndex(&buffer, r)
		if err != nil {
			continue
		}
		if before, err := f.Face.GlyphIndex(&buffer, previous); err == nil && previous >= 0 {
			if kern, err := f.Face.Kern(&buffer, before, index, units, stdfont.HintingNone); err == nil {
				at.X += vg.Length(kern) * scale
			}
		}
		if outline := glyph(f, r, at); len(outline) > 0 {
			c.Fill(outline)
		}
		if advance, err := f.Face.GlyphAdvance(&buffer, index, units, stdfont.HintingNone); err == nil {
			at.X += vg.Length(advance) * scale
		}
		previous = r
	}
}

// unitsOf returns the size at which outlines have the font's own coordinates, and what these are in
// points at the font's size.
func unitsOf(f font.Face) (fixed.Int26_6, vg.Length) {
	units := fixed.I(int(f.Face.UnitsPerEm()))
	return units, f.Font.Size / vg.Length(units)
}

// glyph returns the outline of a letter whose origin is at a point; none if it has no ink.
func glyph(f font.Face, r rune, at vg.Point) vg.Path {
	var buffer sfnt.Buffer
	units, scale := unitsOf(f)
	index, err := f.Face.GlyphIndex(&buffer, r)
	if err != nil {
		return nil
	}
	segments, err := f.Face.LoadGlyph(&buffer, index, units, nil)
	if err != nil {
		return nil
	}
	return outlineOf(segments, at, scale)
}

// outlineOf returns the outline of a glyph whose origin is at a point. The y of a font points
// downwards.
func outlineOf(segments sfnt.Segments, at vg.Point, scale vg.Length) (path vg.Path) {
	place := func(p fixed.Point26_6) vg.Point {
		return vg.Point{X: at.X + vg.Length(p.X)*scale, Y: at.Y - vg.Length(p.Y)*scale}
	}
	for _, s := range segments {
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			if len(path) > 0 {
				path.Close()
			}
			path.Move(place(s.Args[0]))
		case sfnt.SegmentOpLineTo:
			path.Line(place(s.Args[0]))
		case sfnt.SegmentOpQuadTo:
			path.QuadTo(place(s.Args[0]), place(s.Args[1]))
		case sfnt.SegmentOpCubeTo:
			path.CubeTo(place(s.Args[0]), place(s.Args[1]), place(s.Args[2]))
		}
	}
	if len(path) > 0 {
		path.Close()
	}
	return path
}

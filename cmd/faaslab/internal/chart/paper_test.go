//go:build !js

package chart

import (
	"bytes"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/plot/vg"
)

func TestASizeIsAWidthOrBoth(t *testing.T) {
	for text, want := range map[string]Size{
		"84mm": {84 * vg.Millimeter, 0}, "8.4cm": {84 * vg.Millimeter, 0}, "3.5in": {252, 0}, "84mmx60mm": {84 * vg.Millimeter, 60 * vg.Millimeter},
		"7in x 10cm": {504, 100 * vg.Millimeter}, "1000mm": {1000 * vg.Millimeter, 0}, "30mm": {30 * vg.Millimeter, 0},
		"240pt": {240 * 72 / 72.27, 0}, // the points of TeX's \columnwidth
	} {
		size, err := ParseSize(text)
		require.NoError(t, err, text)
		assert.InDelta(t, float64(want.Width), float64(size.Width), 1e-9, text)
		assert.InDelta(t, float64(want.Height), float64(size.Height), 1e-9, text)
	}
	for _, wrong := range []string{"", "84", "mm", "84px", "0mm", "-84mm", "29mm", "1001mm", "NaNmm", "Infmm", "84mmx", "x60mm", "84mmx60", "84mmx60mmx1mm"} {
		_, err := ParseSize(wrong)
		assert.Error(t, err, wrong)
	}
}

// Figures of every kind fit the sizes of papers, and are the same bytes again.
func TestFiguresFitAPaper(t *testing.T) {
	for name, ch := range Examples() {
		for _, width := range []vg.Length{84 * vg.Millimeter, 178 * vg.Millimeter} {
			ch.Size = Size{Width: width}
			l := ch.layout(0)
			assert.Equal(t, width, l.width, name)
			for _, p := range l.panels {
				assert.GreaterOrEqual(t, p.left-p.margin, vg.Length(0), name)
				assert.LessOrEqual(t, p.left+p.width, width, name)
				assert.Greater(t, p.width, 30*vg.Millimeter, name)
				assert.GreaterOrEqual(t, p.bottom, vg.Length(0), name)
				assert.LessOrEqual(t, p.bottom+p.height, l.height, name)
			}
			for _, row := range l.legend {
				used := vg.Length(0)
				for _, e := range row {
					used += e.width()
				}
				assert.LessOrEqual(t, used, width+16, name)
			}
			ch.Size.Height = l.height + 30
			if taller, err := ch.fit(l); l.stretched > 0 {
				require.NoError(t, err, name)
				assert.InDelta(t, float64(ch.Size.Height), float64(taller.height), 1, name)
			} else {
				assert.ErrorContains(t, err, "want the width alone", name)
			}
		}
		if testing.Short() && name != "one" {
			continue
		}
		ch.Size = Size{Width: 84 * vg.Millimeter}
		var first, again bytes.Buffer
		require.NoError(t, ch.Write(&first, PDF), name)
		require.NoError(t, ch.Write(&again, PDF), name)
		assert.True(t, bytes.Equal(first.Bytes(), again.Bytes()), name)
		assert.True(t, bytes.HasPrefix(first.Bytes(), []byte("%PDF-")), name)
		assert.NotContains(t, first.String(), "NaN", name)
	}
}

// A letter's outline lies where the letter is, in its size.
func TestLettersAreOutlines(t *testing.T) {
	style := Lettering(100, Ink)
	face := style.Handler.Cache().Lookup(style.Font, style.Font.Size)
	var found vg.Rectangle
	found.Min, found.Max = vg.Point{X: vg.Length(math.Inf(1)), Y: vg.Length(math.Inf(1))}, vg.Point{X: vg.Length(math.Inf(-1)), Y: vg.Length(math.Inf(-1))}
	for _, c := range glyph(face, '∞', vg.Point{X: 10, Y: 20}) {
		if c.Type == vg.CloseComp {
			continue
		}
		found.Min.X, found.Min.Y = min(found.Min.X, c.Pos.X), min(found.Min.Y, c.Pos.Y)
		found.Max.X, found.Max.Y = max(found.Max.X, c.Pos.X), max(found.Max.Y, c.Pos.Y)
	}
	width := face.Width("∞")
	assert.Greater(t, found.Min.X, vg.Length(10))
	assert.Less(t, found.Max.X, 10+width)
	assert.Greater(t, found.Max.X-found.Min.X, width/2)
	assert.Greater(t, found.Min.Y, vg.Length(20))
	assert.Less(t, found.Max.Y, vg.Length(20+100))
}

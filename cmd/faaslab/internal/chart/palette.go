package chart

import "image/color"

var (
	Ink    = RGB(0x222222)
	PaleIn = RGB(0xffffff)
	Grey   = RGB(0xbdbdbd)
	Frame  = RGB(0x888888)
)

// RGB returns an opaque colour from its hexadecimal notation, 0xrrggbb.
func RGB(hex uint32) color.Color {
	return color.RGBA{uint8(hex >> 16), uint8(hex >> 8), uint8(hex), 0xff}
}

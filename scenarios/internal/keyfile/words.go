package keyfile

import (
	"strconv"
	"strings"
	"unicode"
)

// Quoted returns a text in quotes, clipped.
func Quoted(text string) string { return strconv.Quote(Clip(text)) }

// Legible returns a text, clipped and fit for a terminal, without quotes.
func Legible(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, Clip(text))
}

// Clip leaves out the middle of a long text.
func Clip(text string) string {
	const most = 60
	if r := []rune(text); len(r) > most {
		return string(r[:most/2]) + "…" + string(r[len(r)-most/2:])
	}
	return text
}

// List joins words as prose: a, b or c.
func List(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	n := len(words) - 1
	return strings.Join(words[:n], ", ") + " " + last + " " + words[n]
}

package scenarios

import (
	"strconv"
	"strings"
	"unicode"
)

// quoted returns a text in quotes, clipped.
func quoted(text string) string { return strconv.Quote(clip(text)) }

// legible returns a text, clipped and fit for a terminal, without quotes.
func legible(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, clip(text))
}

// clip leaves out the middle of a long text.
func clip(text string) string {
	const most = 60
	if r := []rune(text); len(r) > most {
		return string(r[:most/2]) + "…" + string(r[len(r)-most/2:])
	}
	return text
}

// list joins words as prose: a, b or c.
func list(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	n := len(words) - 1
	return strings.Join(words[:n], ", ") + " " + last + " " + words[n]
}

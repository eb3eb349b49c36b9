package format

import (
	"io"
	"strings"
	"unicode/utf8"
)

// Wrap breaks a text between words into lines of at most columns columns, unless one word is wider.
func Wrap(text string, columns int) (lines []string) {
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && utf8.RuneCountInString(line+" "+word) > columns {
			lines = append(lines, line)
			line = ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	return append(lines, line)
}

// Warn writes a warning, a paragraph on a terminal.
func Warn(w io.Writer, text string) {
	p := NewPage(w)
	Paragraph(p, "", "  ", "warning: "+text)
	_, _ = p.WriteTo(w) // if writing fails, nothing can be reported
}

// Complain writes an error, its lines as paragraphs on a terminal.
func Complain(w io.Writer, text string) {
	p := NewPage(w)
	for _, line := range strings.Split(text, "\n") {
		Paragraph(p, "", "  ", line)
	}
	_, _ = p.WriteTo(w)
}

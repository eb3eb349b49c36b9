package format

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"
)

// A Page is a text for a reader whose screen has a number of columns; 0: any number, as in a file
// or for another program. Text written to a page with fmt stays unchanged; tables, headings and
// paragraphs fit into its columns.
type Page struct {
	bytes.Buffer
	Columns int
}

// NewPage returns an empty page for a stream.
func NewPage(stream io.Writer) *Page { return &Page{Columns: ColumnsOf(stream)} }

// LeastColumns is the width of the narrowest page.
const LeastColumns = 80

// ColumnsOf returns the number of columns of a stream: the value of COLUMNS, else the width of a
// terminal, else 0 for any number.
func ColumnsOf(stream io.Writer) int {
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		return max(n, LeastColumns)
	}
	if checked, ok := stream.(*CheckedWriter); ok {
		stream = checked.W
	}
	if f, ok := stream.(*os.File); ok {
		if n, _, err := term.GetSize(int(f.Fd())); err == nil && n > 0 {
			return max(n, LeastColumns)
		}
	}
	return 0
}

// pageColumns returns the number of columns available to text written to w; 0: any number.
func pageColumns(w io.Writer) int {
	if p, ok := w.(*Page); ok {
		return p.Columns
	}
	return 0
}

// Paragraph writes a text behind an indent, on as many lines as the page needs. Lines after the
// first are indented by hang more.
func Paragraph(w io.Writer, indent, hang, text string) {
	for i, line := range Fold(text, pageColumns(w)-Width(indent), Width(hang)) {
		if i > 0 {
			line = hang + line
		}
		fmt.Fprintf(w, "%s%s\n", indent, line)
	}
}

// ParagraphBehind writes a text behind a head, below which its other lines are indented by hang.
func ParagraphBehind(w io.Writer, head, hang, text string) {
	for i, line := range Fold(text, pageColumns(w)-Width(head), Width(hang)) {
		if i > 0 {
			head, line = strings.Repeat(" ", Width(head)), hang+line
		}
		fmt.Fprintf(w, "%s%s\n", head, line)
	}
}

// Command writes some words and, behind them, a command that a shell reads, its parts on as many
// lines as the page needs.
func Command(w io.Writer, words string, parts []string) {
	columns, line := pageColumns(w), words+strings.Join(parts, " ")
	if columns == 0 || Width(line) <= columns {
		fmt.Fprintln(w, line)
		return
	}
	fmt.Fprintln(w, strings.TrimRight(words, " "))
	line = "  " + parts[0]
	for _, part := range parts[1:] {
		if Width(line+" "+part+` \`) > columns {
			fmt.Fprintln(w, line+` \`)
			line = "   "
		}
		line += " " + part
	}
	fmt.Fprintln(w, line)
}

// Width returns the number of columns that a text takes.
func Width(text string) int { return utf8.RuneCountInString(text) }

// A glued text is not broken over lines.
var (
	glue   = strings.NewReplacer(" %", "\x00%", " ± ", "\x00±\x00", ", · ", ",\x00·\x00") // the last is for an idle instance
	unglue = strings.NewReplacer("\x00", " ")
)

// Fold breaks a text into lines of at most columns columns, the lines after the first shorter by
// hang. It breaks at " · " if the text has it, which it then leaves out, else between words. A
// longer word has a line of its own. columns < 1: one line.
func Fold(text string, columns, hang int) (lines []string) {
	if columns < 1 || Width(text) <= columns {
		return []string{text}
	}
	line := ""
	// add appends to the line, if there is room, or begins another.
	add := func(separator, piece string) {
		room := columns
		if len(lines) > 0 {
			room -= hang
		}
		switch {
		case line == "":
			line = piece
		case Width(line+separator+piece) <= room:
			line += separator + piece
		default:
			lines, line = append(lines, unglue.Replace(line)), piece
		}
	}
	for _, part := range strings.Split(glue.Replace(text), " · ") {
		if Width(part) <= columns-hang {
			add(" · ", part)
			continue
		}
		separator := " · "
		for _, word := range strings.Split(part, " ") {
			add(separator, word)
			separator = " "
		}
	}
	return append(lines, unglue.Replace(line))
}

// OnTerminal reports whether what is written to w is seen by a person.
func OnTerminal(w io.Writer) bool {
	if checked, ok := w.(*CheckedWriter); ok {
		w = checked.W
	}
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

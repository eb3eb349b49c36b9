package format

import (
	"fmt"
	"io"
	"strings"
)

// A TextTable is a title, the heads of columns, and rows; the first column is aligned to the left,
// the others to the right.
type TextTable struct {
	Title string
	Heads []string
	Rows  [][]string
}

// Text writes the table with aligned columns.
func (t TextTable) Text(w io.Writer) {
	aligned := Table{Keys: 1}
	for _, row := range append([][]string{t.Heads}, t.Rows...) {
		cells := []Cell{Left(row[0])}
		named := false // a head such as "SMP: 1 %" names the heads after it, too
		for i, text := range row[1:] {
			of := strings.Contains(t.Heads[i+1], ": ")
			named = named || of
			cells = append(cells, Cell{text: text, right: true, joined: named && !of})
		}
		aligned.Add(cells...)
	}
	fmt.Fprintln(w)
	for _, line := range strings.Split(t.Title, "\n") {
		Paragraph(w, "", "  ", line)
	}
	aligned.Write(w, "  ")
}

// Markdown returns the table without its title.
func (t TextTable) Markdown() string {
	var b strings.Builder
	line := func(cells []string) { b.WriteString("| " + strings.Join(cells, " | ") + " |\n") }
	line(t.Heads)
	rule := []string{"---"}
	for range t.Heads[1:] {
		rule = append(rule, "---:")
	}
	line(rule)
	for _, row := range t.Rows {
		line(row)
	}
	return strings.TrimRight(b.String(), "\n")
}

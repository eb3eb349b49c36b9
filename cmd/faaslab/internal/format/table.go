package format

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
)

// A Table is rows of cells, written in aligned columns.
type Table struct {
	rows [][]Cell
	// Keys is the number of leading columns that name a row. If there are any, the first row is the
	// header, and the table can be written in blocks.
	Keys int
}

// A Cell is a text in one column, or over several.
type Cell struct {
	text  string
	right bool // aligned to the right, as numbers are
	tight bool // one space after the cell before it, not two: for a unit
	span  int  // number of columns it spans; 0 stands for 1
	// joined, of a cell in the header, keeps the columns below it in one block with the columns
	// below the cell before.
	joined bool
}

// Left returns a cell of text.
func Left(text string) Cell { return Cell{text: text} }

// Right returns a cell of a number.
func Right(text string) Cell { return Cell{text: text, right: true} }

// Unit returns a cell of the unit of the number before it.
func Unit(text string) Cell { return Cell{text: text, tight: true} }

// Over returns a cell over several columns.
func Over(columns int, s string) Cell { return Cell{text: s, span: columns} }

// Columns returns how many columns the cell takes.
func (c Cell) Columns() int { return max(1, c.span) }

func (c Cell) width() int { return Width(c.text) }

// Add adds a row.
func (t *Table) Add(cells ...Cell) { t.rows = append(t.rows, cells) }

// Write writes the table, each line behind an indent. If the page has no room for it and the table
// has keys, it is written in blocks of columns one below the other.
func (t *Table) Write(w io.Writer, indent string) {
	columns := pageColumns(w) - Width(indent)
	if pageColumns(w) == 0 || t.Keys == 0 || t.width() <= columns {
		t.print(w, indent)
		return
	}
	for i, block := range t.blocks(columns) {
		if i > 0 {
			fmt.Fprintln(w)
		}
		block.print(w, indent)
	}
}

// width returns the width of the widest line.
func (t *Table) width() (sum int) {
	widths, gaps := t.layout()
	for i := range widths {
		sum += widths[i] + gaps[i]
	}
	return sum
}

// blocks cuts the table into tables that are at most columns wide, unless one column is wider. Each
// has the keys, and the columns below some cells of the header.
func (t *Table) blocks(columns int) (blocks []*Table) {
	folded := t.foldHeader().foldKeys(columns * 2 / 3)
	groups := t.groups()
	for len(groups) > 0 {
		n := 1
		for n < len(groups) && folded.part(groups[0].from, groups[n].to).width() <= columns {
			n++
		}
		blocks = append(blocks, folded.part(groups[0].from, groups[n-1].to))
		groups = groups[n:]
	}
	return blocks
}

// A columnGroup is the columns from, from+1 … to-1.
type columnGroup struct{ from, to int }

// groups returns the columns below each cell of the header that does not belong to a key. The last
// group has all remaining columns.
func (t *Table) groups() (groups []columnGroup) {
	column := 0
	for _, c := range t.rows[0] {
		if column >= t.Keys && !c.joined {
			groups = append(groups, columnGroup{from: column})
		}
		column += c.Columns()
		if len(groups) > 0 {
			groups[len(groups)-1].to = column
		}
	}
	if len(groups) > 0 {
		groups[len(groups)-1].to = math.MaxInt
	}
	return groups
}

// part returns the table with its keys and the columns from, from+1 … to-1, without the rows that
// have no text in these columns.
func (t *Table) part(from, to int) *Table {
	part := &Table{Keys: t.Keys}
	kept := false
	for _, row := range t.rows {
		var cells []Cell
		column, some := 0, false
		for _, c := range row {
			if column < t.Keys || from <= column && column < to {
				cells = append(cells, c)
				some = some || column >= t.Keys && c.text != ""
			}
			column += c.Columns()
		}
		if kept = some || kept && column <= t.Keys; kept { // a row with keys alone continues the row above
			part.Add(cells...)
		}
	}
	return part
}

// foldHeader breaks the cells of the header that are wider than the cells below them.
func (t *Table) foldHeader() *Table {
	body := &Table{rows: t.rows[1:], Keys: t.Keys}
	var lines [][]string // by cell
	height, column := 1, 0
	for _, c := range t.rows[0] {
		folded := []string{c.text}
		if column >= t.Keys {
			below := body.part(column, column+c.Columns())
			below.Keys = 0
			for i := range below.rows {
				below.rows[i] = below.rows[i][min(t.Keys, len(below.rows[i])):]
			}
			folded = Fold(c.text, max(below.width(), 1), 0)
		}
		lines = append(lines, folded)
		height = max(height, len(folded))
		column += c.Columns()
	}
	folded := &Table{Keys: t.Keys}
	for i := range height {
		var row []Cell
		for k, c := range t.rows[0] {
			c.text = ""
			if line := i - height + len(lines[k]); line >= 0 {
				c.text = lines[k][line]
			}
			row = append(row, c)
		}
		folded.Add(row...)
	}
	folded.rows = append(folded.rows, body.rows...)
	return folded
}

// foldKeys breaks the texts of the widest key, so that all keys together are at most columns wide
// if the words allow it.
func (t *Table) foldKeys(columns int) *Table {
	widest, all, most := 0, 2*(t.Keys-1), 0
	for k := range t.Keys {
		column := 0
		for _, row := range t.rows {
			if k < len(row) {
				column = max(column, row[k].width())
			}
		}
		all += column
		if column > most {
			widest, most = k, column
		}
	}
	if all <= columns {
		return t
	}
	folded := &Table{Keys: t.Keys}
	for _, row := range t.rows {
		lines := Fold(row[widest].text, max(most-all+columns, 1), 0)
		first := slices.Clone(row)
		first[widest].text = lines[0]
		folded.Add(first...)
		for _, line := range lines[1:] {
			more := make([]Cell, widest+1)
			more[widest].text = line
			folded.Add(more...)
		}
	}
	return folded
}

// print writes the table as it is.
func (t *Table) print(w io.Writer, indent string) {
	widths, gaps := t.layout()
	for _, row := range t.rows {
		line, column := indent, 0
		for _, c := range row {
			room := 0
			for k := range c.Columns() {
				room += widths[column+k]
				if k > 0 {
					room += gaps[column+k]
				}
			}
			space := strings.Repeat(" ", max(0, room-c.width()))
			line += strings.Repeat(" ", gaps[column])
			if c.right {
				line += space + c.text
			} else {
				line += c.text + space
			}
			column += c.Columns()
		}
		fmt.Fprintln(w, strings.TrimRight(line, " "))
	}
}

// layout returns the width of every column and the gap before it. Where a cell that spans several
// columns is wider than the columns, the last of them grows.
func (t *Table) layout() (widths, gaps []int) {
	for _, row := range t.rows {
		columns := 0
		for _, c := range row {
			columns += c.Columns()
		}
		for len(widths) < columns {
			widths, gaps = append(widths, 0), append(gaps, 0)
		}
	}
	each := func(visit func(column int, c Cell)) {
		for _, row := range t.rows {
			column := 0
			for _, c := range row {
				visit(column, c)
				column += c.Columns()
			}
		}
	}
	tight := make([]bool, len(widths))
	each(func(column int, c Cell) {
		if c.Columns() == 1 {
			widths[column] = max(widths[column], c.width())
		}
		tight[column] = tight[column] || c.tight
	})
	for i := 1; i < len(gaps); i++ {
		switch {
		case widths[i] == 0: // an empty column takes no room
		case tight[i]:
			gaps[i] = 1
		default:
			gaps[i] = 2
		}
	}
	each(func(column int, c Cell) {
		room := 0
		for k := range c.Columns() {
			room += widths[column+k]
			if k > 0 {
				room += gaps[column+k]
			}
		}
		if c.Columns() > 1 && room < c.width() {
			widths[column+c.Columns()-1] += c.width() - room
		}
	})
	return widths, gaps
}

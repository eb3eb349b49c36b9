package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
)

// A table is rows of cells, written in aligned columns.
type table struct {
	rows [][]cell
	// keys is how many columns say what a row is. If there are any, the first row is the header, and the table can be
	// written in blocks.
	keys int
}

// A cell is a text in one column, or over several.
type cell struct {
	text  string
	right bool // aligned to the right, as numbers are
	tight bool // one space after the cell before it, not two: a unit
	span  int  // columns it stands over; 0 is 1
	// joined, of a cell in the header: what stands below is in one block with what stands below the cell before.
	joined bool
}

func left(text string) cell           { return cell{text: text} }
func right(text string) cell          { return cell{text: text, right: true} }
func unit(text string) cell           { return cell{text: text, tight: true} }
func over(columns int, s string) cell { return cell{text: s, span: columns} }

func (c cell) columns() int { return max(1, c.span) }

func (c cell) width() int { return width(c.text) }

func (t *table) add(cells ...cell) { t.rows = append(t.rows, cells) }

// write writes the table, each line behind an indent. Where the page has no room for it, and the table has keys, it is
// written in blocks of columns one below the other.
func (t *table) write(w io.Writer, indent string) {
	columns := pageColumns(w) - width(indent)
	if pageColumns(w) == 0 || t.keys == 0 || t.width() <= columns {
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

// width is that of the widest line.
func (t *table) width() (sum int) {
	widths, gaps := t.layout()
	for i := range widths {
		sum += widths[i] + gaps[i]
	}
	return sum
}

// blocks cuts the table into tables that are at most so wide, unless one column is wider. Each has the keys, and what stands
// below some cells of the header.
func (t *table) blocks(columns int) (blocks []*table) {
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

// A columnGroup are the columns from, from+1 … to-1.
type columnGroup struct{ from, to int }

// groups are the columns below each cell of the header that is no key's. The last has all that follow.
func (t *table) groups() (groups []columnGroup) {
	column := 0
	for _, c := range t.rows[0] {
		if column >= t.keys && !c.joined {
			groups = append(groups, columnGroup{from: column})
		}
		column += c.columns()
		if len(groups) > 0 {
			groups[len(groups)-1].to = column
		}
	}
	if len(groups) > 0 {
		groups[len(groups)-1].to = math.MaxInt
	}
	return groups
}

// part is the table with its keys and the columns from, from+1 … to-1. Rows with nothing in these are left out.
func (t *table) part(from, to int) *table {
	part := &table{keys: t.keys}
	kept := false
	for _, row := range t.rows {
		var cells []cell
		column, some := 0, false
		for _, c := range row {
			if column < t.keys || from <= column && column < to {
				cells = append(cells, c)
				some = some || column >= t.keys && c.text != ""
			}
			column += c.columns()
		}
		if kept = some || kept && column <= t.keys; kept { // a row of keys alone continues those above
			part.add(cells...)
		}
	}
	return part
}

// foldHeader breaks the cells of the header that are wider than what stands below them.
func (t *table) foldHeader() *table {
	body := &table{rows: t.rows[1:], keys: t.keys}
	var lines [][]string // by cell
	height, column := 1, 0
	for _, c := range t.rows[0] {
		folded := []string{c.text}
		if column >= t.keys {
			below := body.part(column, column+c.columns())
			below.keys = 0
			for i := range below.rows {
				below.rows[i] = below.rows[i][min(t.keys, len(below.rows[i])):]
			}
			folded = fold(c.text, max(below.width(), 1), 0)
		}
		lines = append(lines, folded)
		height = max(height, len(folded))
		column += c.columns()
	}
	folded := &table{keys: t.keys}
	for i := range height {
		var row []cell
		for k, c := range t.rows[0] {
			c.text = ""
			if line := i - height + len(lines[k]); line >= 0 {
				c.text = lines[k][line]
			}
			row = append(row, c)
		}
		folded.add(row...)
	}
	folded.rows = append(folded.rows, body.rows...)
	return folded
}

// foldKeys breaks the texts of the widest key, so that all keys together are at most so wide if its words allow that.
func (t *table) foldKeys(columns int) *table {
	widest, all, most := 0, 2*(t.keys-1), 0
	for k := range t.keys {
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
	folded := &table{keys: t.keys}
	for _, row := range t.rows {
		lines := fold(row[widest].text, max(most-all+columns, 1), 0)
		first := slices.Clone(row)
		first[widest].text = lines[0]
		folded.add(first...)
		for _, line := range lines[1:] {
			more := make([]cell, widest+1)
			more[widest].text = line
			folded.add(more...)
		}
	}
	return folded
}

// print writes the table as it is.
func (t *table) print(w io.Writer, indent string) {
	widths, gaps := t.layout()
	for _, row := range t.rows {
		line, column := indent, 0
		for _, c := range row {
			room := 0
			for k := range c.columns() {
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
			column += c.columns()
		}
		fmt.Fprintln(w, strings.TrimRight(line, " "))
	}
}

// layout returns the width of every column and the gap before it. Where a cell over
// several columns is wider than they, the last of them grows.
func (t *table) layout() (widths, gaps []int) {
	for _, row := range t.rows {
		columns := 0
		for _, c := range row {
			columns += c.columns()
		}
		for len(widths) < columns {
			widths, gaps = append(widths, 0), append(gaps, 0)
		}
	}
	each := func(visit func(column int, c cell)) {
		for _, row := range t.rows {
			column := 0
			for _, c := range row {
				visit(column, c)
				column += c.columns()
			}
		}
	}
	tight := make([]bool, len(widths))
	each(func(column int, c cell) {
		if c.columns() == 1 {
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
	each(func(column int, c cell) {
		room := 0
		for k := range c.columns() {
			room += widths[column+k]
			if k > 0 {
				room += gaps[column+k]
			}
		}
		if c.columns() > 1 && room < c.width() {
			widths[column+c.columns()-1] += c.width() - room
		}
	})
	return widths, gaps
}

package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// A table is rows of cells, written in aligned columns.
type table struct {
	rows [][]cell
}

// A cell is a text in one column, or over several.
type cell struct {
	text  string
	right bool // aligned to the right, as numbers are
	tight bool // one space after the cell before it, not two: a unit
	span  int  // columns it stands over; 0 is 1
}

func left(text string) cell           { return cell{text: text} }
func right(text string) cell          { return cell{text: text, right: true} }
func unit(text string) cell           { return cell{text: text, tight: true} }
func over(columns int, s string) cell { return cell{text: s, span: columns} }

func (c cell) columns() int { return max(1, c.span) }

func (c cell) width() int { return utf8.RuneCountInString(c.text) }

func (t *table) add(cells ...cell) { t.rows = append(t.rows, cells) }

// write writes the table, each line behind an indent.
func (t *table) write(w io.Writer, indent string) {
	widths, gaps := t.layout()
	for _, row := range t.rows {
		line, column := indent, 0
		for _, c := range row {
			width := 0
			for k := range c.columns() {
				width += widths[column+k]
				if k > 0 {
					width += gaps[column+k]
				}
			}
			space := strings.Repeat(" ", max(0, width-c.width()))
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

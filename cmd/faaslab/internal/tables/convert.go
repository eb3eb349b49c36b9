package tables

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// FromCSV writes a table that is there as CSV, with types by column; cells that are empty are null.
// types returns the types of the columns that the header names.
func FromCSV(w io.Writer, r io.Reader, types func(header []string) []Type) error {
	in := csv.NewReader(r)
	in.ReuseRecord = true
	header, err := in.Read()
	if err != nil {
		return err
	}
	var columns []Column
	for i, of := range types(header) {
		columns = append(columns, Column{strings.Clone(header[i]), of})
	}
	t := NewWriter(w, columns)
	for {
		row, err := in.Read()
		if err == io.EOF {
			return t.Close()
		}
		if err != nil {
			return err
		}
		if err := t.AddRow(row); err != nil {
			return err
		}
	}
}

// parse adds a cell as CSV has it.
func (t *Writer) parse(c Column, cell string) (err error) {
	if cell == "" {
		t.Null()
		return nil
	}
	switch c.Type {
	case Text:
		t.Text(cell)
	case Real:
		var x float64
		x, err = strconv.ParseFloat(cell, 64)
		t.Real(x)
	case Whole:
		var n int64
		n, err = strconv.ParseInt(cell, 10, 64)
		t.Whole(n)
	case Truth:
		var b bool
		b, err = strconv.ParseBool(cell)
		t.Truth(b)
	}
	if err != nil {
		return fmt.Errorf("column %s: found %q", c.Name, cell)
	}
	return nil
}

// FromRows writes a header and rows as FromCSV does. Columns without a type are Real.
func FromRows(w io.Writer, rows [][]string, types map[string]Type) error {
	var columns []Column
	for _, name := range rows[0] {
		of, ok := types[name]
		if !ok {
			of = Real
		}
		columns = append(columns, Column{name, of})
	}
	t := NewWriter(w, columns)
	for _, row := range rows[1:] {
		if err := t.AddRow(row); err != nil {
			return err
		}
	}
	return t.Close()
}

// AddRow adds a row whose cells are as CSV has them.
func (t *Writer) AddRow(row []string) error {
	for i, cell := range row {
		if err := t.parse(t.columns[i], cell); err != nil {
			return err
		}
	}
	return t.EndRow()
}

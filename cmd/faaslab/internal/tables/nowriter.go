//go:build js

package tables

import (
	"errors"
	"io"
)

// A Writer writes no table: the simulator of a static site is small enough to be loaded by a page, and
// has no Parquet in it.
type Writer struct{ columns []Column }

var errNoParquet = errors.New("no Parquet is written in a browser; want csv or json, or the command line")

// NewWriter begins a table, whose rows return an error.
func NewWriter(_ io.Writer, columns []Column) *Writer { return &Writer{columns} }

// Null does nothing, as the other cells.
func (t *Writer) Null() {}

// Text does nothing.
func (t *Writer) Text(string) {}

// Real does nothing.
func (t *Writer) Real(float64) {}

// Whole does nothing.
func (t *Writer) Whole(int64) {}

// Truth does nothing.
func (t *Writer) Truth(bool) {}

// EndRow returns the error.
func (t *Writer) EndRow() error { return errNoParquet }

// Close returns the error.
func (t *Writer) Close() error { return errNoParquet }

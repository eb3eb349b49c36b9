package tables

import (
	"path/filepath"
	"strings"
)

// IsParquet reports whether a file is to be Parquet, by the end of its name.
func IsParquet(path string) bool { return strings.EqualFold(filepath.Ext(path), ".parquet") }

// A Type is the type of a column. Any cell may be null.
type Type int

// The types.
const (
	Text  Type = iota // UTF-8, of few different values
	Real              // float64
	Whole             // int64
	Truth             // bool
)

// A Column is a column of a table.
type Column struct {
	Name string // of its own in the table
	Type Type
}

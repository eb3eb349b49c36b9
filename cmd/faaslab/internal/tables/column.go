package tables

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

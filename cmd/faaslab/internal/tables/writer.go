//go:build !js

package tables

import (
	"io"
	"math"
	"slices"
	"strings"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"

	"faaslab/cmd/faaslab/internal/words"
)

// rowsOfAGroup is the number of rows of a row group, which are in memory until it is written: some
// 10 MB for a log of requests.
const rowsOfAGroup = 1 << 17

// rowsAtOnce is the number of rows that are given to the columns at once.
const rowsAtOnce = 256

// A Writer writes a table. The cells of a row are added from left to right, by the methods with the
// names of the columns' types or Null.
type Writer struct {
	columns []Column
	file    *parquet.GenericWriter[any]
	cells   []parquet.Value
	rows    []parquet.Row // of cells
	texts   map[string]parquet.Value
}

// mostTexts is the largest number of texts that are kept to be used again.
const mostTexts = 1 << 16

// NewWriter begins a table.
func NewWriter(w io.Writer, columns []Column) *Writer {
	t := &Writer{columns: columns, cells: make([]parquet.Value, 0, rowsAtOnce*len(columns)), texts: map[string]parquet.Value{}}
	t.file = parquet.NewGenericWriter[any](w, parquet.NewSchema("faaslab", newGroup(columns)),
		parquet.MaxRowsPerRowGroup(rowsOfAGroup), parquet.Compression(&zstd.Codec{Level: zstd.SpeedFastest}),
		parquet.CreatedBy("faaslab", words.Version, ""))
	return t
}

// A group is a group of columns in their own order; that of a parquet.Group is by name.
type group struct {
	parquet.Group
	fields []parquet.Field
}

// Fields returns the columns.
func (g group) Fields() []parquet.Field { return g.fields }

func newGroup(columns []Column) group {
	g := group{Group: parquet.Group{}}
	order := map[string]int{}
	for i, c := range columns {
		order[c.Name] = i
		g.Group[c.Name] = parquet.Optional(map[Type]parquet.Node{
			Text:  parquet.Encoded(parquet.String(), &parquet.RLEDictionary),
			Real:  parquet.Leaf(parquet.DoubleType),
			Whole: parquet.Leaf(parquet.Int64Type),
			Truth: parquet.Leaf(parquet.BooleanType),
		}[c.Type])
	}
	if len(order) != len(columns) {
		panic("tables: two columns have the same name")
	}
	g.fields = g.Group.Fields()
	slices.SortFunc(g.fields, func(a, b parquet.Field) int { return order[a.Name()] - order[b.Name()] })
	return g
}

func (t *Writer) add(v parquet.Value, defined int) {
	t.cells = append(t.cells, v.Level(0, defined, len(t.cells)%len(t.columns)))
}

// Null adds a cell without a value.
func (t *Writer) Null() { t.add(parquet.NullValue(), 0) }

// Text adds a cell of text.
func (t *Writer) Text(text string) {
	v, ok := t.texts[text]
	if !ok {
		v = parquet.ByteArrayValue([]byte(text))
		if len(t.texts) < mostTexts {
			t.texts[strings.Clone(text)] = v
		}
	}
	t.add(v, 1)
}

// Real adds a cell with a number; null if it is not finite.
func (t *Writer) Real(x float64) {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		t.Null()
		return
	}
	t.add(parquet.DoubleValue(x), 1)
}

// Whole adds a cell with a whole number.
func (t *Writer) Whole(n int64) { t.add(parquet.Int64Value(n), 1) }

// Truth adds a cell that is true or false.
func (t *Writer) Truth(b bool) { t.add(parquet.BooleanValue(b), 1) }

// EndRow ends a row, all of whose cells must have been added.
func (t *Writer) EndRow() error {
	if len(t.cells)%len(t.columns) != 0 {
		panic("tables: a row with too few or too many cells")
	}
	if len(t.cells) < rowsAtOnce*len(t.columns) {
		return nil
	}
	return t.write()
}

// write gives the rows to the columns.
func (t *Writer) write() error {
	t.rows = t.rows[:0]
	for cells := range slices.Chunk(t.cells, len(t.columns)) {
		t.rows = append(t.rows, cells)
	}
	_, err := t.file.WriteRows(t.rows)
	t.cells = t.cells[:0]
	return err
}

// Close ends the table.
func (t *Writer) Close() error {
	if err := t.write(); err != nil {
		return err
	}
	return t.file.Close()
}

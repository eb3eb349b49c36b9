//go:build !js

package tables

import (
	"bytes"
	"io"
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// read returns the names of the columns of a table, and its rows.
func read(t *testing.T, data []byte) (names []string, rows []parquet.Row) {
	t.Helper()
	file, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)))
	require.NoError(t, err)
	for _, path := range file.Schema().Columns() {
		names = append(names, path[0])
	}
	for _, group := range file.RowGroups() {
		all := group.Rows()
		for {
			batch := make([]parquet.Row, 100)
			n, err := all.ReadRows(batch)
			for _, row := range batch[:n] {
				rows = append(rows, row.Clone())
			}
			if err == io.EOF {
				break
			}
			require.NoError(t, err)
		}
		require.NoError(t, all.Close())
	}
	return names, rows
}

func TestColumnsKeepTheirOrderTypesAndNulls(t *testing.T) {
	var out bytes.Buffer
	table := NewWriter(&out, []Column{{"z", Text}, {"a", Real}, {"m", Whole}, {"b.c", Truth}})
	table.Text("Ω")
	table.Real(0.1)
	table.Whole(math.MaxInt64)
	table.Truth(true)
	require.NoError(t, table.EndRow())
	table.Null()
	table.Real(math.NaN())
	table.Null()
	table.Truth(false)
	require.NoError(t, table.EndRow())
	require.NoError(t, table.Close())
	names, rows := read(t, out.Bytes())
	assert.Equal(t, []string{"z", "a", "m", "b.c"}, names)
	require.Len(t, rows, 2)
	assert.Equal(t, "Ω", string(rows[0][0].ByteArray()))
	assert.Equal(t, 0.1, rows[0][1].Double())
	assert.Equal(t, int64(math.MaxInt64), rows[0][2].Int64())
	assert.True(t, rows[0][3].Boolean())
	for i, null := range []bool{true, true, true, false} {
		assert.Equal(t, null, rows[1][i].IsNull())
	}
	assert.False(t, rows[1][3].Boolean())
}

func TestATableMayHaveNoRows(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, NewWriter(&out, []Column{{"a", Real}}).Close())
	names, rows := read(t, out.Bytes())
	assert.Equal(t, []string{"a"}, names)
	assert.Empty(t, rows)
}

func TestCSVBecomesATable(t *testing.T) {
	types := func([]string) []Type { return []Type{Text, Real, Whole, Truth} }
	var out bytes.Buffer
	require.NoError(t, FromCSV(&out, strings.NewReader("k,x,n,b\n\"1,5\",2.5e-3,7,true\n,,,\n"), types))
	names, rows := read(t, out.Bytes())
	assert.Equal(t, []string{"k", "x", "n", "b"}, names)
	require.Len(t, rows, 2)
	assert.Equal(t, "1,5", string(rows[0][0].ByteArray()))
	assert.Equal(t, 2.5e-3, rows[0][1].Double())
	for _, cell := range rows[1] {
		assert.True(t, cell.IsNull())
	}
	for _, wrong := range []string{"k,x,n,b\na,y,1,true\n", "k,x,n,b\na,1,1.5,true\n", "k,x,n,b\na,1,1,maybe\n", "k,x,n,b\na,1\n", ""} {
		assert.Error(t, FromCSV(io.Discard, strings.NewReader(wrong), types), wrong)
	}
}

// Memory does not grow with the rows: a row group is written when it is full.
func TestALongTableTakesBoundedMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds: without -short it runs")
	}
	var first, most uint64
	out := &counter{}
	table := NewWriter(out, []Column{{"kind", Text}, {"time", Real}, {"count", Whole}})
	for i := range 8 * rowsOfAGroup {
		table.Text([]string{"warm", "cold"}[i%2])
		table.Real(float64(i) / 3)
		table.Whole(int64(i))
		require.NoError(t, table.EndRow())
		if i%rowsOfAGroup == rowsOfAGroup-1 {
			var memory runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&memory)
			if most = max(most, memory.HeapAlloc); i < 2*rowsOfAGroup {
				first = most
			}
		}
	}
	require.NoError(t, table.Close())
	assert.Less(t, most, first*5/4+1<<20)
	assert.Greater(t, out.n, 8*rowsOfAGroup)
}

type counter struct{ n int }

func (c *counter) Write(p []byte) (int, error) {
	c.n += len(p)
	return len(p), nil
}

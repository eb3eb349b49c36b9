package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// readParquet returns the header and the rows of a table as CSV has them, and the types of its columns.
func readParquet(t *testing.T, path string) (rows [][]string, types map[string]string) {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	file, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)))
	require.NoError(t, err)
	types = map[string]string{}
	var header []string
	for _, f := range file.Schema().Fields() {
		assert.True(t, f.Optional())
		header = append(header, f.Name())
		types[f.Name()] = f.Type().String()
	}
	rows = append(rows, header)
	for _, group := range file.RowGroups() {
		all := group.Rows()
		for {
			batch := make([]parquet.Row, 64)
			n, err := all.ReadRows(batch)
			for _, row := range batch[:n] {
				var cells []string
				for _, v := range row {
					text := ""
					if !v.IsNull() {
						text = v.String()
					}
					cells = append(cells, text)
				}
				rows = append(rows, cells)
			}
			if err == io.EOF {
				break
			}
			require.NoError(t, err)
		}
		require.NoError(t, all.Close())
	}
	return rows, types
}

// A table has the columns and the values of the CSV: numbers as numbers, and what is empty there as null.
func sameTable(t *testing.T, csvFile, parquetFile string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(csvFile)
	require.NoError(t, err)
	want, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	require.NoError(t, err)
	got, types := readParquet(t, parquetFile)
	require.Equal(t, want[0], got[0])
	require.Len(t, got, len(want))
	require.Greater(t, len(want), 1)
	for i, row := range want[1:] {
		for k, cell := range row {
			name, other := want[0][k], got[i+1][k]
			if types[name] == "DOUBLE" && cell != "" {
				x, err := strconv.ParseFloat(cell, 64)
				require.NoError(t, err)
				y, err := strconv.ParseFloat(other, 64)
				require.NoError(t, err)
				assert.Equal(t, x, y, "row %d, %s", i, name)
				continue
			}
			assert.Equal(t, cell, other, "row %d, %s", i, name)
		}
	}
	return types
}

func TestParquetHasWhatCSVHas(t *testing.T) {
	t.Chdir(t.TempDir())
	command := func(arguments string) []byte {
		t.Helper()
		c := exec.Command("faaslab", append(strings.Fields(arguments), short...)...)
		var stderr bytes.Buffer
		c.Stderr = &stderr
		out, err := c.Output()
		require.NoError(t, err, "%s: %s", arguments, &stderr)
		return out
	}
	printed := func(arguments string) map[string]string {
		t.Helper()
		for _, format := range []string{"csv", "parquet"} {
			require.NoError(t, os.WriteFile("printed."+format, command(arguments+" --format "+format), 0o644))
		}
		return sameTable(t, "printed.csv", "printed.parquet")
	}
	assert.Equal(t, "DOUBLE", printed("run float")["container.response_time"])
	assert.Equal(t, "DOUBLE", printed("run float")["container.response_time_cold.half_width"])
	types := printed("sweep float --vary container.max_instances=1,2,unlimited --vary container.keep_alive=1s,never")
	assert.Equal(t, "STRING", types["container.max_instances"])
	assert.Equal(t, "DOUBLE", types["container.max_instances.value"])
	assert.Equal(t, "STRING", types["point"])

	// Points in a file are kept as CSV, too, from which the sweep continues.
	sweep := "sweep float --vary arrivals.rate=1/s,2/s,3/s "
	command(sweep + "--out whole.csv")
	command(sweep + "--out points.parquet")
	sameTable(t, "whole.csv", "points.parquet")
	whole, err := os.ReadFile("whole.csv")
	require.NoError(t, err)
	require.NoError(t, os.Remove("points.parquet"))
	require.NoError(t, os.WriteFile("points.csv", whole[:len(whole)-20], 0o644))
	command(sweep + "--out points.parquet")
	sameTable(t, "whole.csv", "points.parquet")
	for i := range 2 {
		command(sweep + fmt.Sprintf("--shard %d/2 --out parts/", i))
	}
	output, err := exec.Command("faaslab", "merge", "parts", "--out", "merged.parquet").CombinedOutput()
	require.NoError(t, err, "%s", output)
	sameTable(t, "whole.csv", "merged.parquet")

	// Requests, with all columns that some scenarios have.
	command("run float --requests r.csv --set container.max_instances=2 --set container.release=constant(1s)")
	command("run float --requests r.parquet --set container.max_instances=2 --set container.release=constant(1s)")
	types = sameTable(t, "r.csv", "r.parquet")
	assert.Equal(t, "DOUBLE", types["released"])
	assert.Equal(t, "INT(64,true)", types["instance"])
	assert.Equal(t, "BOOLEAN", types["measured"])
	command("run patterns --requests p.csv")
	command("run patterns --requests p.parquet")
	types = sameTable(t, "p.csv", "p.parquet")
	assert.Equal(t, "STRING", types["function"])
	command("run patterns --functions f.csv --set pricing.preset=aws-lambda")
	command("run patterns --functions f.parquet --set pricing.preset=aws-lambda")
	types = sameTable(t, "f.csv", "f.parquet")
	assert.Equal(t, "STRING", types["function"])
	assert.Equal(t, "INT(64,true)", types["cold"])
	assert.Equal(t, "DOUBLE", types["user_cost"])
	command("run float --replications e.csv --set run.replications=3")
	command("run float --replications e.parquet --set run.replications=3")
	types = sameTable(t, "e.csv", "e.parquet")
	assert.Equal(t, "INT(64,true)", types["container.requests"])
	assert.Equal(t, "DOUBLE", types["wasm.response_time"])
}

func TestComparisonsAreTables(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, format := range []string{"csv", "parquet"} {
		out, err := exec.Command("faaslab", append([]string{"compare", "float", "--b", "container.keep_alive=1s", "--format", format}, short[:3]...)...).Output()
		require.NoError(t, err)
		require.NoError(t, os.WriteFile("c."+format, out, 0o644))
	}
	types := sameTable(t, "c.csv", "c.parquet")
	assert.Equal(t, "BOOLEAN", types["significant"])
	assert.Equal(t, "STRING", types["metric"])
	assert.Equal(t, "DOUBLE", types["difference"])
}

package sweep

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"os"

	"faaslab/cmd/faaslab/internal/exit"
	"faaslab/cmd/faaslab/internal/outfile"
	"faaslab/cmd/faaslab/internal/tables"
)

// columnTypes returns the types of the columns of a sweep in CSV: the keys' values are texts, also
// where all are numbers; beside them, KEY.value is a number, as all results are.
func columnTypes(header []string) []tables.Type {
	types := make([]tables.Type, len(header))
	results := false
	for i, name := range header {
		results = results || i+1 < len(header) && header[i+1] == name+".half_width"
		value := !results && i > 0 && name == header[i-1]+".value"
		if value || results && i < len(header)-3 { // the last are point, sweep and check
			types[i] = tables.Real
		}
	}
	return types
}

// ToParquet writes the points that write writes as CSV as Parquet.
func ToParquet(w io.Writer, write func(io.Writer) error) error {
	reader, writer := io.Pipe()
	written := make(chan error, 1)
	go func() {
		err := write(writer)
		writer.CloseWithError(err) // which is nil at the end of the points
		written <- err
	}()
	err := tables.FromCSV(w, reader, columnTypes)
	reader.CloseWithError(errStopped) // if err is of the writing, no more is read
	if failed := <-written; failed != nil && !errors.Is(failed, errStopped) {
		return failed
	}
	return err
}

var errStopped = errors.New("the table could not be written")

// A parquetStream writes points to stdout as Parquet.
type parquetStream struct {
	table  *tables.Writer
	layout *csvLayout
}

func newParquetStream(w io.Writer, layout *csvLayout) (*parquetStream, error) {
	header, err := csv.NewReader(bytes.NewReader(layout.Header())).Read()
	if err != nil {
		return nil, err
	}
	var columns []tables.Column
	for i, of := range columnTypes(header) {
		columns = append(columns, tables.Column{Name: header[i], Type: of})
	}
	return &parquetStream{tables.NewWriter(w, columns), layout}, nil
}

func (s *parquetStream) Rows() int { return 0 }

func (s *parquetStream) Add(p *Point) error {
	text, err := s.layout.Row(p)
	if err != nil {
		return err
	}
	row, err := csv.NewReader(bytes.NewReader(text)).Read()
	if err != nil {
		return err
	}
	return failedWrite(s.table.AddRow(row))
}

func (s *parquetStream) Finish(bool) error { return failedWrite(s.table.Close()) }

func (s *parquetStream) Close() {}

func failedWrite(err error) error {
	if err == nil {
		return nil
	}
	return &exit.Error{Code: exit.IO, Err: errors.Join(errors.New("writing the results"), outfile.WithoutPath(err))}
}

// A parquetFile is a file of points as CSV, which becomes one as Parquet when it has all of them.
type parquetFile struct {
	*sweepFile
	path string
}

// Finish writes the points as Parquet, whole, unless some are missing.
func (f *parquetFile) Finish(interrupted bool) error {
	if interrupted {
		return nil
	}
	points, err := os.Open(f.sweepFile.path)
	if err != nil {
		return err
	}
	defer points.Close() // only read
	return outfile.Write(f.path, func(w io.Writer) error { return tables.FromCSV(w, points, columnTypes) })
}

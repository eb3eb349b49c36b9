package report

import (
	"io"
	"strconv"

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/tables"
)

// WriteReplications writes a header and a row for each replication: its number of arrivals, and
// every metric of this replication alone. A value that does not exist is empty. A path that ends in
// .parquet makes it Parquet, and any other CSV.
func WriteReplications(w io.Writer, path string, r *Report) error {
	columns := []tables.Column{{Name: "replication", Type: tables.Whole}}
	rows := make([][]string, r.Replications)
	for i := range rows {
		rows[i] = []string{strconv.Itoa(i + 1)}
	}
	for _, p := range r.Platforms {
		columns = append(columns, tables.Column{Name: p.Platform + ".requests", Type: tables.Whole})
		for _, m := range p.Metrics {
			columns = append(columns, tables.Column{Name: p.Platform + "." + m.Name, Type: tables.Real})
		}
		for i := range p.Replications {
			o := &p.Replications[i]
			row := append(rows[i], strconv.FormatInt(o.Arrivals, 10))
			for _, m := range p.Metrics {
				row = append(row, format.Number(m.Of(o)))
			}
			rows[i] = row
		}
	}
	return writeRows(w, path, columns, func(add func(row []string) error) error {
		for _, row := range rows {
			if err := add(row); err != nil {
				return err
			}
		}
		return nil
	})
}

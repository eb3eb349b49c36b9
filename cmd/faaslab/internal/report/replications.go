package report

import (
	"io"
	"strconv"

	"faaslab/cmd/faaslab/internal/format"
)

// WriteReplications writes a header and a row for each replication: its number of arrivals, and
// every metric of this replication alone. A value that does not exist is empty.
func WriteReplications(w io.Writer, r *Report) error {
	rows := make([][]string, r.Replications+1)
	rows[0] = []string{"replication"}
	for i := range r.Replications {
		rows[i+1] = []string{strconv.Itoa(i + 1)}
	}
	for _, p := range r.Platforms {
		name := p.Platform
		rows[0] = append(rows[0], name+".requests")
		for _, m := range p.Metrics {
			rows[0] = append(rows[0], name+"."+m.Name)
		}
		for i := range p.Replications {
			o := &p.Replications[i]
			row := append(rows[i+1], strconv.FormatInt(o.Arrivals, 10))
			for _, m := range p.Metrics {
				row = append(row, format.Number(m.Of(o)))
			}
			rows[i+1] = row
		}
	}
	return format.CSV(w, rows...)
}

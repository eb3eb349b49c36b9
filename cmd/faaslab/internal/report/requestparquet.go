package report

import (
	"io"

	"faaslab/cmd/faaslab/internal/tables"
	"faaslab/platform"
	"faaslab/sim"
)

// parquetRequests write requests as Parquet.
type parquetRequests struct {
	table   *tables.Writer
	columns requestColumns
}

func newParquetRequests(out io.Writer, columns requestColumns) *parquetRequests {
	types := map[string]tables.Type{
		"platform": tables.Text, "replication": tables.Whole, "arrival": tables.Real, "start": tables.Real, "completion": tables.Real,
		"outcome": tables.Text, "instance": tables.Whole, "started": tables.Text, "service": tables.Real, "measured": tables.Truth,
		"released": tables.Real, "function": tables.Text, "node": tables.Whole, "stream": tables.Whole,
	}
	var typed []tables.Column
	for _, name := range columns.names() {
		typed = append(typed, tables.Column{Name: name, Type: types[name]})
	}
	return &parquetRequests{tables.NewWriter(out, typed), columns}
}

func (l *parquetRequests) end() error { return l.table.Close() }

func (l *parquetRequests) row(name string, replication int, r platform.Request, measured bool) error {
	t := l.table
	started, began := wasStarted(r), hasStart(r)
	t.Text(name)
	t.Whole(int64(replication) + 1)
	t.Real(r.Arrival.Seconds())
	l.time(r.Start, began)
	l.time(r.Completion, started)
	t.Text(r.Outcome.String())
	l.whole(r.Instance, r.Instance > 0)
	switch {
	case r.Cold:
		t.Text("cold")
	case began:
		t.Text("warm")
	default:
		t.Null()
	}
	t.Real(r.Service.Seconds())
	t.Truth(measured)
	if l.columns.frees {
		l.time(r.Released, started && r.Released > 0)
	}
	if l.columns.many != nil {
		t.Text(l.columns.many[r.Function])
		l.whole(int64(r.Node), r.Node >= 0) // executors are on none
	}
	if l.columns.streams {
		t.Whole(int64(r.Stream))
	}
	return t.EndRow()
}

func (l *parquetRequests) time(t sim.Time, there bool) {
	if there {
		l.table.Real(t.Seconds())
	} else {
		l.table.Null()
	}
}

func (l *parquetRequests) whole(n int64, there bool) {
	if there {
		l.table.Whole(n)
	} else {
		l.table.Null()
	}
}

package report

import (
	"io"
	"slices"
	"strconv"
	"strings"

	"faaslab/platform"
	"faaslab/sim"
)

// csvRequests write requests as CSV.
type csvRequests struct {
	out     io.Writer
	columns requestColumns
	line    []byte
}

func newCSVRequests(out io.Writer, columns requestColumns) (*csvRequests, error) {
	columns.many = slices.Clone(columns.many)
	for i, name := range columns.many {
		if strings.ContainsAny(name, "\",\r\n") { // of a trace
			columns.many[i] = `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
		}
	}
	_, err := io.WriteString(out, strings.Join(columns.names(), ",")+"\n")
	return &csvRequests{out: out, columns: columns}, err
}

func (l *csvRequests) end() error { return nil }

// row writes times exact to the nanosecond.
func (l *csvRequests) row(name string, replication int, r platform.Request, measured bool) error {
	started, began := wasStarted(r), hasStart(r)
	b := append(l.line[:0], name...)
	b = append(b, ',')
	b = strconv.AppendInt(b, int64(replication)+1, 10)
	b = append(b, ',')
	b = appendSeconds(b, r.Arrival)
	b = append(b, ',')
	if began {
		b = appendSeconds(b, r.Start)
	}
	b = append(b, ',')
	if started {
		b = appendSeconds(b, r.Completion)
	}
	b = append(b, ',')
	b = append(b, r.Outcome.String()...)
	b = append(b, ',')
	if r.Instance > 0 {
		b = strconv.AppendInt(b, r.Instance, 10)
	}
	b = append(b, ',')
	switch {
	case r.Cold:
		b = append(b, "cold"...)
	case began:
		b = append(b, "warm"...)
	}
	b = append(b, ',')
	b = appendSeconds(b, r.Service)
	b = append(b, ',')
	b = strconv.AppendBool(b, measured)
	if l.columns.frees {
		b = append(b, ',')
		if started && r.Released > 0 {
			b = appendSeconds(b, r.Released)
		}
	}
	if l.columns.many != nil {
		b = append(b, ',')
		b = append(b, l.columns.many[r.Function]...)
		b = append(b, ',')
		if r.Node >= 0 { // executors are on none
			b = strconv.AppendInt(b, int64(r.Node), 10)
		}
	}
	if l.columns.streams {
		b = append(b, ',')
		b = strconv.AppendInt(b, int64(r.Stream), 10)
	}
	b = append(b, '\n')
	l.line = b
	_, err := l.out.Write(b)
	return err
}

// appendSeconds writes t >= 0 in seconds with all nine decimals.
func appendSeconds(b []byte, t sim.Time) []byte {
	b = strconv.AppendInt(b, int64(t/sim.Second), 10)
	b = append(b, '.')
	fraction := int64(t%sim.Second) + int64(sim.Second) // the leading 1 keeps the zeros
	at := len(b)
	b = strconv.AppendInt(b, fraction, 10)
	return append(b[:at], b[at+1:]...)
}

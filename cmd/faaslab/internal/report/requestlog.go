package report

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"faaslab/cmd/faaslab/internal/exit"
	"faaslab/dist"
	"faaslab/platform"
	"faaslab/scenarios"
	"faaslab/sim"
)

// A RequestLog writes the fate of every request as a row of CSV. It writes to a temporary file
// beside the requested one, which takes its place when it is complete; a pipe or a device, which is
// no regular file, is written to directly.
type RequestLog struct {
	path    string // as requested
	streams bool   // each row has the stream of its request
	file    *os.File
	rows    *bufio.Writer
	line    []byte
	cancel  context.CancelCauseFunc
	failed  bool
	direct  bool        // not a regular file
	frees   bool        // instances are not free with the completion: a column says when they are
	many    []string    // the names of many functions as cells, in two columns with the node; nil: there is one
	target  string      // the file that is replaced
	mode    fs.FileMode // that it gets
}

// CreateRequestLog opens the log of a scenario, which must not be one of the input files. If a row
// cannot be written later, the log cancels the work with the error as the cause.
func CreateRequestLog(path string, s scenarios.Scenario, inputs []string, cancel context.CancelCauseFunc) (*RequestLog, error) {
	if path == "" {
		return nil, errors.New("--requests: found no name; want a file")
	}
	l := &RequestLog{path: path, streams: dist.Streams(s.Arrivals) > 0, cancel: cancel, mode: 0o644, frees: s.Container != nil && s.Container.Releases()}
	functions, _ := s.Many()
	for _, f := range functions {
		name := f.Name
		if strings.ContainsAny(name, "\",\r\n") { // of a trace
			name = `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
		}
		l.many = append(l.many, name)
	}
	info, err := os.Stat(path)
	for _, input := range inputs {
		if other, failed := os.Stat(input); err == nil && failed == nil && os.SameFile(info, other) {
			return nil, fmt.Errorf("--requests %s: that is the file that the scenario comes from", path)
		}
	}
	if err == nil && info.Mode().IsRegular() {
		l.mode = info.Mode().Perm()
		if l.target, err = filepath.EvalSymlinks(path); err != nil { // replace the file, not a link to it
			return nil, fmt.Errorf("--requests %s: cannot be written: %w", path, err)
		}
	} else {
		l.target = path
	}
	switch {
	case err == nil && info.IsDir():
		return nil, fmt.Errorf("--requests %s: found a directory; want a file", path)
	case err == nil && !info.Mode().IsRegular():
		l.direct = true
		l.file, err = os.OpenFile(path, os.O_WRONLY, 0)
	case err == nil || errors.Is(err, fs.ErrNotExist):
		l.file, err = os.CreateTemp(filepath.Dir(l.target), ".faaslab-*")
	}
	if err != nil {
		if p := new(fs.PathError); errors.As(err, &p) {
			err = p.Err // its path is that of the temporary file
		}
		return nil, fmt.Errorf("--requests %s: cannot be written: %w", path, err)
	}
	l.rows = bufio.NewWriterSize(l.file, 1<<16)
	head := "platform,replication,arrival,start,completion,outcome,instance,started,service,measured"
	if l.frees {
		head += ",released"
	}
	if l.many != nil {
		head += ",function,node"
	}
	if l.streams {
		head += ",stream"
	}
	_, err = l.rows.WriteString(head + "\n")
	if err != nil {
		l.Abandon()
		return nil, l.error(err)
	}
	return l, nil
}

func (l *RequestLog) error(err error) error {
	return &exit.Error{Code: exit.IO, Err: fmt.Errorf("--requests %s: %w", l.path, err)}
}

// Write adds a row. Times are in seconds, exact to the nanosecond; the time of an event that did
// not happen is empty.
func (l *RequestLog) Write(name string, replication int, r platform.Request, measured bool) {
	if l.failed {
		return
	}
	started := r.Outcome == platform.OutcomeWarm || r.Outcome == platform.OutcomeCold
	unfinished := r.Outcome == platform.OutcomeUnfinished
	b := append(l.line[:0], name...)
	b = append(b, ',')
	b = strconv.AppendInt(b, int64(replication)+1, 10)
	b = append(b, ',')
	b = appendSeconds(b, r.Arrival)
	b = append(b, ',')
	if started || unfinished && r.Start != sim.Never {
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
	case started || unfinished && r.Start != sim.Never:
		b = append(b, "warm"...)
	}
	b = append(b, ',')
	b = appendSeconds(b, r.Service)
	b = append(b, ',')
	b = strconv.AppendBool(b, measured)
	if l.frees {
		b = append(b, ',')
		if started && r.Released > 0 {
			b = appendSeconds(b, r.Released)
		}
	}
	if l.many != nil {
		b = append(b, ',')
		b = append(b, l.many[r.Function]...)
		b = append(b, ',')
		if r.Node >= 0 { // executors are on none
			b = strconv.AppendInt(b, int64(r.Node), 10)
		}
	}
	if l.streams {
		b = append(b, ',')
		b = strconv.AppendInt(b, int64(r.Stream), 10)
	}
	b = append(b, '\n')
	l.line = b
	if _, err := l.rows.Write(b); err != nil {
		l.failed = true
		l.cancel(l.error(err))
	}
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

// Close completes the log. An interrupted log keeps the rows of the finished and the begun
// replications, under a name that says so.
func (l *RequestLog) Close(interrupted bool) error {
	path := l.target
	if interrupted {
		path += ".partial"
	}
	err := l.rows.Flush()
	if err == nil && !l.direct {
		err = l.file.Chmod(l.mode)
	}
	if closing := l.file.Close(); err == nil {
		err = closing
	}
	if err == nil && !l.direct {
		err = os.Rename(l.file.Name(), path)
	}
	if err != nil {
		l.Abandon()
		return l.error(err)
	}
	return nil
}

// Abandon removes a log that was not completed; after a successful close it does nothing.
func (l *RequestLog) Abandon() {
	_ = l.file.Close() // it may be closed already
	if !l.direct {
		_ = os.Remove(l.file.Name()) // it may have been renamed
	}
}

package report

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"faaslab/cmd/faaslab/internal/exit"
	"faaslab/cmd/faaslab/internal/outfile"
	"faaslab/cmd/faaslab/internal/tables"
	"faaslab/dist"
	"faaslab/platform"
	"faaslab/scenarios"
	"faaslab/sim"
)

// A RequestLog writes the fate of every request as a row, of CSV or, if the file's name ends so, of
// Parquet. It writes to a temporary file
// beside the requested one, which takes its place when it is complete; a pipe or a device, which is
// no regular file, is written to directly.
type RequestLog struct {
	path   string // as requested
	file   *os.File
	buffer *bufio.Writer // of the file
	rows   requestRows
	cancel context.CancelCauseFunc
	failed bool
	direct bool        // not a regular file
	target string      // the file that is replaced
	mode   fs.FileMode // that it gets
}

// requestRows write requests in a format. Times are in seconds; the time of an event that did not
// happen has no value.
type requestRows interface {
	row(name string, replication int, r platform.Request, measured bool) error
	end() error
}

// requestColumns are the columns that only the logs of some scenarios have.
type requestColumns struct {
	frees   bool     // instances are not free with the completion: a column says when they are
	many    []string // the names of many functions, in two columns with the node; nil: there is one
	streams bool     // each row has the stream of its request
}

// names returns the names of all columns.
func (c requestColumns) names() []string {
	names := []string{"platform", "replication", "arrival", "start", "completion", "outcome", "instance", "started", "service", "measured"}
	if c.frees {
		names = append(names, "released")
	}
	if c.many != nil {
		names = append(names, "function", "node")
	}
	if c.streams {
		names = append(names, "stream")
	}
	return names
}

// wasStarted reports whether a request was served by an instance, and hasStart whether it began.
func wasStarted(r platform.Request) bool {
	return r.Outcome == platform.OutcomeWarm || r.Outcome == platform.OutcomeCold
}

func hasStart(r platform.Request) bool {
	return wasStarted(r) || r.Outcome == platform.OutcomeUnfinished && r.Start != sim.Never
}

// CreateRequestLog opens the log of a scenario. If a row cannot be written later, the log cancels the
// work with the error as the cause.
func CreateRequestLog(path string, s scenarios.Scenario, cancel context.CancelCauseFunc) (*RequestLog, error) {
	if path == "" {
		return nil, errors.New("--requests: found no name; want a file")
	}
	l := &RequestLog{path: path, cancel: cancel, mode: 0o644}
	columns := requestColumns{streams: dist.Streams(s.Arrivals) > 0, frees: s.Container != nil && s.Container.Releases()}
	functions, _ := s.Many()
	for _, f := range functions {
		columns.many = append(columns.many, f.Name)
	}
	info, err := os.Stat(path)
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
		return nil, fmt.Errorf("--requests %s: cannot be written: %w", path, outfile.WithoutPath(err))
	}
	l.buffer = bufio.NewWriterSize(l.file, 1<<16)
	if tables.IsParquet(path) {
		l.rows = newParquetRequests(l.buffer, columns)
		return l, nil
	}
	if l.rows, err = newCSVRequests(l.buffer, columns); err != nil {
		l.Abandon()
		return nil, l.error(err)
	}
	return l, nil
}

func (l *RequestLog) error(err error) error {
	return &exit.Error{Code: exit.IO, Err: fmt.Errorf("--requests %s: cannot be written: %w", l.path, outfile.WithoutPath(err))}
}

// Write adds a row.
func (l *RequestLog) Write(name string, replication int, r platform.Request, measured bool) {
	if l.failed {
		return
	}
	if err := l.rows.row(name, replication, r, measured); err != nil {
		l.failed = true
		l.cancel(l.error(err))
	}
}

// Close completes the log. An interrupted log keeps the rows of the finished and the begun
// replications, under a name that says so.
func (l *RequestLog) Close(interrupted bool) error {
	path := l.target
	if interrupted {
		path += ".partial"
	}
	err := l.rows.end()
	if err == nil {
		err = l.buffer.Flush()
	}
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

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"faaslab/platform"
	"faaslab/sim"
)

// A requestLog writes the fate of every request as a row of CSV. It
// writes to a file beside the wanted one, which takes its place when it is
// complete; what is no regular file, such as a pipe, is written directly.
type requestLog struct {
	path   string // wanted
	file   *os.File
	rows   *bufio.Writer
	line   []byte
	end    sim.Time // of a replication: what completes later is unfinished
	cancel context.CancelCauseFunc
	failed bool
	direct bool
}

// createRequestLog opens the log. When a row cannot be written later, it cancels
// the work with the cause.
func createRequestLog(path string, end sim.Time, cancel context.CancelCauseFunc) (*requestLog, error) {
	l := &requestLog{path: path, end: end, cancel: cancel}
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return nil, fmt.Errorf("--requests %s: found a directory; want a file", path)
	case err == nil && !info.Mode().IsRegular():
		l.direct = true
		l.file, err = os.OpenFile(path, os.O_WRONLY, 0)
	case err == nil || errors.Is(err, fs.ErrNotExist):
		l.file, err = os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	}
	if err != nil {
		if p := new(fs.PathError); errors.As(err, &p) {
			err = p.Err // its path is that of the temporary file
		}
		return nil, fmt.Errorf("--requests %s: cannot be written: %w", path, err)
	}
	l.rows = bufio.NewWriterSize(l.file, 1<<16)
	_, err = l.rows.WriteString("platform,replication,arrival,start,completion,outcome,instance\n")
	if err != nil {
		l.abandon()
		return nil, l.error(err)
	}
	return l, nil
}

func (l *requestLog) error(err error) error {
	return &codedError{exitIO, fmt.Errorf("--requests %s: %w", l.path, err)}
}

// write adds a row. Times are in seconds, exact to the nanosecond; what did not
// happen is empty.
func (l *requestLog) write(name string, replication int, r platform.Request) {
	if l.failed {
		return
	}
	started := r.Outcome == platform.OutcomeWarm || r.Outcome == platform.OutcomeCold
	finished := started && r.Completion <= l.end
	outcome := r.Outcome
	if started && !finished {
		outcome = platform.OutcomeUnfinished
	}
	b := append(l.line[:0], name...)
	b = append(b, ',')
	b = strconv.AppendInt(b, int64(replication)+1, 10)
	b = append(b, ',')
	b = appendSeconds(b, r.Arrival)
	b = append(b, ',')
	if started && r.Start <= l.end {
		b = appendSeconds(b, r.Start)
	}
	b = append(b, ',')
	if finished {
		b = appendSeconds(b, r.Completion)
	}
	b = append(b, ',')
	b = append(b, outcome.String()...)
	b = append(b, ',')
	if r.Instance > 0 {
		b = strconv.AppendInt(b, r.Instance, 10)
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

// close completes the log. An interrupted one keeps the rows of the finished and the
// begun replications under a name that says so.
func (l *requestLog) close(interrupted bool) error {
	path := l.path
	if interrupted {
		path += ".partial"
	}
	err := l.rows.Flush()
	if err == nil && !l.direct {
		err = l.file.Chmod(0o644)
	}
	if closing := l.file.Close(); err == nil {
		err = closing
	}
	if err == nil && !l.direct {
		err = os.Rename(l.file.Name(), path)
	}
	if err != nil {
		return l.error(err)
	}
	return nil
}

// abandon removes a log that was not completed; after close it does nothing.
func (l *requestLog) abandon() {
	if l.file.Close() == nil && !l.direct {
		_ = os.Remove(l.file.Name()) // nothing more can be done about it
	}
}

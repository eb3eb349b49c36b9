package dist

import (
	"io"
	"math"
	"os"

	"faaslab/sim/random"
)

// Trace is the process of recorded arrivals in a CSV file. Each row is an arrival time, or an
// arrival time and a service time, in decimal seconds from the start, in order. A header line and
// lines beginning with # are skipped. The path reads the file as it goes on, never as a whole, and
// rounds times to the nearest nanosecond. Reading the file again gives the same path: nothing is
// drawn.
//
// A file of up to 64 MB is read once in advance, when its notation is parsed, so errors in its rows
// are found then. Errors in a larger file are found when the path reaches them.
type Trace struct {
	File string // as written in the notation
	Dir  string // the folder that File is relative to; "" for the working directory

	// Results of reading the file in advance.
	Rows   int64  // number of rows; 0 for a larger file
	Last   int64  // last arrival, ns from time 0; 0 for a larger file
	Header string // the first row, in quotes and shortened, if it was taken for a header
}

// mostChecked is the size in bytes up to which a trace is read in advance: some five million rows,
// a third of a second.
const mostChecked = 64_000_000

var _ Arrivals = Trace{}

// trace returns a trace whose file has been checked.
func (p Parser) trace(name string) (any, error) {
	t := Trace{File: name, Dir: p.Dir}
	if err := p.refuse(name); err != nil {
		return nil, err
	}
	if p.unopened {
		return t, nil
	}
	return p.remember("trace "+name, func() (any, error) {
		err := t.check()
		return t, err
	})
}

// check reads all rows, or the first row of a large file, and sets Rows, Last and Header.
func (t *Trace) check() error {
	path, err := t.open()
	if err != nil {
		return err
	}
	defer path.rows.close()
	info, err := os.Stat(path.rows.name)
	if err != nil {
		return &RowError{path.rows.name, 0, "cannot be read: " + err.Error(), err}
	}
	if info.Size() > mostChecked {
		var gap, service [1]int64
		_, err := path.Fill(gap[:], service[:])
		t.Header = path.rows.header
		return err
	}
	var gaps, services [blockSize]int64
	for n := len(gaps); n == len(gaps); t.Rows += int64(n) {
		if n, err = path.Fill(gaps[:], services[:]); err != nil {
			return err
		}
	}
	t.Last, t.Header = path.last, path.rows.header
	return nil
}

// HasServices reports whether the rows hold service times, judged by the first row.
func (t Trace) HasServices() (bool, error) {
	path, err := t.open()
	if err != nil {
		return false, err
	}
	defer path.rows.close()
	var gap, service [1]int64
	if _, err = path.Fill(gap[:], service[:]); err != nil {
		return false, err
	}
	return path.columns == 2, nil
}

// Rate returns NaN: the rate is known only after the last row.
func (t Trace) Rate() float64 { return math.NaN() }

// Pattern returns the zero Pattern: a pattern is not known before all rows are read.
func (t Trace) Pattern() Pattern { return Pattern{} }

// Start opens the file; it draws nothing. The file is closed when the rows end.
func (t Trace) Start(random.Generator) (Source, error) {
	path, err := t.open()
	if err != nil {
		return nil, err
	}
	return path, nil
}

func (t Trace) open() (*tracePath, error) {
	path := Parser{Dir: t.Dir}.path(t.File)
	// Every sample path opens the trace again, which a pipe does not allow; opening a pipe would
	// also wait for its writer.
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		return nil, &RowError{path, 0, "is not a regular file, and a trace is read more than once", nil}
	}
	r, err := openRows(path)
	if err != nil {
		return nil, err
	}
	return &tracePath{rows: r}, nil
}

// arguments returns the call in the notation.
func (t Trace) arguments() (string, []value) {
	return "trace", []value{{text: t.File}}
}

// String returns the notation.
func (t Trace) String() string { return "trace(" + quoteFile(t.File) + ")" }

type tracePath struct {
	rows    *rows
	columns int   // 1 or 2, as in the first row; 0 before the first row
	last    int64 // arrival, ns
	failed  error // the error that ended the path, io.EOF for the regular end
}

// Fill reads rows. It writes service times to services unless services is nil.
func (p *tracePath) Fill(gaps, services []int64) (n int, err error) {
	for n < len(gaps) && p.failed == nil {
		arrival, service, err := p.row()
		if err != nil {
			p.failed = err
			p.rows.close()
			break
		}
		gaps[n] = arrival - p.last
		p.last = arrival
		if p.columns == 2 && services != nil {
			services[n] = service
		}
		n++
	}
	if p.failed == io.EOF {
		return n, nil
	}
	return n, p.failed
}

// row reads one arrival and, if there are two columns, its service time.
func (p *tracePath) row() (arrival, service int64, err error) {
	const accepted = "a row is an arrival time, or an arrival time, a comma and a service time, in seconds"
	row, err := p.rows.next()
	switch {
	case err == io.EOF && p.columns == 0:
		return 0, 0, &RowError{p.rows.name, 0, "holds no rows; " + accepted, nil}
	case err != nil:
		return 0, 0, err
	case len(row) == 0:
		return 0, 0, p.rows.errorf("an empty row; %s", accepted)
	}
	first, second, columns := cells(row)
	if columns != p.columns {
		if p.columns != 0 {
			return 0, 0, p.rows.errorf("the number of columns is %d, and that of the rows before %d", columns, p.columns)
		}
		if err := p.rows.refuseMoment(first); err != nil {
			return 0, 0, err
		}
		if columns > 2 {
			return 0, 0, p.rows.errorf("%d columns; %s", columns, accepted)
		}
		p.columns = columns
	}
	if arrival, err = p.rows.nanoseconds("arrival time", first); err != nil {
		return 0, 0, err
	}
	if arrival < p.last {
		return 0, 0, p.rows.errorf("the arrival time %s is before the one above it, %s; rows must be in order",
			FormatDuration(float64(arrival)/1e9), FormatDuration(float64(p.last)/1e9))
	}
	if columns == 2 {
		service, err = p.rows.nanoseconds("service time", second)
	}
	return arrival, service, err
}

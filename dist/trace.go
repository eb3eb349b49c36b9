package dist

import (
	"io"
	"math"
	"os"

	"faaslab/sim/random"
)

// Trace is the process of recorded arrivals: the rows of a CSV file, each an
// arrival time or an arrival time and a service time, in decimal seconds from the
// start, in order. A header line and lines beginning with # are skipped. The
// file is read as the path goes on, never as a whole; times are rounded to the
// nearest nanosecond. Reading it again gives the same path: nothing is drawn.
type Trace struct {
	File string // as written in the notation
	Dir  string // the folder that File is relative to; "" for the working directory
}

var _ Arrivals = Trace{}

// trace returns the trace of a file whose first row can be read.
func (p Parser) trace(name string) (any, error) {
	t := Trace{File: name, Dir: p.Dir}
	if err := p.refuse(name); err != nil {
		return nil, err
	}
	if !p.unopened {
		if _, err := t.HasServices(); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// HasServices tells whether the rows hold service times, by the first one.
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

// Rate returns NaN: it is known only after the last row.
func (t Trace) Rate() float64 { return math.NaN() }

// Pattern returns that of no change: it is not known before all rows are read.
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
	// A trace is opened again for every sample path, which a pipe cannot be; and
	// opening one would wait for its writer.
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		return nil, &RowError{path, 0, "is not a regular file, and a trace is read more than once", nil}
	}
	r, err := openRows(path)
	if err != nil {
		return nil, err
	}
	return &tracePath{rows: r}, nil
}

// String returns the notation.
func (t Trace) String() string { return "trace(" + quoteFile(t.File) + ")" }

type tracePath struct {
	rows    *rows
	columns int   // 1 or 2, as in the first row; 0 before it
	last    int64 // arrival, ns
	failed  error // what ended the path, io.EOF for its regular end
}

// Fill reads rows. Service times go to services unless it is nil.
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

// row reads one arrival and, of two columns, its service time.
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

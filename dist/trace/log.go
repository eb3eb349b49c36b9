package trace

import (
	"fmt"
	"hash/maphash"
	"io"
	"slices"

	"faaslab/dist"
)

// A Log is what the readers of one import share. The zero value is ready.
type Log struct {
	Functions []string // by the index of Row.Function
	Lines     int64    // read so far, of all files
	LeftOut   []Omission
	Remarks   []Omission // lines and cells that were read, although something about them is odd
	Notes     []string   // what a reader decided about a file as a whole
	Warnings  []string   // about which a reader is not sure
	NoTime    string     // the first cell that should be a time and is none, shortened and in quotes
	// Calendar reports whether times are since 1970. It is valid after the first row with a time.
	Calendar bool

	functions map[string]int32
	omissions map[string]int
	timed     bool // whether a row has decided about Calendar
}

// An Omission counts the lines that were left out for one reason.
type Omission struct {
	Reason string
	Count  int64
	File   string
	Line   int64 // the first, from 1
}

// leaveOut counts a line that is left out. Reasons are constants, so there are few.
func (l *Log) leaveOut(reason, file string, line int64) { l.leaveOutMany(reason, file, line, 1) }

func (l *Log) leaveOutMany(reason, file string, line, count int64) {
	i, ok := l.omissions[reason]
	if !ok {
		if l.omissions == nil {
			l.omissions = map[string]int{}
		}
		i = len(l.LeftOut)
		l.omissions[reason] = i
		l.LeftOut = append(l.LeftOut, Omission{Reason: reason, File: file, Line: line})
	}
	l.LeftOut[i].Count += count
}

// LeaveOut counts rows that the caller leaves out, for a reason that is a constant text.
func (l *Log) LeaveOut(reason, file string, line, count int64) {
	l.leaveOutMany(reason, file, line, count)
}

// remark counts lines or cells that are read, although something about them is odd. Reasons are
// constants, so there are few.
func (l *Log) remark(reason, file string, line, count int64) {
	i := slices.IndexFunc(l.Remarks, func(o Omission) bool { return o.Reason == reason })
	if i < 0 {
		i = len(l.Remarks)
		l.Remarks = append(l.Remarks, Omission{Reason: reason, File: file, Line: line})
	}
	l.Remarks[i].Count += count
}

// note adds a note, once.
func (l *Log) note(format string, arguments ...any) {
	l.Notes = once(l.Notes, fmt.Sprintf(format, arguments...))
}

// warn adds a warning, once.
func (l *Log) warn(format string, arguments ...any) {
	l.Warnings = once(l.Warnings, fmt.Sprintf(format, arguments...))
}

func once(texts []string, text string) []string {
	if slices.Contains(texts, text) {
		return texts
	}
	return append(texts, text)
}

// mostFunctions bounds the names that are kept.
const mostFunctions = 1_000_000

// function returns the index of a function's name.
func (l *Log) function(name []byte) int32 {
	if i, ok := l.functions[string(name)]; ok { // allocates nothing
		return i
	}
	if l.functions == nil {
		l.functions = map[string]int32{}
	}
	if len(l.Functions) == mostFunctions {
		l.warn("more than %d functions: the rest are taken for one; is the column right?", mostFunctions)
		return mostFunctions - 1
	}
	i := int32(len(l.Functions))
	l.functions[string(name)] = i
	l.Functions = append(l.Functions, string(name))
	return i
}

// identities hashes the names of requests and instances, which are compared only within a process.
var identities = maphash.MakeSeed()

// identity returns a number for the name of a request or an instance; 0 for no name.
func identity(name []byte) uint64 {
	if len(name) == 0 {
		return 0
	}
	return maphash.Bytes(identities, name) | 1
}

// Options say how a file is read.
type Options struct {
	Columns // of a table
	// Unit of durations that have none in the file, and of times that are not of the calendar; ns. 0:
	// the one in the column's name, or the format's own, or else seconds.
	Unit int64
	// Limits accepts a table of the memory of all instances of functions, too (MemoryLimit).
	Limits bool
	// Times say which moment of a request a time is, where the format leaves it open.
	Times Moment
}

// Columns are the names of columns, or #1 for the first one; empty: those that the reader finds, or
// none.
type Columns struct {
	Time, Duration, Startup, Cold, Function string
}

// A Moment is a moment in the course of a request.
type Moment uint8

const (
	AnyMoment Moment = iota // as the format has it, or as the rows show
	AtStart                 // the request's arrival
	AtEnd                   // its completion
)

// A Reader reads one file.
type Reader struct {
	log     *Log
	name    string
	decoder decoder
	lines   *lines
	options Options
	clock   clock
}

// A decoder reads the rows of one format.
type decoder interface {
	// next sets the row, which is cleared, or returns io.EOF or another error.
	next(*Row) error
}

// Read begins a file, whose contents are not compressed (see [Decompress]). The name stands in
// messages; some formats find the day or the metric in it.
func (l *Log) Read(f Format, name string, r io.Reader, o Options) *Reader {
	reader := &Reader{log: l, name: name, options: o, lines: newLines(r)}
	reader.decoder = f.open(reader)
	return reader
}

// Next sets row to the next row of the file; io.EOF after the last one.
func (r *Reader) Next(row *Row) error {
	before := r.lines.line
	err := r.decoder.next(row)
	r.log.Lines += r.lines.line - before
	if err == nil || err == io.EOF {
		return err
	}
	if _, ok := err.(*dist.RowError); ok {
		return err
	}
	return &dist.RowError{File: r.name, Line: int(r.lines.line), Message: "reading failed: " + Explain(err), Err: err}
}

// Quantiles returns the quantiles of the last row, of the kind Quantiles; valid until the next one.
func (r *Reader) Quantiles() []Quantile {
	if d, ok := r.decoder.(interface{ quantiles() []Quantile }); ok {
		return d.quantiles()
	}
	return nil
}

// Label returns a word about the function of the last row, which was a count; empty if the file has
// none. In the trace of Azure Functions of 2019 it is the trigger. It is valid until the next row.
func (r *Reader) Label() []byte {
	if d, ok := r.decoder.(interface{ label() []byte }); ok {
		return d.label()
	}
	return nil
}

func (r *Reader) leaveOut(reason string) { r.log.leaveOut(reason, r.name, r.lines.from) }

// wrong returns an error about the file as a whole.
func (r *Reader) wrong(format string, arguments ...any) error {
	return &dist.RowError{File: r.name, Line: int(r.lines.line), Message: fmt.Sprintf(format, arguments...)}
}

// Reasons that several formats have.
const (
	noTime          = "the time is not one"
	otherUnit       = "the time is in another unit than those before it"
	noDuration      = "the duration is not a number"
	negative        = "a negative duration"
	tooLong         = "a line longer than 1 MiB"
	emptyLine       = "an empty line"
	fewCells        = "fewer columns than the header has"
	cutOff          = "cut off at the end of the file"
	unequalQuotes   = "a quotation that is not closed"
	notJSON         = "not JSON"
	otherJSON       = "a JSON value without the names of this format"
	endBefore       = "the end is before the start"
	tooLongDuration = "a duration longer than a year"
)

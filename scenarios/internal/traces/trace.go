package traces

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"faaslab/dist"
	"faaslab/dist/trace"
	"faaslab/platform/cluster"
	"faaslab/sim"
	"faaslab/sim/random"
)

// A Trace is the functions of a recorded trace, and their requests.
type Trace struct {
	Functions []Function
	Requests  int64    // of all functions
	Last      sim.Time // no request arrives later
	Notes     []string // what was found, what was filled in and what was left out
	Files     []string // that were read, in the folder as it was named
	// Random reports whether anything of the requests is drawn: places within a minute, or durations.
	Random bool
	// Serves reports whether the trace has service times.
	Serves bool

	rows *rows // of single requests; nil: functions have arrivals of their own
}

// A Function has instances of its own: a function of the trace, or an app whose functions share them.
type Function struct {
	Name, App string            // the app is empty where the trace has none
	Memory    int64             // of an instance, MB
	Startup   dist.Distribution // nil: the trace does not say
	Arrivals  dist.Arrivals     // with service times, if the trace has any; nil: Trace.Rows has the requests
	Requests  int64
}

// Rows returns a fresh reader of all requests, in the order of their arrivals; nil if the functions
// have arrivals of their own.
func (t *Trace) Rows() cluster.Requests {
	if t.rows == nil {
		return nil
	}
	return t.rows.reader()
}

// Days are those from First to Last, as a trace numbers them.
type Days struct{ First, Last int }

func (d Days) String() string {
	if d.First == d.Last {
		return fmt.Sprintf("day %d", d.First)
	}
	return fmt.Sprintf("days %d..%d", d.First, d.Last)
}

// Options say what of a trace is taken, and how what it lacks is filled in. The zero value takes all.
type Options struct {
	Days *Days // that are taken; nil: all there are
	// From and To bound the time, from the beginning of the first day or of the trace; To 0: to the end.
	From, To sim.Time
	// ByFunction gives each function instances of its own, in place of each app.
	ByFunction bool
	Spread     trace.Spread
	Durations  Durations
	Memory     int64 // MB of each instance; 0: as the trace says
	Peak       bool  // memory is the 100th percentile of an app's, not its average
	Drop       bool  // functions without durations or memory are left out, and not filled in
	Public     bool  // the public set
	DelayUnit  int64 // of Huawei's delays, ns; 0: ms
	Region     string
	Sample     int // one in so many apps; 0: all
	Top        int // the busiest; 0: all
}

// Durations says which law a function's durations have.
type Durations uint8

// The laws: the piecewise linear one through the percentiles; the constant average; the lognormal
// law of the median and the average.
const (
	Percentiles Durations = iota
	Average
	Lognormal
)

// DurationNames are the names of the laws.
var DurationNames = []string{"percentiles", "average", "lognormal"}

// String returns the name of the law.
func (d Durations) String() string { return DurationNames[d] }

// what a trace lacks.
const (
	// medianMemory is that of an app's memory by Shahrad et al., "Serverless in the Wild" (USENIX ATC
	// 2020), in MB.
	medianMemory = 170
	// constantMemory is that of the functions of traces without any, as the sampler invitro has it.
	constantMemory = 200
	// fittedMu and fittedSigma are the parameters of the lognormal law that Shahrad et al. fit to the
	// durations of all functions, in seconds.
	fittedMu, fittedSigma = -0.38, 2.36
	// fittedMedian is its median, exp(−0.38) s, in ms.
	fittedMedian = 684 * trace.Millisecond
	// least is the duration that one of 0 stands for.
	least = trace.Millisecond
)

// A source is a folder, or a file, that is being read.
type source struct {
	path    string // of the folder or file
	shown   string // as it was named
	options Options
	log     trace.Log
	files   []string
	notes   []string
}

func (s *source) note(format string, arguments ...any) {
	s.notes = append(s.notes, fmt.Sprintf(format, arguments...))
}

// noteCount adds a note about a number of things, if there are any.
func (s *source) noteCount(n int64, one, many string) {
	switch {
	case n == 1:
		s.note("%s", strings.Replace(one, "%d", "1", 1))
	case n > 1:
		s.note(many, n)
	}
}

// list returns the files of a folder, in the order of their names.
func (s *source) list(folder string) ([]string, error) {
	path := filepath.Join(s.path, folder)
	entries, err := os.ReadDir(path)
	if err != nil {
		if info, failed := os.Stat(path); failed == nil && !info.IsDir() {
			return nil, fmt.Errorf("%s is a file; want the folder of the trace's files", path)
		}
		return nil, unreadable(path, err)
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

func unreadable(path string, err error) error {
	if p, ok := err.(*fs.PathError); ok {
		err = p.Err
	}
	return &dist.RowError{File: path, Message: "cannot be read: " + err.Error(), Err: err}
}

// A file is an open file of a trace.
type file struct {
	*trace.Reader
	close func()
}

// open opens a file of the source, which may be compressed.
func (s *source) open(log *trace.Log, format, name string, o trace.Options) (f file, err error) {
	path := filepath.Join(s.path, name)
	opened, err := os.Open(path)
	if err != nil {
		return f, unreadable(path, err)
	}
	plain, err := trace.Decompress(opened)
	if err != nil {
		opened.Close()
		return f, &dist.RowError{File: path, Message: "reading failed: " + trace.Explain(err), Err: err}
	}
	of, err := trace.FindFormat(format)
	if err != nil {
		panic(err)
	}
	return file{log.Read(of, path, plain, o), func() {
		_ = plain.Close() // only read
		_ = opened.Close()
	}}, nil
}

// took notes a file that is read.
func (s *source) took(name string) { s.files = append(s.files, filepath.Join(s.shown, name)) }

// each reads all rows of a file of the source.
func (s *source) each(format, name string, o trace.Options, row func(*trace.Row, *trace.Reader) error) error {
	f, err := s.open(&s.log, format, name, o)
	if err != nil {
		return err
	}
	defer f.close()
	s.took(name)
	var r trace.Row
	any := false
	if err := untilEnd(func() error {
		if err := f.Next(&r); err != nil {
			return err
		}
		any = true
		return row(&r, f.Reader)
	}); err != nil {
		return err
	}
	if !any {
		s.note("nothing is in %s", filepath.Join(s.shown, name))
	}
	return nil
}

// sampled reports whether an app is in the sample: its hash is below 1/n of all.
func (s *source) sampled(app string) bool {
	n := s.options.Sample
	return n <= 1 || InSample(app, n)
}

// InSample reports whether an app is in a sample of one in n.
func InSample(app string, n int) bool {
	h := fnv.New64a()
	h.Write([]byte(app))
	// The bits of FNV are mixed: those of names that differ in their last letters alone are alike.
	return random.NewFamily(h.Sum64(), 0, "sample").Seed(0) <= math.MaxUint64/uint64(n)
}

// busiest returns which of several functions are the n with the most requests, the first of equals.
func busiest(requests []int64, n int) []bool {
	order := make([]int, len(requests))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(requests[b], requests[a]) })
	chosen := make([]bool, len(requests))
	for _, i := range order[:min(n, len(order))] {
		chosen[i] = true
	}
	return chosen
}

// Busiest keeps the n elements with the largest weights, in their order.
func Busiest[T any](all []T, n int, weight func(*T) float64) []T {
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(weight(&all[b]), weight(&all[a])) })
	order = order[:min(n, len(order))]
	slices.Sort(order)
	kept := make([]T, len(order))
	for i, at := range order {
		kept[i] = all[at]
	}
	return kept
}

// window returns the bounds of time that the options leave, relative to the beginning of the trace or of the first day.
func (o *Options) window() (from, to int64) {
	if o.To == 0 {
		return int64(o.From), math.MaxInt64
	}
	return int64(o.From), int64(o.To)
}

// leftOut notes what the readers left out and found odd.
func (s *source) leftOut(known map[string]string) {
	for _, l := range slices.Concat(s.log.LeftOut, s.log.Remarks) {
		text, ok := known[l.Reason]
		if ok && text == "" {
			continue
		}
		what := "left out"
		if ok {
			what = text
		}
		times := ""
		if l.Count > 1 {
			times = fmt.Sprintf(" %d times,", l.Count)
		}
		first := ""
		if l.Line > 0 {
			first = fmt.Sprintf(" (first at %s:%d)", filepath.Base(l.File), l.Line)
		}
		s.note("%s:%s %s%s", l.Reason, times, what, first)
	}
	for _, w := range slices.Concat(s.log.Warnings, s.log.Notes) {
		s.note("%s", strings.TrimSuffix(w, " (--times end for completions)")) // a flag of import
	}
}

// checkNotEmpty returns an error if no request is left.
func (s *source) checkNotEmpty(t *Trace) error {
	if t.Requests > 0 {
		return nil
	}
	o, what := &s.options, "no request"
	if o.Days != nil {
		what += " on " + o.Days.String()
	}
	if o.From > 0 || o.To > 0 {
		what += " between from and to"
	}
	if o.Sample > 1 {
		what += fmt.Sprintf(" of an app in the sample of 1/%d", o.Sample)
	}
	if s.log.LeftOut != nil {
		l := &s.log.LeftOut[0]
		what += fmt.Sprintf(", and what is left out is %s (first at %s:%d)", l.Reason, filepath.Base(l.File), l.Line)
	}
	return fmt.Errorf("%s has %s; want more of it", s.shown, what)
}

// plural writes a number with its noun.
func plural[T int | int64](n T, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

package traces

import (
	"errors"
	"fmt"
	"io"
	"math"

	"faaslab/dist/trace"
	"faaslab/platform/cluster"
	"faaslab/sim"
)

// untilEnd calls next until it returns an error, and returns that unless it is io.EOF.
func untilEnd(next func() error) error {
	for {
		if err := next(); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
	}
}

// mostHeld is how many requests are held in memory, 20 bytes each; of more, the files are read again
// by every replication.
var mostHeld = int64(10_000_000)

// rows are the single requests of a trace, in the order of their arrivals.
type rows struct {
	held []*chunk
	n    int64
	// again reads the files once more; it is used if there are too many requests to be held.
	again func() (next func() (cluster.Request, error), stop func(), err error)
}

// A chunk holds some requests: growing slices would copy them.
type chunk struct {
	at, service [chunkSize]int64
	function    [chunkSize]int32
}

const chunkSize = 1 << 12

// add holds one more request, unless there are too many.
func (r *rows) add(q cluster.Request) {
	k := r.n % chunkSize
	r.n++
	if r.n > mostHeld {
		r.held = nil
		return
	}
	if k == 0 {
		r.held = append(r.held, new(chunk))
	}
	c := r.held[len(r.held)-1]
	c.at[k], c.service[k], c.function[k] = int64(q.Arrival), int64(q.Service), int32(q.Function)
}

// reader returns a reader from the first request on.
func (r *rows) reader() cluster.Requests {
	if r.held == nil {
		return r.reread()
	}
	i := int64(0)
	return func() (q cluster.Request, ok bool, err error) {
		if i == r.n {
			return q, false, nil
		}
		c, k := r.held[i/chunkSize], i%chunkSize
		i++
		return cluster.Request{Arrival: sim.Time(c.at[k]), Function: int(c.function[k]), Service: sim.Time(c.service[k])}, true, nil
	}
}

func (r *rows) reread() cluster.Requests {
	next, stop, failed := r.again()
	return func() (q cluster.Request, ok bool, err error) {
		if failed != nil {
			return q, false, failed
		}
		if next == nil {
			return q, false, nil
		}
		if q, err = next(); err != nil {
			stop()
			next = nil
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return cluster.Request{}, false, err
		}
		return q, true, nil
	}
}

// A merger reads the requests of several files in the order of their arrivals.
type merger struct {
	s     *source
	log   *trace.Log
	files []*mergedFile // a heap: the file with the earliest next row first
	order trace.Order
	// Requests that arrive, and that end, before the one above them in their file.
	unsorted, unsortedEnds int64
}

// A mergedFile is one of a merger, with its next row.
type mergedFile struct {
	file
	name  string
	place int // among the files
	row   trace.Row
	// The time and the end of the row before.
	at, end int64
}

func (a *mergedFile) before(b *mergedFile) bool {
	return a.row.Time < b.row.Time || a.row.Time == b.row.Time && a.place < b.place
}

// merge opens files of requests.
func (s *source) merge(log *trace.Log, format string, names []string, o trace.Options) (*merger, error) {
	m := &merger{s: s, log: log}
	for i, name := range names {
		f, err := s.open(log, format, name, o)
		if err != nil {
			m.stop()
			return nil, err
		}
		one := &mergedFile{file: f, name: name, place: i, at: math.MinInt64, end: math.MinInt64}
		ok, err := m.advance(one)
		if err != nil {
			one.close()
			m.stop()
			return nil, err
		}
		if ok {
			m.files = append(m.files, one)
		}
	}
	for i := len(m.files)/2 - 1; i >= 0; i-- {
		m.sift(i)
	}
	return m, nil
}

func (m *merger) stop() {
	for _, f := range m.files {
		f.close()
	}
	m.files = nil
}

// advance reads the next request of a file; ok is false at its end, which closes it.
func (m *merger) advance(f *mergedFile) (ok bool, err error) {
	for {
		switch err := f.Next(&f.row); {
		case errors.Is(err, io.EOF):
			f.close()
			return false, nil
		case err != nil:
			return false, err
		}
		if f.row.Kind != trace.Request {
			m.log.LeaveOut(noRequest, f.name, f.row.Line, 1)
			continue
		}
		if f.row.AtEnd {
			f.row.Time -= f.row.Service
		}
		if f.row.Time < f.at {
			m.unsorted++
		}
		end := f.row.Time + max(f.row.Service, 0)
		if end < f.end {
			m.unsortedEnds++
		}
		f.at, f.end = f.row.Time, end
		return true, nil
	}
}

// sift moves a file down to its place in the heap.
func (m *merger) sift(i int) {
	for {
		first := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(m.files); child++ {
			if m.files[child].before(m.files[first]) {
				first = child
			}
		}
		if first == i {
			return
		}
		m.files[i], m.files[first] = m.files[first], m.files[i]
		i = first
	}
}

// next returns the next request; io.EOF after the last.
func (m *merger) next(r *trace.Row) error {
	for !m.order.Full() && len(m.files) > 0 {
		f := m.files[0]
		if err := m.order.Add(&f.row, f.name); err != nil {
			return err
		}
		ok, err := m.advance(f)
		if err != nil {
			return err
		}
		if !ok {
			last := len(m.files) - 1
			m.files[0] = m.files[last]
			m.files = m.files[:last]
		}
		m.sift(0)
	}
	return m.order.Take(r)
}

// A rowReader makes requests of the functions of a trace of rows.
type rowReader struct {
	s                      *source
	apps                   bool // functions are those of apps
	memory                 func(index int, r *trace.Row) int64
	names                  map[string]int
	units                  []Function
	of                     []int32 // by index in the log: the unit; -1: not in the sample; -2: not known yet
	short                  int64   // requests with a duration of 0
	zero                   int64   // ns: time 0 in the trace's own time
	begun                  bool
	from, to               int64
	relative               bool // time 0 is that of the first request
	started                int64
	last                   int64
	sameMoment             int64
	unsorted, unsortedEnds int64
	kept                   []bool // by unit: of the busiest; nil: all
	number                 []int  // by unit: its number among the kept
}

const unknownUnit = -2

// unit returns the unit of a row's function, or one below 0.
func (u *rowReader) unit(log *trace.Log, r *trace.Row) int32 {
	for len(u.of) <= int(r.Function) {
		u.of = append(u.of, unknownUnit)
	}
	if u.of[r.Function] != unknownUnit {
		return u.of[r.Function]
	}
	name, app := log.Functions[r.Function], ""
	if u.apps {
		app = appOf(name)
		if !u.s.options.ByFunction {
			name = app
		}
	}
	hashed := app
	if app == "" {
		hashed = name
	}
	if !u.s.sampled(hashed) {
		u.of[r.Function] = -1
		return -1
	}
	i, ok := u.names[name]
	if !ok {
		i = len(u.units)
		u.names[name] = i
		u.units = append(u.units, Function{Name: name, App: app, Memory: u.memory(i, r)})
	}
	u.of[r.Function] = int32(i)
	return int32(i)
}

// request makes a request of a row; false if it is not asked for.
func (u *rowReader) request(log *trace.Log, r *trace.Row) (q cluster.Request, ok bool) {
	if u.relative && !u.begun {
		u.zero, u.begun = r.Time, true
	}
	at := r.Time - u.zero
	if at < u.from || at >= u.to {
		return q, false
	}
	i := u.unit(log, r)
	if i < 0 || u.kept != nil && !u.kept[i] {
		return q, false
	}
	service := r.Service
	if service < least {
		service = least
		if r.Service == 0 {
			u.short++
		}
	}
	at -= u.from
	if u.started > 0 && at == u.last {
		u.sameMoment++
	}
	u.started++
	u.last = at
	if u.number != nil {
		i = int32(u.number[i])
	}
	return cluster.Request{Arrival: sim.Time(at), Function: int(i), Service: sim.Time(service)}, true
}

// noRequest is a row of another table of the trace.
const noRequest = "a row that is no request"

// negative is what becomes of a request that began before the trace.
const negative = "a request that began before the trace"

// readRows reads the requests of files, once to know the functions and, of the busiest alone or where
// there are too many, again.
func (s *source) readRows(format string, names []string, o trace.Options, u *rowReader) (*Trace, error) {
	u.s, u.names = s, map[string]int{}
	u.from, u.to = s.options.window()
	for _, name := range names {
		s.took(name)
	}
	all := &rows{}
	pass := func(log *trace.Log, u *rowReader, do func(cluster.Request)) error {
		m, err := s.merge(log, format, names, o)
		if err != nil {
			return err
		}
		defer func() {
			m.stop()
			u.unsorted, u.unsortedEnds = m.unsorted, m.unsortedEnds
		}()
		var r trace.Row
		return untilEnd(func() error {
			if err := m.next(&r); err != nil {
				return err
			}
			if r.Time < 0 {
				r.Time = 0
				log.LeaveOut(negative, names[0], r.Line, 1)
			}
			if q, ok := u.request(log, &r); ok {
				do(q)
			}
			return nil
		})
	}
	err := pass(&s.log, u, func(q cluster.Request) {
		u.units[q.Function].Requests++
		all.add(q)
	})
	if err != nil {
		return nil, err
	}
	t := &Trace{Functions: u.units, Requests: all.n, Last: sim.Time(u.last), Serves: true, rows: all}
	if top := s.options.Top; top > 0 && top < len(u.units) {
		t.chooseTop(u, top)
	}
	if all.held == nil && all.n > 0 {
		again := *u
		all.again = func() (func() (cluster.Request, error), func(), error) {
			log, u := &trace.Log{}, again // functions have the same numbers again
			u.begun = false
			m, err := s.merge(log, format, names, o)
			if err != nil {
				return nil, nil, err
			}
			return func() (cluster.Request, error) {
				var r trace.Row
				for {
					if err := m.next(&r); err != nil {
						return cluster.Request{}, err
					}
					r.Time = max(r.Time, 0)
					if q, ok := u.request(log, &r); ok {
						return q, nil
					}
				}
			}, m.stop, nil
		}
	}
	return t, nil
}

// chooseTop keeps the busiest functions, and their requests.
func (t *Trace) chooseTop(u *rowReader, top int) {
	requests := make([]int64, len(u.units))
	for i := range u.units {
		requests[i] = u.units[i].Requests
	}
	u.kept, u.number = busiest(requests, top), make([]int, len(u.units))
	var functions []Function
	for i, kept := range u.kept {
		if kept {
			u.number[i] = len(functions)
			functions = append(functions, u.units[i])
		}
	}
	before := t.rows
	t.Functions, t.Requests, t.rows = functions, 0, &rows{}
	for _, f := range functions {
		t.Requests += f.Requests
	}
	if before.held == nil {
		t.rows = before
		before.n = t.Requests
		return
	}
	t.Last = 0
	next := before.reader()
	for {
		q, ok, _ := next()
		if !ok {
			return
		}
		if u.kept[q.Function] {
			q.Function = u.number[q.Function]
			t.rows.add(q)
			t.Last = q.Arrival
		}
	}
}

// appOf returns the app in the name of a function, app/function.
func appOf(name string) string {
	for i := range len(name) {
		if name[i] == '/' {
			return name[:i]
		}
	}
	return name
}

// describe says how many functions and requests a trace has.
func (t *Trace) describe(name, unit string) string {
	return fmt.Sprintf("%s: %s and %s, the last at %v", name, plural(len(t.Functions), unit), plural(t.Requests, "request"), t.Last)
}

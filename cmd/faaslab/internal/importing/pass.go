package importing

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"faaslab/cmd/faaslab/internal/exit"
	"faaslab/cmd/faaslab/internal/format"
	"faaslab/dist/trace"
)

// A pass reads all files once, counts the requests of all functions, and takes those of one: the
// first that fits.
type pass struct {
	ctx      context.Context
	format   trace.Format
	sources  []*source
	settings trace.Options
	o        Options
	fits     func(function string) bool

	log       trace.Log
	functions []functionCount // by index
	taken     int32           // the index of the function that is taken; -1: none yet
	collector *collector
	order     trace.Order
	raised    int64                        // durations of 0
	kinds     [trace.MemoryLimit + 1]int64 // rows
	// Whether the first request has no time, and whether there was one.
	untimed, decided bool

	// Of formats that have not all about a request in a row:
	startups map[uint64]int64 // by request
	apart    bool             // whether there were rows of cold starts
	slots    []trace.Row      // counts
	means    map[int64]int64  // durations by the beginning of a slot
	profiles []profile
	memories map[string]int32 // MB, by app: of all its functions together
	existing meanOf           // instances
}

// A functionCount counts the requests of a function.
type functionCount struct{ requests, colds int64 }

// A profile is what a trace says of the durations of a function on one day.
type profile struct {
	points []trace.Quantile
	mean   int64 // ns
	weight int64
}

func (p *pass) run() error {
	p.taken, p.startups, p.means, p.memories = -1, map[uint64]int64{}, map[int64]int64{}, map[string]int32{}
	var file io.WriteCloser
	if p.o.Create != nil {
		file = &lateFile{create: func() (io.WriteCloser, error) { return p.o.Create(ArrivalsFile) }}
		defer file.Close() // again, after an error
	}
	p.collector = newCollector(file)
	if err := p.read(); err != nil {
		return err
	}
	if err := p.spread(); err != nil {
		return err
	}
	for row := (trace.Row{}); p.order.Take(&row) == nil; {
		if err := p.collector.add(&row); err != nil {
			return err
		}
	}
	if file == nil {
		return nil
	}
	if err := p.collector.flush(); err != nil {
		return err
	}
	return file.Close()
}

// A lateFile is created when something is written: a log without times has no arrivals.
type lateFile struct {
	create func() (io.WriteCloser, error)
	file   io.WriteCloser
}

func (f *lateFile) Write(text []byte) (int, error) {
	if f.file == nil && len(text) > 0 {
		var err error
		if f.file, err = f.create(); err != nil {
			return 0, err
		}
	}
	if f.file == nil {
		return 0, nil
	}
	return f.file.Write(text)
}

func (f *lateFile) Close() error {
	if f.file == nil {
		return nil
	}
	return f.file.Close()
}

// An opened file has the row that comes next in row.
type opened struct {
	*source
	reader   *trace.Reader
	contents io.Closer
	row      trace.Row
}

// key orders the rows of several files: what is no request comes first, since requests need it.
func (f *opened) key() int64 {
	if f.row.Kind != trace.Request {
		return math.MinInt64
	}
	return f.row.Time
}

// A waiting file is opened when its first row is due.
type waiting struct {
	*source
	key int64
}

// mostOpen is the number of files that may overlap in time.
const mostOpen = 500

// read reads all files, merged by the times of their rows.
func (p *pass) read() error {
	var active []*opened
	defer func() {
		for _, f := range active {
			_ = f.contents.Close() // only read
		}
	}()
	begin := func(s *source) error {
		if len(active) == mostOpen {
			return fmt.Errorf("more than %d files overlap in time; want them joined into fewer, such as by cat", mostOpen)
		}
		f, err := p.begin(s, &p.log)
		if f != nil {
			active = append(active, f)
		}
		return err
	}
	var later []waiting
	for _, s := range p.sources {
		if len(p.sources) > 1 && !s.Once {
			key, some, err := p.firstKey(s)
			if err != nil {
				return err
			}
			if some {
				later = append(later, waiting{s, key})
				continue
			}
		}
		if err := begin(s); err != nil { // at once: there is no first row, or it cannot be read twice
			return err
		}
	}
	slices.SortStableFunc(later, func(a, b waiting) int { return cmp.Compare(a.key, b.key) })
	earliest := func(a, b *opened) int { return cmp.Compare(a.key(), b.key()) }
	for len(active) > 0 || len(later) > 0 {
		for len(later) > 0 && (len(active) == 0 || later[0].key < slices.MinFunc(active, earliest).key()) {
			if err := begin(later[0].source); err != nil {
				return err
			}
			later = later[1:]
		}
		next := slices.MinFunc(active, earliest)
		until := int64(math.MaxInt64) // the first row of another file
		if len(later) > 0 {
			until = later[0].key
		}
		for _, f := range active {
			if f != next {
				until = min(until, f.key())
			}
		}
		for next.key() <= until {
			if err := p.row(next); err != nil {
				return err
			}
			err := next.reader.Next(&next.row)
			if err == io.EOF {
				active = slices.DeleteFunc(active, func(f *opened) bool { return f == next })
				if err := next.contents.Close(); err != nil {
					return readError(next.Name, err)
				}
				break
			}
			if err != nil {
				return readFault(err)
			}
		}
	}
	return nil
}

// begin opens a file and reads its first row; nil without one.
func (p *pass) begin(s *source, log *trace.Log) (*opened, error) {
	contents, err := s.open(p.ctx)
	if err != nil {
		return nil, err
	}
	f := &opened{source: s, contents: contents, reader: log.Read(p.format, s.Name, contents, p.settings)}
	switch err := f.reader.Next(&f.row); {
	case err == io.EOF:
		return nil, contents.Close()
	case err != nil:
		_ = contents.Close() // the first error is the one to report
		return nil, readFault(err)
	}
	return f, nil
}

// firstKey returns the key of the first row of a file, without taking the row; false without one.
func (p *pass) firstKey(s *source) (key int64, some bool, err error) {
	var log trace.Log // for what is counted again when the file is read
	f, err := p.begin(s, &log)
	if err != nil || f == nil {
		return 0, false, err
	}
	return f.key(), true, f.contents.Close()
}

// readFault returns the error of a reader with its exit code.
func readFault(err error) error {
	if coded := new(exit.Error); errors.As(err, &coded) {
		return coded
	}
	if errors.As(err, new(*fs.PathError)) {
		return &exit.Error{Code: exit.IO, Err: err}
	}
	return err
}

// takes reports whether the rows of a function are taken.
func (p *pass) takes(function int32) bool {
	if p.taken < 0 && p.fits(p.log.Functions[function]) {
		p.taken = function
	}
	return function == p.taken
}

// row takes the row that a file has next.
func (p *pass) row(f *opened) error {
	row := &f.row
	for len(p.functions) < len(p.log.Functions) {
		p.functions = append(p.functions, functionCount{})
	}
	count := &p.functions[row.Function]
	p.kinds[row.Kind]++
	switch row.Kind {
	case trace.Request:
		count.requests++
		if row.Start == trace.Cold {
			count.colds++
		}
	case trace.Count:
		count.requests += row.Count
	}
	if app, ok := strings.CutSuffix(p.log.Functions[row.Function], "/"); ok && row.Kind == trace.Memory {
		if _, known := p.memories[app]; !known {
			p.memories[app] = row.Memory
		}
		return nil
	}
	if !p.takes(row.Function) {
		return nil
	}
	switch row.Kind {
	case trace.Request:
		return p.request(f)
	case trace.Count:
		if len(p.slots) > 0 && p.slots[0].Width != row.Width {
			return fmt.Errorf("%s: requests are counted by another span of time than in the file before it; want files of one", f.Name)
		}
		p.slots = append(p.slots, *row)
	case trace.ColdStart:
		p.apart = true
		if row.Request != 0 { // a request may start several instances, and waits for one of them
			p.startups[row.Request] = max(p.startups[row.Request], row.Startup)
		}
	case trace.MeanDuration:
		p.means[row.Time] = row.Service
	case trace.Quantiles:
		p.profiles = append(p.profiles, profile{slices.Clone(f.reader.Quantiles()), row.Service, max(1, row.Count)})
	case trace.Instances:
		p.existing.sum += float64(row.Count)
		p.existing.n++
	}
	return nil
}

// request takes a request that a file has next.
func (p *pass) request(f *opened) error {
	row := f.row
	if p.apart && row.Start == trace.UnknownStart {
		row.Start = trace.Warm
		if startup, ok := p.startups[row.Request]; ok {
			row.Start, row.Startup = trace.Cold, startup
			p.functions[row.Function].colds++
		}
	}
	if row.Service == 0 && p.format.Least > 0 {
		row.Service = p.format.Least
		p.raised++
	}
	if row.AtEnd {
		if response := row.Response(); response != trace.Unknown {
			row.Time -= response
		}
	}
	switch untimed := row.Time == trace.Unknown; {
	case p.decided && untimed != p.untimed:
		p.log.LeaveOut("a request with a time where others have none, or without one where others have it", f.Name, row.Line, 1)
		return nil
	case untimed:
		p.decided, p.untimed = true, true
		return p.collector.add(&row)
	}
	p.decided = true
	for p.order.Full() {
		var first trace.Row
		if err := p.order.Take(&first); err != nil {
			return err
		}
		if err := p.collector.add(&first); err != nil {
			return err
		}
	}
	return p.order.Add(&row, f.Name)
}

// An arrival is a request of a count, and its mean duration; ns.
type arrival struct{ at, service int64 }

func earlier(a, b arrival) int { return cmp.Compare(a.at, b.at) }

// spread adds the requests that counts stand for, in order. Slots of one time overlap, as those of
// a minute that is in two files.
func (p *pass) spread() error {
	slices.SortStableFunc(p.slots, func(a, b trace.Row) int { return cmp.Compare(a.Time, b.Time) })
	g := rand.New(rand.NewPCG(0x1f0a5, 0))
	var times []int64
	var held []arrival // until no later slot can have an earlier one, in order
	add := func(before int64) error {
		row := trace.Row{Wait: trace.Unknown, Startup: trace.Unknown, Function: p.taken}
		n := 0
		for ; n < len(held) && held[n].at < before; n++ {
			row.Time, row.Service = held[n].at, held[n].service
			if err := p.collector.add(&row); err != nil {
				return err
			}
		}
		held = slices.Delete(held, 0, n)
		return nil
	}
	for i := range p.slots {
		slot := &p.slots[i]
		if p.ctx.Err() != nil {
			return interruptedError()
		}
		if err := add(slot.Time); err != nil {
			return err
		}
		service := int64(trace.Unknown)
		if mean, ok := p.means[slot.Time/trace.Minute*trace.Minute]; ok {
			service = mean
		} else if mean, ok := p.means[slot.Time]; ok {
			service = mean
		}
		overlaps := len(held) > 0
		times = p.o.Spread.Times(times[:0], slot.Time, slot.Width, slot.Count, g)
		for _, at := range times {
			held = append(held, arrival{at, service})
		}
		if overlaps {
			slices.SortStableFunc(held, earlier)
		}
	}
	return add(math.MaxInt64)
}

// matching says how well a text names a function: 3 if it is its name, 2 if it is a part of it, as the
// function in an app, 1 if the name, a part of it or each of its parts begins so, else 0. A part may
// end in …, as in what is shown.
func matching(text, name string) int {
	if text == name {
		return 3
	}
	parts := strings.Split(strings.ReplaceAll(name, "---", "/"), "/")
	if slices.Contains(parts, text) {
		return 2
	}
	begins := func(part, with string) bool { return strings.HasPrefix(part, strings.TrimSuffix(with, "…")) }
	if begins(name, text) || slices.ContainsFunc(parts, func(part string) bool { return begins(part, text) }) {
		return 1
	}
	texts := strings.Split(strings.ReplaceAll(text, "---", "/"), "/")
	if len(texts) != len(parts) {
		return 0
	}
	for i, part := range parts {
		if !begins(part, texts[i]) {
			return 0
		}
	}
	return 1
}

// choose returns the function that is asked for, or the busiest.
func (p *pass) choose(asked string) (int32, error) {
	total := int64(0)
	for _, c := range p.functions {
		total += c.requests
	}
	if total == 0 {
		return 0, p.nothing()
	}
	best, rank, several := int32(-1), 0, false
	for i, c := range p.functions {
		if c.requests == 0 {
			continue
		}
		fits := 1
		if asked != "" {
			fits = matching(asked, p.log.Functions[i])
		}
		switch {
		case fits == 0 || fits < rank:
		case fits > rank:
			best, rank, several = int32(i), fits, false
		case asked != "":
			several = true
		case c.requests > p.functions[best].requests:
			best = int32(i)
		}
	}
	switch {
	case best < 0:
		return 0, fmt.Errorf("--function %s: the log has no request of it; want one of %s", asked, p.names(""))
	case several:
		return 0, fmt.Errorf("--function %s: several functions fit; want one of %s", asked, p.names(asked))
	}
	return best, nil
}

// busiest returns the indices of the functions with requests, the busiest first.
func (p *pass) busiest() (order []int) {
	for i, c := range p.functions {
		if c.requests > 0 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p.functions[b].requests, p.functions[a].requests) })
	return order
}

// names lists the busiest functions for a message: of those that a text fits, if it is not empty.
func (p *pass) names(asked string) string {
	const most = 5
	order := p.busiest()
	if asked != "" {
		order = slices.DeleteFunc(order, func(i int) bool { return matching(asked, p.log.Functions[i]) == 0 })
	}
	var names []string
	for _, i := range order[:min(most, len(order))] {
		name := p.log.Functions[i]
		if name == "" {
			name = "(without a name)"
		}
		names = append(names, name)
	}
	text := strings.Join(names, ", ")
	if more := len(order) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// otherRows names the rows that are no requests, by their kind.
var otherRows = [trace.MemoryLimit + 1]string{trace.ColdStart: "cold starts", trace.Quantiles: "quantiles of durations",
	trace.MeanDuration: "durations", trace.Memory: "memory", trace.Instances: "numbers of instances", trace.MemoryLimit: "memory"}

// nothing returns the error of files without a request, which says what was left out, and of which
// format the files are if they are of another.
func (p *pass) nothing() error {
	text := fmt.Sprintf("%s: found no request in the format %s", p.sources[0].Name, p.format.Name)
	if len(p.sources) > 1 {
		text = fmt.Sprintf("%s and %s: found no request in the format %s", p.sources[0].Name, format.Counted(len(p.sources)-1, "other file"), p.format.Name)
	}
	for i, o := range p.log.LeftOut {
		separator := "; "
		if i == 0 {
			separator = ", but left out "
		}
		text += fmt.Sprintf("%s%s (%s, first in line %d)", separator, format.Counted(int(o.Count), "line"), o.Reason, o.Line)
	}
	if p.log.NoTime != "" {
		text += fmt.Sprintf("; the first that is no time is %s; want a date such as 2023-11-14T22:13:20.5Z, or a number such as 1700000000.5", p.log.NoTime)
	}
	var others []string
	for kind, what := range otherRows {
		if p.kinds[kind] > 0 {
			others = append(others, what)
		}
	}
	switch {
	case len(others) > 0:
		text += fmt.Sprintf(", only %s; want the file of requests beside it", strings.Join(others, " and "))
	case len(p.log.LeftOut) == 0:
		text += ", nor anything else"
	}
	return p.orOther(errors.New(text))
}

// orOther adds to an error about the contents of the files of which format they are, if they are of
// another than the one that they are read in.
func (p *pass) orOther(err error) error {
	if errors.As(err, new(*exit.Error)) {
		return err
	}
	for _, s := range p.sources {
		if found, ok := trace.Recognize(s.head); ok && found.Name != p.format.Name {
			return fmt.Errorf("%w\n%s looks like %s (%s): %s", err, s.Name, found.Name, found.Title, format.CommandLine("import", found.Name, s.Name))
		}
	}
	return err
}

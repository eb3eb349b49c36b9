package importing

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"faaslab/dist/trace"
)

// Options say what is imported and how.
type Options struct {
	Format   string // empty: recognized
	Function string // a name or the unique beginning of one; of a table, a column, or COLUMN=NAME; empty: the busiest
	Laws     string // what the scenario says of durations: a name of Laws; empty: empirical
	Columns  trace.Columns
	Unit     int64 // ns; 0: as the file has it
	Times    trace.Moment
	Spread   trace.Spread // of counts
	// Create begins a file of the scenario, or begins it again; nil: nothing is written.
	Create func(name string) (io.WriteCloser, error)
	// Progress is told the fraction of the files that is read, of each pass through them; nil: nobody is.
	Progress func(done float64)
}

// SetUnit sets the unit by its name; without one it is left open.
func (o *Options) SetUnit(name string) error {
	if name == "" {
		return nil
	}
	unit, ok := trace.ParseUnit(name)
	if !ok {
		return fmt.Errorf("--unit %s: want s, ms, us or ns", name)
	}
	o.Unit = unit
	return nil
}

// SetTimes sets which moment of a request its time is: start or end; without one it is left open.
func (o *Options) SetTimes(moment string) error {
	switch moment {
	case "":
	case "start":
		o.Times = trace.AtStart
	case "end":
		o.Times = trace.AtEnd
	default:
		return fmt.Errorf("--times %s: want start or end", moment)
	}
	return nil
}

// The files that an import writes.
const (
	ScenarioFile = "scenario.yaml"
	ArrivalsFile = "arrivals.csv"
	WarmFile     = "warm.csv"
	ColdFile     = "cold.csv"
	StartupFile  = "startup.csv"
	MeasuredFile = "measured.csv"
)

// Files returns the names of all files that an import may write.
func Files() []string {
	return []string{ScenarioFile, ArrivalsFile, WarmFile, ColdFile, StartupFile, MeasuredFile}
}

// Import reads files, and writes the scenario of one function's requests. It fails if there is no
// request; then, and after an interruption, what was written is of no use.
func Import(ctx context.Context, inputs []Input, o Options) (*Found, error) {
	if len(inputs) == 0 {
		return nil, errors.New("found no file to import")
	}
	if err := checkLaws(o.Laws); err != nil {
		return nil, err
	}
	var sources []*source
	defer func() {
		for _, s := range sources {
			if s.ready != nil {
				_ = s.ready.Close() // only read
			}
		}
	}()
	read := progressOf(inputs, o.Progress)
	for _, in := range inputs {
		s, err := prepare(ctx, in, read)
		if err != nil {
			return nil, err
		}
		sources = append(sources, s)
	}
	format, recognized, err := formatOf(o.Format, sources)
	if err != nil {
		return nil, err
	}
	settings := trace.Options{Columns: o.Columns, Unit: o.Unit, Times: o.Times}
	asked := o.Function
	if format.Name == "csv" && asked != "" {
		settings.Columns.Function, asked = trace.SplitFunction(sources[0].head, asked)
	}
	begin := func(fits func(function string) bool) (*pass, error) {
		p := &pass{ctx: ctx, format: format, sources: sources, settings: settings, o: o, fits: fits}
		return p, p.run()
	}
	p, err := begin(func(function string) bool { return asked == "" || matching(asked, function) > 0 })
	if err != nil {
		return nil, p.aboutTable(p.orOther(err))
	}
	chosen, err := p.choose(asked)
	if err != nil {
		return nil, p.aboutTable(err)
	}
	if chosen != p.taken { // the first one that fits was another: read again
		if i := slices.IndexFunc(sources, func(s *source) bool { return s.Once }); i >= 0 {
			return nil, fmt.Errorf("%s: holds requests of several functions, and cannot be read twice to take the right one; want --function with the whole name of one of %s",
				sources[i].Name, p.names(""))
		}
		name := p.log.Functions[chosen]
		if p, err = begin(func(function string) bool { return function == name }); err != nil {
			return nil, err
		}
	}
	return p.finish(recognized)
}

// A TableError is the error of a file that is a table, or may be one. Its Columns are choices for
// Options.Columns.
type TableError struct {
	Columns []string
	Err     error
}

// Error returns the text of the error inside.
func (e *TableError) Error() string { return e.Err.Error() }

// Unwrap returns the error inside.
func (e *TableError) Unwrap() error { return e.Err }

// aboutTable adds the columns of a file to an error about it, if it begins like a table.
func aboutTable(s *source, err error) error {
	if columns := trace.TableColumns(s.head); columns != nil {
		return &TableError{columns, err}
	}
	return err
}

func (p *pass) aboutTable(err error) error {
	if p.format.Name != "csv" {
		return err
	}
	return aboutTable(p.sources[0], err)
}

// progressOf returns a function that adds up the bytes that are read, and reports their fraction. What
// is read to recognize the files, and a second pass, count again.
func progressOf(inputs []Input, progress func(done float64)) func(n int) {
	size, sofar, reported := int64(0), int64(0), 0.0
	for _, in := range inputs {
		if in.Size == 0 {
			progress = nil
		}
		size += in.Size
	}
	if progress == nil {
		return func(int) {}
	}
	return func(n int) {
		sofar += int64(n)
		if done := float64(sofar%size) / float64(size); done < reported || done > reported+0.001 {
			reported = done
			progress(done)
		}
	}
}

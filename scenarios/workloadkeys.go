package scenarios

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"faaslab/dist"
	"faaslab/dist/trace"
	"faaslab/scenarios/internal/keyfile"
	"faaslab/scenarios/internal/traces"
	"faaslab/sim"
)

// A notationOf is a notation of the key workload.
type notationOf struct {
	name, example string
	parameters    []string // beside the file, which comes first, and sample and top
	read          func(path, shown string, o traces.Options) (*traces.Trace, error)
}

const (
	azure2019Example  = "azure2019(traces/azure, days=1..2, by=app)"
	azure2021Example  = "azure2021(AzureFunctionsInvocationTraceForTwoWeeksJan2021.txt, by=function)"
	huawei2023Example = "huawei2023(traces/huawei2023, days=0..6, set=private)"
	huawei2025Example = "huawei2025(traces/huawei2025, region=R5)"
	tableExample      = "table(functions.csv)"
)

// workloadNotations are the notations that name files.
var workloadNotations = []notationOf{
	{"azure2019", azure2019Example, []string{"days", "by", "spread", "durations", "memory", "missing", "from", "to"}, traces.Azure2019},
	{"azure2021", azure2021Example, []string{"by", "memory", "from", "to"}, traces.Azure2021},
	{"huawei2023", huawei2023Example, []string{"days", "set", "delay_unit", "spread", "memory", "from", "to"}, traces.Huawei2023},
	{"huawei2025", huawei2025Example, []string{"region", "memory", "from", "to"}, traces.Huawei2025},
	{"table", tableExample, nil, nil},
}

// workloadNames are the names of all notations.
func workloadNames() []string {
	names := []string{"zipf"}
	for _, n := range workloadNotations {
		names = append(names, n.name)
	}
	return names
}

// parseWorkload reads a notation of many functions.
func parseWorkload(text string, notation dist.Parser) (dist.Arrivals, error) {
	call, err := keyfile.ParseCall(text)
	if err != nil {
		return nil, keyfile.Wrong(text, wantWorkload)
	}
	if call.Name == "zipf" {
		return parseZipf(text, notation)
	}
	i := slices.IndexFunc(workloadNotations, func(n notationOf) bool { return n.name == call.Name })
	if i < 0 {
		return nil, fmt.Errorf("found %s; want one of %s, as in %s", keyfile.Quoted(text), keyfile.List(workloadNames(), "and"), azure2019Example)
	}
	n := workloadNotations[i]
	file, o, err := n.parse(call)
	if err != nil {
		return nil, err
	}
	path, err := notation.Locate(file)
	if err != nil {
		return nil, err
	}
	read, err := notation.Remember("workload "+call.String(), func() (any, error) {
		if n.read == nil {
			return readTable(path, file, o, notation)
		}
		t, err := n.read(path, file, o)
		if err != nil {
			return nil, err
		}
		return newWorkload(t), nil
	})
	if err != nil {
		return nil, err
	}
	w := read.(Workload)
	w.notation, w.named = call.String(), file
	return w, nil
}

// newWorkload returns the workload of a trace.
func newWorkload(t *traces.Trace) Workload {
	w := Workload{trace: t, files: t.Files, notes: t.Notes, functions: make(Functions, len(t.Functions))}
	for i, f := range t.Functions {
		w.functions[i] = Function{Name: f.Name, App: f.App, Memory: f.Memory, Startup: f.Startup, Arrivals: f.Arrivals}
	}
	return w
}

// usage says what a notation takes.
func (n notationOf) usage() string {
	what := "a file"
	if n.read != nil && n.name != "azure2021" {
		what = "a folder"
	}
	all := append(slices.Clone(n.parameters), "sample", "top")
	return fmt.Sprintf("%s takes %s and, where wanted, %s, as in %s", n.name, what, keyfile.List(all, "and"), n.example)
}

// parse reads the arguments of a notation.
func (n notationOf) parse(call keyfile.Call) (file string, o traces.Options, err error) {
	given := map[string]bool{}
	for i, a := range call.Arguments {
		switch {
		case i == 0 && a.Name == "":
			if file, err = unquote(a.Value); err != nil {
				return file, o, err
			}
			continue
		case a.Name == "":
			return file, o, fmt.Errorf("found %s without a name; %s", keyfile.Quoted(a.Value), n.usage())
		case given[a.Name]:
			return file, o, fmt.Errorf("%s is given twice; %s", a.Name, n.usage())
		case a.Name != "sample" && a.Name != "top" && !slices.Contains(n.parameters, a.Name):
			return file, o, fmt.Errorf("%s has no parameter %s; %s", n.name, keyfile.Quoted(a.Name), n.usage())
		}
		given[a.Name] = true
		if accepts := readWorkloadParameter(&o, n.name, a); accepts != "" {
			return file, o, fmt.Errorf("%s: found %s; want %s", a.Name, keyfile.Quoted(a.Value), accepts)
		}
	}
	switch {
	case file == "":
		return file, o, fmt.Errorf("the file is missing; %s", n.usage())
	case n.name == "huawei2025" && o.Region == "":
		return file, o, fmt.Errorf("region is missing; %s", n.usage())
	case o.To != 0 && o.To <= o.From:
		return file, o, fmt.Errorf("to=%s is not after from=%s", keyfile.FormatTime(o.To), keyfile.FormatTime(o.From))
	}
	return file, o, nil
}

// unquote returns the name of a file, which may stand in quotes.
func unquote(text string) (string, error) {
	if !strings.HasPrefix(text, `"`) {
		return text, nil
	}
	name, err := strconv.Unquote(text)
	if err != nil || name == "" {
		return "", fmt.Errorf("found %s; want the name of a file", keyfile.Quoted(text))
	}
	return name, nil
}

const (
	wantSample = "1/N, of one app in N, with N from 1 to 1000000000"
	wantTop    = "a whole number from 1 to 1000000, of the busiest functions"
	wantMoment = "a duration such as 6h, less than 292 years"
)

// readWorkloadParameter reads a parameter into the options; it returns what is accepted where that is not
// what was found.
func readWorkloadParameter(o *traces.Options, of string, a keyfile.Argument) (accepts string) {
	choose := func(names ...string) int { return slices.Index(names, a.Value) }
	ok := true
	switch a.Name {
	case "days":
		accepts = "a day or a range, such as 3 or 1..14"
		var days traces.Days
		days, ok = parseDays(a.Value)
		o.Days = &days
		if of == "azure2019" && (days.First < 1 || days.Last > 99) {
			accepts, ok = "a day or a range from 1 on, such as 3 or 1..14", false
		}
	case "by":
		accepts = "app or function"
		i := choose("app", "function")
		o.ByFunction, ok = i == 1, i >= 0
	case "spread":
		accepts = "uniform, even or start"
		spread, err := trace.ParseSpread(a.Value)
		o.Spread, ok = spread, err == nil
	case "durations":
		accepts = keyfile.List(traces.DurationNames, "or")
		i := choose(traces.DurationNames...)
		o.Durations, ok = traces.Durations(max(i, 0)), i >= 0
	case "memory":
		accepts = wantMegabytes
		if of == "azure2019" {
			accepts = "average, pct100, or " + accepts
			if i := choose("average", "pct100"); i >= 0 {
				o.Peak = i == 1
				return ""
			}
		}
		o.Memory, ok = parseMegabytes(a.Value)
		ok = ok && isMegabytes(o.Memory)
	case "missing":
		accepts = "fit or drop"
		i := choose("fit", "drop")
		o.Drop, ok = i == 1, i >= 0
	case "from", "to":
		accepts = wantMoment
		t, err := keyfile.ParseTime(a.Value)
		ok = err == nil && t != sim.Never
		if a.Name == "from" {
			o.From = t
		} else {
			o.To, ok = t, ok && t > 0
		}
	case "set":
		accepts = "private or public"
		i := choose("private", "public")
		o.Public, ok = i == 1, i >= 0
	case "delay_unit":
		accepts = "s, ms, us or ns"
		o.DelayUnit, ok = trace.ParseUnit(a.Value)
	case "region":
		accepts = "R1, R2, R3, R4 or R5"
		o.Region, ok = a.Value, choose("R1", "R2", "R3", "R4", "R5") >= 0
	case "sample":
		accepts = wantSample
		o.Sample, ok = parseSample(a.Value)
	case "top":
		accepts = wantTop
		o.Top, ok = parseTop(a.Value)
	}
	if ok {
		return ""
	}
	return accepts
}

// parseDays reads a day, or a range of days such as 1..14.
func parseDays(text string) (days traces.Days, ok bool) {
	a, b, isRange := strings.Cut(text, "..")
	if !isRange {
		b = a
	}
	m, ok := keyfile.ParseWhole(a)
	n, ok2 := keyfile.ParseWhole(b)
	return traces.Days{First: int(m), Last: int(n)}, ok && ok2 && m <= n && n <= 100_000
}

// parseSample reads 1/N.
func parseSample(text string) (n int, ok bool) {
	rest, ok := strings.CutPrefix(text, "1/")
	whole, ok2 := keyfile.ParseWhole(rest)
	return int(whole), ok && ok2 && whole >= 1 && whole <= 1_000_000_000
}

// parseTop reads a number of functions.
func parseTop(text string) (n int, ok bool) {
	whole, ok := keyfile.ParseWhole(text)
	return int(whole), ok && whole >= 1 && whole <= 1_000_000
}

// mostListed is the most functions of a table.
const mostListed = 1_000_000

// readTable reads functions from a CSV file: a header with name and any key of a function, and a row
// for each, in faaslab's notation.
func readTable(path, shown string, o traces.Options, notation dist.Parser) (w Workload, err error) {
	file, err := os.Open(path)
	if err != nil {
		return w, &dist.RowError{File: path, Message: "cannot be opened: " + withoutPath(err).Error(), Err: err}
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && info.IsDir() {
		return w, &dist.RowError{File: path, Message: "is a directory; want a CSV file of functions"}
	}
	t := tableOfFunctions{path: path, notation: notation}
	if err := t.read(file); err != nil {
		return w, err
	}
	w = Workload{functions: t.all.chosen(o.Sample, o.Top), files: []string{shown}}
	switch {
	case len(t.all) == 0:
		return w, &dist.RowError{File: path, Message: "has no functions; want a row for each below the header"}
	case len(w.functions) == 0:
		return w, &dist.RowError{File: path, Message: fmt.Sprintf("no function is in the sample of 1/%d; want a larger one", o.Sample)}
	case len(w.functions) < len(t.all):
		w.notes = append(w.notes, fmt.Sprintf("%s: %d of %d functions, with %.4g of %.4g requests/s", shown, len(w.functions), len(t.all), w.functions.Rate(), t.all.Rate()))
	}
	for i := range w.functions {
		for _, law := range []fmt.Stringer{w.functions[i].Arrivals, w.functions[i].Warm, w.functions[i].Startup} {
			if law == nil {
				continue
			}
			for _, name := range dist.Files(law) {
				if !slices.Contains(w.files, name) {
					w.files = append(w.files, name)
				}
			}
		}
	}
	return w, nil
}

// withoutPath returns what the system says of a file.
func withoutPath(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// A tableOfFunctions is a CSV file of functions being read.
type tableOfFunctions struct {
	path     string
	notation dist.Parser
	rows     *csv.Reader
	columns  []tableColumn
	all      Functions
}

// A tableColumn is a column of the table; name and app have no key.
type tableColumn struct {
	name string
	key  *Key
}

// oneOfTable is the name under which the keys of a table's functions are read, one function at a time.
const oneOfTable = "f"

// neededColumns are those without which a function is none.
var neededColumns = []string{"name", "arrivals", "warm", "memory"}

// wrong returns an error at a cell of the row that was read last.
func (t *tableOfFunctions) wrong(cell int, format string, arguments ...any) error {
	line, column := t.rows.FieldPos(cell)
	name := ""
	if cell < len(t.columns) {
		name = t.columns[cell].name + ": "
	}
	return &dist.RowError{File: t.path, Line: line, Message: fmt.Sprintf("column %d: %s", column, name) + fmt.Sprintf(format, arguments...)}
}

func (t *tableOfFunctions) read(r io.Reader) error {
	t.rows = csv.NewReader(r)
	t.rows.Comment, t.rows.FieldsPerRecord, t.rows.ReuseRecord, t.rows.TrimLeadingSpace = '#', -1, true, true
	header, err := t.rows.Read()
	if err == io.EOF {
		return &dist.RowError{File: t.path, Message: "is empty; want a header such as name,arrivals,warm,startup,memory"}
	}
	if err != nil {
		return t.readError(err)
	}
	if err := t.header(header); err != nil {
		return err
	}
	seen := map[string]int{} // the line of each name
	for {
		cells, err := t.rows.Read()
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return t.readError(err)
		case len(cells) != len(t.columns):
			return t.wrong(0, "%d cells, and the header has %d; want a text with commas, such as a law, in double quotes", len(cells), len(t.columns))
		case len(t.all) == mostListed:
			return t.wrong(0, "more than %d functions", mostListed)
		}
		f, err := t.row(cells)
		if err != nil {
			return err
		}
		line, _ := t.rows.FieldPos(0)
		if first := seen[f.Name]; first > 0 {
			return t.wrong(t.place("name"), "%s is on line %d, too; want names that differ", keyfile.Quoted(f.Name), first)
		}
		seen[f.Name] = line
		t.all = append(t.all, f)
	}
}

func (t *tableOfFunctions) readError(err error) error {
	var wrong *csv.ParseError
	if errors.As(err, &wrong) {
		return &dist.RowError{File: t.path, Line: wrong.Line, Message: fmt.Sprintf("column %d: %v", wrong.Column, wrong.Err)}
	}
	return &dist.RowError{File: t.path, Message: "reading failed: " + withoutPath(err).Error(), Err: err}
}

// place returns the place of a column; -1 if there is none.
func (t *tableOfFunctions) place(name string) int {
	return slices.IndexFunc(t.columns, func(c tableColumn) bool { return c.name == name })
}

// header reads the names of the columns.
func (t *tableOfFunctions) header(cells []string) error {
	names := append([]string{"name", "app"}, table.NamesIn(keyfile.Join(functionsBlock, oneOfTable))...)
	for i, cell := range cells {
		name := strings.TrimSpace(strings.TrimPrefix(cell, "\ufeff"))
		switch {
		case !slices.Contains(names, name):
			return t.wrong(i, "found the column %s; want some of %s", keyfile.Quoted(name), keyfile.List(names, "and"))
		case t.place(name) >= 0:
			return t.wrong(i, "the column %s is there twice", name)
		}
		t.columns = append(t.columns, tableColumn{name, table.Find(keyfile.Join(keyfile.Join(functionsBlock, oneOfTable), name))})
	}
	for _, name := range neededColumns {
		if t.place(name) < 0 {
			line, _ := t.rows.FieldPos(0)
			return &dist.RowError{File: t.path, Line: line, Message: fmt.Sprintf("the column %s is missing; want a header such as name,arrivals,warm,startup,memory", name)}
		}
	}
	return nil
}

// row reads a function.
func (t *tableOfFunctions) row(cells []string) (Function, error) {
	s := Scenario{Arrivals: Functions{{Name: oneOfTable}}}
	f := &s.Arrivals.(Functions)[0]
	name, app := "", ""
	for i, c := range t.columns {
		text := strings.TrimSpace(cells[i])
		switch {
		case c.name == "name":
			if !keyfile.IsName(text) {
				return *f, t.wrong(i, "found %s; want %s", keyfile.Quoted(text), keyfile.WantName)
			}
			name = text
		case c.name == "app":
			if text != "" && !keyfile.IsName(text) {
				return *f, t.wrong(i, "found %s; want %s, or nothing", keyfile.Quoted(text), keyfile.WantName)
			}
			app = text
		case text == "" && slices.Contains(neededColumns, c.name):
			return *f, t.wrong(i, "missing; want %s", c.key.Accepts)
		case text == "": // as the container block has it
		default:
			if err := c.key.Read(&s, text, t.notation); err != nil {
				return *f, t.wrong(i, "%v", err)
			}
			if c.name == "arrivals" && !(f.Arrivals.Rate() >= 0) {
				return *f, t.wrong(i, "found %s, whose rate is not known; want a process without end, such as poisson(rate=1/s)", f.Arrivals)
			}
		}
	}
	f.Name, f.App = name, app
	if i := t.place("memory"); !isMegabytes(f.Memory) {
		return *f, t.wrong(i, "found %s; want %s", keyfile.Quoted(cells[i]), wantMegabytes)
	}
	return *f, nil
}

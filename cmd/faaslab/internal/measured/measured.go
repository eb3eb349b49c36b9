package measured

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"

	"faaslab/cmd/faaslab/internal/chart"
	"faaslab/cmd/faaslab/internal/outfile"
	"faaslab/cmd/faaslab/internal/words"
	"faaslab/platform"
	"faaslab/scenarios"
)

// Measurements are the contents of a file of --measured. The zero value has none.
type Measurements struct {
	File string
	Keys []string // of the scenario file; empty: the file has metrics alone
	Rows []Row
	// Label is the name of the column that says what was measured in a row, one of Labels; empty: the
	// file has none.
	Label string
}

// Labels are the names of columns that say what was measured in a row. They are neither keys nor metrics.
var Labels = []string{"function", "scenario"}

// A Row is one setting with the metrics measured at it.
type Row struct {
	Line    int
	Values  []string           // of the keys
	Metrics map[string]float64 // by name as in the header: response_time, or wasm.response_time
	halves  map[string]float64 // their half-widths, by the same names; metrics without one are missing
	Label   string             // in the column of Measurements.Label
}

// largestMeasured is the largest size of a file in bytes.
const largestMeasured = 1 << 20

// Read reads a CSV file: a header with the names of keys, followed by the names of metrics, and
// rows. Where a scenario has both platforms, container. or wasm. before a metric names its
// platform; .half_width behind it marks the column of its half-widths. An empty cell was not
// measured. columns is the list of --measured-columns, or empty. Errors name file and line.
func Read(path, columns string) (Measurements, error) {
	f, err := os.Open(path)
	if err == nil {
		defer f.Close()
		var info fs.FileInfo
		if info, err = f.Stat(); err == nil && info.IsDir() {
			err = errors.New("found a directory; want a CSV file")
		}
	}
	if err != nil {
		return Measurements{}, fmt.Errorf("--measured %s: cannot be read: %w", path, outfile.WithoutPath(err))
	}
	text, err := io.ReadAll(io.LimitReader(f, largestMeasured+1))
	switch {
	case err != nil:
		return Measurements{}, fmt.Errorf("--measured %s: cannot be read: %w", path, outfile.WithoutPath(err))
	case len(text) > largestMeasured:
		return Measurements{}, fmt.Errorf("--measured %s: larger than 1 MiB", path)
	}
	m, err := Parse(path, text, columns)
	if err != nil {
		return Measurements{}, fmt.Errorf("--measured: %w", err)
	}
	return m, nil
}

// halfWidth is the end of the name of a column of half-widths.
const halfWidth = ".half_width"

// Parse reads the bytes of a file.
func Parse(file string, text []byte, columns string) (Measurements, error) {
	m := Measurements{File: file}
	reader := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff")))) // some spreadsheets begin so
	reader.Comment, reader.TrimLeadingSpace = '#', true
	header, err := reader.Read()
	if err != nil {
		return m, m.wrong(reader, err)
	}
	places := make([]int, len(header))
	for i := range places {
		places[i] = i
	}
	if columns != "" {
		if header, places, err = chooseColumns(file, header, columns); err != nil {
			return m, err
		}
	}
	label := slices.IndexFunc(header, func(name string) bool { return slices.Contains(Labels, strings.TrimSpace(name)) })
	if label >= 0 {
		m.Label = strings.TrimSpace(header[label])
		place := places[label]
		header, places = slices.Delete(header, label, label+1), slices.Delete(places, label, label+1)
		label = place
	}
	metrics, err := m.readHeader(reader, header)
	if err != nil {
		return m, err
	}
	for {
		cells, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return m, m.wrong(reader, err)
		}
		row := Row{Metrics: map[string]float64{}, halves: map[string]float64{}}
		row.Line, _ = reader.FieldPos(0)
		if label >= 0 {
			row.Label = strings.TrimSpace(cells[label])
		}
		for i, place := range places {
			cell := strings.TrimSpace(cells[place])
			if i < len(m.Keys) {
				if cell == "" {
					return m, fmt.Errorf("%s:%d: %s: found nothing; want a value as in a scenario file", file, row.Line, m.Keys[i])
				}
				row.Values = append(row.Values, cell)
				continue
			}
			name := metrics[i-len(m.Keys)]
			if cell == "" {
				continue
			}
			v, err := strconv.ParseFloat(cell, 64)
			if err != nil || !chart.Finite(v) || v < 0 {
				return m, fmt.Errorf("%s:%d: %s: found %q; want a number, 0 or more, in the unit of the metric (seconds, fractions, counts), or nothing", file, row.Line, name, cell)
			}
			metric, half := strings.CutSuffix(name, halfWidth)
			switch {
			case half:
				row.halves[metric] = v
			case v > 1 && isFraction(metric):
				return m, fmt.Errorf("%s:%d: %s: found %q; want a fraction from 0 to 1, such as 0.02 for 2 %%", file, row.Line, name, cell)
			default:
				row.Metrics[name] = v
			}
		}
		m.Rows = append(m.Rows, row)
	}
	if len(m.Rows) == 0 {
		return m, fmt.Errorf("%s: found no row below the header", file)
	}
	return m, nil
}

// wrong returns the error of a file that is not CSV.
func (m Measurements) wrong(reader *csv.Reader, err error) error {
	if p := new(csv.ParseError); errors.As(err, &p) {
		if errors.Is(p.Err, csv.ErrFieldCount) {
			return fmt.Errorf("%s:%d: found another number of cells than the header has", m.File, p.Line)
		}
		return fmt.Errorf("%s:%d: %w", m.File, p.Line, p.Err)
	}
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("%s: found nothing; want a header and rows", m.File)
	}
	return fmt.Errorf("%s: %w", m.File, err)
}

// readHeader takes the names of keys and returns the names of metrics.
func (m *Measurements) readHeader(reader *csv.Reader, header []string) (metrics []string, err error) {
	line, _ := reader.FieldPos(0)
	seen := map[string]bool{}
	for _, name := range header {
		name = strings.TrimSpace(name)
		isMetric := isMeasurable(name)
		metric, isHalf := strings.CutSuffix(name, halfWidth)
		switch {
		case seen[name]:
			return nil, fmt.Errorf("%s:%d: found two columns %q; want each once", m.File, line, name)
		case !isMetric && !scenarios.IsKey(name):
			return nil, fmt.Errorf("%s:%d: unknown column %q%swant keys of the scenario file such as container.keep_alive, and then metrics such as response_time or wasm.response_time; --measured-columns leaves columns out, and renames them", m.File, line, name, words.DidYouMean("", name, slices.Concat(words.Measurable(), scenarios.Keys())))
		case !isMetric && metrics != nil:
			return nil, fmt.Errorf("%s:%d: found the key %s after the metric %s; want the keys first", m.File, line, name, metrics[0])
		case isHalf && !slices.ContainsFunc(header, func(other string) bool { return strings.TrimSpace(other) == metric }):
			return nil, fmt.Errorf("%s:%d: found %s, but no column %s; want both", m.File, line, name, metric)
		case isMetric:
			metrics = append(metrics, name)
		default:
			m.Keys = append(m.Keys, name)
		}
		seen[name] = true
	}
	if metrics == nil {
		return nil, fmt.Errorf("%s:%d: found no metric; want at least one column such as response_time", m.File, line)
	}
	return metrics, nil
}

// isMeasurable reports whether a column with this name may have a metric or its half-widths.
func isMeasurable(name string) bool {
	return slices.Contains(words.Measurable(), strings.TrimSuffix(name, halfWidth))
}

// isFraction reports whether no value of a metric exceeds 1.
func isFraction(name string) bool {
	if kind, rest, ok := strings.Cut(name, "."); ok && scenarios.IsKind(kind) {
		name = rest
	}
	metric, ok := platform.Find(name)
	return ok && metric.Unit == platform.Probability
}

// chooseColumns returns the header that --measured-columns asks for, keys first, and the place of
// each of its columns in the file.
func chooseColumns(file string, header []string, list string) (names []string, places []int, err error) {
	type column struct {
		name  string
		place int
	}
	var chosen []column
	if list == "known" {
		for i, name := range header {
			if name = strings.TrimSpace(name); isMeasurable(name) || scenarios.IsKey(name) {
				chosen = append(chosen, column{name, i})
			}
		}
	} else {
		for _, item := range strings.Split(list, ",") {
			name, of, renamed := strings.Cut(strings.TrimSpace(item), "=")
			if !renamed {
				of = name
			}
			place := slices.IndexFunc(header, func(h string) bool { return strings.TrimSpace(h) == of })
			if n, err := strconv.Atoi(strings.TrimPrefix(of, "#")); place < 0 && err == nil && strings.HasPrefix(of, "#") && 1 <= n && n <= len(header) {
				place = n - 1
			}
			if place < 0 {
				return nil, nil, fmt.Errorf("--measured-columns: %s has no column %q%swant some of its %s, or #1 for the first", file, of, words.DidYouMean("", of, header), strings.Join(header, ", "))
			}
			chosen = append(chosen, column{name, place})
		}
	}
	slices.SortStableFunc(chosen, func(a, b column) int {
		switch x, y := isMeasurable(a.name), isMeasurable(b.name); {
		case x == y:
			return 0
		case y:
			return -1
		}
		return 1
	})
	for _, c := range chosen {
		names, places = append(names, c.name), append(places, c.place)
	}
	return names, places, nil
}

// Half returns the half-width of a measured metric; NaN if it has none.
func (r Row) Half(metric string) float64 {
	if h, ok := r.halves[metric]; ok {
		return h
	}
	return math.NaN()
}

// Series returns the measured points of a metric over the key of a column: points that name the
// platform or, if the name is empty, name none.
func (m Measurements) Series(name, metric string, column int, at map[string]float64) []chart.Series {
	prefix, s := "", chart.Series{Name: "measured", Kind: chart.Measured, Platform: name}
	if name != "" {
		prefix, s.Name = name+".", words.PlatformLabel(name)+", measured"
	}
	for _, row := range m.Rows {
		if v, ok := row.Metrics[prefix+metric]; ok {
			s.Add(at[row.Values[column]], v, row.Half(prefix+metric))
		}
	}
	if len(s.X) == 0 {
		return nil
	}
	return []chart.Series{s}
}

// Assign gives each metric without a platform's name to the only platform of the scenario that has
// it. It leaves a metric that both platforms have.
func (m Measurements) Assign(platforms []string) Measurements {
	owner := func(metric string) string {
		var owners []string
		for _, p := range platforms {
			if words.HasMetric(p, metric) {
				owners = append(owners, p)
			}
		}
		if len(owners) == 1 {
			return owners[0] + "."
		}
		return ""
	}
	// A file about one platform, by its keys or by one of its metrics, is about it throughout.
	whole := ""
	for _, key := range m.Keys {
		if top, _, _ := strings.Cut(key, "."); slices.Contains(platforms, top) {
			whole = top + "."
		}
	}
	for _, row := range m.Rows {
		for metric := range row.Metrics {
			if whole == "" && !strings.Contains(metric, ".") {
				whole = owner(metric)
			}
		}
	}
	assigned := m
	assigned.Rows = nil
	for _, row := range m.Rows {
		metrics, halves := map[string]float64{}, map[string]float64{}
		for metric, v := range row.Metrics {
			named := metric
			if !strings.Contains(metric, ".") {
				named = whole + metric
			}
			if _, twice := row.Metrics[named]; named == metric || !twice { // a column that names its platform has precedence
				metrics[named] = v
				if h, ok := row.halves[metric]; ok {
					halves[named] = h
				}
			}
		}
		assigned.Rows = append(assigned.Rows, Row{row.Line, row.Values, metrics, halves, row.Label})
	}
	return assigned
}

// A Loader loads a scenario with overrides beyond its own.
type Loader func(...scenarios.Override) (scenarios.Scenario, error)

// At returns the measurements at a scenario's own settings, or along varied keys, and assigns each
// metric to a platform. The file must name the platform of a metric that both of the scenario's
// platforms have; along a varied key the metric may belong to either. The error says why the file
// does not fit.
func At(load Loader, s scenarios.Scenario, m Measurements, varied ...string) (Measurements, error) {
	if len(m.Rows) == 0 {
		return m, nil
	}
	if m.Label != "" {
		return m, fmt.Errorf("--measured %s: found a column %s, which only fit reads; --measured-columns known leaves it out", m.File, m.Label)
	}
	if len(varied) > 0 && !slices.Contains(m.Keys, varied[0]) {
		return m, fmt.Errorf("--measured %s: found no column %s; want one, since it is varied", m.File, varied[0])
	}
	kept, err := m.at(load, varied...)
	if err != nil {
		return m, err
	}
	if len(kept.Rows) == 0 {
		return m, fmt.Errorf("--measured %s: no row is for this scenario; want one with the scenario's own %s", m.File, strings.Join(m.Keys, " and "))
	}
	return kept.of(s.Platforms(), len(varied) > 0)
}

// of assigns each metric to a platform and returns an error if one belongs to none, or, unless shared, to
// several.
func (m Measurements) of(platforms []string, shared bool) (Measurements, error) {
	assigned := m.Assign(platforms)
	for _, row := range assigned.Rows {
		for _, metric := range slices.Sorted(maps.Keys(row.Metrics)) {
			name, bare, of := strings.Cut(metric, ".")
			switch {
			case !of && !words.SomeHas(platforms, metric):
				return m, fmt.Errorf("--measured %s: found %s, which no platform of the scenario has", m.File, metric)
			case !of && !shared:
				return m, fmt.Errorf("--measured %s: of which platform is %s? The scenario has both; want container.%[2]s or wasm.%[2]s as the column's name", m.File, metric)
			case of && !slices.Contains(platforms, name):
				return m, fmt.Errorf("--measured %s: found %s; the scenario has no %s", m.File, metric, name)
			case of && !words.HasMetric(name, bare):
				return m, fmt.Errorf("--measured %s: found %s, which %s does not have", m.File, bare, name)
			}
		}
	}
	return assigned, nil
}

// Settings returns the values of the keys in a row as overrides, which name the file and the line in errors.
func (m Measurements) Settings(row Row) (settings []scenarios.Override) {
	for i, key := range m.Keys {
		settings = append(settings, scenarios.Override{Key: key, Value: row.Values[i], Flag: fmt.Sprintf("--measured %s:%d:", m.File, row.Line)})
	}
	return settings
}

// Everywhere returns the measurements of all rows, each of which sets its own keys, and assigns each metric to a
// platform. The error says which row's scenario is wrong, or of which platform a metric may be.
func Everywhere(load Loader, m Measurements) (Measurements, error) {
	own, err := load()
	if err != nil {
		return m, err
	}
	for _, row := range m.Rows {
		if _, err := load(m.Settings(row)...); err != nil {
			return m, err
		}
	}
	return m.of(own.Platforms(), false)
}

// at keeps the rows that hold for a scenario: setting their values, except for varied keys, changes
// nothing. All values are checked.
func (m Measurements) at(load Loader, varied ...string) (Measurements, error) {
	own, err := load()
	if err != nil {
		return m, err
	}
	want, err := own.MarshalJSON()
	if err != nil {
		return m, err
	}
	kept := m
	kept.Rows = nil
	for _, row := range m.Rows {
		all := m.Settings(row)
		if _, err := load(all...); err != nil {
			return m, err
		}
		s, err := load(slices.DeleteFunc(all, func(o scenarios.Override) bool { return slices.Contains(varied, o.Key) })...)
		if err != nil {
			return m, err
		}
		found, err := s.MarshalJSON()
		if err != nil {
			return m, err
		}
		if bytes.Equal(found, want) {
			kept.Rows = append(kept.Rows, row)
		}
	}
	return kept, nil
}

// Value returns a metric of a row for a platform; where all instances run, the number of running
// instances is the number of instances.
func (r Row) Value(of, metric string) (float64, bool) {
	names := []string{of + "." + metric}
	if scenarios.KindOf(of).AllRun && metric == platform.Running {
		names = append(names, of+"."+platform.Instances)
	}
	if scenarios.KindOf(of).AllRun && metric == platform.Instances {
		names = append(names, of+"."+platform.Running)
	}
	for _, name := range names {
		if v, ok := r.Metrics[name]; ok {
			return v, true
		}
	}
	return 0, false
}

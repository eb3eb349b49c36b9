package sweep

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"math"
	"slices"
	"strconv"
	"strings"

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/report"
	"faaslab/cmd/faaslab/internal/words"
	"faaslab/platform"
	"faaslab/scenarios"
	"faaslab/sim/stats"
	"faaslab/validate"
)

// A Layout writes points as rows, each of which names its point and its sweep. A file is header,
// row, separator, row … footer.
type Layout interface {
	Header() []byte
	Row(*Point) ([]byte, error)
	Separator() string
	Footer() string
	// Number returns the number of the point of a complete row; false if the row is not from this
	// sweep.
	Number(row []byte) (int, bool)
	// sound reports whether a complete row is unchanged since it was written.
	sound(row []byte) bool
	// Values returns the numbers in a row of this sweep, by the names of the columns.
	Values(row []byte) (map[string]float64, error)
}

// A Column is a column of numbers: a simulated metric of a platform, its half-width, or the value
// of a model.
type Column struct {
	name         string
	platform     string
	metric       platform.Metric
	model, label string // of the model; empty: simulated
	halfWidth    bool
}

// sweepColumns returns the columns of a sweep of scenarios like s, whose points have the metrics, by
// platform, and to whose points the models apply.
func sweepColumns(s scenarios.Scenario, points map[string][]platform.Metric, models []validate.Model, list string) (columns []Column) {
	for _, name := range s.Platforms() {
		metrics := points[name]
		for _, m := range metrics {
			columns = append(columns,
				Column{name: name + "." + m.Name, platform: name, metric: m},
				Column{name: name + "." + m.Name + ".half_width", platform: name, metric: m, halfWidth: true})
		}
		for _, model := range models {
			if model.Platform != name || list == "none" || list != "" && !slices.Contains(strings.Split(strings.ReplaceAll(list, " ", ""), ","), model.Name) {
				continue
			}
			gives := model.MetricNames()
			for _, m := range metrics {
				if slices.Contains(gives, m.Name) {
					columns = append(columns, Column{name: name + "." + model.Name + "." + m.Name,
						platform: name, metric: m, model: model.Name, label: model.Label})
				}
			}
		}
	}
	return columns
}

// Value returns the column's number of a point; NaN if there is none.
func (c Column) Value(p *Point) float64 {
	if p.Result == nil {
		return math.NaN()
	}
	if c.model != "" {
		for _, m := range p.Models {
			if value, ok := m.Metrics[c.metric.Name]; ok && m.Name == c.model && m.Platform == c.platform {
				return value
			}
		}
		return math.NaN()
	}
	e := stats.Estimate{Mean: math.NaN(), HalfWidth: math.NaN()}
	if of := p.Result.Platform(c.platform); of != nil {
		if found, ok := of.Metric(c.metric.Name); ok {
			e = found
		}
	}
	if c.halfWidth {
		return e.HalfWidth
	}
	return e.Mean
}

// csvLayout has a column for each varied key, followed by a column with the values as numbers if
// any of them is one, then a column for each number, and finally the point's number and the total,
// the sweep, and the checksum of the row.
type csvLayout struct {
	plan    *Plan
	head    []byte
	numeric []bool // by axis: whether there is a column of numbers
	first   int    // the column of the first result
}

// NewCSVLayout returns the layout of a sweep in CSV: a row a point.
func NewCSVLayout(plan *Plan) (*csvLayout, error) {
	l := &csvLayout{plan: plan, numeric: make([]bool, len(plan.Grid))}
	var names []string
	for i, a := range plan.Grid {
		names = append(names, a.Key)
		l.numeric[i] = slices.ContainsFunc(a.Values, func(value string) bool {
			_, ok := scenarios.Number(value)
			return ok
		})
		if l.numeric[i] {
			names = append(names, a.Key+".value")
		}
	}
	l.first = len(names)
	for _, column := range plan.columns {
		names = append(names, column.name)
	}
	var err error
	l.head, err = csvRow(append(names, "point", "sweep", checkName))
	return l, err
}

func (l *csvLayout) Header() []byte    { return l.head }
func (l *csvLayout) Separator() string { return "" }
func (l *csvLayout) Footer() string    { return "" }

func (l *csvLayout) Row(p *Point) ([]byte, error) {
	var fields []string
	for i, o := range l.plan.Grid.Point(p.Number) {
		fields = append(fields, o.Value)
		if l.numeric[i] {
			value := math.NaN()
			if x, ok := scenarios.Number(o.Value); ok {
				value = x
			}
			fields = append(fields, format.Number(value))
		}
	}
	for _, column := range l.plan.columns {
		fields = append(fields, format.Number(column.Value(p)))
	}
	row, err := csvRow(append(fields, pointName(p.Number, l.plan), l.plan.id))
	row = bytes.TrimSuffix(row, []byte("\n"))
	return fmt.Appendf(row, ",%s\n", rowSum(row)), err
}

// checkName names the column of the checksum, which reveals rows that were changed after the
// simulation.
const checkName = "check"

// rowSum returns the checksum of the row up to its own column.
func rowSum(row []byte) string { return fmt.Sprintf("%08x", crc32.ChecksumIEEE(row)) }

func (l *csvLayout) sound(row []byte) bool { return soundCSV(row) }

// soundCSV reports whether a CSV row is unchanged since it was written.
func soundCSV(row []byte) bool {
	row = bytes.TrimSuffix(row, []byte("\n"))
	last := bytes.LastIndexByte(row, ',')
	return last >= 0 && string(row[last+1:]) == rowSum(row[:last])
}

// Number reads the fields before the checksum, which are never quoted.
func (l *csvLayout) Number(row []byte) (int, bool) {
	number, of, sweep, ok := csvPoint(row)
	return number, ok && of == l.plan.Grid.Len() && sweep == l.plan.id
}

// csvPoint reads the point's number, the number of points, and the sweep of a CSV row.
func csvPoint(row []byte) (number, of int, sweep string, ok bool) {
	fields := strings.Split(strings.TrimSuffix(string(row), "\n"), ",")
	if len(fields) < 3 {
		return 0, 0, "", false
	}
	number, of, ok = parsePointName(fields[len(fields)-3])
	return number, of, fields[len(fields)-2], ok
}

func csvRow(fields []string) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if err := w.Write(fields); err != nil {
		return nil, err
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// pointName writes a point's number and the number of points: 3/20, from 0/20 to 19/20.
func pointName(number int, plan *Plan) string {
	return strconv.Itoa(number) + "/" + strconv.Itoa(plan.Grid.Len())
}

func parsePointName(text string) (number, of int, ok bool) {
	first, second, _ := strings.Cut(text, "/")
	number, err := strconv.Atoi(first)
	of, err2 := strconv.Atoi(second)
	return number, of, err == nil && err2 == nil && number >= 0 && number < of
}

// jsonLayout is one document with a line for each point.
type jsonLayout struct {
	plan *Plan
	head []byte
}

// NewJSONLayout returns the layout of a sweep in JSON: a line a point.
func NewJSONLayout(plan *Plan) (*jsonLayout, error) {
	var head bytes.Buffer
	var varied []string
	for _, a := range plan.Grid {
		varied = append(varied, a.Key)
	}
	err := format.JSON(&head, struct {
		Sweep    string             `json:"sweep"`
		Version  string             `json:"version"`
		Scenario scenarios.Scenario `json:"scenario"`
		Varied   []string           `json:"varied"`
	}{plan.id, words.Version, plan.Base, varied})
	text := strings.TrimSuffix(head.String(), "}\n") + `,"points":[` + "\n"
	return &jsonLayout{plan, []byte(text)}, err
}

func (l *jsonLayout) Header() []byte    { return l.head }
func (l *jsonLayout) Separator() string { return ",\n" }
func (l *jsonLayout) Footer() string    { return "\n]}\n" }

// A sweepPointJSON is a point of the JSON of a sweep.
type sweepPointJSON struct {
	Point      string                       `json:"point"`
	Values     orderedValues                `json:"values"`
	Numbers    map[string]float64           `json:"numbers,omitempty"` // of the values that are numbers
	Platforms  map[string]sweepPlatformJSON `json:"platforms,omitempty"`
	Difference map[string]stats.Estimate    `json:"difference,omitempty"`
	Warnings   []string                     `json:"warnings,omitempty"`
	Notes      []string                     `json:"notes,omitempty"`
	Error      string                       `json:"error,omitempty"`
}

type sweepPlatformJSON struct {
	Requests int64                         `json:"requests"`
	Metrics  map[string]stats.Estimate     `json:"metrics"`
	Models   map[string]map[string]float64 `json:"models,omitempty"`
}

// orderedValues are the values of a point in the order of the axes.
type orderedValues []scenarios.Override

// MarshalJSON writes an object with a name for each key.
func (v orderedValues) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	for i, o := range v {
		value, err := json.Marshal(o.Value)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "%c%q:%s", "{,"[min(i, 1)], o.Key, value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func (l *jsonLayout) Row(p *Point) ([]byte, error) {
	row := sweepPointJSON{Point: pointName(p.Number, l.plan), Values: l.plan.Grid.Point(p.Number)}
	for _, o := range row.Values {
		if x, ok := scenarios.Number(o.Value); ok && !math.IsInf(x, 0) {
			if row.Numbers == nil {
				row.Numbers = map[string]float64{}
			}
			row.Numbers[o.Key] = x
		}
	}
	if p.Err != nil {
		row.Error = p.Err.Error()
	} else {
		row.Warnings, row.Difference, row.Notes = p.Result.Warnings, p.Result.Difference, p.Result.Scenario.Notes()
		row.Platforms = map[string]sweepPlatformJSON{}
		for _, simulated := range p.Result.Platforms {
			name := simulated.Platform
			metrics := map[string]stats.Estimate{}
			for _, m := range simulated.Metrics {
				metrics[m.Name] = m.Estimate
			}
			row.Platforms[name] = sweepPlatformJSON{simulated.Requests, metrics, report.ModelsJSON(report.ModelsOf(name, p.Models))}
		}
	}
	var b bytes.Buffer
	err := format.JSON(&b, row)
	line := bytes.TrimSuffix(b.Bytes(), []byte("}\n"))
	return fmt.Appendf(line, `,"%s":"%s"}`, checkName, rowSum(line)), err
}

func (l *jsonLayout) sound(row []byte) bool { return soundJSON(row) }

// soundJSON reports whether a line of JSON is unchanged since it was written.
func soundJSON(row []byte) bool {
	last := bytes.LastIndex(row, []byte(`,"`+checkName+`":"`))
	return last >= 0 && string(row[last:]) == fmt.Sprintf(`,"%s":"%s"}`, checkName, rowSum(row[:last]))
}

func (l *jsonLayout) Number(row []byte) (int, bool) {
	number, of, ok := jsonPoint(row)
	return number, ok && of == l.plan.Grid.Len() && json.Valid(row)
}

// jsonPoint reads the point's number and the number of points of a line of JSON.
func jsonPoint(row []byte) (number, of int, ok bool) {
	rest, ok := bytes.CutPrefix(row, []byte(`{"point":"`))
	name, _, found := bytes.Cut(rest, []byte(`"`))
	if !ok || !found {
		return 0, 0, false
	}
	return parsePointName(string(name))
}

func (l *csvLayout) Values(row []byte) (map[string]float64, error) {
	fields, err := csv.NewReader(bytes.NewReader(row)).Read()
	if err != nil {
		return nil, err
	}
	values := map[string]float64{}
	for i, column := range l.plan.columns {
		if x, err := strconv.ParseFloat(fields[l.first+i], 64); err == nil {
			values[column.name] = x
		}
	}
	return values, nil
}

func (l *jsonLayout) Values(row []byte) (map[string]float64, error) {
	var point struct {
		Platforms map[string]struct {
			Metrics map[string]struct {
				Mean      *float64 `json:"mean"`
				HalfWidth *float64 `json:"half_width"`
			} `json:"metrics"`
			Models map[string]map[string]float64 `json:"models"`
		} `json:"platforms"`
	}
	if err := json.Unmarshal(row, &point); err != nil {
		return nil, err
	}
	values := map[string]float64{}
	for _, c := range l.plan.columns {
		of := point.Platforms[c.platform]
		switch m := of.Metrics[c.metric.Name]; {
		case c.model != "":
			if x, ok := of.Models[c.model][c.metric.Name]; ok {
				values[c.name] = x
			}
		case c.halfWidth && m.HalfWidth != nil:
			values[c.name] = *m.HalfWidth
		case !c.halfWidth && m.Mean != nil:
			values[c.name] = *m.Mean
		}
	}
	return values, nil
}

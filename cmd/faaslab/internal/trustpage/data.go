package trustpage

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/sim/stats"
	"faaslab/validate/trust"
)

// The CSV and JSON of the map, as the manual documents them.

// brief writes a number with six significant digits, more than any of the numbers has.
func brief(x float64) string { return strconv.FormatFloat(x, 'g', 6, 64) }

// trustKeys are the first columns of trust.csv.
var trustKeys = []string{"load", "keep_alive", "ratio", "exact.error"}

// WriteCSV writes one row per point of the grid: load, keep_alive, ratio, the estimated relative
// error of the exact solution, the exact metrics (exact.METRIC, the response time in mean times
// between arrivals) and the relative deviations of both variants (smp.METRIC, smp-modified.METRIC;
// 0.05 is 5 %). A point without an exact solution has empty cells.
func WriteCSV(w io.Writer, r Result) error {
	header := slices.Clone(trustKeys)
	for _, source := range append([]string{"exact"}, variantNames()...) {
		for _, metric := range trust.Metrics {
			header = append(header, source+"."+metric)
		}
	}
	rows := [][]string{header}
	for _, p := range r.Map.Points {
		row := []string{format.Number(p.Load), format.Number(p.KeepAlive), format.Number(p.Ratio), ""}
		if p.Exact != nil {
			row[3] = brief(p.Error)
		}
		values := []map[string]float64{p.Exact}
		for _, variant := range variantNames() {
			values = append(values, p.Deviation[variant])
		}
		for i, of := range values {
			for _, metric := range trust.Metrics {
				switch {
				case p.Exact == nil:
					row = append(row, "")
				case i > 0 && math.Abs(of[metric]) < 1e-9: // only rounding
					row = append(row, "0")
				default:
					row = append(row, brief(of[metric]))
				}
			}
		}
		rows = append(rows, row)
	}
	return format.CSV(w, rows...)
}

// lawKeys are the first columns of trust-distributions.csv.
var lawKeys = []string{"load", "keep_alive", "ratio", "law", "requests", "metric",
	"exact", "simulated", "simulated.half_width", "shift", "shift.half_width"}

// writeLawsCSV writes one row per pool, law of service and metric: the exact value for exponential
// service, the simulated value with the law, and the excess of the simulated over the exact value
// relative to the exact one, each with its half-width, and the deviations of both variants from the
// exact value.
func writeLawsCSV(w io.Writer, laws []trust.LawShift) error {
	rows := [][]string{append(slices.Clone(lawKeys), variantNames()...)}
	for _, l := range laws {
		for _, metric := range trust.Metrics {
			simulated, shift := l.Simulated[metric], l.Shift[metric]
			row := []string{format.Number(l.Point.Load), format.Number(l.Point.KeepAlive), format.Number(l.Point.Ratio), l.Law, strconv.FormatInt(l.Requests, 10), metric,
				brief(l.Point.Exact[metric]), brief(simulated.Mean), brief(simulated.HalfWidth), brief(shift.Mean), brief(shift.HalfWidth)}
			for _, variant := range variantNames() {
				row = append(row, brief(l.Point.Deviation[variant][metric]))
			}
			rows = append(rows, row)
		}
	}
	return format.CSV(w, rows...)
}

// scalingKeys are the columns of trust-scaling.csv.
var scalingKeys = []string{"load", "target", "model", "simulated", "simulated.half_width", "deviation", "deviation.half_width", "doubted"}

// writeScalingCSV writes one row per load and target of an autoscaler.
func writeScalingCSV(w io.Writer, points []trust.ScalingPoint) error {
	rows := [][]string{scalingKeys}
	for _, p := range points {
		rows = append(rows, []string{format.Number(p.Load), format.Number(p.Target), brief(p.Model), brief(p.Simulated.Mean), brief(p.Simulated.HalfWidth),
			brief(p.Deviation.Mean), brief(p.Deviation.HalfWidth), strconv.FormatBool(p.Doubted)})
	}
	return format.CSV(w, rows...)
}

// readScaling reads the output of writeScalingCSV.
func readScaling(from io.Reader) (points []trust.ScalingPoint, err error) {
	rows, err := csv.NewReader(from).ReadAll()
	if err != nil {
		return nil, err
	}
	if len(rows) < 2 || !slices.Equal(rows[0], scalingKeys) {
		return nil, fmt.Errorf("no trust-scaling.csv: it should have the columns %v and rows", scalingKeys)
	}
	for _, row := range rows[1:] {
		n := parseNumbers(row)
		points = append(points, trust.ScalingPoint{Load: n[0], Target: n[1], Model: n[2], Simulated: stats.Estimate{Mean: n[3], HalfWidth: n[4]},
			Deviation: stats.Estimate{Mean: n[5], HalfWidth: n[6]}, Doubted: row[7] == "true"})
	}
	return points, nil
}

func variantNames() (names []string) {
	for _, v := range trust.Variants {
		names = append(names, v.String())
	}
	return names
}

// trustJSON is the JSON of the map.
type trustJSON struct {
	Loads      []float64        `json:"loads"`
	KeepAlives []float64        `json:"keep_alives"`
	Ratios     []float64        `json:"ratios"`
	Error      float64          `json:"error"`
	Points     []trustPointJSON `json:"points"`
	Laws       []lawJSON        `json:"distributions"`
	Scaling    []scalingJSON    `json:"scaling"`
}

type scalingJSON struct {
	Load      float64        `json:"load"`
	Target    float64        `json:"target"`
	Model     float64        `json:"model"`
	Simulated stats.Estimate `json:"simulated"`
	Deviation stats.Estimate `json:"deviation"`
	Doubted   bool           `json:"doubted"`
}

type trustPointJSON struct {
	Load      float64                       `json:"load"`
	KeepAlive float64                       `json:"keep_alive"`
	Ratio     float64                       `json:"ratio"`
	Exact     map[string]float64            `json:"exact"`
	Deviation map[string]map[string]float64 `json:"deviation"`
}

type lawJSON struct {
	Law       string                    `json:"law"`
	Requests  int64                     `json:"requests"`
	Point     trustPointJSON            `json:"point"`
	Simulated map[string]stats.Estimate `json:"simulated"`
	Shift     map[string]stats.Estimate `json:"shift"`
}

func trustPointOf(p trust.Point) trustPointJSON {
	return trustPointJSON{p.Load, p.KeepAlive, p.Ratio, p.Exact, p.Deviation}
}

// WriteJSON writes one line of JSON.
func WriteJSON(w io.Writer, r Result) error {
	m := r.Map
	out := trustJSON{Loads: m.Loads, KeepAlives: m.KeepAlives, Ratios: m.Ratios, Error: m.Error(), Points: []trustPointJSON{}, Laws: []lawJSON{}, Scaling: []scalingJSON{}}
	for _, p := range m.Points {
		out.Points = append(out.Points, trustPointOf(p))
	}
	for _, l := range r.Laws {
		out.Laws = append(out.Laws, lawJSON{l.Law, l.Requests, trustPointOf(l.Point), l.Simulated, l.Shift})
	}
	for _, p := range r.Scaling {
		out.Scaling = append(out.Scaling, scalingJSON(p))
	}
	return json.NewEncoder(w).Encode(out)
}

// read reads the output of WriteCSV, writeLawsCSV and writeScalingCSV, so that a page and its figures are made from
// exactly the numbers in the tables beside them.
func read(points, laws, scaling io.Reader) (Result, error) {
	rows, err := csv.NewReader(points).ReadAll()
	if err != nil {
		return Result{}, err
	}
	if len(rows) < 2 || !slices.Equal(rows[0][:len(trustKeys)], trustKeys) {
		return Result{}, fmt.Errorf("no trust.csv: it should begin with the columns %v and have rows", trustKeys)
	}
	r := Result{Map: &trust.Map{}}
	for _, row := range rows[1:] {
		n := parseNumbers(row)
		p := trust.Point{Load: n[0], KeepAlive: n[1], Ratio: n[2]}
		if row[3] != "" {
			p.Error = n[3]
			rest := n[len(trustKeys):]
			take := func() map[string]float64 {
				values := map[string]float64{}
				for i, metric := range trust.Metrics {
					values[metric] = rest[i]
				}
				rest = rest[len(trust.Metrics):]
				return values
			}
			p.Exact = take()
			p.Deviation = map[string]map[string]float64{}
			for _, variant := range variantNames() {
				p.Deviation[variant] = take()
			}
		}
		r.Map.Points = append(r.Map.Points, p)
		r.Map.Loads, r.Map.KeepAlives, r.Map.Ratios = with(r.Map.Loads, p.Load), with(r.Map.KeepAlives, p.KeepAlive), with(r.Map.Ratios, p.Ratio)
	}
	rows, err = csv.NewReader(laws).ReadAll()
	if err != nil {
		return Result{}, err
	}
	if len(rows) < 2 || !slices.Equal(rows[0][:len(lawKeys)], lawKeys) {
		return Result{}, fmt.Errorf("no trust-distributions.csv: it should begin with the columns %v and have rows", lawKeys)
	}
	for i, row := range rows[1:] {
		n := parseNumbers(row)
		if i%len(trust.Metrics) == 0 {
			l := trust.LawShift{Law: row[3], Requests: int64(n[4]), Simulated: map[string]stats.Estimate{}, Shift: map[string]stats.Estimate{},
				Point: trust.Point{Load: n[0], KeepAlive: n[1], Ratio: n[2], Exact: map[string]float64{}, Deviation: map[string]map[string]float64{}}}
			for _, variant := range variantNames() {
				l.Point.Deviation[variant] = map[string]float64{}
			}
			r.Laws = append(r.Laws, l)
		}
		l, metric := r.Laws[len(r.Laws)-1], row[5]
		l.Point.Exact[metric] = n[6]
		l.Simulated[metric] = stats.Estimate{Mean: n[7], HalfWidth: n[8]}
		l.Shift[metric] = stats.Estimate{Mean: n[9], HalfWidth: n[10]}
		for i, variant := range variantNames() {
			l.Point.Deviation[variant][metric] = n[len(lawKeys)+i]
		}
	}
	r.Scaling, err = readScaling(scaling)
	return r, err
}

// parseNumbers reads the cells that are numbers; others are 0.
func parseNumbers(row []string) []float64 {
	n := make([]float64, len(row))
	for i, cell := range row {
		n[i], _ = strconv.ParseFloat(cell, 64) // names of laws and metrics are not numbers
	}
	return n
}

// with adds a value to an ascending axis, unless it is already there.
func with(axis []float64, value float64) []float64 {
	if i, found := slices.BinarySearch(axis, value); !found {
		return slices.Insert(axis, i, value)
	}
	return axis
}

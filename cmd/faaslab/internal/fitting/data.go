package fitting

import (
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/words"
	"faaslab/scenarios/calibrate"
	"faaslab/sim/stats"
)

// A foundJSON is the JSON of a fit, as the manual documents it.
type foundJSON struct {
	Version     string             `json:"version"`
	Values      map[string]string  `json:"values"`
	Error       float64            `json:"error"`
	Errors      map[string]float64 `json:"errors"`
	Region      *regionJSON        `json:"region"` // null: not found, as after an interruption
	AsItIs      *errorsJSON        `json:"as_it_is"`
	HeldOut     *heldJSON          `json:"held_out,omitempty"`
	Rows        []rowJSON          `json:"rows"`
	Tried       []trialJSON        `json:"tried"`
	Command     string             `json:"command"`
	Notes       []string           `json:"notes"`
	Warnings    []string           `json:"warnings"`
	Interrupted bool               `json:"interrupted,omitempty"`
}

type regionJSON struct {
	Keys map[string]extentJSON `json:"keys"`
	// Excess is how much larger an error in the region is than the least, at most; Chance, the error that chance alone
	// leaves, at most in 95 of 100 cases.
	Excess float64 `json:"excess"`
	Chance float64 `json:"chance"`
	Noise  string  `json:"noise"`
}

type extentJSON struct {
	From   string `json:"from"`
	To     string `json:"to"`
	AtFrom bool   `json:"at_from"` // it reaches that end of the range
	AtTo   bool   `json:"at_to"`
}

type errorsJSON struct {
	Error  float64            `json:"error"`
	Errors map[string]float64 `json:"errors"`
}

type heldJSON struct {
	Rows   int         `json:"rows"`
	Fitted *errorsJSON `json:"fitted"`
	AsItIs *errorsJSON `json:"as_it_is"`
}

type rowJSON struct {
	Line    int                 `json:"line"`
	Values  map[string]string   `json:"values"`
	Label   string              `json:"label,omitempty"`
	HeldOut bool                `json:"held_out"`
	Metrics map[string]cellJSON `json:"metrics"`
}

type cellJSON struct {
	Measured  stats.Estimate `json:"measured"`
	Simulated stats.Estimate `json:"simulated"`
}

type trialJSON struct {
	Values map[string]string `json:"values"`
	Error  *float64          `json:"error"` // null: it cannot be simulated
	Coarse bool              `json:"coarse"`
	Within bool              `json:"within"` // the region
	Reason string            `json:"reason,omitempty"`
}

// noises names what is taken for the chance of measurements.
var noises = map[calibrate.Noise]string{calibrate.HalfWidths: "half-widths", calibrate.Residuals: "residuals", calibrate.None: "none"}

// named returns the values of a candidate by key.
func (f *Found) named(c calibrate.Candidate) map[string]string {
	values := map[string]string{}
	for k, value := range c {
		values[f.Ranges[k].Key] = value
	}
	return values
}

func errorsOf(t *calibrate.Trial) *errorsJSON {
	if t == nil || t.Err != nil {
		return nil
	}
	return &errorsJSON{t.Errors.Mean, t.Errors.Metrics}
}

// writeJSON writes one line of JSON.
func writeJSON(w io.Writer, f *Found) error {
	out := foundJSON{
		Version: words.Version, Values: f.named(f.Best.Candidate), Error: f.Best.Errors.Mean, Errors: f.Best.Errors.Metrics,
		AsItIs: errorsOf(f.AsItIs), Rows: []rowJSON{}, Command: strings.Join(f.command(), " "),
		Notes: append([]string{}, f.notes()...), Warnings: append([]string{}, f.Warnings...), Interrupted: f.Interrupted,
	}
	if r := f.Region; r != nil {
		out.Region = &regionJSON{map[string]extentJSON{}, r.Excess, r.Chance, noises[r.Noise]}
		for k, of := range f.Ranges {
			out.Region.Keys[of.Key] = extentJSON{r.From[k], r.To[k], r.AtFrom[k], r.AtTo[k]}
		}
	}
	if n := len(f.Plan.Held.Rows); n > 0 {
		out.HeldOut = &heldJSON{n, errorsOf(f.HeldBest), errorsOf(f.HeldAsItIs)}
	}
	out.Rows = append(f.rows(f.Fitted, f.Best, false), f.rows(f.Plan.Held, f.HeldBest, true)...)
	slices.SortFunc(out.Rows, func(a, b rowJSON) int { return a.Line - b.Line })
	for _, t := range f.Trials {
		trial := trialJSON{Values: f.named(t.Candidate), Coarse: t.Coarse, Within: f.Within(t)}
		if t.Err == nil {
			trial.Error = &t.Errors.Mean
		} else {
			reason, _ := format.ReasonAndAdvice(t.Err)
			trial.Reason = strings.ReplaceAll(reason, "\n", "; ")
		}
		out.Tried = append(out.Tried, trial)
	}
	return format.JSON(w, out)
}

// rows returns the rows of a part with what was simulated in their places.
func (f *Found) rows(part Part, t *calibrate.Trial, held bool) (rows []rowJSON) {
	for i, row := range part.Rows {
		out := rowJSON{Line: row.Line, Values: map[string]string{}, Label: row.Label, HeldOut: held, Metrics: map[string]cellJSON{}}
		for k, key := range f.Measured.Keys {
			out.Values[key] = row.Values[k]
		}
		for k, m := range part.Measurements {
			if m.Row != i {
				continue
			}
			cell := cellJSON{Measured: stats.Estimate{Mean: m.Value, HalfWidth: m.HalfWidth}, Simulated: stats.Estimate{Mean: nan, HalfWidth: nan}}
			if t != nil && t.Err == nil {
				cell.Simulated = stats.Estimate{Mean: t.Estimates[k].Mean, HalfWidth: t.Estimates[k].HalfWidth}
			}
			out.Metrics[m.Metric] = cell
		}
		rows = append(rows, out)
	}
	return rows
}

// writeCSV writes a header and a row for each candidate that was tried.
func writeCSV(w io.Writer, f *Found) error {
	var header []string
	for _, r := range f.Ranges {
		header = append(header, r.Key)
	}
	metrics := slices.Sorted(maps.Keys(f.Best.Errors.Metrics))
	header = append(header, "error")
	for _, metric := range metrics {
		header = append(header, metric+".error")
	}
	rows := [][]string{append(header, "coarse", "within", "best")}
	for _, t := range f.Trials {
		row := slices.Clone([]string(t.Candidate))
		for _, e := range append([]float64{t.Errors.Mean}, valuesOf(t.Errors.Metrics, metrics)...) {
			if t.Err != nil {
				row = append(row, "")
			} else {
				row = append(row, format.Number(e))
			}
		}
		rows = append(rows, append(row, strconv.FormatBool(t.Coarse), strconv.FormatBool(f.Within(t)), strconv.FormatBool(t == f.Best)))
	}
	return format.CSV(w, rows...)
}

// valuesOf returns values by their names; 0 for a name that has none.
func valuesOf(values map[string]float64, names []string) (all []float64) {
	for _, name := range names {
		all = append(all, values[name])
	}
	return all
}

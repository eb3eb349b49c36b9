package fitting

import (
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/words"
	"faaslab/scenarios/calibrate"
)

// Writers write what was found, by format.
var Writers = map[string]func(io.Writer, *Found) error{"text": writeText, "json": writeJSON, "csv": writeCSV}

// mostRows is the number of rows up to which a text shows each of them.
const mostRows = 40

// writeText writes for a person: the values, how far the simulation is from the measurements with them, and what that
// says.
func writeText(w io.Writer, f *Found) error {
	words.Title(w, f.Base)
	fmt.Fprintln(w)
	format.Paragraph(w, "", "  ", f.searched())
	fmt.Fprintln(w)
	f.writeValues(w)
	fmt.Fprintln(w)
	f.writeErrors(w)
	for _, note := range f.notes() {
		fmt.Fprintln(w)
		format.Paragraph(w, "", "  ", note)
	}
	if rows := len(f.Fitted.Rows) + len(f.Plan.Held.Rows); len(f.Measured.Keys) > 0 && rows <= mostRows {
		fmt.Fprintln(w)
		fmt.Fprintln(w, "How far the simulation is from each measurement, with these values:")
		f.writeRows(w)
	}
	fmt.Fprintln(w)
	format.Command(w, "To simulate with them: ", f.command())
	return nil
}

// searched says what was fitted to what.
func (f *Found) searched() string {
	var ranges []string
	for _, r := range f.Ranges {
		ranges = append(ranges, fmt.Sprintf("%s from %s to %s", r.Key, r.From, r.To))
	}
	n, metrics, rows := len(f.Fitted.Measurements), len(f.metrics()), len(f.Fitted.Rows)
	text := fmt.Sprintf("%s, nearest to %s: %d %s, of %d %s in %d %s", strings.Join(ranges, ", "), f.Measured.File,
		n, format.Plural(n, "measurement"), metrics, format.Plural(metrics, "metric"), rows, format.Plural(rows, "row"))
	if slices.ContainsFunc(f.Fitted.Measurements, func(m calibrate.Measurement) bool { return !math.IsNaN(m.HalfWidth) }) {
		text += ", weighted by half-widths"
	}
	return text
}

// metrics returns the metrics that are fitted, in alphabetic order.
func (f *Found) metrics() []string {
	names := map[string]bool{}
	for _, m := range f.Fitted.Measurements {
		names[m.Metric] = true
	}
	return slices.Sorted(maps.Keys(names))
}

// label names a metric, with its platform if several platforms were measured.
func (f *Found) label(metric string) string {
	of, name, _ := strings.Cut(metric, ".")
	if slices.ContainsFunc(f.metrics(), func(other string) bool { return !strings.HasPrefix(other, of+".") }) {
		return words.PlatformLabel(of) + ", " + words.Label(name)
	}
	return words.Label(name)
}

// writeValues writes the values with the region.
func (f *Found) writeValues(w io.Writer) {
	t := &format.Table{}
	for k, r := range f.Ranges {
		row := []format.Cell{format.Left(r.Key), format.Unit("= " + f.Best.Candidate[k])}
		if f.Region != nil {
			row = append(row, format.Left(fmt.Sprintf("region %s to %s", f.Region.From[k], f.Region.To[k])))
		} else if f.Interrupted {
			row = append(row, format.Left("(interrupted: the best so far)"))
		}
		t.Add(row...)
	}
	t.Write(w, "  ")
}

// writeErrors writes the errors in all and by metric, of the best values and of the scenario as it is.
func (f *Found) writeErrors(w io.Writer) {
	t := &format.Table{}
	t.Add(format.Left(""), format.Right("error"), format.Right("as it is"))
	line := func(label string, of func(calibrate.Errors) float64, best, asItIs *calibrate.Trial) {
		row := []format.Cell{format.Left(label)}
		for _, trial := range []*calibrate.Trial{best, asItIs} {
			if trial == nil || trial.Err != nil {
				row = append(row, format.Right(format.Missing))
			} else {
				row = append(row, format.Right(percent(of(trial.Errors))))
			}
		}
		t.Add(row...)
	}
	mean := func(e calibrate.Errors) float64 { return e.Mean }
	line("all", mean, f.Best, f.AsItIs)
	for _, metric := range f.metrics() {
		line("  "+f.label(metric), func(e calibrate.Errors) float64 { return e.Metrics[metric] }, f.Best, f.AsItIs)
	}
	if n := len(f.Plan.Held.Rows); n > 0 {
		line(fmt.Sprintf("held out, %d %s", n, format.Plural(n, "row")), mean, f.HeldBest, f.HeldAsItIs)
	}
	t.Write(w, "  ")
}

// percent writes an error with two significant digits.
func percent(x float64) string {
	if x == 0 || math.IsNaN(x) || math.IsInf(x, 0) {
		return fmt.Sprintf("%g %%", 100*x)
	}
	digits := max(0, 1-int(math.Floor(math.Log10(100*x))))
	return strconv.FormatFloat(100*x, 'f', digits, 64) + " %"
}

// notes says what the region is, how good the best values are, and where the search came to an end.
func (f *Found) notes() (notes []string) {
	r := f.Region
	if r == nil {
		return nil
	}
	notes = append(notes, fmt.Sprintf("The region has the values whose error is up to %s above the least, which chance can make. It holds the true values with 95 %% confidence.", points(r.Excess)))
	switch {
	case r.Noise == calibrate.None:
		notes = append(notes, "The measurements have no half-widths and are too few to tell their chance: the region knows that of the simulation alone.")
	case r.Noise == calibrate.Residuals:
		notes = append(notes, "The measurements have no half-widths: what remains of the error is taken for their chance.")
	case f.Best.Errors.Mean <= r.Chance:
		notes = append(notes, fmt.Sprintf("Chance alone leaves an error of up to %s: nothing in these measurements contradicts the simulation.", percent(r.Chance)))
	default:
		notes = append(notes, fmt.Sprintf("Chance alone leaves an error of up to %s. The rest is what the simulation misses, of which the region knows nothing.", percent(r.Chance)))
	}
	if f.AsItIs != nil && f.AsItIs.Errors.Mean < f.Best.Errors.Mean {
		notes = append(notes, "The scenario's own values are nearer than all that were tried: try a range with them.")
	}
	for k, of := range f.Ranges {
		share := of.Share(f.Best.Values[k])
		whole := of.Share(r.High[k])-of.Share(r.Low[k]) > 0.9
		for _, end := range []struct {
			at, reached bool
			text        string
		}{{share <= 0, r.AtFrom[k], of.From}, {share >= 1, r.AtTo[k], of.To}} {
			switch {
			case end.at:
				notes = append(notes, fmt.Sprintf("The least error is at the end of the range of %s, %s: try values beyond.", of.Key, end.text))
			case end.reached && !whole:
				notes = append(notes, fmt.Sprintf("The region reaches the end of the range of %s, %s, and may go on beyond.", of.Key, end.text))
			}
		}
		if whole {
			notes = append(notes, fmt.Sprintf("The region is nearly all of the range of %s: these measurements do not tell it.", of.Key))
		}
	}
	return notes
}

// points writes a difference of errors in percentage points.
func points(x float64) string { return strings.TrimSuffix(percent(x), "%") + "pp" }

// writeRows writes how far each measurement is from what is simulated.
func (f *Found) writeRows(w io.Writer) {
	metrics := f.metrics()
	t := &format.Table{Keys: len(f.Measured.Keys)}
	var header []format.Cell
	for _, key := range f.Measured.Keys {
		header = append(header, format.Left(key))
	}
	if f.Measured.Label != "" {
		t.Keys++
		header = append(header, format.Left(f.Measured.Label))
	}
	for _, metric := range metrics {
		header = append(header, format.Right(f.label(metric)))
	}
	t.Add(header...)
	for _, part := range []struct {
		Part
		trial *calibrate.Trial
		note  string
	}{{f.Fitted, f.Best, ""}, {f.Plan.Held, f.HeldBest, "held out"}} {
		if part.trial == nil || part.trial.Err != nil {
			continue
		}
		for i, row := range part.Rows {
			var cells []format.Cell
			for _, value := range row.Values {
				cells = append(cells, format.Left(value))
			}
			if f.Measured.Label != "" {
				cells = append(cells, format.Left(row.Label))
			}
			for _, metric := range metrics {
				text := ""
				for k, m := range part.Measurements {
					if m.Row == i && m.Metric == metric {
						if text = format.Deviation(part.trial.Estimates[k].Mean, m.Value); text == "" {
							text = format.Missing
						}
					}
				}
				cells = append(cells, format.Right(text))
			}
			if part.note != "" {
				cells = append(cells, format.Left(part.note))
			}
			t.Add(cells...)
		}
	}
	t.Write(w, "  ")
}

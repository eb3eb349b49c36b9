package reproduction

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/measured"
	"faaslab/cmd/faaslab/internal/words"
	"faaslab/validate/thesis"
)

// FitWriters write the result of a fit, by format.
var FitWriters = map[string]func(io.Writer, thesis.Fit) error{"text": writeFitText, "json": writeFitJSON, "csv": writeFitCSV}

// RowsByKey returns the rows by their only key, with the metrics of a platform.
func RowsByKey(m measured.Measurements, platform string) thesis.Measured {
	rows := thesis.Measured{}
	for _, row := range m.Rows {
		metrics := map[string]float64{}
		for name, v := range row.Metrics {
			if bare, ok := strings.CutPrefix(name, platform+"."); ok {
				metrics[bare] = v
			}
		}
		if len(row.Values) > 0 {
			rows[row.Values[0]] = metrics
		}
	}
	return rows
}

func writeFitText(w io.Writer, f thesis.Fit) error {
	runs := "short runs"
	if f.Runs == 1 {
		runs = "short run"
	}
	fmt.Fprintf(w, "fitted to %s.csv, %d points, %d %s each: %d values tried for the least mean absolute relative error\n", thesis.FittedTo, f.Points, f.Runs, runs, f.Tried)
	t := &format.Table{}
	t.Add(format.Left(""), format.Right("fitted"), format.Right("assumed"), format.Left("region"))
	for i, p := range thesis.Parameters {
		t.Add(format.Left(p.Key), format.Right(shortNumber(f.Best[i])), format.Right(shortNumber(thesis.Assumed[i])),
			format.Left(f.Region.From[i]+" to "+f.Region.To[i]))
	}
	t.Add(format.Left("error, mean over metrics"), format.Right(tenths(f.Errors.Mean())), format.Right(tenths(f.Assumed.Mean())))
	for _, metric := range slices.Sorted(maps.Keys(f.Errors)) {
		t.Add(format.Left("  "+words.Label(metric)), format.Right(tenths(f.Errors[metric])), format.Right(tenths(f.Assumed[metric])))
	}
	t.Write(w, "  ")
	fmt.Fprintf(w, "\nin the region the error is up to %s larger, as chance makes it if what remains of the error is that of the measurements\n",
		strings.TrimSuffix(tenths(f.Region.Excess), "%")+"pp")

	fmt.Fprintf(w, "\nhow flat it is: the error with yield (rows) and all_core_speed (columns) moved, startup_cpu %s\n", shortNumber(f.Best[2]))
	at := map[thesis.Choice]float64{}
	var yields, speeds, startups []float64
	for _, a := range f.Around {
		at[a.Choice] = a.Error
		if a.Choice[2] == f.Best[2] {
			yields, speeds = append(yields, a.Choice[0]), append(speeds, a.Choice[1])
		}
		if a.Choice[0] == f.Best[0] && a.Choice[1] == f.Best[1] {
			startups = append(startups, a.Choice[2])
		}
	}
	for _, x := range []*[]float64{&yields, &speeds, &startups} {
		slices.Sort(*x)
		*x = slices.Compact(*x)
	}
	grid := &format.Table{}
	row := []format.Cell{format.Left("")}
	for _, speed := range speeds {
		row = append(row, format.Right(shortNumber(speed)))
	}
	grid.Add(row...)
	for _, yield := range yields {
		row := []format.Cell{format.Right(shortNumber(yield))}
		for _, speed := range speeds {
			row = append(row, format.Right(tenths(at[thesis.Choice{yield, speed, f.Best[2]}])))
		}
		grid.Add(row...)
	}
	grid.Write(w, "  ")
	fmt.Fprintln(w, "\nand with startup_cpu moved alone")
	line := &format.Table{}
	for _, startup := range startups {
		line.Add(format.Right(shortNumber(startup)), format.Right(tenths(at[thesis.Choice{f.Best[0], f.Best[1], startup}])))
	}
	line.Write(w, "  ")
	return nil
}

func shortNumber(x float64) string { return strconv.FormatFloat(x, 'g', 3, 64) }

// tenths writes a fraction in per cent, with one decimal.
func tenths(x float64) string { return fmt.Sprintf("%.1f %%", 100*x) }

func writeFitJSON(w io.Writer, f thesis.Fit) error {
	type trial struct {
		Values map[string]float64 `json:"values"`
		Error  float64            `json:"error"`
	}
	type extent struct {
		From float64 `json:"from"`
		To   float64 `json:"to"`
	}
	named := func(c thesis.Choice) map[string]float64 {
		values := map[string]float64{}
		for i, p := range thesis.Parameters {
			values[p.Key] = c[i]
		}
		return values
	}
	out := struct {
		Version  string             `json:"version"`
		FittedTo string             `json:"fitted_to"`
		Points   int                `json:"points"`
		Runs     int                `json:"runs"`
		Tried    int                `json:"tried"`
		Fitted   trial              `json:"fitted"`
		Errors   map[string]float64 `json:"errors"`
		Assumed  trial              `json:"assumed"`
		Region   map[string]extent  `json:"region"`
		Excess   float64            `json:"excess"` // of an error in the region over that of the fitted values
		Around   []trial            `json:"around"`
	}{words.Version, thesis.FittedTo, f.Points, f.Runs, f.Tried, trial{named(f.Best), f.Errors.Mean()}, f.Errors, trial{named(thesis.Assumed), f.Assumed.Mean()},
		map[string]extent{}, f.Region.Excess, nil}
	for i, p := range thesis.Parameters {
		out.Region[p.Key] = extent{f.Region.Low[i], f.Region.High[i]}
	}
	for _, a := range f.Around {
		out.Around = append(out.Around, trial{named(a.Choice), a.Error})
	}
	return format.JSON(w, out)
}

// writeFitCSV writes the fitted values first, then the grid around them, and the error of each.
func writeFitCSV(w io.Writer, f thesis.Fit) error {
	header := []string{}
	for _, p := range thesis.Parameters {
		header = append(header, p.Key)
	}
	rows := [][]string{append(header, "error")}
	for _, a := range append([]thesis.Trial{{Choice: f.Best, Error: f.Errors.Mean()}}, f.Around...) {
		var row []string
		for _, v := range a.Choice {
			row = append(row, format.Number(v))
		}
		rows = append(rows, append(row, format.Number(a.Error)))
	}
	return format.CSV(w, rows...)
}

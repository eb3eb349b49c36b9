package report

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/words"
	"faaslab/sim/stats"
	"faaslab/validate"
)

// VerdictWriters write a report, by format, with all of its cases or the worst.
var VerdictWriters = map[string]func(w io.Writer, r *validate.Report, all bool) error{
	"text": writeVerdicts,
	"json": writeVerdictsJSON,
	"csv":  writeVerdictsCSV,
}

// mostShown is the number of cases of each kind that a table shows, unless all are asked for.
const mostShown = 12

// writeVerdicts writes a table for each kind of case, the worst first.
func writeVerdicts(w io.Writer, r *validate.Report, all bool) error {
	for _, kind := range []validate.Kind{validate.Exact, validate.Identity, validate.Approximate} {
		verdicts := worstFirst(r.Verdicts, kind)
		if len(verdicts) == 0 {
			continue
		}
		failed := 0
		for _, v := range verdicts {
			if v.Failed() {
				failed++
			}
		}
		shown := verdicts
		switch {
		case all:
		case kind == validate.Identity:
			shown = shown[:failed]
		default:
			shown = shown[:min(len(shown), max(mostShown, failed))]
		}
		for _, line := range strings.Split(describeKind(kind, verdicts, failed, len(shown)), "\n") {
			format.Paragraph(w, "", "  ", line)
		}
		var t format.Table
		if kind != validate.Identity {
			t.Keys = 3
		}
		switch {
		case len(shown) == 0:
		case kind == validate.Exact:
			t.Add(format.Left("scenario"), format.Left("law"), format.Left("metric"), format.Right("expected"), format.Over(2, "simulated"), format.Right("p"), format.Right("power"), format.Left("verdict"))
		case kind == validate.Approximate:
			t.Add(format.Left("scenario"), format.Left("model"), format.Left("metric"), format.Right("model"), format.Over(2, "simulated"), format.Over(2, "deviation"), format.Left("documented"), format.Left("verdict"))
		}
		for _, v := range shown {
			t.Add(verdictRow(v)...)
		}
		t.Write(w, "  ")
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "%d cases: %s\n", len(r.Verdicts), outcome(r))
	return nil
}

func describeKind(kind validate.Kind, verdicts []validate.Verdict, failed, shown int) string {
	worst := ""
	if 0 < shown && shown < len(verdicts) {
		worst = fmt.Sprintf("; the %d worst:", shown)
	}
	switch kind {
	case validate.Exact:
		least := 1.0
		for _, v := range verdicts {
			least = min(least, v.Power)
		}
		return fmt.Sprintf("exact laws: %d cases, %d failed\nfalse alarms in about %v %% of runs, all cases together; a deviation of %s is found with power %.3f or more%s",
			len(verdicts), failed, 100*validate.FamilyAlpha, detected(verdicts), math.Floor(least*1000)/1000, worst)
	case validate.Identity:
		return fmt.Sprintf("identities that hold on every path: %d cases, %d failed%s", len(verdicts), failed, worst)
	}
	return fmt.Sprintf("approximate models against their documented accuracy: %d cases, %d failed%s", len(verdicts), failed, worst)
}

// detected lists the deviations that the cases were designed to detect.
func detected(verdicts []validate.Verdict) string {
	var found []string
	for _, v := range verdicts {
		text := fmt.Sprintf("%v %%", 100*v.Detect)
		if !slices.Contains(found, text) {
			found = append(found, text)
		}
	}
	slices.Sort(found)
	if len(found) == 2 {
		return found[0] + " (" + found[1] + " on busy cores)"
	}
	return strings.Join(found, ", ")
}

func outcome(r *validate.Report) string {
	switch failed := r.Failed(); {
	case failed > 0:
		return fmt.Sprintf("%d failed", failed)
	case r.Interrupted:
		return "none failed before the interruption"
	default:
		return "all as they should be"
	}
}

// worstFirst returns the verdicts of a kind: failed ones first, then by p-value, or by the distance
// of a deviation from the middle of its band.
func worstFirst(verdicts []validate.Verdict, kind validate.Kind) (chosen []validate.Verdict) {
	for _, v := range verdicts {
		if v.Kind == kind {
			chosen = append(chosen, v)
		}
	}
	badness := func(v validate.Verdict) float64 {
		bad := 1 - v.P
		if kind == validate.Approximate { // most are inside their bands, with p = 1
			middle, half := (v.Band.Low+v.Band.High)/2, (v.Band.High-v.Band.Low)/2
			bad = math.Abs(v.Deviation.Mean-middle) / max(half, 1e-9)
		}
		if v.Failed() {
			bad += 1e12
		}
		return bad
	}
	slices.SortStableFunc(chosen, func(a, b validate.Verdict) int {
		switch x, y := badness(a), badness(b); {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	return chosen
}

func verdictRow(v validate.Verdict) []format.Cell {
	if v.Kind == validate.Identity {
		return []format.Cell{format.Left(v.Scenario), format.Left(v.Metric), format.Left(string(v.Outcome)), format.Left(v.Detail)}
	}
	row := []format.Cell{format.Left(v.Scenario), format.Left(v.Model), format.Left(words.Label(v.Metric)), format.Right(format.Fixed(v.Expected)),
		format.Right(decimals(v.Simulated.Mean, v.Simulated.HalfWidth)), format.Left("± " + decimals(v.Simulated.HalfWidth, v.Simulated.HalfWidth))}
	if v.Kind == validate.Exact {
		return append(row, format.Right(fmt.Sprintf("%.4f", v.P)), format.Right(fmt.Sprintf("%.3f", math.Floor(v.Power*1000)/1000)), format.Left(string(v.Outcome)))
	}
	return append(row, format.Right(format.Minus(fmt.Sprintf("%+.1f %%", 100*v.Deviation.Mean))), format.Left(fmt.Sprintf("± %.1f", 100*v.Deviation.HalfWidth)),
		format.Left(format.Minus(fmt.Sprintf("%+.0f", 100*v.Band.Low))+" … "+format.Minus(fmt.Sprintf("%+.0f %%", 100*v.Band.High))), format.Left(string(v.Outcome)))
}

// decimals writes a number with as many decimals as two significant digits of its half-width need.
func decimals(x, halfWidth float64) string {
	switch {
	case math.IsNaN(x):
		return format.Missing
	case !(halfWidth > 0):
		return format.Minus(format.Significant(x))
	}
	return format.Minus(fmt.Sprintf("%.*f", max(0, 1-int(math.Floor(math.Log10(halfWidth)))), x))
}

// verdictJSON is a case in JSON, as the manual documents it.
type verdictJSON struct {
	Suite     string          `json:"suite"`
	Scenario  string          `json:"scenario"`
	Platform  string          `json:"platform"`
	Model     string          `json:"model"`
	Metric    string          `json:"metric"`
	Kind      validate.Kind   `json:"kind"`
	Simulated stats.Estimate  `json:"simulated"`
	Expected  float64         `json:"expected"`
	P         *float64        `json:"p"`
	Power     *float64        `json:"power"`
	Detect    float64         `json:"detect,omitempty"`
	Deviation *stats.Estimate `json:"deviation,omitempty"`
	Band      []float64       `json:"band,omitempty"`
	Verdict   string          `json:"verdict"`
	Detail    string          `json:"detail,omitempty"`
}

func writeVerdictsJSON(w io.Writer, r *validate.Report, _ bool) error {
	out := struct {
		Cases       []verdictJSON `json:"cases"`
		FamilyAlpha float64       `json:"family_alpha"`
		Failed      int           `json:"failed"`
		Interrupted bool          `json:"interrupted,omitempty"`
	}{Cases: []verdictJSON{}, FamilyAlpha: validate.FamilyAlpha, Failed: r.Failed(), Interrupted: r.Interrupted}
	for _, v := range r.Verdicts {
		j := verdictJSON{v.Suite, v.Scenario, v.Platform, v.Model, v.Metric, v.Kind, v.Simulated, v.Expected,
			format.Finite(v.P), format.Finite(v.Power), v.Detect, nil, nil, string(v.Outcome), v.Detail}
		if v.Kind == validate.Approximate {
			j.Deviation, j.Band = &v.Deviation, []float64{v.Band.Low, v.Band.High}
		}
		out.Cases = append(out.Cases, j)
	}
	return format.JSON(w, out)
}

func writeVerdictsCSV(w io.Writer, r *validate.Report, _ bool) error {
	rows := [][]string{{"suite", "scenario", "platform", "model", "metric", "kind", "simulated", "simulated.half_width", "expected", "p", "power", "deviation", "deviation.half_width", "verdict"}}
	for _, v := range r.Verdicts {
		rows = append(rows, []string{v.Suite, v.Scenario, v.Platform, v.Model, v.Metric, string(v.Kind), format.Number(v.Simulated.Mean), format.Number(v.Simulated.HalfWidth),
			format.Number(v.Expected), format.Number(v.P), format.Number(v.Power), format.Number(v.Deviation.Mean), format.Number(v.Deviation.HalfWidth), string(v.Outcome)})
	}
	return format.CSV(w, rows...)
}

package format

import (
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"

	"faaslab/platform"
	"faaslab/sim/stats"
)

// A LatexTable is a tabular of LaTeX with the rules of booktabs and the columns of siunitx.
type LatexTable struct {
	columns []latexColumn
	rows    [][]string
}

// A latexColumn is a column of texts, or of numbers that are aligned at their points.
type latexColumn struct {
	head, unit string
	numbers    bool
}

// LatexPackages are what the tables need in the preamble of a document.
const LatexPackages = `\usepackage{booktabs, siunitx}`

// Texts adds a column of texts.
func (t *LatexTable) Texts(head string) { t.columns = append(t.columns, latexColumn{head: head}) }

// Units adds a column of units.
func (t *LatexTable) Units() { t.columns = append(t.columns, latexColumn{}) }

// Numbers adds a column of numbers in a unit, which may be empty.
func (t *LatexTable) Numbers(head, unit string) {
	t.columns = append(t.columns, latexColumn{head, unit, true})
}

// Add adds a row: texts as they are read, units as Shown has them, and numbers as LatexNumber and
// Shown.Latex write them.
func (t *LatexTable) Add(cells ...string) { t.rows = append(t.rows, cells) }

// latexNumber matches a number: its sign, its digits before and after the point, and the last digits
// of its uncertainty.
var latexNumber = regexp.MustCompile(`^(-?)([0-9]+)(?:\.([0-9]+))?(?:\(([0-9]+)\))?$`)

// form returns the specification of a column.
func (t *LatexTable) form(column int) string {
	if !t.columns[column].numbers {
		return "l"
	}
	sign, whole, decimals, uncertain := "", 1, 0, 0
	for _, row := range t.rows {
		if m := latexNumber.FindStringSubmatch(row[column]); m != nil {
			if m[1] != "" {
				sign = "-"
			}
			whole, decimals, uncertain = max(whole, len(m[2])), max(decimals, len(m[3])), max(uncertain, len(m[4]))
		}
	}
	form := fmt.Sprintf("table-format=%s%d", sign, whole)
	if decimals > 0 {
		form += fmt.Sprintf(".%d", decimals)
	}
	if uncertain > 0 {
		form += fmt.Sprintf("(%d), separate-uncertainty, group-digits=integer", uncertain)
	}
	return "S[" + form + "]"
}

// Write writes the table.
func (t *LatexTable) Write(w io.Writer) {
	fmt.Fprintln(w, `\begin{tabular}{`)
	for i := range t.columns {
		fmt.Fprintf(w, "    %s\n", t.form(i))
	}
	fmt.Fprintln(w, `  }`)
	fmt.Fprintln(w, `  \toprule`)
	var heads []string
	for _, c := range t.columns {
		head := LatexText(c.head)
		if c.unit != "" {
			head += " / " + latexUnit(c.unit)
		}
		if c.numbers {
			head = "{" + head + "}"
		}
		heads = append(heads, head)
	}
	fmt.Fprintf(w, "  %s \\\\\n  \\midrule\n", strings.Join(heads, " & "))
	for _, row := range t.rows {
		var cells []string
		for i, cell := range row {
			switch c := t.columns[i]; {
			case c.numbers && latexNumber.MatchString(cell):
			case c.numbers && isNumber(cell): // with a power of ten
				cell = `{\num{` + cell + `}}`
			case c.numbers && cell != "":
				cell = "{" + LatexText(cell) + "}"
			case c == latexColumn{}:
				cell = latexUnit(cell)
			default:
				cell = LatexText(cell)
			}
			cells = append(cells, cell)
		}
		fmt.Fprintf(w, "  %s \\\\\n", strings.TrimRight(strings.Join(cells, " & "), " "))
	}
	fmt.Fprintln(w, `  \bottomrule`)
	fmt.Fprintln(w, `\end{tabular}`)
}

// latexMarks are what stands for characters that LaTeX reads in another way, or not at all.
var latexMarks = strings.NewReplacer(`\`, `\textbackslash{}`, "&", `\&`, "%", `\%`, "$", `\$`, "#", `\#`, "_", `\_`, "{", `\{`, "}", `\}`,
	"~", `\textasciitilde{}`, "^", `\textasciicircum{}`, "<", `$<$`, ">", `$>$`, "∞", `$\infty$`, "−", `$-$`, "±", `$\pm$`, "≤", `$\le$`, "≥", `$\ge$`,
	"→", `$\to$`, "…", `\dots{}`, "·", `$\cdot$`, "×", `$\times$`, "µ", `$\mu$`, "λ", `$\lambda$`, "—", `{--}`)

// LatexText returns a text as LaTeX has it.
func LatexText(text string) string { return latexMarks.Replace(text) }

// latexUnits are the units of Scale in siunitx; others are texts.
var latexUnits = map[string]string{
	"%": `\percent`, "s": `\second`, "ms": `\milli\second`, "µs": `\micro\second`, "ns": `\nano\second`, "min": `\minute`, "h": `\hour`,
	"/s": `\per\second`, "MB": `\mega\byte`,
}

func latexUnit(unit string) string {
	if known, ok := latexUnits[unit]; ok {
		return `\unit{` + known + `}`
	}
	return LatexText(unit)
}

// LatexNumber returns a number as the tables of text have it, for a column of numbers.
func LatexNumber(text string) string { return strings.Replace(text, "−", "-", 1) }

// Latex returns the estimate as a number with the last digits of its half-width: 1.5656(16) for
// 1.5656 ± 0.0016. Without an interval, or with that of an exact value, there is the mean alone.
func (s Shown) Latex() string {
	digits := strings.TrimLeft(strings.Replace(s.HalfWidth, ".", "", 1), "0")
	if s.HalfWidth == Missing || digits == "" {
		return LatexNumber(s.Mean)
	}
	return LatexNumber(s.Mean) + "(" + digits + ")"
}

// CommonScale returns the unit in which estimates are shown in one column: that of the largest.
func CommonScale(estimates []stats.Estimate, unit platform.Unit) Scale {
	largest := math.NaN()
	for _, e := range estimates {
		if size := math.Abs(e.Mean); !math.IsInf(size, 0) && !(size <= largest) && !math.IsNaN(size) {
			largest = size
		}
	}
	return ScaleOf(unit, largest)
}

// ShowIn is Show in a given unit.
func ShowIn(e stats.Estimate, s Scale) Shown {
	e.Mean, e.HalfWidth = e.Mean*s.Factor, e.HalfWidth*s.Factor
	shown := Show(e, platform.Count)
	shown.Unit = s.Unit
	return shown
}

// IsLatexNumber reports whether a text can stand in a column of numbers as it is.
func IsLatexNumber(text string) bool { return latexNumber.MatchString(text) }

func isNumber(text string) bool {
	_, err := strconv.ParseFloat(text, 64)
	return err == nil
}

package importing

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/words"
	"faaslab/dist"
	"faaslab/platform"
	"faaslab/sim"
)

// Text writes what was found for a person.
func (f *Found) Text(w io.Writer) {
	format.Paragraph(w, "", "  ", f.Heading())
	if f.Function != "" {
		format.Paragraph(w, "", "  ", "function "+oneLine(shortName(f.Function))+f.among())
	}
	fmt.Fprintln(w)

	var t format.Table
	for _, fact := range f.Facts() {
		t.Add(format.Left(fact.Name), format.Left(fact.Text))
	}
	t.Write(w, "  ")

	if f.Of > 1 {
		f.writeFunctions(w)
	}
	f.writeLeftOut(w)
	for _, s := range f.Samples {
		s.text(w)
	}
	if len(f.Notes) > 0 {
		fmt.Fprintln(w)
	}
	for _, note := range f.Notes {
		format.Paragraph(w, "", "  ", note)
	}
}

// Heading names the files and their format.
func (f *Found) Heading() string {
	how := ""
	if f.Recognized {
		how = ", recognized by its first lines"
	}
	return fmt.Sprintf("%s · %s (%s%s)", strings.Join(baseNames(f.Files, 3), ", "), f.Title, f.Format, how)
}

// A Fact is a line of what was found, in words.
type Fact struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// Facts returns what was found of the requests as a whole.
func (f *Found) Facts() (all []Fact) {
	row := func(name, text string) { all = append(all, Fact{name, text}) }
	switch {
	case f.Span == nil:
		row("requests", fmt.Sprintf("%d, without times", f.Requests))
	case f.Requests == 1:
		row("requests", "1")
	default:
		row("requests", fmt.Sprintf("%d in %s, %s on average", f.Requests, format.RoughDuration(sim.FromSeconds(*f.Span)), rate(f)))
	}
	if f.Begins != "" {
		row("from", f.Begins)
	}
	if f.ColdStarts != nil {
		row("cold starts", fmt.Sprintf("%d (%s %%)", *f.ColdStarts, format.Significant(format.RoundTo(3, 100*float64(*f.ColdStarts)/float64(f.Requests)))))
	} else {
		row("cold starts", "not shown by the log")
	}
	if f.KeepAlive != nil {
		row("keep-alive", keepAliveShort(*f.KeepAlive))
	}
	if f.Memory > 0 {
		text := fmt.Sprintf("%d MB", f.Memory)
		if f.MemoryUsed > 0 {
			text += fmt.Sprintf(", of which at most %d MB were used", f.MemoryUsed)
		}
		row("memory", text)
	}
	row("lines", strconv.FormatInt(f.Lines, 10))
	return all
}

// among says of how many functions the imported one is.
func (f *Found) among() string {
	if f.Of < 2 {
		return ""
	}
	if f.Functions[0].Name == f.Function {
		return fmt.Sprintf(", the busiest of %d", f.Of)
	}
	return fmt.Sprintf(", one of %d", f.Of)
}

func rate(f *Found) string {
	if *f.Span == 0 {
		return "all at once"
	}
	return dist.FormatRate(format.RoundTo(3, float64(f.Requests-1)/(*f.Span)))
}

func keepAliveShort(k KeepAlive) string {
	text := keepAliveWords(k)
	text = strings.TrimSuffix(strings.TrimPrefix(text, "The starts in the log show a keep-alive "), ".")
	return fmt.Sprintf("%s, by the starts; the scenario says %s", text, dist.FormatDuration(k.Taken))
}

func (f *Found) writeFunctions(w io.Writer) {
	t := format.TextTable{Title: fmt.Sprintf("the busiest of %d functions", f.Of), Heads: []string{"function", "requests"}}
	colds := f.Functions[0].ColdStarts != nil
	if colds {
		t.Heads = append(t.Heads, "cold starts")
	}
	for _, of := range f.Functions {
		name := oneLine(shortName(of.Name))
		if name == "" {
			name = "(without a name)"
		}
		row := []string{name, strconv.FormatInt(of.Requests, 10)}
		if colds {
			row = append(row, format.Missing)
			if of.ColdStarts != nil {
				row[2] = strconv.FormatInt(*of.ColdStarts, 10)
			}
		}
		t.Rows = append(t.Rows, row)
	}
	t.Text(w)
}

func (f *Found) writeLeftOut(w io.Writer) {
	if len(f.LeftOut) == 0 {
		return
	}
	t := format.TextTable{Title: "left out", Heads: []string{"why", "lines", "first in line"}}
	if len(f.Files) > 1 {
		t.Heads = append(t.Heads, "of")
	}
	for _, o := range f.LeftOut {
		row := []string{o.Reason, strconv.FormatInt(o.Count, 10), strconv.FormatInt(o.Line, 10)}
		if len(f.Files) > 1 {
			row = append(row, shortFile(o.File))
		}
		t.Rows = append(t.Rows, row)
	}
	t.Text(w)
}

// shortFile returns a file's name without its folder, and only the end of a long one.
func shortFile(name string) string {
	const most = 24
	short := []rune(baseNames([]string{name}, 1)[0])
	if len(short) > most {
		return "…" + string(short[len(short)-most+1:])
	}
	return string(short)
}

// text writes the table of the laws that fit a sample.
func (s *Sample) text(w io.Writer) {
	title := fmt.Sprintf("%s: %d values", words.KeyWords("container."+s.Of), s.N)
	if s.N > int64(s.Kept) {
		title += fmt.Sprintf(", %d kept", s.Kept)
	}
	t := format.TextTable{Title: title + " · the scenario says " + format.Abridged(s.Taken), Heads: []string{"law", "AIC", "KS", "mean", "cv", "p99"}}
	t.Rows = append(t.Rows, []string{"(the values)", "", "", seconds(&s.Mean), number(&s.CV), seconds(&s.P99)})
	for _, l := range s.Laws {
		t.Rows = append(t.Rows, []string{l.short, format.Minus(strconv.FormatFloat(l.AIC, 'f', 1, 64)), strconv.FormatFloat(l.KS, 'f', 3, 64), seconds(l.Mean), number(l.CV), seconds(&l.P99)})
	}
	t.Text(w)
	var reasons []string
	names := map[string][]string{}
	for _, o := range s.WithoutFit {
		if o.Name == "constant" {
			continue
		}
		if names[o.Reason] == nil {
			reasons = append(reasons, o.Reason)
		}
		names[o.Reason] = append(names[o.Reason], o.Name)
	}
	for _, reason := range reasons {
		format.Paragraph(w, "  ", "  ", fmt.Sprintf("%s: no fit, %s", strings.Join(names[reason], ", "), reason))
	}
}

func seconds(x *float64) string {
	if x == nil {
		return format.Missing
	}
	s := format.ScaleOf(platform.Seconds, *x)
	return format.WithUnit(format.Fixed(*x*s.Factor), s.Unit)
}

func number(x *float64) string {
	if x == nil {
		return format.Missing
	}
	return format.Fixed(*x)
}

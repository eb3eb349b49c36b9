package report

import (
	"fmt"
	"io"
	"math"
	"slices"

	"faaslab/cmd/faaslab/internal/chart"
	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/words"
	"faaslab/scenarios"
	"faaslab/validate"
)

// A SolvedScenario is the result of the command model.
type SolvedScenario struct {
	scenarios.Scenario
	Models       []validate.Solved
	Notes        []string
	Distribution string // the name of a count, or ""
}

var ModelWriters = map[string]func(io.Writer, *SolvedScenario) error{
	"text": writeModelText,
	"json": writeModelJSON,
	"csv":  writeModelCSV,
}

func writeModelText(w io.Writer, s *SolvedScenario) error {
	format.Paragraph(w, "", "  ", fmt.Sprintf("%s · %s", s.Name, format.Abridged(s.Arrivals.String())))
	for _, name := range s.Platforms() {
		writeModels(w, words.PlatformLabel(name), slices.Concat(words.DescribePlatform(s.Scenario, name), words.Prices(s.Scenario, name)), name, s)
	}
	words.Notes(w, s.Notes)
	return nil
}

func writeModels(w io.Writer, heading string, description []string, name string, s *SolvedScenario) {
	solved := ModelsOf(name, s.Models)
	if len(solved) == 0 {
		return
	}
	words.Heading(w, heading, description)
	t := format.Table{Keys: 1}
	header := []format.Cell{format.Left("")}
	for _, m := range solved {
		header = append(header, format.Over(2, m.Label))
	}
	t.Add(header...)
	for _, metric := range words.MetricsOf(name) {
		row, some := []format.Cell{format.Left(words.Label(metric.Name))}, false
		shared := format.Scale{}
		for _, m := range solved {
			value, ok := m.Metrics[metric.Name]
			if !ok {
				row = append(row, format.Over(2, ""))
				continue
			}
			if shared == (format.Scale{}) {
				shared = format.ScaleOf(metric.Unit, value)
			}
			some = some || math.Abs(value) >= 1e-12 || metric.Possible == nil
			row = append(row, format.Right(format.Fixed(value*shared.Factor)), format.Unit(shared.Unit))
		}
		if some {
			t.Add(row...)
		}
	}
	t.Write(w, "  ")
	if s.Distribution != "" {
		writeDistributions(w, s.Distribution, solved)
	}
}

func writeDistributions(w io.Writer, count string, solved []validate.Solved) {
	t := format.Table{Keys: 1}
	header, with := []format.Cell{format.Left(words.Label(count))}, []validate.Solved{}
	most := 0
	for _, m := range solved {
		d, ok := m.Distributions[count]
		if !ok {
			continue
		}
		header, with = append(header, format.Right(m.Label)), append(with, m)
		for n := range d.Mass {
			if d.Mass[n] >= chart.Negligible {
				most = max(most, n)
			}
		}
		for n := len(d.Mass); d.Ratio > 0 && d.Probability(n) >= chart.Negligible; n++ {
			most = n
		}
	}
	if len(with) == 0 {
		return
	}
	t.Add(header...)
	for n := range most + 1 {
		row, some := []format.Cell{format.Right(fmt.Sprint(n))}, false
		for _, m := range with {
			p := m.Distributions[count].Probability(n)
			some = some || p >= chart.Negligible
			row = append(row, format.Right(fmt.Sprintf("%.4f %%", 100*p)))
		}
		if some {
			t.Add(row...)
		}
	}
	fmt.Fprintln(w)
	t.Write(w, "  ")
}

// modelJSON is the JSON of the command: that of a run, with only the models.
type modelJSON struct {
	Scenario  scenarios.Scenario           `json:"scenario"`
	Platforms map[string]platformModelJSON `json:"platforms"`
	Notes     []string                     `json:"notes,omitempty"`
}

type platformModelJSON struct {
	Models        map[string]map[string]float64   `json:"models"`
	Distributions map[string]map[string][]float64 `json:"model_distributions,omitempty"`
}

func writeModelJSON(w io.Writer, s *SolvedScenario) error { return format.JSON(w, NewModelJSON(s)) }

// NewModelJSON returns what the models of a scenario say as JSON has it.
func NewModelJSON(s *SolvedScenario) modelJSON {
	out := modelJSON{s.Scenario, map[string]platformModelJSON{}, s.Notes}
	for _, name := range scenarios.KindNames() {
		solved := ModelsOf(name, s.Models)
		if len(solved) == 0 {
			continue
		}
		p := platformModelJSON{Models: ModelsJSON(solved)}
		for _, m := range solved {
			d, ok := m.Distributions[s.Distribution]
			if !ok {
				continue
			}
			if p.Distributions == nil {
				p.Distributions = map[string]map[string][]float64{}
			}
			mass := slices.Clone(d.Mass)
			for n := len(mass); d.Ratio > 0 && d.Probability(n) >= chart.Negligible; n++ {
				mass = append(mass, d.Probability(n))
			}
			p.Distributions[m.Name] = map[string][]float64{s.Distribution: mass}
		}
		out.Platforms[name] = p
	}
	return out
}

func writeModelCSV(w io.Writer, s *SolvedScenario) error {
	var header, row []string
	for _, name := range scenarios.KindNames() {
		h, r := modelColumns(name, ModelsOf(name, s.Models))
		header, row = append(header, h...), append(row, r...)
	}
	return format.CSV(w, header, row)
}

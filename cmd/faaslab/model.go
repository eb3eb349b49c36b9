package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"faaslab/platform"
	"faaslab/scenarios"
)

func modelCommand() *cli.Command {
	return &cli.Command{
		Name:      "model",
		Usage:     "the analytical models of a scenario alone",
		ArgsUsage: "[SCENARIO]",
		Description: "Solves all models that apply to the scenario, float if there is none, without\n" +
			"simulating it.",
		Flags: []cli.Flag{
			setFlag(),
			formatFlag(),
			modelsFlag(),
			&cli.StringFlag{Name: "distribution", Usage: "show the steady-state distribution of `COUNT` too: instances, warm_instances or running, where a model has it"},
		},
		BashComplete: completeScenario,
		Action:       models,
	}
}

// solvedScenario is what the command shows.
type solvedScenario struct {
	scenarios.Scenario
	models       []solvedModel
	notes        []string
	distribution string // a count, or ""
}

var modelWriters = map[string]func(io.Writer, *solvedScenario) error{
	"text": writeModelText,
	"json": writeModelJSON,
	"csv":  writeModelCSV,
}

func models(c *cli.Context) error {
	write, err := format(c, modelWriters)
	if err != nil {
		return err
	}
	s := &solvedScenario{distribution: c.String("distribution")}
	if c.IsSet("distribution") && !slices.Contains(platform.With(platform.Distributed), s.distribution) {
		return fmt.Errorf("--distribution %s: want one of %s", s.distribution, strings.Join(platform.With(platform.Distributed), ", "))
	}
	if s.Scenario, err = loadScenario(c); err != nil {
		return err
	}
	if s.distribution != "" && c.String("format") == "csv" {
		return errors.New("--distribution needs --format text or json: a row of CSV has no place for it")
	}
	// A model may take seconds and knows no context: an interruption leaves it behind.
	solved := make(chan struct{})
	go func() {
		defer close(solved)
		s.models, s.notes, err = solveModels(s.Scenario, c.String("models"), 0)
	}()
	select {
	case <-solved:
	case <-c.Context.Done():
		return &codedError{exitInterrupted, errors.New("interrupted: there is nothing to show")}
	}
	if err != nil {
		return err
	}
	if len(s.models) == 0 && s.notes == nil && c.String("models") != "none" {
		s.notes = []string{"no model applies to this scenario"}
	}
	if s.distribution != "" && !slices.ContainsFunc(s.models, func(m solvedModel) bool { _, ok := m.Distributions[s.distribution]; return ok }) {
		s.notes = append(s.notes, fmt.Sprintf("no model here gives the distribution of %s", s.distribution))
	}
	text := newPage(c.App.Writer)
	if err := write(text, s); err != nil {
		return err
	}
	return print(c.App.Writer, text.Bytes())
}

func writeModelText(w io.Writer, s *solvedScenario) error {
	writeParagraph(w, "", "  ", fmt.Sprintf("%s · %s", s.Name, abridged(s.Arrivals.String())))
	for _, name := range s.Platforms() {
		writeModels(w, platformLabel(name), slices.Concat(describePlatform(s.Scenario, name), describePrices(s.Scenario, name)), name, s)
	}
	writeNotes(w, s.notes)
	return nil
}

func writeModels(w io.Writer, heading string, description []string, name string, s *solvedScenario) {
	solved := of(name, s.models)
	if len(solved) == 0 {
		return
	}
	writeHeading(w, heading, description)
	t := table{keys: 1}
	header := []cell{left("")}
	for _, m := range solved {
		header = append(header, over(2, m.Label))
	}
	t.add(header...)
	for _, metric := range metricsOf(name) {
		row, some := []cell{left(label(metric.Name))}, false
		shared := scale{}
		for _, m := range solved {
			value, ok := m.Metrics[metric.Name]
			if !ok {
				row = append(row, over(2, ""))
				continue
			}
			if shared == (scale{}) {
				shared = scaleOf(metric.Unit, value)
			}
			some = some || math.Abs(value) >= 1e-12 || metric.Possible == nil
			row = append(row, right(fixed(value*shared.factor)), unit(shared.unit))
		}
		if some {
			t.add(row...)
		}
	}
	t.write(w, "  ")
	if s.distribution != "" {
		writeDistributions(w, s.distribution, solved)
	}
}

// negligible is the probability below which a distribution is not shown.
const negligible = 1e-6

func writeDistributions(w io.Writer, count string, solved []solvedModel) {
	t := table{keys: 1}
	header, with := []cell{left(label(count))}, []solvedModel{}
	most := 0
	for _, m := range solved {
		d, ok := m.Distributions[count]
		if !ok {
			continue
		}
		header, with = append(header, right(m.Label)), append(with, m)
		for n := range d.Mass {
			if d.Mass[n] >= negligible {
				most = max(most, n)
			}
		}
		for n := len(d.Mass); d.Ratio > 0 && d.Probability(n) >= negligible; n++ {
			most = n
		}
	}
	if len(with) == 0 {
		return
	}
	t.add(header...)
	for n := range most + 1 {
		row, some := []cell{right(fmt.Sprint(n))}, false
		for _, m := range with {
			p := m.Distributions[count].Probability(n)
			some = some || p >= negligible
			row = append(row, right(fmt.Sprintf("%.4f %%", 100*p)))
		}
		if some {
			t.add(row...)
		}
	}
	fmt.Fprintln(w)
	t.write(w, "  ")
}

// modelJSON is the JSON of the command: that of a run, with the models alone.
type modelJSON struct {
	Scenario  scenarios.Scenario           `json:"scenario"`
	Platforms map[string]platformModelJSON `json:"platforms"`
	Notes     []string                     `json:"notes,omitempty"`
}

type platformModelJSON struct {
	Models        map[string]map[string]float64   `json:"models"`
	Distributions map[string]map[string][]float64 `json:"model_distributions,omitempty"`
}

func writeModelJSON(w io.Writer, s *solvedScenario) error { return encode(w, newModelJSON(s)) }

func newModelJSON(s *solvedScenario) modelJSON {
	out := modelJSON{s.Scenario, map[string]platformModelJSON{}, s.notes}
	for _, name := range scenarios.KindNames() {
		solved := of(name, s.models)
		if len(solved) == 0 {
			continue
		}
		p := platformModelJSON{Models: modelsJSON(solved)}
		for _, m := range solved {
			d, ok := m.Distributions[s.distribution]
			if !ok {
				continue
			}
			if p.Distributions == nil {
				p.Distributions = map[string]map[string][]float64{}
			}
			mass := slices.Clone(d.Mass)
			for n := len(mass); d.Ratio > 0 && d.Probability(n) >= negligible; n++ {
				mass = append(mass, d.Probability(n))
			}
			p.Distributions[m.Name] = map[string][]float64{s.distribution: mass}
		}
		out.Platforms[name] = p
	}
	return out
}

func writeModelCSV(w io.Writer, s *solvedScenario) error {
	var header, row []string
	for _, name := range scenarios.KindNames() {
		h, r := modelColumns(name, of(name, s.models))
		header, row = append(header, h...), append(row, r...)
	}
	return writeRows(w, header, row)
}

package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"faaslab/cmd/faaslab/internal/exit"
	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/outfile"
	"faaslab/cmd/faaslab/internal/report"
	"faaslab/platform"
	"faaslab/validate"
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

func models(c *cli.Context) error {
	write, err := writerFor(c, report.ModelWriters)
	if err != nil {
		return err
	}
	s := &report.SolvedScenario{Distribution: c.String("distribution")}
	if c.IsSet("distribution") && !slices.Contains(platform.With(platform.Distributed), s.Distribution) {
		return fmt.Errorf("--distribution %s: want one of %s", s.Distribution, strings.Join(platform.With(platform.Distributed), ", "))
	}
	if s.Scenario, err = loadScenario(c); err != nil {
		return err
	}
	if s.Distribution != "" && c.String("format") == "csv" {
		return errors.New("--distribution needs --format text or json: a row of CSV has no place for it")
	}
	// A model may take seconds and does not watch a context: after an interruption the program ends
	// without it.
	solved := make(chan struct{})
	go func() {
		defer close(solved)
		s.Models, s.Notes, err = report.SolveModels(s.Scenario, c.String("models"), 0)
	}()
	select {
	case <-solved:
	case <-c.Context.Done():
		return &exit.Error{Code: exit.Interrupted, Err: errors.New("interrupted: there is nothing to show")}
	}
	if err != nil {
		return err
	}
	if len(s.Models) == 0 && s.Notes == nil && c.String("models") != "none" {
		s.Notes = []string{"no model applies to this scenario"}
	}
	if s.Distribution != "" && !slices.ContainsFunc(s.Models, func(m validate.Solved) bool { _, ok := m.Distributions[s.Distribution]; return ok }) {
		s.Notes = append(s.Notes, fmt.Sprintf("no model here gives the distribution of %s", s.Distribution))
	}
	text := format.NewPage(c.App.Writer)
	if err := write(text, s); err != nil {
		return err
	}
	return outfile.Print(c.App.Writer, text.Bytes())
}

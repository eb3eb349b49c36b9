package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"faaslab/cmd/faaslab/internal/exit"
	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/outfile"
	"faaslab/cmd/faaslab/internal/report"
	"faaslab/scenarios"
	"faaslab/sim"
	"faaslab/validate"
)

func tuneCommand() *cli.Command {
	return &cli.Command{
		Name:      "tune",
		Usage:     "find the smallest value of a key that meets goals",
		ArgsUsage: "[SCENARIO]",
		Description: "faaslab tune --vary container.keep_alive=1s..30m --goal 'idle >= 3' finds the\n" +
			"smallest keep-alive at which that holds with 95 % confidence. Several --goal\n" +
			"are met together, or it is explained why no value meets them all; the exit\n" +
			"code is then 1. With --transient 10m, goals are over the slots of the first\n" +
			"ten minutes: 'max(response_time_p95) <= 5s', or min(…) or mean(…).",
		Flags: []cli.Flag{
			&cli.StringSliceFlag{Name: "vary", Aliases: []string{"v"}, Usage: "the `KEY=FROM..TO` to find a value of"},
			&cli.StringSliceFlag{Name: "goal", Aliases: []string{"g"}, Usage: "what shall hold, `'METRIC <= VALUE'`, or >=, such as 'idle <= 3' or 'wasm.response_time_p95 <= 2s'; may be repeated"},
			&cli.StringFlag{Name: "transient", Usage: "goals are over the slots of the first `DURATION` from the initial state: max(METRIC), min(METRIC) or mean(METRIC)"},
			slotsFlag(),
			&cli.BoolFlag{Name: "largest", Usage: "find the largest value instead"},
			&cli.StringFlag{Name: "tolerance", Value: "1%", Usage: "how near a value that does not meet the goals is found, relative to the value, `PERCENT`"},
			setFlag(),
			formatFlag(),
			modelsFlag(),
			workersFlag("replications to run"),
		},
		BashComplete: completeScenario,
		Action:       tune,
	}
}

func tune(c *cli.Context) error {
	write, err := writerFor(c, report.TuningWriters)
	if err != nil {
		return err
	}
	r, err := planTuning(c)
	if err != nil {
		return err
	}
	bar := newProgress(c.App.ErrWriter, "tuning")
	began := time.Now()
	options := simulationOptions(c)
	options.Progress = bar.set
	r.Tuned, err = r.Tuning.Run(c.Context, options)
	bar.Finish()
	switch {
	case err != nil && c.Context.Err() != nil:
		return &exit.Error{Code: exit.Interrupted, Err: errors.New("interrupted before any value was tried: there is nothing to show")}
	case err != nil:
		return fmt.Errorf("--vary: %w", err)
	case r.Tuned.Broken != nil:
		return &exit.Error{Code: exit.CheckFailed, Err: fmt.Errorf("an error of the simulator, please report it: %w", r.Tuned.Broken)}
	case len(r.Tuned.Trials) == 0:
		return &exit.Error{Code: exit.Interrupted, Err: errors.New("interrupted before any value was tried: there is nothing to show")}
	}
	if found := r.Tuned.Found; found != nil && found.Transient != nil {
		for _, w := range found.Transient.Warnings {
			format.Warn(c.App.ErrWriter, w)
		}
		r.Notes = found.Transient.Scenario.Notes()
	} else if found != nil {
		for _, w := range found.Result.Warnings {
			format.Warn(c.App.ErrWriter, w)
		}
		if r.Models, r.Notes, err = report.SolveModels(found.Result.Scenario, c.String("models"), validate.QuickWork); err != nil {
			return err
		}
		for _, m := range r.Models {
			for _, g := range r.Tuning.Goals {
				m.AddFractions(g.Metric.Name)
			}
		}
	}
	text := format.NewPage(c.App.Writer)
	if err := write(text, r); err != nil {
		return err
	}
	if err := outfile.Print(c.App.Writer, text.Bytes()); err != nil {
		return err
	}
	fmt.Fprintf(c.App.ErrWriter, "%d values tried in %s\n", len(r.Tuned.Trials), time.Since(began).Round(time.Millisecond))
	switch {
	case r.Tuned.Interrupted:
		return &exit.Error{Code: exit.Interrupted, Err: errors.New("interrupted: the results are of the values tried before")}
	case r.Tuned.Found == nil:
		return &exit.Error{Code: exit.CheckFailed, Err: errors.New("no value tried meets " + r.AllGoals())}
	}
	return nil
}

// planTuning reads the command line.
func planTuning(c *cli.Context) (*report.Tuning, error) {
	if c.NArg() > 1 {
		return nil, fmt.Errorf("found %d scenarios (%q, %q …); want one", c.NArg(), c.Args().Get(0), c.Args().Get(1))
	}
	vary := c.StringSlice("vary")
	if len(vary) != 1 {
		return nil, fmt.Errorf("found %d --vary; want one, such as --vary container.keep_alive=1s..30m", len(vary))
	}
	within, err := scenarios.ParseRange("--vary", vary[0])
	if err != nil {
		return nil, err
	}
	tolerance, err := parseTolerance(c.String("tolerance"))
	if err != nil {
		return nil, err
	}
	overrides, err := scenarios.ParseOverrides("--set", c.StringSlice("set"))
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(overrides, func(o scenarios.Override) bool { return o.Key == within.Key }) {
		return nil, fmt.Errorf("--vary %s: given by --set, too; want one of them", within.Key)
	}
	text, err := scenarios.Read(c.Args().First())
	if err != nil {
		return nil, err
	}
	r := &report.Tuning{File: c.Args().First(), Overrides: overrides}
	r.Tuning = scenarios.Tuning{Range: within, Largest: c.Bool("largest"), Tolerance: tolerance}
	var footprint footprintNote
	r.Tuning.Scenario = func(value string) (scenarios.Scenario, error) {
		s, err := text.Scenario(append(slices.Clone(overrides), scenarios.Override{Key: within.Key, Value: value, Flag: "--vary"}))
		if err == nil {
			err = report.Refuse(s)
		}
		if err == nil {
			footprint.Tell(c, s)
		}
		return s, err
	}
	if r.Base, err = firstOf(r.Tuning); err != nil {
		return nil, err
	}
	if r.Base.Run.Replications < 2 && !r.Base.OnePath() {
		return nil, errors.New("one replication gives no interval to judge by; want run.replications of 2 or more")
	}
	goals := c.StringSlice("goal")
	if len(goals) == 0 {
		return nil, errors.New("found no --goal; want one, such as --goal 'cold_start_probability <= 1%'")
	}
	if r.Tuning.Goals, err = scenarios.ParseGoals("--goal", goals, r.Base); err != nil {
		return nil, err
	}
	if r.Tuning.Slots, err = slotsOf(c); err != nil {
		return nil, err
	}
	if c.IsSet("transient") {
		if c.IsSet("models") && c.String("models") != "none" {
			return nil, fmt.Errorf("--models %s: the models are of the steady state; leave out --transient or --models", c.String("models"))
		}
		if r.Tuning.Transient, err = durationOf(c, "transient"); err == nil && (r.Tuning.Transient == 0 || r.Tuning.Transient == sim.Never) {
			err = fmt.Errorf("--transient %s: want a duration such as 10m, more than 0s and less than 292 years", c.String("transient"))
		}
		if err != nil {
			return nil, err
		}
	}
	if err := r.Tuning.CheckGoals("--goal"); err != nil {
		return nil, err
	}
	_, _, err = report.SolveModels(r.Base, c.String("models"), 1) // only to check that the list is valid
	return r, err
}

// firstOf returns the first scenario that will be tried and can be simulated; if none can be, the
// error of the first.
func firstOf(t scenarios.Tuning) (scenarios.Scenario, error) {
	var first error
	for _, value := range t.Range.Scan() {
		s, err := t.Scenario(value)
		if err == nil {
			return s, nil
		}
		if first == nil {
			first = err
		}
	}
	return scenarios.Scenario{}, first
}

func parseTolerance(text string) (float64, error) {
	number, percent := strings.CutSuffix(strings.TrimSpace(text), "%")
	x, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if !percent || err != nil || !(x >= 0.001 && x <= 50) {
		return 0, fmt.Errorf("--tolerance %s: want a percentage such as 1%%, from 0.001%% to 50%%", text)
	}
	return x / 100, nil
}

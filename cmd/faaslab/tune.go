package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"faaslab/dist"
	"faaslab/scenarios"
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
			"code is then 1.",
		Flags: []cli.Flag{
			&cli.StringSliceFlag{Name: "vary", Aliases: []string{"v"}, Usage: "the `KEY=FROM..TO` to find a value of"},
			&cli.StringSliceFlag{Name: "goal", Aliases: []string{"g"}, Usage: "what shall hold, `'METRIC <= VALUE'`, or >=, such as 'idle <= 3' or 'wasm.response_time_p95 <= 2s'; may be repeated"},
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

// tuneWriters writes what was found in each format.
var tuneWriters = map[string]func(io.Writer, *tuneReport) error{
	"text": writeTuneText,
	"json": writeTuneJSON,
	"csv":  writeTuneCSV,
}

// A tuneReport is what a search found, with the models of the value found.
type tuneReport struct {
	tuning    scenarios.Tuning
	tuned     *scenarios.Tuned
	base      scenarios.Scenario // at some value of the range
	file      string             // as the command line names the scenario; empty: the default
	overrides []scenarios.Override
	models    []solvedModel
	notes     []string
}

func tune(c *cli.Context) error {
	write, err := format(c, tuneWriters)
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
	r.tuned, err = r.tuning.Run(c.Context, options)
	bar.finish()
	switch {
	case err != nil && c.Context.Err() != nil:
		return &codedError{exitInterrupted, errors.New("interrupted before any value was tried: there is nothing to show")}
	case err != nil:
		return fmt.Errorf("--vary: %w", err)
	case r.tuned.Broken != nil:
		return &codedError{exitCheckFailed, fmt.Errorf("an error of the simulator, please report it: %w", r.tuned.Broken)}
	case len(r.tuned.Trials) == 0:
		return &codedError{exitInterrupted, errors.New("interrupted before any value was tried: there is nothing to show")}
	}
	if found := r.tuned.Found; found != nil {
		for _, w := range found.Result.Warnings {
			warn(c.App.ErrWriter, w)
		}
		if r.models, r.notes, err = solveModels(found.Result.Scenario, c.String("models"), validate.QuickWork); err != nil {
			return err
		}
		for _, m := range r.models {
			for _, g := range r.tuning.Goals {
				m.AddFractions(g.Metric.Name)
			}
		}
	}
	text := newPage(c.App.Writer)
	if err := write(text, r); err != nil {
		return err
	}
	if err := print(c.App.Writer, text.Bytes()); err != nil {
		return err
	}
	fmt.Fprintf(c.App.ErrWriter, "%d values tried in %s\n", len(r.tuned.Trials), time.Since(began).Round(time.Millisecond))
	switch {
	case r.tuned.Interrupted:
		return &codedError{exitInterrupted, errors.New("interrupted: the results are of the values tried before")}
	case r.tuned.Found == nil:
		return &codedError{exitCheckFailed, errors.New("no value tried meets " + r.allGoals())}
	}
	return nil
}

// planTuning reads the command line.
func planTuning(c *cli.Context) (*tuneReport, error) {
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
	r := &tuneReport{file: c.Args().First(), overrides: overrides}
	r.tuning = scenarios.Tuning{Range: within, Largest: c.Bool("largest"), Tolerance: tolerance}
	var footprint footprintNote
	r.tuning.Scenario = func(value string) (scenarios.Scenario, error) {
		s, err := text.Scenario(append(slices.Clone(overrides), scenarios.Override{Key: within.Key, Value: value, Flag: "--vary"}))
		if err == nil {
			err = refuse(s)
		}
		if err == nil {
			footprint.tell(c, s)
		}
		return s, err
	}
	if r.base, err = firstOf(r.tuning); err != nil {
		return nil, err
	}
	if r.base.Run.Replications < 2 && !r.base.OnePath() {
		return nil, errors.New("one replication gives no interval to judge by; want run.replications of 2 or more")
	}
	goals := c.StringSlice("goal")
	if len(goals) == 0 {
		return nil, errors.New("found no --goal; want one, such as --goal 'cold_start_probability <= 1%'")
	}
	if r.tuning.Goals, err = scenarios.ParseGoals("--goal", goals, r.base); err != nil {
		return nil, err
	}
	_, _, err = solveModels(r.base, c.String("models"), 1) // only to see that the list is one
	return r, err
}

// firstOf returns the first scenario of those that will be tried; the error of the first if none can be
// simulated.
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

// allGoals names the goals.
func (r *tuneReport) allGoals() string {
	var texts []string
	for _, g := range r.tuning.Goals {
		texts = append(texts, g.String())
	}
	return strings.Join(texts, " and ")
}

// command returns the command that simulates a value with the same results, in the parts that stay on one line.
func (r *tuneReport) command(t *scenarios.Trial) (parts []string) {
	parts = []string{"faaslab run"}
	if r.file != "" {
		parts[0] += " " + shellWord(r.file)
	}
	settings := slices.Clone(r.overrides)
	found := r.base.Run.Duration == 0 && t.Result.Replay == nil // the length, which a trace has by itself
	if found {
		settings = slices.DeleteFunc(settings, func(o scenarios.Override) bool {
			return slices.Contains([]string{"run.warmup", "run.precision", "run.max_requests"}, o.Key)
		})
	}
	settings = append(settings, scenarios.Override{Key: r.tuning.Range.Key, Value: t.Text})
	if found {
		settings = append(settings,
			scenarios.Override{Key: "run.warmup", Value: dist.FormatDuration(t.Result.Warmup.Seconds())},
			scenarios.Override{Key: "run.duration", Value: dist.FormatDuration(t.Result.Duration.Seconds())})
	}
	for _, o := range settings {
		parts = append(parts, "--set "+shellWord(o.Key+"="+o.Value))
	}
	return parts
}

// shellWord quotes a word for a shell if it needs that.
func shellWord(text string) string {
	if strings.Trim(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/=%:,+") == "" {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

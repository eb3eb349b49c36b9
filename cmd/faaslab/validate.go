package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"faaslab/cmd/faaslab/internal/exit"
	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/outfile"
	"faaslab/cmd/faaslab/internal/report"
	"faaslab/cmd/faaslab/internal/sweep"
	"faaslab/validate"
)

func validateCommand() *cli.Command {
	var suites strings.Builder
	for _, name := range validate.Suites {
		lines := format.Wrap(validate.Description[name], helpWidth-helpIndent-8)
		fmt.Fprintf(&suites, "%-7s %s\n", name, strings.Join(lines, "\n        "))
	}
	return &cli.Command{
		Name:      "validate",
		Usage:     "check simulated steady states against laws and models",
		ArgsUsage: "[SUITE…]",
		Description: "Simulates the cases of the suites, all if none is named, and reaches a\n" +
			"verdict on each:\n" + suites.String() +
			"An exact law fails if the simulation contradicts it, a model if it is not as\n" +
			fmt.Sprintf("accurate as documented. If all is as it should be, a run fails with a\nprobability of about %v. Exit code 1 if anything fails.", validate.FamilyAlpha),
		Flags: append([]cli.Flag{
			formatFlag(),
			&cli.BoolFlag{Name: "thorough", Usage: "find a deviation of 1 % everywhere, on busy cores too, taking the time it takes"},
			&cli.BoolFlag{Name: "all", Usage: "show every case, not the worst of each kind only"},
			&cli.StringFlag{Name: "only", Usage: "run the scenarios whose names contain `TEXT`"},
			&cli.Uint64Flag{Name: "seed", Value: 1, Usage: "seed of all simulations, `N`"},
			&cli.StringFlag{Name: "out", Aliases: []string{"o"}, Usage: "write the part of --shard to `FILE`, or into a directory"},
			workersFlag("replications to run"),
		}, shardFlags("the scenarios, every N-th")...),
		BashComplete: func(c *cli.Context) {
			cli.DefaultCompleteWithFlags(c.Command)(c)
			for _, name := range validate.Suites {
				fmt.Fprintln(c.App.Writer, name)
			}
		},
		Subcommands: []*cli.Command{trustCommand()},
		Action:      validateSuites,
	}
}

func validateSuites(c *cli.Context) error {
	write, err := writerFor(c, report.VerdictWriters)
	if err != nil {
		return err
	}
	if c.IsSet("shard") || c.IsSet("shards") || c.IsSet("out") {
		return validateShard(c)
	}
	report, err := validateParts(c, validate.Shard{})
	if err != nil {
		return err
	}
	text := format.NewPage(c.App.Writer)
	if err := write(text, report, c.Bool("all")); err != nil {
		return err
	}
	if err := outfile.Print(c.App.Writer, text.Bytes()); err != nil {
		return err
	}
	return failedCases(report)
}

// validateParts validates the scenarios of a shard that the flags select.
func validateParts(c *cli.Context, shard validate.Shard) (*validate.Report, error) {
	bar := newProgress(c.App.ErrWriter, "validating")
	defer bar.Finish()
	o := validationOptions(c, shard)
	o.Progress = bar.set
	return validate.Run(c.Context, o)
}

func validationOptions(c *cli.Context, shard validate.Shard) validate.Options {
	return validate.Options{
		Suites: c.Args().Slice(), Only: c.String("only"), Seed: c.Uint64("seed"), Thorough: c.Bool("thorough"),
		Shard: shard, Workers: c.Int("workers"),
	}
}

// validateShard validates a shard of the scenarios. Its verdicts are reached where it is merged.
func validateShard(c *cli.Context) error {
	switch {
	case !c.IsSet("shard"):
		return aloneWithoutShard(c)
	case c.String("out") == "":
		return errors.New("--shard: found no --out; want a file for the shard, or a directory for all")
	}
	for _, flag := range []string{"format", "all"} {
		if c.IsSet(flag) {
			return fmt.Errorf("--%s has no meaning for one shard; want it without, or merge's --%s", flag, flag)
		}
	}
	of, err := shardOf(c)
	if err != nil {
		return err
	}
	path, err := partFile(c.String("out"), of, shardEnding)
	if err != nil {
		return err
	}
	if err := outfile.ProbeDirectory(filepath.Dir(path)); err != nil {
		return fmt.Errorf("--out %s: cannot be written: %w", path, err)
	}
	file := sweep.NewValidationShard(validationOptions(c, validate.Shard(of)))
	if file.In(path) {
		fmt.Fprintf(c.App.ErrWriter, "part %d/%d is in %s already\n", of.Index, of.Of, path)
		return nil
	}
	if file.Report, err = validateParts(c, validate.Shard(of)); err != nil {
		return err
	}
	if file.Report.Interrupted {
		return &exit.Error{Code: exit.Interrupted, Err: errors.New("interrupted before all scenarios of the shard were finished: there is nothing to write")}
	}
	n := len(file.Report.Scenarios)
	fmt.Fprintf(c.App.ErrWriter, "%d %s in %s\n", n, format.Plural(n, "scenario"), path)
	return outfile.Write(path, file.Write)
}

// mergeValidation joins the shards of a validation, and writes its verdicts as validate does.
func mergeValidation(c *cli.Context, paths []string) error {
	name := "text"
	if c.IsSet("format") {
		name = c.String("format")
	}
	write, err := writerNamed(c, name, report.VerdictWriters)
	switch {
	case err != nil:
		return err
	case c.IsSet("functions"):
		return errors.New("--functions is for the shards of a run; want it without, for those of a validation")
	}
	joined, err := sweep.JoinValidation(paths)
	if err != nil {
		return err
	}
	if err := outfile.Write(c.String("out"), func(w io.Writer) error { return write(w, joined, c.Bool("all")) }); err != nil {
		return err
	}
	return failedCases(joined)
}

// failedCases returns an error if cases failed, or were not reached.
func failedCases(report *validate.Report) error {
	switch {
	case report.Interrupted:
		return &exit.Error{Code: exit.Interrupted, Err: errors.New("interrupted: the verdicts are of the scenarios that were finished")}
	case report.Failed() > 0:
		return &exit.Error{Code: exit.CheckFailed, Err: fmt.Errorf("%d of %d cases failed", report.Failed(), len(report.Verdicts))}
	}
	return nil
}

package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"faaslab/cmd/faaslab/internal/exit"
	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/outfile"
	"faaslab/cmd/faaslab/internal/report"
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
		Flags: []cli.Flag{
			formatFlag(),
			&cli.BoolFlag{Name: "thorough", Usage: "find a deviation of 1 % everywhere, on busy cores too, taking the time it takes"},
			&cli.BoolFlag{Name: "all", Usage: "show every case, not the worst of each kind only"},
			&cli.StringFlag{Name: "only", Usage: "run the scenarios whose names contain `TEXT`"},
			&cli.Uint64Flag{Name: "seed", Value: 1, Usage: "seed of all simulations, `N`"},
			workersFlag("replications to run"),
		},
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
	bar := newProgress(c.App.ErrWriter, "validating")
	report, err := validate.Run(c.Context, validate.Options{
		Suites: c.Args().Slice(), Only: c.String("only"), Seed: c.Uint64("seed"), Thorough: c.Bool("thorough"),
		Workers: c.Int("workers"), Progress: bar.set,
	})
	bar.Finish()
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
	switch {
	case report.Interrupted:
		return &exit.Error{Code: exit.Interrupted, Err: errors.New("interrupted: the verdicts are of the scenarios that were finished")}
	case report.Failed() > 0:
		return &exit.Error{Code: exit.CheckFailed, Err: fmt.Errorf("%d of %d cases failed", report.Failed(), len(report.Verdicts))}
	}
	return nil
}

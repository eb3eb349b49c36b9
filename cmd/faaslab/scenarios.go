package main

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/outfile"
	"faaslab/scenarios"
)

func scenariosCommand() *cli.Command {
	return &cli.Command{
		Name:  "scenarios",
		Usage: "list and show built-in scenarios, and the file's schema",
		Subcommands: []*cli.Command{
			{Name: "list", Usage: "list the built-in scenarios", Action: listScenarios, Flags: []cli.Flag{}},
			{
				Name: "show", Usage: "print a scenario, with --set and all values", ArgsUsage: "[SCENARIO]",
				Flags: []cli.Flag{setFlag()}, BashComplete: completeScenario, Action: showScenario,
			},
			{Name: "schema", Usage: "print the file's JSON Schema, for editors", Flags: []cli.Flag{},
				Action: func(c *cli.Context) error {
					if c.Args().Present() {
						return fmt.Errorf("scenarios schema takes no argument, found %q", c.Args().First())
					}
					return outfile.Print(c.App.Writer, scenarios.Schema())
				}},
		},
		Action: func(c *cli.Context) error {
			if c.Args().Present() {
				return noCommand("scenarios ", c.Args().First(), c.Command.Subcommands)
			}
			return cli.ShowSubcommandHelp(c)
		},
	}
}

func listScenarios(c *cli.Context) error {
	if c.Args().Present() {
		return fmt.Errorf("scenarios list takes no argument, found %q", c.Args().First())
	}
	text := format.NewPage(c.App.Writer)
	names := 0
	for _, b := range scenarios.List() {
		names = max(names, format.Width(b.Name))
	}
	for _, b := range scenarios.List() {
		format.Paragraph(text, "", strings.Repeat(" ", names+3), fmt.Sprintf("%-*s   %s", names, b.Name, b.Description))
	}
	return outfile.Print(c.App.Writer, text.Bytes())
}

// showScenario prints the file of a built-in scenario unchanged. Other files, and scenarios with
// overrides, are validated and printed with all values.
func showScenario(c *cli.Context) error {
	if c.NArg() == 1 && !c.IsSet("set") {
		if source, err := scenarios.Source(c.Args().First()); err == nil {
			return outfile.Print(c.App.Writer, source)
		}
	}
	s, err := loadScenario(c)
	if err != nil {
		return err
	}
	return outfile.Print(c.App.Writer, s.YAML())
}

// completeScenario completes flags and the names of the built-in scenarios.
func completeScenario(c *cli.Context) {
	cli.DefaultCompleteWithFlags(c.Command)(c)
	for _, b := range scenarios.List() {
		fmt.Fprintln(c.App.Writer, b.Name)
	}
}

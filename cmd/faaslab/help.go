package main

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/urfave/cli/v2"

	"faaslab/cmd/faaslab/internal/format"
)

// Columns of the help: the text is at most helpWidth wide, the cli indents flags by helpIndent, and
// the description of a flag begins in column helpIndent + helpNames, below the flag's names if they
// are longer.
const (
	helpWidth  = format.LeastColumns
	helpIndent = 3
	helpNames  = 24
	// helpWrapped is the indent that the cli gives a flag's lines after the first.
	helpWrapped = 6
)

func helpCommand() *cli.Command {
	return &cli.Command{
		Name:      "help",
		Usage:     "say what a command does, and with which flags",
		ArgsUsage: "[COMMAND]",
		Flags:     []cli.Flag{},
		BashComplete: func(c *cli.Context) {
			for _, command := range c.App.Commands {
				fmt.Fprintln(c.App.Writer, command.Name)
			}
		},
		Action: func(c *cli.Context) error {
			if c.Args().Present() { // helpAsFlag handles the help of commands
				return noCommand("", c.Args().First(), c.App.Commands)
			}
			return cli.ShowAppHelp(c)
		},
	}
}

// helpAsFlag turns "help COMMAND", and "help" in the place of a subcommand, into "COMMAND --help".
func helpAsFlag(app *cli.App, args []string) []string {
	commands := app.Commands
	for i := 1; i < len(args) && len(commands) > 0; i++ {
		command := findCommand(commands, args[i])
		if command == nil && args[i] != "help" {
			break
		}
		if args[i] != "help" {
			commands = command.Subcommands
			continue
		}
		rest := slices.Concat(args[:i], args[i+1:])
		if len(rest) > i && findCommand(commands, rest[i]) == nil || len(rest) == 1 {
			break // an unknown command, or none
		}
		return append(rest, "--help")
	}
	return args
}

// flagHelp returns the help of a flag: its names, its description, and its default.
func flagHelp(f cli.Flag) string {
	d, ok := f.(cli.DocGenerationFlag)
	if !ok {
		return strings.Join(f.Names(), ", ")
	}
	usage, placeholder := d.GetUsage(), ""
	if before, rest, found := strings.Cut(usage, "`"); found {
		name, after, _ := strings.Cut(rest, "`")
		usage, placeholder = before+name+after, " "+name
	}
	if value := d.GetDefaultText(); d.TakesValue() && value != "" {
		usage += " (default: " + value + ")"
	}
	var names []string
	for i, name := range f.Names() {
		dashes := "--"
		if i > 0 && len(name) == 1 {
			dashes = "-"
		}
		names = append(names, dashes+name+placeholder)
	}
	head := strings.Join(names, ", ")
	lines := format.Wrap(usage, helpWidth-helpIndent-helpNames)
	indent := strings.Repeat(" ", helpIndent+helpNames-helpWrapped)
	if width := utf8.RuneCountInString(head); width <= helpNames-2 {
		lines[0] = head + strings.Repeat(" ", helpNames-width) + lines[0]
	} else {
		lines[0] = head + "\n" + indent + lines[0]
	}
	return strings.Join(lines, "\n"+indent)
}

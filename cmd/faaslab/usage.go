package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"faaslab/cmd/faaslab/internal/words"
)

// The messages of package flag about wrong flags.
var (
	unknownFlag = regexp.MustCompile(`^flag provided but not defined: -(.*)$`)
	wrongValue  = regexp.MustCompile(`^invalid (?:boolean )?value (".*") for (?:flag )?-(\S+): (?:parse error|value out of range)$`)
)

// usageError explains an error in the flags of a command, and lists the accepted ones.
func usageError(c *cli.Context, err error, _ bool) error {
	name, flags := c.App.Name, c.App.Flags
	if c.Command != nil && c.Command.Name != "" && c.Command.Name != name {
		name = c.Command.HelpName
		flags = c.Command.Flags
	}
	if m := unknownFlag.FindStringSubmatch(err.Error()); m != nil {
		var names []string
		for _, f := range flags {
			names = append(names, f.Names()...)
		}
		err = fmt.Errorf("%w%s", err, strings.TrimRight(words.DidYouMean("--", m[1], names), "; "))
	}
	if m := wrongValue.FindStringSubmatch(err.Error()); m != nil {
		err = fmt.Errorf("--%s: found %s; want %s", m[2], m[1], accepted(flags, m[2]))
	}
	return fmt.Errorf("%w (%s --help)", err, name)
}

// refuseEmpty returns an error if an argument is empty: it comes from an unset variable of a shell,
// and the user did not mean to leave it out.
func refuseEmpty(c *cli.Context) error {
	if slices.Contains(c.Args().Slice(), "") {
		return fmt.Errorf("found an empty argument; want a name, or leave it out (%s --help)", c.Command.HelpName)
	}
	return nil
}

// accepted describes the values of a flag that takes no text.
func accepted(flags []cli.Flag, name string) string {
	i := slices.IndexFunc(flags, func(f cli.Flag) bool { return slices.Contains(f.Names(), name) })
	if i < 0 {
		return "another"
	}
	switch flags[i].(type) {
	case *cli.BoolFlag:
		return "true, false or nothing"
	case *cli.DurationFlag:
		return "a duration such as 10s"
	}
	return "a whole number"
}

// noCommand returns the error of an unknown command, or of an unknown subcommand.
func noCommand(of, name string, commands []*cli.Command) error {
	var names []string
	for _, c := range commands {
		if !c.Hidden {
			names = append(names, c.Name)
		}
	}
	return fmt.Errorf("no command %s%q%swant one of %s (%s --help)", of, name, words.DidYouMean("", name, names), strings.Join(names, ", "), strings.TrimSpace("faaslab "+of))
}

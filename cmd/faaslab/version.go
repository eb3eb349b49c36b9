package main

import (
	"runtime/debug"

	"github.com/urfave/cli/v2"

	"faaslab/cmd/faaslab/internal/outfile"
)

// The commit that the program is built from, and its date. A release sets them with -ldflags
// "-X main.commit=… -X main.date=…"; otherwise they are those that Go records in a checkout.
var commit, date string

// builtFrom returns what --version says behind the version: the commit, its date, and whether files
// were changed since; empty if neither a release nor a checkout says them.
func builtFrom() string {
	commit, date, changed := commit, date, ""
	if info, ok := debug.ReadBuildInfo(); ok && commit == "" {
		for _, s := range info.Settings {
			switch s.Key {
			case "vcs.revision":
				commit = s.Value
			case "vcs.time":
				date = s.Value
			case "vcs.modified":
				if s.Value == "true" {
					changed = ", with changes"
				}
			}
		}
	}
	if commit == "" {
		return ""
	}
	return " (commit " + commit[:min(12, len(commit))] + " of " + date + changed + ")"
}

// manCommand prints the manual page that packages install.
func manCommand() *cli.Command {
	return &cli.Command{
		Name:   "man",
		Usage:  "print the manual page, for man -l -",
		Hidden: true,
		Flags:  []cli.Flag{},
		Action: func(c *cli.Context) error {
			page, err := c.App.ToManWithSection(1)
			if err != nil {
				return err
			}
			return outfile.Print(c.App.Writer, []byte(page))
		},
	}
}

package main

import (
	"errors"
	"fmt"

	"github.com/urfave/cli/v2"

	"faaslab/cmd/faaslab/internal/exit"
	"faaslab/cmd/faaslab/internal/outfile"
	"faaslab/cmd/faaslab/internal/site"
)

func siteCommand() *cli.Command {
	return &cli.Command{
		Name:  "site",
		Usage: "the explorer as a static site, without a server",
		Description: "Writes the page of serve, the manual and the lessons into DIR, with the\n" +
			"simulator compiled to WebAssembly, which answers the page in the browser.\n" +
			"Any web server can serve DIR, at any path. A directory that has an older site\n" +
			"and nothing else is replaced as a whole or not at all. A release has the\n" +
			"simulator inside; elsewhere Go compiles it, in the source's directory.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "out", Usage: "the directory, `DIR`, of the site"},
		},
		Action: writeSite,
	}
}

func writeSite(c *cli.Context) error {
	if c.Args().Len() > 0 {
		return fmt.Errorf("found %q; want no argument", c.Args().First())
	}
	out := c.String("out")
	if out == "" {
		return errors.New("want --out DIR, the directory of the site")
	}
	if err := site.Check(out); err != nil {
		return err
	}
	simulator, err := site.Find(c.Context, ".")
	switch {
	case c.Context.Err() != nil:
		return &exit.Error{Code: exit.Interrupted, Err: errors.New("interrupted: nothing was written")}
	case err != nil:
		return err
	}
	files, err := site.Files(simulator)
	if err != nil {
		return err
	}
	if err := site.Write(out, files); err != nil {
		return err
	}
	return outfile.Print(c.App.Writer, fmt.Appendf(nil, "%s: a site of %d files, whose simulator has %.1f MB\n", out, len(files), float64(len(simulator.Binary))/1e6))
}

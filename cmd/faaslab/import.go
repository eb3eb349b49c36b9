package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/importing"
	"faaslab/cmd/faaslab/internal/outfile"
	traces "faaslab/dist/trace"
)

func importCommand() *cli.Command {
	return &cli.Command{
		Name:      "import",
		Usage:     "make a scenario of a log or a trace",
		ArgsUsage: "[FORMAT] FILE…",
		Description: "FORMAT is one of " + strings.Join(traces.FormatNames()[:5], ", ") + ",\n" +
			strings.Join(traces.FormatNames()[5:], ", ") + "; if it is left out, the first lines show it.\n" +
			"FILE may be compressed (gzip, zstd); - is standard input. Without --out,\n" +
			"import says what it finds and writes nothing.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "out", Aliases: []string{"o"}, Usage: "write the scenario and its data into `DIR`, a new directory"},
			&cli.BoolFlag{Name: "force", Usage: "replace DIR, if it is of an earlier import"},
			&cli.StringFlag{Name: "function", Usage: "take the requests of the function `NAME`, or whose name begins so; of csv, a column that tells functions apart, or COLUMN=NAME", DefaultText: "the busiest"},
			&cli.StringFlag{Name: "laws", Value: "empirical", Usage: "what the scenario says of durations: empirical, quantiles, or a fitted `LAW` such as lognormal"},
			&cli.StringFlag{Name: "time", Usage: "of csv: the `COLUMN` of the time, by its name, or #1 for the first"},
			&cli.StringFlag{Name: "duration", Usage: "of csv: the `COLUMN` of the duration"},
			&cli.StringFlag{Name: "startup", Usage: "of csv: the `COLUMN` of the start-up; empty or 0 if the start was warm"},
			&cli.StringFlag{Name: "cold", Usage: "of csv: the `COLUMN` that says whether the start was cold"},
			&cli.StringFlag{Name: "unit", Usage: "`UNIT` of durations, and of times that are no moments: s, ms, us or ns", DefaultText: "as in the column's name, or else s"},
			&cli.StringFlag{Name: "times", Usage: "the `MOMENT` of a request that its time is, where the format leaves it open: start or end", DefaultText: "as the rows show"},
			&cli.StringFlag{Name: "spread", Value: "uniform", Usage: "`HOW` the requests of a count arrive in their minute: uniform, even or start"},
			&cli.StringFlag{Name: "format", Aliases: []string{"f"}, Value: "text", Usage: "`FORMAT` of what is printed: text or json"},
		},
		BashComplete: func(c *cli.Context) {
			cli.DefaultCompleteWithFlags(c.Command)(c)
			for _, name := range traces.FormatNames() {
				fmt.Fprintln(c.App.Writer, name)
			}
		},
		Action: importLog,
	}
}

func importLog(c *cli.Context) error {
	options, err := importOptions(c)
	if err != nil {
		return err
	}
	var files []string
	if options.Format, files, err = importing.SplitFormat(c.Args().Slice()); err != nil {
		return err
	}
	var inputs []importing.Input
	for i, name := range files {
		if name == "-" {
			for _, other := range files[:i] {
				if other == "-" {
					return fmt.Errorf("found - twice; standard input can be read once")
				}
			}
		}
		inputs = append(inputs, importing.File(name, os.Stdin))
	}
	var directory *outfile.Directory
	if out := c.String("out"); c.IsSet("out") {
		if out == "" {
			return fmt.Errorf("--out: found no name; want a directory")
		}
		if directory, err = outfile.NewDirectory(out, c.Bool("force"), importing.Files()); err != nil {
			return fmt.Errorf("--out %w", err)
		}
		defer directory.Abandon()
		options.Create = directory.Create
	}
	bar := newProgress(c.App.ErrWriter, "reading")
	options.Progress = bar.set
	found, err := importing.Import(c.Context, inputs, options)
	bar.Finish()
	if err != nil {
		return err
	}
	if directory != nil {
		if err := directory.Commit(); err != nil {
			return err
		}
	}
	for _, w := range found.Warnings {
		format.Warn(c.App.ErrWriter, w)
	}
	page := format.NewPage(c.App.Writer)
	if c.String("format") == "json" {
		err = format.JSON(page, found)
	} else {
		found.Text(page)
		importNext(c, page, len(found.Measured) > 0)
	}
	if err != nil {
		return err
	}
	return outfile.Print(c.App.Writer, page.Bytes())
}

// importNext says what can be done next; measured reports whether the log itself shows some metric.
func importNext(c *cli.Context, page *format.Page, measured bool) {
	fmt.Fprintln(page)
	if !c.IsSet("out") {
		format.Paragraph(page, "", "  ", "nothing is written; --out DIR writes the scenario and its data")
		return
	}
	dir := filepath.Clean(c.String("out"))
	parts := []string{"faaslab", "run", format.ShellWord(filepath.Join(dir, importing.ScenarioFile))}
	if !measured {
		format.Command(page, "simulated: ", parts)
		return
	}
	parts = append(parts, "--measured", format.ShellWord(filepath.Join(dir, importing.MeasuredFile)))
	format.Command(page, "simulated and measured side by side: ", parts)
}

// importOptions reads the flags.
func importOptions(c *cli.Context) (o importing.Options, err error) {
	if f := c.String("format"); f != "text" && f != "json" {
		return o, fmt.Errorf("--format %s: want text or json", f)
	}
	o.Function, o.Laws = c.String("function"), c.String("laws")
	o.Columns = traces.Columns{Time: c.String("time"), Duration: c.String("duration"), Startup: c.String("startup"), Cold: c.String("cold")}
	if err := o.SetUnit(c.String("unit")); err != nil {
		return o, err
	}
	if err := o.SetTimes(c.String("times")); err != nil {
		return o, err
	}
	if o.Spread, err = traces.ParseSpread(c.String("spread")); err != nil {
		return o, fmt.Errorf("--spread: %w", err)
	}
	return o, nil
}

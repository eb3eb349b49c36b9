package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"faaslab/cmd/faaslab/internal/exit"
	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/narration"
	"faaslab/cmd/faaslab/internal/outfile"
	"faaslab/cmd/faaslab/internal/sweep"
	"faaslab/scenarios"
)

func traceCommand() *cli.Command {
	return &cli.Command{
		Name:      "trace",
		Usage:     "tell what happens on a platform, event by event",
		ArgsUsage: "[SCENARIO]",
		Description: "SCENARIO is a file or a built-in name (faaslab scenarios list); float if\n" +
			"there is none.\n" +
			"Shown is its first replication from time 0, warm-up included. The output of\n" +
			"--format perfetto is opened at https://ui.perfetto.dev or in\n" +
			"chrome://tracing.",
		Flags: []cli.Flag{
			setFlag(),
			&cli.StringFlag{Name: "seed", Usage: "another `SEED` than run.seed"},
			&cli.IntFlag{Name: "events", Aliases: []string{"n"}, Value: 30, Usage: "tell `N` events"},
			&cli.StringFlag{Name: "from", Value: "0s", Usage: "leave out the events before `TIME`"},
			&cli.IntFlag{Name: "node", Usage: "of many functions, tell what happens on node `N`, from 0", DefaultText: "all"},
			&cli.StringFlag{Name: "function", Usage: "of many functions, tell what happens to the function `NAME`", DefaultText: "all"},
			&cli.StringFlag{Name: "platform", Usage: "`PLATFORM` to watch: " + strings.Join(scenarios.KindNames(), " or "), DefaultText: scenarios.KindNames()[0] + ", if the scenario has it"},
			&cli.StringFlag{Name: "format", Aliases: []string{"f"}, Value: "text", Usage: "`FORMAT` of the events: text, json or perfetto"},
			&cli.StringFlag{Name: "out", Aliases: []string{"o"}, Usage: "write them to `FILE`, not to stdout"},
		},
		BashComplete: completeScenario,
		Action:       trace,
	}
}

func trace(c *cli.Context) error {
	start, ok := narration.Writers[c.String("format")]
	if !ok {
		return fmt.Errorf("--format %s: want text, json or perfetto", c.String("format"))
	}
	w := narration.Watch{Events: c.Int("events"), Columns: format.ColumnsOf(c.App.Writer)}
	if w.Events < 0 {
		return fmt.Errorf("--events %d: want 0 or more", w.Events)
	}
	var err error
	if w.From, err = durationOf(c, "from"); err != nil {
		return err
	}
	var overrides []scenarios.Override
	if c.IsSet("seed") {
		overrides = append(overrides, scenarios.Override{Key: "run.seed", Value: c.String("seed"), Flag: "--seed"})
	}
	if w.Scenario, err = loadScenario(c, overrides...); err != nil {
		return err
	}
	if w.Platform, err = watchedPlatform(c, w.Scenario); err != nil {
		return err
	}
	if w.Function = c.String("function"); c.IsSet("node") {
		node := c.Int("node")
		w.Node = &node
	}
	if err := w.Check(); err != nil {
		return fmt.Errorf("--%w", err)
	}
	why := narration.EnoughEvents
	write := func(to io.Writer) error {
		buffered := bufio.NewWriterSize(to, 1<<16)
		writer, err := start(c.Context, buffered, w)
		if err == nil {
			why, err = w.Tell(c.Context, writer)
		}
		if flushed := buffered.Flush(); err == nil {
			err = flushed // after a failed write it is the same error
		}
		return err
	}
	if c.IsSet("out") {
		w.Columns = 0
		err = writeTrace(c, w, write)
	} else if err = write(c.App.Writer); err != nil && !errors.As(err, new(*exit.Error)) {
		err = &exit.Error{Code: exit.IO, Err: fmt.Errorf("writing the events: %w", err)}
	}
	if err == nil && why == narration.Interruption {
		err = &exit.Error{Code: exit.Interrupted, Err: errors.New("")}
	}
	return err
}

// watchedPlatform returns the name of the platform to watch.
func watchedPlatform(c *cli.Context, s scenarios.Scenario) (string, error) {
	has, name := s.Platforms(), c.String("platform")
	switch {
	case !c.IsSet("platform"):
		return has[0], nil
	case !scenarios.IsKind(name):
		return "", fmt.Errorf("--platform %s: want %s", name, strings.Join(scenarios.KindNames(), " or "))
	case !slices.Contains(has, name):
		return "", fmt.Errorf("--platform %s: the scenario %s has none; it has %s", name, s.Name, has[0])
	}
	return name, nil
}

// writeTrace writes the events to the file of --out, which must not be one of the input files.
func writeTrace(c *cli.Context, w narration.Watch, write func(io.Writer) error) error {
	path := c.String("out")
	if path == "" {
		return errors.New("--out: found no name; want a file")
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return fmt.Errorf("--out %s: found a directory; want a file", path)
	}
	if err := notAmong("out", path, sweep.Inputs(c.Args().First(), w.Scenario)); err != nil {
		return err
	}
	return outfile.Write(path, write)
}

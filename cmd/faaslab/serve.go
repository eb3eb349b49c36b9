package main

import (
	"context"
	"io"
	"strconv"
	"time"

	"github.com/urfave/cli/v2"

	"faaslab/cmd/faaslab/internal/explorer"
)

func serveCommand() *cli.Command {
	return &cli.Command{
		Name:      "serve",
		Usage:     "the explorer: a page to change, watch and learn",
		ArgsUsage: "[SCENARIO]",
		Description: "Prints the address of the page and serves it, and the JSON API that it uses\n" +
			"(docs/api.md), until it is stopped. The page opens with SCENARIO, a file or a\n" +
			"built-in name, or with float. It listens on this machine alone unless --addr\n" +
			"says otherwise.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "addr", Value: "127.0.0.1:0", Usage: "listen on `HOST:PORT`; port 0 is any that is free"},
			&cli.StringSliceFlag{Name: "host", Usage: "a `NAME` by which browsers reach the server, where --addr is not on this machine alone; may be repeated"},
			&cli.Int64Flag{Name: "budget-requests", Value: 20_000_000, Usage: "the most requests, `N`, of one simulation"},
			&cli.IntFlag{Name: "budget-instances", Value: 100_000, Usage: "the most instances and waiting requests, `N`, alive at once in one replication"},
			&cli.DurationFlag{Name: "budget-time", Value: 30 * time.Second, Usage: "the longest `TIME` that one simulation computes"},
			&cli.StringFlag{Name: "memory", Value: "512MB", Usage: "the most memory of the server, `SIZE`, whatever it computes"},
		},
		BashComplete: completeScenario,
		Action:       serve,
	}
}

// serve serves until it is interrupted, which is its normal end.
func serve(c *cli.Context) error {
	own, err := explorer.OpenArgument(c.Args().Slice())
	if err != nil {
		return err
	}
	memory, err := parseMemoryFlag(c.String("memory"))
	if err != nil {
		return err
	}
	s := explorer.Server{
		Address: c.String("addr"),
		Hosts:   c.StringSlice("host"),
		Budget:  explorer.Budget{Requests: c.Int64("budget-requests"), Instances: c.Int("budget-instances"), Time: c.Duration("budget-time"), Memory: memory},
		Own:     own,
		Execute: executeShown,
	}
	if err := s.Budget.Check(); err != nil {
		return err
	}
	keepWithin(memory)
	return s.Serve(c.Context, c.App.Writer, c.App.ErrWriter)
}

// executeShown executes a command that a lesson shows, with a number of workers, and with its
// figure written to a writer.
func executeShown(ctx context.Context, words []string, workers int, stdout, stderr, figure io.Writer) (exit int) {
	if c := findCommand(newApp(nil, nil).Commands, words[1]); takesValue(c.Flags, "--workers") {
		words = append(words, "--workers", strconv.Itoa(workers)) // the results do not depend on the number of workers
	}
	return execute(withSketch(ctx, figure), words, stdout, stderr)
}

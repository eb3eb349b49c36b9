package main

import (
	"fmt"

	"github.com/urfave/cli/v2"
)

// workersFlag is the flag of a command that does several tasks at once, such as replications.
func workersFlag(what string) cli.Flag {
	return &cli.IntFlag{
		Name: "workers", Usage: what + " at once, `N`; results do not depend on it", DefaultText: "one a core",
		Action: func(_ *cli.Context, n int) error {
			if n < 0 {
				return fmt.Errorf("--workers %d: want 1 or more, or 0 for one a core", n)
			}
			return nil
		},
	}
}

package main

import (
	"fmt"
	"math"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"

	"github.com/urfave/cli/v2"

	"faaslab/cmd/faaslab/internal/explorer"
	"faaslab/scenarios"
)

// parseMemoryFlag returns the size given by --memory in bytes.
func parseMemoryFlag(text string) (int64, error) {
	gb, ok := scenarios.ParseMemory(strings.TrimSpace(text))
	if !ok {
		return 0, fmt.Errorf("--memory %s: want a size such as 512MB or 2GB", text)
	}
	return int64(gb * explorer.GB), nil
}

// ofHeap is the fraction of the memory that Go's heap may take; the rest is for the program itself.
const ofHeap = 0.85

// keepWithin makes the garbage collector keep the program within a number of bytes, unless
// GOMEMLIMIT sets fewer.
func keepWithin(bytes int64) {
	if limit := int64(float64(bytes) * ofHeap); limit < debug.SetMemoryLimit(-1) {
		debug.SetMemoryLimit(limit)
	}
}

// simulationOptions returns the options of simulations that flags and the environment set.
// GOMEMLIMIT, if it is set, also bounds the memory of simulations, at half its value; the rest is
// for the garbage between two collections.
func simulationOptions(c *cli.Context) scenarios.Options {
	o := scenarios.Options{Workers: c.Int("workers")}
	if limit := debug.SetMemoryLimit(-1); limit != math.MaxInt64 {
		o.Memory = scenarios.NewMemory(limit / 2)
	}
	return o
}

// A footprintNote warns once that simulations need much memory.
type footprintNote struct{ once sync.Once }

// largeFootprint is the number of bytes from which on the note is written.
const largeFootprint = explorer.GB

// Tell writes to stderr how much memory scenarios that are simulated together need, if it is much.
func (n *footprintNote) Tell(c *cli.Context, together ...scenarios.Scenario) {
	workers := c.Int("workers")
	if workers == 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	bytes := 0.0
	for _, s := range together {
		bytes += s.Footprint(workers)
	}
	if bytes > largeFootprint {
		n.once.Do(func() {
			all := "instances"
			if together[0].HasMany() {
				all = "functions, instances"
			}
			fmt.Fprintf(c.App.ErrWriter, "note: about %.2g GB of memory will be needed for all %s and waiting requests in %d replications; fewer run.replications need less\n",
				bytes/explorer.GB, all, together[0].Run.Replications)
		})
	}
}

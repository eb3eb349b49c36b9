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

// parseMemoryFlag reads a size of --memory in bytes.
func parseMemoryFlag(text string) (int64, error) {
	gb, ok := scenarios.ParseMemory(strings.TrimSpace(text))
	if !ok {
		return 0, fmt.Errorf("--memory %s: want a size such as 512MB or 2GB", text)
	}
	return int64(gb * explorer.GB), nil
}

// ofHeap is the part of the memory that Go's heap may take; the program itself takes the rest.
const ofHeap = 0.85

// keepWithin makes garbage be collected as often as the program needs to keep within so many bytes, unless GOMEMLIMIT
// says less.
func keepWithin(bytes int64) {
	if limit := int64(float64(bytes) * ofHeap); limit < debug.SetMemoryLimit(-1) {
		debug.SetMemoryLimit(limit)
	}
}

// simulationOptions are what the flags and the environment say of simulations: GOMEMLIMIT, if it is set, bounds what
// they hold, too, at half of it; the rest is for the garbage between two collections.
func simulationOptions(c *cli.Context) scenarios.Options {
	o := scenarios.Options{Workers: c.Int("workers")}
	if limit := debug.SetMemoryLimit(-1); limit != math.MaxInt64 {
		o.Memory = scenarios.NewMemory(limit / 2)
	}
	return o
}

// A footprintNote says once that a simulation needs much memory.
type footprintNote struct{ once sync.Once }

// largeFootprint is how many bytes are said beforehand.
const largeFootprint = explorer.GB

// Tell says on stderr how much memory scenarios that are simulated together need, if that is much.
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
			fmt.Fprintf(c.App.ErrWriter, "note: about %.2g GB of memory will be needed for all instances and waiting requests in %d replications; fewer run.replications need less\n",
				bytes/explorer.GB, together[0].Run.Replications)
		})
	}
}

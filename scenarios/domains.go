package scenarios

import (
	"fmt"
	"strings"

	"faaslab/platform"
	"faaslab/platform/executors"
	"faaslab/platform/pool"
)

// The domains of a scenario's values. A file's text and a field that a program sets are held
// against the same domain.
var (
	lines = lineDomain{}

	keepAlives    = spanDomain{orNever: true}
	queueTimeouts = spanDomain{least: 1, orNever: true}
	delays        = spanDomain{}
	lengths       = spanDomain{least: 1}

	maxInstances      = wholeDomain{1, 1e9, true}
	batches           = wholeDomain{1, 1e9, true}
	initially         = wholeDomain{0, 1e9, false}
	coreNumbers       = wholeDomain{1, 1e9, false}
	threadCounts      = wholeDomain{1, 2, false}
	replicationCounts = wholeDomain{1, 100_000, false}
	requestCounts     = wholeDomain{1, 1_000_000_000_000_000, false}

	proportions = proportionDomain{0}
	speeds      = proportionDomain{1e-3}

	whenFulls   = choiceDomain[pool.WhenFull]{pool.Reject, pool.Queue}
	routings    = choiceDomain[pool.Routing]{pool.MRU, pool.Newest, pool.LRU, pool.Random}
	handOvers   = choiceDomain[pool.HandOver]{pool.OneByOne, pool.Together}
	disciplines = choiceDomain[executors.Discipline]{executors.ProcessorSharing, executors.FCFS}
	billings    = choiceDomain[platform.StartupBilling]{platform.StartupBilled, platform.StartupFree}
)

// What is accepted where a domain has no values of its own to name.
const (
	wantPrecision = "a percentage such as 1%, from 0.01% to 100%"
	wantMemory    = "a memory size such as 512MB or 1.5GB (1GB is 1024MB), from 1KB to 1024GB"
	wantCurrency  = "the code of a currency, three capital letters such as USD"
)

// isPrecision reports whether a relative half-width is accepted.
func isPrecision(p float64) bool { return p >= 0.0001 && p <= 1 }

// dearest is the highest price that is accepted, so that no cost is infinite.
const dearest = 1e9

func isPrice(amount float64) bool { return amount >= 0 && amount <= dearest }

func wantPrice() string {
	return fmt.Sprintf("a price, a number such as 0.0000166667 from 0 to %.0f", dearest)
}

// isMemory reports whether a memory size in GB is accepted.
func isMemory(gb float64) bool { return gb >= 1.0/(1<<20) && gb <= 1<<10 }

func isCurrency(code string) bool {
	return len(code) == 3 && strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

func presetNames() []string {
	names := make([]string, len(Presets))
	for i, p := range Presets {
		names[i] = p.Name
	}
	return names
}

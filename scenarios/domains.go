package scenarios

import (
	"fmt"
	"strings"

	"faaslab/platform"
	"faaslab/platform/executors"
	"faaslab/platform/pool"
	"faaslab/scenarios/internal/keyfile"
)

// The domains of a scenario's values. A file's text and a field that a program sets are held
// against the same domain.
var (
	lines = keyfile.Lines{}

	keepAlives    = keyfile.Spans{OrNever: true}
	queueTimeouts = keyfile.Spans{Least: 1, OrNever: true}
	delays        = keyfile.Spans{}
	lengths       = keyfile.Spans{Least: 1}

	maxInstances      = keyfile.Wholes{Least: 1, Most: 1e9, OrUnlimited: true}
	batches           = keyfile.Wholes{Least: 1, Most: 1e9, OrUnlimited: true}
	initially         = keyfile.Wholes{Most: 1e9}
	coreNumbers       = keyfile.Wholes{Least: 1, Most: 1e9}
	threadCounts      = keyfile.Wholes{Least: 1, Most: 2}
	replicationCounts = keyfile.Wholes{Least: 1, Most: 100_000}
	requestCounts     = keyfile.Wholes{Least: 1, Most: 1_000_000_000_000_000}

	proportions = keyfile.Proportions{}
	speeds      = keyfile.Numbers{Least: 0.1, Most: 10}
	clocks      = keyfile.Lists{Of: speeds, Most: 1000}

	whenFulls   = keyfile.Choices[pool.WhenFull]{pool.Reject, pool.Queue}
	routings    = keyfile.Choices[pool.Routing]{pool.MRU, pool.Newest, pool.LRU, pool.Random}
	handOvers   = keyfile.Choices[pool.HandOver]{pool.OneByOne, pool.Together}
	disciplines = keyfile.Choices[executors.Discipline]{executors.ProcessorSharing, executors.FCFS}
	billings    = keyfile.Choices[platform.StartupBilling]{platform.StartupBilled, platform.StartupFree}
)

// A file of keys has the same number for no bound as the platforms.
var _ = [1]struct{}{}[platform.Unlimited-keyfile.Unbounded]

// What is accepted where a domain has no values of its own to name.
const (
	wantPrecision = "a percentage such as 1%, from 0.01% to 100%"
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

package scenarios

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"faaslab/platform"
	"faaslab/platform/executors"
	"faaslab/platform/pool"
	"faaslab/sim"
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
	wantLaw       = "a distribution such as exponential(mean=1.5s)"
	wantArrivals  = "an arrival process such as poisson(rate=1/s)"
	wantPrecision = "a percentage such as 1%, from 0.01% to 100%"
	wantMemory    = "a memory size such as 512MB or 1.5GB (1GB is 1024MB), from 1KB to 1024GB"
	wantCurrency  = "the code of a currency, three capital letters such as USD"
)

const (
	unlimited = "unlimited"
	never     = "never"
)

// lineDomain holds the texts that are not blank and print on one line.
type lineDomain struct{}

// longestLine is the most characters of a name or a description.
const longestLine = 500

func (lineDomain) has(text string) bool {
	return strings.TrimSpace(text) != "" && len([]rune(text)) <= longestLine &&
		!strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) })
}

func (lineDomain) accepts() string {
	return fmt.Sprintf("a text of one line, 1 to %d characters", longestLine)
}

// spanDomain holds the durations from least on that virtual time has, and Never or not.
type spanDomain struct {
	least   sim.Time
	orNever bool
}

func (d spanDomain) has(t sim.Time) bool { return t >= d.least && (d.orNever || t != sim.Never) }

func (d spanDomain) accepts() string {
	text := "a duration such as 90s or 1m30s, 0s or more"
	if d.least > 0 {
		text = "a duration such as 90s or 1m30s, more than 0s"
	}
	if d.orNever {
		text += ", or " + never
	}
	return text
}

// wholeDomain holds the whole numbers from least to most, and platform.Unlimited or not.
type wholeDomain struct {
	least, most int64
	orUnlimited bool
}

func (d wholeDomain) has(n int64) bool {
	return d.hasNumber(uint64(max(n, 0))) && n >= 0 || d.orUnlimited && n == platform.Unlimited
}

// hasNumber reports whether the domain holds a number that is written as one.
func (d wholeDomain) hasNumber(n uint64) bool { return n >= uint64(d.least) && n <= uint64(d.most) }

func (d wholeDomain) accepts() string {
	text := fmt.Sprintf("a whole number from %d to %d", d.least, d.most)
	if d.orUnlimited {
		text += ", or " + unlimited
	}
	return text
}

// proportionDomain holds the numbers from least to 1.
type proportionDomain struct{ least float64 }

func (d proportionDomain) has(x float64) bool { return x >= d.least && x <= 1 }

func (d proportionDomain) accepts() string { return fmt.Sprintf("a number from %v to 1", d.least) }

// choiceDomain holds several values; the first is the default.
type choiceDomain[T interface {
	comparable
	fmt.Stringer
}] []T

func (d choiceDomain[T]) has(value T) bool { return slices.Contains(d, value) }

func (d choiceDomain[T]) names() []string {
	names := make([]string, len(d))
	for i, v := range d {
		names[i] = v.String()
	}
	return names
}

func (d choiceDomain[T]) accepts() string { return list(d.names(), "or") }

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

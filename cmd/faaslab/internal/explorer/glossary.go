package explorer

import (
	"net/http"

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/dist"
	"faaslab/platform"
)

// A glossaryJSON explains the words of the page. Keys of the scenario file are described by the
// schema.
type glossaryJSON struct {
	Metrics []MetricJSON `json:"metrics"` // in the order of the tables
	Terms   []termJSON   `json:"terms"`
	// Arrivals and Distributions are examples of each law, in the notation of scenario files.
	Arrivals      []string `json:"arrivals"`
	Distributions []string `json:"distributions"`
}

// A MetricJSON is a metric as the page needs it: its words, its unit and where it is shown.
type MetricJSON struct {
	Name  string `json:"name"`
	Label string `json:"label"`
	Unit  string `json:"unit"` // probability, seconds, count, per_second, per_million, per_month, megabytes or gb_seconds_per_million
	Text  string `json:"text"`
}

type termJSON struct {
	Term string `json:"term"`
	Text string `json:"text"`
}

// terms are the words of the page that are neither metrics nor keys. The names of models are their
// labels.
var terms = []termJSON{
	{"95 % confidence interval", "A range computed so that it covers the true value in 95 of 100 simulations; ± is half its width."},
	{"steady state", "What the averages settle to when the initial state is forgotten."},
	{"transient", "How a platform comes from its initial state to its steady state."},
	{"warm-up", "The beginning of each replication, which is simulated but not measured: the initial state must be forgotten first."},
	{"deleted", "The fraction of the simulated requests that arrived during the warm-up, and so were not measured."},
	{"replications", "Independent simulations of the same scenario; how much they differ gives the intervals."},
	{"precision", "How wide the intervals of the headline metrics may be, relative to their means."},
	{"cold start", "A request that finds no idle instance, so that a new one is started for it."},
	{"warm start", "A request that finds an idle instance, which serves it at once."},
	{"keep-alive", "How long an instance is kept idle before it expires."},
	{"MRU", "Most recently used: the idle instance serves that became idle last."},
	{"LRU", "Least recently used: the idle instance serves that became idle first."},
	{"processor sharing", "All that run share the cores equally, none using more than one. As a model: the law of the number present, exact for any service time with Poisson arrivals."},
	{"seed", "Fixes all random numbers: the same seed, the same results."},
	{"significant", "The 95 % interval of the difference excludes 0."},
	{"pp", "Percentage points: the difference of two percentages."},
	{"SMP", "The semi-Markov process of Mahmoudi and Khazaei (2022): instances come and go one by one. An approximation."},
	{"SMP modified", "The SMP with the time to expiry as the sliding maximum has it. An approximation."},
	{"level-crossing", "The pool solved exactly by the dips of the number running below each level: Poisson arrivals, MRU, exponential service times."},
	{"sliding maximum", "With MRU routing and no cap there are as many instances as ran at once at most during the last keep-alive."},
	{"M/G/∞", "Poisson arrivals, any service time, as many servers as requests: the number present is Poisson distributed."},
	{"M/G/∞ cold", "M/G/∞ with cold service times: without a keep-alive every start is cold."},
	{"time to live", "Each function by itself: a start is cold if the gap before it is longer than the keep-alive. Services take no time."},
	{"King", "The functions with an instance where the one that was not asked for longest makes room (LRU), of equal size: exact for up to 20."},
	{"Gelenbe", "The same where any function makes room, each with the same probability."},
	{"Che", "LRU as if each function had a keep-alive, as long as fills the memory. An approximation, for any number of functions."},
	{"Kaufman–Roberts", "Requests of several sizes that hold memory while they are served, and are rejected where too little is free."},
	{"M/M/c", "Poisson arrivals, exponential service times, c servers, first come, first served."},
	{"M/M/c+D", "M/M/c where a request leaves that has waited for the time D."},
	{"Pollaczek–Khinchine", "One server, Poisson arrivals, any service time: the mean wait, and here its distribution as well."},
	{"GI/M/1", "One server, independent times between arrivals of any law, exponential service times."},
	{"Erlang B", "The probability that all of c servers are busy, where requests that find them so are turned away."},
	{"Erlang C", "The probability of waiting for one of c servers, where requests queue."},
	{"finite source", "Users who wait for their answers before they think and send again, on servers of their own or sharing cores: exact for any service and think times."},
	{"M/M/c//N", "N users who wait for their answers, c servers, first come, first served: exponential service times, any think times."},
	{"Engset", "Users who wait for their answers, where requests that find all of c servers busy are turned away: any service and think times."},
	{"metric scaling", "The model of Mahmoudi and Khazaei (2022) of an autoscaler that measures the load: the instances ordered and ready at each evaluation. An approximation, without panic and without a queue."},
	{"simulated", "What the simulation found, with its 95 % interval."},
}

func newMetricJSON(m platform.Metric) MetricJSON {
	return MetricJSON{m.Name, m.Label(), m.Unit.String(), m.Doc}
}

func sendGlossary(w http.ResponseWriter, _ *http.Request) {
	out := glossaryJSON{Terms: terms, Arrivals: dist.Examples(true), Distributions: dist.Examples(false)}
	for _, m := range platform.Catalogue {
		out.Metrics = append(out.Metrics, newMetricJSON(m))
	}
	w.Header().Set("Content-Type", "application/json")
	format.JSON(w, out)
}

package scenarios

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/cluster"
	"faaslab/platform/pool"
	"faaslab/scenarios/internal/keyfile"
	"faaslab/sim"
	"faaslab/sim/random"
)

// A Function is one of many whose instances share the memory of nodes.
type Function struct {
	Name     string // up to 100 letters, digits, - and _
	Arrivals dist.Arrivals
	Warm     dist.Distribution // service time of a warm start
	Startup  dist.Distribution // nil: that of the container block
	Memory   int64             // of an instance, MB of 2²⁰ bytes, 1 … 2²⁰
	// What is nil is as the container block and Keeping say.
	KeepAlive                        cluster.KeepAlive
	MinInstances, Provisioned, Spare *int
}

// Nodes are what the instances of many functions share. They are alike.
type Nodes struct {
	Count        int   // 1 … 10,000
	Memory       int64 // of a node, MB, 1 … 2²⁰, or cluster.Unlimited; 0: unlimited
	MaxInstances int   // on a node, >= 1, or platform.Unlimited; 0: unlimited
	Placement    cluster.Placement
}

// Keeping says which instances are kept beyond a request, and which go first, where many functions
// share nodes; in a scenario of one function it is zero.
type Keeping struct {
	Policy cluster.KeepAlive // in the place of Container.KeepAlive; nil: that
	Evict  cluster.Eviction
	// MinInstances, Provisioned and Spare are those of cluster.Function, each >= 0.
	MinInstances, Provisioned, Spare int
}

// Functions are the arrivals of a scenario of many functions: each has its own.
type Functions []Function

// errManyStreams is why Functions have no path of their own.
var errManyStreams = errors.New("scenarios: the requests of many functions are no single stream")

// Rate returns the sum of the functions' arrival rates.
func (all Functions) Rate() (rate float64) {
	for _, f := range all {
		rate += f.Arrivals.Rate()
	}
	return rate
}

// Pattern returns the least span that holds whole periods of all functions, the last change and the
// longest memory of any.
func (all Functions) Pattern() (p dist.Pattern) {
	common := sim.Time(0)
	for _, f := range all {
		one := f.Arrivals.Pattern()
		common = commonMultiple(common, sim.FromSeconds(one.Period))
		p.LastChange = max(p.LastChange, one.LastChange)
		p.Memory = max(p.Memory, one.Memory)
	}
	p.Period = common.Seconds()
	return p
}

// Start returns an error: each function has a stream of its own.
func (all Functions) Start(random.Generator) (dist.Source, error) { return nil, errManyStreams }

// String says how many functions there are, and how often they are asked for.
func (all Functions) String() string {
	if len(all) == 1 {
		return fmt.Sprintf("1 function, %s", all[0].Arrivals)
	}
	return fmt.Sprintf("%d functions, %.4g/s together", len(all), all.Rate())
}

// find returns the function of a name, nil if there is none.
func (all Functions) find(name string) *Function {
	if i := slices.IndexFunc(all, func(f Function) bool { return f.Name == name }); i >= 0 {
		return &all[i]
	}
	return nil
}

// names returns the names of the functions, in their order.
func (all Functions) names() (names []string) {
	for _, f := range all {
		names = append(names, f.Name)
	}
	return names
}

// Many returns the functions of a scenario that has several kinds of requests; false if all its
// requests are for one function.
func (s Scenario) Many() (Functions, bool) {
	switch a := s.Arrivals.(type) {
	case Functions:
		return a, true
	case Zipf:
		return a.Functions(), true
	}
	return nil, false
}

// many reports whether the scenario has many functions.
func (s *Scenario) many() bool {
	switch s.Arrivals.(type) {
	case Functions, Zipf:
		return true
	}
	return false
}

// clusterConfig returns the cluster of a scenario of many functions.
func (s Scenario) clusterConfig() cluster.Config {
	functions, _ := s.Many()
	c, k := s.Container, s.Keeping
	config := cluster.Config{
		Functions:    make([]cluster.Function, len(functions)),
		Nodes:        s.Nodes.Count,
		Memory:       unlessUnlimited(s.Nodes.Memory, cluster.Unlimited),
		MaxInstances: unlessUnlimited(s.Nodes.MaxInstances, platform.Unlimited),
		Placement:    s.Nodes.Placement,
		Routing:      cluster.Routing(c.Routing),
		KeepAlive:    s.keepAlive(),
		Evict:        k.Evict,
		Queue:        c.WhenFull == pool.Queue,
		QueueTimeout: c.QueueTimeout,
	}
	if config.QueueTimeout == 0 { // a program left it out
		config.QueueTimeout = sim.Never
	}
	for i, f := range functions {
		config.Functions[i] = cluster.Function{Name: f.Name, Memory: f.Memory, Arrivals: f.Arrivals, Warm: f.Warm, Startup: s.startupOf(f), KeepAlive: f.KeepAlive,
			MinInstances: valueOr(f.MinInstances, k.MinInstances), Provisioned: valueOr(f.Provisioned, k.Provisioned), Spare: valueOr(f.Spare, k.Spare)}
	}
	return config
}

// keepAlive returns the policy of functions without one of their own.
func (s Scenario) keepAlive() cluster.KeepAlive {
	if s.Keeping.Policy != nil {
		return s.Keeping.Policy
	}
	return cluster.Fixed(s.Container.KeepAlive)
}

// startupOf returns the law of a function's start-ups; nil if nothing gives it.
func (s Scenario) startupOf(f Function) dist.Distribution {
	if f.Startup != nil {
		return f.Startup
	}
	return s.Container.Startup
}

// unlessUnlimited returns a number, or unlimited for one that a program left out.
func unlessUnlimited[T int | int64](n, unlimited T) T {
	if n == 0 {
		return unlimited
	}
	return n
}

// valueOr returns a value, or another if there is none.
func valueOr(n *int, other int) int {
	if n == nil {
		return other
	}
	return *n
}

// Zipf are the arrivals of a synthetic scenario of many functions, of which the k-th most popular is
// asked for in proportion to k^−Exponent. They differ in nothing else.
type Zipf struct {
	Count    int     // of functions, 1 … 1,000,000
	PerSec   float64 // arrivals of all together, per second
	Exponent float64 // 0 … 10
	Warm     dist.Distribution
	Memory   int64 // of an instance, MB
}

// Functions returns the functions, the most popular first: f1, f2 …
func (z Zipf) Functions() Functions {
	all, total := make(Functions, z.Count), 0.0
	for i := range all {
		total += math.Pow(float64(i+1), -z.Exponent)
	}
	for i := range all {
		rate := z.PerSec * math.Pow(float64(i+1), -z.Exponent) / total
		all[i] = Function{Name: fmt.Sprintf("f%d", i+1), Arrivals: dist.Poisson{PerSecond: rate}, Warm: z.Warm, Memory: z.Memory}
	}
	return all
}

// Rate returns the arrival rate of all functions together.
func (z Zipf) Rate() float64 { return z.PerSec }

// Pattern returns the zero value: all arrivals are Poisson.
func (z Zipf) Pattern() dist.Pattern { return dist.Pattern{} }

// Start returns an error: each function has a stream of its own.
func (z Zipf) Start(random.Generator) (dist.Source, error) { return nil, errManyStreams }

// String returns the notation.
func (z Zipf) String() string {
	warm := ""
	if z.Warm != nil {
		warm = z.Warm.String()
	}
	return fmt.Sprintf("zipf(functions=%d, rate=%s, exponent=%s, warm=%s, memory=%s)", z.Count, dist.FormatRate(z.PerSec), keyfile.FormatDecimal(z.Exponent), warm, formatMegabytes(z.Memory))
}

// formatMegabytes writes a memory size that is given in MB.
func formatMegabytes(mb int64) string { return keyfile.FormatMemory(float64(mb) / 1024) }

// parseMegabytes reads a memory size of whole MB.
func parseMegabytes(text string) (mb int64, ok bool) {
	gb, ok := keyfile.ParseMemory(text)
	mb = int64(gb * 1024)
	return mb, ok && mb > 0 && float64(mb) == gb*1024
}

const wantMegabytes = "a memory size of whole MB such as 512MB or 1.5GB (1GB is 1024MB), from 1MB to 1024GB"

// parseHistogram reads histogram(…), whose parameters all have defaults.
func parseHistogram(text string) (h cluster.Histogram, err error) {
	call, err := keyfile.ParseCall(text)
	if err != nil {
		return h, err
	}
	h = cluster.NewHistogram()
	span := sim.Time(h.Bins) * h.Bin
	given := map[string]bool{}
	for _, a := range call.Arguments {
		p, known := histogramParameters[a.Name]
		switch {
		case a.Name == "":
			return h, fmt.Errorf("found %s without a name; %s", keyfile.Quoted(a.Value), histogramUsage)
		case !known:
			return h, fmt.Errorf("histogram has no parameter %s; %s", keyfile.Quoted(a.Name), histogramUsage)
		case given[a.Name]:
			return h, fmt.Errorf("%s is given twice", a.Name)
		}
		given[a.Name] = true
		if !p.read(&h, &span, a.Value) {
			return h, fmt.Errorf("%s: found %s; want %s", a.Name, keyfile.Quoted(a.Value), p.accepts)
		}
	}
	switch {
	case span%h.Bin != 0:
		return h, fmt.Errorf("range=%s is no multiple of bin=%s; want whole bins", keyfile.FormatTime(span), keyfile.FormatTime(h.Bin))
	case span/h.Bin > mostBins:
		return h, fmt.Errorf("range=%s has %d bins of %s; want at most %d", keyfile.FormatTime(span), span/h.Bin, keyfile.FormatTime(h.Bin), int64(mostBins))
	case h.Head >= h.Tail:
		return h, fmt.Errorf("head=%d%% is not below tail=%d%%", h.Head, h.Tail)
	}
	h.Bins = int(span / h.Bin)
	return h, nil
}

// mostBins is the most bins of a histogram: a minute each, it is a week.
const mostBins = 10_080

const histogramUsage = "histogram takes range, bin, head, tail, margin, cv, min_samples, oob, forecast and lead, all of which may be left out, as in histogram(range=4h)"

// A histogramParameter is a parameter of the notation; read sets the range apart, since bins are
// counted once both are known.
type histogramParameter struct {
	accepts string
	read    func(h *cluster.Histogram, span *sim.Time, text string) bool
	write   func(h *cluster.Histogram) string
}

// histogramParameters are those of the notation, in the order of histogramOrder.
var histogramParameters = map[string]histogramParameter{
	"range": {"a duration, more than 0s",
		func(_ *cluster.Histogram, span *sim.Time, text string) bool { return readSpan(span, text, 1) },
		func(h *cluster.Histogram) string { return keyfile.FormatTime(sim.Time(h.Bins) * h.Bin) }},
	"bin": {"a duration, more than 0s",
		func(h *cluster.Histogram, _ *sim.Time, text string) bool { return readSpan(&h.Bin, text, 1) },
		func(h *cluster.Histogram) string { return keyfile.FormatTime(h.Bin) }},
	"head":   percentParameter(func(h *cluster.Histogram) *int { return &h.Head }),
	"tail":   percentParameter(func(h *cluster.Histogram) *int { return &h.Tail }),
	"margin": percentParameter(func(h *cluster.Histogram) *int { return &h.Margin }),
	"oob":    percentParameter(func(h *cluster.Histogram) *int { return &h.OOB }),
	"cv": {"a number from 0 to 1000",
		func(h *cluster.Histogram, _ *sim.Time, text string) bool {
			x, ok := keyfile.Numbers{Most: 1000}.Parse(text)
			h.CV = x
			return ok
		},
		func(h *cluster.Histogram) string { return keyfile.FormatDecimal(h.CV) }},
	"min_samples": {"a whole number from 0 to 1000000",
		func(h *cluster.Histogram, _ *sim.Time, text string) bool {
			return readWhole(&h.MinSamples, text, 1_000_000)
		},
		func(h *cluster.Histogram) string { return fmt.Sprint(h.MinSamples) }},
	"forecast": {"none, or mean(10), the mean of the last 10 idle times, 1 to 1000",
		func(h *cluster.Histogram, _ *sim.Time, text string) bool {
			if text == "none" {
				h.Forecast = 0
				return true
			}
			call, err := keyfile.ParseCall(text)
			return err == nil && call.Name == "mean" && len(call.Arguments) == 1 && call.Arguments[0].Name == "" &&
				readWhole(&h.Forecast, call.Arguments[0].Value, 1000) && h.Forecast > 0
		},
		func(h *cluster.Histogram) string {
			if h.Forecast == 0 {
				return "none"
			}
			return fmt.Sprintf("mean(%d)", h.Forecast)
		}},
	"lead": {"a duration, 0s or more",
		func(h *cluster.Histogram, _ *sim.Time, text string) bool { return readSpan(&h.Lead, text, 0) },
		func(h *cluster.Histogram) string { return keyfile.FormatTime(h.Lead) }},
}

var histogramOrder = []string{"range", "bin", "head", "tail", "margin", "cv", "min_samples", "oob", "forecast", "lead"}

// percentParameter is one of whole per cent.
func percentParameter(field func(*cluster.Histogram) *int) histogramParameter {
	return histogramParameter{"a whole percentage from 0% to 100%",
		func(h *cluster.Histogram, _ *sim.Time, text string) bool {
			number, percent := strings.CutSuffix(text, "%")
			return percent && readWhole(field(h), number, 100)
		},
		func(h *cluster.Histogram) string { return fmt.Sprintf("%d%%", *field(h)) }}
}

// readWhole reads a whole number from 0 to most.
func readWhole(into *int, text string, most uint64) bool {
	n, ok := keyfile.ParseWhole(text)
	*into = int(min(n, most))
	return ok && n <= most
}

// readSpan reads a duration.
func readSpan(into *sim.Time, text string, least sim.Time) bool {
	t, err := keyfile.ParseTime(text)
	*into = t
	return err == nil && t >= least
}

// formatHistogram returns the notation, with the range and what else differs from the defaults.
func formatHistogram(h cluster.Histogram) string {
	standard := cluster.NewHistogram()
	call := keyfile.Call{Name: "histogram"}
	for _, name := range histogramOrder {
		p := histogramParameters[name]
		if text := p.write(&h); name == "range" || text != p.write(&standard) {
			call.Arguments = append(call.Arguments, keyfile.Argument{Name: name, Value: text})
		}
	}
	return call.String()
}

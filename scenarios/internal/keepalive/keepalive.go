// Package keepalive reads and writes the notation of a keep-alive that is learnt, such as
// histogram(range=4h).
package keepalive

import (
	"fmt"
	"strings"

	"faaslab/platform/cluster"
	"faaslab/scenarios/internal/keyfile"
	"faaslab/sim"
)

// Parse reads histogram(…), whose parameters all have defaults.
func Parse(text string) (h cluster.Histogram, err error) {
	call, err := keyfile.ParseCall(text)
	if err != nil {
		return h, err
	}
	if call.Name != "histogram" {
		return h, fmt.Errorf("found %s; want histogram(…): %s", keyfile.Quoted(call.Name), Usage)
	}
	h = cluster.NewHistogram()
	span := sim.Time(h.Bins) * h.Bin
	given := map[string]bool{}
	for _, a := range call.Arguments {
		p, known := parameters[a.Name]
		switch {
		case a.Name == "":
			return h, fmt.Errorf("found %s without a name; %s", keyfile.Quoted(a.Value), Usage)
		case !known:
			return h, fmt.Errorf("histogram has no parameter %s; %s", keyfile.Quoted(a.Name), Usage)
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
	case span.Seconds() > keyfile.Year:
		return h, fmt.Errorf("range=%s is longer than a year; want less", keyfile.FormatTime(span))
	case h.Head >= h.Tail:
		return h, fmt.Errorf("head=%d%% is not below tail=%d%%", h.Head, h.Tail)
	}
	h.Bins = int(span / h.Bin)
	return h, nil
}

// mostBins is the most bins of a histogram: a minute each, it is a week.
const mostBins = 10_080

// Usage says what the notation takes.
const Usage = "histogram takes range, bin, head, tail, margin, cv, min_samples, oob, forecast and lead, all of which may be left out, as in histogram(range=4h)"

// A parameter is a parameter of the notation; read sets the range apart, since bins are
// counted once both are known.
type parameter struct {
	accepts string
	read    func(h *cluster.Histogram, span *sim.Time, text string) bool
	write   func(h *cluster.Histogram) string
}

// parameters are those of the notation, in the order of order.
var parameters = map[string]parameter{
	"range": {"a duration, more than 0s",
		func(_ *cluster.Histogram, span *sim.Time, text string) bool { return readSpan(span, text, 1) },
		func(h *cluster.Histogram) string { return keyfile.FormatTime(sim.Time(h.Bins) * h.Bin) }},
	"bin": {"a duration, more than 0s",
		func(h *cluster.Histogram, _ *sim.Time, text string) bool { return readSpan(&h.Bin, text, 1) },
		func(h *cluster.Histogram) string { return keyfile.FormatTime(h.Bin) }},
	"head":   percent(func(h *cluster.Histogram) *int { return &h.Head }),
	"tail":   percent(func(h *cluster.Histogram) *int { return &h.Tail }),
	"margin": percent(func(h *cluster.Histogram) *int { return &h.Margin }),
	"oob":    percent(func(h *cluster.Histogram) *int { return &h.OOB }),
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

// order is that in which the parameters are written.
var order = []string{"range", "bin", "head", "tail", "margin", "cv", "min_samples", "oob", "forecast", "lead"}

// percent is one of whole per cent.
func percent(field func(*cluster.Histogram) *int) parameter {
	return parameter{"a whole percentage from 0% to 100%",
		func(h *cluster.Histogram, _ *sim.Time, text string) bool {
			number, ok := strings.CutSuffix(text, "%")
			return ok && readWhole(field(h), number, 100)
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

// Format returns the notation, with the range and what else differs from the defaults.
func Format(h cluster.Histogram) string {
	standard := cluster.NewHistogram()
	call := keyfile.Call{Name: "histogram"}
	for _, name := range order {
		p := parameters[name]
		if text := p.write(&h); name == "range" || text != p.write(&standard) {
			call.Arguments = append(call.Arguments, keyfile.Argument{Name: name, Value: text})
		}
	}
	return call.String()
}

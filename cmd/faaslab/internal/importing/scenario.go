package importing

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/dist"
	"faaslab/dist/trace"
	"faaslab/sim"
)

// keepAlives are those of platforms whose logs do not show one, and where they are from.
var keepAlives = map[string]struct {
	span sim.Time
	from string
}{
	"lambda":     {600e9, "what AWS Lambda was seen to have"},
	"openwhisk":  {600e9, "OpenWhisk's default (idle-container)"},
	"azure2019":  {1200e9, "what Azure Functions was seen to have"},
	"azure2021":  {1200e9, "what Azure Functions was seen to have"},
	"huawei2023": {60e9, "what Huawei's platform has"},
	"huawei2025": {60e9, "what Huawei's platform has"},
}

const guessedKeepAlive sim.Time = 60e9

// write makes the scenario and the files beside it.
func (p *pass) write(found *Found) error {
	c := p.collector
	var y yaml
	y.comment("Imported from %s (%s): %s%s.", strings.Join(baseNames(found.Files, 3), ", "), found.Title,
		format.Counted(int(found.Requests), "request"), spanWords(found))
	if found.Begins != "" {
		y.comment("The first request arrived at %s, which is time 0 here.", found.Begins)
	} else if c.origin != 0 && !c.untimed {
		y.comment("Time 0 here is the first arrival, %s after time 0 of the log.", sim.Time(c.origin))
	}
	if found.Function != "" {
		y.comment("Function: %s", oneLine(found.Function))
	}
	if found.Memory > 0 {
		used := ""
		if found.MemoryUsed > 0 {
			used = fmt.Sprintf(", of which at most %d MB were used", found.MemoryUsed)
		}
		y.comment("An instance has %d MB%s.", found.Memory, used)
	}
	y.line("name: %s", yamlText(p.title(found)))
	p.writeArrivals(&y, found)
	y.line("container:")
	if err := p.writeServices(&y, found); err != nil {
		return err
	}
	p.writeKeepAlive(&y, found)
	y.line("  max_instances: unlimited   # the log does not show a cap")
	found.Scenario = y.String()

	found.measured = p.metrics()
	found.Measured = map[string]float64{}
	var names, values []string
	for _, m := range found.measured {
		found.Measured[m.name] = m.value
		names, values = append(names, m.name), append(values, format.Number(m.value))
	}
	if err := p.create(ScenarioFile, func(w io.Writer) error { _, err := io.WriteString(w, found.Scenario); return err }); err != nil {
		return err
	}
	if len(names) == 0 {
		return nil
	}
	return p.create(MeasuredFile, func(w io.Writer) error { return format.CSV(w, names, values) })
}

// create writes a file, if files are written.
func (p *pass) create(name string, write func(io.Writer) error) error {
	if p.o.Create == nil {
		return nil
	}
	file, err := p.o.Create(name)
	if err != nil {
		return err
	}
	defer file.Close() // again, after an error
	if err := write(file); err != nil {
		return err
	}
	return file.Close()
}

func (f *Found) note(text string, arguments ...any) {
	f.Notes = append(f.Notes, fmt.Sprintf(text, arguments...))
}

func (f *Found) warn(text string, arguments ...any) {
	f.Warnings = append(f.Warnings, fmt.Sprintf(text, arguments...))
}

func (p *pass) writeArrivals(y *yaml, found *Found) {
	if p.collector.untimed {
		const placeholder = "poisson(rate=1/s)"
		y.comment("The log has no times, so it does not say when requests arrive: put the real arrivals here.")
		y.line("arrivals: %s", placeholder)
		found.warn("the log has no times, so the scenario's arrivals are a placeholder, %s: put the real rate into %s, or import a log with times", placeholder, ScenarioFile)
		return
	}
	if len(p.slots) > 0 {
		slot := "minute"
		if p.slots[0].Width != trace.Minute {
			slot = "second"
		}
		text := fmt.Sprintf("the trace counts requests by the %s; within each, they are spread (%s)", slot, p.o.Spread)
		y.comment("T%s.", text[1:])
		found.note("%s", text)
	}
	y.line("arrivals: trace(%s)", ArrivalsFile)
}

// writeServices writes the laws of services and start-ups, and their data.
func (p *pass) writeServices(y *yaml, found *Found) error {
	c := p.collector
	switch {
	case len(p.profiles) > 0:
		law, err := p.quantileLaw()
		if err != nil {
			return err
		}
		if p.o.Laws != "" && p.o.Laws != empiricalLaw && p.o.Laws != quantilesLaw {
			found.warn("the trace has quantiles of durations alone, so the scenario's warm service is not %s", p.o.Laws)
		}
		mean, _ := law.Moments()
		if average := p.meanOfProfiles(); average > 0 {
			found.note("the trace has quantiles of durations: interpolated, their mean is %s, and the mean in the trace is %s (%s)",
				format.RoughDuration(sim.FromSeconds(mean)), format.RoughDuration(sim.FromSeconds(average)), format.Deviation(mean, average))
		}
		y.comment("  The trace has the quantiles of durations, without cold starts.")
		y.line("  warm: %s", law)
	case c.warm.n > 0:
		if p.format.Latency {
			y.comment("  These are latencies as the client saw them, with waits and start-ups: an upper bound of the")
			y.comment("  warm service. Put the platform's own durations here if you have them, such as")
			y.comment("  lognormal(mean=80ms, cv=1.5), and a start-up below.")
			found.note("durations are latencies that the client saw, so waits and start-ups are in them: as warm services they are an upper bound")
		}
		if len(p.means) > 0 {
			y.comment("  Durations are the means of their minutes.")
			found.note("durations are the means of their minutes, so single requests vary more")
		}
		if err := p.writeLaw(y, found, "warm", WarmFile, c.warm); err != nil {
			return err
		}
	default:
		law := missingService(p.format.Name)
		y.comment("  The log does not say how long a request takes: put the real law here.")
		y.line("  warm: %s", law)
		found.warn("the log has no durations, so the scenario's warm service is a placeholder, %s: put the real one into %s", law, ScenarioFile)
	}
	switch {
	case c.cold.n > 0: // cold starts whose start-up is within the duration
		y.comment("  The durations of cold starts have the start-up in them.")
		return p.writeLaw(y, found, "cold", ColdFile, c.cold)
	case c.startup.n > 0:
		return p.writeLaw(y, found, "startup", StartupFile, c.startup)
	case found.ColdStarts != nil:
		y.comment("  No start is cold in the log: put what a start-up takes here.")
		found.warn("no start is cold in the log, so the scenario's start-up is a placeholder, constant(0s)")
	default:
		y.comment("  The log does not show cold starts: put what a start-up takes here.")
		found.warn("the log does not show cold starts, so the scenario's start-up is a placeholder, constant(0s)")
	}
	y.line("  startup: constant(0s)")
	return nil
}

// missingService returns the law of services that a trace does not have.
func missingService(name string) string {
	if strings.HasPrefix(name, "azure") {
		// The fit to all functions of the trace of 2019, lognormal with µ = −0.38 and σ = 2.36 in seconds
		// (Shahrad et al., "Serverless in the Wild", USENIX ATC 2020, figure 7).
		return "lognormal(mean=11.08s, cv=16.17)"
	}
	return "constant(100ms)"
}

// quantileLaw returns the law of the trace's quantiles: a mixture of those of several days.
func (p *pass) quantileLaw() (dist.Distribution, error) {
	total := int64(0)
	for _, d := range p.profiles {
		total += d.weight
	}
	if len(p.profiles) > dist.MaxParts {
		return nil, fmt.Errorf("quantiles of %d days; want at most %d", len(p.profiles), dist.MaxParts)
	}
	var mixed dist.Mixture
	for i, d := range p.profiles {
		var points []dist.QuantilePoint
		for _, q := range d.points {
			points = append(points, dist.QuantilePoint{Probability: q.Probability, Value: float64(max(q.Value, p.format.Least)) / 1e9})
		}
		law, err := dist.NewQuantiles(points)
		if err != nil {
			return nil, fmt.Errorf("the quantiles of the function's durations: %w", err)
		}
		mixed.Parts[i] = dist.Part{Weight: float64(d.weight) / float64(total), Law: law}
	}
	if len(p.profiles) == 1 {
		return mixed.Parts[0].Law, nil
	}
	return mixed, dist.Check(mixed)
}

func (p *pass) writeKeepAlive(y *yaml, found *Found) {
	platform, known := keepAlives[p.format.Name]
	if !known {
		platform.span, platform.from = guessedKeepAlive, "a guess"
	}
	k, ok := p.collector.keepAlive.estimate(platform.span)
	if !ok {
		y.comment("  The log does not show how long instances are kept; this is %s.", platform.from)
		y.line("  keep_alive: %s", dist.FormatDuration(platform.span.Seconds()))
		return
	}
	found.KeepAlive = &k
	y.comment("  %s", keepAliveWords(k))
	y.line("  keep_alive: %s", dist.FormatDuration(k.Taken))
}

// keepAliveWords says what the starts in a log show.
func keepAliveWords(k KeepAlive) string {
	text := "The starts in the log show a keep-alive"
	span := func(s float64) string { return dist.FormatDuration(format.RoundTo(4, s)) }
	switch {
	case k.From != nil && k.To != nil:
		text += fmt.Sprintf(" from %s to %s", span(*k.From), span(*k.To))
	case k.From != nil:
		text += fmt.Sprintf(" of at least %s", span(*k.From))
	case k.To != nil:
		text += fmt.Sprintf(" of less than %s", span(*k.To))
	}
	if k.Contradicting > 0 {
		text += fmt.Sprintf("; %s not fit that", format.Counted(int(k.Contradicting), "start")+map[bool]string{true: " does", false: " do"}[k.Contradicting == 1])
	}
	return text + "."
}

// title returns the name of the scenario: the function's, or that of the file; one that a scenario
// may have.
func (p *pass) title(found *Found) string {
	const most = 200 // characters
	if found.Function != "" {
		name := []rune(shortName(oneLine(found.Function)))
		if len(name) > most {
			return string(name[:most]) + "…"
		}
		return string(name)
	}
	base := filepath.Base(found.Files[0])
	base, _, _ = strings.Cut(base, ".")
	if base == "" || base == "standard input" {
		return "imported"
	}
	return oneLine(base)
}

func spanWords(f *Found) string {
	if f.Span == nil {
		return ""
	}
	return " in " + format.RoughDuration(sim.FromSeconds(*f.Span))
}

// baseNames returns the names of some files without their folders, or with the last of them where
// files of several folders have the same name.
func baseNames(files []string, most int) (names []string) {
	count := map[string]int{}
	for _, f := range files {
		count[filepath.Base(f)]++
	}
	for _, f := range files[:min(most, len(files))] {
		base := filepath.Base(f)
		if count[base] > 1 {
			base = filepath.Join(filepath.Base(filepath.Dir(f)), base)
		}
		names = append(names, oneLine(base))
	}
	if more := len(files) - most; more > 0 {
		names = append(names, format.Counted(more, "more file"))
	}
	return names
}

// oneLine replaces what has no place in a line of a file.
func oneLine(text string) string {
	return strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f || c == 0x85 || c == 0x2028 || c == 0x2029 || c == 0xfeff || c == 0xfffd {
			return '?'
		}
		return c
	}, text)
}

// A yaml is the text of a scenario file.
type yaml struct{ bytes.Buffer }

// comment writes a comment line; spaces at its beginning indent it.
func (y *yaml) comment(text string, arguments ...any) {
	text = fmt.Sprintf(text, arguments...)
	inner := strings.TrimLeft(text, " ")
	fmt.Fprintf(y, "%s# %s\n", text[:len(text)-len(inner)], inner)
}

func (y *yaml) line(text string, arguments ...any) { fmt.Fprintf(y, text+"\n", arguments...) }

var plainText = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_./-]*$`)

// yamlText writes a text as a YAML scalar.
func yamlText(text string) string {
	switch strings.ToLower(text) {
	case "y", "n", "yes", "no", "on", "off", "true", "false", "null":
		return strconv.Quote(text)
	}
	if plainText.MatchString(text) {
		return text
	}
	quoted, err := json.Marshal(text) // a JSON string is a YAML one
	if err != nil {
		return strconv.Quote(text)
	}
	return string(quoted)
}

package scenarios

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"faaslab/dist"
	"faaslab/platform/autoscaler"
	"faaslab/platform/pool"
	"faaslab/platform/scaling"
	"faaslab/scenarios/internal/keyfile"
	"faaslab/scenarios/internal/presets"
	"faaslab/sim"
)

var (
	concurrencies = keyfile.Wholes{Least: 1, Most: 1_000_000, OrUnlimited: true}
	cpuNumbers    = keyfile.Numbers{Least: 0.001, Most: 1000}
	placeRoutings = keyfile.Choices[autoscaler.Routing]{autoscaler.First, autoscaler.RoundRobin, autoscaler.TwoChoices, autoscaler.LeastLoaded, autoscaler.Random}
	measured      = keyfile.Choices[autoscaler.Metric]{autoscaler.Concurrency, autoscaler.Requests, autoscaler.CPU}
	evaluations   = keyfile.Spans{Least: sim.Second}
	floors        = keyfile.Wholes{Least: 1, Most: 1_000_000}
)

// wantTargets say what a target is, by metric.
var wantTargets = map[autoscaler.Metric]string{
	autoscaler.Concurrency: "a percentage of the concurrency such as 70%, or requests such as 7",
	autoscaler.Requests:    "a rate such as 7/s",
	autoscaler.CPU:         "a share of its cores such as 0.6",
}

const (
	byRequest     = "request"
	wantTarget    = "what is to be measured of each instance: a percentage of the concurrency such as 70%, requests such as 7, a rate such as 7/s, or a share of its cores such as 0.6"
	wantStartRate = "starts in a time, such as 1000/10s, or unlimited"
	wantFactor    = "a number more than 1, or unlimited"
	mostWindow    = 86_400 // seconds
)

// Conditions of controls: instances of several places, or an autoscaler, need one function; keys of such a
// platform are written only of it.
var (
	ofOneFunction  = &keyfile.Condition{Key: "arrivals"}
	whereScaled    = &keyfile.Condition{Key: "container.concurrency"}
	wherePooled    = &keyfile.Condition{Key: "container.concurrency", Absent: true}
	onDemand       = &keyfile.Condition{Key: "container.scaling.metric", Absent: true}
	onDemandScaled = &keyfile.Condition{Key: "container.scaling.metric", Absent: true, And: whereScaled}
)

// servingKeys are the keys of the container block that say how many requests an instance serves at once, and what
// starts it.
var servingKeys = slices.Concat([]Key{
	concurrencyKey().Controlled("Requests at once in an instance", keyfile.Control{Unit: "requests", From: 1, To: 1000, Whole: true, Without: keyfile.Unlimited, Optional: true, When: ofOneFunction, Beside: 4}),
	instanceCores().Controlled("Cores of each instance", keyfile.Control{Unit: "cores", From: 0.1, To: 64, Without: keyfile.Unlimited, When: whereScaled, Beside: 5}),
	orNone(Key{
		Path: "container.binding", Accepts: "early or late", Schema: keyfile.Fragment{"enum": []string{"early", "late"}},
		Doc: "Which instance serves a request that finds no place: one that is started for it (early), or the first that has one (late). Left out: early with a concurrency of 1, else late.",
		Read: func(s *Scenario, text string, _ dist.Parser) error {
			for b := Early; b <= Late; b++ {
				if text == b.String() {
					s.Serving.Binding = b
					return nil
				}
			}
			return keyfile.Wrong(text, "early or late")
		},
		Write: func(s *Scenario) string { return s.Serving.Binding.String() },
	}).Controlled("A request that finds no place", keyfile.Control{Optional: true, When: onDemandScaled, Propose: []string{"early", "late"}}).
		Choosing("waits for the instance started for it (early)", "waits for the first free place (late)"),
	orNone(Key{
		Path: "container.start_rate", Accepts: wantStartRate, Standard: keyfile.Unlimited,
		Schema: keyfile.Fragment{"anyOf": []keyfile.Fragment{{"type": "string", "pattern": `^[0-9]+\s*/.+$`}, {"const": keyfile.Unlimited}}},
		Doc:    "The most instances that are started in a time: so many at once, and then as many in each such time, evenly; what is not used is not saved up.",
		Read:   readStartRate,
		Write:  func(s *Scenario) string { return formatStartRate(s.Serving.StartRate) },
	}).Controlled("Rate of starts", keyfile.Control{Text: true, When: whereScaled}),
	Key{
		Path: "container.scaling", Accepts: wantScaling(),
		Schema: keyfile.Fragment{"anyOf": []keyfile.Fragment{{"enum": append([]string{byRequest}, presets.Names()...)}, {"type": "object"}}},
		Doc:    "What starts instances: request, each request that finds none; or an autoscaler that measures the load, by the name of a preset or as a block.",
		Read: func(s *Scenario, text string, _ dist.Parser) error {
			if text == byRequest {
				s.Serving.Preset, s.Serving.Scaling = "", nil
				return nil
			}
			return readPreset(s, text, wantScaling())
		},
		Write: func(s *Scenario) string {
			if s.many() || s.Serving.Scaling != nil {
				return ""
			}
			return s.Serving.Preset
		},
	}.Controlled("What starts instances", keyfile.Control{Optional: true, When: ofOneFunction, Inner: "preset", Group: "Autoscaler", Beside: 3, Propose: []string{presets.Usual, byRequest}}).
		Choosing("each request that finds none"),
	{
		Path: "container.scaling.preset", Accepts: keyfile.List(presets.Names(), "or"), Standard: presets.Usual, Schema: keyfile.Fragment{"enum": presets.Names()},
		Doc: "The platform whose autoscaler it is: what the other keys are where they are left out.",
		Read: func(s *Scenario, text string, _ dist.Parser) error {
			return readPreset(s, text, keyfile.List(presets.Names(), "or"))
		},
		Write: func(s *Scenario) string {
			if !s.measures() {
				return ""
			}
			return presetOf(s.Serving)
		},
	},
}, scalingKeys())

func wantScaling() string {
	return byRequest + ", " + keyfile.List(presets.Names(), "or") + ", or a block"
}

// orNone returns a key that is written of scaled platforms only.
func orNone(k Key) Key { return k.Unless(func(s *Scenario) bool { return !s.Scaled() }) }

// concurrencyKey makes the key of the places of an instance.
func concurrencyKey() Key {
	k := keyfile.Count("container.concurrency", "Requests that an instance serves at once, 1 or more.", "1", concurrencies,
		func(s *Scenario) *int { return &s.Serving.Concurrency })
	read, write := k.Read, k.Write
	k.Read = func(s *Scenario, text string, notation dist.Parser) error {
		err := read(s, text, notation)
		if s.Serving.Concurrency == 1 {
			s.Serving.Concurrency = 0 // as a program leaves it out
		}
		return err
	}
	k.Write = func(s *Scenario) string {
		if s.Serving.Concurrency == 0 {
			return "1"
		}
		return write(s)
	}
	return orNone(k)
}

// instanceCores makes the key of the cores of each instance.
func instanceCores() Key {
	accepts := cpuNumbers.Accepts() + ", or unlimited"
	return orNone(Key{
		Path: "container.instance_cores", Accepts: accepts, Standard: keyfile.Unlimited, Decimal: true,
		Schema: keyfile.Fragment{"anyOf": []keyfile.Fragment{{"type": "number", "minimum": cpuNumbers.Least, "maximum": cpuNumbers.Most}, {"const": keyfile.Unlimited}}},
		Doc:    "Cores of each instance, which its requests share equally; warm is CPU time then.",
		Read: func(s *Scenario, text string, _ dist.Parser) error {
			if text == keyfile.Unlimited {
				s.Serving.InstanceCores = 0
				return nil
			}
			x, ok := cpuNumbers.Parse(text)
			if !ok {
				return keyfile.Wrong(text, accepts)
			}
			s.Serving.InstanceCores = x
			return nil
		},
		Write: func(s *Scenario) string {
			if s.Serving.InstanceCores == 0 {
				return keyfile.Unlimited
			}
			return keyfile.FormatDecimal(s.Serving.InstanceCores)
		},
	})
}

// readPreset begins the configuration of a platform's autoscaler, which the keys of the block complete.
func readPreset(s *Scenario, text, accepts string) error {
	p := presets.Find(text)
	if p == nil {
		names := presets.Names()
		if i := keyfile.Nearest(text, keyfile.FewEdits(text), names); i >= 0 {
			return fmt.Errorf("found %s; did you mean %s? want %s", keyfile.Quoted(text), names[i], accepts)
		}
		return keyfile.Wrong(text, accepts)
	}
	s.Serving.Preset, s.Serving.Scaling = p.Name, nil
	if !p.ByRequest {
		s.Serving.Scaling = &autoscaler.Scaling{CPUTarget: p.CPUTarget, StartForRequests: p.StartForRequests, EndsIdle: p.EndsIdle, Rule: scaling.Rule{Algorithm: p.Algorithm}}
	}
	return nil
}

// readStartRate reads such as 1000/10s.
func readStartRate(s *Scenario, text string, _ dist.Parser) error {
	if text == keyfile.Unlimited {
		s.Serving.StartRate = autoscaler.StartRate{}
		return nil
	}
	starts, per, ok := strings.Cut(text, "/")
	n, whole := keyfile.ParseWhole(strings.TrimSpace(starts))
	if per = strings.TrimSpace(per); per != "" && strings.Trim(per, "abcdefghijklmnopqrstuvwxyz") == "" {
		per = "1" + per // 10/s
	}
	span, err := keyfile.ParseTime(per)
	if !ok || !whole || err != nil || n < 1 || n > 1_000_000 || span <= 0 || span > 3600*sim.Second {
		return keyfile.Wrong(text, wantStartRate+": 1 to 1000000 of them, in at most 1h")
	}
	s.Serving.StartRate = autoscaler.StartRate{Starts: int64(n), Per: span}
	return nil
}

func formatStartRate(r autoscaler.StartRate) string {
	if r.Starts == 0 {
		return keyfile.Unlimited
	}
	return strconv.FormatInt(r.Starts, 10) + "/" + keyfile.FormatTime(r.Per)
}

// scalingKeys are the keys of the block of an autoscaler.
func scalingKeys() (keys []Key) {
	const path = "container.scaling."
	rule := func(s *Scenario) *scaling.Rule { return &s.Serving.Scaling.Rule }
	span := func(name, doc string, domain keyfile.Spans, field func(*Scenario) *sim.Time) Key {
		return keyfile.Span(path+name, doc, "", domain, field)
	}
	keys = []Key{
		keyfile.Choice(path+"metric", "What is measured: requests present, waiting ones included; arrivals per second; or the use of the cores of instances.", measured,
			func(s *Scenario) *autoscaler.Metric { return &s.Serving.Scaling.Metric }).
			Controlled("Measured", keyfile.Control{Propose: []string{"rps", "concurrency"}}).
			Choosing("requests present", "arrivals per second", "use of cores"),
		target(path+"target").
			Controlled("Target of an instance", keyfile.Control{Unit: "%", From: 1, To: 100, Beside: 2}),
		span("every", "Time between two evaluations, at its multiples, 1s or more.", evaluations, func(s *Scenario) *sim.Time { return &rule(s).Every }).
			Controlled("Evaluated every", wholeSeconds(1, 60)),
		seconds(path+"window", "What the metric is averaged over, in whole seconds, 1s to 24h.", 1, func(s *Scenario) *int { return &rule(s).Window }).
			Controlled("Window", wholeSeconds(1, 3600)),
		average(path + "average"),
		seconds(path+"panic_window", "A short window, in whole seconds, whose average begins panic, in which instances only grow; 0s: no panic.", 0, func(s *Scenario) *int { return &rule(s).PanicWindow }).
			Controlled("Panic window", wholeSeconds(1, 600).With(func(c *keyfile.Control) { c.Beside = 7 })),
		percentage(path+"panic_threshold", "What the panic window asks for, of the ready instances, from which there is panic.", 0, 1e4, func(s *Scenario) *float64 { return &rule(s).PanicThreshold }).
			Controlled("Panic threshold", keyfile.Control{Unit: "%", From: 100, To: 1000}),
		percentage(path+"tolerance", "Nothing changes within this distance from the target, 0% or more.", 0, 1, func(s *Scenario) *float64 { return &rule(s).Tolerance }),
		factor(path+"max_up", "How many times the ready instances one evaluation may ask for at most.", func(s *Scenario) *float64 { return &rule(s).MaxUp }).
			Controlled("Up at most, at once", timesControl),
		keyfile.Count(path+"max_up_floor", "So many instances one evaluation may ask for whatever max_up is, 1 or more.", "", floors, func(s *Scenario) *int { return &rule(s).MaxUpFloor }),
		factor(path+"max_down", "By what one evaluation may divide the ready instances at most.", func(s *Scenario) *float64 { return &rule(s).MaxDown }).
			Controlled("Down at most, at once", timesControl),
		span("up_delay", "The least of the decisions of that long is what holds, 0s or more.", delays, func(s *Scenario) *sim.Time { return &rule(s).UpDelay }),
		span("down_delay", "The largest of the decisions of that long is what holds, 0s or more.", delays, func(s *Scenario) *sim.Time { return &rule(s).DownDelay }).
			Controlled("Delay down", wholeSeconds(1, 3600)),
		span("retention", "The last instances stay that long after the decision for none or, with preset fission-newdeploy, after the last request, 0s or more.", delays, func(s *Scenario) *sim.Time { return &s.Serving.Scaling.Retention }).
			Controlled("The last ones stay", wholeSeconds(1, 3600)),
		keyfile.Count(path+"activation", "The least instances that are asked for, if not none, 1 or more.", "", floors, func(s *Scenario) *int { return &rule(s).Activation }),
	}
	for i := range keys {
		k := &keys[i]
		k.Standard = presets.Find(presets.Usual).Values[k.Path]
		read := k.Read
		k.Read = func(s *Scenario, text string, notation dist.Parser) error {
			if s.Serving.Scaling == nil {
				return errors.New("has no effect where requests start instances; want a preset for container.scaling that measures the load, such as knative")
			}
			return read(s, text, notation)
		}
		*k = k.Unless(func(s *Scenario) bool { return !s.measures() })
	}
	return keys
}

// timesControl is that of a factor.
var timesControl = keyfile.Control{Unit: "times", From: 1.1, To: 1000, Without: keyfile.Unlimited}

// wholeSeconds is the control of a time of whole seconds.
func wholeSeconds(from, to float64) keyfile.Control {
	return keyfile.Control{Unit: "seconds", From: from, To: to, Whole: true}
}

// seconds makes the key of a window.
func seconds(path, doc string, least int, field func(*Scenario) *int) Key {
	accepts := fmt.Sprintf("whole seconds such as 30s, %ds to 24h", least)
	return Key{
		Path: path, Doc: doc, Accepts: accepts, Schema: keyfile.Fragment{"type": "string"},
		Read: func(s *Scenario, text string, _ dist.Parser) error {
			t, err := keyfile.ParseTime(text)
			switch {
			case err != nil:
				return err
			case t%sim.Second != 0:
				return fmt.Errorf("found %s; want %s: measurements are recorded once a second", keyfile.Quoted(text), accepts)
			case t < sim.Time(least)*sim.Second || t > mostWindow*sim.Second:
				return keyfile.Wrong(text, accepts)
			}
			*field(s) = int(t / sim.Second)
			return nil
		},
		Write: func(s *Scenario) string { return keyfile.FormatTime(sim.Time(*field(s)) * sim.Second) },
	}
}

// percentage makes the key of a fraction, written in per cent.
func percentage(path, doc string, least, most float64, field func(*Scenario) *float64) Key {
	accepts := fmt.Sprintf("a percentage from %s to %s", formatShare(least), formatShare(most))
	return Key{
		Path: path, Doc: doc, Accepts: accepts, Schema: keyfile.Fragment{"type": "string", "pattern": `^\s*[0-9.]+\s*%\s*$`},
		Read: func(s *Scenario, text string, _ dist.Parser) error {
			x, ok := parseShare(text)
			if !ok || x < least || x > most {
				return keyfile.Wrong(text, accepts)
			}
			*field(s) = x
			return nil
		},
		Write: func(s *Scenario) string { return formatShare(*field(s)) },
	}
}

// parseShare reads a percentage as a fraction.
func parseShare(text string) (float64, bool) {
	number, percent := strings.CutSuffix(text, "%")
	x, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	return x / 100, percent && err == nil && x >= 0
}

func formatShare(x float64) string { return formatPercent(x) }

// factor makes the key of a number more than 1, or unlimited.
func factor(path, doc string, field func(*Scenario) *float64) Key {
	return Key{
		Path: path, Doc: doc, Accepts: wantFactor, Decimal: true,
		Schema: keyfile.Fragment{"anyOf": []keyfile.Fragment{{"type": "number", "minimum": 1}, {"const": keyfile.Unlimited}}},
		Read: func(s *Scenario, text string, _ dist.Parser) error {
			x, err := strconv.ParseFloat(text, 64)
			switch {
			case text == keyfile.Unlimited:
				x = math.Inf(1)
			case err != nil || !(x > 1) || x > 1e9:
				return keyfile.Wrong(text, wantFactor)
			}
			*field(s) = x
			return nil
		},
		Write: func(s *Scenario) string {
			if math.IsInf(*field(s), 1) {
				return keyfile.Unlimited
			}
			return keyfile.FormatDecimal(*field(s))
		},
	}
}

// average makes the key of the weights of a window.
func average(path string) Key {
	names := []string{"linear", "weighted"}
	return Key{
		Path: path, Accepts: keyfile.List(names, "or"), Schema: keyfile.Fragment{"enum": names},
		Doc: "The weights of the seconds of a window: equal ones, or exponentially falling ones that do not add up to 1 (Knative's weighted-exponential).",
		Read: func(s *Scenario, text string, _ dist.Parser) error {
			i := slices.Index(names, text)
			if i < 0 {
				return keyfile.Wrong(text, keyfile.List(names, "or"))
			}
			s.Serving.Scaling.Rule.Weighted = i == 1
			return nil
		},
		Write: func(s *Scenario) string {
			if s.Serving.Scaling.Rule.Weighted {
				return names[1]
			}
			return names[0]
		},
	}
}

// target makes the key of what is to be measured of each instance. The key of the metric is read before.
func target(path string) Key {
	return Key{
		Path: path, Accepts: wantTarget, Decimal: true, Schema: keyfile.Fragment{"anyOf": []keyfile.Fragment{{"type": "number", "minimum": 0}, {"type": "string"}}},
		Doc: "What is to be measured of each instance: a percentage of the concurrency, or of 100 if that is unlimited; or a number of requests, requests per second, or a share of its cores. Knative takes less than 0.01 for 0.01.",
		Read: func(s *Scenario, text string, _ dist.Parser) error {
			v := &s.Serving
			v.TargetShare, v.Scaling.Rule.Target = 0, 0
			if share, ok := parseShare(text); ok && share > 0 && share <= 100 {
				v.TargetShare = share
				return nil
			}
			x, err := strconv.ParseFloat(text, 64)
			isRate := strings.Contains(text, "/")
			if isRate {
				x, err = dist.ParseRate(text)
			}
			if err != nil || !(x > 0) || x > 1e9 {
				return keyfile.Wrong(text, wantTarget)
			}
			if want := v.Scaling.Metric == autoscaler.Requests; isRate != want {
				return fmt.Errorf("found %s, and the metric is %v; want %s", keyfile.Quoted(text), v.Scaling.Metric, wantTargets[v.Scaling.Metric])
			}
			v.Scaling.Rule.Target = x
			return nil
		},
		Write: func(s *Scenario) string {
			switch v := s.Serving; {
			case v.TargetShare > 0:
				return formatShare(v.TargetShare)
			case v.Scaling.Rule.Target == 0:
				return ""
			case v.Scaling.Metric == autoscaler.Requests:
				return dist.FormatRate(v.Scaling.Rule.Target)
			}
			return keyfile.FormatDecimal(s.Serving.Scaling.Rule.Target)
		},
	}
}

// readRouting extends the key of the routing by those among instances of several places.
func readRouting(k Key) Key {
	read, write := k.Read, k.Write
	k.Accepts = keyfile.List(routings.Names(), "or") + "; with concurrency or scaling " + keyfile.List(placeRoutings.Names(), "or")
	k.Schema = keyfile.Fragment{"enum": slices.Concat(routings.Names(), slices.DeleteFunc(placeRoutings.Names(), func(name string) bool { return slices.Contains(routings.Names(), name) }))}
	k.Read = func(s *Scenario, text string, notation dist.Parser) error {
		s.Serving.Routing = autoscaler.ByConcurrency
		if i := slices.Index(placeRoutings.Names(), text); i >= 0 && placeRoutings[i] != autoscaler.Random {
			s.Container.Routing, s.Serving.Routing = pool.MRU, placeRoutings[i]
			return nil
		}
		if err := read(s, text, notation); err != nil {
			return keyfile.Wrong(text, k.Accepts)
		}
		return nil
	}
	k.Write = func(s *Scenario) string {
		switch {
		case !s.Scaled():
			return write(s)
		case s.routing() == autoscaler.ByConcurrency:
			return "" // as the concurrency has it
		}
		return s.routing().String()
	}
	return k
}

// scalingPaths are the paths of the block of an autoscaler.
var scalingPaths = func() (paths []string) {
	for _, k := range servingKeys {
		if strings.HasPrefix(k.Path, "container.scaling.") {
			paths = append(paths, k.Path)
		}
	}
	return paths
}()

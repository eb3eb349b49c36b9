package dist

import "math"

// A law describes one function of the notation: its form, the values it accepts, and the law that
// it makes of them.
type law struct {
	name       string
	example    string
	parameters []parameter
	// make turns values, one for each parameter and within its domain, into a Distribution or an
	// Arrivals. It checks conditions that join several parameters, and returns a refusal if one
	// fails.
	make func(p Parser, v []value) (any, error)
}

// A parameter describes one parameter of a law.
type parameter struct {
	name     string
	kind     kind
	min, max float64 // the closed domain, in seconds for a duration, per second for a rate
	bare     bool    // written without a name, at its position
	optional bool    // may be left out; its value is then 0
}

// Examples returns an example of each function of the notation that names no file: of the
// distributions, or of the arrival processes.
func Examples(ofArrivals bool) (all []string) {
	laws := distributionLaws
	if ofArrivals {
		laws = processLaws
	}
	for _, l := range laws {
		if l.parameters[0].kind != file {
			all = append(all, l.example)
		}
	}
	return all
}

// A kind is the type of a parameter's value.
type kind int

const (
	number kind = iota
	whole
	duration
	rate
	durations // in brackets, like rates
	rates
	file
	distribution
	process
	parts     // weight: distribution, any number of times
	points    // probability: duration, any number of times
	processes // arrival processes, any number of times
)

// takesAll reports whether a parameter of the kind takes all arguments of the call.
func (k kind) takesAll() bool { return k == parts || k == points || k == processes }

// A value is the value of one parameter; the parameter's kind determines which field is set.
type value struct {
	number  float64
	numbers []float64
	text    string
	law     Distribution
	process Arrivals
	parts   []Part
	points  []QuantilePoint
	streams []Arrivals
}

// A refusal rejects values that do not go together, and blames one parameter by its index.
type refusal struct {
	parameter int
	message   string
}

// Error returns the message alone; the parser adds the place.
func (r refusal) Error() string { return r.message }

// Domains that several laws share. With a mean below one nanosecond, the clock's unit, a law could
// not be told from constant(0s).
var (
	positiveMean = parameter{name: "mean", kind: duration, min: 1e-9, max: maxDuration}
	positiveCV   = parameter{name: "cv", kind: number, min: 0.001, max: 100}
	arrivalRate  = parameter{name: "rate", kind: rate, min: minRate, max: maxRate}
	partWeight   = parameter{name: "weight", kind: number, min: 1e-12, max: 1}
	repetition   = parameter{name: "period", kind: duration, min: 1e-9, max: maxDuration, optional: true}

	pointProbability = parameter{name: "probability", kind: number, min: 0, max: 1}
	pointValue       = parameter{name: "value", kind: duration, min: 0, max: maxDuration}
)

func bare(name string, k kind, min, max float64) parameter {
	return parameter{name: name, kind: k, min: min, max: max, bare: true}
}

// distributionLaws lists the functions that denote a Distribution.
var distributionLaws = []law{
	{"constant", "constant(60ms)",
		[]parameter{bare("value", duration, 0, maxDuration)},
		func(_ Parser, v []value) (any, error) { return Constant{v[0].number}, nil }},
	{"exponential", "exponential(mean=1s)",
		[]parameter{positiveMean},
		func(_ Parser, v []value) (any, error) { return Exponential{v[0].number}, nil }},
	{"erlang", "erlang(k=4, mean=1s)",
		[]parameter{{name: "k", kind: whole, min: 1, max: 1e6}, positiveMean},
		func(_ Parser, v []value) (any, error) { return Erlang{int(v[0].number), v[1].number}, nil }},
	{"gamma", "gamma(mean=1s, cv=0.5)",
		[]parameter{positiveMean, positiveCV},
		func(_ Parser, v []value) (any, error) { return Gamma{v[0].number, v[1].number}, nil }},
	{"lognormal", "lognormal(mean=1s, cv=1.5)",
		[]parameter{positiveMean, positiveCV},
		func(_ Parser, v []value) (any, error) { return Lognormal{v[0].number, v[1].number}, nil }},
	{"weibull", "weibull(shape=0.7, mean=1s)",
		[]parameter{{name: "shape", kind: number, min: 0.1, max: 100}, positiveMean},
		func(_ Parser, v []value) (any, error) { return Weibull{v[0].number, v[1].number}, nil }},
	{"pareto", "pareto(shape=2.5, mean=1s)",
		[]parameter{{name: "shape", kind: number, min: 1.001, max: 1000}, positiveMean},
		func(_ Parser, v []value) (any, error) { return Pareto{v[0].number, v[1].number}, nil }},
	{"hyperexponential", "hyperexponential(mean=1s, cv=3)",
		[]parameter{positiveMean, {name: "cv", kind: number, min: 1, max: 100}},
		func(_ Parser, v []value) (any, error) { return Hyperexponential{v[0].number, v[1].number}, nil }},
	{"uniform", "uniform(10ms, 50ms)",
		[]parameter{bare("min", duration, 0, maxDuration), bare("max", duration, 0, maxDuration)},
		func(_ Parser, v []value) (any, error) {
			if v[0].number >= v[1].number {
				return nil, refusal{1, "the second bound, " + FormatDuration(v[1].number) +
					", must be above the first, " + FormatDuration(v[0].number)}
			}
			return Uniform{v[0].number, v[1].number}, nil
		}},
	{"normal", "normal(mean=1s, sd=0.1s)",
		[]parameter{{name: "mean", kind: duration, min: 0, max: maxDuration}, {name: "sd", kind: duration, min: 1e-9, max: maxDuration}},
		func(_ Parser, v []value) (any, error) { return Normal{v[0].number, v[1].number}, nil }},
	{"quantiles", "quantiles(0: 1ms, 0.5: 20ms, 0.99: 300ms, 1: 2s)",
		[]parameter{bare("points", points, 0, 0)},
		func(_ Parser, v []value) (any, error) { return newQuantiles(v[0].points) }},
	{"empirical", "empirical(file.csv)",
		[]parameter{bare("file", file, 0, 0)},
		func(p Parser, v []value) (any, error) { return p.empirical(v[0].text) }},
	{"shifted", "shifted(20ms, exponential(mean=5ms))",
		[]parameter{bare("by", duration, 0, maxDuration), bare("law", distribution, 0, 0)},
		func(_ Parser, v []value) (any, error) { return Shifted{v[0].number, v[1].law}, nil }},
	{"mixture", "mixture(0.9: constant(60ms), 0.1: exponential(mean=1s))",
		[]parameter{bare("parts", parts, 0, 0)},
		func(_ Parser, v []value) (any, error) { return newMixture(v[0].parts) }},
}

// processLaws lists the functions that denote an arrival process.
var processLaws = []law{
	{"poisson", "poisson(rate=1/s)",
		[]parameter{arrivalRate},
		func(_ Parser, v []value) (any, error) { return Poisson{v[0].number}, nil }},
	{"constant", "constant(rate=10/s)",
		[]parameter{arrivalRate},
		func(_ Parser, v []value) (any, error) { return Regular{v[0].number}, nil }},
	{"renewal", "renewal(gamma(mean=1s, cv=2))",
		[]parameter{bare("law", distribution, 0, 0)},
		func(_ Parser, v []value) (any, error) { return newRenewal(v[0].law) }},
	{"mmpp", "mmpp(rates=[1/s, 20/s], sojourns=[60s, 5s])",
		[]parameter{{name: "rates", kind: rates, min: 0, max: maxRate},
			{name: "sojourns", kind: durations, min: 1e-9, max: maxDuration}},
		func(_ Parser, v []value) (any, error) { return newMMPP(v[0].numbers, v[1].numbers) }},
	{"daily", "daily(mean=2/s, peak=3, period=24h)",
		[]parameter{{name: "mean", kind: rate, min: minRate, max: maxRate},
			{name: "peak", kind: number, min: 1, max: maxPeak},
			{name: "period", kind: duration, min: 1e-6, max: maxDuration}},
		func(_ Parser, v []value) (any, error) {
			d := Daily{Mean: v[0].number, Peak: v[1].number, Period: v[2].number}
			if d.Mean*d.Peak > maxRate {
				return nil, refusal{1, "the highest rate, mean × peak = " + FormatRate(d.Mean*d.Peak) +
					", is above 1e7/s, too fast for a clock that counts nanoseconds"}
			}
			return d, nil
		}},
	{"steps", "steps(rates=[1/s, 5/s], at=[5m])",
		[]parameter{{name: "rates", kind: rates, min: 0, max: maxRate},
			{name: "at", kind: durations, min: 1e-9, max: maxDuration}, repetition},
		func(_ Parser, v []value) (any, error) { return newSteps(v[0].numbers, v[1].numbers, v[2].number) }},
	{"rates", "rates(file.csv, every=1m, period=24h)",
		[]parameter{bare("file", file, 0, 0), {name: "every", kind: duration, min: 1e-9, max: maxDuration}, repetition},
		func(p Parser, v []value) (any, error) { return p.rates(v[0].text, v[1].number, v[2].number) }},
	{"batch", "batch(poisson(rate=1/s), size=5)",
		[]parameter{bare("process", process, 0, 0), {name: "size", kind: whole, min: 1, max: 1e6}},
		func(_ Parser, v []value) (any, error) { return newBatch(v[0].process, int(v[1].number)) }},
	{"superpose", "superpose(poisson(rate=1/s), constant(rate=1/m))",
		[]parameter{bare("streams", processes, 0, 0)},
		func(_ Parser, v []value) (any, error) { return newSuperpose(v[0].streams) }},
	{"closed", "closed(users=50, think=exponential(mean=1s))",
		[]parameter{{name: "users", kind: whole, min: 1, max: MaxUsers}, {name: "think", kind: distribution}},
		func(_ Parser, v []value) (any, error) { return Closed{int(v[0].number), v[1].law}, nil }},
	{"trace", "trace(file.csv)",
		[]parameter{bare("file", file, 0, 0)},
		func(p Parser, v []value) (any, error) { return p.trace(v[0].text) }},
}

// newMixture returns the mixture of parts whose weights sum to 1.
func newMixture(given []Part) (any, error) {
	if len(given) > MaxParts {
		return nil, refusal{0, "a mixture of " + formatNumber(float64(len(given))) + " laws; at most " +
			formatNumber(MaxParts) + " are accepted"}
	}
	var m Mixture
	var sum float64
	for i, part := range given {
		m.Parts[i] = part
		sum += part.Weight
	}
	if math.Abs(sum-1) > 1e-9 {
		return nil, refusal{0, "the weights of a mixture sum to 1, and these to " + formatNumber(sum)}
	}
	return m, nil
}

package thesis

import (
	"fmt"
	"math"
	"slices"

	"faaslab/sim/stats"
)

// A statement of the thesis, and how to decide it.
type statement struct {
	where, text, quantity string
	span                  span // in which the number is if the statement holds
	unit                  Unit
	needs                 []string // series
	assumption            string
	// run: what is stated is what one run measured.
	run   bool
	value func(c curves) answer
	// why explains a verdict; a verdict that is not there explains itself.
	why map[Verdict]string
}

// A span is a range of numbers.
type span struct{ low, high float64 }

// near is how far a number may be from one that the thesis states as "about", "close to" or "nearly", relative to it.
const near = 0.1

// about is the span of what is about x.
func about(x float64) span { return span{x * (1 - near), x * (1 + near)} }

// An answer is the number that decides a statement, and a remark that belongs to it.
type answer struct {
	stats.Estimate
	run    Spread
	remark string // such as which function it is of; empty: none
}

// curves are those that were simulated, by the names of their series.
type curves map[string]Curve

// Findings returns a finding for each statement of the thesis whose series were simulated, in the thesis' order.
func Findings(simulated map[string]Curve) (findings []Finding) {
	for _, s := range statements() {
		if slices.ContainsFunc(s.needs, func(name string) bool { _, ok := simulated[name]; return !ok }) {
			continue
		}
		findings = append(findings, s.decide(simulated))
	}
	return findings
}

// decide holds a statement against the curves.
func (s statement) decide(c curves) Finding {
	a := s.value(c)
	f := Finding{Where: s.where, Statement: s.text, Quantity: s.quantity, Low: s.span.low, High: s.span.high, Unit: s.unit, Value: a.Estimate,
		RunLow: math.NaN(), RunHigh: math.NaN(), Assumption: s.assumption}
	if a.remark != "" {
		f.Quantity += " (" + a.remark + ")"
	}
	if s.run {
		f.RunLow, f.RunHigh = a.run.Low, a.run.High
		f.Verdict = judgeRun(a.run.Low, a.run.High, s.span.low, s.span.high, s.assumption)
	} else {
		f.Verdict = judge(a.Estimate, s.span.low, s.span.high, s.assumption)
	}
	f.Why = s.why[f.Verdict]
	return f
}

// none is an answer that does not exist.
var none = answer{Estimate: stats.Estimate{Mean: math.NaN(), HalfWidth: math.NaN()}}

// steady returns the steady state of a metric, or what does not exist.
func (c curves) steady(series, value, metric string) stats.Estimate {
	if p, ok := c[series].At(value); ok && p.Steady != nil {
		if e, ok := p.Steady[metric]; ok {
			return e
		}
	}
	return none.Estimate
}

// spread returns what single runs measure of a metric.
func (c curves) spread(series, value, metric string) Spread {
	if p, ok := c[series].At(value); ok {
		if s, ok := p.Runs[metric]; ok {
			return s
		}
	}
	return Spread{none.Estimate, math.NaN(), math.NaN(), math.NaN()}
}

// measuredOnce answers what one run measures of a metric.
func measuredOnce(series, value, metric string) func(curves) answer {
	return func(c curves) answer {
		s := c.spread(series, value, metric)
		return answer{Estimate: s.Mean, run: s}
	}
}

// all returns the steady state of a metric at all values from one on.
func (c curves) all(series, from, metric string) (estimates []stats.Estimate) {
	p, _ := c[series].At(from)
	for _, q := range c[series].Points {
		if q.At >= p.At {
			estimates = append(estimates, c.steady(series, q.Value, metric))
		}
	}
	return estimates
}

// extreme returns the largest (sign 1) or the smallest (sign −1) of what a function gives for each name.
func extreme(sign float64, names []string, of func(name string) stats.Estimate) answer {
	best := none
	for _, name := range names {
		if e := of(name); math.IsNaN(best.Mean) || sign*(e.Mean-best.Mean) > 0 {
			best = answer{Estimate: e, remark: name}
		}
	}
	return best
}

func quotient(v []float64) float64 { return v[0] / v[1] }

// openwhisk and spin name the series of the keep-alive experiment.
func openwhisk(function string) string { return "openwhisk_" + function + "_keep_alive" }
func spin(function string) string      { return "spin_" + function + "_keep_alive" }

// keepAliveSeries are those of the keep-alive experiment, of functions.
func keepAliveSeries(name func(string) string, functions ...string) (names []string) {
	for _, f := range functions {
		names = append(names, name(f))
	}
	return names
}

// without returns the functions of the thesis but some.
func without(left ...string) []string {
	return slices.DeleteFunc(slices.Clone(Functions), func(f string) bool { return slices.Contains(left, f) })
}

// logFit returns by how much better a straight line over the logarithm of x fits y than one over x, in shares of the
// variance explained (R²).
func logFit(x []float64, y []float64) float64 {
	logs := make([]float64, len(x))
	for i := range x {
		logs[i] = math.Log(x[i])
	}
	return explained(logs, y) - explained(x, y)
}

// explained is R², the squared correlation.
func explained(x, y []float64) float64 {
	n := float64(len(x))
	var sx, sy, sxx, syy, sxy float64
	for i := range x {
		sx, sy = sx+x[i], sy+y[i]
		sxx, syy, sxy = sxx+x[i]*x[i], syy+y[i]*y[i], sxy+x[i]*y[i]
	}
	covariance := n*sxy - sx*sy
	return covariance * covariance / ((n*sxx - sx*sx) * (n*syy - sy*sy))
}

// slowdown is the response time on Wasm over that of a warm container.
func (c curves) slowdown(function string) stats.Estimate {
	return derive(quotient, c.steady(spin(function), "1/s", "response_time"), c.steady(openwhisk(function), "180s", "response_time_warm"))
}

// deviation returns a model's largest relative deviation from the simulation, in size, at the values from one on.
func (c curves) deviation(series, from, model, metric string) stats.Estimate {
	worst := none.Estimate
	start, _ := c[series].At(from)
	for _, p := range c[series].Points {
		if p.At < start.At || p.Steady == nil {
			continue
		}
		predicted := p.Model(model, metric)
		e := derive(func(v []float64) float64 { return math.Abs(predicted/v[0] - 1) }, p.Steady[metric])
		if math.IsNaN(worst.Mean) || e.Mean > worst.Mean {
			worst = e
		}
	}
	return worst
}

// crossing returns the value of a key at which a metric first reaches a level, between the points straight; its interval is
// what the intervals of the two points around it allow. NaN if it does not.
func (c curves) crossing(series, metric string, level func(p Point) float64) stats.Estimate {
	points := c[series].Points
	for i := 1; i < len(points); i++ {
		a, b := points[i-1], points[i]
		before, after := a.mean(metric), b.mean(metric)
		if !(before.Mean < level(a) && after.Mean >= level(b)) {
			continue
		}
		return derive(func(v []float64) float64 {
			low, high := v[0]-level(a), v[1]-level(b)
			return min(max(a.At+(b.At-a.At)*(-low)/(high-low), a.At), b.At)
		}, before, after)
	}
	return none.Estimate
}

// mean returns the steady state of a metric or, if there is none, the mean of the short runs.
func (p Point) mean(metric string) stats.Estimate {
	if p.Steady != nil {
		return p.Steady[metric]
	}
	return p.Runs[metric].Mean
}

// statements are those of the thesis, in its order.
func statements() []statement {
	return slices.Concat(routingStatements(), tableStatements(), keepAliveStatements(), loadStatements(), tenCoreStatements(), appendixStatements())
}

func routingStatements() []statement {
	const random, newest = "openwhisk_float_random", "openwhisk_float_newest"
	more := func(series, keepAlive string) func(curves) answer {
		return func(c curves) answer {
			return answer{Estimate: derive(func(v []float64) float64 { return v[0]/v[1] - 1 },
				c.steady(series, keepAlive, "idle"), c.steady(openwhisk("float"), keepAlive, "idle"))}
		}
	}
	why := map[Verdict]string{NotReproduced: "A random choice keeps every instance in use now and then, so that few expire: more are idle, and hardly any start is cold. " +
		"What the thesis measured with MRU is near the simulation with MRU, and far from that with a random choice."}
	return []statement{
		{where: "4.1.2", text: "Routing to the most recently used container or to a random one hardly differs", quantity: "idle instances of float with a random choice, against MRU, keep-alive 10 s",
			span: span{-near, near}, unit: Fraction, needs: []string{openwhisk("float"), random}, value: more(random, "10s"), why: why},
		{where: "4.1.2", text: "The same, at a longer keep-alive", quantity: "idle instances of float with a random choice, against MRU, keep-alive 60 s",
			span: span{-near, near}, unit: Fraction, needs: []string{openwhisk("float"), random}, value: more(random, "60s"), why: why},
		{where: "4.1.2", text: "The same, of the container that is first in OpenWhisk's hash map", quantity: "idle instances of float with the newest idle instance chosen, against MRU, keep-alive 10 s",
			span: span{-near, near}, unit: Fraction, needs: []string{openwhisk("float"), newest}, value: more(newest, "10s"),
			assumption: "that the hash map lists idle containers in an order that stays the same, as that by age does",
			why: map[Verdict]string{Assuming: "The thesis calls the choice random, and says that it is the first of the hash map. Any fixed order leaves the same containers unused, " +
				"which expire, as MRU does. Whether that of OpenWhisk is fixed the thesis does not say."}},
	}
}

func tableStatements() []statement {
	needs := func(functions ...string) []string {
		return slices.Concat(keepAliveSeries(openwhisk, functions...), keepAliveSeries(spin, functions...))
	}
	slowest := func(sign float64, functions ...string) func(curves) answer {
		return func(c curves) answer { return extreme(sign, functions, c.slowdown) }
	}
	input := map[Verdict]string{Reproduced: "The service times of table 4.1 are the input; the simulation returns them."}
	return []statement{
		{where: "4.3, table 4.1", text: "Wasm is at least 1.2 times slower than a warm container", quantity: "least slowdown", span: span{1.15, 1.25},
			needs: needs(Functions...), value: slowest(-1, Functions...), why: input},
		{where: "4.3, table 4.1", text: "Wasm is at most 3.2 times slower", quantity: "largest slowdown", span: span{3.15, 3.25},
			needs: needs(Functions...), value: slowest(1, Functions...), why: input},
		{where: "4.3", text: "Go and Rust functions but matmul are within twice the time of a container", quantity: "largest slowdown of aes, whatlang and image-thumbnail",
			span: span{1, 2}, needs: needs("aes", "whatlang", "image-thumbnail"), value: slowest(1, "aes", "whatlang", "image-thumbnail"), why: input},
		{where: "4.3", text: "Python code is 2 to 3 times slower on Wasm", quantity: "largest slowdown of float and chameleon", span: span{2, 3},
			needs: needs("float", "chameleon"), value: slowest(1, "float", "chameleon"),
			why: map[Verdict]string{NotReproduced: "Table 4.1 itself has 3.2 for float."}},
	}
}

func keepAliveStatements() []statement {
	every := keepAliveSeries(openwhisk, Functions...)
	short := without("float")
	inf := math.Inf(1)
	of := func(c curves, metric string, values ...string) func(f string) []stats.Estimate {
		return func(f string) (e []stats.Estimate) {
			for _, v := range values {
				e = append(e, c.steady(openwhisk(f), v, metric))
			}
			return e
		}
	}
	rise := func(c curves, function string) stats.Estimate { // above the fewest, at 1 s
		instances := c.all(openwhisk(function), "1s", "instances")
		return derive(func(v []float64) float64 { return v[0] - slices.Min(v) }, instances...)
	}
	return []statement{
		{where: "4.3.1, figure 4.1", text: "The response time falls fast from 1 to 7 s of keep-alive, and then flattens", quantity: "least share of the fall from 1 s to 180 s that is over by 7 s",
			span: span{0.5, 1}, unit: Fraction, needs: every,
			value: func(c curves) answer {
				return extreme(-1, Functions, func(f string) stats.Estimate {
					return derive(func(v []float64) float64 { return (v[0] - v[1]) / (v[0] - v[2]) }, of(c, "response_time", "1s", "7s", "180s")(f)...)
				})
			},
			why: map[Verdict]string{Reproduced: "Once a keep-alive outlasts most gaps between requests, more of it saves few cold starts."}},
		{where: "4.3.1, figure 4.1", text: "Where the curve is flat the response time is nearly that of a warm start, float", quantity: "response time at 180 s over that of warm starts, float",
			span: span{1, 1 + near}, needs: []string{openwhisk("float")},
			value: func(c curves) answer {
				return answer{Estimate: derive(quotient, c.steady(openwhisk("float"), "180s", "response_time"), c.steady(openwhisk("float"), "180s", "response_time_warm"))}
			}},
		{where: "4.3.1, figure 4.1", text: "The same, of all functions", quantity: "largest response time at 180 s over that of warm starts",
			span: span{1, 1 + near}, needs: every,
			value: func(c curves) answer {
				return extreme(1, Functions, func(f string) stats.Estimate {
					return derive(quotient, c.steady(openwhisk(f), "180s", "response_time"), c.steady(openwhisk(f), "180s", "response_time_warm"))
				})
			},
			why: map[Verdict]string{NotReproduced: "A cold start takes some 200 times as long as a warm one: one in a thousand requests that is cold adds a fifth."}},
		{where: "4.3.1, figure 4.1", text: "The model (SMP modified) closely predicts the response time of float", quantity: "largest relative deviation from 1 s on",
			span: span{0, near}, unit: Fraction, needs: []string{openwhisk("float")},
			value: func(c curves) answer {
				return answer{Estimate: c.deviation(openwhisk("float"), "1s", "smp-modified", "response_time")}
			},
			why: map[Verdict]string{NotReproduced: "At 3 s the model has twice as many cold starts as there are; from 10 s on it is close."}},
		{where: "4.3.1, figure 4.1", text: "The same, from 10 s of keep-alive on", quantity: "largest relative deviation from 10 s on",
			span: span{0, near}, unit: Fraction, needs: []string{openwhisk("float")},
			value: func(c curves) answer {
				return answer{Estimate: c.deviation(openwhisk("float"), "10s", "smp-modified", "response_time")}
			}},
		{where: "4.3.1, figure 4.1", text: "The model for Wasm (M/G/∞) closely predicts the response time", quantity: "largest relative deviation of all functions, at 1/s",
			span: span{-near, near}, unit: Fraction, needs: keepAliveSeries(spin, Functions...),
			value: func(c curves) answer {
				return extreme(1, Functions, func(f string) stats.Estimate { return c.deviation(spin(f), "1/s", "mg-infinity", "response_time") })
			},
			why: map[Verdict]string{Reproduced: "At one request a second there are cores for all of them, which the model assumes."}},
		{where: "4.3.1, figure 4.2", text: "More instances are running at a short keep-alive than at a long one", quantity: "least running at 1 s over that at 180 s",
			span: span{1, inf}, needs: every,
			value: func(c curves) answer {
				return extreme(-1, Functions, func(f string) stats.Estimate { return derive(quotient, of(c, "running", "1s", "180s")(f)...) })
			}},
		{where: "4.3.1, figure 4.2", text: "float has three times as many running on Wasm as in containers", quantity: "running on Wasm over running in containers, float, 180 s",
			span: about(3), needs: []string{openwhisk("float"), spin("float")},
			value: func(c curves) answer {
				return answer{Estimate: derive(quotient, c.steady(spin("float"), "1/s", "running"), c.steady(openwhisk("float"), "180s", "running"))}
			},
			why: map[Verdict]string{Reproduced: "By Little's law, as the response times."}},
		{where: "4.3.1, figure 4.3", text: "At the shortest keep-alives most requests are cold, float", quantity: "cold start probability at 1 s, float",
			span: span{0.5, 1}, unit: Fraction, needs: []string{openwhisk("float")},
			value: func(c curves) answer {
				return answer{Estimate: c.steady(openwhisk("float"), "1s", "cold_start_probability")}
			}},
		{where: "4.3.1, figure 4.3", text: "The same, of the other functions", quantity: "largest cold start probability at 1 s",
			span: span{0.5, 1}, unit: Fraction, needs: keepAliveSeries(openwhisk, short...),
			value: func(c curves) answer {
				return extreme(1, short, func(f string) stats.Estimate { return c.steady(openwhisk(f), "1s", "cold_start_probability") })
			},
			why: map[Verdict]string{NotReproduced: "With one Poisson request a second about e⁻¹ = 37 % find a gap longer than 1 s, and those that arrive while an instance starts make it somewhat less than half."}},
		{where: "4.3.1, figure 4.3", text: "At long keep-alives cold starts are negligible", quantity: "largest cold start probability at 180 s",
			span: span{0, 0.01}, unit: Fraction, needs: every,
			value: func(c curves) answer {
				return extreme(1, Functions, func(f string) stats.Estimate { return c.steady(openwhisk(f), "180s", "cold_start_probability") })
			}},
		{where: "4.3.1, figure 4.4", text: "More warm starts are running the longer the keep-alive", quantity: "least running warm at 60 s over that at 1 s",
			span: span{1, inf}, needs: every,
			value: func(c curves) answer {
				return extreme(-1, Functions, func(f string) stats.Estimate { return derive(quotient, of(c, "running_warm", "60s", "1s")(f)...) })
			}},
		{where: "4.3.1, figure 4.4", text: "… and their number becomes stable", quantity: "largest relative change of running warm from 60 s to 180 s",
			span: span{0, 0.05}, unit: Fraction, needs: every,
			value: func(c curves) answer {
				return extreme(1, Functions, func(f string) stats.Estimate {
					return derive(func(v []float64) float64 { return math.Abs(v[1]/v[0] - 1) }, of(c, "running_warm", "60s", "180s")(f)...)
				})
			}},
		{where: "4.3.1, figure 4.4", text: "Functions that take milliseconds fluctuate more, by the uncertainty of measuring them",
			quantity: "least relative standard deviation of a single run's running warm at 60 s, of aes, matmul and whatlang, over that of float",
			span:     span{1.5, inf}, needs: keepAliveSeries(openwhisk, "aes", "matmul", "whatlang", "float"),
			value: func(c curves) answer {
				return extreme(-1, []string{"aes", "matmul", "whatlang"}, func(f string) stats.Estimate {
					return derive(quotient, c.relativeSpread(openwhisk(f), "60s", "running_warm"), c.relativeSpread(openwhisk("float"), "60s", "running_warm"))
				})
			},
			why: map[Verdict]string{Reproduced: "600 counts, 2 s apart, of something that is there 1 to 3 % of the time: the counts are nearly independent, and few are not 0."}},
		{where: "4.3.1, figure 4.5", text: "Idle instances grow about as the logarithm of the keep-alive", quantity: "variance explained by a line over the logarithm less that over the keep-alive, least of all functions",
			span: span{0, 1}, needs: every,
			value: func(c curves) answer {
				return extreme(-1, Functions, func(f string) stats.Estimate {
					var x []float64
					for _, p := range c[openwhisk(f)].Points {
						x = append(x, p.At)
					}
					return derive(func(v []float64) float64 { return logFit(x, v) }, c.all(openwhisk(f), "1s", "idle")...)
				})
			}},
		{where: "4.3.1, figure 4.5", text: "The model (SMP modified) closely predicts idle instances", quantity: "largest relative deviation from 10 s on",
			span: span{0, near}, unit: Fraction, needs: every,
			value: func(c curves) answer {
				return extreme(1, Functions, func(f string) stats.Estimate { return c.deviation(openwhisk(f), "10s", "smp-modified", "idle") })
			},
			why: map[Verdict]string{NotReproduced: "It has too few at a keep-alive of a few service times, and is close beyond 20 s."}},
		{where: "4.3.1, figure 4.6", text: "All executors become fewer at first as the keep-alive grows, of all functions but float", quantity: "least fall from 1 s to the fewest",
			span: span{0.01, inf}, needs: keepAliveSeries(openwhisk, short...),
			value: func(c curves) answer {
				return extreme(-1, short, func(f string) stats.Estimate { return rise(c, f) })
			},
			why: map[Verdict]string{Reproduced: "A cold start holds its instance for seconds. Where most starts are cold those instances are most of all; idle ones take over later."}},
		{where: "4.3.1, figure 4.6", text: "The same, float", quantity: "fall from 1 s to the fewest, float",
			span: span{0.01, inf}, needs: []string{openwhisk("float")},
			value: func(c curves) answer { return answer{Estimate: rise(c, "float")} },
			why: map[Verdict]string{NotReproduced: "float's warm starts take almost as long as its cold ones, so what is saved is less than what becomes idle. " +
				"One run is too short to tell: it spreads by ± 0.2 instances and more."}},
		{where: "4.3.1, figure 4.6", text: "The later rise of all executors is that of the idle ones", quantity: "rise of instances from 10 s to 180 s over that of idle instances, least of all functions",
			span: span{0.8, 1.2}, needs: every,
			value: func(c curves) answer {
				return extreme(-1, Functions, func(f string) stats.Estimate {
					return derive(func(v []float64) float64 { return (v[1] - v[0]) / (v[3] - v[2]) },
						append(of(c, "instances", "10s", "180s")(f), of(c, "idle", "10s", "180s")(f)...)...)
				})
			}},
		{where: "4.3.1, figure 4.6", text: "The model (SMP modified) closely predicts all executors", quantity: "largest relative deviation from 1 s on",
			span: span{0, near}, unit: Fraction, needs: every,
			value: func(c curves) answer {
				return extreme(1, Functions, func(f string) stats.Estimate { return c.deviation(openwhisk(f), "1s", "smp-modified", "instances") })
			},
			why: map[Verdict]string{NotReproduced: "At 1 s it has too many, for it has too many cold starts there; from 3 s on it is within 10 %."}},
		{where: "4.3.1, figure 4.7", text: "For float the model (SMP modified) has too high a cold start probability at very short keep-alives", quantity: "model less simulated at 3 s, float",
			span: span{0.01, 1}, unit: Fraction, needs: []string{openwhisk("float")},
			value: func(c curves) answer {
				p, _ := c[openwhisk("float")].At("3s")
				return answer{Estimate: derive(func(v []float64) float64 { return p.Model("smp-modified", "cold_start_probability") - v[0] }, p.Steady["cold_start_probability"])}
			},
			why: map[Verdict]string{Reproduced: "The SMP takes its instances to expire independently of one another, and their lives from their mean; the exact model does not, and is right."}},
		{where: "4.3.1, figure 4.7", text: "For the other functions model and experiment are alike", quantity: "largest difference of the cold start probability from 3 s on",
			span: span{0, 0.05}, unit: Fraction, needs: keepAliveSeries(openwhisk, short...),
			value: func(c curves) answer {
				return extreme(1, short, func(f string) stats.Estimate {
					worst := none.Estimate
					for _, p := range c[openwhisk(f)].Points[1:] {
						e := derive(func(v []float64) float64 {
							return math.Abs(p.Model("smp-modified", "cold_start_probability") - v[0])
						}, p.Steady["cold_start_probability"])
						if math.IsNaN(worst.Mean) || e.Mean > worst.Mean {
							worst = e
						}
					}
					return worst
				})
			},
			why: map[Verdict]string{NotReproduced: "By somewhat more than 0.05 at 3 s, where a cold start takes longer than the keep-alive; nowhere beyond."}},
	}
}

// relativeSpread is the standard deviation of what single runs measure, over their mean. Its interval is that of a normal
// sample's standard deviation.
func (c curves) relativeSpread(series, value, metric string) stats.Estimate {
	s := c.spread(series, value, metric)
	relative := s.Deviation / s.Mean.Mean
	return stats.Estimate{Mean: relative, HalfWidth: 1.96 * relative / math.Sqrt(2*float64(s.Mean.N-1)), N: s.Mean.N}
}

func tenCoreStatements() (all []statement) {
	numbers := map[string]string{"aes": "figures 4.15 and 4.16", "matmul": "figures 4.17 and 4.18", "whatlang": "figures 4.19 and 4.20"}
	for _, f := range []string{"aes", "matmul", "whatlang"} {
		name := "spin_" + f + "_load"
		service := serviceOf(f)
		all = append(all,
			statement{where: "4.3.2, " + numbers[f], text: "The cores are used up when ten executors are running on average, " + f,
				quantity: "share of the capacity at which ten are running", span: span{1 - near, 1}, unit: Fraction, needs: []string{name},
				value: func(c curves) answer {
					e := c.crossing(name, "instances", func(Point) float64 { return tenCores })
					return answer{Estimate: derive(func(v []float64) float64 { return v[0] * service / tenCores }, e)}
				},
				why: map[Verdict]string{NotReproduced: "Executors share the cores: when ten are running on average there are often more, which slow one another, and often fewer, which leave cores free. " +
					"At capacity itself their number has no bound."}},
			statement{where: "4.3.2, " + numbers[f], text: "The response time falls below the nominal one as the rate grows, " + f,
				quantity: "least response time below capacity over the nominal one, less 1", span: span{-1, -0.01}, unit: Fraction, needs: []string{name},
				value: func(c curves) answer {
					least := none
					for _, p := range c[name].Points {
						if p.Steady == nil {
							continue
						}
						e := derive(func(v []float64) float64 { return v[0]/service - 1 }, p.Steady["response_time"])
						if math.IsNaN(least.Mean) || e.Mean < least.Mean {
							least = answer{Estimate: e}
						}
					}
					return least
				},
				why: map[Verdict]string{NotReproduced: "Nothing in the simulation makes a request faster because others run: the caches to which the thesis ascribes it are not modelled."}})
	}
	return append(all, statement{where: "4.3.2, figures 4.15 to 4.20", text: "The model (M/G/∞) closely matches until capacity is reached",
		quantity: "response time at 90 % of capacity over the model's, least of the three", span: about(1), needs: []string{"spin_aes_load", "spin_matmul_load", "spin_whatlang_load"},
		value: func(c curves) answer {
			return extreme(-1, []string{"aes", "matmul", "whatlang"}, func(f string) stats.Estimate {
				points := c["spin_"+f+"_load"].Points
				p := points[slices.Index(loads, 0.9)]
				return derive(func(v []float64) float64 { return v[0] / p.Model("mg-infinity", "response_time") }, p.mean("response_time"))
			})
		},
		why: map[Verdict]string{NotReproduced: "M/G/∞ has a core for each request. With the same input the processor-sharing law is on the simulation up to capacity."}})
}

func loadStatements() []statement {
	const pool, wasm, aes = "openwhisk_float_load", "spin_float_load", "openwhisk_aes_load"
	warm, nominal := warmServiceOf("float"), serviceOf("float")
	inf := math.Inf(1)
	machine := wholeMachine.assumption()
	knee := func(c curves, series string, service float64) stats.Estimate {
		return c.crossing(series, "response_time", func(Point) float64 { return 2 * service })
	}
	over := func(series, metric, a, b string) func(curves) answer {
		return func(c curves) answer {
			p, _ := c[series].At(a)
			q, _ := c[series].At(b)
			return answer{Estimate: derive(quotient, p.mean(metric), q.mean(metric))}
		}
	}
	// beyondModel is a run's metric less what the modified SMP says, which knows no cores.
	beyondModel := func(value, metric string) func(curves) answer {
		return func(c curves) answer {
			p, _ := c[pool].At(value)
			s, predicted := c.spread(pool, value, metric), p.Model("smp-modified", metric)
			e := s.Mean
			e.Mean -= predicted
			return answer{Estimate: e, run: Spread{e, s.Deviation, s.Low - predicted, s.High - predicted}}
		}
	}
	overModel := func(series, value, metric string) func(curves) answer {
		return func(c curves) answer {
			p, _ := c[series].At(value)
			return answer{Estimate: derive(func(v []float64) float64 { return v[0] / p.Model("smp-modified", metric) }, p.mean(metric))}
		}
	}
	moreCold := map[Verdict]string{NotReproduced: "A pool under this load needs few cold starts more than the model has. What starts the others on OpenWhisk, such as requests that arrive in bursts after a queue, is not simulated here."}
	return []statement{
		{where: "4.3.2, figure 4.8", text: "On OpenWhisk the response time of float stays near the warm one up to 8/s", quantity: "response time at 8/s over the warm service time",
			span: span{1, 1 + near}, needs: []string{pool}, assumption: machine,
			value: func(c curves) answer {
				p, _ := c[pool].At("8/s")
				return answer{Estimate: derive(func(v []float64) float64 { return v[0] / warm }, p.mean("response_time"))}
			},
			why: map[Verdict]string{NotReproduced: "The clock falls as more cores are busy, and some requests have a second thread only."}},
		{where: "4.3.2, figure 4.8", text: "OpenWhisk is near its capacity at about 11/s", quantity: "rate at which the response time is twice the warm service time",
			span: about(11), unit: Rate, needs: []string{pool}, assumption: machine,
			value: func(c curves) answer { return answer{Estimate: knee(c, pool, warm)} },
			why: map[Verdict]string{NotReproduced: fmt.Sprintf("All cores together do %.3g seconds of work a second, which are %.3g requests. What OpenWhisk itself, its proxies and the kernel need of the cores is not in it.",
				wholeMachine.capacity(), wholeMachine.capacity()/warm)}},
		{where: "4.3.2, figure 4.8", text: "Spin is near its capacity at about 4/s", quantity: "rate at which the response time is twice the nominal one",
			span: about(4), unit: Rate, needs: []string{wasm}, assumption: machine,
			value: func(c curves) answer { return answer{Estimate: knee(c, wasm, nominal)} }},
		{where: "4.3.2, figure 4.8", text: "OpenWhisk can handle about three times the rate of Spin", quantity: "the one rate over the other",
			span: about(3), needs: []string{pool, wasm}, assumption: machine,
			value: func(c curves) answer {
				return answer{Estimate: derive(quotient, knee(c, pool, warm), knee(c, wasm, nominal))}
			}},
		{where: "4.3.2, figure 4.8", text: "At 11/s the response time of float on OpenWhisk is up only modestly", quantity: "response time at 11/s over the warm service time",
			span: span{1, 2}, needs: []string{pool}, assumption: machine,
			value: func(c curves) answer {
				p, _ := c[pool].At("11/s")
				return answer{Estimate: derive(func(v []float64) float64 { return v[0] / warm }, p.mean("response_time"))}
			}},
		{where: "4.3.2, figure 4.8", text: "At 12/s the response time on OpenWhisk is about 8 s", quantity: "response time at 12/s",
			span: about(8), unit: Seconds, needs: []string{pool}, assumption: machine, run: true, value: measuredOnce(pool, "12/s", "response_time"),
			why: map[Verdict]string{NotReproduced: "The simulated capacity is higher, so at 12/s the pool is not yet full."}},
		{where: "4.3.2, figure 4.8", text: "It stays at about 8 s up to 16/s", quantity: "response time at 16/s",
			span: about(8), unit: Seconds, needs: []string{pool}, assumption: machine, run: true, value: measuredOnce(pool, "16/s", "response_time"),
			why: map[Verdict]string{NotReproduced: "Beyond capacity requests wait for one of 110 instances until they give up, after up to a minute, and that is part of their response time. See the next line."}},
		{where: "4.3.2, figure 4.8", text: "The same, if the time that a request waits for an instance is not in it", quantity: "mean time in an instance at 16/s",
			span: about(8), unit: Seconds, needs: []string{pool}, assumption: "that the thesis' response times leave out the wait, and " + machine, run: true, value: measuredOnce(pool, "16/s", InInstance),
			why: map[Verdict]string{Assuming: "110 instances share the cores, whatever the rate: 110 over the capacity in requests a second."}},
		{where: "4.3.2, figure 4.8", text: "Spin keeps response times of 5 to 6 s up to 3/s", quantity: "response time at 3/s",
			span: span{5, 6}, unit: Seconds, needs: []string{wasm}, assumption: machine, run: true, value: measuredOnce(wasm, "3/s", "response_time")},
		{where: "4.3.2, figure 4.8", text: "Spin takes about 90 s at 5/s", quantity: "response time at 5/s",
			span: about(90), unit: Seconds, needs: []string{wasm}, assumption: machine, run: true, value: measuredOnce(wasm, "5/s", "response_time"),
			why: map[Verdict]string{NotReproduced: "Beyond capacity the response time grows all through the run, by how much the rate exceeds the capacity: a tenth more capacity makes it much less."}},
		{where: "4.3.2, figure 4.8", text: "The models closely match until capacity is reached, containers", quantity: "largest relative deviation of the response time (SMP modified) up to 8/s",
			span: span{0, near}, unit: Fraction, needs: []string{pool}, assumption: machine,
			value: func(c curves) answer {
				worst := none
				for _, p := range c[pool].Points[:slices.Index(floatOnContainers, "8/s")+1] {
					e := derive(func(v []float64) float64 { return math.Abs(p.Model("smp-modified", "response_time")/v[0] - 1) }, p.mean("response_time"))
					if math.IsNaN(worst.Mean) || e.Mean > worst.Mean {
						worst = answer{Estimate: e, remark: p.Value}
					}
				}
				return worst
			},
			why: map[Verdict]string{NotReproduced: "The models know neither the falling clock nor the second threads, and both slow requests long before capacity."}},
		{where: "4.3.2, figure 4.9", text: "Beyond capacity more than 80 instances are running warm", quantity: "running warm at 16/s",
			span: span{80, inf}, needs: []string{pool}, assumption: machine, value: func(c curves) answer {
				return answer{Estimate: c.spread(pool, "16/s", "running_warm").Mean}
			}},
		{where: "4.3.2, figure 4.10", text: "Up to 10/s there are 0.3 to 1.5 more running cold than the model says; at 10/s", quantity: "running cold at 10/s less SMP modified",
			span: span{0.3, 1.5}, needs: []string{pool}, assumption: machine, run: true, value: beyondModel("10/s", "running_cold"), why: moreCold},
		{where: "4.3.2, figure 4.10", text: "The same, at 6/s", quantity: "running cold at 6/s less SMP modified",
			span: span{0.3, 1.5}, needs: []string{pool}, assumption: machine, run: true, value: beyondModel("6/s", "running_cold"), why: moreCold},
		{where: "4.3.2, figure 4.10", text: "Running cold drops from 12/s on", quantity: "running cold at 16/s over that at 12/s",
			span: span{0, 1}, needs: []string{pool}, assumption: machine, value: over(pool, "running_cold", "16/s", "12/s")},
		{where: "4.3.2, figure 4.11", text: "OpenWhisk has about 35 running at 11/s, near the number of its cores", quantity: "running at 11/s",
			span: about(35), needs: []string{pool}, assumption: machine, run: true, value: measuredOnce(pool, "11/s", "running"),
			why: map[Verdict]string{NotReproduced: "Where the simulation is at its capacity, at a higher rate, it has as many."}},
		{where: "4.3.2, figure 4.11", text: "Spin reaches capacity between 3/s and 4/s, where about 40 are running", quantity: "rate at which 40 are running on Spin",
			span: span{3, 4}, unit: Rate, needs: []string{wasm}, assumption: machine,
			value: func(c curves) answer {
				return answer{Estimate: c.crossing(wasm, "running", func(Point) float64 { return 40 })}
			}},
		{where: "4.3.2, figure 4.11", text: "Spin has about three times as many running as OpenWhisk", quantity: "running at 2/s, Spin over OpenWhisk",
			span: about(3), needs: []string{pool, wasm}, assumption: machine,
			value: func(c curves) answer {
				p, _ := c[wasm].At("2/s")
				q, _ := c[pool].At("2/s")
				return answer{Estimate: derive(quotient, p.mean("running"), q.mean("running"))}
			},
			why: map[Verdict]string{NotReproduced: "Three times the work: Spin's executors slow one another at a lower rate already."}},
		{where: "4.3.2, figure 4.12", text: "At 10/s about 17 are idle", quantity: "idle at 10/s",
			span: about(17), needs: []string{pool}, assumption: machine, run: true, value: measuredOnce(pool, "10/s", "idle")},
		{where: "4.3.2, figure 4.12", text: "At 10/s about 20 are running warm", quantity: "running warm at 10/s",
			span: about(20), needs: []string{pool}, assumption: machine, run: true, value: measuredOnce(pool, "10/s", "running_warm")},
		{where: "4.3.2, figure 4.12", text: "So about half of all instances are in use at 10/s", quantity: "running over all instances at 10/s",
			span: about(0.5), unit: Fraction, needs: []string{pool}, assumption: machine,
			value: func(c curves) answer {
				p, _ := c[pool].At("10/s")
				return answer{Estimate: derive(quotient, p.mean("running"), p.mean("instances"))}
			},
			why: map[Verdict]string{NotReproduced: "The two numbers of the thesis, 20 of 37, are 54 % themselves; the simulation has fewer idle."}},
		{where: "4.3.2, figure 4.12", text: "Beyond 8/s about 8 more are idle than the model predicts", quantity: "idle at 10/s less SMP modified",
			span: about(8), needs: []string{pool}, assumption: machine, run: true, value: beyondModel("10/s", "idle"),
			why: map[Verdict]string{NotReproduced: "Slower requests need more instances, and leave more idle, but not that many more."}},
		{where: "4.3.2, figure 4.12", text: "After capacity is reached idle instances become fewer", quantity: "idle at 16/s over that at 11/s",
			span: span{0, 1}, needs: []string{pool}, assumption: machine, value: over(pool, "idle", "16/s", "11/s"),
			why: map[Verdict]string{Assuming: "Every instance is busy, and none may be added."}},
		{where: "4.3.2, figure 4.13", text: "Idle instances are far fewer than those that are running warm", quantity: "idle over running warm at 8/s",
			span: span{0, 0.5}, needs: []string{pool}, assumption: machine, value: func(c curves) answer {
				p, _ := c[pool].At("8/s")
				return answer{Estimate: derive(quotient, p.mean("idle"), p.mean("running_warm"))}
			},
			why: map[Verdict]string{NotReproduced: "Only beyond capacity is it so, where all instances are busy. The lower the rate, the more idle ones there are for each that is running."}},
		{where: "4.3.2, figure 4.14", text: "The cold start probability is near 0 at all rates", quantity: "largest cold start probability",
			span: span{0, 0.05}, unit: Fraction, needs: []string{pool}, assumption: machine,
			value: func(c curves) answer {
				return extreme(1, floatOnContainers, func(v string) stats.Estimate {
					p, _ := c[pool].At(v)
					return p.mean("cold_start_probability")
				})
			}},
		{where: "4.3.2, figure 4.21", text: "Up to 50/s aes is steady on OpenWhisk: hardly a request is cold, and none times out", quantity: "cold starts and timeouts at 50/s, of all requests",
			span: span{0, 0.01}, unit: Fraction, needs: []string{aes}, assumption: dispatchWords,
			value: func(c curves) answer {
				p, _ := c[aes].At("50/s")
				return answer{Estimate: derive(func(v []float64) float64 { return v[0] + v[1] }, p.mean("cold_start_probability"), p.mean("timeout_probability"))}
			}},
		{where: "4.3.2, figure 4.21", text: "Up to 50/s OpenWhisk follows the model with aes, running warm", quantity: "running warm at 50/s over SMP modified",
			span: about(1), needs: []string{aes}, assumption: dispatchWords, value: overModel(aes, "50/s", "running_warm"),
			why: map[Verdict]string{Assuming: "Little's law, whatever happens before the pool: rate times service time."}},
		{where: "4.3.2, figure 4.21", text: "The same, all executors", quantity: "instances at 50/s over SMP modified",
			span: about(1), needs: []string{aes}, assumption: dispatchWords, value: overModel(aes, "50/s", "instances"),
			why: map[Verdict]string{NotReproduced: "A batch needs as many instances at once as it has requests, and at four fifths of what the reader can do some batches are large already. " +
				"A reader that is slow only now and then, such as after a pause of Kafka's, is not modelled."}},
		{where: "4.3.2, figure 4.21", text: "Beyond 50/s bursts cause cold starts with aes", quantity: "running cold at 60/s over that at 40/s",
			span: span{2, inf}, needs: []string{aes}, assumption: dispatchWords, value: over(aes, "running_cold", "60/s", "40/s"),
			why: map[Verdict]string{Assuming: "What arrives while a batch is read is the next batch: the nearer the rate to what the reader can do, the larger the batches, without a bound."}},
		{where: "4.3.2, figure 4.21", text: "… and with them rises the number of all executors", quantity: "instances at 60/s over those at 40/s",
			span: span{2, inf}, needs: []string{aes}, assumption: dispatchWords, value: over(aes, "instances", "60/s", "40/s"),
			why: map[Verdict]string{Assuming: "The work of the requests rises by a half; cold starts take the ten cores for seconds, so that the next batches find fewer instances idle."}},
		{where: "4.3.2, figure 4.21", text: "At 75/s all requests of aes time out", quantity: "share of the requests that time out at 75/s",
			span: span{1 - near, 1}, unit: Fraction, needs: []string{aes}, assumption: dispatchWords,
			value: func(c curves) answer {
				return answer{Estimate: c.spread(aes, "75/s", "timeout_probability").Mean}
			},
			why: map[Verdict]string{Assuming: "The time of a request is chosen so that a minute's wait has grown during the warm-up; that none is served any more then is the reader's doing, which spends its time on requests that have given up."}},
		{where: "4.3.2, figure 4.21", text: "The response time of aes falls as the rate grows", quantity: "response time at 50/s over that at 5/s",
			span: span{0, 0.99}, needs: []string{aes}, assumption: dispatchWords, value: over(aes, "response_time", "50/s", "5/s"),
			why: map[Verdict]string{NotReproduced: "Nothing in the simulation makes a request faster because others run, and all of them wait for the Invoker, the longer the busier it is."}},
	}
}

func appendixStatements() []statement {
	needs := []string{openwhisk("float")}
	// margins are by how much the published model is farther from the simulation than the modified one.
	nearer := func(metric string) func(curves) answer {
		return func(c curves) answer {
			var margins []stats.Estimate
			for _, p := range c[openwhisk("float")].Points {
				original, modified := p.Model("smp", metric), p.Model("smp-modified", metric)
				margins = append(margins, derive(func(v []float64) float64 { return math.Abs(original-v[0]) - math.Abs(modified-v[0]) }, p.Steady[metric]))
			}
			return answer{Estimate: share(margins), remark: fmt.Sprintf("of %d", len(margins))}
		}
	}
	return []statement{
		{where: "A.1, figure A.1", text: "The published SMP has too few idle instances, float", quantity: "published SMP over simulated, less 1, largest from 10 s on",
			span: span{-1, 0}, unit: Fraction, needs: needs,
			value: func(c curves) answer {
				start, _ := c[openwhisk("float")].At("10s")
				worst := none
				for _, p := range c[openwhisk("float")].Points {
					if p.At < start.At {
						continue
					}
					e := derive(func(v []float64) float64 { return p.Model("smp", "idle")/v[0] - 1 }, p.Steady["idle"])
					if math.IsNaN(worst.Mean) || e.Mean > worst.Mean {
						worst = answer{Estimate: e, remark: p.Value}
					}
				}
				return worst
			}},
		{where: "A.1, figure A.1", text: "The modified SMP is nearer on idle instances, float", quantity: "share of the keep-alives at which it is nearer to the simulation",
			span: span{0.5, 1}, unit: Fraction, needs: needs, value: nearer("idle")},
		{where: "A.1, figure A.1", text: "The modified SMP is nearer on all instances, float", quantity: "share of the keep-alives at which it is nearer to the simulation",
			span: span{0.5, 1}, unit: Fraction, needs: needs, value: nearer("instances")},
	}
}

// share returns the share of estimates above 0; its interval holds those whose interval does not tell.
func share(estimates []stats.Estimate) stats.Estimate {
	least, most := 0, 0
	for _, e := range estimates {
		if e.Mean-e.HalfWidth > 0 {
			least++
		}
		if e.Mean+e.HalfWidth > 0 {
			most++
		}
	}
	n := float64(len(estimates))
	return stats.Estimate{Mean: float64(least+most) / 2 / n, HalfWidth: float64(most-least) / 2 / n, N: len(estimates)}
}

// Statements returns all statements of the thesis, without verdicts. A quantity may be followed by a remark in a finding.
func Statements() (all []Finding) {
	for _, s := range statements() {
		all = append(all, Finding{Where: s.where, Statement: s.text, Quantity: s.quantity, Low: s.span.low, High: s.span.high, Unit: s.unit, Assumption: s.assumption})
	}
	return all
}

package thesis

import (
	"math"
	"slices"

	"faaslab/platform"
	"faaslab/sim/stats"
)

// keepAliveStatements are the statements of chapter 4.3.1, on the keep-alive.
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
	rise := func(c curves, function string) stats.Estimate { // above the least value, at 1 s
		instances := c.all(openwhisk(function), "1s", platform.Instances)
		return derive(func(v []float64) float64 { return v[0] - slices.Min(v) }, instances...)
	}
	return []statement{
		{where: "4.3.1, figure 4.1", text: "The response time falls fast from 1 to 7 s of keep-alive, and then flattens", quantity: "least share of the fall from 1 s to 180 s that is over by 7 s",
			span: span{0.5, 1}, unit: Fraction, needs: every,
			value: func(c curves) answer {
				return extreme(-1, Functions, func(f string) stats.Estimate {
					return derive(func(v []float64) float64 { return (v[0] - v[1]) / (v[0] - v[2]) }, of(c, platform.ResponseTime, "1s", "7s", "180s")(f)...)
				})
			},
			why: map[Verdict]string{Reproduced: "Once a keep-alive outlasts most gaps between requests, more of it saves few cold starts."}},
		{where: "4.3.1, figure 4.1", text: "Where the curve is flat the response time is nearly that of a warm start, float", quantity: "response time at 180 s over that of warm starts, float",
			span: span{1, 1 + near}, needs: []string{openwhisk("float")},
			value: func(c curves) answer {
				return answer{Estimate: derive(quotient, c.steady(openwhisk("float"), "180s", platform.ResponseTime), c.steady(openwhisk("float"), "180s", platform.ResponseTimeWarm))}
			}},
		{where: "4.3.1, figure 4.1", text: "The same, of all functions", quantity: "largest response time at 180 s over that of warm starts",
			span: span{1, 1 + near}, needs: every,
			value: func(c curves) answer {
				return extreme(1, Functions, func(f string) stats.Estimate {
					return derive(quotient, c.steady(openwhisk(f), "180s", platform.ResponseTime), c.steady(openwhisk(f), "180s", platform.ResponseTimeWarm))
				})
			},
			why: map[Verdict]string{NotReproduced: "A cold start takes some 200 times as long as a warm one: one in a thousand requests that is cold adds a fifth."}},
		{where: "4.3.1, figure 4.1", text: "The model (SMP modified) closely predicts the response time of float", quantity: "largest relative deviation from 1 s on",
			span: span{0, near}, unit: Fraction, needs: []string{openwhisk("float")},
			value: func(c curves) answer {
				return answer{Estimate: c.deviation(openwhisk("float"), "1s", "smp-modified", platform.ResponseTime)}
			},
			why: map[Verdict]string{NotReproduced: "At 3 s the model has twice as many cold starts as there are; from 10 s on it is close."}},
		{where: "4.3.1, figure 4.1", text: "The same, from 10 s of keep-alive on", quantity: "largest relative deviation from 10 s on",
			span: span{0, near}, unit: Fraction, needs: []string{openwhisk("float")},
			value: func(c curves) answer {
				return answer{Estimate: c.deviation(openwhisk("float"), "10s", "smp-modified", platform.ResponseTime)}
			}},
		{where: "4.3.1, figure 4.1", text: "The model for Wasm (M/G/∞) closely predicts the response time", quantity: "largest relative deviation of all functions, at 1/s",
			span: span{-near, near}, unit: Fraction, needs: keepAliveSeries(spin, Functions...),
			value: func(c curves) answer {
				return extreme(1, Functions, func(f string) stats.Estimate {
					return c.deviation(spin(f), "1/s", "mg-infinity", platform.ResponseTime)
				})
			},
			why: map[Verdict]string{Reproduced: "At one request a second there are cores for all of them, which the model assumes."}},
		{where: "4.3.1, figure 4.2", text: "More instances are running at a short keep-alive than at a long one", quantity: "least running at 1 s over that at 180 s",
			span: span{1, inf}, needs: every,
			value: func(c curves) answer {
				return extreme(-1, Functions, func(f string) stats.Estimate { return derive(quotient, of(c, platform.Running, "1s", "180s")(f)...) })
			}},
		{where: "4.3.1, figure 4.2", text: "float has three times as many running on Wasm as in containers", quantity: "running on Wasm over running in containers, float, 180 s",
			span: about(3), needs: []string{openwhisk("float"), spin("float")},
			value: func(c curves) answer {
				return answer{Estimate: derive(quotient, c.steady(spin("float"), "1/s", platform.Running), c.steady(openwhisk("float"), "180s", platform.Running))}
			},
			why: map[Verdict]string{Reproduced: "By Little's law, as the response times."}},
		{where: "4.3.1, figure 4.3", text: "At the shortest keep-alives most requests are cold, float", quantity: "cold start probability at 1 s, float",
			span: span{0.5, 1}, unit: Fraction, needs: []string{openwhisk("float")},
			value: func(c curves) answer {
				return answer{Estimate: c.steady(openwhisk("float"), "1s", platform.ColdStartProbability)}
			}},
		{where: "4.3.1, figure 4.3", text: "The same, of the other functions", quantity: "largest cold start probability at 1 s",
			span: span{0.5, 1}, unit: Fraction, needs: keepAliveSeries(openwhisk, short...),
			value: func(c curves) answer {
				return extreme(1, short, func(f string) stats.Estimate { return c.steady(openwhisk(f), "1s", platform.ColdStartProbability) })
			},
			why: map[Verdict]string{NotReproduced: "With one Poisson request a second about e⁻¹ = 37 % find a gap longer than 1 s, and those that arrive while an instance starts make it somewhat less than half."}},
		{where: "4.3.1, figure 4.3", text: "At long keep-alives cold starts are negligible", quantity: "largest cold start probability at 180 s",
			span: span{0, 0.01}, unit: Fraction, needs: every,
			value: func(c curves) answer {
				return extreme(1, Functions, func(f string) stats.Estimate { return c.steady(openwhisk(f), "180s", platform.ColdStartProbability) })
			}},
		{where: "4.3.1, figure 4.4", text: "More warm starts are running the longer the keep-alive", quantity: "least running warm at 60 s over that at 1 s",
			span: span{1, inf}, needs: every,
			value: func(c curves) answer {
				return extreme(-1, Functions, func(f string) stats.Estimate { return derive(quotient, of(c, platform.RunningWarm, "60s", "1s")(f)...) })
			}},
		{where: "4.3.1, figure 4.4", text: "… and their number becomes stable", quantity: "largest relative change of running warm from 60 s to 180 s",
			span: span{0, 0.05}, unit: Fraction, needs: every,
			value: func(c curves) answer {
				return extreme(1, Functions, func(f string) stats.Estimate {
					return derive(func(v []float64) float64 { return math.Abs(v[1]/v[0] - 1) }, of(c, platform.RunningWarm, "60s", "180s")(f)...)
				})
			}},
		{where: "4.3.1, figure 4.4", text: "Functions that take milliseconds fluctuate more, by the uncertainty of measuring them",
			quantity: "least relative standard deviation of a single run's running warm at 60 s, of aes, matmul and whatlang, over that of float",
			span:     span{1.5, inf}, needs: keepAliveSeries(openwhisk, "aes", "matmul", "whatlang", "float"),
			value: func(c curves) answer {
				return extreme(-1, []string{"aes", "matmul", "whatlang"}, func(f string) stats.Estimate {
					return derive(quotient, c.relativeSpread(openwhisk(f), "60s", platform.RunningWarm), c.relativeSpread(openwhisk("float"), "60s", platform.RunningWarm))
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
					return derive(func(v []float64) float64 { return logFit(x, v) }, c.all(openwhisk(f), "1s", platform.Idle)...)
				})
			}},
		{where: "4.3.1, figure 4.5", text: "The model (SMP modified) closely predicts idle instances", quantity: "largest relative deviation from 10 s on",
			span: span{0, near}, unit: Fraction, needs: every,
			value: func(c curves) answer {
				return extreme(1, Functions, func(f string) stats.Estimate { return c.deviation(openwhisk(f), "10s", "smp-modified", platform.Idle) })
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
						append(of(c, platform.Instances, "10s", "180s")(f), of(c, platform.Idle, "10s", "180s")(f)...)...)
				})
			}},
		{where: "4.3.1, figure 4.6", text: "The model (SMP modified) closely predicts all executors", quantity: "largest relative deviation from 1 s on",
			span: span{0, near}, unit: Fraction, needs: every,
			value: func(c curves) answer {
				return extreme(1, Functions, func(f string) stats.Estimate {
					return c.deviation(openwhisk(f), "1s", "smp-modified", platform.Instances)
				})
			},
			why: map[Verdict]string{NotReproduced: "At 1 s it has too many, for it has too many cold starts there; from 3 s on it is within 10 %."}},
		{where: "4.3.1, figure 4.7", text: "For float the model (SMP modified) has too high a cold start probability at very short keep-alives", quantity: "model less simulated at 3 s, float",
			span: span{0.01, 1}, unit: Fraction, needs: []string{openwhisk("float")},
			value: func(c curves) answer {
				p, _ := c[openwhisk("float")].At("3s")
				return answer{Estimate: derive(func(v []float64) float64 { return p.Model("smp-modified", platform.ColdStartProbability) - v[0] }, p.Steady[platform.ColdStartProbability])}
			},
			why: map[Verdict]string{Reproduced: "The SMP takes its instances to expire independently of one another, and their lives from their mean; the exact model does not, and is right."}},
		{where: "4.3.1, figure 4.7", text: "For the other functions model and experiment are alike", quantity: "largest difference of the cold start probability from 3 s on",
			span: span{0, 0.05}, unit: Fraction, needs: keepAliveSeries(openwhisk, short...),
			value: func(c curves) answer {
				return extreme(1, short, func(f string) stats.Estimate {
					worst := none.Estimate
					for _, p := range c[openwhisk(f)].Points[1:] {
						e := derive(func(v []float64) float64 {
							return math.Abs(p.Model("smp-modified", platform.ColdStartProbability) - v[0])
						}, p.Steady[platform.ColdStartProbability])
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

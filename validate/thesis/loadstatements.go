package thesis

import (
	"fmt"
	"math"
	"slices"

	"faaslab/platform"
	"faaslab/sim/stats"
)

// loadStatements are the statements of chapter 4.3.2, on the whole machine under load.
func loadStatements() []statement {
	const pool, wasm, aes = "openwhisk_float_load", "spin_float_load", "openwhisk_aes_load"
	warm, nominal := warmServiceOf("float"), serviceOf("float")
	inf := math.Inf(1)
	machine := wholeMachine.assumption()
	knee := func(c curves, series string, service float64) stats.Estimate {
		return c.crossing(series, platform.ResponseTime, func(Point) float64 { return 2 * service })
	}
	over := func(series, metric, a, b string) func(curves) answer {
		return func(c curves) answer {
			p, _ := c[series].At(a)
			q, _ := c[series].At(b)
			return answer{Estimate: derive(quotient, p.mean(metric), q.mean(metric))}
		}
	}
	// beyondModel answers a run's metric less the value of the modified SMP, which ignores cores.
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
				return answer{Estimate: derive(func(v []float64) float64 { return v[0] / warm }, p.mean(platform.ResponseTime))}
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
				return answer{Estimate: derive(func(v []float64) float64 { return v[0] / warm }, p.mean(platform.ResponseTime))}
			}},
		{where: "4.3.2, figure 4.8", text: "At 12/s the response time on OpenWhisk is about 8 s", quantity: "response time at 12/s",
			span: about(8), unit: Seconds, needs: []string{pool}, assumption: machine, run: true, value: measuredOnce(pool, "12/s", platform.ResponseTime),
			why: map[Verdict]string{NotReproduced: "The simulated capacity is higher, so at 12/s the pool is not yet full."}},
		{where: "4.3.2, figure 4.8", text: "It stays at about 8 s up to 16/s", quantity: "response time at 16/s",
			span: about(8), unit: Seconds, needs: []string{pool}, assumption: machine, run: true, value: measuredOnce(pool, "16/s", platform.ResponseTime),
			why: map[Verdict]string{NotReproduced: "Beyond capacity requests wait for one of 110 instances until they give up, after up to a minute, and that is part of their response time. See the next line."}},
		{where: "4.3.2, figure 4.8", text: "The same, if the time that a request waits for an instance is not in it", quantity: "mean time in an instance at 16/s",
			span: about(8), unit: Seconds, needs: []string{pool}, assumption: "that the thesis' response times leave out the wait, and " + machine, run: true, value: measuredOnce(pool, "16/s", InInstance),
			why: map[Verdict]string{Assuming: "110 instances share the cores, whatever the rate: 110 over the capacity in requests a second."}},
		{where: "4.3.2, figure 4.8", text: "Spin keeps response times of 5 to 6 s up to 3/s", quantity: "response time at 3/s",
			span: span{5, 6}, unit: Seconds, needs: []string{wasm}, assumption: machine, run: true, value: measuredOnce(wasm, "3/s", platform.ResponseTime)},
		{where: "4.3.2, figure 4.8", text: "Spin takes about 90 s at 5/s", quantity: "response time at 5/s",
			span: about(90), unit: Seconds, needs: []string{wasm}, assumption: machine, run: true, value: measuredOnce(wasm, "5/s", platform.ResponseTime),
			why: map[Verdict]string{NotReproduced: "Beyond capacity the response time grows all through the run, by how much the rate exceeds the capacity: a tenth more capacity makes it much less."}},
		{where: "4.3.2, figure 4.8", text: "The models closely match until capacity is reached, containers", quantity: "largest relative deviation of the response time (SMP modified) up to 8/s",
			span: span{0, near}, unit: Fraction, needs: []string{pool}, assumption: machine,
			value: func(c curves) answer {
				worst := none
				for _, p := range c[pool].Points[:slices.Index(floatOnContainers, "8/s")+1] {
					e := derive(func(v []float64) float64 { return math.Abs(p.Model("smp-modified", platform.ResponseTime)/v[0] - 1) }, p.mean(platform.ResponseTime))
					if math.IsNaN(worst.Mean) || e.Mean > worst.Mean {
						worst = answer{Estimate: e, remark: p.Value}
					}
				}
				return worst
			},
			why: map[Verdict]string{NotReproduced: "The models know neither the falling clock nor the second threads, and both slow requests long before capacity."}},
		{where: "4.3.2, figure 4.9", text: "Beyond capacity more than 80 instances are running warm", quantity: "running warm at 16/s",
			span: span{80, inf}, needs: []string{pool}, assumption: machine, value: func(c curves) answer {
				return answer{Estimate: c.spread(pool, "16/s", platform.RunningWarm).Mean}
			}},
		{where: "4.3.2, figure 4.10", text: "Up to 10/s there are 0.3 to 1.5 more running cold than the model says; at 10/s", quantity: "running cold at 10/s less SMP modified",
			span: span{0.3, 1.5}, needs: []string{pool}, assumption: machine, run: true, value: beyondModel("10/s", platform.RunningCold), why: moreCold},
		{where: "4.3.2, figure 4.10", text: "The same, at 6/s", quantity: "running cold at 6/s less SMP modified",
			span: span{0.3, 1.5}, needs: []string{pool}, assumption: machine, run: true, value: beyondModel("6/s", platform.RunningCold), why: moreCold},
		{where: "4.3.2, figure 4.10", text: "Running cold drops from 12/s on", quantity: "running cold at 16/s over that at 12/s",
			span: span{0, 1}, needs: []string{pool}, assumption: machine, value: over(pool, platform.RunningCold, "16/s", "12/s")},
		{where: "4.3.2, figure 4.11", text: "OpenWhisk has about 35 running at 11/s, near the number of its cores", quantity: "running at 11/s",
			span: about(35), needs: []string{pool}, assumption: machine, run: true, value: measuredOnce(pool, "11/s", platform.Running),
			why: map[Verdict]string{NotReproduced: "Where the simulation is at its capacity, at a higher rate, it has as many."}},
		{where: "4.3.2, figure 4.11", text: "Spin reaches capacity between 3/s and 4/s, where about 40 are running", quantity: "rate at which 40 are running on Spin",
			span: span{3, 4}, unit: Rate, needs: []string{wasm}, assumption: machine,
			value: func(c curves) answer {
				return answer{Estimate: c.crossing(wasm, platform.Running, func(Point) float64 { return 40 })}
			}},
		{where: "4.3.2, figure 4.11", text: "Spin has about three times as many running as OpenWhisk", quantity: "running at 2/s, Spin over OpenWhisk",
			span: about(3), needs: []string{pool, wasm}, assumption: machine,
			value: func(c curves) answer {
				p, _ := c[wasm].At("2/s")
				q, _ := c[pool].At("2/s")
				return answer{Estimate: derive(quotient, p.mean(platform.Running), q.mean(platform.Running))}
			},
			why: map[Verdict]string{NotReproduced: "Three times the work: Spin's executors slow one another at a lower rate already."}},
		{where: "4.3.2, figure 4.12", text: "At 10/s about 17 are idle", quantity: "idle at 10/s",
			span: about(17), needs: []string{pool}, assumption: machine, run: true, value: measuredOnce(pool, "10/s", platform.Idle)},
		{where: "4.3.2, figure 4.12", text: "At 10/s about 20 are running warm", quantity: "running warm at 10/s",
			span: about(20), needs: []string{pool}, assumption: machine, run: true, value: measuredOnce(pool, "10/s", platform.RunningWarm)},
		{where: "4.3.2, figure 4.12", text: "So about half of all instances are in use at 10/s", quantity: "running over all instances at 10/s",
			span: about(0.5), unit: Fraction, needs: []string{pool}, assumption: machine,
			value: func(c curves) answer {
				p, _ := c[pool].At("10/s")
				return answer{Estimate: derive(quotient, p.mean(platform.Running), p.mean(platform.Instances))}
			},
			why: map[Verdict]string{NotReproduced: "The two numbers of the thesis, 20 of 37, are 54 % themselves; the simulation has fewer idle."}},
		{where: "4.3.2, figure 4.12", text: "Beyond 8/s about 8 more are idle than the model predicts", quantity: "idle at 10/s less SMP modified",
			span: about(8), needs: []string{pool}, assumption: machine, run: true, value: beyondModel("10/s", platform.Idle),
			why: map[Verdict]string{NotReproduced: "Slower requests need more instances, and leave more idle, but not that many more."}},
		{where: "4.3.2, figure 4.12", text: "After capacity is reached idle instances become fewer", quantity: "idle at 16/s over that at 11/s",
			span: span{0, 1}, needs: []string{pool}, assumption: machine, value: over(pool, platform.Idle, "16/s", "11/s"),
			why: map[Verdict]string{Assuming: "Every instance is busy, and none may be added."}},
		{where: "4.3.2, figure 4.13", text: "Idle instances are far fewer than those that are running warm", quantity: "idle over running warm at 8/s",
			span: span{0, 0.5}, needs: []string{pool}, assumption: machine, value: func(c curves) answer {
				p, _ := c[pool].At("8/s")
				return answer{Estimate: derive(quotient, p.mean(platform.Idle), p.mean(platform.RunningWarm))}
			},
			why: map[Verdict]string{NotReproduced: "Only beyond capacity is it so, where all instances are busy. The lower the rate, the more idle ones there are for each that is running."}},
		{where: "4.3.2, figure 4.14", text: "The cold start probability is near 0 at all rates", quantity: "largest cold start probability",
			span: span{0, 0.05}, unit: Fraction, needs: []string{pool}, assumption: machine,
			value: func(c curves) answer {
				return extreme(1, floatOnContainers, func(v string) stats.Estimate {
					p, _ := c[pool].At(v)
					return p.mean(platform.ColdStartProbability)
				})
			}},
		{where: "4.3.2, figure 4.21", text: "Up to 50/s aes is steady on OpenWhisk: hardly a request is cold, and none times out", quantity: "cold starts and timeouts at 50/s, of all requests",
			span: span{0, 0.01}, unit: Fraction, needs: []string{aes}, assumption: dispatchWords,
			value: func(c curves) answer {
				p, _ := c[aes].At("50/s")
				return answer{Estimate: derive(func(v []float64) float64 { return v[0] + v[1] }, p.mean(platform.ColdStartProbability), p.mean(platform.TimeoutProbability))}
			}},
		{where: "4.3.2, figure 4.21", text: "Up to 50/s OpenWhisk follows the model with aes, running warm", quantity: "running warm at 50/s over SMP modified",
			span: about(1), needs: []string{aes}, assumption: dispatchWords, value: overModel(aes, "50/s", platform.RunningWarm),
			why: map[Verdict]string{Assuming: "Little's law, whatever happens before the pool: rate times service time."}},
		{where: "4.3.2, figure 4.21", text: "The same, all executors", quantity: "instances at 50/s over SMP modified",
			span: about(1), needs: []string{aes}, assumption: dispatchWords, value: overModel(aes, "50/s", platform.Instances),
			why: map[Verdict]string{NotReproduced: "A batch needs as many instances at once as it has requests, and at four fifths of what the reader can do some batches are large already. " +
				"A reader that is slow only now and then, such as after a pause of Kafka's, is not modelled."}},
		{where: "4.3.2, figure 4.21", text: "Beyond 50/s bursts cause cold starts with aes", quantity: "running cold at 60/s over that at 40/s",
			span: span{2, inf}, needs: []string{aes}, assumption: dispatchWords, value: over(aes, platform.RunningCold, "60/s", "40/s"),
			why: map[Verdict]string{Assuming: "What arrives while a batch is read is the next batch: the nearer the rate to what the reader can do, the larger the batches, without a bound."}},
		{where: "4.3.2, figure 4.21", text: "… and with them rises the number of all executors", quantity: "instances at 60/s over those at 40/s",
			span: span{2, inf}, needs: []string{aes}, assumption: dispatchWords, value: over(aes, platform.Instances, "60/s", "40/s"),
			why: map[Verdict]string{Assuming: "The work of the requests rises by a half; cold starts take the ten cores for seconds, so that the next batches find fewer instances idle."}},
		{where: "4.3.2, figure 4.21", text: "At 75/s all requests of aes time out", quantity: "share of the requests that time out at 75/s",
			span: span{1 - near, 1}, unit: Fraction, needs: []string{aes}, assumption: dispatchWords,
			value: func(c curves) answer {
				return answer{Estimate: c.spread(aes, "75/s", platform.TimeoutProbability).Mean}
			},
			why: map[Verdict]string{Assuming: "The time of a request is chosen so that a minute's wait has grown during the warm-up; that none is served any more then is the reader's doing, which spends its time on requests that have given up."}},
		{where: "4.3.2, figure 4.21", text: "The response time of aes falls as the rate grows", quantity: "response time at 50/s over that at 5/s",
			span: span{0, 0.99}, needs: []string{aes}, assumption: dispatchWords, value: over(aes, platform.ResponseTime, "50/s", "5/s"),
			why: map[Verdict]string{NotReproduced: "Nothing in the simulation makes a request faster because others run, and all of them wait for the Invoker, the longer the busier it is."}},
	}
}

// tenCoreStatements are the statements of chapter 4.3.2 on Wasm with ten cores.
func tenCoreStatements() (all []statement) {
	numbers := map[string]string{"aes": "figures 4.15 and 4.16", "matmul": "figures 4.17 and 4.18", "whatlang": "figures 4.19 and 4.20"}
	for _, f := range []string{"aes", "matmul", "whatlang"} {
		name := "spin_" + f + "_load"
		service := serviceOf(f)
		all = append(all,
			statement{where: "4.3.2, " + numbers[f], text: "The cores are used up when ten executors are running on average, " + f,
				quantity: "share of the capacity at which ten are running", span: span{1 - near, 1}, unit: Fraction, needs: []string{name},
				value: func(c curves) answer {
					e := c.crossing(name, platform.Instances, func(Point) float64 { return tenCores })
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
						e := derive(func(v []float64) float64 { return v[0]/service - 1 }, p.Steady[platform.ResponseTime])
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
				return derive(func(v []float64) float64 { return v[0] / p.Model("mg-infinity", platform.ResponseTime) }, p.mean(platform.ResponseTime))
			})
		},
		why: map[Verdict]string{NotReproduced: "M/G/∞ has a core for each request. With the same input the processor-sharing law is on the simulation up to capacity."}})
}

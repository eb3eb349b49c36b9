package sim_test

import (
	"fmt"

	"faaslab/sim"
	"faaslab/sim/random"
	"faaslab/sim/stats"
)

// A queue with one server, M/M/1: at utilization 0.75, three requests are present on average.
func Example() {
	const departure, arrival = sim.Class(0), sim.Class(1)
	draws := random.Stream(1, 0, "example")
	exponential := func(mean float64) sim.Time { return sim.FromSeconds(draws.Exponential() * mean) }

	engine, present := sim.NewEngine(), stats.NewTimeInState(0)
	engine.SetTimer(arrival, exponential(1))
	for {
		event, ok := engine.Next(1_000_000 * sim.Second)
		if !ok {
			break
		}
		n := present.Count()
		if event.Class() == arrival {
			n++
			engine.SetTimer(arrival, event.Time+exponential(1))
		} else {
			n--
		}
		if n > 0 && (event.Class() == departure || n == 1) { // a service begins
			engine.Schedule(event.Time+exponential(0.75), departure, 0)
		}
		present.Set(event.Time, n)
	}
	present.Close(engine.Now())
	fmt.Printf("present %.2f, nobody there %.3f of the time\n", present.Mean(), present.Probabilities()[0])
	// Output:
	// present 3.04, nobody there 0.248 of the time
}

package platform_test

import (
	"fmt"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/sim"
)

// A history is asked for one event after another.
func ExampleHistory() {
	second, arrivals := dist.Constant{Value: 1}, dist.Regular{PerSecond: 1}
	config := platform.Containers{Warm: second, Startup: second, KeepAlive: 60 * sim.Second, MaxInstances: 1}
	history, err := platform.NewPoolHistory(config, arrivals, 1, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	for {
		e, ok, err := history.Next(4 * sim.Second)
		if !ok || err != nil {
			break
		}
		fmt.Println(e.Time, e.Kind, "request", e.Request, "instance", e.Instance, history.Totals().Running, "running")
	}
	// Output:
	// 1s cold_start request 1 instance 1 1 running
	// 2s rejected request 2 instance 0 1 running
	// 2s ready request 1 instance 1 1 running
	// 3s completed request 1 instance 1 0 running
	// 3s warm_start request 3 instance 1 1 running
	// 4s completed request 3 instance 1 0 running
	// 4s warm_start request 4 instance 1 1 running
}

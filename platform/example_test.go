package platform_test

import (
	"fmt"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/pool"
	"faaslab/sim"
)

// Four replications of a pool, the first ten minutes of each deleted.
func Example() {
	config := pool.Config{
		Warm: dist.Exponential{Mean: 1.5288}, Cold: dist.Exponential{Mean: 4.1202},
		KeepAlive: 60 * sim.Second, MaxInstances: 110,
	}
	var replications []platform.Observations
	for i := range 4 {
		pool, err := pool.New(config, dist.Poisson{PerSecond: 1}, 1, i)
		if err == nil {
			err = pool.Run(600 * sim.Second)
		}
		if err == nil {
			pool.Restart()
			err = pool.Run(100_000 * sim.Second)
		}
		if err != nil {
			fmt.Println(err)
			return
		}
		replications = append(replications, pool.Observations())
	}
	metrics := platform.MetricsOf(platform.Pooled)
	for i, e := range platform.Estimate(metrics, replications) {
		if metrics[i].Name == "cold_start_probability" || metrics[i].Name == "instances" {
			fmt.Printf("%s %.4f ± %.4f\n", metrics[i].Name, e.Mean, e.HalfWidth)
		}
	}
	// Output:
	// cold_start_probability 0.0144 ± 0.0008
	// instances 5.5994 ± 0.0185
}

// A history is asked for one event after another.
func ExampleHistory() {
	second, arrivals := dist.Constant{Value: 1}, dist.Regular{PerSecond: 1}
	config := pool.Config{Warm: second, Startup: second, KeepAlive: 60 * sim.Second, MaxInstances: 1}
	history, err := pool.NewHistory(config, arrivals, 1, 0)
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

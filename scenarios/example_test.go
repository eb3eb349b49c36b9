package scenarios_test

import (
	"fmt"

	"faaslab/scenarios"
)

func Example() {
	overrides := []scenarios.Override{{Key: "container.keep_alive", Value: "10s"}, {Key: "arrivals.rate", Value: "3/s"}}
	s, err := scenarios.Load("float", overrides)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(s.Arrivals, s.Container.KeepAlive, s.Wasm.Service)
	fmt.Println(s.Run.Replications, "replications, to a precision of", s.Run.Precision)
	// Output:
	// poisson(rate=3/s) 10s exponential(mean=4.876s)
	// 16 replications, to a precision of 0.01
}

func ExampleParse() {
	_, err := scenarios.Parse("pool.yaml", "", []byte("arrivals: poisson(rate=1/s)\n"+
		"container:\n"+
		"  warm: exponential(mean=1.5288s)\n"+
		"  cold: exponential(mean=4.1202s)\n"+
		"  keepalive: 60s\n"+
		"  max_instances: 0\n"), nil)
	fmt.Println(err)
	// Output:
	// pool.yaml:5: container.keepalive: unknown key; did you mean container.keep_alive? container takes warm, cold, startup, keep_alive, max_instances, when_full, queue_timeout, routing, cores, startup_cpu, dispatch and initial
	// pool.yaml:6: container.max_instances: found "0"; want a whole number from 1 to 1000000000, or unlimited
}

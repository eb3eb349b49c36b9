package model_test

import (
	"fmt"

	"faaslab/validate/model"
)

func Example() {
	pool := model.Pool{ArrivalRate: 1, WarmService: 1.5288, ColdService: 4.1202, KeepAlive: 60, MaxInstances: 110}
	exact, err := model.LevelCrossing(pool)
	if err != nil {
		fmt.Println(err)
		return
	}
	smp, _ := model.SMP(pool, model.Original)
	fmt.Printf("cold start probability %.4f, by the SMP %.4f\n", exact.ColdStartProbability, smp.ColdStartProbability)
	fmt.Printf("instances %.3f, more than ten: %.4f\n", exact.Instances, exact.InstancesDistribution.Above(10))
	// Output:
	// cold start probability 0.0144, by the SMP 0.0128
	// instances 5.597, more than ten: 0.0008
}

func ExampleDomainError() {
	_, err := model.ErlangC(12, 10)
	fmt.Println(err)
	// Output:
	// model: offered load is 12; accepted: below the capacity 10: the queue would only grow
}

func ExampleMeasures_Metrics() {
	cores := model.Cores{Physical: 4, SMTYield: 0.25, AllCoreSpeed: 0.8}
	wasm, _ := model.ProcessorSharing(model.Sharing{ArrivalRate: 2, Service: 1, Speed: cores})
	metrics := wasm.Metrics()
	_, cold := metrics["cold_start_probability"]
	fmt.Printf("response time %.3f s, cold starts: %v\n", metrics["response_time"], cold)
	// Output:
	// response time 1.274 s, cold starts: false
}

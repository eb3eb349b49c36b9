package scenarios_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"faaslab/dist"
	"faaslab/scenarios"
	"faaslab/sim"
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
	// pool.yaml:5: container.keepalive: unknown key; did you mean container.keep_alive? container takes warm, cold, startup, release, keep_alive, max_instances, when_full, queue_timeout, routing, cores, startup_cpu, dispatch, initial, evict, min_instances, provisioned, spare, concurrency, instance_cores, binding, start_rate and scaling
	// pool.yaml:6: container.max_instances: found "0"; want a whole number from 1 to 1000000000, or unlimited
}

// thumbnails is a function that is called three times a second, on containers that are kept for a while.
func thumbnails(keepAlive sim.Time) scenarios.Scenario {
	s := scenarios.Default()
	s.Name = "thumbnails"
	s.Arrivals = dist.Poisson{PerSecond: 3}
	s.Container.KeepAlive = keepAlive
	return s
}

// A program sets three fields, and simulates, sweeps and compares.
func ExampleSimulate() {
	thumbnails := func(keepAlive sim.Time) scenarios.Scenario {
		s := scenarios.Default()
		s.Name, s.Arrivals, s.Container.KeepAlive = "thumbnails", dist.Poisson{PerSecond: 3}, keepAlive
		return s
	}
	short, medium, long := thumbnails(5*sim.Second), thumbnails(20*sim.Second), thumbnails(60*sim.Second)
	ctx, options := context.Background(), scenarios.Options{}
	one, err1 := scenarios.Simulate(ctx, long, options)
	sweep, err2 := scenarios.SimulateAll(ctx, []scenarios.Scenario{short, medium}, options)
	compared, err3 := scenarios.Compare(ctx, short, medium, options)
	if err := errors.Join(err1, err2, err3); err != nil {
		log.Fatal(err)
	}
	for _, r := range append(sweep, one) {
		cold, _ := r.Platform(scenarios.ContainerPlatform).Metric("cold_start_probability")
		fmt.Printf("kept %v: %.2f ± %.2f %% of the starts are cold\n", r.Scenario.Container.KeepAlive, 100*cold.Mean, 100*cold.HalfWidth)
	}
	d, _ := compared.Difference(scenarios.ContainerPlatform, "response_time")
	fmt.Printf("20 s instead of 5 s: %.0f ± %.0f ms\n", 1e3*d.Difference.Mean, 1e3*d.Difference.HalfWidth)
	// Output:
	// kept 5s: 9.61 ± 0.08 % of the starts are cold
	// kept 20s: 2.44 ± 0.02 % of the starts are cold
	// kept 1m0s: 0.71 ± 0.01 % of the starts are cold
	// 20 s instead of 5 s: -186 ± 3 ms
}

// What is wrong with a scenario is an error that names the keys.
func ExampleScenario_Check() {
	s := thumbnails(-60 * sim.Second)
	s.Container.MaxInstances = 0
	s.Container.Warm = dist.Exponential{Mean: -1}
	fmt.Println(s.Check())
	// Output:
	// container.warm: exponential: mean is -1s; accepted is a duration from 1ns to 292 years
	// container.keep_alive: found -60s; want a duration such as 90s or 1m30s, 0s or more, or never
	// container.max_instances: found 0; want a whole number from 1 to 1000000000, or unlimited
}

// A sweep simulates many scenarios and tells of each in order.
func ExampleSweep() {
	rates := []float64{1, 2, 4}
	scenario := func(i int) (scenarios.Scenario, error) {
		s := scenarios.Default()
		s.Arrivals = dist.Poisson{PerSecond: rates[i]}
		s.Run.Precision = 0.05
		return s, nil
	}
	mean := func(_ int, p scenarios.Point) string {
		if p.Err != nil {
			return p.Err.Error()
		}
		running, _ := p.Result.Platform(scenarios.ContainerPlatform).Metric("running")
		return fmt.Sprintf("%.1f", running.Mean)
	}
	err := scenarios.Sweep(context.Background(), len(rates), scenario, scenarios.Options{}, mean, func(i int, running string) error {
		fmt.Printf("%v/s: %s instances run\n", rates[i], running)
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
	// Output:
	// 1/s: 1.6 instances run
	// 2/s: 3.1 instances run
	// 4/s: 6.2 instances run
}

// Both sides see the same requests, so that little is enough to tell them apart.
func ExampleCompare() {
	a, b := scenarios.Default(), scenarios.Default()
	b.Container.Warm = dist.Exponential{Mean: 1.5}
	a.Run = a.Run.Fixed(600*sim.Second, 3600*sim.Second)
	c, err := scenarios.Compare(context.Background(), a, b, scenarios.Options{})
	if err != nil {
		log.Fatal(err)
	}
	for _, d := range c.Differences[scenarios.ContainerPlatform] {
		if d.Name == "response_time" {
			fmt.Printf("%s: B − A is %.4f s ± %.4f s; significant: %v\n", d.Name, d.Difference.Mean, d.Difference.HalfWidth, d.Significant)
		}
	}
	// Output:
	// response_time: B − A is -0.0292 s ± 0.0020 s; significant: true
}

// A tuning looks for the smallest value of a key at which goals are met.
func ExampleTuning() {
	base := scenarios.Default()
	within, err := scenarios.ParseRange("keep-alive", "container.keep_alive=1s..10m")
	if err != nil {
		log.Fatal(err)
	}
	goals, err := scenarios.ParseGoals("goal", []string{"cold_start_probability <= 1%"}, base)
	if err != nil {
		log.Fatal(err)
	}
	tuning := scenarios.Tuning{Range: within, Goals: goals, Tolerance: 0.05, Scenario: func(value string) (scenarios.Scenario, error) {
		seconds, _ := scenarios.Number(value)
		s := scenarios.Default()
		s.Run.Precision = 0.05
		s.Container.KeepAlive = sim.FromSeconds(seconds)
		return s, nil
	}}
	tuned, err := tuning.Run(context.Background(), scenarios.Options{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("keep an instance for", tuned.Found.Text)
	// Output:
	// keep an instance for 86.5s
}

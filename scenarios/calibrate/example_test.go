package calibrate_test

import (
	"context"
	"fmt"

	"faaslab/scenarios"
	"faaslab/scenarios/calibrate"
)

// Which mean service time has the float function, if half a minute of keep-alive gave these numbers?
func ExampleCalibration() {
	measured := []calibrate.Measurement{
		{Metric: "container.response_time", Value: 2.13, HalfWidth: 0.06},
		{Metric: "container.cold_start_probability", Value: 0.0317, HalfWidth: 0.002},
	}
	within, err := scenarios.ParseRange("range", "container.warm.mean=1s..4s")
	if err != nil {
		fmt.Println(err)
		return
	}
	simulator := &calibrate.Experiments{
		Measurements: measured,
		Scenario: func(_ int, values calibrate.Candidate) (scenarios.Scenario, error) {
			settings := []scenarios.Override{{Key: "container.keep_alive", Value: "30s"}, {Key: "run.precision", Value: "5%"}}
			for _, value := range values { // none for the scenario as it is
				settings = append(settings, scenarios.Override{Key: within.Key, Value: value})
			}
			return scenarios.Load("float", settings)
		},
	}
	found, err := calibrate.Calibration{
		Ranges: []scenarios.Range{within}, Measurements: measured, Simulator: simulator, Seed: 1,
	}.Run(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("about %.1f s, within %.1f s and %.1f s\n", found.Best.Values[0], found.Region.Low[0], found.Region.High[0])
	fmt.Printf("error %.0f %%, before %.0f %%\n", 100*found.Best.Errors.Mean, 100*found.AsItIs.Errors.Mean)
	// Output:
	// about 2.1 s, within 2.0 s and 2.1 s
	// error 2 %, before 18 %
}

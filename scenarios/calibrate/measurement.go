package calibrate

import (
	"math"
	"slices"
)

// A Measurement is one measured number that a simulation also gives.
type Measurement struct {
	Row       int     // 0, 1 …; what was measured in one row has the same settings
	Metric    string  // with its platform, as container.response_time
	Value     float64 // in the unit of the metric, > 0
	HalfWidth float64 // of its 95 % interval, ≥ 0; NaN: unknown
}

// An Estimate is what a simulation says in place of a measurement.
type Estimate struct {
	Mean      float64 // in the unit of the metric; NaN: nothing was observed that would give it
	HalfWidth float64 // of its 95 % interval; NaN: unknown
	// Pseudo is what each replication contributes (platform.Estimated); nil: unknown. The replications of
	// all measurements are the same.
	Pseudo []float64
}

// Errors are relative errors of a simulation: 0.1 is 10 %.
type Errors struct {
	Mean    float64            // over all measurements, each with its weight
	Metrics map[string]float64 // over the measurements of each metric
}

// ErrorsOf returns the errors of estimates, one for each measurement. Where nothing was observed, the
// error is 1.
func ErrorsOf(measurements []Measurement, at []Estimate) Errors {
	e := Errors{Metrics: map[string]float64{}}
	sums := map[string]float64{}
	for i, w := range weights(measurements) {
		d := w * deviation(at[i].Mean, measurements[i].Value, measurements[i].Value)
		e.Mean += d
		e.Metrics[measurements[i].Metric] += d
		sums[measurements[i].Metric] += w
	}
	for metric, sum := range sums {
		e.Metrics[metric] /= sum
	}
	return e
}

// deviation returns |simulated − measured| / unit; 1 where nothing was simulated.
func deviation(simulated, measured, unit float64) float64 {
	if d := math.Abs(simulated-measured) / unit; !math.IsNaN(d) {
		return d
	}
	return 1
}

// blur is the relative half-width that is added to that of every measurement, in quadrature.
const blur = 0.01

// weights returns the weight of each measurement; their sum is 1. A measurement without a half-width
// counts as the median of those with one.
func weights(measurements []Measurement) []float64 {
	all := make([]float64, len(measurements))
	var known []float64
	for i, m := range measurements {
		all[i] = 1 / math.Hypot(m.HalfWidth/m.Value, blur)
		if !math.IsNaN(all[i]) {
			known = append(known, all[i])
		}
	}
	slices.Sort(known)
	other := 1.0
	if len(known) > 0 {
		other = known[len(known)/2]
	}
	of := counts(measurements)
	sum := 0.0
	for i, m := range measurements {
		if math.IsNaN(all[i]) {
			all[i] = other
		}
		all[i] /= float64(of[m.Metric])
		sum += all[i]
	}
	for i := range all {
		all[i] /= sum
	}
	return all
}

// counts returns the number of measurements of each metric.
func counts(measurements []Measurement) map[string]int {
	n := map[string]int{}
	for _, m := range measurements {
		n[m.Metric]++
	}
	return n
}

package fit_test

import (
	"fmt"

	"faaslab/dist"
	"faaslab/dist/fit"
	"faaslab/sim/random"
)

func ExampleTry() {
	measured := make([]float64, 1000) // durations in seconds
	g := random.Stream(1, 0, random.Service)
	dist.Lognormal{Mean: 0.2, CV: 0.8}.Fill(&g, measured)

	fitted, omitted := fit.Try(measured)
	for _, f := range fitted[:3] {
		fmt.Printf("%-40s AIC %6.0f, distance %.3f\n", fit.Rounded(f.Law, 3), f.AIC, f.KS)
	}
	for _, o := range omitted {
		fmt.Printf("not %s: %s\n", o.Name, o.Reason)
	}
	// Output:
	// lognormal(mean=207ms, cv=0.789)          AIC  -1517, distance 0.019
	// gamma(mean=206ms, cv=0.666)              AIC  -1459, distance 0.050
	// erlang(k=2, mean=206ms)                  AIC  -1451, distance 0.047
	// not constant: the values differ
	// not pareto: most likely with an infinite mean
}

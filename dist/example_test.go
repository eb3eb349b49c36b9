package dist_test

import (
	"fmt"

	"faaslab/dist"
	"faaslab/sim/random"
)

func Example() {
	service, err := dist.Parse("lognormal(mean=1s, cv=1.5)")
	if err != nil {
		fmt.Println(err)
		return
	}
	mean, variance := service.Moments()
	fmt.Printf("mean %g s, variance %g s², median %.3f s\n", mean, variance, service.Quantile(0.5))

	g := random.Stream(1, 0, random.Service)
	block := make([]float64, 256)
	service.Fill(&g, block)

	arrivals, err := dist.ParseArrivals("batch(poisson(rate=1/s), size=5)")
	if err != nil {
		fmt.Println(err)
		return
	}
	source, err := arrivals.Start(random.Stream(1, 0, random.Arrivals))
	if err != nil {
		fmt.Println(err)
		return
	}
	gaps := make([]int64, 6)
	n, err := source.Fill(gaps, nil)
	fmt.Println(n, gaps[0] > 0, gaps[1:5], err)
	// Output:
	// mean 1 s, variance 2.25 s², median 0.555 s
	// 6 true [0 0 0 0] <nil>
}

// An error shows the place in the notation and the accepted values.
func ExampleParse_error() {
	_, err := dist.Parse("shifted(20ms, gamma(mean=1s, cv=-1))")
	fmt.Println(err)
	// Output:
	// cv is -1; accepted is a number from 0.001 to 100
	//     shifted(20ms, gamma(mean=1s, cv=-1))
	//                                     ^
}

func ExampleWithParameter() {
	faster, err := dist.WithParameter("batch(poisson(rate=1/s), size=5)", "rate", "3/s")
	fmt.Println(faster, err)
	// Output: batch(poisson(rate=3/s), size=5) <nil>
}

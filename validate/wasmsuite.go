package validate

import (
	"fmt"

	"faaslab/platform"
)

// wasmSuite checks the Wasm platform of the thesis: with cores for all requests, and on ten cores
// up to a load of 0.98. Service is constant at the highest loads: the law does not depend on the
// distribution, and less variance needs less simulation.
func wasmSuite() (groups []group) {
	for _, function := range []struct{ name, mean string }{
		{"aes", "30.8ms"}, {"matmul", "35.9ms"}, {"float", "4.876s"}, {"chameleon", "153.6ms"},
	} {
		for _, rate := range []string{"1/s", "10/s"} {
			e := executorCase{name: fmt.Sprintf("%s at %s, unlimited cores", function.name, rate), arrivals: "poisson(rate=" + rate + ")",
				service: "exponential(mean=" + function.mean + ")", cores: "unlimited"}
			groups = append(groups, exact("wasm", "mg-infinity", e.scenario(), platform.ResponseTime, platform.Instances))
		}
	}
	for _, c := range []struct {
		load    float64
		service string
	}{
		{0.3, "lognormal(mean=35.9ms, cv=2)"},
		{0.5, "exponential(mean=35.9ms)"},
		{0.7, "gamma(mean=35.9ms, cv=2)"},
		{0.8, "exponential(mean=35.9ms)"},
		{0.9, "exponential(mean=35.9ms)"},
		{0.95, "constant(35.9ms)"},
		{0.98, "constant(35.9ms)"},
	} {
		rate := c.load * 10 / 0.0359
		e := executorCase{name: fmt.Sprintf("ten cores at load %v", c.load), arrivals: fmt.Sprintf("poisson(rate=%.9g/s)", rate), service: c.service, cores: "10"}
		groups = append(groups, exact("wasm", "processor-sharing", e.scenario(), platform.ResponseTime, platform.Instances))
	}
	return groups
}

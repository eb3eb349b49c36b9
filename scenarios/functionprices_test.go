package scenarios

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/platform"
	"faaslab/platform/cluster"
	"faaslab/sim"
)

const pricedKeys = `pricing: {gb_second: 9, second: 0.5, million_requests: 5, billing_step: 50ms, billing_minimum: 120ms, memory_step: 100MB, provisioned_gb_second: 2, provisioned_execution_gb_second: 5,
  provider_running_gb_second: 3, provider_idle_gb_second: 1, provider_cold_start: 0.25`

// One function in a list costs what a scenario of one function with its memory costs, with each way of
// billing and with shared cores.
func TestAFunctionCostsWhatAPoolOfItsMemoryCosts(t *testing.T) {
	const run = "}\nrun: {duration: 20m, warmup: 2m, replications: 3}\n"
	for _, keys := range []string{"", ", spare: 1", ", provisioned: 2", ", keep_alive: 0s, provisioned: 1"} {
		for _, cores := range []string{"unlimited", "2"} {
			for _, more := range []string{", startups: free", ", startups: billed"} {
				pool := "arrivals: poisson(rate=2/s)\ncontainer: {max_instances: 3, warm: exponential(mean=300ms), startup: constant(1s), cores: " + cores + keys + "}\n" + pricedKeys + ", container_memory: 384MB" + more + run
				list := "functions:\n  f: {arrivals: poisson(rate=2/s), warm: exponential(mean=300ms), memory: 384MB}\nnodes: {max_instances: 3, cores: " + cores + "}\ncontainer: {keep_alive: 60s, evict: none, startup: constant(1s)" + keys + "}\n" + pricedKeys + more + run
				list = strings.Replace(list, "keep_alive: 60s, evict: none, startup: constant(1s), keep_alive: 0s", "evict: none, startup: constant(1s), keep_alive: 0s", 1)
				for _, change := range []func(string) string{func(s string) string { return s }, func(s string) string { // nothing is rounded
					return strings.ReplaceAll(strings.ReplaceAll(s, "billing_step: 50ms, ", ""), "billing_minimum: 120ms, ", "")
				}} {
					a, err := Simulate(context.Background(), twoParsed(t, change(pool)), Options{})
					require.NoError(t, err)
					b, err := Simulate(context.Background(), twoParsed(t, change(list)), Options{})
					require.NoError(t, err)
					for _, name := range []string{platform.UserCost, platform.UserCostMonth, platform.ProviderCost, platform.ProviderCostMonth} {
						one, ok := a.Platforms[0].Metric(name)
						require.True(t, ok)
						two, _ := b.Platforms[0].Metric(name)
						assert.InEpsilon(t, one.Mean, two.Mean, 1e-9, "%s: %s, cores %s%s", name, keys, cores, more)
					}
				}
			}
		}
	}
}

// The costs of two functions, added up by hand from the log; those of both are the whole.
func TestFunctionsCostWhatTheirRequestsAddUpTo(t *testing.T) {
	s := twoParsed(t, twoFunctions+pricedKeys+", startups: billed}\nrun: {duration: 2h, warmup: 1m, replications: 2}\n")
	var execution [2]float64
	var served [2]int64
	r, err := Simulate(context.Background(), s, Options{Workers: 1, Log: func(_ string, _ int, r platform.Request, measured bool) {
		if measured && (r.Outcome == platform.OutcomeWarm || r.Outcome == platform.OutcomeCold) {
			const step = sim.Second / 20
			execution[r.Function] += max((r.Service+step-1)/step*step, sim.Second*12/100).Seconds()
			served[r.Function]++
		}
	}})
	require.NoError(t, err)
	var whole platform.Observations
	for i := range r.Platforms[0].Replications {
		whole.Merge(&r.Platforms[0].Replications[i])
	}
	total := 0.0
	prices := s.Prices(ContainerPlatform)
	for f, gb := range []float64{0.29296875, 1.07421875} { // 256MB and 1GB, rounded up to 300 and 1100
		user, _ := prices.CostOfFunction(&whole, f)
		assert.Equal(t, served[f], whole.Functions.Counts[f].Served())
		assert.InEpsilon(t, 5e-6*float64(served[f])+(9*gb+0.5)*execution[f], user, 1e-9, f)
		total += user
	}
	cost, _ := r.Platforms[0].Metric(platform.UserCost)
	assert.InEpsilon(t, 1e6*total/float64(whole.Served()), cost.Mean, 1e-9)
}

func TestWhatIsWrongWithThePricesOfFunctions(t *testing.T) {
	for text, want := range map[string]string{
		"pricing: {preset: aws-lambda, container_memory: 1GB}\n":        "pricing.container_memory: each function has its own memory, such as functions.NAME.memory; want it without",
		"pricing: {preset: aws-lambda}\nwasm: {cores: 4}\n":             "pricing.wasm_memory: missing; want a memory size",
		"pricing: {currency: EUR}\n":                                    "pricing: gives no price",
		"pricing: {gb_second: 1, memory_step: 0MB}\n":                   "pricing.memory_step: found",
		"pricing: {provider_cold_start: 1, provisioned_gb_second: 1}\n": "pricing.provisioned_gb_second: has no effect without what the user pays",
	} {
		_, err := Parse("two.yaml", "", []byte(twoFunctions+text), nil)
		assert.ErrorContains(t, err, want, text)
	}
	_, err := Parse("two.yaml", "", []byte(twoFunctions+"pricing: {preset: azure-functions}\n"), []Override{set("functions.report.provisioned", "1")})
	assert.ErrorContains(t, err, "pricing.provisioned_gb_second: missing, and there are provisioned instances")
	s := twoParsed(t, twoFunctions+"pricing: {preset: aws-lambda-arm}\n")
	assert.Equal(t, s, twoParsed(t, string(s.YAML())))
	s.Pricing.Memory = map[string]float64{ContainerPlatform: 1}
	assert.ErrorContains(t, s.Check(), "pricing.container_memory: each function has its own memory")
}

// Of shards, the costs of the whole.
func TestShardsJoinToTheCostsOfTheWhole(t *testing.T) {
	s := twoParsed(t, twoFunctions+pricedKeys+"}\nrun: {duration: 20m, warmup: 1m, replications: 2}\n", set("nodes.memory", "unlimited"), set("functions.report.provisioned", "1"), set("container.keep_alive", "1m"))
	require.Equal(t, cluster.Hash, s.Nodes.Placement)
	assertShardsJoin(t, s, platform.UserCost, platform.ProviderCostMonth)
}

package narration

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"faaslab/dist"
	"faaslab/platform/cluster"
	"faaslab/platform/pool"
	"faaslab/scenarios"
)

// A function may be chosen by the name that a table shows of it, unless two are shown so.
func TestAFunctionIsChosenByItsShownName(t *testing.T) {
	const one, two, three = "dc6075ca9a08f143d14bde51d8ebc2", "dc6075ca9a777777d14bde51d8ebc2", "0fb3a7f541b9cf8d690981c91e1e16"
	of := func(names ...string) Watch {
		var functions scenarios.Functions
		for _, name := range names {
			functions = append(functions, scenarios.Function{Name: name, Arrivals: dist.Poisson{PerSecond: 1}, Warm: dist.Constant{Value: 1}, Memory: 1})
		}
		return Watch{Scenario: scenarios.Scenario{Arrivals: functions, Container: &pool.Config{}, Nodes: &scenarios.Nodes{Count: 1, Memory: cluster.Unlimited}}}
	}
	w := of(one, three)
	for name, want := range map[string]int{one: 0, "dc6075ca9a…e51d8ebc2": 0, three: 1, "0fb3a7f541…c91e1e16": -1, "dc6075ca9a": -1} {
		w.Function = name
		assert.Equal(t, want, w.function(), name)
	}
	w = of(one, two)
	w.Function = "dc6075ca9a…e51d8ebc2"
	assert.ErrorContains(t, w.Check(), `function: the scenario has no function "dc6075ca9a…e51d8ebc2"; want one of `+one)
	w.Function = two
	assert.NoError(t, w.Check())
}

package dist

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Every readable notation matches the pattern; unknown names and forms do not.
func TestTheGrammarKnowsTheNotation(t *testing.T) {
	distributions, processes := DistributionGrammar(), ArrivalsGrammar()
	distribution, process := regexp.MustCompile(distributions.Pattern), regexp.MustCompile(processes.Pattern)
	for _, example := range distributions.Examples {
		assert.Regexp(t, distribution, example)
	}
	for _, example := range append(processCases, processes.Examples...) {
		assert.Regexp(t, process, example)
	}
	for _, notation := range []string{
		"gamma( cv=0.5 ,\n mean=1m30s )", "  constant(.5e1ms)  ", `empirical("a, b.csv")`, "empirical(over there/a.csv)",
		"quantiles(0:1ms,1 : 2s)",
		"shifted(20ms, mixture(0.5: constant(1s), 0.5: shifted(1ms, gamma(mean=1s, cv=2))))",
	} {
		_, err := Parser{unopened: true}.Parse(notation)
		assert.NoError(t, err)
		assert.Regexp(t, distribution, notation)
	}
	for _, notation := range []string{
		"exponental(mean=1s)", "exponential(rate=1/s)", "exponential(1s)", "exponential(mean=1)", "exponential(mean=1s", "exponential",
		"gamma(mean=1s)", "gamma(mean=1s, cv=1, cv=1)", "uniform(1s)", "poisson(rate=1/s)", "mixture(constant(1s))", "constant(1 s)",
		"shifted(1s, exponential(maen=1s))", "mixture(0.5: constant(1s), 0.5: expo(mean=1s))", "60ms", "", "quantiles(1ms, 2s)",
	} {
		_, err := Parser{unopened: true}.Parse(notation)
		assert.Error(t, err, notation)
		assert.NotRegexp(t, distribution, notation)
	}
	for _, notation := range []string{
		"steps( rates=[1/s, 5/s] , period=1h, at=[5m] )", "rates(my file.csv, every=1m)", "rates(period=24h, every=1m, a.csv)",
		"superpose( poisson(rate=1/s) , trace(a.csv),batch(superpose(poisson(rate=1/s),constant(rate=1/s)), size=2) )",
		"closed(think=shifted(1s, exponential(mean=1s)), users=1e3)",
	} {
		_, err := Parser{unopened: true}.ParseArrivals(notation)
		assert.NoError(t, err, notation)
		assert.Regexp(t, process, notation)
	}
	for _, notation := range []string{
		"superpose(poisson(rate=1/s) poisson(rate=1/s))", "superpose(poisson(rate=1/s)poisson(rate=1/s))", "superpose(poisson(rate=1/s), )", "superpose()",
		"superpose(poisson(rate=1/s), poison(rate=1/s))", "superpose(poisson(rate=1/s), 0.5: poisson(rate=1/s))", "rates(every=1m)", "rates(a.csv, evry=1m)",
		"steps(rates=[1/s, 5/s], at=[5m], period=1h, period=1h)", "closed(users=5)", "closed(users=5, think=poisson(rate=1/s))",
		"poison(rate=3)", "poisson(rate=3)", "poisson(3/s)", "exponential(mean=1s)", "batch(poisson(rate=1/s))", "renewal(poisson(rate=1/s))",
		"mmpp(rates=1/s, sojourns=[1s])", "batch(poison(rate=1/s), size=2)", "steps(rates=[1/s, 2/s])",
	} {
		_, err := Parser{unopened: true}.ParseArrivals(notation)
		assert.Error(t, err, notation)
		assert.NotRegexp(t, process, notation)
	}
	assert.Less(t, len(processes.Pattern), 30_000)
	assert.NotContains(t, strings.TrimPrefix(processes.Pattern, "^"), "^\\s")
}

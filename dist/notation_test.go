package dist

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	knownDistributions = "constant, exponential, erlang, gamma, lognormal, weibull, pareto, hyperexponential, uniform, normal, quantiles, empirical, shifted, mixture"
	knownProcesses     = "poisson, constant, renewal, mmpp, daily, steps, rates, batch, superpose, closed, trace"
)

// Every case shows the whole text of an error. Notations of processes begin with a process.
func TestBadNotationsAreExplained(t *testing.T) {
	for _, c := range []struct {
		read     string // of Parse or ParseArrivals
		notation string
		want     []string // lines
	}{
		{"distribution", "", []string{
			`the notation ends where a value is expected`,
			`    `,
			`    ^`}},
		{"distribution", "60ms", []string{
			`"60ms" is not a distribution, which is written as a call, such as constant(60ms)`,
			`    60ms`,
			`    ^`}},
		{"distribution", "gama(mean=1s, cv=2)", []string{
			`"gama" is not a distribution; did you mean gamma? known are ` + knownDistributions,
			`    gama(mean=1s, cv=2)`,
			`    ^`}},
		{"distribution", "zipf(1s)", []string{
			`"zipf" is not a distribution; known are ` + knownDistributions,
			`    zipf(1s)`,
			`    ^`}},
		{"distribution", "poisson(rate=1/s)", []string{
			`poisson is an arrival process, and a distribution is expected here: ` + knownDistributions,
			`    poisson(rate=1/s)`,
			`    ^`}},
		{"process", "gamma(mean=1s, cv=2)", []string{
			`gamma is a distribution, and an arrival process is expected here: ` + knownProcesses,
			`    gamma(mean=1s, cv=2)`,
			`    ^`}},
		{"distribution", "gamma(mean=1s", []string{
			`the notation ends where a comma or ) is expected, within gamma(`,
			`    gamma(mean=1s`,
			`                 ^`}},
		{"distribution", "gamma(mean=1s, cv=2))", []string{
			`")" follows where the notation should end`,
			`    gamma(mean=1s, cv=2))`,
			`                        ^`}},
		{"distribution", "gamma(mean=, cv=2)", []string{
			`", cv=2)" stands where a value is expected`,
			`    gamma(mean=, cv=2)`,
			`               ^`}},
		{"distribution", "gamma(mean=1, cv=2)", []string{
			`mean: "1" has no unit; a duration is a number and a unit, ns us ms s m h or d, such as 1.5288s, 60ms or 1m30s`,
			`    gamma(mean=1, cv=2)`,
			`                ^`}},
		{"distribution", "gamma(mean=1s)", []string{
			`cv is missing: gamma takes mean and cv, as in gamma(mean=1s, cv=0.5)`,
			`    gamma(mean=1s)`,
			`                 ^`}},
		{"distribution", "gamma(mean=1s, mena=2s)", []string{
			`gamma has no parameter called "mena" (did you mean mean?): gamma takes mean and cv, as in gamma(mean=1s, cv=0.5)`,
			`    gamma(mean=1s, mena=2s)`,
			`                   ^`}},
		{"distribution", "gamma(mean=1s, cv=2, mean=2s)", []string{
			`mean is given twice`,
			`    gamma(mean=1s, cv=2, mean=2s)`,
			`                         ^`}},
		{"distribution", "gamma(mean=1s, cv=NaN)", []string{
			`cv is "NaN", not a number; accepted is a number from 0.001 to 100`,
			`    gamma(mean=1s, cv=NaN)`,
			`                      ^`}},
		{"distribution", "gamma(mean=1s, cv=1e400)", []string{
			`cv is 1e400; accepted is a number from 0.001 to 100`,
			`    gamma(mean=1s, cv=1e400)`,
			`                      ^`}},
		{"distribution", "exponential(mean=NaN)", []string{
			`mean: "NaN" does not begin with a number; a duration is a number and a unit, ns us ms s m h or d, such as 1.5288s, 60ms or 1m30s`,
			`    exponential(mean=NaN)`,
			`                     ^`}},
		{"distribution", "exponential(mean=1e300s)", []string{
			`mean: "1e300s" is beyond 292 years, where virtual time ends`,
			`    exponential(mean=1e300s)`,
			`                     ^`}},
		{"distribution", "exponential(mean=-1s)", []string{
			`mean: "-1s" is negative; a duration is at least 0s`,
			`    exponential(mean=-1s)`,
			`                     ^`}},
		{"distribution", "exponential(mean=0s)", []string{
			`mean is 0s; accepted is a duration from 1ns to 292 years`,
			`    exponential(mean=0s)`,
			`                     ^`}},
		{"distribution", "exponential(1s)", []string{
			`"1s" is given without a name where none is expected: exponential takes mean, as in exponential(mean=1s)`,
			`    exponential(1s)`,
			`                ^`}},
		{"distribution", "erlang(k=1.5, mean=1s)", []string{
			`k is 1.5; accepted is a whole number from 1 to 1000000`,
			`    erlang(k=1.5, mean=1s)`,
			`             ^`}},
		{"distribution", "erlang(k=1.000, mean=1s)", []string{
			`k is 1.000; accepted is a whole number from 1 to 1000000`,
			`    erlang(k=1.000, mean=1s)`,
			`             ^`}},
		{"distribution", "pareto(shape=1, mean=1s)", []string{
			`shape is 1; accepted is a number from 1.001 to 1000`,
			`    pareto(shape=1, mean=1s)`,
			`                 ^`}},
		{"distribution", "uniform(2s, 1s)", []string{
			`the second bound, 1s, must be above the first, 2s`,
			`    uniform(2s, 1s)`,
			`                ^`}},
		{"distribution", "shifted(1s, shifted(1s, gamma(mean=1s, cv=x)))", []string{
			`cv is "x", not a number; accepted is a number from 0.001 to 100`,
			`    shifted(1s, shifted(1s, gamma(mean=1s, cv=x)))`,
			`                                              ^`}},
		{"distribution", "shifted(200y, constant(1s))", []string{
			`by: "y" is not a unit of duration; a duration is a number and a unit, ns us ms s m h or d, such as 1.5288s, 60ms or 1m30s`,
			`    shifted(200y, constant(1s))`,
			`               ^`}},
		{"distribution", "shifted(100000d, constant(100000d))", []string{
			`the mean of "shifted(100000d, constant(100000d))" is beyond 292 years, where virtual time ends`,
			`    shifted(100000d, constant(100000d))`,
			`    ^`}},
		{"distribution", "mixture(0.5: constant(1s), 0.4: constant(2s))", []string{
			`the weights of a mixture sum to 1, and these to 0.9`,
			`    mixture(0.5: constant(1s), 0.4: constant(2s))`,
			`    ^`}},
		{"distribution", "mixture(0: constant(1s), 1: constant(2s))", []string{
			`weight is 0; accepted is a number from 1e-12 to 1`,
			`    mixture(0: constant(1s), 1: constant(2s))`,
			`            ^`}},
		{"distribution", "mixture(constant(1s))", []string{
			`a part without a weight and a colon before it: mixture takes a weight and a distribution for each part, as in mixture(0.9: constant(60ms), 0.1: exponential(mean=1s))`,
			`    mixture(constant(1s))`,
			`            ^`}},
		{"distribution", "mixture()", []string{
			`no part is given: mixture takes a weight and a distribution for each part, as in mixture(0.9: constant(60ms), 0.1: exponential(mean=1s))`,
			`    mixture()`,
			`            ^`}},
		{"distribution", "quantiles()", []string{
			`no point is given: quantiles takes a probability and a duration for each point, as in quantiles(0: 1ms, 0.5: 20ms, 0.99: 300ms, 1: 2s)`,
			`    quantiles()`,
			`              ^`}},
		{"distribution", "quantiles(0: 1s, 2s)", []string{
			`a point without a probability and a colon before it: quantiles takes a probability and a duration for each point, as in quantiles(0: 1ms, 0.5: 20ms, 0.99: 300ms, 1: 2s)`,
			`    quantiles(0: 1s, 2s)`,
			`                     ^`}},
		{"distribution", "quantiles(0: 1s, 99: 2s)", []string{
			`probability is 99; accepted is a number from 0 to 1`,
			`    quantiles(0: 1s, 99: 2s)`,
			`                     ^`}},
		{"distribution", "quantiles(0: 1s, 50%: 2s)", []string{
			`probability is "50%", not a number; accepted is a number from 0 to 1`,
			`    quantiles(0: 1s, 50%: 2s)`,
			`                     ^`}},
		{"distribution", "quantiles(0: 1, 1: 2s)", []string{
			`value: "1" has no unit; a duration is a number and a unit, ns us ms s m h or d, such as 1.5288s, 60ms or 1m30s`,
			`    quantiles(0: 1, 1: 2s)`,
			`                  ^`}},
		{"distribution", "quantiles(0: exponential(mean=1s), 1: 2s)", []string{
			`value is "exponential(mean=1s)", and a single value is expected: quantiles takes a probability and a duration for each point, as in quantiles(0: 1ms, 0.5: 20ms, 0.99: 300ms, 1: 2s)`,
			`    quantiles(0: exponential(mean=1s), 1: 2s)`,
			`                 ^`}},
		{"distribution", "quantiles(0: 1s)", []string{
			`one point; at least two are expected, of the probabilities 0 and 1`,
			`    quantiles(0: 1s)`,
			`    ^`}},
		{"distribution", "quantiles(0.1: 1s, 1: 2s)", []string{
			`the first probability is 0.1; it must be 0, with the least value`,
			`    quantiles(0.1: 1s, 1: 2s)`,
			`    ^`}},
		{"distribution", "quantiles(0: 1s, 0.99: 2s)", []string{
			`the last probability is 0.99; it must be 1, with the largest value`,
			`    quantiles(0: 1s, 0.99: 2s)`,
			`    ^`}},
		{"distribution", "quantiles(0: 1s, 0.9: 2s, 0.5: 3s, 1: 4s)", []string{
			`the probability 0.5 follows 0.9; probabilities must increase, by 1e-12 or more`,
			`    quantiles(0: 1s, 0.9: 2s, 0.5: 3s, 1: 4s)`,
			`    ^`}},
		{"distribution", "quantiles(0: 1s, 0.9: 300ms, 1: 4s)", []string{
			`the value at 0.9, 300ms, is below 1s at 0; values must not decrease`,
			`    quantiles(0: 1s, 0.9: 300ms, 1: 4s)`,
			`    ^`}},
		{"distribution", "quantiles(" + strings.Repeat("0.5: 1s, ", MaxPoints) + "1: 1s)", []string{
			`129 points; at most 128 are accepted`,
			`    quantiles(` + strings.Repeat("0.5: 1s, ", 10) + `…`,
			`    ^`}},
		{"distribution", "uniform(0.5: 1s, 2s)", []string{
			`a number before a colon belongs into mixture or quantiles: uniform takes a duration and a duration, as in uniform(10ms, 50ms)`,
			`    uniform(0.5: 1s, 2s)`,
			`            ^`}},
		{"distribution", "normal(mean=[1s], sd=1s)", []string{
			`mean is "[1s]", and a single value is expected: normal takes mean and sd, as in normal(mean=1s, sd=0.1s)`,
			`    normal(mean=[1s], sd=1s)`,
			`                ^`}},
		{"distribution", `empirical("")`, []string{
			`the name of the file is empty: empirical takes a file, as in empirical(file.csv)`,
			`    empirical("")`,
			`              ^`}},
		{"distribution", `empirical("a.csv)`, []string{
			`a quotation that is not closed or has a bad escape; write it as in Go, "a, b.csv"`,
			`    empirical("a.csv)`,
			`              ^`}},
		{"process", "poisson(rate=-1/s)", []string{
			`rate: "-1/s" is negative; a rate is at least 0/s`,
			`    poisson(rate=-1/s)`,
			`                 ^`}},
		{"process", "poisson(rate=0/s)", []string{
			`rate is 0/s; accepted is a rate from once in 292 years to 10000000/s`,
			`    poisson(rate=0/s)`,
			`                 ^`}},
		{"process", "poisson(rate=1e8/s)", []string{
			`rate: "1e8/s" is above 1e7/s, too fast for a clock that counts nanoseconds`,
			`    poisson(rate=1e8/s)`,
			`                 ^`}},
		{"process", "renewal(constant(99ns))", []string{
			`the mean gap, 99ns, is below 100ns: above 1e7/s is too fast for a clock that counts nanoseconds`,
			`    renewal(constant(99ns))`,
			`            ^`}},
		{"process", "mmpp(rates=[1/s, 2/s], sojourns=[1s])", []string{
			`there are 2 rates and 1 sojourns, and each state has one of both`,
			`    mmpp(rates=[1/s, 2/s], sojourns=[1s])`,
			`                                    ^`}},
		{"process", "mmpp(rates=[0/s, 0/s], sojourns=[1s, 1s])", []string{
			`the mean rate is 0/s; it must be at least once in 292 years`,
			`    mmpp(rates=[0/s, 0/s], sojourns=[1s, 1s])`,
			`               ^`}},
		{"process", "mmpp(rates=[1/s], sojourns=[1s])", []string{
			`an mmpp of one state is a Poisson process: write poisson(rate=…), or give two states or more`,
			`    mmpp(rates=[1/s], sojourns=[1s])`,
			`               ^`}},
		{"process", "mmpp(rates=1/s, sojourns=[1s])", []string{
			`rates is "1/s", and a list in brackets is expected: mmpp takes rates and sojourns, as in mmpp(rates=[1/s, 20/s], sojourns=[60s, 5s])`,
			`    mmpp(rates=1/s, sojourns=[1s])`,
			`               ^`}},
		{"process", "daily(mean=1e6/s, peak=11, period=24h)", []string{
			`the highest rate, mean × peak = 11000000/s, is above 1e7/s, too fast for a clock that counts nanoseconds`,
			`    daily(mean=1e6/s, peak=11, period=24h)`,
			`                           ^`}},
		{"process", "daily(mean=1/s, peak=0.5, period=24h)", []string{
			`peak is 0.5; accepted is a number from 1 to 100`,
			`    daily(mean=1/s, peak=0.5, period=24h)`,
			`                         ^`}},
		{"process", "steps(rates=[1/s], at=[5m])", []string{
			`steps of one rate are a Poisson process: write poisson(rate=…), or give two rates or more`,
			`    steps(rates=[1/s], at=[5m])`,
			`                ^`}},
		{"process", "steps(rates=[1/s, 5/s, 1/s], at=[5m])", []string{
			`there are 3 rates and 1 times; each rate but the first has the time at which it begins`,
			`    steps(rates=[1/s, 5/s, 1/s], at=[5m])`,
			`                                    ^`}},
		{"process", "steps(rates=[1/s, 5/s, 1/s], at=[5m, 300s])", []string{
			`the time 5m follows 5m; the times at which rates begin must increase`,
			`    steps(rates=[1/s, 5/s, 1/s], at=[5m, 300s])`,
			`                                    ^`}},
		{"process", "steps(rates=[1/s, 0/s], at=[5m])", []string{
			`the last rate is 0/s; it goes on for ever and must be at least once in 292 years: for a load that stops write one as low as 0.001/d`,
			`    steps(rates=[1/s, 0/s], at=[5m])`,
			`                ^`}},
		{"process", "steps(rates=[1/s, 5/s], at=[0s])", []string{
			`at is 0s; accepted is a duration from 1ns to 292 years`,
			`    steps(rates=[1/s, 5/s], at=[0s])`,
			`                                ^`}},
		{"process", "steps(rates=[1/s, -5/s], at=[1m])", []string{
			`rates: "-5/s" is negative; a rate is at least 0/s`,
			`    steps(rates=[1/s, -5/s], at=[1m])`,
			`                      ^`}},
		{"process", "steps(rates=[" + strings.Repeat("1/s,", MaxLevels) + "1/s], at=[1s])", []string{
			`50001 rates; at most 50000 are accepted`,
			`    steps(rates=[1/s,1/s,1/s,1/s,1/s,1/s,1/s,1/s,1/s,1/s,1/s,1/s,1/s,1/s,1/s,1/s,1/s,1/s,1/s,1/s,1/s,1/s…`,
			`                ^`}},
		{"process", "steps(rates=[1/s, 0/s], at=[5m], period=5m)", []string{
			`the period, 5m, is not above the last of the times at which rates begin, 5m`,
			`    steps(rates=[1/s, 0/s], at=[5m], period=5m)`,
			`                                            ^`}},
		{"process", "steps(rates=[0/s, 0/s], at=[5m], period=1h)", []string{
			`the mean rate is 0/s; it must be at least once in 292 years`,
			`    steps(rates=[0/s, 0/s], at=[5m], period=1h)`,
			`                ^`}},
		{"process", "steps(rates=[1/s, 2/s], at=[5m], every=1h)", []string{
			`steps has no parameter called "every": steps takes rates, at and perhaps period, as in steps(rates=[1/s, 5/s], at=[5m])`,
			`    steps(rates=[1/s, 2/s], at=[5m], every=1h)`,
			`                                     ^`}},
		{"process", "steps(rates=[1/s, 2/s], period=1h)", []string{
			`at is missing: steps takes rates, at and perhaps period, as in steps(rates=[1/s, 5/s], at=[5m])`,
			`    steps(rates=[1/s, 2/s], period=1h)`,
			`                                     ^`}},
		{"process", "rates(testdata/rates.csv, every=1m, period=1h)", []string{
			`the period is 60m, and the 4 rows of testdata/rates.csv, 60s each, are 4m; want period=4m, or no period`,
			`    rates(testdata/rates.csv, every=1m, period=1h)`,
			`                                               ^`}},
		{"process", "rates(testdata/rates.csv, every=100000d)", []string{
			`4 rows of 100000d each are beyond 292 years, where virtual time ends`,
			`    rates(testdata/rates.csv, every=100000d)`,
			`                                    ^`}},
		{"process", "rates(testdata/rates.csv)", []string{
			`every is missing: rates takes a file, every and perhaps period, as in rates(file.csv, every=1m, period=24h)`,
			`    rates(testdata/rates.csv)`,
			`                            ^`}},
		{"process", "rates(testdata/requests-per-minute.csv, every=1m)", []string{
			`testdata/requests-per-minute.csv:7: the last rate is 0/s; without a period it goes on for ever and must be at least once in 292 years: want period=5m, which repeats the table, or a last rate as low as 0.001/d`}},
		{"process", "rates(testdata/nothing.csv, every=1m)", []string{
			`testdata/nothing.csv: cannot be opened: no such file or directory`}},
		{"process", "superpose()", []string{
			`a superposition has two streams or more`,
			`    superpose()`,
			`    ^`}},
		{"process", "superpose(poisson(rate=1/s))", []string{
			`a superposition has two streams or more`,
			`    superpose(poisson(rate=1/s))`,
			`    ^`}},
		{"process", "superpose(poisson(rate=1/s), users=poisson(rate=2/s))", []string{
			`"users" stands before a stream, which has neither name nor weight: superpose takes an arrival process for each stream, as in superpose(poisson(rate=1/s), constant(rate=1/m))`,
			`    superpose(poisson(rate=1/s), users=poisson(rate=2/s))`,
			`                                 ^`}},
		{"process", "superpose(poisson(rate=1/s), gamma(mean=1s, cv=2))", []string{
			`gamma is a distribution, and an arrival process is expected here: ` + knownProcesses,
			`    superpose(poisson(rate=1/s), gamma(mean=1s, cv=2))`,
			`                                 ^`}},
		{"process", "superpose(poisson(rate=6e6/s), poisson(rate=6e6/s))", []string{
			`the rate of all streams, 12000000/s, is above 1e7/s, too fast for a clock that counts nanoseconds`,
			`    superpose(poisson(rate=6e6/s), poisson(rate=6e6/s))`,
			`    ^`}},
		{"process", "superpose(" + strings.Repeat("poisson(rate=1/s), ", MaxStreams) + "poisson(rate=1/s))", []string{
			`17 streams; at most 16 are accepted`,
			`    superpose(poisson(rate=1/s), poisson(rate=1/s), poisson(rate=1/s), poisson(rate=1/s), poisson(rate=1…`,
			`    ^`}},
		{"process", "superpose(daily(mean=1/s, peak=2, period=24h), daily(mean=1/s, peak=2, period=23h59m59.999999937s))", []string{
			`the periods of the streams have no common multiple within 292 years, where virtual time ends; want periods of which one is a multiple of the others`,
			`    superpose(daily(mean=1/s, peak=2, period=24h), daily(mean=1/s, peak=2, period=23h59m59.999999937s))`,
			`    ^`}},
		{"process", "superpose(poisson(rate=1/s), closed(users=5, think=constant(1s)))", []string{
			`users who wait for their answers (closed) are a process of their own: they can be neither batched nor superposed`,
			`    superpose(poisson(rate=1/s), closed(users=5, think=constant(1s)))`,
			`    ^`}},
		{"process", "batch(closed(users=5, think=constant(1s)), size=2)", []string{
			`users who wait for their answers (closed) are a process of their own: they can be neither batched nor superposed`,
			`    batch(closed(users=5, think=constant(1s)), size=2)`,
			`          ^`}},
		{"process", "closed(users=0, think=constant(1s))", []string{
			`users is 0; accepted is a whole number from 1 to 1000000`,
			`    closed(users=0, think=constant(1s))`,
			`                 ^`}},
		{"process", "closed(users=5, think=1s)", []string{
			`"1s" is not a distribution, which is written as a call, such as constant(60ms)`,
			`    closed(users=5, think=1s)`,
			`                          ^`}},
		{"process", "closed(users=5)", []string{
			`think is missing: closed takes users and think, as in closed(users=50, think=exponential(mean=1s))`,
			`    closed(users=5)`,
			`                  ^`}},
		{"process", "batch(size=2)", []string{
			`process is missing: batch takes an arrival process and size, as in batch(poisson(rate=1/s), size=5)`,
			`    batch(size=2)`,
			`                ^`}},
		{"process", "batch(superpose(poisson(rate=1/s), trace(testdata/arrivals.csv)), size=2)", []string{
			`a trace cannot be batched: repeat its rows in the file instead`,
			`    batch(superpose(poisson(rate=1/s), trace(testdata/arrivals.csv)), size=2)`,
			`          ^`}},
		{"process", "batch(trace(testdata/arrivals.csv), size=2)", []string{
			`a trace cannot be batched: repeat its rows in the file instead`,
			`    batch(trace(testdata/arrivals.csv), size=2)`,
			`          ^`}},
		{"process", "trace(testdata/nothing.csv)", []string{
			`testdata/nothing.csv: cannot be opened: no such file or directory`}},
		{"process", "trace(testdata)", []string{
			`testdata: is a directory, and a CSV file is expected`}},
		{"distribution", "constant(" + strings.Repeat("9", 80) + "s)", []string{
			`value: a number of 80 characters; at most 64 are accepted`,
			`    constant(` + strings.Repeat("9", 80) + `s)`,
			`             ^`}},
		{"distribution", strings.Repeat("shifted(1s,", 20), []string{
			`calls are nested deeper than 16`,
			`    …d(1s,shifted(1s,shifted(1s,shifted(1s,shifted(1s,shifted(1s,shifted(1s,shifted(1s,shifted(1s,shifte…`,
			`                                                                 ^`}},
		{"distribution", "gamma(mean=\u00fc\tx\n, cv=?)", []string{
			`mean: "ü x" does not begin with a number; a duration is a number and a unit, ns us ms s m h or d, such as 1.5288s, 60ms or 1m30s`,
			`    gamma(mean=ü x , cv=?)`,
			`               ^`}},
	} {
		t.Run(c.notation[:min(60, len(c.notation))], func(t *testing.T) {
			var err error
			if c.read == "process" {
				_, err = ParseArrivals(c.notation)
			} else {
				_, err = Parse(c.notation)
			}
			require.Error(t, err)
			assert.Equal(t, c.want, strings.Split(err.Error(), "\n"))
		})
	}
}

func TestALongNotationIsRefusedAndShownInPart(t *testing.T) {
	_, err := Parse(strings.Repeat("x", maxNotation+1))
	require.Error(t, err)
	assert.Less(t, len(err.Error()), 400)
}

func TestWhiteSpaceAndOrderDoNotMatter(t *testing.T) {
	a, err := Parse(" gamma (\tcv = 0.5 ,\n mean= 1s ) ")
	require.NoError(t, err)
	assert.Equal(t, Gamma{1, 0.5}, a)
}

func TestFileNamesAreQuotedWhereNeeded(t *testing.T) {
	for name, want := range map[string]string{
		"a.csv": "trace(a.csv)", "my file.csv": "trace(my file.csv)", "a,b.csv": `trace("a,b.csv")`, "../x/(1).csv": `trace("../x/(1).csv")`,
		" a": `trace(" a")`, "a ": `trace("a ")`, "a\nb": `trace("a\nb")`,
	} {
		text := Trace{File: name}.String()
		assert.Equal(t, want, text)
		back, err := Parser{unopened: true}.ParseArrivals(text)
		require.NoError(t, err)
		assert.Equal(t, Trace{File: name}, back)
	}
}

func TestParametersHavePaths(t *testing.T) {
	for notation, want := range map[string]string{
		"constant(60ms)":                                 "value",
		"constant(rate=10/s)":                            "rate",
		"gamma(mean=1s, cv=0.5)":                         "mean cv",
		"uniform(10ms, 50ms)":                            "min max",
		"shifted(20ms, exponential(mean=5ms))":           "by mean",
		"shifted(1s, shifted(2s, gamma(mean=1s, cv=2)))": "by mean cv",
		"mixture(0.9: constant(1s), 0.1: shifted(1s, exponential(mean=1s)))": "0.value 1.by 1.mean",
		"empirical(f.csv)":                                                              "file",
		"trace(f.csv)":                                                                  "file",
		"quantiles(0: 1ms, .50: 20ms, 1: 2s)":                                           "0 .50 1",
		"mixture(1: quantiles(0: 1ms, 1: 2s))":                                          "0.0 0.1",
		"batch(renewal(gamma(mean=1s, cv=2)), size=5)":                                  "size mean cv",
		"mmpp(rates=[1/s, 20/s], sojourns=[60s, 5s])":                                   "rates.0 rates.1 sojourns.0 sojourns.1",
		"daily(mean=2/s, peak=3, period=24h)":                                           "mean peak period",
		"steps(rates=[1/s, 5/s], at=[5m])":                                              "rates.0 rates.1 at.0",
		"steps(period=1h, rates=[1/s, 5/s], at=[5m])":                                   "rates.0 rates.1 at.0 period",
		"rates(f.csv, every=1m)":                                                        "file every",
		"rates(f.csv, every=1m, period=24h)":                                            "file every period",
		"closed(users=50, think=gamma(mean=1s, cv=2))":                                  "users mean cv",
		"superpose(poisson(rate=1/s), batch(constant(rate=1/m), size=2), trace(f.csv))": "0.rate 1.size 1.rate 2.file",
		"nonsense": "",
	} {
		assert.Equal(t, want, strings.Join(Parameters(notation), " "), notation)
	}
}

func TestAParameterIsSetInPlace(t *testing.T) {
	for _, c := range [][4]string{
		{"poisson( rate=1/s )", "rate", "3/m", "poisson( rate=3/m )"},
		{"shifted(20ms, exponential(mean=5ms))", "mean", "7ms", "shifted(20ms, exponential(mean=7ms))"},
		{"shifted(20ms, exponential(mean=5ms))", "by", "7ms", "shifted(7ms, exponential(mean=5ms))"},
		{"mmpp(rates=[1/s, 20/s], sojourns=[60s, 5s])", "rates.1", "30/s", "mmpp(rates=[1/s, 30/s], sojourns=[60s, 5s])"},
		{"steps(rates=[1/s, 5/s], at=[5m])", "at.0", "90s", "steps(rates=[1/s, 5/s], at=[90s])"},
		{"mixture(0.9: constant(1s), 0.1: constant(2s))", "1.value", "3s", "mixture(0.9: constant(1s), 0.1: constant(3s))"},
		{"quantiles(0: 1ms, 0.99: 1s, 1: 2s)", "0.99", "1.5s", "quantiles(0: 1ms, 0.99: 1.5s, 1: 2s)"},
		{"trace(a.csv)", "file", "b, c.csv", `trace("b, c.csv")`},
		{"constant(60ms)", "value", " 1s ", "constant(1s)"},
		{"superpose(poisson(rate=1/s), poisson(rate=1/m))", "1.rate", "2/m", "superpose(poisson(rate=1/s), poisson(rate=2/m))"},
		{"rates(a.csv, every=1m)", "file", "b, c.csv", `rates("b, c.csv", every=1m)`},
		{"closed(users=50, think=exponential(mean=1s))", "users", "70", "closed(users=70, think=exponential(mean=1s))"},
	} {
		got, err := WithParameter(c[0], c[1], c[2])
		assert.NoError(t, err)
		assert.Equal(t, c[3], got)
	}
	for _, c := range [][4]string{
		{"gamma(mean=1s, cv=0.5)", "mena", "1s", "no parameter \"mena\" here; did you mean mean? available are mean, cv\n    gamma(mean=1s, cv=0.5)\n    ^"},
		{"gamma(mean=1s, cv=0.5)", "cv", "-1", "cv is -1; accepted is a number from 0.001 to 100\n    gamma(mean=1s, cv=-1)\n                      ^"},
		{"exponential(mean=1s)", "mean", "1s, cv=3", "\", cv=3\" follows where the notation should end\n    1s, cv=3\n      ^"},
		{"exponential(mean=1s)", "mean", "f(x)", "mean is \"f(x)\", and a single value is expected\n    f(x)\n    ^"},
		{"exponential(mean=1s)", "mean", "", "the notation ends where a value is expected\n    \n    ^"},
		{"quantiles(0: 1ms, 0.99: 1s, 1: 2s)", "0.99", "3s", "the value at 1, 2s, is below 3s at 0.99; values must not decrease\n    quantiles(0: 1ms, 0.99: 3s, 1: 2s)\n    ^"},
		{"quantiles(0: 1ms, 0.99: 1s, 1: 2s)", "0.9", "3s", "no parameter \"0.9\" here; did you mean 0.99? available are 0, 0.99, 1\n    quantiles(0: 1ms, 0.99: 1s, 1: 2s)\n    ^"},
		{"exponential(", "mean", "1s", "the notation ends where a value is expected\n    exponential(\n                ^"},
	} {
		_, err := WithParameter(c[0], c[1], c[2])
		assert.EqualError(t, err, c[3])
	}
}

func TestAParameterOfWholeNumbersIsOneInEveryLaw(t *testing.T) {
	kinds := map[string]kind{}
	for _, l := range slices.Concat(distributionLaws, processLaws) {
		for _, p := range l.parameters {
			if k, known := kinds[p.name]; known {
				assert.Equal(t, k == whole, p.kind == whole, p.name)
			}
			kinds[p.name] = p.kind
		}
	}
	for path, want := range map[string]bool{"users": true, "size": true, "k": true, "0.k": true, "1.size": true, "mean": false, "rates.0": false, "": false, "users.": false} {
		assert.Equal(t, want, WholeParameter(path), path)
	}
}

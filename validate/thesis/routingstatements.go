package thesis

import (
	"slices"

	"faaslab/platform"
)

// routingStatements are the statements of chapter 4.1, on the set-up of the platforms.
func routingStatements() []statement {
	const random, newest = "openwhisk_float_random", "openwhisk_float_newest"
	more := func(series, keepAlive string) func(curves) answer {
		return func(c curves) answer {
			return answer{Estimate: derive(func(v []float64) float64 { return v[0]/v[1] - 1 },
				c.steady(series, keepAlive, platform.Idle), c.steady(openwhisk("float"), keepAlive, platform.Idle))}
		}
	}
	why := map[Verdict]string{NotReproduced: "A random choice keeps every instance in use now and then, so that few expire: more are idle, and hardly any start is cold. " +
		"What the thesis measured with MRU is near the simulation with MRU, and far from that with a random choice."}
	return []statement{
		{where: "4.1.2", text: "Routing to the most recently used container or to a random one hardly differs", quantity: "idle instances of float with a random choice, against MRU, keep-alive 10 s",
			span: span{-near, near}, unit: Fraction, needs: []string{openwhisk("float"), random}, value: more(random, "10s"), why: why},
		{where: "4.1.2", text: "The same, at a longer keep-alive", quantity: "idle instances of float with a random choice, against MRU, keep-alive 60 s",
			span: span{-near, near}, unit: Fraction, needs: []string{openwhisk("float"), random}, value: more(random, "60s"), why: why},
		{where: "4.1.2", text: "The same, of the container that is first in OpenWhisk's hash map", quantity: "idle instances of float with the newest idle instance chosen, against MRU, keep-alive 10 s",
			span: span{-near, near}, unit: Fraction, needs: []string{openwhisk("float"), newest}, value: more(newest, "10s"),
			assumption: "that the hash map lists idle containers in an order that stays the same, as that by age does",
			why: map[Verdict]string{Assuming: "The thesis calls the choice random, and says that it is the first of the hash map. Any fixed order leaves the same containers unused, " +
				"which expire, as MRU does. Whether that of OpenWhisk is fixed the thesis does not say."}},
	}
}

// tableStatements are the statements on the service times, table 4.1.
func tableStatements() []statement {
	needs := func(functions ...string) []string {
		return slices.Concat(keepAliveSeries(openwhisk, functions...), keepAliveSeries(spin, functions...))
	}
	slowest := func(sign float64, functions ...string) func(curves) answer {
		return func(c curves) answer { return extreme(sign, functions, c.slowdown) }
	}
	input := map[Verdict]string{Reproduced: "The service times of table 4.1 are the input; the simulation returns them."}
	return []statement{
		{where: "4.3, table 4.1", text: "Wasm is at least 1.2 times slower than a warm container", quantity: "least slowdown", span: span{1.15, 1.25},
			needs: needs(Functions...), value: slowest(-1, Functions...), why: input},
		{where: "4.3, table 4.1", text: "Wasm is at most 3.2 times slower", quantity: "largest slowdown", span: span{3.15, 3.25},
			needs: needs(Functions...), value: slowest(1, Functions...), why: input},
		{where: "4.3", text: "Go and Rust functions but matmul are within twice the time of a container", quantity: "largest slowdown of aes, whatlang and image-thumbnail",
			span: span{1, 2}, needs: needs("aes", "whatlang", "image-thumbnail"), value: slowest(1, "aes", "whatlang", "image-thumbnail"), why: input},
		{where: "4.3", text: "Python code is 2 to 3 times slower on Wasm", quantity: "largest slowdown of float and chameleon", span: span{2, 3},
			needs: needs("float", "chameleon"), value: slowest(1, "float", "chameleon"),
			why: map[Verdict]string{NotReproduced: "Table 4.1 itself has 3.2 for float."}},
	}
}

package scenarios

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/scenarios/internal/keyfile"
	"faaslab/sim/tests"
)

const topTakes = "the top of a scenario takes name, description, arrivals, workload, functions, nodes, container, wasm, pricing and run"
const wantCores = "a whole number from 1 to 1000000000, unlimited, or a block with the keys physical, threads, yield, all_core_speed and speeds"

const containerTakes = "container takes warm, cold, startup, release, keep_alive, max_instances, when_full, queue_timeout, routing, cores, startup_cpu, dispatch, initial, evict, min_instances, provisioned, spare, concurrency, instance_cores, binding, start_rate and scaling"
const wantSpeeds = "a list of 1 to 1000 numbers from 0.1 to 10, such as [1, 1.5]"
const wantOneClock = "want one of them: all_core_speed, where the speed changes linearly, or speeds, any curve"
const durations = "a duration is a number and a unit, ns us ms s m h or d, such as 1.5288s, 60ms or 1m30s"

// Each error is compared as a whole: it must name the place, what was found and
// what would be accepted.
func TestWhatIsWrongWithAFile(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"an empty file":    {"", "pool.yaml:1: the file is empty; want a scenario, such as the built-in float"},
		"nothing but text": {"hello", `pool.yaml:1: found "hello"; want a block with the keys name, description, arrivals, workload, functions, nodes, container, wasm, pricing and run`},
		"a list":           {"\n- hello", "pool.yaml:2: found a list; want a block with the keys name, description, arrivals, workload, functions, nodes, container, wasm, pricing and run"},
		"no platform": {"name: x", "pool.yaml:1: arrivals: missing; want an arrival process such as poisson(rate=1/s)\n" +
			"pool.yaml:1: container and wasm are both missing; want a block for at least one platform"},
		"not UTF-8":                  {"name: ok\nname: \xff", "pool.yaml:2: found bytes that are not UTF-8; want a text in UTF-8"},
		"a megabyte of text":         {strings.Repeat("#\n", 1<<19) + "#", "pool.yaml:1: the file is larger than 1048576 bytes; want a scenario"},
		"two documents":              {"name: x\n---\nname: y", "pool.yaml:2: not YAML: a second document; want one scenario a file"},
		"a tab":                      {"container:\n  warm: constant(1s)\n\tcold: constant(1s)", "pool.yaml:3: found a tab in the indentation; want spaces"},
		"a colon in a text":          {"name: x\ndescription: first: second", "pool.yaml:2: not YAML: mapping values are not allowed in this context; a text with \": \" in it must stand in quotes"},
		"a line indented too little": {"container:\n  warm: constant(1s)\n cold: constant(2s)\n", "pool.yaml:3: not YAML: did not find expected key"},
		"a bracket left open": {"name: x\ncontainer: {warm: constant(1s)",
			"pool.yaml:2: not YAML: did not find expected ',' or '}'"},
		"a mixture and a slip elsewhere": {"container:\n  warm: mixture(0.9: constant(1s), 0.1: constant(2s))\nname: [",
			"pool.yaml:3: not YAML: did not find expected node content"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse("pool.yaml", "", []byte(c.text), nil)
			require.Error(t, err)
			assert.Equal(t, c.want, err.Error())
		})
	}
}

// The lines below follow a scenario that is right up to line 4.
func TestWhatIsWrongWithAKey(t *testing.T) {
	const start = "arrivals: poisson(rate=1/s)\ncontainer:\n  warm: exponential(mean=1s)\n  cold: exponential(mean=2s)\n"
	for name, c := range map[string]struct{ text, want string }{
		"an unknown key":                   {"  keepalive: 60s", "pool.yaml:5: container.keepalive: unknown key; did you mean container.keep_alive? " + containerTakes},
		"a key of another block":           {"  service: constant(1s)", "pool.yaml:5: container.service: unknown key; did you mean container.dispatch.service or wasm.service? " + containerTakes},
		"a key outside its block":          {"keep_alive: 60s", "pool.yaml:5: keep_alive: unknown key; did you mean container.keep_alive? " + topTakes},
		"a key like no other":              {"  colour: red", "pool.yaml:5: container.colour: unknown key; " + containerTakes},
		"an unknown block":                 {"wams: {service: constant(1s)}", "pool.yaml:5: wams: unknown key; did you mean wasm? " + topTakes},
		"a path for a key":                 {"run.seed: 2", "pool.yaml:5: run.seed: a file has a block for each part of a path; want run: and, indented below it, seed"},
		"a key given twice":                {"  warm: constant(1s)", "pool.yaml:5: container: warm is given twice; the first is on line 3"},
		"a list for a key":                 {"? [a]\n: 2", "pool.yaml:5: found a list as a key; want one of name, description, arrivals, workload, functions, nodes, container, wasm, pricing and run"},
		"a block for a value":              {"  keep_alive: {a: 1}", "pool.yaml:5: container.keep_alive: found a block of keys; want a duration such as 90s or 1m30s, 0s or more, or never"},
		"a list for a value":               {"  routing: [mru]", "pool.yaml:5: container.routing: found a list; want mru, newest, lru or random; with concurrency or scaling first, round-robin, two-choices, least-loaded or random"},
		"a list for what must be given":    {"wasm: {service: [1s]}", "pool.yaml:5: wasm.service: found a list; want a distribution such as exponential(mean=1.5s)"},
		"nothing for a value":              {"  max_instances:", "pool.yaml:5: container.max_instances: found nothing; want a whole number from 1 to 1000000000, or unlimited"},
		"a value for a block":              {"run: 20m", `pool.yaml:5: run: found "20m"; want a block with the keys seed, replications, warmup, precision, max_requests and duration`},
		"nothing for a block":              {"wasm:", "pool.yaml:5: wasm: found nothing; want a block with the keys service, startup, cores and discipline\npool.yaml:5: wasm.service: missing; want a distribution such as exponential(mean=1.5s)"},
		"an anchor":                        {"run: &r {seed: 2}", "pool.yaml:5: run: found an anchor, an alias or a merge key; want the value itself, written out"},
		"an alias":                         {"  routing: &a mru\n  keep_alive: *a", "pool.yaml:5: container.routing: found an anchor, an alias or a merge key; want the value itself, written out\npool.yaml:6: container.keep_alive: found an anchor, an alias or a merge key; want the value itself, written out"},
		"a merge key":                      {"run:\n  <<: {seed: 2}", "pool.yaml:6: run: found an anchor, an alias or a merge key as a key; want one of seed, replications, warmup, precision, max_requests and duration"},
		"a tag":                            {"run: {seed: !!int 2}", "pool.yaml:5: run.seed: found the tag !!int; want the value without a tag"},
		"a comma in a flow block":          {"wasm: {service: erlang(k=4, mean=1s}", "pool.yaml:5: wasm.mean=1s: in a {…} block a text with commas must stand in quotes, unless it is a notation on one line whose parentheses are closed\npool.yaml:5: wasm.service: the notation ends where a comma or ) is expected, within erlang(\n    erlang(k=4\n              ^"},
		"a duration without a unit":        {"  keep_alive: 60", `pool.yaml:5: container.keep_alive: "60" has no unit; ` + durations + "; never is accepted, too"},
		"a negative duration":              {"  keep_alive: -60s", `pool.yaml:5: container.keep_alive: "-60s" is negative; a duration is at least 0s; never is accepted, too`},
		"a duration that never ends":       {"run: {duration: never}", `pool.yaml:5: run.duration: "never" does not begin with a number; ` + durations},
		"a duration beyond virtual time":   {"  keep_alive: 1e300s", `pool.yaml:5: container.keep_alive: "1e300s" is beyond 292 years, where virtual time ends; never is accepted, too`},
		"a duration of nothing":            {"run: {duration: 0.1ns}", `pool.yaml:5: run.duration: found "0.1ns"; want a duration such as 90s or 1m30s, more than 0s`},
		"no instances":                     {"  max_instances: 0", `pool.yaml:5: container.max_instances: found "0"; want a whole number from 1 to 1000000000, or unlimited`},
		"half an instance":                 {"  max_instances: 1.5", `pool.yaml:5: container.max_instances: found "1.5"; want a whole number from 1 to 1000000000, or unlimited`},
		"a thousand, or one":               {"  max_instances: 1.000", `pool.yaml:5: container.max_instances: found "1.000"; want a whole number from 1 to 1000000000, or unlimited`},
		"more instances than any":          {"  max_instances: 1e300", `pool.yaml:5: container.max_instances: found "1e300"; want a whole number from 1 to 1000000000, or unlimited`},
		"a hexadecimal number":             {"  max_instances: 0x10", `pool.yaml:5: container.max_instances: found "0x10"; want a whole number from 1 to 1000000000, or unlimited`},
		"an unknown routing":               {"  routing: fifo", `pool.yaml:5: container.routing: found "fifo"; want mru, newest, lru or random; with concurrency or scaling first, round-robin, two-choices, least-loaded or random`},
		"no replications":                  {"run: {replications: 0}", `pool.yaml:5: run.replications: found "0"; want a whole number from 1 to 100000`},
		"a seed past 64 bits":              {"run: {seed: 18446744073709551616}", `pool.yaml:5: run.seed: found "18446744073709551616"; want a whole number from 0 to 18446744073709551615`},
		"no name":                          {`name: ""`, `pool.yaml:5: name: found ""; want a text of one line, 1 to 500 characters`},
		"a name of two lines":              {`name: "a\nb"`, `pool.yaml:5: name: found "a\nb"; want a text of one line, 1 to 500 characters`},
		"a long value":                     {"  routing: " + strings.Repeat("m", 80), `pool.yaml:5: container.routing: found "` + strings.Repeat("m", 30) + "…" + strings.Repeat("m", 30) + `"; want mru, newest, lru or random; with concurrency or scaling first, round-robin, two-choices, least-loaded or random`},
		"both cold and startup":            {"  startup: constant(1s)", "pool.yaml:5: container.startup: given beside cold; want one of them: cold, the whole service of a cold start, or startup, what it adds to a warm one"},
		"a timeout without a queue":        {"  queue_timeout: 60s", "pool.yaml:5: container.queue_timeout: has no effect with when_full: reject; want when_full: queue, or no queue_timeout"},
		"more idle than there may be":      {"  initial: {idle: 111}", "pool.yaml:5: container.initial.idle: found 111, more than max_instances; want at most 110"},
		"more time than there is":          {"run: {duration: 10000d, replications: 20}", "pool.yaml:5: run.duration: 20 replications of 10000d after a warm-up of 0s are 547.6 years; virtual time ends at 292 years"},
		"precision without a percent sign": {"run: {precision: 1}", `pool.yaml:5: run.precision: found "1"; want a percentage such as 1%, from 0.01% to 100%`},
		"a precision of nothing":           {"run: {precision: 0%}", `pool.yaml:5: run.precision: found "0%"; want a percentage such as 1%, from 0.01% to 100%`},
		"precision and duration":           {"run: {precision: 1%, duration: 1h}", "pool.yaml:5: run.precision: given beside duration; want duration, a fixed length, or precision with max_requests, as long as it takes"},
		"max_requests and duration":        {"run: {max_requests: 20e6, duration: 1h}", "pool.yaml:5: run.max_requests: given beside duration; want duration, a fixed length, or precision with max_requests, as long as it takes"},
		"another word for auto":            {"run: {warmup: automatic}", `pool.yaml:5: run.warmup: "automatic" does not begin with a number; a duration is a number and a unit, ns us ms s m h or d, such as 1.5288s, 60ms or 1m30s; auto is accepted, too`},
		"no cores of containers":           {"  cores: none", `pool.yaml:5: container.cores: found "none"; want ` + wantCores},
		"a list of cores":                  {"  cores: [1, 2]", "pool.yaml:5: container.cores: found a list; want " + wantCores},
		"nothing for cores":                {"  cores:", "pool.yaml:5: container.cores: found nothing; want " + wantCores},
		"no such key of cores":             {"  cores: {physical: 4, thread: 2}", "pool.yaml:5: container.cores.thread: unknown key; did you mean container.cores.threads? container.cores takes physical, threads, yield, all_core_speed and speeds"},
		"cores without their number":       {"  cores:\n    threads: 1", "pool.yaml:5: container.cores.physical: missing; want a whole number from 1 to 1000000000"},
		"more threads than there are":      {"  cores: {physical: 4, threads: 3}", `pool.yaml:5: container.cores.threads: found "3"; want a whole number from 1 to 2`},
		"threads that nobody can judge":    {"  cores: {physical: 4, threads: 2}", "pool.yaml:5: container.cores.threads: two threads and no yield; want container.cores.yield, what the second thread of a core adds to the first: a number from 0 to 1"},
		"a yield above a core":             {"  cores: {physical: 4, threads: 2, yield: 1.5}", `pool.yaml:5: container.cores.yield: found "1.5"; want a number from 0 to 1`},
		"a clock that stops":               {"  cores: {physical: 4, all_core_speed: 0}", `pool.yaml:5: container.cores.all_core_speed: found "0"; want a number from 0.1 to 10`},
		"a clock that is too fast":         {"  cores: {physical: 4, all_core_speed: 11}", `pool.yaml:5: container.cores.all_core_speed: found "11"; want a number from 0.1 to 10`},
		"one number for a curve":           {"  cores: {physical: 4, speeds: 2}", `pool.yaml:5: container.cores.speeds: found "2"; want ` + wantSpeeds},
		"a curve of words":                 {"  cores: {physical: 4, speeds: [1, fast]}", `pool.yaml:5: container.cores.speeds: found "[1, fast]"; want ` + wantSpeeds},
		"a curve that stops":               {"  cores: {physical: 4, speeds: [1, 0]}", `pool.yaml:5: container.cores.speeds: found "[1, 0]"; want ` + wantSpeeds},
		"a curve without a point":          {"  cores: {physical: 4, speeds: []}", `pool.yaml:5: container.cores.speeds: found "[]"; want ` + wantSpeeds},
		"a curve of curves":                {"  cores: {physical: 4, speeds: [[1, 2]]}", `pool.yaml:5: container.cores.speeds: found a list in the list; want ` + wantSpeeds},
		"a curve with a hole":              {"  cores:\n    physical: 4\n    speeds:\n    - 1\n    -", `pool.yaml:7: container.cores.speeds: found nothing in the list; want ` + wantSpeeds},
		"a curve with an anchor":           {"  cores: {physical: 4, speeds: [&a 1, *a]}", `pool.yaml:5: container.cores.speeds: found an anchor, an alias or a merge key; want the value itself, written out`},
		"a curve as a block":               {"  cores: {physical: 4, speeds: {1: 1}}", `pool.yaml:5: container.cores.speeds: found a block of keys; want ` + wantSpeeds},
		"two clocks":                       {"  cores:\n    physical: 4\n    all_core_speed: 1\n    speeds: [1, 2]", "pool.yaml:8: container.cores.speeds: given beside all_core_speed; " + wantOneClock},
		"two clocks, the other way around": {"  cores:\n    physical: 4\n    speeds: [1, 2]\n    all_core_speed: 2", "pool.yaml:8: container.cores.all_core_speed: given beside speeds; " + wantOneClock},
		"a curve of no cores":              {"  cores: {speeds: [1, 2]}", "pool.yaml:5: container.cores.physical: missing; want a whole number from 1 to 1000000000"},
		"a curve of cores held one by one": {"wasm: {service: constant(1s), discipline: fcfs, cores: {physical: 3, speeds: [1, 2, 1]}}", "pool.yaml:5: wasm.cores.speeds: cores that are held one by one (discipline: fcfs) have one thread and a constant speed; want discipline: processor-sharing, or a number of cores alone"},
		"a release that is no law":         {"  release: 20ms", "pool.yaml:5: container.release: \"20ms\" is not a distribution, which is written as a call, such as constant(60ms)\n    20ms\n    ^"},
		"a start-up without cores":         {"  startup_cpu: 0.5", "pool.yaml:5: container.startup_cpu: has no effect with cores: unlimited; want a number of cores, or no startup_cpu"},
		"more than all of a start-up":      {"  cores: 4\n  startup_cpu: 1s", `pool.yaml:6: container.startup_cpu: found "1s"; want a number from 0 to 1`},
		"threads of cores held one by one": {"wasm: {service: constant(1s), discipline: fcfs, cores: {physical: 4, threads: 2, yield: 0.2}}", "pool.yaml:5: wasm.cores.threads: cores that are held one by one (discipline: fcfs) have one thread and a constant speed; want discipline: processor-sharing, or a number of cores alone"},
		"a value for dispatch":             {"  dispatch: 5ms", `pool.yaml:5: container.dispatch: found "5ms"; want a block with the keys interval, batch, per_batch, service and hand_over`},
		"a key like one of dispatch":       {"  dispatch: {intervall: 5ms}", "pool.yaml:5: container.dispatch.intervall: unknown key; did you mean container.dispatch.interval? container.dispatch takes interval, batch, per_batch, service and hand_over"},
		"a negative interval":              {"  dispatch: {interval: -5ms}", `pool.yaml:5: container.dispatch.interval: "-5ms" is negative; a duration is at least 0s`},
		"an interval that never comes":     {"  dispatch: {interval: never}", `pool.yaml:5: container.dispatch.interval: "never" does not begin with a number; ` + durations},
		"an interval without a unit":       {"  dispatch: {interval: 10}", `pool.yaml:5: container.dispatch.interval: "10" has no unit; ` + durations},
		"a batch of none":                  {"  dispatch: {interval: 5ms, batch: 0}", `pool.yaml:5: container.dispatch.batch: found "0"; want a whole number from 1 to 1000000000, or unlimited`},
		"a batch without an interval":      {"  dispatch: {batch: 100}", "pool.yaml:5: container.dispatch.batch: has no effect with interval: 0s, per_batch: 0s and hand_over: one-by-one; want one of them otherwise, or no batch"},
		"a batch of a wrong interval":      {"  dispatch: {batch: 100, interval: 5}", `pool.yaml:5: container.dispatch.interval: "5" has no unit; ` + durations},
		"an unknown way to hand over":      {"  dispatch: {service: constant(1ms), hand_over: batch}", `pool.yaml:5: container.dispatch.hand_over: found "batch"; want one-by-one or together`},
		"a hand-over of no stage":          {"  dispatch: {hand_over: together}", "pool.yaml:5: container.dispatch.hand_over: has no effect where nothing is waited for; want an interval, per_batch or service, or no hand_over"},
		"a reader's time that is none":     {"  dispatch: {service: 1ms}", "pool.yaml:5: container.dispatch.service: \"1ms\" is not a distribution, which is written as a call, such as constant(60ms)\n    1ms\n    ^"},
		"more running than there may be":   {"  initial:\n    running: 111", "pool.yaml:6: container.initial.running: found 111, more than max_instances; want at most 110"},
		"more at the start than may be":    {"  initial:\n    running: 6\n    idle: 105", "pool.yaml:6: container.initial.running: found 6 beside 105 idle, together more than max_instances, 110; want at most 5"},
		"a distribution with a slip":       {"wasm:\n  service: exponential(men=1s)", "pool.yaml:6: wasm.service: exponential has no parameter called \"men\" (did you mean mean?): exponential takes mean, as in exponential(mean=1s)\n    exponential(men=1s)\n                ^"},
		"a distribution of negative times": {"wasm:\n  service: constant(-1s)", "pool.yaml:6: wasm.service: value: \"-1s\" is negative; a duration is at least 0s\n    constant(-1s)\n             ^"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse("pool.yaml", "", []byte(start+c.text+"\n"), nil)
			require.Error(t, err)
			assert.Equal(t, c.want, err.Error())
		})
	}
}

func TestAllThatIsWrongIsReportedInTheOrderOfLines(t *testing.T) {
	_, err := Parse("pool.yaml", "", []byte(`
arrivals: poisson(rate=-1/s)
container:
  warm: exponential(mean=NaNs)
  keep_alive: 60
wasm:
  cores: 0
run:
  replications: 0
`), []Override{{Key: "seed", Value: "3"}, {Key: "run.seed", Value: "x", Flag: "--a"}})
	require.Error(t, err)
	assert.Equal(t, `pool.yaml:2: arrivals: rate: "-1/s" is negative; a rate is at least 0/s
    poisson(rate=-1/s)
                 ^
pool.yaml:3: container.cold: missing; want cold, the whole service of a cold start, or startup, what it adds to a warm one: a distribution such as exponential(mean=1.5s)
pool.yaml:4: container.warm: mean: "NaNs" does not begin with a number; `+durations+`
    exponential(mean=NaNs)
                     ^
pool.yaml:5: container.keep_alive: "60" has no unit; `+durations+`; never is accepted, too
pool.yaml:6: wasm.service: missing; want a distribution such as exponential(mean=1.5s)
pool.yaml:7: wasm.cores: found "0"; want a whole number from 1 to 1000000000, unlimited, or a block with the keys physical, threads, yield, all_core_speed and speeds
pool.yaml:9: run.replications: found "0"; want a whole number from 1 to 100000
--set seed=3: unknown key; did you mean run.seed? `+topTakes+`
--a run.seed=x: found "x"; want a whole number from 0 to 18446744073709551615`, err.Error())
}

func TestErrorsStayShort(t *testing.T) {
	tests.Slow(t)
	var text strings.Builder
	for range 100 {
		text.WriteString("? " + strings.Repeat("long", 10_000) + "\n: 1\n")
	}
	_, err := Parse("pool.yaml", "", []byte(strings.Repeat("a: b(c: \n", 1<<16)), nil)
	require.Error(t, err)
	assert.Less(t, len(err.Error()), 5000)
	_, err = Parse("pool.yaml", "", []byte(text.String()[:1<<19]+"\n"), []Override{{Key: strings.Repeat("k", 1<<16), Value: strings.Repeat("\x1b", 1<<16)}})
	require.Error(t, err)
	assert.Less(t, len(err.Error()), 5000)
	assert.NotContains(t, err.Error(), "\x1b", "no escape sequence reaches the terminal")
}

func TestNoMoreThanTwentyProblemsAreListed(t *testing.T) {
	var text strings.Builder
	for i := range 30 {
		text.WriteString("x" + strconv.Itoa(i) + ": 1\n")
	}
	_, err := Parse("pool.yaml", "", []byte(text.String()), nil)
	require.Error(t, err)
	lines := strings.Split(err.Error(), "\n")
	assert.Len(t, lines, 21)
	assert.Equal(t, "… and 12 more", lines[20], "two of them are missing keys")
}

func TestWhatIsNoScenario(t *testing.T) {
	const builtin = "built in are aes, bursty, chameleon, daily, erlang-b, erlang-c, float, heavy-tailed, image-thumbnail, load-step, matmul, overload, patterns, shared-node, wasm-10-cores and whatlang"
	dir := t.TempDir()
	missing := filepath.Join(dir, "flaot.yaml")
	for name, c := range map[string]struct{ ref, want string }{
		"a misspelt name": {"flaot", `"flaot" is neither a file nor a built-in scenario; did you mean float? ` + builtin},
		"another name":    {"nosuchthing", `"nosuchthing" is neither a file nor a built-in scenario; ` + builtin},
		"a directory":     {dir, dir + ": cannot be read: is a directory; want a scenario file"},
		"a missing file":  {missing, keyfile.Quoted(missing) + ` is neither a file nor a built-in scenario; did you mean float? ` + builtin},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Load(c.ref, nil)
			require.Error(t, err)
			assert.Equal(t, c.want, err.Error())
		})
	}
	_, err := Source("flaot")
	assert.EqualError(t, err, `"flaot" is not a built-in scenario; did you mean float? `+builtin)
}

func TestAFileBesideABuiltinOfItsName(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("float", []byte(smallest), 0o666))
	builtin, err := Load("float", nil)
	require.NoError(t, err)
	assert.NotNil(t, builtin.Wasm)
	file, err := Load("./float", nil)
	require.NoError(t, err)
	assert.Nil(t, file.Wasm)
}

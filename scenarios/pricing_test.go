package scenarios

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/platform"
	"faaslab/scenarios/internal/keyfile"
	"faaslab/sim"
	"faaslab/sim/tests"
)

// priced simulates a scenario in which every request is like the other, so that costs are
// known by hand: 0.5 GB at 20 per million GB-seconds, and 0.2 per million requests.
func priced(t *testing.T, text string, pairs ...string) *Result {
	t.Helper()
	var overrides []Override
	for i := 0; i < len(pairs); i += 2 {
		overrides = append(overrides, set(pairs[i], pairs[i+1]))
	}
	return simulate(t, parse(t, text+`
pricing:
  gb_second: 0.00002
  million_requests: 0.2
  container_memory: 512MB
  wasm_memory: 64MB
  provider_running_gb_second: 8e-6
  provider_idle_gb_second: 0.000004
  provider_cold_start: 0.000002
run: {replications: 3}
`, overrides...), Options{})
}

const onePerSecond = `
arrivals: constant(rate=1/s)
container: {warm: constant(250ms), startup: constant(500ms)}
wasm: {service: constant(500ms), startup: constant(100ms)}
`

func TestCostsOfRequestsThatAreAllAlike(t *testing.T) {
	tests.Slow(t)
	for name, c := range map[string]struct {
		pairs               []string
		container, provider float64
		wasm, wasmProvider  float64
	}{
		// One container, busy for a quarter of each second and idle for the rest.
		"warm starts": {nil,
			0.2 + 20*0.5*0.25, 0.5 * (8*0.25 + 4*0.75),
			0.2 + 20*0.0625*0.6, 0.0625 * 8 * 0.6},
		"start-ups for free": {[]string{"pricing.startups", "free"},
			0.2 + 20*0.5*0.25, 0.5 * (8*0.25 + 4*0.75),
			0.2 + 20*0.0625*0.5, 0.0625 * 8 * 0.6},
		// A container a request, gone when it is done.
		"cold starts": {[]string{"container.keep_alive", "0s"},
			0.2 + 20*0.5*0.75, 0.5*8*0.75 + 2,
			0.2 + 20*0.0625*0.6, 0.0625 * 8 * 0.6},
		"cold starts for free": {[]string{"container.keep_alive", "0s", "pricing.startups", "free"},
			0.2 + 20*0.5*0.25, 0.5*8*0.75 + 2,
			0.2 + 20*0.0625*0.5, 0.0625 * 8 * 0.6},
		"cold starts for free, of one law": {[]string{"container.keep_alive", "0s", "pricing.startups", "free", "container.cold", "constant(750ms)"},
			0.2 + 20*0.5*0.25, 0.5*8*0.75 + 2,
			0.2 + 20*0.0625*0.5, 0.0625 * 8 * 0.6},
		"a cold start that is no longer than a warm one": {[]string{"container.keep_alive", "0s", "pricing.startups", "free", "container.cold", "constant(200ms)"},
			0.2 + 20*0.5*0.2, 0.5*8*0.2 + 2,
			0.2 + 20*0.0625*0.5, 0.0625 * 8 * 0.6},
		// Every second request finds the one instance busy and costs nobody anything.
		"rejections": {[]string{"arrivals.rate", "2/s", "container.warm", "constant(750ms)", "container.max_instances", "1"},
			0.2 + 20*0.5*0.75, 0.5 * (8*0.75 + 4*0.25),
			0.2 + 20*0.0625*0.6, 0.0625 * 8 * 0.6},
		// Of two at once one waits: not billed, but a waiting executor holds its memory.
		"waiting": {[]string{"arrivals", "batch(constant(rate=1/s), size=2)", "container.max_instances", "1", "container.when_full", "queue",
			"wasm.service", "constant(200ms)", "wasm.cores", "1", "wasm.discipline", "fcfs"},
			0.2 + 20*0.5*0.25, 0.5 * (8*0.5 + 4*0.5) / 2,
			0.2 + 20*0.0625*0.3, 0.0625 * 8 * (0.3 + 0.5) / 2},
		// On a shared core both take twice as long, and both are billed for it.
		"a shared core": {[]string{"arrivals", "batch(constant(rate=1/s), size=2)", "wasm.service", "constant(200ms)", "wasm.cores", "1"},
			0.2 + 20*0.5*0.25, 0.5 * (8*0.25 + 4*0.75),
			0.2 + 20*0.0625*0.5, 0.0625 * 8 * 0.5},
		"waiting, start-ups free": {[]string{"arrivals", "batch(constant(rate=1/s), size=2)", "container.max_instances", "1", "container.when_full", "queue",
			"wasm.service", "constant(200ms)", "wasm.cores", "1", "wasm.discipline", "fcfs", "pricing.startups", "free"},
			0.2 + 20*0.5*0.25, 0.5 * (8*0.5 + 4*0.5) / 2,
			0.2 + 20*0.0625*0.2, 0.0625 * 8 * (0.3 + 0.5) / 2},
		"rounded": {[]string{"pricing.billing_step", "200ms", "pricing.billing_minimum", "500ms"},
			0.2 + 20*0.5*0.5, 0.5 * (8*0.25 + 4*0.75),
			0.2 + 20*0.0625*0.6, 0.0625 * 8 * 0.6},
		"rounded, start-ups free": {[]string{"container.keep_alive", "0s", "pricing.startups", "free", "pricing.billing_step", "200ms"},
			0.2 + 20*0.5*0.4, 0.5*8*0.75 + 2,
			0.2 + 20*0.0625*0.6, 0.0625 * 8 * 0.6},
		"rounded cold starts of one law": {[]string{"container.keep_alive", "0s", "pricing.startups", "free", "container.cold", "constant(750ms)", "pricing.billing_step", "100ms"},
			0.2 + 20*0.5*0.3, 0.5*8*0.75 + 2,
			0.2 + 20*0.0625*0.5, 0.0625 * 8 * 0.6},
		// Rounding is of what really passed: 400 ms on a core for two, and a start-up.
		"rounded on a shared core": {[]string{"arrivals", "batch(constant(rate=1/s), size=2)", "wasm.service", "constant(200ms)", "wasm.cores", "1", "pricing.billing_step", "300ms",
			"container.cores", "1", "container.initial.idle", "2", "container.keep_alive", "5s"},
			0.2 + 20*0.5*0.6, 0.5 * (8*2*0.5 + 4*2*0.5) / 2,
			0.2 + 20*0.0625*0.6, 0.0625 * 8 * 0.5},
		"rounded waits": {[]string{"arrivals", "batch(constant(rate=1/s), size=2)", "container.max_instances", "1", "container.when_full", "queue",
			"wasm.service", "constant(200ms)", "wasm.cores", "1", "wasm.discipline", "fcfs", "pricing.startups", "free", "pricing.billing_step", "150ms"},
			0.2 + 20*0.5*0.3, 0.5 * (8*0.5 + 4*0.5) / 2,
			0.2 + 20*0.0625*0.3, 0.0625 * 8 * (0.3 + 0.5) / 2},
		"memory in steps": {[]string{"pricing.memory_step", "384MB"},
			0.2 + 20*0.75*0.25, 0.5 * (8*0.25 + 4*0.75),
			0.2 + 20*0.375*0.6, 0.0625 * 8 * 0.6},
		"memory that is a step": {[]string{"pricing.memory_step", "64MB"},
			0.2 + 20*0.5*0.25, 0.5 * (8*0.25 + 4*0.75),
			0.2 + 20*0.0625*0.6, 0.0625 * 8 * 0.6},
		"seconds of any memory": {[]string{"pricing.second", "0.00001"},
			0.2 + (20*0.5+10)*0.25, 0.5 * (8*0.25 + 4*0.75),
			0.2 + (20*0.0625+10)*0.6, 0.0625 * 8 * 0.6},
		"twice the memory": {[]string{"pricing.container_memory", "1GB", "pricing.wasm_memory", "128MB"},
			0.2 + 20*0.25, 8*0.25 + 4*0.75,
			0.2 + 20*0.125*0.6, 0.125 * 8 * 0.6},
	} {
		t.Run(name, func(t *testing.T) {
			r := priced(t, onePerSecond, c.pairs...)
			costs := func(platform string) (user, provider float64) {
				u, ok := r.Platform(platform).Metric("user_cost")
				require.True(t, ok)
				p, ok := r.Platform(platform).Metric("provider_cost")
				require.True(t, ok)
				assert.InDelta(t, 0, u.HalfWidth, 1e-9)
				assert.InDelta(t, 0, p.HalfWidth, 1e-9)
				return u.Mean, p.Mean
			}
			user, provider := costs(ContainerPlatform)
			assert.InDelta(t, c.container, user, 1e-9, "containers, user")
			assert.InDelta(t, c.provider, provider, 1e-9, "containers, provider")
			user, provider = costs(WasmPlatform)
			assert.InDelta(t, c.wasm, user, 1e-9, "Wasm, user")
			assert.InDelta(t, c.wasmProvider, provider, 1e-9, "Wasm, provider")
			assert.InDelta(t, c.wasm-c.container, r.Difference["user_cost"].Mean, 1e-9)
			for _, cost := range []string{"user_cost", "provider_cost"} {
				for _, platform := range []string{ContainerPlatform, WasmPlatform} {
					million, _ := r.Platform(platform).Metric(cost)
					month, _ := r.Platform(platform).Metric(cost + "_month")
					rate, _ := r.Platform(platform).Metric("throughput")
					assert.InEpsilon(t, million.Mean*rate.Mean*730*3600/1e6, month.Mean, 1e-3, "%s of a month, %s", cost, platform)
				}
			}
			assert.InDelta(t, c.wasmProvider-c.provider, r.Difference["provider_cost"].Mean, 1e-9)
		})
	}
}

// What short executions cost with three providers, by their own rules of rounding: containers of 47.392 ms and
// 512 MB, Wasm of 3 ms and 128 MB, per million requests.
func TestProvidersRoundShortExecutions(t *testing.T) {
	for preset, want := range map[string]struct{ container, wasm float64 }{
		"aws-lambda":       {0.600, 0.206},
		"azure-functions":  {1.000, 0.400},
		"google-cloud-run": {2.925, 2.831},
	} {
		r := simulate(t, parse(t, `
arrivals: poisson(rate=2/s)
container: {warm: constant(47.392ms), startup: constant(0s), keep_alive: 10m}
wasm: {service: constant(3ms)}
pricing: {preset: `+preset+`, container_memory: 512MB, wasm_memory: 128MB}
run: {replications: 2, duration: 10m, warmup: 0s}
`), Options{})
		container, _ := r.Platform(ContainerPlatform).Metric("user_cost")
		wasm, _ := r.Platform(WasmPlatform).Metric("user_cost")
		assert.InDelta(t, want.container, container.Mean, 5.1e-4, preset)
		assert.InDelta(t, want.wasm, wasm.Mean, 5.1e-4, preset)
		month, _ := r.Platform(ContainerPlatform).Metric("user_cost_month")
		assert.InEpsilon(t, want.container*2*730*3600/1e6, month.Mean, 0.1, preset)
	}
}

// The user's cost is a linear function of the response time where nothing waits, so its
// interval is that of the response time, scaled; and so is that of the paired difference.
func TestTheIntervalOfACostIsThatOfWhatItDependsOn(t *testing.T) {
	r := simulate(t, load(t, "float", "run.duration", "5m", "pricing.gb_second", "0.00002", "pricing.million_requests", "0.2",
		"pricing.container_memory", "512MB", "pricing.wasm_memory", "512MB"), Options{})
	const scale = 20 * 0.5
	for _, name := range []string{ContainerPlatform, WasmPlatform} {
		cost, _ := r.Platform(name).Metric("user_cost")
		response, _ := r.Platform(name).Metric("response_time")
		assert.InEpsilon(t, 0.2+scale*response.Mean, cost.Mean, 1e-9)
		assert.InEpsilon(t, scale*response.HalfWidth, cost.HalfWidth, 1e-9)
	}
	assert.InEpsilon(t, scale*r.Difference["response_time"].HalfWidth, r.Difference["user_cost"].HalfWidth, 1e-9)
	assert.NotContains(t, r.Difference, "provider_cost", "nobody said what the provider pays")
}

func TestWithoutPricesThereAreNoCosts(t *testing.T) {
	s := load(t, "float")
	assert.Nil(t, s.Pricing)
	assert.Equal(t, len(KindOf(ContainerPlatform).Metrics()), len(s.Metrics(ContainerPlatform)))
	assert.Equal(t, len(KindOf(WasmPlatform).Metrics()), len(s.Metrics(WasmPlatform)))
	text, err := json.Marshal(s)
	require.NoError(t, err)
	assert.NotContains(t, string(text), "pricing")
}

func TestAPresetFillsWhatIsLeftOut(t *testing.T) {
	for _, p := range Presets {
		t.Run(p.Name, func(t *testing.T) {
			s := load(t, "float", "pricing.preset", p.Name, "pricing.container_memory", "1GB", "pricing.wasm_memory", "64MB")
			for path, text := range p.values {
				assert.Equal(t, text, table.Find(path).Write(&s), path)
			}
			assert.Equal(t, p.Name, s.ListPrices().Name)
			assert.Nil(t, s.Pricing.Provider)
			assert.NotEmpty(t, p.Source)
			assert.Regexp(t, `^20\d\d(-\d\d)?$`, p.Date)

			changed := load(t, "float", "pricing.preset", p.Name, "pricing.container_memory", "1GB", "pricing.wasm_memory", "64MB", "pricing.gb_second", "7")
			assert.Equal(t, 7.0, changed.Pricing.User.GBSecond)
			assert.Equal(t, s.Pricing.User.MillionRequests, changed.Pricing.User.MillionRequests)
			assert.Nil(t, changed.ListPrices())
		})
	}
}

// The rows of the manual are those of the table.
func TestTheManualListsThePresets(t *testing.T) {
	manual, err := os.ReadFile("../docs/manual.md")
	require.NoError(t, err)
	for _, p := range Presets {
		row := fmt.Sprintf("| `%s` | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", p.Name, p.Doc,
			p.values["pricing.gb_second"], p.values["pricing.second"], p.values["pricing.million_requests"],
			cmp.Or(p.values[provisionedKey], "—"), cmp.Or(p.values[provisionedExecutionKey], "—"), p.values["pricing.startups"],
			p.values["pricing.billing_step"], p.values["pricing.billing_minimum"], cmp.Or(p.values["pricing.memory_step"], "—"), p.Source, p.Date)
		assert.Contains(t, string(manual), row)
	}
}

// The resolved scenario does not write down what a preset gives, so the preset can be
// replaced; the JSON of a result holds every price.
func TestPricesInTheResolvedScenario(t *testing.T) {
	s := parse(t, smallest+"pricing: {preset: aws-lambda, million_requests: 0.25, container_memory: 1536MB}")
	assert.Contains(t, string(s.YAML()), `
pricing:
  preset: aws-lambda
  million_requests: 0.25
  container_memory: 1.5GB
`)
	assert.Equal(t, s, parse(t, string(s.YAML())))
	other := parse(t, string(s.YAML()), set("pricing.preset", "azure-functions"))
	assert.Equal(t, &platform.UserPrices{GBSecond: 0.000016, MillionRequests: 0.25, Startup: platform.StartupFree,
		Step: sim.Second / 1000, Minimum: sim.Second / 10, MemoryStep: 0.125}, other.Pricing.User)

	text, err := json.Marshal(s)
	require.NoError(t, err)
	assert.Contains(t, string(text), `"pricing":{"preset":"aws-lambda","gb_second":0.0000166667,"second":0,"million_requests":0.25,"provisioned_gb_second":0.0000041667,"provisioned_execution_gb_second":0.0000097222,"startups":"billed","billing_step":"1ms","billing_minimum":"0s","currency":"USD","container_memory":"1.5GB"}`)

	s = parse(t, smallest+"pricing: {container_memory: 1GB, provider_cold_start: 1e-13}")
	assert.Nil(t, s.Pricing.User)
	assert.Equal(t, &platform.ProviderPrices{ColdStart: 1e-13}, s.Pricing.Provider)
	assert.Equal(t, s, parse(t, string(s.YAML())))
	_, err = json.Marshal(s)
	assert.NoError(t, err)
}

func TestATraceMayHideWhatAStartupIs(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "two.csv"), []byte("0.5,0.1\n1,0.2\n"), 0o666))
	read := func(text string) error {
		_, err := Parse("pool.yaml", dir, []byte("arrivals: trace(two.csv)\n"+text), nil)
		return err
	}
	assert.EqualError(t, read("container: {cold: constant(1s)}\npricing: {preset: azure-functions, container_memory: 1GB}"),
		"pool.yaml:3: pricing.preset: nobody knows what of container.cold is start-up where a trace fixes the service times; "+
			"want startups: billed, or container.startup instead of container.cold")
	assert.NoError(t, read("container: {startup: constant(1s)}\npricing: {preset: azure-functions, container_memory: 1GB}"))
	assert.NoError(t, read("container: {cold: constant(1s)}\npricing: {preset: aws-lambda, container_memory: 1GB}"))
}

func TestWhatIsWrongWithPrices(t *testing.T) {
	const wantPrice = "want a price, a number such as 0.0000166667 from 0 to 1000000000"
	const presets = "aws-lambda, aws-lambda-arm, azure-functions, azure-functions-flex or google-cloud-run"
	for name, c := range map[string]struct{ pricing, want string }{
		"a negative price":    {"{gb_second: -0.1, container_memory: 1GB}", `gb_second: found "-0.1"; ` + wantPrice},
		"an infinite price":   {"{second: inf, container_memory: 1GB}", `second: found "inf"; ` + wantPrice},
		"no number":           {"{million_requests: $0.20, container_memory: 1GB}", `million_requests: found "$0.20"; ` + wantPrice},
		"a price beyond all":  {"{provider_cold_start: 1e300, container_memory: 1GB}", `provider_cold_start: found "1e300"; ` + wantPrice},
		"memory of no unit":   {"{gb_second: 1, container_memory: 512}", `container_memory: found "512"; ` + "want " + keyfile.WantMemory},
		"no memory":           {"{gb_second: 1}", "container_memory: missing; want " + keyfile.WantMemory},
		"an unknown preset":   {"{preset: aws-lamda, container_memory: 1GB}", `preset: found "aws-lamda"; did you mean aws-lambda? want ` + presets},
		"a preset unlike any": {"{preset: cheap, container_memory: 1GB}", `preset: found "cheap"; want ` + presets},
		"an unknown key": {"{gb_seconds: 1, preset: aws-lambda, container_memory: 1GB}", "gb_seconds: unknown key; did you mean pricing.gb_second? " +
			"pricing takes preset, gb_second, second, million_requests, provisioned_gb_second, provisioned_execution_gb_second, startups, billing_step, billing_minimum, memory_step, currency, container_memory, wasm_memory, provider_running_gb_second, provider_idle_gb_second and provider_cold_start"},
		"start-ups that nobody bills": {"{startups: free, provider_cold_start: 1, container_memory: 1GB}",
			"startups: has no effect without what the user pays; want a preset or some of gb_second, second and million_requests"},
		"steps that nobody is billed": {"{billing_step: 1ms, provider_cold_start: 1, container_memory: 1GB}",
			"billing_step: has no effect without what the user pays; want a preset or some of gb_second, second and million_requests"},
		"a currency by its sign": {"{gb_second: 1, currency: $, container_memory: 1GB}", `currency: found "$"; want the code of a currency, three capital letters such as USD`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse("pool.yaml", "", []byte("arrivals: poisson(rate=1/s)\ncontainer: {warm: constant(1s), cold: constant(2s)}\npricing: "+c.pricing), nil)
			assert.EqualError(t, err, "pool.yaml:3: pricing."+c.want)
		})
	}
	_, err := Parse("pool.yaml", "", []byte(smallest+"pricing: {container_memory: 1GB}"), nil)
	assert.EqualError(t, err, "pool.yaml:4: pricing: gives no price; want a preset, or some of gb_second, second, million_requests, "+
		"provider_running_gb_second, provider_idle_gb_second and provider_cold_start")
	_, err = Load("float", []Override{set("pricing.preset", "aws-lambda"), set("pricing.container_memory", "1GB")})
	assert.EqualError(t, err, "--set pricing.preset=aws-lambda: pricing.wasm_memory: missing; want "+keyfile.WantMemory)
}

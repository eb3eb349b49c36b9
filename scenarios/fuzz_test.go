package scenarios

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

// Whatever is read, Parse does not panic, says what is wrong in text, and what
// it accepts reads back to an equal scenario.
func FuzzParse(f *testing.F) {
	for _, b := range List() {
		source, err := Source(b.Name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(source), "container.keep_alive", "10s")
	}
	f.Add("arrivals: poisson(rate=1/s)\nwasm: {service: \"erlang(k=4, mean=1s)\"}", "wasm.service.mean", "3d")
	f.Add("arrivals: x\ncontainer:\n  warm: mixture(0.5: constant(1s),\n   0.5: constant(1s))", "arrivals", "daily(mean=2/s, peak=3, period=24h)")
	f.Add("a: &a [*a]\n---\n? {}\n: !!t {<<: *a}", "run.duration", "1e9s")
	f.Add(smallest+"pricing: {preset: azure-functions, second: 1e-7, container_memory: 1769MB, provider_cold_start: 0.5}", "pricing.wasm_memory", "64KB")
	f.Add(strings.TrimSuffix(strings.TrimSpace(smallest), "}")+", dispatch: {interval: 10ms, batch: 100, per_batch: 20ms, service: constant(1ms), hand_over: together}}", "container.dispatch.interval", "0s")
	f.Add(twoFunctions, "functions.checkout.keep_alive", "histogram(range=2h, forecast=mean(3))")
	f.Add("workload: zipf(functions=3, rate=1/s, warm=constant(1s), memory=1GB)\nnodes: {count: 2, memory: 4GB}\ncontainer: {startup: constant(1s), spare: 1}", "workload.functions", "5")
	f.Fuzz(func(t *testing.T, text, key, value string) {
		if strings.Contains(text+value, "trace") || strings.Contains(text+value, "empirical") {
			t.Skip() // they open files
		}
		s, err := Parse("fuzz.yaml", "", []byte(text), []Override{{Key: key, Value: value}})
		if err != nil {
			if message := err.Error(); message == "" || utf8.ValidString(key+value) && !utf8.ValidString(message) {
				t.Fatalf("the error %q", message)
			}
			return
		}
		again, err := Parse("again.yaml", "", s.YAML(), nil)
		if err != nil {
			t.Fatalf("%s\nis not read back: %v", s.YAML(), err)
		}
		before, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if after, err := json.Marshal(again); err != nil || string(before) != string(after) {
			t.Fatalf("%s\nreads back as\n%s (%v)", before, after, err)
		}
		_ = s.CheckSteadyState()
		_ = s.CheckSize()
	})
}

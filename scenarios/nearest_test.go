package scenarios

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestWhatASlipWasMeantToBe(t *testing.T) {
	for path, want := range map[string][]string{
		"container.keepalive":     {"container.keep_alive"},
		"container.keep-alive":    {"container.keep_alive"},
		"container.max_instance":  {"container.max_instances"},
		"container.rate":          nil,
		"containers.warm":         {"container.warm"},
		"rum.seed":                {"run.seed"},
		"seed":                    {"run.seed"},
		"cores":                   {"nodes.cores", "container.cores", "wasm.cores"},
		"startup":                 {"container.startup", "wasm.startup"},
		"wasm.warm":               {"container.warm"},
		"container.initial.ilde":  {"container.initial.idle"},
		"container.idle":          {"container.initial.idle"},
		"arrival":                 {"arrivals"},
		"warm_up":                 {"run.warmup"},
		"completely.out.of.place": nil,
	} {
		assert.Equal(t, want, table.Near(path), path)
	}
}

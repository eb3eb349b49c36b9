package scenarios

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A pool that is full from time 0 and never shrinks has a constant number of instances: what settles is how
// many run. Without a warm-up their mean would be 0.7 % below that of Erlang's loss formula, seven half-widths.
func TestThePoolThatIsAlwaysFullHasAWarmup(t *testing.T) {
	s := parse(t, `
arrivals: poisson(rate=90/s)
container: {warm: exponential(mean=1.5288s), startup: constant(0s), keep_alive: never, initial: {idle: 110}}
run: {precision: 3%}
`)
	load, blocked := 90*1.5288, 1.0
	for n := 1; n <= 110; n++ {
		blocked = load * blocked / (float64(n) + load*blocked)
	}
	r, err := Simulate(context.Background(), s, Options{})
	require.NoError(t, err)
	running, _ := r.Platform(ContainerPlatform).Metric("running")
	assert.Positive(t, r.Warmup)
	assert.InDelta(t, load*(1-blocked), running.Mean, 2*running.HalfWidth) // false alarms: 0.06 % with 15 degrees of freedom
}

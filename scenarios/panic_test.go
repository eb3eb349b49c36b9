package scenarios

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/sim"
	"faaslab/sim/random"
)

// brittle is a law of another package that panics when it draws.
type brittle struct {
	dist.Exponential
	value any
}

func (b brittle) Fill(*random.Generator, []float64) { panic(b.value) }

func TestAPanicOfALawIsAnErrorOfTheSimulation(t *testing.T) {
	cause := errors.New("out of numbers")
	s := Default()
	s.Container.Warm = brittle{dist.Exponential{Mean: 1}, cause}
	require.NoError(t, s.Check())
	for _, name := range []string{"Simulate", "Compare, A", "Compare, B", "Sweep", "Transient"} {
		err := entrances[name](s)
		var panicked *PanicError
		require.ErrorAs(t, err, &panicked, name)
		assert.Regexp(t, `^container, replication \d+: panic: out of numbers$`, err.Error(), name)
		assert.Contains(t, string(panicked.Stack), "brittle.Fill", name)
		assert.ErrorIs(t, err, cause)
	}
	assert.ErrorIs(t, entrances["Tuning"](s), cause)
}

func TestAPanicOfALogIsAnErrorOfTheSimulation(t *testing.T) {
	s := Default()
	s.Run = s.Run.Fixed(0, 1000*sim.Second)
	_, err := simulateChecked(context.Background(), s, Options{Workers: 1, Log: func(string, int, platform.Request, bool) { panic("no more paper") }})
	assert.EqualError(t, err, "container, replication 1: panic: no more paper")
}

func TestAPanicOfWhatPreparesAPointEndsTheSweep(t *testing.T) {
	s := Default()
	s.Run = s.Run.Fixed(0, 10*sim.Second)
	err := Sweep(context.Background(), 5, func(int) (Scenario, error) { return s, nil }, Options{},
		func(int, Point) int { panic("unprepared") }, func(int, int) error { return nil })
	assert.EqualError(t, err, "panic: unprepared")
	err = Sweep(context.Background(), 1, func(int) (Scenario, error) { panic("no scenario") }, Options{},
		func(_ int, p Point) error { return p.Err }, func(_ int, err error) error { return err })
	assert.EqualError(t, err, "panic: no scenario")
}

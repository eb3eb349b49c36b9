package crew

import (
	"errors"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestACrewDoesEachOnceAndNoMoreAtOnceThanItHasWorkers(t *testing.T) {
	var now, most atomic.Int64
	var done [100]atomic.Int64
	New(3).Each(len(done), func(i int) {
		if n := now.Add(1); n > most.Load() {
			most.Store(n)
		}
		done[i].Add(1)
		now.Add(-1)
	})
	for i := range done {
		assert.EqualValues(t, 1, done[i].Load(), i)
	}
	assert.LessOrEqual(t, most.Load(), int64(3))
}

func TestAPanicIsAnError(t *testing.T) {
	cause := errors.New("out of numbers")
	err := Guarded(func() error { panic(cause) })
	var panicked *PanicError
	require.ErrorAs(t, err, &panicked)
	require.ErrorIs(t, err, cause)
	assert.Contains(t, string(panicked.Stack), "TestAPanicIsAnError")
	assert.Equal(t, cause, Guarded(func() error { return cause }))
	assert.NoError(t, Guarded(func() error { return nil }))
}

func TestAMemoryIsTakenWholeOrNotAtAll(t *testing.T) {
	m := NewMemory(100)
	assert.True(t, m.Take(40))
	assert.True(t, m.Ample())
	assert.False(t, m.Take(61))
	assert.True(t, m.Take(60))
	assert.False(t, m.Ample())
	m.Give(100)
	assert.EqualValues(t, 100, m.Left())
	assert.True(t, (*Memory)(nil).Ample())
}

func TestProgressAndSharesTellTheFractionThatIsDone(t *testing.T) {
	var told []float64
	tell := func(done float64) { told = append(told, done) }
	p := Progress{Tell: tell}
	p.Expect(4)
	p.Add(1)
	p.Add(1)
	p.Expect(6)
	p.Add(6)
	assert.Equal(t, []float64{0.25, 0.5, 1}, told)

	told = nil
	s := NewShares(2, tell)
	s.Set(1, 0.5)
	s.Finish(0)
	s.Finish(1)
	assert.Equal(t, []float64{0.25, 0.75, 1}, told)
}

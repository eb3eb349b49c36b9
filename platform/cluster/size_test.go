package cluster

import (
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
)

// What every request needs of a pool or a function is in whole lines of the processor's cache. What
// is asked for with a pool's present begins a line: a pool's first two are asked for with the pool.
func TestPoolsAndFunctionsAreWholeLines(t *testing.T) {
	const line = 64
	assert.Zero(t, unsafe.Sizeof(pool{})%line)
	assert.Zero(t, unsafe.Sizeof(function{})%line)
	assert.EqualValues(t, 2*line, unsafe.Offsetof(pool{}.present))
	assert.EqualValues(t, line, unsafe.Sizeof(instance{}))
	assert.EqualValues(t, line, unsafe.Offsetof(stream{}.service))
}

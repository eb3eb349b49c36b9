package cluster

import (
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
)

// What every request needs of a pool or a function is in whole lines of the processor's cache.
func TestPoolsAndFunctionsAreWholeLines(t *testing.T) {
	const line = 64
	assert.Zero(t, unsafe.Sizeof(pool{})%line)
	assert.Zero(t, unsafe.Sizeof(function{})%line)
}

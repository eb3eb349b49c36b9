package cluster

import (
	"reflect"
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

// The collector reads what has pointers, and memory that is first read and then written faults twice.
func TestPoolsAndInstancesHaveNoPointers(t *testing.T) {
	assert.False(t, hasPointers(reflect.TypeFor[pool]()))
	assert.False(t, hasPointers(reflect.TypeFor[instance]()))
	assert.True(t, hasPointers(reflect.TypeFor[learner]()), "or the test could not fail")
}

func hasPointers(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Struct:
		for i := range t.NumField() {
			if hasPointers(t.Field(i).Type) {
				return true
			}
		}
		return false
	case reflect.Array:
		return hasPointers(t.Elem())
	}
	return t.Kind() > reflect.Complex128
}

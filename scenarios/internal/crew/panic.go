package crew

import (
	"fmt"
	"runtime/debug"
)

// A PanicError is a panic of what was simulated, such as a law of another package: the simulation
// ends, and not the program.
type PanicError struct {
	Value any    // what the panic was called with
	Stack []byte // of the goroutine that panicked, as debug.Stack returns it
}

// Error says what the panic was called with, without the stack.
func (e *PanicError) Error() string {
	return fmt.Sprintf("panic: %v", e.Value)
}

// Unwrap returns the error that the panic was called with; nil if that is none.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// Guarded does something and turns a panic of it into a *PanicError.
func Guarded(do func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &PanicError{value, debug.Stack()}
		}
	}()
	return do()
}

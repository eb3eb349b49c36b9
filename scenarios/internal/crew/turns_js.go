package crew

import (
	"context"
	"time"
)

// turn is how long a loop computes before it gives way.
const turn = 100 * time.Millisecond

// Turns returns the function that a loop asks, now and then, whether it has to end. In a browser there is one thread, and nothing
// interrupts a loop: at the end of each turn it sleeps for as short as there is, so that timers fire and the messages of the page
// are read.
func Turns(ctx context.Context) func() error {
	next := time.Now().Add(turn)
	return func() error {
		if time.Now().After(next) {
			time.Sleep(time.Nanosecond)
			next = time.Now().Add(turn)
		}
		return ctx.Err()
	}
}

//go:build !js

package crew

import "context"

// Turns returns the function that a loop asks, now and then, whether it has to end.
func Turns(ctx context.Context) func() error { return ctx.Err }

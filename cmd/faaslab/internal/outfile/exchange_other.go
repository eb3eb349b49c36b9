//go:build !linux && !darwin

package outfile

import "errors"

// exchange returns an error: this system has no such step.
func exchange(_, _ string) error { return errors.ErrUnsupported }

package format

import "io"

// A CheckedWriter remembers the first error, because the code that prints help, versions and
// completions ignores errors.
type CheckedWriter struct {
	W   io.Writer
	Err error
}

// Write writes, unless an earlier write failed.
func (c *CheckedWriter) Write(text []byte) (int, error) {
	if c.Err != nil {
		return 0, c.Err
	}
	n, err := c.W.Write(text)
	c.Err = err
	return n, err
}

package format

import "io"

// A CheckedWriter remembers the first error: what prints help, versions and completions looks at none.
type CheckedWriter struct {
	W   io.Writer
	Err error
}

// Write writes, unless that failed before.
func (c *CheckedWriter) Write(text []byte) (int, error) {
	if c.Err != nil {
		return 0, c.Err
	}
	n, err := c.W.Write(text)
	c.Err = err
	return n, err
}

package outfile

import (
	"fmt"
	"io"

	"faaslab/cmd/faaslab/internal/exit"
)

// Print writes results to w, which is stdout.
func Print(w io.Writer, text []byte) error {
	if _, err := w.Write(text); err != nil {
		return &exit.Error{Code: exit.IO, Err: fmt.Errorf("writing the results: %w", err)}
	}
	return nil
}

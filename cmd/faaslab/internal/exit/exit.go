package exit

// The exit codes.
const (
	CheckFailed = 1
	BadInput    = 2
	IO          = 3
	Interrupted = 130
)

// A Error ends the program with an exit code other than that of bad input.
type Error struct {
	Code int
	Err  error
}

// Error returns the text of the error inside.
func (e *Error) Error() string { return e.Err.Error() }

// Unwrap returns the error inside.
func (e *Error) Unwrap() error { return e.Err }

// Bad marks an error as one of the parts, not of writing.
func Bad(err error) error { return &Error{BadInput, err} }

package exit

// The exit codes.
const (
	CheckFailed = 1
	BadInput    = 2
	IO          = 3
	Interrupted = 130
)

// An Error ends the program with an exit code other than BadInput's.
type Error struct {
	Code int
	Err  error
}

// Error returns the text of the error inside.
func (e *Error) Error() string { return e.Err.Error() }

// Unwrap returns the error inside.
func (e *Error) Unwrap() error { return e.Err }

// Bad marks an error as bad input, where an unmarked error would be a failed write.
func Bad(err error) error { return &Error{BadInput, err} }

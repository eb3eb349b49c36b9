package format

import (
	"errors"
	"strings"
)

// An AdvisedError says why a request is refused, and what to do about it.
type AdvisedError struct {
	Reason error
	Advice string // begins with "To", without a full stop
}

// Error returns the reason and, below it, the advice.
func (e *AdvisedError) Error() string { return e.Reason.Error() + "\n" + e.Advice }

// Unwrap returns the reason.
func (e *AdvisedError) Unwrap() error { return e.Reason }

// ReasonAndAdvice splits an error; the advice is empty where the error has none of its own.
func ReasonAndAdvice(err error) (reason, advice string) {
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		if advised, ok := inner.(*AdvisedError); ok {
			return strings.TrimSuffix(err.Error(), "\n"+advised.Advice), advised.Advice
		}
	}
	return err.Error(), ""
}

// OnOneLine writes an error, and its advice, on one line.
func OnOneLine(err error) string {
	reason, advice := ReasonAndAdvice(err)
	reason = strings.ReplaceAll(reason, "\n", "; ")
	if advice == "" {
		return reason
	}
	return reason + "; " + strings.ToLower(advice[:1]) + advice[1:]
}

package main

import (
	"errors"
	"strings"
)

// An advisedError says why something is refused, and what to do about it.
type advisedError struct {
	reason error
	advice string // begins with "To", without a full stop
}

// Error returns the reason and, below it, the advice.
func (e *advisedError) Error() string { return e.reason.Error() + "\n" + e.advice }

// Unwrap returns the reason.
func (e *advisedError) Unwrap() error { return e.reason }

// reasonAndAdvice takes an error apart; the advice is empty where the error has none of its own.
func reasonAndAdvice(err error) (reason, advice string) {
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		if advised, ok := inner.(*advisedError); ok {
			return strings.TrimSuffix(err.Error(), "\n"+advised.advice), advised.advice
		}
	}
	return err.Error(), ""
}

// onOneLine writes an error, and its advice, on one line.
func onOneLine(err error) string {
	reason, advice := reasonAndAdvice(err)
	reason = strings.ReplaceAll(reason, "\n", "; ")
	if advice == "" {
		return reason
	}
	return reason + "; " + strings.ToLower(advice[:1]) + advice[1:]
}

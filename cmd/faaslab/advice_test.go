package main

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"faaslab/cmd/faaslab/internal/format"
)

func TestAnErrorIsTakenApartIntoReasonAndAdvice(t *testing.T) {
	advised := &format.AdvisedError{Reason: errors.New("too hot\ntoo loud"), Advice: "To cool it, open a window"}
	for _, c := range []struct {
		err                           error
		reason, advice, line, message string
	}{
		{advised, "too hot\ntoo loud", "To cool it, open a window", "too hot; too loud; to cool it, open a window", "too hot\ntoo loud\nTo cool it, open a window"},
		{fmt.Errorf("A: %w", advised), "A: too hot\ntoo loud", "To cool it, open a window", "A: too hot; too loud; to cool it, open a window", "A: too hot\ntoo loud\nTo cool it, open a window"},
		{errors.New("too cold"), "too cold", "", "too cold", "too cold"},
	} {
		reason, advice := format.ReasonAndAdvice(c.err)
		assert.Equal(t, c.reason, reason)
		assert.Equal(t, c.advice, advice)
		assert.Equal(t, c.line, format.OnOneLine(c.err))
		assert.Equal(t, c.message, c.err.Error())
	}
	// Each of two joined errors keeps its advice.
	both := errors.Join(advised, advised)
	reason, advice := format.ReasonAndAdvice(both)
	assert.Equal(t, both.Error(), reason)
	assert.Empty(t, advice)
}

package dist

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A SyntaxError describes an error in a notation, and its position.
type SyntaxError struct {
	Input   string // the whole notation, duration or rate
	Offset  int    // of the offending character, in bytes from the start of Input; len(Input) at its end
	Message string // the text found and the accepted form
}

// Error returns the message and, below it, the input with a caret under the offending character. A
// long input is cut to the neighbourhood of the caret.
func (e *SyntaxError) Error() string {
	const before, width = 60, 100 // runes shown: left of the caret, and in all
	left := []rune(clean(e.Input[:e.Offset]))
	right := []rune(clean(e.Input[e.Offset:]))
	if len(left) > before {
		left = append([]rune("…"), left[len(left)-before:]...)
	}
	if rest := width - len(left); len(right) > rest {
		right = append(right[:rest:rest], '…')
	}
	return e.Message + "\n    " + string(left) + string(right) +
		"\n    " + strings.Repeat(" ", len(left)) + "^"
}

// clean makes text fit for one line of a terminal, one rune for each rune.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) && r != utf8.RuneError {
			return ' '
		}
		return r
	}, text)
}

// syntaxErrorf returns a SyntaxError at an offset of input.
func syntaxErrorf(input string, offset int, format string, arguments ...any) *SyntaxError {
	return &SyntaxError{Input: input, Offset: offset, Message: fmt.Sprintf(format, arguments...)}
}

// excerpt quotes the text found, cut to a length that fits a message.
func excerpt(found string) string {
	const most = 40 // runes
	runes := []rune(clean(found))
	if len(runes) > most {
		runes = append(runes[:most:most], '…')
	}
	return `"` + string(runes) + `"`
}

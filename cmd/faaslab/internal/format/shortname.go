package format

import (
	"strings"
	"unicode"
)

// longestName is the number of characters that a name has room for in a table or a sentence.
const longestName = 20

// ShortName makes a name, as a trace has it, fit for a terminal: it replaces what cannot be printed, and
// leaves out the middle of a long name, since names often differ at their end.
func ShortName(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, name)
	characters := []rune(name)
	if len(characters) <= longestName {
		return name
	}
	return string(characters[:longestName/2]) + "…" + string(characters[len(characters)-longestName/2+1:])
}

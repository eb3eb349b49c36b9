package format

import (
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
)

func TestALongNameLosesItsMiddle(t *testing.T) {
	for name, want := range map[string]string{
		"":                          "",
		"exactly-twenty-chars":      "exactly-twenty-chars",
		"a-name-of-more-than-that":  "a-name-of-…than-that",
		"größenänderung-für-bilder": "größenände…ür-bilder",
	} {
		short := ShortName(name)
		assert.Equal(t, want, short)
		assert.LessOrEqual(t, utf8.RuneCountInString(short), longestName)
	}
}

func TestANameInATableDoesNotCommandTheTerminal(t *testing.T) {
	assert.Equal(t, "f\uFFFD[31mred\uFFFD", ShortName("f\x1b[31mred\n"))
	assert.Equal(t, "a\uFFFDb", ShortName("a\xffb"))
	assert.Equal(t, "Größe/naïve 函数", ShortName("Größe/naïve 函数"))
}

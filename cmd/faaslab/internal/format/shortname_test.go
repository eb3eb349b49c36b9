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

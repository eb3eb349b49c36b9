package dist

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestDistanceCountsEdits(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"abc", "abc", 0},
		{"kitten", "sitting", 3}, {"flaw", "lawn", 2}, {"keepalive", "keep_alive", 1}, {"ab", "ba", 2},
	} {
		assert.Equal(t, c.want, EditDistance(c.a, c.b), "%s, %s", c.a, c.b)
		assert.Equal(t, c.want, EditDistance(c.b, c.a), "%s, %s", c.b, c.a)
	}
}

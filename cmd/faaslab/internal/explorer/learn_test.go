package explorer

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestJQPicksFromADocument(t *testing.T) {
	document := []byte(`{"a": {"b": [1, 2.50, {"c": "x"}]}}`)
	for path, want := range map[string]string{".a.b[1]": "2.50", ".a.b[2].c": `"x"`} {
		found, err := jq(document, path)
		require.NoError(t, err)
		assert.Equal(t, want, string(found))
	}
	for path, want := range map[string]string{".a": "jq .a: found a list or an object; want a number or a text", ".a.c": "jq .a.c: there is no c", ".a.b[3]": "jq .a.b[3]: there is no 3", ".a[0]": "jq .a[0]: at 0: "} {
		_, err := jq(document, path)
		assert.ErrorContains(t, err, want)
	}
}

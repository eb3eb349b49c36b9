package validate

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The documented accuracy equals the deviation from the exact model. UPDATE_ACCURACY=1 rewrites it.
func TestTheDocumentedAccuracyIsThatAgainstTheExactModel(t *testing.T) {
	now, err := measureAccuracy()
	require.NoError(t, err)
	if os.Getenv("UPDATE_ACCURACY") != "" {
		require.NoError(t, os.WriteFile("accuracy.csv", []byte(now), 0o644))
		return
	}
	assert.Equal(t, now, accuracyCSV)
}

// docs/validation.md shows the table. UPDATE_ACCURACY=1 rewrites it.
func TestTheManualShowsTheDocumentedAccuracy(t *testing.T) {
	const page, begin, end = "../docs/validation.md", "<!-- accuracy -->\n", "<!-- /accuracy -->"
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	before, rest, ok := strings.Cut(string(text), begin)
	require.True(t, ok)
	_, after, ok := strings.Cut(rest, end)
	require.True(t, ok)
	var shown strings.Builder
	shown.WriteString("| metric | model | λτ ≤ 2 | ≤ 10 | ≤ 50 | above |\n|---|---|---|---|---|---|\n")
	for _, metric := range compared {
		for _, name := range []string{"smp", "smp-modified"} {
			fmt.Fprintf(&shown, "| `%s` | `%s` |", metric, name)
			for i := range regimes {
				band := accuracy[accuracyKey{name, metric, i}]
				fmt.Fprintf(&shown, " %+.0f … %+.0f %% |", 100*band.Low, 100*band.High)
			}
			shown.WriteString("\n")
		}
	}
	now := before + begin + strings.NewReplacer("-0 ", "0 ", "+0 ", "0 ").Replace(shown.String()) + end + after
	if os.Getenv("UPDATE_ACCURACY") != "" {
		require.NoError(t, os.WriteFile(page, []byte(now), 0o644))
		return
	}
	assert.Equal(t, now, string(text))
}

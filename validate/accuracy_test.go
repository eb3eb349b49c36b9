package validate

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The documented accuracy is what the exact model says it is. UPDATE_ACCURACY=1 rewrites it.
func TestTheDocumentedAccuracyIsThatAgainstTheExactModel(t *testing.T) {
	now, err := measureAccuracy()
	require.NoError(t, err)
	if os.Getenv("UPDATE_ACCURACY") != "" {
		require.NoError(t, os.WriteFile("accuracy.csv", []byte(now), 0o644))
		return
	}
	assert.Equal(t, now, accuracyCSV)
}

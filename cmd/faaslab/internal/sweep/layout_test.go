package sweep

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/scenarios"
)

// Interrupted output for programs says that it was interrupted.
func TestTheJSONOfAnInterruptedSweepSaysSo(t *testing.T) {
	s, err := scenarios.Load("float", nil)
	require.NoError(t, err)
	for _, interrupted := range []bool{false, true} {
		var text bytes.Buffer
		layout, err := NewJSONLayout(&Plan{Base: s})
		require.NoError(t, err)
		stream, err := newSweepStream(&text, layout)
		require.NoError(t, err)
		require.NoError(t, stream.Finish(interrupted))
		var document struct {
			Points      []any `json:"points"`
			Interrupted bool  `json:"interrupted"`
		}
		require.NoError(t, json.Unmarshal(text.Bytes(), &document))
		assert.Empty(t, document.Points)
		assert.Equal(t, interrupted, document.Interrupted)
	}
}

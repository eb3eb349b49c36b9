package reproduction

import (
	"testing"

	"github.com/stretchr/testify/require"

	"faaslab/validate/thesis"
)

// docs is the documentation's folder.
const docs = "../../../../docs"

// measuredElsewhere holds what was measured for the thesis; it need not be there.
const measuredElsewhere = "../../../../../shared/reference/measured"

func seriesNamed(t *testing.T, name string) thesis.Series {
	t.Helper()
	for _, s := range thesis.AllSeries() {
		if s.Name == name {
			return s
		}
	}
	require.Fail(t, name)
	return thesis.Series{}
}

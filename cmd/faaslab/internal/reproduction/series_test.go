package reproduction

import (
	"testing"

	"github.com/stretchr/testify/require"

	"faaslab/validate/thesis"
)

// docs is the folder of the documentation.
const docs = "../../../../docs"

// measuredElsewhere has the measurements of the thesis; it need not exist.
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

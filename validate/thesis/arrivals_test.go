package thesis

import (
	"encoding/csv"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"faaslab/dist"
	"faaslab/sim"
)

// What numpy draws with default_rng(204).exponential(size=200_000): the first and the last, and how
// many come from the ziggurat's tail.
func TestTheGeneratorIsNumpys(t *testing.T) {
	g := newNumpyGenerator(seedOfArrivals)
	var last float64
	inTail := 0
	for i := range 200_000 {
		last = g.exponential()
		if i < 4 {
			require.InEpsilon(t, []float64{0.31291745568572193, 2.1833683335924743, 1.2596693307675222, 0.07655025108262288}[i], last, 1e-12)
		}
		if last > tail {
			inTail++
		}
	}
	require.InEpsilon(t, 0.4571804558674872, last, 1e-12)
	require.Equal(t, 89, inTail)
}

// What the published scripts draw is in ../shared, where there is one.
func TestTheArrivalsAreThoseOfTheExperiments(t *testing.T) {
	const directory = "../../../shared/reference/measured/"
	if _, err := os.Stat(directory); err != nil {
		t.Skip("no ", directory)
	}
	requireSame(t, readArrivals(t, directory+"arrivals_keep_alive.csv"), sent(1, 300*sim.Second, 1200*sim.Second, true))
	for _, rate := range floatOnContainers {
		perSecond, err := dist.ParseRate(rate)
		require.NoError(t, err)
		want := readArrivals(t, directory+"arrivals_load/"+rate[:len(rate)-2]+".csv")
		requireSame(t, want, sent(perSecond, 300*sim.Second, 600*sim.Second, false))
	}
}

// requireSame fails unless moments are the same but for rounding to nanoseconds.
func requireSame(t *testing.T, want, got []sim.Time) {
	require.Len(t, got, len(want))
	for i := range want {
		require.InDelta(t, int64(want[i]), int64(got[i]), 1, "request %d", i)
	}
}

func readArrivals(t *testing.T, name string) (moments []sim.Time) {
	file, err := os.Open(name)
	require.NoError(t, err)
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	require.NoError(t, err)
	for _, row := range rows[1:] {
		seconds, err := strconv.ParseFloat(row[0], 64)
		require.NoError(t, err)
		moments = append(moments, sim.FromSeconds(seconds))
	}
	return moments
}

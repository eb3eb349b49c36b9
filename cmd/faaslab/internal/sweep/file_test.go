package sweep

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/scenarios"
)

// planOf returns the plan of a shard of four points.
func planOf(t *testing.T, shard Shard) *Plan {
	t.Helper()
	axes, err := scenarios.ParseAxes(context.Background(), "--vary", []string{"container.keep_alive=1s,2s,3s,4s"}, 10)
	require.NoError(t, err)
	p := &Plan{Grid: axes, Models: "none", Shard: shard}
	p.Text, err = scenarios.Read("float")
	require.NoError(t, err)
	require.NoError(t, p.Check(context.Background()))
	return p
}

// A sweep continues only its own rows: not those of another shard, whose points are not its own, and not those of the
// whole sweep.
func TestAShardContinuesItsOwnRowsAlone(t *testing.T) {
	for _, format := range []string{"csv", "json"} {
		path := filepath.Join(t.TempDir(), "points."+format)
		open := func(shard Shard, points int) error {
			p := planOf(t, shard)
			out, err := Open(os.Stdout, format, &path, p, nil)
			if err != nil {
				return err
			}
			defer out.Close()
			for i := out.Rows(); i < points; i++ {
				number := shard.Point(i)
				s, err := p.Scenario(number)
				require.NoError(t, err)
				s.Run.Replications, s.Run.Precision, s.Run.MaxRequests = 2, 1, 1000
				r, err := scenarios.Simulate(context.Background(), s, scenarios.Options{Workers: 1})
				require.NoError(t, err)
				require.NoError(t, out.Add(p.Solve(number, scenarios.Point{Result: r})))
			}
			return out.Finish(false)
		}
		second := Shard{Index: 1, Of: 2}
		require.NoError(t, open(second, 1))
		assert.NoError(t, open(second, 2), "its own row")
		for _, other := range []Shard{{0, 2}, {0, 1}, {2, 4}} {
			assert.EqualError(t, open(other, 0), fmt.Sprintf("--out %s: holds something else than the first points of this sweep; want another name, or delete the file", path), "%v", other)
		}
	}
}

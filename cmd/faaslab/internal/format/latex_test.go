package format

import (
	"bytes"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"faaslab/platform"
	"faaslab/sim/stats"
)

func TestEstimatesHaveTheLastDigitsOfTheirHalfWidth(t *testing.T) {
	nan := math.NaN()
	for want, c := range map[string]struct {
		e    stats.Estimate
		unit platform.Unit
	}{
		"1.5656(16)":  {stats.Estimate{Mean: 1.56562, HalfWidth: 0.00158, N: 16}, platform.Seconds},
		"-33.87(47)":  {stats.Estimate{Mean: -0.033868, HalfWidth: 0.00047, N: 16}, platform.Seconds},
		"4096(1626)":  {stats.Estimate{Mean: 4096, HalfWidth: 1626, N: 2}, platform.Megabytes},
		"5.0(11)":     {stats.Estimate{Mean: 5.02, HalfWidth: 1.1, N: 2}, platform.Count},
		"0.00000(12)": {stats.Estimate{Mean: 0, HalfWidth: 1.2e-6, N: 2}, platform.Probability},
		"1.25":        {stats.Estimate{Mean: 1.25, HalfWidth: 0, N: 2}, platform.Count},
		"2.5":         {stats.Estimate{Mean: 2.5, HalfWidth: nan, N: 1}, platform.Count},
		"7":           {stats.Estimate{Mean: 7, HalfWidth: nan, N: 3}, platform.Count},
		Missing:       {stats.Estimate{Mean: nan, HalfWidth: nan}, platform.Count},
		"1.2346e-05":  {stats.Estimate{Mean: 1.23456e-5, HalfWidth: nan, N: 1}, platform.Count},
	} {
		assert.Equal(t, want, Show(c.e, c.unit).Latex())
	}
}

func TestALatexTableHasRoomForItsNumbers(t *testing.T) {
	var table LatexTable
	table.Texts("key_1")
	table.Units()
	table.Numbers("A & B", "s")
	table.Numbers("M/G/∞", "")
	table.Add("50%", "/s", "-12.5(12)", "1440")
	table.Add("never", "GB·s/M", "1.5656(6)", "1e-07")
	table.Add("x", "", Missing, "")
	var out bytes.Buffer
	table.Write(&out)
	assert.Equal(t, `\begin{tabular}{
    l
    l
    S[table-format=-2.4(2), separate-uncertainty, group-digits=integer]
    S[table-format=4]
  }
  \toprule
  key\_1 &  & {A \& B / \unit{\second}} & {M/G/$\infty$} \\
  \midrule
  50\% & \unit{\per\second} & -12.5(12) & 1440 \\
  never & GB$\cdot$s/M & 1.5656(6) & {\num{1e-07}} \\
  x &  & {{--}} & \\
  \bottomrule
\end{tabular}
`, out.String())
}

func TestAColumnHasOneUnit(t *testing.T) {
	e := []stats.Estimate{{Mean: math.NaN()}, {Mean: 0.002, HalfWidth: 0.0001, N: 4}, {Mean: 2, HalfWidth: 0.05, N: 4}}
	scale := CommonScale(e, platform.Seconds)
	assert.Equal(t, Scale{1, "s"}, scale)
	assert.Equal(t, "0.00200(10)", ShowIn(e[1], scale).Latex())
	assert.Equal(t, Scale{1e3, "ms"}, CommonScale(e[:2], platform.Seconds))
	assert.Equal(t, Scale{100, "%"}, CommonScale(nil, platform.Probability))
}

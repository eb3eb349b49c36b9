package trustpage

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/cmd/faaslab/internal/chart"
	"faaslab/cmd/faaslab/internal/exit"
	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/outfile"
	"faaslab/cmd/faaslab/internal/words"
	"faaslab/sim/tests"
	"faaslab/validate/model"
	"faaslab/validate/trust"
)

const docs = "../../../../docs"

// committedTrust reads the tables beside the page.
func committedTrust(t *testing.T) Result {
	t.Helper()
	points, err := os.Open(filepath.Join(docs, "figures/trust.csv"))
	require.NoError(t, err)
	defer points.Close()
	laws, err := os.Open(filepath.Join(docs, "figures/trust-distributions.csv"))
	require.NoError(t, err)
	defer laws.Close()
	scaling, err := os.Open(filepath.Join(docs, "figures/trust-scaling.csv"))
	require.NoError(t, err)
	defer scaling.Close()
	r, err := read(points, laws, scaling)
	require.NoError(t, err)
	return r
}

// Page and figures are made from the tables beside them. UPDATE_PAGES=1 rewrites them from the
// tables; `faaslab validate trust --page` computes the tables too.
func TestThePageOnTrustIsMadeFromItsTables(t *testing.T) {
	r := committedTrust(t)
	if os.Getenv("UPDATE_PAGES") != "" {
		require.NoError(t, WritePage(filepath.Join(docs, "trust.md"), r))
	}
	directory := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(directory, "figures"), 0o755))
	require.NoError(t, WritePage(filepath.Join(directory, "trust.md"), r))
	files := []string{"trust.md", "figures/trust.csv", "figures/trust-distributions.csv", "figures/trust-scaling.csv"}
	for _, f := range figures() {
		files = append(files, "figures/"+f.name+".svg")
	}
	for _, file := range files {
		committed, err := os.ReadFile(filepath.Join(docs, file))
		require.NoError(t, err)
		made, err := os.ReadFile(filepath.Join(directory, file))
		require.NoError(t, err)
		assert.True(t, bytes.Equal(made, committed), "docs/%s is not what is made: faaslab validate trust --page docs/trust.md", file)
		assert.Less(t, len(made), 250_000, file)
	}
}

// The tables have the computed numbers: the test computes a part of the grid, and some simulations
// in full.
func TestTheTablesOfTheTrustPageAreWhatIsComputed(t *testing.T) {
	committed := committedTrust(t)
	assert.Equal(t, trust.Loads, committed.Map.Loads)
	assert.Equal(t, trust.KeepAlives, committed.Map.KeepAlives)
	assert.Equal(t, trust.Ratios, committed.Map.Ratios)
	require.Len(t, committed.Map.Points, len(trust.Loads)*len(trust.KeepAlives)*len(trust.Ratios))

	loads := []float64{0.01, 0.1, 1}
	if testing.Short() {
		loads = loads[:1]
	}
	options := trust.Options{Loads: loads, KeepAlives: []float64{1, 10, 100, 10000}}
	computed, err := trust.Solve(context.Background(), options)
	require.NoError(t, err)
	checked := 0
	for _, p := range computed.Points {
		i := slices.IndexFunc(committed.Map.Points, func(q trust.Point) bool {
			return p.Load == q.Load && p.KeepAlive == q.KeepAlive && p.Ratio == q.Ratio
		})
		require.GreaterOrEqual(t, i, 0)
		q := committed.Map.Points[i]
		require.Equal(t, p.Exact == nil, q.Exact == nil, "%+v", p)
		for variant, of := range p.Deviation {
			for metric, deviation := range of {
				assert.InDelta(t, deviation, q.Deviation[variant][metric], 1e-7+1e-5*math.Abs(deviation), "%s %s %+v", variant, metric, p)
				assert.InEpsilon(t, p.Exact[metric], q.Exact[metric], 1e-5)
				checked++
			}
		}
	}
	assert.Equal(t, (len(computed.Points)-computed.LeftOut())*2*len(trust.Metrics), checked)

	tests.Slow(t)
	require.Len(t, committed.Scaling, len(trust.ScalingLoads)*len(trust.ScalingTargets))
	scaled, err := trust.SimulateScaling(context.Background(), trust.ScalingOptions{Loads: []float64{1, 10}, Targets: []float64{0.7}, Seed: 1})
	require.NoError(t, err)
	for _, p := range scaled {
		i := slices.IndexFunc(committed.Scaling, func(q trust.ScalingPoint) bool { return p.Load == q.Load && p.Target == q.Target })
		require.GreaterOrEqual(t, i, 0)
		assert.InEpsilon(t, p.Model, committed.Scaling[i].Model, 1e-5)
		assert.InEpsilon(t, p.Simulated.Mean, committed.Scaling[i].Simulated.Mean, 1e-5)
	}
	require.Len(t, committed.Laws, len(trust.LawPoints)*len(trust.ServiceLaws))
	simulated, err := trust.SimulateLaws(context.Background(), trust.LawOptions{
		Points: trust.LawPoints[:1], Laws: []trust.ServiceLaw{trust.ServiceLaws[0], trust.ServiceLaws[5]}, Seed: 1,
	})
	require.NoError(t, err)
	for i, of := range map[int]int{0: 0, 1: 5} {
		l, q := simulated[i], committed.Laws[of]
		require.Equal(t, []any{l.Law, l.Requests, l.Point.Load, l.Point.KeepAlive, l.Point.Ratio}, []any{q.Law, q.Requests, q.Point.Load, q.Point.KeepAlive, q.Point.Ratio})
		for metric, e := range l.Shift {
			assert.InDelta(t, e.Mean, q.Shift[metric].Mean, 1e-6, "%s %s", l.Law, metric)
			assert.InDelta(t, e.HalfWidth, q.Shift[metric].HalfWidth, 1e-6, "%s %s", l.Law, metric)
		}
	}
}

// The words of the page agree with its numbers.
func TestTheWordsOfTheTrustPageHold(t *testing.T) {
	r := committedTrust(t)
	for _, p := range r.Scaling {
		if !p.Doubted {
			assert.LessOrEqual(t, math.Abs(p.Deviation.Mean), 0.02+p.Deviation.HalfWidth, "%+v", p)
		}
	}
	m := r.Map
	for _, variant := range trust.Variants {
		for _, tolerance := range tolerances {
			first := m.FirstOut(variant, tolerance)[0]
			assert.Equal(t, "cold_start_probability", first.Metric, "suffers first")
			assert.Greater(t, first.Share, 0.8)
		}
		assert.Less(t, m.Within(variant, "cold_start_probability", 0.05), 0.3)
		assert.Greater(t, m.Beyond(variant, "cold_start_probability", 0.05, leastArrivals), 100.0, "a longer keep-alive does not heal it")
		assert.LessOrEqual(t, m.Beyond(variant, "instances", 0.2, leastArrivals), 5.0)
		assert.LessOrEqual(t, m.Beyond(variant, "idle", 0.2, leastArrivals), 5.0)
	}
	assert.LessOrEqual(t, m.Beyond(model.Original, "instances", 0.05, leastArrivals), 20.0)
	assert.LessOrEqual(t, m.Beyond(model.Original, "idle", 0.05, leastArrivals), 20.0)
	assert.Greater(t, m.Beyond(model.Modified, "idle", 0.05, leastArrivals), 100.0, "no such rule holds for the modified one")
	for _, metric := range []string{"instances", "idle"} {
		assert.Less(t, longSpread(m, metric, 0).ModifiedCloser, 0.2, metric)
		assert.Less(t, longSpread(m, metric, 1).ModifiedCloser, 0.2, metric)
		assert.Greater(t, longSpread(m, metric, 2).ModifiedCloser, 0.7, "%s: the modified SMP is closer at large loads", metric)
		for band := range loadBands {
			assert.Less(t, longSpread(m, metric, band).Median[0], 0.0, "%s: the original has too few", metric)
			assert.Greater(t, longSpread(m, metric, band).Median[1], 0.0, "%s: the modified one has more", metric)
		}
	}
	for band := range loadBands {
		s := longSpread(m, "cold_start_probability", band)
		assert.Less(t, s.ModifiedCloser, 0.1, "and farther on the cold start probability")
		assert.Less(t, s.Median[1], 0.0)
	}
	for _, p := range m.Points {
		if p.Exact != nil {
			assert.True(t, !p.Long() || p.Deviation["smp-modified"]["instances"] > p.Deviation["smp"]["instances"], "more instances: %+v", p)
			assert.LessOrEqual(t, p.Deviation["smp-modified"]["cold_start_probability"], p.Deviation["smp"]["cold_start_probability"], "fewer cold starts: %+v", p)
		}
	}
	for _, l := range r.Laws {
		for _, metric := range []string{"cold_start_probability", "instances", "idle"} {
			e := l.Shift[metric]
			assert.Less(t, e.HalfWidth, 0.015, "%s %s", l.Law, metric)
			if l.Law == "exponential" {
				assert.Less(t, math.Abs(e.Mean), 2*e.HalfWidth, "the control: %s at %+v", metric, l.Point)
			}
			if l.Law == "constant" && l.Point.KeepAlive == 1 && metric == "cold_start_probability" {
				assert.Greater(t, e.Mean, e.HalfWidth, "regular service makes cold starts more frequent")
			}
			if l.Law == "hyperexponential(cv=3)" && l.Point.KeepAlive == 100 && metric == "idle" {
				assert.Less(t, e.Mean, 0.0, "variable service takes idle instances away")
			}
		}
	}
}

func TestTrustFiguresAreValidImages(t *testing.T) {
	tests.Slow(t)
	m, err := trust.Solve(context.Background(), trust.Options{Loads: []float64{0.1, 5}, KeepAlives: []float64{0.2, 10, 1000}, Ratios: []float64{3, 30}, Work: 3e6})
	require.NoError(t, err)
	require.Positive(t, m.LeftOut(), "a cell without an exact value is drawn too")
	figures := figures()
	require.Len(t, figures, 6)
	for _, f := range figures {
		var image, again, vector bytes.Buffer
		require.NoError(t, f.Write(&image, m, chart.PNG))
		require.NoError(t, f.Write(&again, m, chart.PNG))
		assert.Equal(t, image.Bytes(), again.Bytes())
		decoded, err := png.Decode(&image)
		require.NoError(t, err)
		assert.Greater(t, decoded.Bounds().Dx(), 300)

		require.NoError(t, f.Write(&vector, m, chart.SVG))
		assert.Contains(t, vector.String(), "sans-serif")
		assert.Contains(t, vector.String(), words.MetricNoun(f.metric))
		decoder := xml.NewDecoder(&vector)
		for {
			_, err := decoder.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			require.NoError(t, err)
		}
	}
	assert.Error(t, figures[0].Write(io.Discard, m, "gif"))
}

func TestDeviationsHaveTheColourOfTheirSizeAndSign(t *testing.T) {
	for deviation, class := range map[float64]int{0: 4, 0.01: 4, -0.01: 4, 0.02: 5, -0.02: 3, 0.2: 6, -0.21: 1, 0.51: 8, -0.51: 0, 9: 8} {
		assert.Equal(t, class, deviationClass(deviation), deviation)
	}
	for deviation, text := range map[float64]string{0: "0", -0.0004: "0", 0.0123: "+1.2", -0.0994: "−9.9", 0.0996: "+10", 21.7: "+2170"} {
		assert.Equal(t, text, format.SignedPercent(deviation))
	}
}

// A file appears as a whole or not at all.
func TestWriteFileIsAtomic(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	require.NoError(t, outfile.Write(path, func(w io.Writer) error { _, err := io.WriteString(w, "first"); return err }))
	coded := new(exit.Error)
	err := outfile.Write(path, func(w io.Writer) error { _, _ = io.WriteString(w, "second"); return errors.New("no more") })
	require.ErrorAs(t, err, &coded)
	assert.Equal(t, exit.IO, coded.Code)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, "first", string(text))
	entries, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	assert.Len(t, entries, 1)
}

// With few points the panels are too narrow for a label each: all share one.
func TestTheTitlesOfNarrowMapsDoNotOverlap(t *testing.T) {
	for points, want := range map[int]int{2: 1, 6: 1, 20: 3} {
		m := &trust.Map{Loads: SpreadOver(trust.Loads, points), KeepAlives: SpreadOver(trust.KeepAlives, points), Ratios: SpreadOver(trust.Ratios, points)}
		m.Points = make([]trust.Point, len(m.Loads)*len(m.KeepAlives)*len(m.Ratios))
		var svg bytes.Buffer
		require.NoError(t, figures()[0].Write(&svg, m, chart.SVG))
		assert.Equal(t, want, strings.Count(svg.String(), loadWords), "%d points", points)
	}
}

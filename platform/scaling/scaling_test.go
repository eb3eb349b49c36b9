package scaling

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/sim"
)

// decisionRows reads records and decisions that Knative's own code agrees with.
func decisionRows(t *testing.T) []map[string]string {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "..", "..", "shared", "specs", "scaling", "kpa_decisions.csv"))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("without the file of Knative's decisions")
	}
	require.NoError(t, err)
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	var rows []map[string]string
	for _, record := range records[1:] {
		row := map[string]string{}
		for i, cell := range record {
			row[records[0][i]] = cell
		}
		rows = append(rows, row)
	}
	return rows
}

func parse(t *testing.T, text string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(text, 64)
	require.NoError(t, err)
	return x
}

func TestDecisionsAreKnatives(t *testing.T) {
	var stable, panics Window
	var decider Decider
	last, decided, panicking, without := "", 0, 0, 0
	for i, row := range decisionRows(t) {
		if row["case"] != last {
			last = row["case"]
			rule := Knative(parse(t, row["target"]))
			rule.Window, rule.PanicWindow = int(parse(t, row["window_s"])), int(parse(t, row["panic_window_s"]))
			rule.PanicThreshold, rule.MaxUp, rule.MaxDown = parse(t, row["panic_threshold"]), parse(t, row["max_up"]), parse(t, row["max_down"])
			rule.DownDelay, rule.Activation = sim.FromSeconds(parse(t, row["down_delay_s"])), int(parse(t, row["activation"]))
			weighted := row["weighted"] == "1"
			stable, panics = NewWindow(rule.Window, weighted), NewWindow(rule.PanicWindow, weighted)
			decider = NewDecider(rule, int(parse(t, row["ready_at_start"])), 0)
		}
		at := parse(t, row["t_s"])
		second := int64(at)
		if row["op"] == "record" {
			stable.Record(second, parse(t, row["value_or_ready"]))
			panics.Record(second, parse(t, row["value_or_ready"]))
			continue
		}
		where := fmt.Sprintf("row %d", i+2)
		if row["stable"] == "no data" || row["desired"] == "no data" || row["desired"] == "" {
			without++
			require.True(t, stable.Empty(second), where)
			continue
		}
		require.False(t, stable.Empty(second), where)
		load := Load{Stable: stable.Average(second), Panic: panics.Average(second), Ready: int(parse(t, row["value_or_ready"]))}
		require.InDelta(t, parse(t, row["stable"]), load.Stable, 2e-6, where)
		require.InDelta(t, parse(t, row["panic"]), load.Panic, 2e-6, where)
		d := decider.Decide(sim.FromSeconds(at), load)
		require.Equal(t, row["desired"], strconv.Itoa(d.Desired), where)
		require.Equal(t, row["panicking"], strconv.FormatBool(d.Panicking), where)
		decided++
		if d.Panicking {
			panicking++
		}
	}
	t.Logf("%d decisions, %d in panic; %d times no data", decided, panicking, without)
	assert.Equal(t, 280, decided)
	assert.Equal(t, 121, panicking)
}

// The table of the HorizontalPodAutoscaler, by hand.
func TestTheDecisionsOfAnHPA(t *testing.T) {
	value := Kubernetes(0.5)
	value.AverageValue = true
	behavior := value
	behavior.Behavior = true
	core := value
	core.Target = 0.8
	for _, c := range []struct {
		name                     string
		rule                     Rule
		replicas, starting, want int
		usage                    float64 // of each ready instance
	}{
		{"ceil(1.8 × 3)", value, 3, 0, 6, 0.90},
		{"at most 4", value, 1, 0, 4, 5},
		{"at most twice as many", value, 4, 0, 8, 2},
		{"at most twice as many, again", value, 8, 0, 16, 1},
		{"with a behavior block, four more", behavior, 1, 0, 5, 5},
		{"with a behavior block, twice as many", behavior, 5, 0, 10, 2},
		{"with a behavior block, twice as many again", behavior, 10, 0, 20, 1},
		{"within the tolerance below", value, 4, 0, 4, 0.46},
		{"within the tolerance above", value, 4, 0, 4, 0.54},
		{"above the tolerance", value, 4, 0, 5, 0.56},
		{"starting ones as idle: ratio 0.95", value, 4, 2, 4, 0.95},
		{"starting ones as idle: ratio 1.4 of 4", value, 4, 2, 6, 1.4},
		{"a load of 3.3 cores from 1", core, 1, 0, 4, 3.3},
		{"a load of 3.3 cores from 2", core, 2, 0, 4, 3.3 / 2},
		{"a load of 3.3 cores from 3", core, 3, 0, 5, 3.3 / 3},
		{"a load of 3.3 cores from 4", core, 4, 0, 4, 3.3 / 4},
		{"a load of 3.3 cores from 5", core, 5, 0, 5, 3.3 / 5},
		{"120.9 % is 120 %", Kubernetes(0.8), 10, 0, 15, 1.209},
		{"1.209 cores are not truncated", core, 10, 0, 16, 1.209},
		{"87 % is within the tolerance", Kubernetes(0.8), 3, 0, 3, 0.879},
		{"88/80 is farther from 1 than 0.1 as a binary number", Kubernetes(0.8), 3, 0, 4, 0.88},
	} {
		d := NewDecider(c.rule, 0, 0)
		ready := c.replicas - c.starting
		got := d.Decide(0, Load{Stable: c.usage * float64(ready), Ready: ready, Starting: c.starting})
		assert.Equal(t, c.want, got.Desired, c.name)
	}
	d := NewDecider(value, 0, 0)
	for at := sim.Time(0); at <= 330*sim.Second; at += 15 * sim.Second {
		want := 10
		if at > 300*sim.Second {
			want = 2
		}
		assert.Equal(t, want, d.Decide(at, Load{Stable: 1, Ready: 10}).Desired, "stabilized at %v", at)
	}
	d = NewDecider(value, 0, 0)
	assert.Zero(t, d.Decide(0, Load{}).Desired, "it does not scale from zero")
	d = NewDecider(behavior, 0, 0)
	assert.Equal(t, 5, d.Decide(0, Load{Stable: 5, Ready: 1}).Desired)
	assert.Equal(t, 5, d.Decide(5*sim.Second, Load{Stable: 10, Ready: 5}).Desired, "four more in 15 s were added already")
	assert.Equal(t, 10, d.Decide(15*sim.Second, Load{Stable: 10, Ready: 5}).Desired)
}

// naiveAverage is the linear average by its definition, over all records.
func naiveAverage(records map[int64]float64, second, size int64) (average float64, empty bool) {
	first, last, found := int64(0), int64(0), false
	for s := int64(0); s <= second; s++ { // the first record since a gap of a whole window
		if _, ok := records[s]; ok {
			if !found || s-last >= size {
				first = s
			}
			last, found = s, true
		}
	}
	if !found || second-last > size {
		return 0, true
	}
	if second-last >= size {
		return 0, false
	}
	sum := 0.0
	for s := max(0, second-size+1); s <= second; s++ {
		sum += records[s]
	}
	return sum / float64(min(last-first+1, size-(second-last))), false
}

func TestAWindowIsItsDefinition(t *testing.T) {
	for seed := range uint64(40) {
		rng := rand.New(rand.NewPCG(seed, 0))
		size := []int64{1, 2, 6, 60}[rng.IntN(4)]
		w, records, second := NewWindow(int(size), false), map[int64]float64{}, int64(0)
		for range 200 {
			second += int64([]int{0, 1, 1, 1, 2, int(size), int(size) + 1, 3 * int(size)}[rng.IntN(8)])
			want, empty := naiveAverage(records, second, size)
			require.Equal(t, empty, w.Empty(second))
			if !empty {
				require.Equal(t, second <= w.Until(), true)
			}
			require.InDelta(t, want, w.Average(second), 1e-6, "seed %d at %d", seed, second)
			if rng.IntN(3) > 0 {
				value := float64(rng.IntN(5)) * rng.Float64()
				w.Record(second, value)
				records[second] += value
			}
		}
	}
}

// naiveDelayed is the rule of the delays over a list of all decisions.
func naiveDelayed(slots []int64, decisions []int, up, down, last int64) int64 {
	now := slots[len(slots)-1]
	fewest, most := int64(math.MaxInt64), int64(0)
	for i, slot := range slots {
		if slot > now-max(up, 1) && (up > 0 || i == len(slots)-1) {
			fewest = min(fewest, int64(decisions[i]))
		}
		if slot > now-max(down, 1) && (down > 0 || i == len(slots)-1) {
			most = max(most, int64(decisions[i]))
		}
	}
	return min(max(last, fewest), most)
}

func TestDelaysAreExtremesOfTheLastDecisions(t *testing.T) {
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 0))
		rule := Knative(1)
		rule.PanicWindow, rule.MaxDown = 0, math.Inf(1)
		up, down := rng.Int64N(4), rng.Int64N(6)
		rule.UpDelay, rule.DownDelay = 2*sim.Second*sim.Time(up), 2*sim.Second*sim.Time(down)
		d := NewDecider(rule, 0, 0)
		var slots []int64
		var decisions []int
		last := int64(0)
		now := sim.Time(0)
		for i := range 60 {
			now += sim.Time(rng.IntN(3)) * sim.Second
			slots, decisions = append(slots, int64(now/rule.Every)), append(decisions, rng.IntN(8))
			if i == 0 {
				last = int64(decisions[0])
			}
			last = naiveDelayed(slots, decisions, up, down, last)
			got := d.Decide(now, Load{Stable: float64(decisions[i]), Ready: 3})
			require.EqualValues(t, last, got.Desired, "seed %d, decision %d", seed, i)
			if up == 0 {
				require.GreaterOrEqual(t, got.Desired, decisions[i])
			}
		}
	}
}

// With a tolerance nothing changes near the target, and the floor is allowed however few are ready.
func TestToleranceAndFloor(t *testing.T) {
	rule := Knative(10)
	rule.PanicWindow, rule.Tolerance, rule.MaxUp, rule.MaxUpFloor, rule.MaxDown = 0, 0.1, 2, 4, math.Inf(1)
	for _, c := range []struct {
		stable      float64
		ready, want int
	}{{43.9, 4, 4}, {44.1, 4, 5}, {36.1, 4, 4}, {35.9, 4, 4}, {29, 4, 3}, {1000, 1, 4}, {1000, 3, 6}, {0, 5, 0}, {3, 0, 1}} {
		d := NewDecider(rule, 0, 0)
		assert.Equal(t, c.want, d.Decide(0, Load{Stable: c.stable, Ready: c.ready}).Desired, "%v", c)
	}
}

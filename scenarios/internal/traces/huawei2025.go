package traces

import (
	"fmt"
	"path/filepath"
	"slices"

	"faaslab/dist"
	"faaslab/dist/trace"
	"faaslab/sim/random"
)

const huawei2025Format = "huawei2025"

// mostSampled is how many start-ups of a function are kept: enough for its quantiles.
const mostSampled = 1000

// Huawei2025 reads a region of a folder, as its description (README_data_release_2025.md) has it:
// requests from per_request and start-ups from cold_start.
func Huawei2025(path, shown string, o Options) (*Trace, error) {
	s := &source{path: path, shown: shown, options: o}
	names, err := s.tables("per_request")
	if err != nil {
		return nil, err
	}
	unmeasured := int64(0)
	u := &rowReader{relative: true, memory: func(_ int, r *trace.Row) int64 {
		switch {
		case o.Memory > 0:
			return o.Memory
		case r.Memory > 0:
			return int64(r.Memory)
		}
		unmeasured++
		return constantMemory
	}}
	t, err := s.readRows(huawei2025Format, names, trace.Options{}, u)
	if err != nil {
		return nil, err
	}
	if err := s.checkNotEmpty(t); err != nil {
		return nil, err
	}
	s.note("%s", t.describe(shown+", region "+o.Region, "function"))
	if err := s.startups(t); err != nil {
		return nil, err
	}
	t.Files = s.files
	s.note("time 0 is the arrival of the first request")
	s.noteCount(u.short, "1 request has a duration of 0, and takes 1ms", "%d requests have a duration of 0, and take 1ms")
	s.noteCount(u.unsorted, "1 request arrives before the one above it in its file, and is put into order", "%d requests arrive before the one above them in their file, and are put into order")
	s.noteCount(u.sameMoment, "1 request arrives at the moment of the one above it, and after it", "%d requests arrive at the moment of the one above them, and after it")
	s.noteCount(unmeasured, fmt.Sprintf("no memory in the name of the pool of 1 function: each instance has %dMB", constantMemory), "no memory in the name of the pool of %d functions: each instance has "+fmt.Sprintf("%dMB", constantMemory))
	s.leftOut(map[string]string{noFrontend: "nothing needs them"})
	t.Notes = s.notes
	return t, nil
}

// noFrontend is a remark of dist/trace.
const noFrontend = "a request without the frontend's columns"

// tables returns the files of a table of the region.
func (s *source) tables(table string) (names []string, err error) {
	folder := ""
	for _, above := range []string{"cold_start_dataset", ""} {
		folder = filepath.Join(above, table, s.options.Region)
		if names, err = s.list(folder); err == nil {
			break
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%w; want the folder of Huawei's trace of 2025, with cold_start_dataset/%s/%s", err, table, s.options.Region)
	}
	for i, name := range names {
		names[i] = filepath.Join(folder, name)
	}
	names = slices.DeleteFunc(names, func(name string) bool { return !isTable(name) })
	if names == nil {
		return nil, fmt.Errorf("%s has no .csv file; want those of Huawei's trace of 2025", filepath.Join(s.path, folder))
	}
	return names, nil
}

// isTable reports whether a file is a table by its name.
func isTable(name string) bool {
	for _, end := range []string{".csv", ".csv.gz", ".csv.zst"} {
		if len(name) > len(end) && name[len(name)-len(end):] == end {
			return true
		}
	}
	return false
}

// A reservoir is a random sample of start-ups, in seconds.
type reservoir struct {
	kept []float64
	seen int
}

func (r *reservoir) add(x float64, g *random.Generator) {
	r.seen++
	if len(r.kept) < mostSampled {
		r.kept = append(r.kept, x)
	} else if i := g.IntN(r.seen); i < mostSampled {
		r.kept[i] = x
	}
}

// law returns the law of the sample's quantiles; nil without a sample.
func (r *reservoir) law() dist.Distribution {
	if len(r.kept) == 0 {
		return nil
	}
	slices.Sort(r.kept)
	n := min(len(r.kept), 101)
	if r.kept[0] == r.kept[len(r.kept)-1] {
		return dist.Constant{Value: r.kept[0]}
	}
	points := make([]dist.QuantilePoint, n)
	for i := range points {
		p := float64(i) / float64(n-1)
		points[i] = dist.QuantilePoint{Probability: p, Value: r.kept[int(p*float64(len(r.kept)-1)+0.5)]}
	}
	law, err := dist.NewQuantiles(points)
	if err != nil {
		panic(err) // ordered values at ordered probabilities
	}
	return law
}

// startups gives the functions the start-ups of their cold starts.
func (s *source) startups(t *Trace) error {
	names, err := s.tables("cold_start")
	if err != nil {
		return err
	}
	place := map[string]int{}
	for i, f := range t.Functions {
		place[f.Name] = i
	}
	var all reservoir
	each := make([]reservoir, len(t.Functions))
	g := random.Stream(0, 0, "start-ups")
	starts, others := int64(0), int64(0)
	for _, name := range names {
		if err := s.each(huawei2025Format, name, trace.Options{}, func(r *trace.Row, _ *trace.Reader) error {
			if r.Kind != trace.ColdStart {
				return fmt.Errorf("%s, line %d: no cold starts; want those of the folder cold_start", filepath.Join(s.path, name), r.Line)
			}
			startup := float64(max(r.Startup, least)) / 1e9
			if i, ok := place[s.log.Functions[r.Function]]; ok {
				each[i].add(startup, &g)
				all.add(startup, &g)
				starts++
			} else {
				others++
			}
			return nil
		}); err != nil {
			return err
		}
	}
	lacking := int64(0)
	for i := range t.Functions {
		if t.Functions[i].Startup = each[i].law(); t.Functions[i].Startup == nil {
			lacking++
		}
	}
	s.note("a start-up has the quantiles of the function's own cold starts, %d in all", starts)
	s.noteCount(others, "1 cold start is of a function without requests here", "%d cold starts are of functions without requests here")
	if lacking == 0 {
		return nil
	}
	law := all.law()
	for i := range t.Functions {
		if t.Functions[i].Startup == nil {
			t.Functions[i].Startup = law
		}
	}
	if law == nil {
		s.note("no cold start of any function: container.startup is that of all")
		return nil
	}
	s.noteCount(lacking, "no cold start of 1 function: its start-ups are those of all others", "no cold start of %d functions: their start-ups are those of all others")
	return nil
}

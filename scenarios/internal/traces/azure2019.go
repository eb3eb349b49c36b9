package traces

import (
	"fmt"
	"hash/maphash"
	"maps"
	"math"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"faaslab/dist"
	"faaslab/dist/trace"
	"faaslab/sim"
)

// files of the trace of Azure Functions of 2019, one of each kind a day.
var azureFile = regexp.MustCompile(`^(invocations_per_function_md|function_durations_percentiles|app_memory_percentiles)\.anon\.d(\d\d)\.csv(\.gz|\.zst)?$`)

const (
	invocationsFile = "invocations_per_function_md"
	durationsFile   = "function_durations_percentiles"
	memoryFile      = "app_memory_percentiles"
	azureFormat     = "azure2019"
)

// dayDurations are what a file of durations says of a function on one day.
type dayDurations struct {
	average, count int64
	points         [len(percents)]int64
	whole          bool // all points are there
}

// azure2019 is the trace of Azure Functions of 2019 being read.
type azure2019 struct {
	collector
	files map[string]map[int]string // by kind and day
	seed  maphash.Seed
	first int64 // minutes: what is taken
	end   int64
	day   int
	today map[int32]*dayDurations // by index in the log
	// What the notes count.
	missingRequests            int64
	zeroAverage, unequalCounts map[*function]bool
	sumAverage, sumDrawn       float64 // ns, over the requests of weighed
	weighed                    int64
}

// Azure2019 reads the trace of a folder as its description (AzureFunctionsDataset2019.md) has it.
func Azure2019(path, shown string, o Options) (*Trace, error) {
	a := &azure2019{collector: collector{s: &source{path: path, shown: shown, options: o}, slot: trace.Minute}, files: map[string]map[int]string{}, seed: maphash.MakeSeed(),
		zeroAverage: map[*function]bool{}, unequalCounts: map[*function]bool{}}
	days, err := a.days()
	if err != nil {
		return nil, err
	}
	if a.first, a.end, err = a.slots(int64(days[0]-1) * 1440); err != nil {
		return nil, err
	}
	for _, a.day = range days {
		if a.files[invocationsFile][a.day] == "" {
			continue
		}
		if err := a.readDay(); err != nil {
			return nil, err
		}
	}
	return a.finish(days)
}

// days returns the days that are asked for, and notes which files are missing.
func (a *azure2019) days() ([]int, error) {
	names, err := a.s.list("")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if found := azureFile.FindStringSubmatch(name); found != nil {
			day, _ := strconv.Atoi(found[2])
			if a.files[found[1]] == nil {
				a.files[found[1]] = map[int]string{}
			}
			if a.files[found[1]][day] == "" { // not compressed and compressed
				a.files[found[1]][day] = name
			}
		}
	}
	there := slices.Sorted(maps.Keys(a.files[invocationsFile]))
	if there == nil {
		has := "is empty"
		if len(names) > 0 {
			has = "has " + strings.Join(names[:min(3, len(names))], ", ")
			if len(names) > 3 {
				has += " …"
			}
		}
		return nil, fmt.Errorf("%s has no file of invocations of Azure's trace of 2019, and %s; want files such as %s.anon.d01.csv", a.s.path, has, invocationsFile)
	}
	if there[0] == 0 {
		return nil, fmt.Errorf("%s: the days of the trace begin with 01", a.files[invocationsFile][0])
	}
	asked := Days{there[0], there[len(there)-1]}
	if a.s.options.Days != nil {
		asked = *a.s.options.Days
	}
	var days []int
	missing := map[string][]int{}
	any := false
	for day := asked.First; day <= asked.Last; day++ {
		days = append(days, day)
		any = any || a.files[invocationsFile][day] != ""
		for _, kind := range []string{invocationsFile, durationsFile, memoryFile} {
			if a.files[kind][day] == "" && (kind == invocationsFile || a.files[invocationsFile][day] != "") {
				missing[kind] = append(missing[kind], day)
			}
		}
	}
	if !any {
		return nil, fmt.Errorf("%s has no invocations of %s; want some of %s", a.s.path, asked, listDays(there))
	}
	if d := missing[invocationsFile]; d != nil {
		a.s.note("no file of invocations for %s: nothing arrives then", listDays(d))
	}
	if d := missing[durationsFile]; d != nil {
		a.s.note("no file of durations for %s", listDays(d))
	}
	if d := missing[memoryFile]; d != nil && a.s.options.Memory == 0 {
		a.s.note("no file of memory for %s: an app's memory is that of the first day that has it", listDays(d))
	}
	return days, nil
}

// listDays writes days, such as day 3 or days 3, 5.
func listDays(days []int) string {
	texts := make([]string, len(days))
	for i, d := range days {
		texts[i] = strconv.Itoa(d)
	}
	if len(days) == 1 {
		return "day " + texts[0]
	}
	return "days " + strings.Join(texts, ", ")
}

// readDay reads the files of one day.
func (a *azure2019) readDay() error {
	a.today = map[int32]*dayDurations{}
	if name := a.files[durationsFile][a.day]; name != "" {
		if err := a.s.each(azureFormat, name, trace.Options{}, a.durationsRow); err != nil {
			return err
		}
	}
	if name := a.files[memoryFile][a.day]; name != "" && a.s.options.Memory == 0 {
		if err := a.s.each(azureFormat, name, trace.Options{}, a.memoryRow); err != nil {
			return err
		}
	}
	if err := a.s.each(azureFormat, a.files[invocationsFile][a.day], trace.Options{}, a.invocationsRow); err != nil {
		return err
	}
	for index, d := range a.today {
		if int(index) >= len(a.of) || a.of[index] == nil {
			continue
		}
		if f := a.of[index]; f.day == a.day && f.today != d.count {
			a.unequalCounts[f] = true
		}
	}
	return nil
}

// wrongKind is the error of a file whose columns are those of another.
func (a *azure2019) wrongKind(r *trace.Row, kind string) error {
	return &dist.RowError{File: filepath.Join(a.s.path, a.files[kind][a.day]), Line: int(r.Line), Message: "the columns are those of another file of the trace; want those of " + kind}
}

func (a *azure2019) durationsRow(r *trace.Row, reader *trace.Reader) error {
	if r.Kind != trace.Quantiles {
		return a.wrongKind(r, durationsFile)
	}
	if !a.s.sampled(appOf(a.s.log.Functions[r.Function])) {
		return nil
	}
	d := &dayDurations{average: r.Service, count: r.Count}
	found := 0
	for _, q := range reader.Quantiles() {
		for i, p := range percents {
			if math.Abs(q.Probability-p) < 1e-9 {
				d.points[i] = q.Value
				found++
			}
		}
	}
	d.whole = found == len(percents)
	a.today[r.Function] = d
	return nil
}

func (a *azure2019) memoryRow(r *trace.Row, _ *trace.Reader) error {
	if r.Kind != trace.Memory {
		return a.wrongKind(r, memoryFile)
	}
	name := appOf(a.s.log.Functions[r.Function])
	if !a.s.sampled(name) {
		return nil
	}
	mb := int64(r.Memory)
	if a.s.options.Peak && r.MemoryUsed > 0 {
		mb = int64(r.MemoryUsed)
	}
	if of := a.appNamed(name); of.memory == 0 {
		of.memory = mb
	}
	return nil
}

func (a *azure2019) invocationsRow(r *trace.Row, reader *trace.Reader) error {
	if r.Kind != trace.Count {
		return a.wrongKind(r, invocationsFile)
	}
	f := a.at(r.Function)
	if f == nil {
		return nil
	}
	minute := r.Time / trace.Minute
	if f.day != a.day {
		f.day, f.today = a.day, 0
		f.days++
		if label := maphash.Bytes(a.seed, reader.Label()); f.days > 1 && label != f.label {
			f.relabel = true
		} else {
			f.label = label
		}
		a.serve(f, a.today[r.Function])
	}
	f.today += r.Count
	if minute < a.first || minute >= a.end {
		return nil
	}
	if f.requests > 0 && minute < f.slots { // of the day before, whose file has more minutes than a day
		a.s.log.LeaveOut(twiceInMinute, a.files[invocationsFile][a.day], r.Line, 1)
		return nil
	}
	a.count(f, minute, r.Count, -1)
	d := a.today[r.Function]
	if d == nil {
		a.missingRequests += r.Count
		return nil
	}
	a.weighed += r.Count
	a.sumAverage += float64(r.Count) * float64(d.average)
	a.sumDrawn += float64(r.Count) * meanOf(d.points[:])
	return nil
}

// serve gives a function the law of its durations on the present day.
func (a *azure2019) serve(f *function, d *dayDurations) {
	law := durations{from: int64(a.day-1) * 1440}
	switch kind := a.s.options.Durations; {
	case d == nil:
		f.lacks = true
		law.mu, law.sigma = fittedMu, fittedSigma
		if kind == Average {
			law = durations{from: law.from, value: fittedMedian}
		}
	case kind == Percentiles && d.whole:
		law.points = d.points[:]
	case kind == Lognormal && d.whole && d.average > max(d.points[3], least):
		median := float64(max(d.points[3], least)) / 1e9
		law.mu, law.sigma = math.Log(median), math.Sqrt(2*math.Log(float64(d.average)/1e9/median))
	case kind == Lognormal && d.whole:
		law.value = max(least, d.points[3])
	default:
		law.value = max(least, d.average)
	}
	if d != nil && d.average == 0 && d.points[len(percents)-1] > 0 {
		a.zeroAverage[f] = true
	}
	f.laws = append(f.laws, law)
}

// finish makes the trace of what was read.
func (a *azure2019) finish(days []int) (*Trace, error) {
	o, s := &a.s.options, a.s
	var lacking, partly, relabelled, unmeasured int64
	dropped, droppedRequests := int64(0), int64(0)
	kept := a.functions[:0]
	for _, f := range a.functions {
		if o.Drop && (f.lacks || o.Memory == 0 && f.app.memory == 0) {
			dropped++
			droppedRequests += f.requests
			f.app.functions--
			continue
		}
		kept = append(kept, f)
		if f.lacks {
			lacking++
		}
		if f.days < len(days) {
			partly++
		}
		if f.relabel {
			relabelled++
		}
	}
	a.functions = kept
	apps := int64(0)
	for _, of := range a.order {
		if of.functions == 0 {
			continue
		}
		apps++
		switch {
		case o.Memory > 0:
			of.memory = o.Memory * int64(of.functions)
			if !o.ByFunction {
				of.memory = o.Memory
			}
		case of.memory == 0:
			of.memory = medianMemory
			unmeasured++
		}
	}
	t := a.trace(a.first, o.Spread, true, false)
	t.Random = t.Random || o.Durations != Average
	t.Files = s.files
	if t.Requests == 0 && dropped > 0 {
		return nil, fmt.Errorf("%s: with missing=drop nothing is left, since %s with %s on %s have no durations or no memory; want missing=fit, or the files that say them", s.shown, plural(dropped, "function"), plural(droppedRequests, "request"), listRange(days))
	}
	if err := s.checkNotEmpty(t); err != nil {
		return nil, err
	}
	head := fmt.Sprintf("%s: %s with %s and %s, %s, from the beginning of day %d on", s.shown, plural(apps, "app"), plural(len(a.functions), "function"), plural(t.Requests, "request"), listRange(days), days[0])
	if o.From > 0 {
		head += fmt.Sprintf(" and %v", o.From)
	}
	if len(t.Functions) < len(a.functions) && o.Top > 0 {
		head = fmt.Sprintf("%s: the %d busiest of %s and %s; they have %s", s.shown, len(t.Functions), plural(apps, "app"), plural(len(a.functions), "function"), plural(t.Requests, "request"))
	}
	s.notes = slices.Insert(s.notes, 0, head)
	a.noteSpread(o)
	s.noteCount(dropped, "1 function without durations or memory is left out", "%d functions without durations or memory are left out")
	if dropped > 0 {
		s.noteCount(droppedRequests, "with it 1 request", "with them %d requests")
	}
	if lacking > 0 {
		fit := fmt.Sprintf("the lognormal law with µ = %v and σ = %v of ln(s) that Shahrad et al. (2020) fit to all functions", fittedMu, fittedSigma)
		if o.Durations == Average {
			fit = fmt.Sprintf("the median of the law that Shahrad et al. (2020) fit to all functions, %v", sim.Time(fittedMedian))
		}
		have := "have"
		if a.missingRequests == 1 {
			have = "has"
		}
		s.note("no durations of %s on a day when requests arrive: %s %s %s", plural(lacking, "function"), plural(a.missingRequests, "request"), have, fit)
	}
	s.noteCount(unmeasured, fmt.Sprintf("no memory of 1 app: it has %dMB, the median of Shahrad et al. (2020)", medianMemory), "no memory of %d apps: they have "+fmt.Sprintf("%dMB, the median of Shahrad et al. (2020)", medianMemory))
	if n := int64(len(a.zeroAverage)); n > 0 {
		s.noteCount(n, "the average duration of 1 function is 0, and its largest is not", "the average duration of %d functions is 0, and their largest is not")
	}
	if n := int64(len(a.unequalCounts)); n > 0 {
		s.noteCount(n, "the durations of 1 function are of another number of requests than its minutes have; its minutes hold", "the durations of %d functions are of another number of requests than their minutes have; the minutes hold")
	}
	s.noteCount(partly, "1 function has no request on some of the days", "%d functions have no request on some of the days")
	s.noteCount(relabelled, "the trigger of 1 function changes from one day to another; nothing depends on it", "the trigger of %d functions changes from one day to another; nothing depends on it")
	const first = "the first row holds"
	s.leftOut(map[string]string{"a second row of a function": first, "a second row of an app": first, "a second row of invocations of a function on a day": first})
	t.Notes = s.notes
	return t, nil
}

// noteSpread says what is drawn.
func (a *azure2019) noteSpread(o *Options) {
	switch o.Spread {
	case trace.Uniform:
		a.s.note("the requests of a minute are at uniform places in it")
	case trace.Even:
		a.s.note("the requests of a minute are in the middles of as many equal parts of it")
	default:
		a.s.note("the requests of a minute are at the beginnings of as many equal parts of it, so that all functions meet at its beginning")
	}
	if o.Durations == Percentiles && a.weighed > 0 {
		a.s.note("durations are drawn by their percentiles, with a mean of %s over all requests; the averages of the trace have %s",
			seconds(a.sumDrawn/float64(a.weighed)), seconds(a.sumAverage/float64(a.weighed)))
	}
	a.s.note("a duration is at least %v", sim.Time(least))
}

// seconds writes ns with three digits.
func seconds(ns float64) string { return fmt.Sprintf("%.3gs", ns/1e9) }

// listRange writes a range of days.
func listRange(days []int) string {
	if len(days) == 1 {
		return fmt.Sprintf("day %d", days[0])
	}
	return fmt.Sprintf("days %d to %d", days[0], days[len(days)-1])
}

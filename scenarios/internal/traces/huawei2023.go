package traces

import (
	"fmt"
	"maps"
	"math"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"

	"faaslab/dist/trace"
	"faaslab/sim"
)

const huawei2023Format = "huawei2023"

var huaweiDay = regexp.MustCompile(`^day_(\d+)\.csv(\.gz|\.zst)?$`)

// huawei2023 is a set of Huawei's traces of 2023 being read.
type huawei2023 struct {
	collector
	set        string // the folder of the set
	limits     []sums // by index in the log
	first, end int64  // minutes
	// What the notes count.
	lacking int64 // requests without a delay of their minute
	without map[*function]bool
	begin   int64 // minute of the first day that is taken
}

// sums are those of a function's memory and instances.
type sums struct{ memory, instances int64 }

// A delay is a function's mean delay of a minute, in the order of the minutes, as a file has it.
type delay struct{ minute, ns int64 }

// Huawei2023 reads one of the sets of a folder, as its description (README_data_release_2023.md) has it.
func Huawei2023(path, shown string, o Options) (*Trace, error) {
	h := &huawei2023{collector: collector{s: &source{path: path, shown: shown, options: o}, slot: trace.Minute}, set: "private_dataset", without: map[*function]bool{}}
	if o.Public {
		h.set = "public_dataset"
	}
	days, files, err := h.days("requests_minute")
	if err != nil {
		return nil, err
	}
	served := !o.Public
	if served {
		if _, _, err := h.days("function_delay_minute"); err != nil {
			return nil, err
		}
	}
	begun := false
	for i, name := range files {
		if err := h.readDay(days[i], name, served, &begun); err != nil {
			return nil, err
		}
	}
	return h.finish(days, served)
}

// days returns the days of a metric that are asked for, and their files.
func (h *huawei2023) days(metric string) (days []int, files []string, err error) {
	folder := filepath.Join(h.set, metric)
	names, err := h.s.list(folder)
	if err != nil {
		return nil, nil, fmt.Errorf("%w; want the folder of Huawei's trace of 2023, with %s", err, folder)
	}
	o := &h.s.options
	var there []int
	of := map[int]string{}
	for _, name := range names {
		found := huaweiDay.FindStringSubmatch(name)
		if found == nil {
			continue
		}
		day, _ := strconv.Atoi(found[1])
		there = append(there, day)
		if (o.Days == nil || day >= o.Days.First && day <= o.Days.Last) && of[day] == "" { // not compressed and compressed
			of[day] = filepath.Join(folder, name)
		}
	}
	for _, day := range slices.Sorted(maps.Keys(of)) {
		days, files = append(days, day), append(files, of[day])
	}
	switch {
	case there == nil:
		return nil, nil, fmt.Errorf("%s has no files day_….csv; want those of Huawei's trace of 2023", filepath.Join(h.s.path, folder))
	case days == nil:
		slices.Sort(there)
		return nil, nil, fmt.Errorf("%s has no file of %s; want some of %s", filepath.Join(h.s.path, folder), o.Days, Days{there[0], there[len(there)-1]})
	}
	return days, files, nil
}

// beside returns the file of a day of another metric, compressed or not; empty if there is none.
func (h *huawei2023) beside(day int, metric string) string {
	names, err := h.s.list(filepath.Join(h.set, metric))
	if err != nil {
		return ""
	}
	for _, name := range names {
		if found := huaweiDay.FindStringSubmatch(name); found != nil {
			if of, _ := strconv.Atoi(found[1]); of == day {
				return filepath.Join(h.set, metric, name)
			}
		}
	}
	return ""
}

// readDay reads the files of a day.
func (h *huawei2023) readDay(day int, name string, served bool, begun *bool) error {
	delays := map[int32][]delay{}
	o := trace.Options{Unit: h.s.options.DelayUnit, Limits: true}
	if served {
		if file := h.beside(day, "function_delay_minute"); file == "" {
			h.s.note("no file of function_delay_minute for day %d", day)
		} else if err := h.s.each(huawei2023Format, file, o, func(r *trace.Row, _ *trace.Reader) error {
			delays[r.Function] = append(delays[r.Function], delay{r.Time / trace.Minute, r.Service})
			return nil
		}); err != nil {
			return err
		}
		if h.s.options.Memory == 0 {
			if err := h.readMemory(day, o); err != nil {
				return err
			}
		}
	}
	at := map[int32]int{} // the place in the delays
	return h.s.each(huawei2023Format, name, o, func(r *trace.Row, _ *trace.Reader) error {
		minute := r.Time / trace.Minute
		if !*begun { // the first row with requests shows where its day begins
			h.begin = minute - minute%1440
			var err error
			if h.first, h.end, err = h.slots(h.begin); err != nil {
				return err
			}
			*begun = true
		}
		f := h.at(r.Function)
		if f == nil || minute < h.first || minute >= h.end {
			return nil
		}
		if f.requests > 0 && minute < f.slots {
			h.s.log.LeaveOut(twiceInMinute, name, r.Line, 1)
			return nil
		}
		service := int64(-1)
		if served {
			all, i := delays[r.Function], at[r.Function]
			for i < len(all) && all[i].minute < minute {
				i++
			}
			at[r.Function] = i
			service = 0 // none: filled in later
			if i < len(all) && all[i].minute == minute {
				service = max(least, all[i].ns)
			} else {
				h.lacking += r.Count
				h.without[f] = true
			}
		}
		h.count(f, minute, r.Count, service)
		return nil
	})
}

const twiceInMinute = "a minute that is not after those above it"

// readMemory reads the memory and the number of all instances of functions on a day.
func (h *huawei2023) readMemory(day int, o trace.Options) error {
	limit, instances := h.beside(day, memoryMetric), h.beside(day, instancesMetric)
	if limit == "" || instances == "" {
		h.s.note("no files of %s and %s for day %d", memoryMetric, instancesMetric, day)
		return nil
	}
	// Both are needed of a minute. Of most functions all minutes have both.
	type key struct {
		index  int32
		minute int64
	}
	total := map[key]int64{}
	err := h.s.each(huawei2023Format, limit, o, func(r *trace.Row, _ *trace.Reader) error {
		total[key{r.Function, r.Time / trace.Minute}] = r.Count
		return nil
	})
	if err != nil {
		return err
	}
	return h.s.each(huawei2023Format, instances, o, func(r *trace.Row, _ *trace.Reader) error {
		memory, ok := total[key{r.Function, r.Time / trace.Minute}]
		if !ok || r.Count == 0 {
			return nil
		}
		for len(h.limits) <= int(r.Function) {
			h.limits = append(h.limits, sums{})
		}
		h.limits[r.Function].memory += memory
		h.limits[r.Function].instances += r.Count
		return nil
	})
}

const (
	memoryMetric    = "memory_limit_minute"
	instancesMetric = "instances_minute"
)

// finish makes the trace of what was read.
func (h *huawei2023) finish(days []int, served bool) (*Trace, error) {
	s, o := h.s, &h.s.options
	var unmeasured int64
	fill := h.fill()
	for index, f := range h.of {
		if f == nil || f.requests == 0 {
			continue
		}
		f.memory = o.Memory
		if f.memory == 0 && index < len(h.limits) && h.limits[index].instances > 0 {
			l := h.limits[index]
			f.memory = max(1, int64(math.Round(float64(l.memory)/float64(l.instances))))
		}
		if f.memory == 0 {
			f.memory = constantMemory
			unmeasured++
		}
		if h.without[f] {
			f.fill(fill)
		}
	}
	t := h.trace(h.first, o.Spread, served, served)
	t.Files = s.files
	for i := range t.Functions {
		t.Functions[i].App = ""
	}
	if err := s.checkNotEmpty(t); err != nil {
		return nil, err
	}
	set := "private"
	if o.Public {
		set = "public"
	}
	s.notes = slices.Insert(s.notes, 0, t.describe(fmt.Sprintf("%s, the %s set, %s", s.shown, set, listRange(days)), "function"))
	if o.Spread == trace.Uniform {
		s.note("the requests of a minute are at uniform places in it")
	}
	for i := 1; i < len(days); i++ {
		if days[i] > days[i-1]+1 {
			s.note("no files between day %d and day %d: nothing arrives there", days[i-1], days[i])
		}
	}
	if o.Days != nil && (days[0] > o.Days.First || days[len(days)-1] < o.Days.Last) {
		s.note("of %s there are those from %d to %d", o.Days, days[0], days[len(days)-1])
	}
	if served {
		if o.DelayUnit == 0 {
			s.note("the trace does not say the unit of its delays: they are taken for ms")
		}
		s.note("each request takes the mean delay of its minute, at least %v", sim.Time(least))
		if h.lacking > 0 {
			s.note("no delay in the minute of %s of %s: they take the mean of the function's other minutes or, without any, %v, that of all functions", plural(h.lacking, "request"), plural(len(h.without), "function"), sim.Time(fill))
		}
	} else {
		s.note("the public set has no durations: container.warm is that of all functions")
	}
	switch {
	case o.Memory > 0:
	case unmeasured > 0:
		s.note("no memory of %s: each instance has %dMB", plural(unmeasured, "function"), constantMemory)
	}
	if names, err := s.list(filepath.Join(h.set, "requests_second")); err == nil && len(names) > 0 {
		s.note("requests_second is there, and not read: requests a minute are")
	}
	s.leftOut(map[string]string{emptyCell: "taken for nothing"})
	t.Notes = s.notes
	return t, nil
}

// emptyCell is a remark of dist/trace.
const emptyCell = "an empty cell: no request in that time, or no data"

// fill returns the mean delay of all requests that have one, ns.
func (h *huawei2023) fill() int64 {
	sum, n := 0.0, 0.0
	for _, f := range h.functions {
		s, k := f.served()
		sum, n = sum+s, n+k
	}
	if n == 0 {
		return fittedMedian
	}
	return int64(sum/n + 0.5)
}

// served returns the sum of the service times of the requests that have one, and their number.
func (f *function) served() (sum, n float64) {
	f.series.each(func(_, count, service int64) {
		if service > 0 {
			sum += float64(count) * float64(service)
			n += float64(count)
		}
	})
	return sum, n
}

// fill gives the slots without a service time the mean of the others or, without any, another one.
func (f *function) fill(otherwise int64) {
	if sum, n := f.served(); n > 0 {
		otherwise = int64(sum/n + 0.5)
	}
	before := f.series
	f.series = series{}
	before.each(func(slot, count, service int64) {
		if service == 0 {
			service = otherwise
		}
		f.series.add(slot, count, service)
	})
}

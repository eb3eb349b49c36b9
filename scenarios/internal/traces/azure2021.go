package traces

import (
	"fmt"
	"os"
	"path/filepath"

	"faaslab/dist/trace"
)

// Azure2021 reads the trace of Azure Functions of 2021, one file of single requests, as its
// description (AzureFunctionsInvocationTrace2021.md) has it.
func Azure2021(path, shown string, o Options) (*Trace, error) {
	s := &source{path: filepath.Dir(path), shown: filepath.Dir(shown), options: o}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return nil, fmt.Errorf("%s is a folder; want the file of the trace of 2021", path)
	}
	memory := int64(constantMemory)
	if o.Memory > 0 {
		memory = o.Memory
	}
	u := &rowReader{apps: true, memory: func(int, *trace.Row) int64 { return memory }}
	t, err := s.readRows("azure2021", []string{filepath.Base(path)}, trace.Options{}, u)
	if err != nil {
		return nil, err
	}
	s.shown = shown
	if err := s.checkNotEmpty(t); err != nil {
		return nil, err
	}
	t.Files = []string{shown}
	unit := "app"
	if o.ByFunction {
		unit = "function"
	}
	s.note("%s", t.describe(shown, unit))
	s.noteOrder(u)
	s.noteCount(u.short, "1 request has a duration of 0, and takes 1ms", "%d requests have a duration of 0, and take 1ms")
	s.noteCount(u.sameMoment, "1 request arrives at the moment of the one above it, and after it", "%d requests arrive at the moment of the one above them, and after it")
	s.noteCount(idsOfSeveralApps(s.log.Functions), "1 name of a function is in more than one app, and is another function in each", "%d names of functions are in more than one app, and are other functions in each")
	if o.Memory == 0 {
		s.note("the trace has no memory: each instance has %dMB", memory)
	}
	s.leftOut(map[string]string{negative: "they arrive at its beginning"})
	t.Notes = s.notes
	return t, nil
}

// noteOrder says in which order the rows stand.
func (s *source) noteOrder(u *rowReader) {
	s.noteCount(u.unsortedEnds, "1 request ends before the one above it: the order is that of arrivals, an end less its duration", "%d requests end before the one above them: the order is that of arrivals, an end less its duration")
	s.noteCount(u.unsorted, "1 request arrives before the one above it, and is put into order", "%d requests arrive before the one above them, and are put into order")
}

// idsOfSeveralApps counts the names of functions that are in more than one app.
func idsOfSeveralApps(names []string) (n int64) {
	apps := map[string]int{}
	for _, name := range names {
		id := name[min(len(name), len(appOf(name))+1):]
		if apps[id]++; apps[id] == 2 {
			n++
		}
	}
	return n
}

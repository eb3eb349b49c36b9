package reproduction

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"faaslab/cmd/faaslab/internal/measured"
	"faaslab/cmd/faaslab/internal/outfile"
	"faaslab/dist"
	"faaslab/platform"
	"faaslab/validate/thesis"
)

// ReadMeasured reads the measurement files of a directory; the name of a file is the name of its
// series. Files with other names are ignored, unless there are only such files.
func ReadMeasured(directory string) (map[string]measured.Measurements, error) {
	entries, err := os.ReadDir(directory)
	if err != nil {
		return nil, fmt.Errorf("--measured %s: cannot be read: %w; want a directory", directory, outfile.WithoutPath(err))
	}
	found := map[string]measured.Measurements{}
	for _, s := range thesis.AllSeries() {
		if s.Fitted || s.Replayed || s.Clocked {
			continue
		}
		name := s.Name + ".csv"
		if !slices.ContainsFunc(entries, func(e os.DirEntry) bool { return e.Name() == name }) {
			continue
		}
		m, err := measured.Read(filepath.Join(directory, name), "")
		if err != nil {
			return nil, err
		}
		if !s.Level && !slices.Equal(m.Keys, []string{s.Key}) {
			return nil, fmt.Errorf("--measured %s: found the keys %s; want %s alone", m.File, strings.Join(m.Keys, ", "), s.Key)
		}
		for _, row := range m.Rows {
			for i := range m.Keys {
				if _, err := keyNumber(row.Values[i]); err != nil {
					return nil, fmt.Errorf("--measured %s:%d: %s: %w", m.File, row.Line, m.Keys[i], err)
				}
			}
		}
		found[s.Name] = m.Assign([]string{s.Platform})
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("--measured %s: found no file of a series; want files such as openwhisk_float_keep_alive.csv, openwhisk_float_load.csv or spin_matmul_load.csv", directory)
	}
	return found, nil
}

// keyNumber reads a duration or a rate.
func keyNumber(text string) (float64, error) {
	if v, err := dist.ParseDuration(text); err == nil {
		return v, nil
	}
	return dist.ParseRate(text)
}

// meanBelowCapacity returns the mean response time over all rates below capacity, as section 4.3.2
// of the thesis does: rates at which fewer executors than cores are running. It returns false for
// other series, or without such rates.
func meanBelowCapacity(m measured.Measurements, s thesis.Series) (float64, bool) {
	if s.Cores() == 0 || s.Function == "float" {
		return 0, false
	}
	sum, n := 0.0, 0
	for _, row := range m.Rows {
		running, counted := row.Value(s.Platform, platform.Instances)
		response, timed := row.Value(s.Platform, platform.ResponseTime)
		if counted && timed && running < float64(s.Cores()) {
			sum += response
			n++
		}
	}
	return sum / float64(n), n > 0
}

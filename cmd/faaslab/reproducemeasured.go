package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/scenarios"
	"faaslab/validate/thesis"
)

// readMeasuredDirectory reads the files of measurements in a directory, by the series that their names say. Files
// of other names are left alone, unless there is nothing else.
func readMeasuredDirectory(directory string) (map[string]measurements, error) {
	entries, err := os.ReadDir(directory)
	if err != nil {
		return nil, fmt.Errorf("--measured %s: cannot be read: %w; want a directory", directory, withoutPath(err))
	}
	found := map[string]measurements{}
	for _, s := range thesis.AllSeries() {
		if s.Fitted {
			continue
		}
		name := s.Name + ".csv"
		if !slices.ContainsFunc(entries, func(e os.DirEntry) bool { return e.Name() == name }) {
			continue
		}
		m, err := readMeasured(filepath.Join(directory, name), "")
		if err != nil {
			return nil, err
		}
		if !s.Level && !slices.Equal(m.keys, []string{s.Key}) {
			return nil, fmt.Errorf("--measured %s: found the keys %s; want %s alone", m.file, strings.Join(m.keys, ", "), s.Key)
		}
		for _, row := range m.rows {
			for i := range m.keys {
				if _, err := keyNumber(row.values[i]); err != nil {
					return nil, fmt.Errorf("--measured %s:%d: %s: %w", m.file, row.line, m.keys[i], err)
				}
			}
		}
		found[s.Name] = m.assign([]string{s.Platform})
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

// value returns a metric of a row, of a platform; where all instances run, the number running is that of the instances.
func (r measuredRow) value(of, metric string) (float64, bool) {
	names := []string{of + "." + metric}
	if scenarios.KindOf(of).AllRun && metric == platform.Running {
		names = append(names, of+"."+platform.Instances)
	}
	if scenarios.KindOf(of).AllRun && metric == platform.Instances {
		names = append(names, of+"."+platform.Running)
	}
	for _, name := range names {
		if v, ok := r.metrics[name]; ok {
			return v, true
		}
	}
	return 0, false
}

// meanBelowCapacity returns the mean response time over all rates below capacity, as section 4.3.2 of the thesis has it:
// where fewer executors than cores are running. False for series that are not about that, or without such rates.
func meanBelowCapacity(m measurements, s thesis.Series) (float64, bool) {
	if s.Cores() == 0 || s.Function == "float" {
		return 0, false
	}
	sum, n := 0.0, 0
	for _, row := range m.rows {
		running, counted := row.value(s.Platform, platform.Instances)
		response, timed := row.value(s.Platform, platform.ResponseTime)
		if counted && timed && running < float64(s.Cores()) {
			sum += response
			n++
		}
	}
	return sum / float64(n), n > 0
}

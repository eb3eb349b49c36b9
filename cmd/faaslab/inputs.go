package main

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"

	"faaslab/scenarios"
)

// fileInNotation finds the names of files, quoted or not, in the notation of arrivals and distributions.
var fileInNotation = regexp.MustCompile(`\b(?:trace|empirical)\(\s*("(?:[^"\\]|\\.)*"|[^()"]+?)\s*\)`)

// inputs returns the files that a scenario comes from: the one that the command line names, if it is none
// that is built in, and those that its notations name.
func inputs(source string, s scenarios.Scenario) []string {
	return append([]string{source}, namedFiles(source, s)...)
}

// namedFiles returns the files that the notations of a scenario name, relative to the folder of its own file.
func namedFiles(source string, s scenarios.Scenario) (files []string) {
	for _, name := range filesInNotations(s) {
		if !filepath.IsAbs(name) {
			name = filepath.Join(filepath.Dir(source), name)
		}
		files = append(files, name)
	}
	slices.Sort(files)
	return slices.Compact(files)
}

// filesInNotations returns the names of files in the notations of a scenario, each once.
func filesInNotations(s scenarios.Scenario) (files []string) {
	text, err := json.Marshal(s)
	if err != nil {
		return nil // it is told of where the scenario is written
	}
	var keys any
	if err := json.Unmarshal(text, &keys); err != nil {
		return nil
	}
	var visit func(any)
	visit = func(value any) {
		switch value := value.(type) {
		case map[string]any:
			for key, v := range value {
				if key != "name" && key != "description" { // which may say anything
					visit(v)
				}
			}
		case string:
			for _, m := range fileInNotation.FindAllStringSubmatch(value, -1) {
				name := m[1]
				if unquoted, err := strconv.Unquote(name); err == nil {
					name = unquoted
				}
				if !slices.Contains(files, name) {
					files = append(files, name)
				}
			}
		}
	}
	visit(keys)
	return files
}

// fingerprint tells the contents of files from others.
func fingerprint(files []string) ([]byte, error) {
	sum := sha256.New()
	for _, path := range files {
		file, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		_, err = io.Copy(sum, file)
		if err := errors.Join(err, file.Close()); err != nil {
			return nil, err
		}
	}
	return sum.Sum(nil), nil
}

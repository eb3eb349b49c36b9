package sweep

import (
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"

	"faaslab/scenarios"
)

// Inputs returns the files of a scenario: the file that the command line names, unless the scenario
// is built in, and the files that its notations name.
func Inputs(source string, s scenarios.Scenario) []string {
	return append([]string{source}, namedFiles(source, s)...)
}

// namedFiles returns the files that the notations of a scenario name, relative to the folder of its own file.
func namedFiles(source string, s scenarios.Scenario) (files []string) {
	for _, name := range s.Files() {
		if !filepath.IsAbs(name) {
			name = filepath.Join(filepath.Dir(source), name)
		}
		files = append(files, name)
	}
	slices.Sort(files)
	return slices.Compact(files)
}

// fingerprint returns a hash of the contents of files.
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

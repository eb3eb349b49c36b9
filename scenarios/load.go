package scenarios

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Default is the built-in scenario that Load takes if none is named.
const Default = "float"

// Load reads the scenario that ref names, with overrides: a built-in name, or
// the path of a file. A built-in goes before a file of the same name in the
// working directory; "./float" is the file. "" is Default.
func Load(ref string, overrides []Override) (Scenario, error) {
	if ref == "" {
		ref = Default
	}
	if isBuiltin(ref) {
		data, err := Source(ref)
		if err != nil {
			return Scenario{}, err
		}
		return Parse(ref, "", data, overrides)
	}
	data, err := readFile(ref)
	if err != nil {
		return Scenario{}, err
	}
	return Parse(ref, filepath.Dir(ref), data, overrides)
}

// readFile reads a scenario file, no more of it than is needed to see that it is
// too large.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		base := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
		return nil, fmt.Errorf("%s is neither a file nor a built-in scenario%s", quoted(path), builtinHint(base))
	}
	if err != nil {
		return nil, unreadable(path, err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, largestFile+1))
	if err != nil {
		return nil, unreadable(path, err)
	}
	return data, nil
}

// unreadable says why a path cannot be read; err names the path, too.
func unreadable(path string, err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return fmt.Errorf("%s: cannot be read: %w; want a scenario file", path, err)
}

package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// writeFile writes a file as a whole or not at all: to a temporary one beside it,
// which then takes its place. Its errors end the program with the code of a failed write,
// unless write's error has a code of its own.
func writeFile(path string, write func(io.Writer) error) (err error) {
	defer func() {
		if err != nil && !errors.As(err, new(*codedError)) {
			err = &codedError{exitIO, fmt.Errorf("writing %s: %w", path, withoutPath(err))}
		}
	}()
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = file.Close()           // the first error is the one to tell
			_ = os.Remove(file.Name()) // nothing more can be done about it
		}
	}()
	buffered := bufio.NewWriter(file)
	if err := write(buffered); err != nil {
		return err
	}
	if err := buffered.Flush(); err != nil {
		return err
	}
	if err := file.Chmod(0o644); err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}

// prepareDirectory makes a directory, if need be, and returns an error unless files
// can be created in it: better known before a long computation than after.
func prepareDirectory(path string) error {
	if err := os.MkdirAll(path, 0o755); err != nil {
		return withoutPath(err)
	}
	return probeDirectory(path)
}

// probeDirectory returns an error unless files can be created in a directory.
func probeDirectory(path string) error {
	probe, err := os.CreateTemp(path, ".faaslab.*")
	if err != nil {
		return withoutPath(err)
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// withoutPath takes away the path, which may be that of a temporary file.
func withoutPath(err error) error {
	if p := new(fs.PathError); errors.As(err, &p) {
		return p.Err
	}
	return err
}

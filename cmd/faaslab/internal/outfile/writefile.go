package outfile

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"faaslab/cmd/faaslab/internal/exit"
)

// Write writes a file as a whole or not at all: it writes a temporary file beside it, which then
// takes its place and its permissions. If the path is a link, the file it leads to is replaced, not
// the link; a pipe or a device, which is no regular file, is written to directly. Its errors end
// the program with the code of a failed write, unless write's error has a code of its own.
func Write(path string, write func(io.Writer) error) (err error) {
	defer func() {
		if err != nil && !errors.As(err, new(*exit.Error)) {
			err = &exit.Error{Code: exit.IO, Err: fmt.Errorf("writing %s: %w", path, WithoutPath(err))}
		}
	}()
	target, mode := path, fs.FileMode(0o644)
	if info, err := os.Stat(path); err == nil {
		if !info.Mode().IsRegular() {
			return writeThrough(path, write)
		}
		mode = info.Mode().Perm()
		if target, err = filepath.EvalSymlinks(path); err != nil {
			return err
		}
	} else if link, err := os.Readlink(path); err == nil { // to a file that does not exist, such as /dev/stdout if that is closed
		if target = link; !filepath.IsAbs(link) {
			target = filepath.Join(filepath.Dir(path), link)
		}
	}
	file, err := os.CreateTemp(filepath.Dir(target), "."+filepath.Base(target)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = file.Close()           // the first error is the one to report
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
	if err := file.Chmod(mode); err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	return os.Rename(file.Name(), target)
}

// writeThrough writes to a file that exists already, such as a pipe.
func writeThrough(path string, write func(io.Writer) error) error {
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	buffered := bufio.NewWriter(file)
	if err = write(buffered); err == nil {
		err = buffered.Flush()
	}
	return errors.Join(err, file.Close())
}

// PrepareDirectory makes a directory, if necessary, and returns an error unless files can be
// created in it, which is better found before a long computation than after.
func PrepareDirectory(path string) error {
	if err := os.MkdirAll(path, 0o755); err != nil {
		return WithoutPath(err)
	}
	return ProbeDirectory(path)
}

// ProbeDirectory returns an error unless files can be created in a directory.
func ProbeDirectory(path string) error {
	probe, err := os.CreateTemp(path, ".faaslab.*")
	if err != nil {
		return WithoutPath(err)
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// WithoutPath removes the path from an error, since it may be the path of a temporary file.
func WithoutPath(err error) error {
	if p := new(fs.PathError); errors.As(err, &p) {
		return p.Err
	}
	if l := new(os.LinkError); errors.As(err, &l) {
		return l.Err
	}
	return err
}

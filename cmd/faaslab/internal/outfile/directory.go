package outfile

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"faaslab/cmd/faaslab/internal/exit"
)

// A Directory is written as a whole or not at all: its files are written into a temporary directory
// beside it, which takes its name when Commit is called.
type Directory struct {
	path      string // as given
	target    string // behind links
	temporary string
	replaced  bool // whether target exists and has files
	open      []*directoryFile
}

// NewDirectory begins a directory. If there is one at the path already, it must be empty, or hold
// nothing but files with names in known, one of which is the first, and replace must be true: then
// Commit replaces it. A name in known that ends with / is of a directory, whatever it has. The errors of a path that cannot be used are errors of the input.
func NewDirectory(path string, replace bool, known []string) (*Directory, error) {
	d := &Directory{path: path, target: filepath.Clean(path)}
	if resolved, err := filepath.EvalSymlinks(d.target); err == nil {
		d.target = resolved
	}
	switch entries, err := os.ReadDir(d.target); {
	case err == nil && len(entries) > 0:
		if other := unknownEntry(entries, known); other != "" {
			return nil, fmt.Errorf("%s: the directory has files of its own, such as %s; want a new one, or an empty one", path, other)
		}
		if !replace {
			return nil, fmt.Errorf("%s: there is a %s already; --force replaces the directory", path, known[0])
		}
		d.replaced = true
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		if info, e := os.Stat(d.target); e == nil && !info.IsDir() {
			return nil, fmt.Errorf("%s: found a file; want a directory", path)
		}
		return nil, fmt.Errorf("%s: cannot be read: %w", path, WithoutPath(err))
	}
	parent := filepath.Dir(d.target)
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return nil, fmt.Errorf("%s: cannot be written: %w", path, WithoutPath(err))
	}
	temporary, err := os.MkdirTemp(parent, "."+filepath.Base(d.target)+".*")
	if err != nil {
		return nil, fmt.Errorf("%s: cannot be written: %w", path, WithoutPath(err))
	}
	d.temporary = temporary
	return d, nil
}

// unknownEntry returns an entry that is not a file with one of the names; the first name itself if it
// is missing among the entries; empty otherwise.
func unknownEntry(entries []fs.DirEntry, names []string) string {
	first := false
	for _, e := range entries {
		known := false
		for i, name := range names {
			if e.Name() == name && e.Type().IsRegular() || e.Name()+"/" == name && e.IsDir() {
				known, first = true, first || i == 0
			}
		}
		if !known {
			return e.Name()
		}
	}
	if !first {
		return entries[0].Name()
	}
	return ""
}

// Create begins a file of the directory, whose name may have folders, in place of one with the same name. Its errors end the
// program with the code of a failed write.
func (d *Directory) Create(name string) (io.WriteCloser, error) {
	if d.temporary == "" {
		return nil, d.failed(name, fs.ErrClosed) // committed or abandoned
	}
	if err := os.MkdirAll(filepath.Dir(filepath.Join(d.temporary, name)), 0o755); err != nil {
		return nil, d.failed(name, err)
	}
	file, err := os.Create(filepath.Join(d.temporary, name))
	if err != nil {
		return nil, d.failed(name, err)
	}
	f := &directoryFile{directory: d, name: name, file: file, Writer: bufio.NewWriterSize(file, 64<<10)}
	d.open = append(d.open, f)
	return f, nil
}

func (d *Directory) failed(name string, err error) error {
	return &exit.Error{Code: exit.IO, Err: fmt.Errorf("writing %s: %w", filepath.Join(d.path, name), WithoutPath(err))}
}

// A directoryFile is a file that is being written.
type directoryFile struct {
	*bufio.Writer
	directory *Directory
	name      string
	file      *os.File
	closed    bool
}

func (f *directoryFile) Write(text []byte) (int, error) {
	n, err := f.Writer.Write(text)
	if err != nil {
		err = f.directory.failed(f.name, err)
	}
	return n, err
}

func (f *directoryFile) Close() error {
	if f.closed {
		return nil
	}
	f.closed = true
	if err := errors.Join(f.Writer.Flush(), f.file.Close()); err != nil {
		return f.directory.failed(f.name, err)
	}
	return nil
}

// Commit gives the directory its name.
func (d *Directory) Commit() error {
	err := func() error {
		if err := os.Chmod(d.temporary, 0o755); err != nil { // MkdirTemp makes it private
			return err
		}
		if !d.replaced {
			if err := os.Remove(d.target); err != nil && !errors.Is(err, fs.ErrNotExist) { // it is empty
				return err
			}
			return os.Rename(d.temporary, d.target)
		}
		if exchange(d.temporary, d.target) == nil {
			return os.RemoveAll(d.temporary)
		}
		old := d.temporary + ".old"
		if err := os.Rename(d.target, old); err != nil {
			return err
		}
		if err := os.Rename(d.temporary, d.target); err != nil {
			return errors.Join(err, os.Rename(old, d.target))
		}
		return os.RemoveAll(old)
	}()
	if errors.Is(err, syscall.EBUSY) {
		err = errors.New("it cannot be replaced as a whole, since a file system is mounted on it or a program uses it; want a directory below it")
	}
	if err != nil {
		d.Abandon()
		return &exit.Error{Code: exit.IO, Err: fmt.Errorf("writing %s: %w", d.path, WithoutPath(err))}
	}
	d.temporary = ""
	return nil
}

// Abandon removes what was written, unless Commit has given it its name. It may be called again.
func (d *Directory) Abandon() {
	for _, f := range d.open {
		if !f.closed {
			_ = f.file.Close() // its contents are not kept
		}
	}
	d.open = nil
	if d.temporary != "" {
		_ = os.RemoveAll(d.temporary) // nothing more can be done about it
		d.temporary = ""
	}
}

package explorer

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"faaslab/cmd/faaslab/internal/importing"
	"faaslab/cmd/faaslab/internal/measured"
	"faaslab/cmd/faaslab/internal/outfile"
	"faaslab/scenarios"
)

// Bounds of imports. All of them together, and what is being sent, stay within mostKept.
const (
	largestUpload  = 256 << 20 // bytes of the files of one request
	largestImport  = 256 << 20 // bytes that one import writes
	mostKept       = 1 << 30   // bytes
	mostImports    = 32        // kept at once
	mostFiles      = 100       // of one request
	importLifetime = time.Hour // after the last use
	// leastIdle is the time, beyond the longest of a request, that an import stays after its last use,
	// whoever needs its room.
	leastIdle = time.Minute
)

// imports are what clients have imported. Each import has a directory of its own in a private one,
// because laws draw from files; requests name it by an id that cannot be guessed. The files that were
// sent are there only while they are read. All is removed when the server stops.
type imports struct {
	parent string        // the folder of the private directory; empty: the system's for temporary files
	busy   time.Duration // longest time that a request uses an import

	mu     sync.Mutex
	root   string // the private directory; empty: there is none yet
	kept   map[string]*imported
	size   int64 // bytes of all imports, and of the files that are being read
	closed bool
	clock  func() time.Time
}

// An imported is one import.
type imported struct {
	answer   importAnswer
	size     int64
	used     time.Time
	dir      string
	text     scenarios.Text
	measured measured.Measurements
	files    []string // that were written, in the order of importing.Files
}

func newImports(busy time.Duration) *imports {
	return &imports{busy: busy, kept: map[string]*imported{}, clock: time.Now}
}

// directory returns the private directory, and makes it if there is none.
func (i *imports) directory() (string, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.closed {
		return "", errStopped
	}
	if i.root == "" {
		root, err := os.MkdirTemp(i.parent, "faaslab-serve-*")
		if err != nil {
			return "", unkept(err)
		}
		i.root = root
	}
	return i.root, nil
}

// unkept is the error of a file that cannot be written here.
func unkept(err error) error {
	return &apiError{http.StatusInternalServerError, fmt.Errorf("the server cannot keep the files: %w", outfile.WithoutPath(err))}
}

// take takes room for some bytes.
func (i *imports) take(bytes int64) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if err := i.clear(bytes, 0); err != nil {
		return err
	}
	i.size += bytes
	return nil
}

// clear sees to it that there is room for some bytes and imports more: the imports that were not used
// for the longest time go, unless they may be in use. i.mu is held.
func (i *imports) clear(bytes int64, more int) error {
	for i.size+bytes > mostKept || len(i.kept)+more > mostImports {
		id, oldest := i.oldest()
		if oldest == nil || i.clock().Sub(oldest.used) < i.busy+leastIdle {
			return errNoRoom
		}
		i.remove(id)
	}
	return nil
}

var errNoRoom = &apiError{http.StatusServiceUnavailable, errors.New("the imports of other pages use all the room that there is here; try again in a few minutes, or import by the command line: faaslab import FILE --out DIR")}

// oldest returns the import that was not used for the longest time; nil without any. i.mu is held.
func (i *imports) oldest() (id string, oldest *imported) {
	for key, one := range i.kept {
		if oldest == nil || one.used.Before(oldest.used) {
			id, oldest = key, one
		}
	}
	return id, oldest
}

func (i *imports) give(bytes int64) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.size -= bytes
}

// keep keeps an import, whose room is taken, and removes those that nobody used for long.
func (i *imports) keep(one *imported) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.closed {
		return errStopped
	}
	one.used = i.clock()
	for id, other := range i.kept {
		if i.clock().Sub(other.used) > importLifetime {
			i.remove(id)
		}
	}
	if err := i.clear(0, 1); err != nil {
		return err
	}
	i.kept[one.answer.Import] = one
	return nil
}

// find returns the import with an id, which is used now.
func (i *imports) find(id string) (*imported, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	one, ok := i.kept[id]
	if !ok {
		return nil, &apiError{http.StatusNotFound, errors.New("the imported data are not here any more: they are kept until the server stops, at most an hour after their last use; import the files again")}
	}
	one.used = i.clock()
	return one, nil
}

// forget removes an import.
func (i *imports) forget(id string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.remove(id)
}

// remove removes an import. i.mu is held.
func (i *imports) remove(id string) {
	if one, ok := i.kept[id]; ok {
		_ = os.RemoveAll(one.dir) // again when the server stops
		i.size -= one.size
		delete(i.kept, id)
	}
}

// Close removes everything.
func (i *imports) Close() error {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.closed, i.kept = true, map[string]*imported{}
	if i.root == "" {
		return nil
	}
	return os.RemoveAll(i.root)
}

// A boundedDirectory is a directory in which an import writes, within the bounds.
type boundedDirectory struct {
	imports *imports
	dir     string
	taken   int64 // bytes
	files   []string
}

// Create begins a file, in place of one with the same name, whose bytes still count.
func (d *boundedDirectory) Create(name string) (io.WriteCloser, error) {
	file, err := os.Create(filepath.Join(d.dir, name))
	if err != nil {
		return nil, unkept(err)
	}
	if !slices.Contains(d.files, name) {
		d.files = append(d.files, name)
	}
	return &boundedFile{file, d}, nil
}

type boundedFile struct {
	*os.File
	directory *boundedDirectory
}

// Write writes within the bounds.
func (f *boundedFile) Write(text []byte) (int, error) {
	d := f.directory
	if d.taken+int64(len(text)) > largestImport {
		return 0, fmt.Errorf("the import would have more than %s of data; the command line has no such limit: faaslab import FILE --out DIR", sizeText(largestImport))
	}
	if err := d.imports.take(int64(len(text))); err != nil {
		return 0, err
	}
	d.taken += int64(len(text))
	n, err := f.File.Write(text)
	if err != nil {
		err = unkept(err)
	}
	return n, err
}

// Close closes the file; again does nothing.
func (f *boundedFile) Close() error {
	if err := f.File.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
		return unkept(err)
	}
	return nil
}

// sizeText writes a number of bytes for a person.
func sizeText(bytes int64) string { return scenarios.FormatMemory(float64(bytes) / GB) }

// measurementsOf returns what the log of an import measured; none if it measured nothing.
func measurementsOf(dir string) (measured.Measurements, error) {
	text, err := os.ReadFile(filepath.Join(dir, importing.MeasuredFile))
	if errors.Is(err, os.ErrNotExist) {
		return measured.Measurements{}, nil
	}
	if err != nil {
		return measured.Measurements{}, unkept(err)
	}
	return measured.Parse(importing.MeasuredFile, text, "")
}

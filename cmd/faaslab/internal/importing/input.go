package importing

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"faaslab/cmd/faaslab/internal/exit"
	"faaslab/cmd/faaslab/internal/outfile"
	"faaslab/cmd/faaslab/internal/words"
	"faaslab/dist"
	"faaslab/dist/trace"
)

// An Input is a file to import, compressed by gzip or zstd or not at all.
type Input struct {
	Name string // in messages; some formats find the day or the metric in it
	Open func() (io.ReadCloser, error)
	// Size is the number of bytes that it has, compressed or not; 0: unknown.
	Size int64
	// Once reports whether Open may be called once only, as of a pipe.
	Once bool
}

// File returns the input of a file's name; - is standard input.
func File(name string, stdin io.Reader) Input {
	if name == "-" {
		return Input{Name: "standard input", Open: func() (io.ReadCloser, error) { return io.NopCloser(stdin), nil }, Once: true}
	}
	in := Input{Name: name}
	if info, err := os.Stat(name); err == nil {
		in.Size, in.Once = info.Size(), !info.Mode().IsRegular() && !info.IsDir()
	}
	in.Open = func() (io.ReadCloser, error) {
		file, err := os.Open(name)
		if err != nil {
			return nil, fmt.Errorf("%s: cannot be opened: %w", name, outfile.WithoutPath(err))
		}
		if info, err := file.Stat(); err == nil && info.IsDir() {
			_ = file.Close() // only opened
			return nil, fmt.Errorf("%s: found a directory; want files", name)
		}
		return file, nil
	}
	return in
}

// headSize is the part of a file that shows its format, in bytes.
const headSize = 64 << 10

// A source is an input that is being imported.
type source struct {
	Input
	read  func(n int) // is told of bytes that are read
	head  []byte
	ready io.ReadCloser // open already, with head before it; nil if it must be opened
}

// prepare looks at the beginning of an input.
func prepare(ctx context.Context, in Input, read func(n int)) (*source, error) {
	s := &source{Input: in, read: read}
	r, err := s.opened(ctx)
	if err != nil {
		return nil, err
	}
	buffered := bufio.NewReaderSize(r, headSize)
	head, err := buffered.Peek(headSize)
	if err != nil && err != io.EOF && len(head) == 0 {
		_ = r.Close() // the first error is the one to report
		return nil, readError(in.Name, err)
	}
	if bytes.HasPrefix(head, []byte{0xff, 0xfe}) || bytes.HasPrefix(head, []byte{0xfe, 0xff}) {
		_ = r.Close() // only read
		return nil, &exit.Error{Code: exit.BadInput, Err: fmt.Errorf("%s: is text in UTF-16, as > of PowerShell writes it; want UTF-8", in.Name)}
	}
	s.head = append([]byte(nil), head...)
	if !in.Once {
		return s, r.Close()
	}
	s.ready = &joined{Reader: buffered, Closer: r}
	return s, nil
}

// readError returns the error of a file whose contents cannot be read.
func readError(name string, err error) error {
	if coded := new(exit.Error); errors.As(err, &coded) {
		return err
	}
	code := exit.BadInput // a broken file
	if errors.As(err, new(*fs.PathError)) {
		code = exit.IO
	}
	return &exit.Error{Code: code, Err: &dist.RowError{File: name, Message: "reading failed: " + trace.Explain(outfile.WithoutPath(err)), Err: err}}
}

type joined struct {
	io.Reader
	io.Closer
}

// open returns the contents of the source from the beginning.
func (s *source) open(ctx context.Context) (io.ReadCloser, error) {
	if s.ready != nil {
		r := s.ready
		s.ready = nil
		return r, nil
	}
	if s.Once && s.head != nil {
		return nil, fmt.Errorf("%s: cannot be read twice", s.Name)
	}
	return s.opened(ctx)
}

// opened opens the input and decompresses it.
func (s *source) opened(ctx context.Context) (io.ReadCloser, error) {
	file, err := s.Open()
	if err != nil {
		return nil, err
	}
	contents, err := trace.Decompress(&interruptible{ctx, file, s.read})
	if err != nil {
		_ = file.Close() // the first error is the one to report
		return nil, readError(s.Name, err)
	}
	return &decompressed{contents, file}, nil
}

// An interruptible reader fails when the context ends.
type interruptible struct {
	ctx context.Context
	io.Reader
	read func(n int)
}

func (r *interruptible) Read(p []byte) (int, error) {
	if r.ctx.Err() != nil {
		return 0, interruptedError()
	}
	n, err := r.Reader.Read(p)
	r.read(n)
	return n, err
}

func interruptedError() error {
	return &exit.Error{Code: exit.Interrupted, Err: errors.New("interrupted: nothing was written")}
}

type decompressed struct {
	io.ReadCloser
	file io.Closer
}

func (d *decompressed) Close() error {
	_ = d.ReadCloser.Close() // it repeats the error that reading has returned
	return d.file.Close()
}

// formatOf returns the format that is asked for, or that of the first source that shows one; all
// sources must be of that format as far as they show one.
func formatOf(asked string, sources []*source) (f trace.Format, recognized bool, err error) {
	if asked != "" {
		f, err = trace.FindFormat(asked)
		return f, false, err
	}
	first := ""
	for _, s := range sources {
		found, ok := trace.Recognize(s.head)
		switch {
		case !ok:
		case first == "":
			f, first = found, s.Name
		case found.Name != f.Name:
			return f, false, fmt.Errorf("%s is of the format %s, and %s of %s; want files of one format", first, f.Name, s.Name, found.Name)
		}
	}
	if first == "" {
		s := sources[0]
		if len(strings.TrimSpace(string(s.head))) == 0 {
			return f, false, fmt.Errorf("%s: found nothing; want a log or a trace", s.Name)
		}
		text := fmt.Sprintf("%s: no format is recognized; want one of %s before the file", s.Name, strings.Join(trace.FormatNames(), ", "))
		if line, _, _ := bytes.Cut(s.head, []byte("\n")); trace.OtherSeparator(line) != "" {
			text += "; between the columns of a table, want commas, not " + trace.OtherSeparator(line)
		}
		return f, false, aboutTable(s, errors.New(text))
	}
	return f, true, nil
}

// SplitFormat returns the format and the files of a command's arguments: the first is a format if it
// is the name of one.
func SplitFormat(args []string) (format string, files []string, err error) {
	if len(args) > 0 {
		if _, err := trace.FindFormat(args[0]); err == nil {
			format, args = args[0], args[1:]
		}
	}
	if len(args) == 0 {
		return "", nil, fmt.Errorf("found no file; want FORMAT FILE…, with one of %s, or FILE… alone", strings.Join(trace.FormatNames(), ", "))
	}
	if _, err := os.Stat(args[0]); format == "" && len(args) > 1 && args[0] != "-" && errors.Is(err, fs.ErrNotExist) && !strings.Contains(args[0], ".") {
		return "", nil, fmt.Errorf("no format %q, nor a file of that name%swant one of %s", args[0], words.DidYouMean("", args[0], trace.FormatNames()), strings.Join(trace.FormatNames(), ", "))
	}
	return format, args, nil
}

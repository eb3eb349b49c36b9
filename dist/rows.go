package dist

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"strings"
)

// maxLine bounds a line of a CSV file in bytes, its end included. So a file without line breaks is
// refused after maxLine bytes instead of being read into memory.
const maxLine = 4 << 10

// A RowError describes an error in a CSV file of times or rates, and its line.
type RowError struct {
	File    string // as opened
	Line    int    // from 1; 0 for the file as a whole
	Message string // the text found and the accepted form
	Err     error  // the operating system's error; nil if the rows are wrong
}

// Unwrap returns Err.
func (e *RowError) Unwrap() error { return e.Err }

// Error returns file:line: message.
func (e *RowError) Error() string {
	if e.Line == 0 {
		return e.File + ": " + e.Message
	}
	return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Message)
}

// rows reads a CSV file of numbers line by line, never as a whole. Lines that begin with #
// are comments; the first other line may be a header.
type rows struct {
	name   string
	file   io.Closer // nil for a reader that needs no closing
	reader *bufio.Reader
	line   int // of the last row returned, from 1
	began  bool
	header string // the first row, shortened and in quotes, if it was taken for a header
	title  string // the same, not shortened, in lower case
	titled int    // its line
}

// openRows opens a file; a directory is refused.
func openRows(path string) (*rows, error) {
	file, err := os.Open(path)
	if err != nil {
		var wrong *os.PathError
		if errors.As(err, &wrong) {
			err = wrong.Err
		}
		return nil, &RowError{path, 0, "cannot be opened: " + err.Error(), err}
	}
	info, err := file.Stat()
	if err == nil && info.IsDir() {
		file.Close()
		return nil, &RowError{path, 0, "is a directory, and a CSV file is expected", nil}
	}
	r := newRows(path, file)
	r.file = file
	return r, nil
}

func newRows(name string, reader io.Reader) *rows {
	return &rows{name: name, reader: bufio.NewReaderSize(reader, 64<<10)}
}

func (r *rows) errorf(format string, arguments ...any) error {
	return &RowError{r.name, r.line, fmt.Sprintf(format, arguments...), nil}
}

func (r *rows) close() {
	if r.file != nil {
		r.file.Close()
		r.file = nil
	}
}

// next returns the next row without its line end, valid until the next call; io.EOF after the last
// row.
func (r *rows) next() ([]byte, error) {
	for {
		row, err := r.reader.ReadSlice('\n')
		if len(row) == 0 && err == io.EOF {
			return nil, io.EOF
		}
		r.line++
		switch {
		case len(row) > maxLine:
			return nil, r.errorf("a line longer than %d bytes; a row holds one or two numbers", maxLine)
		case err != nil && err != io.EOF:
			return nil, &RowError{r.name, r.line, "reading failed: " + err.Error(), err}
		}
		row = bytes.TrimSuffix(row, []byte("\n"))
		row = bytes.TrimSuffix(row, []byte("\r"))
		if r.line == 1 {
			row = bytes.TrimPrefix(row, []byte("\ufeff")) // the byte order mark of some spreadsheets
		}
		if len(row) > 0 && row[0] == '#' {
			continue
		}
		if !r.began {
			r.began = true
			if reason := noText(row); reason != "" {
				return nil, r.errorf("%s; want a CSV file in plain text", reason)
			}
			if isHeader(row) {
				r.header, r.title, r.titled = excerpt(string(row)), strings.ToLower(unquoted(string(row))), r.line
				continue
			}
		}
		return row, nil
	}
}

// noText returns how a file is encoded that begins with a row but is no plain text; empty for text.
func noText(row []byte) string {
	switch {
	case bytes.HasPrefix(row, []byte{0x1f, 0x8b}):
		return "compressed by gzip"
	case bytes.HasPrefix(row, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		return "compressed by zstd"
	case bytes.HasPrefix(row, []byte{0xff, 0xfe}), bytes.HasPrefix(row, []byte{0xfe, 0xff}):
		return "text in UTF-16"
	}
	return ""
}

// isHeader reports whether a row names columns: its first cell, quoted or not, does not begin like
// a number and is not NaN or an infinity, which are failed numbers.
func isHeader(row []byte) bool {
	first, _, _ := bytes.Cut(row, []byte(","))
	first = []byte(unquoted(string(first)))
	if len(first) == 0 || bytes.IndexByte([]byte("0123456789+-."), first[0]) >= 0 {
		return false
	}
	switch string(bytes.ToLower(first)) {
	case "nan", "inf", "infinity":
		return false
	}
	return true
}

// cells returns the first cell of a row, the second cell if there is one, and the number of cells.
func cells(row []byte) (first, second []byte, n int) {
	comma := bytes.IndexByte(row, ',')
	if comma < 0 {
		return row, nil, 1
	}
	first, second = row[:comma], row[comma+1:]
	if bytes.IndexByte(second, ',') < 0 {
		return first, second, 2
	}
	return first, second, 1 + bytes.Count(row, []byte(","))
}

// nanoseconds reads a cell of decimal seconds and rounds it to the nearest nanosecond, halves up.
// It reads plain decimals, by far the most common, by hand: strconv would go through float64 and
// lose nanoseconds after 104 days.
func (r *rows) nanoseconds(column string, cell []byte) (int64, error) {
	const limit = 1<<63/1_000_000_000 - 1 // whole seconds that surely fit
	var seconds, fraction int64
	i, digits := 0, 0
	for ; i < len(cell) && cell[i]-'0' <= 9; i++ {
		if seconds = seconds*10 + int64(cell[i]-'0'); seconds > limit {
			return r.unusual(column, cell)
		}
		digits++
	}
	if i < len(cell) && cell[i] == '.' {
		i++
		scale := int64(1e9)
		for ; i < len(cell) && cell[i]-'0' <= 9; i++ {
			digits++
			switch {
			case scale > 1:
				scale /= 10
				fraction += int64(cell[i]-'0') * scale
			case scale == 1: // the tenth digit rounds
				scale = 0
				if cell[i] >= '5' {
					fraction++
				}
			}
		}
	}
	if i < len(cell) || digits == 0 {
		return r.unusual(column, cell)
	}
	return seconds*1_000_000_000 + fraction, nil
}

// unusual does the work of nanoseconds for cells that are not plain decimals: cells with spaces, a
// sign or an exponent, too large numbers, or no numbers at all.
func (r *rows) unusual(column string, cell []byte) (int64, error) {
	ns, err := r.exact(column, cell)
	if err != nil {
		return 0, err
	}
	ns.Mul(ns, big.NewRat(2e9, 1))
	ns.Add(ns, big.NewRat(1, 1))
	twice := new(big.Int).Mul(ns.Denom(), big.NewInt(2))
	return twice.Quo(ns.Num(), twice).Int64(), nil // ⌊(2x+1)/2⌋, the nearest
}

// exact reads a cell of decimal seconds and refuses values outside 0 to 292 years.
func (r *rows) exact(column string, cell []byte) (*big.Rat, error) {
	text := string(bytes.TrimSpace(cell))
	if text == "" {
		return nil, r.errorf("the %s is empty; a number of seconds is expected", column)
	}
	if length := scanNumber(text); length == 0 || length < len(text) {
		return nil, r.errorf("the %s is %s; a decimal number of seconds is expected", column, excerpt(text))
	}
	x, err := exact(text, 0, len(text))
	if err != nil {
		return nil, r.errorf("the %s is %s", column, err.(*SyntaxError).Message)
	}
	switch {
	case x.Sign() < 0:
		return nil, r.errorf("the %s is negative: %s", column, excerpt(text))
	case x.Cmp(big.NewRat(1<<63/1_000_000_000, 1)) > 0:
		return nil, r.errorf("the %s is beyond 292 years, where virtual time ends: %s", column, excerpt(text))
	}
	return x, nil
}

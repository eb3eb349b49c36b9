package trace

import (
	"bytes"
	"io"
)

// maxLine bounds a line, and a record of several lines, in bytes.
const maxLine = 1 << 20

// lines reads a file line by line, and holds one line at a time.
type lines struct {
	reader     io.Reader
	buffer     []byte
	start, end int   // of the bytes in buffer that are not read yet
	line       int64 // the last line returned, from 1
	from       int64 // the first line of the record that is being read
	within     bool  // whether piece has returned the beginning of the line, and not its end
	failed     error // from the reader
}

func newLines(r io.Reader) *lines { return &lines{reader: r, buffer: make([]byte, 64<<10)} }

// next returns the next line without its end, valid until the next call. whole reports whether the
// line has an end, which the last line of a file may lack. A line longer than maxLine comes as its
// beginning, with long set. The error is io.EOF after the last line.
func (l *lines) next() (text []byte, whole, long bool, err error) {
	scanned := 0
	for {
		if i := bytes.IndexByte(l.buffer[l.start+scanned:l.end], '\n'); i >= 0 {
			text = l.buffer[l.start : l.start+scanned+i]
			l.start += scanned + i + 1
			l.began()
			return trimCR(text), true, false, nil
		}
		scanned = l.end - l.start
		if l.failed != nil {
			if l.failed != io.EOF || scanned == 0 {
				return nil, false, false, l.failed
			}
			text = l.buffer[l.start:l.end]
			l.start = l.end
			l.began()
			return trimCR(text), false, false, nil
		}
		if scanned >= maxLine {
			text = append([]byte(nil), l.buffer[l.start:l.start+100]...)
			err := l.skip()
			l.began()
			return text, true, true, err
		}
		l.fill()
	}
}

func (l *lines) began() {
	l.line++
	l.from = l.line
}

// peek returns the first line that is not empty, or its beginning, without reading it. It sees the
// first 64 KiB of a file.
func (l *lines) peek() ([]byte, error) {
	for {
		seen := bytes.TrimLeft(trimMark(l.buffer[l.start:l.end]), "\r\n \t")
		if i := bytes.IndexByte(seen, '\n'); i >= 0 {
			return trimCR(seen[:i]), nil
		}
		if l.failed != nil && l.failed != io.EOF {
			return nil, l.failed
		}
		if l.failed == io.EOF && len(seen) == 0 {
			return nil, io.EOF
		}
		if l.failed != nil || l.end == len(l.buffer) {
			return seen, nil
		}
		l.fill()
	}
}

// leastPiece is how much of a line the first piece has, unless the line is shorter.
const leastPiece = 256

// piece returns the next bytes of a line that may be of any length: up to its end, or as many as are
// there. begins and ends report whether they are the first and the last of the line; the end itself
// is left out.
func (l *lines) piece() (text []byte, begins, ends bool, err error) {
	for l.start == l.end {
		if l.failed != nil {
			return nil, false, false, l.failed
		}
		l.start, l.end = 0, 0
		l.fill()
	}
	if begins = !l.within; begins {
		l.began()
		for l.failed == nil && l.end-l.start < leastPiece && bytes.IndexByte(l.buffer[l.start:l.end], '\n') < 0 {
			l.fill()
		}
	}
	text = l.buffer[l.start:l.end]
	i := bytes.IndexByte(text, '\n')
	if i < 0 {
		l.start, l.within = l.end, true
		return text, begins, false, nil
	}
	l.start += i + 1
	l.within = false
	return trimCR(text[:i]), begins, true, nil
}

// fill reads more bytes behind those that are not read yet.
func (l *lines) fill() {
	if l.start > 0 {
		l.end = copy(l.buffer, l.buffer[l.start:l.end])
		l.start = 0
	}
	if l.end == len(l.buffer) {
		l.buffer = append(l.buffer, make([]byte, len(l.buffer))...)
	}
	for range 100 { // a reader may return nothing, but not for ever
		n, err := l.reader.Read(l.buffer[l.end:])
		l.end += n
		if err != nil {
			l.failed = err
			return
		}
		if n > 0 {
			return
		}
	}
	l.failed = io.ErrNoProgress
}

// skip reads to the end of the line.
func (l *lines) skip() error {
	for {
		if i := bytes.IndexByte(l.buffer[l.start:l.end], '\n'); i >= 0 {
			l.start += i + 1
			return nil
		}
		l.start, l.end = 0, 0
		if l.failed != nil {
			if l.failed == io.EOF {
				return nil
			}
			return l.failed
		}
		l.fill()
	}
}

func trimCR(text []byte) []byte {
	if n := len(text); n > 0 && text[n-1] == '\r' {
		return text[:n-1]
	}
	return text
}

// trimMark removes the byte order mark with which some spreadsheets begin a file.
func trimMark(text []byte) []byte { return bytes.TrimPrefix(text, []byte("\ufeff")) }

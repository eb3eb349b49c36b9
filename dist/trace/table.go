package trace

import (
	"bytes"
	"io"
	"strings"
)

// A table reads records of comma-separated cells, which may be quoted. It differs from encoding/csv
// in what a log of any size and state needs: a record is bounded, a wrong record is left out without
// losing those behind it, and cells are bytes that are not copied.
type table struct {
	r     *Reader
	cells [][]byte
	// begins reports whether a line is the first one of a record, although the quotation before it is
	// not closed. nil: a quotation must end on its line.
	begins func(line []byte) bool
	held   []byte // a record of several lines
	ahead  bool   // held is the first line of the next record
}

// next returns the cells of the next record that is not empty, valid until the next call.
func (t *table) next() ([][]byte, error) {
	for {
		record, err := t.record()
		switch {
		case err != nil:
			return nil, err
		case record == nil:
		case t.split(record):
			return t.cells, nil
		default:
			t.r.leaveOut(unequalQuotes)
		}
	}
}

// record returns the next record; nil if it is left out.
func (t *table) record() ([]byte, error) {
	if t.ahead {
		t.ahead = false
		t.r.lines.from = t.r.lines.line
		return t.complete()
	}
	text, _, long, err := t.r.lines.next()
	switch {
	case err != nil:
		return nil, err
	case long:
		t.r.leaveOut(tooLong)
		return nil, nil
	case t.r.lines.line == 1:
		text = trimMark(text)
	}
	switch {
	case len(text) == 0:
		t.r.leaveOut(emptyLine)
		return nil, nil
	case t.begins == nil || !open(text):
		return text, nil
	}
	t.held = append(t.held[:0], text...)
	return t.complete()
}

// complete adds lines to held until its quotations are closed.
func (t *table) complete() ([]byte, error) {
	if !open(t.held) {
		return t.held, nil
	}
	for first := t.r.lines.from; ; {
		text, _, long, err := t.r.lines.next()
		next := t.r.lines.line
		t.r.lines.from = first
		switch {
		case err == io.EOF:
			t.r.leaveOut(cutOff)
			return nil, io.EOF
		case err != nil:
			return nil, err
		case long || len(t.held)+len(text) >= maxLine:
			t.r.leaveOut(tooLong)
			return nil, nil
		case t.begins(text):
			t.r.leaveOut(unequalQuotes)
			t.held = append(t.held[:0], text...)
			t.r.lines.from = next
			t.ahead = true
			return nil, nil
		}
		t.held = append(append(t.held, '\n'), text...)
		if open(text) { // one more quotation mark of an odd number closes the quotation
			return t.held, nil
		}
	}
}

// open reports whether a text has an odd number of quotation marks.
func open(text []byte) bool { return bytes.Count(text, quote)&1 == 1 }

var quote = []byte{'"'}

// split cuts a record into cells, in place; false if a quotation is not closed.
func (t *table) split(text []byte) bool {
	t.cells = t.cells[:0]
	for {
		if len(text) == 0 || text[0] != '"' {
			i := bytes.IndexByte(text, ',')
			if i < 0 {
				t.cells = append(t.cells, text)
				return true
			}
			t.cells = append(t.cells, text[:i])
			text = text[i+1:]
			continue
		}
		text = text[1:]
		length, end := 0, 0
		for {
			i := bytes.IndexByte(text[end:], '"')
			if i < 0 {
				return false
			}
			length += copy(text[length:], text[end:end+i])
			end += i + 1
			if end == len(text) || text[end] != '"' {
				break
			}
			text[length] = '"' // two stand for one
			length++
			end++
		}
		t.cells = append(t.cells, text[:length])
		i := bytes.IndexByte(text[end:], ',') // what stands between a quotation and a comma is lost
		if i < 0 {
			return true
		}
		text = text[end+i+1:]
	}
}

// header is the first record of a table.
type header []string

func newHeader(cells [][]byte) (h header) {
	for _, c := range cells {
		h = append(h, string(bytes.TrimSpace(c)))
	}
	return h
}

// column returns the place of the first of some names; -1 if there is none.
func (h header) column(names ...string) int {
	for _, name := range names {
		for i, found := range h {
			if found == name {
				return i
			}
		}
	}
	return -1
}

// excerpt returns the names of columns, shortened.
func (h header) excerpt() string { return excerpt([]byte(strings.Join(h, ","))) }

// list returns the names of columns for a message, at most some of them.
func (h header) list() string {
	const most = 20
	var names []string
	for _, name := range h[:min(most, len(h))] {
		names = append(names, strings.Trim(excerpt([]byte(name)), `"`))
	}
	if len(h) > most {
		names = append(names, "…")
	}
	return strings.Join(names, ", ")
}

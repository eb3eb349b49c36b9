package trace

import (
	"bytes"
	"io"
	"slices"
)

// values cuts a file into JSON objects: one a line, one after another, or the elements of an array,
// on as many lines as they take. The array may be a value of an object that begins with its name,
// such as {"events": [ …. It holds one object at a time, of at most 1 MiB. Text between objects is
// left out and counted by the line.
type values struct {
	r    *Reader
	held []byte // of the object that is being read
	rest []byte // of the piece of a line that is being read
	from int64  // the first line of the object
	// strange is the last line that has something other than objects.
	strange int64
	fresh   bool // rest is the beginning of a line
	ended   bool // rest goes to the end of its line

	depth             int // of brackets
	inString, escaped bool
}

const longValue = "a JSON value longer than 1 MiB"

// next returns the text of the next object, valid until the next call.
func (v *values) next() ([]byte, error) {
	v.reset()
	for {
		if len(v.rest) == 0 {
			if v.ended && v.depth > 0 {
				v.held = append(v.held, '\n')
			}
			text, begins, ends, err := v.r.lines.piece()
			if err == io.EOF && v.depth > 0 {
				v.leaveOut(cutOff)
			}
			if err != nil {
				return nil, err
			}
			if v.ended && v.inString { // a line end within a string is no JSON: another object begins
				v.leaveOut(cutOff)
			}
			if v.r.lines.line == 1 && len(v.held) == 0 {
				text = trimMark(text)
			}
			v.rest, v.fresh, v.ended = text, begins, ends
			if v.fresh && v.depth == 1 && len(bytes.TrimSpace(v.held)) == 1 {
				if inner, ok := arrayOf(v.rest); ok {
					v.reset()
					v.rest = inner
				}
			}
		}
		if v.depth == 0 && !v.begin() {
			continue
		}
		n := v.scan()
		if len(v.held)+n > maxLine {
			v.leaveOut(longValue)
			v.rest = v.rest[n:]
			continue
		}
		v.held = append(v.held, v.rest[:n]...)
		v.rest, v.fresh = v.rest[n:], false
		if v.depth == 0 {
			v.r.lines.from = v.from
			return v.held, nil
		}
	}
}

// scan returns the number of bytes of rest that belong to the object.
func (v *values) scan() int {
	for i, c := range v.rest {
		switch {
		case v.escaped:
			v.escaped = false
		case v.inString:
			v.escaped = c == '\\'
			v.inString = c != '"'
		case c == '"':
			v.inString = true
		case c == '{' || c == '[':
			v.depth++
		case c == '}' || c == ']':
			v.depth--
			if v.depth == 0 {
				return i + 1
			}
		}
	}
	return len(v.rest)
}

// begin moves rest to the beginning of an object; false if the piece has none.
func (v *values) begin() bool {
	for {
		if trimmed := bytes.TrimLeft(v.rest, " \t\r\n,[]}"); len(trimmed) < len(v.rest) {
			v.fresh = v.fresh && len(v.rest)-len(trimmed) < leastPiece/2
			v.rest = trimmed
		}
		if len(v.rest) == 0 {
			return false
		}
		if line := v.r.lines.line; v.rest[0] != '{' || line == v.strange { // the rest of the line is lost
			v.rest = nil
			if line != v.strange {
				v.strange, v.r.lines.from = line, line
				v.r.leaveOut(notJSON)
			}
			return false
		}
		inner, ok := arrayOf(v.rest[1:])
		if !ok || !v.fresh {
			v.from = v.r.lines.line
			return true
		}
		v.rest, v.fresh = inner, false
	}
}

// leaveOut counts the object that is being read, and gives it up.
func (v *values) leaveOut(reason string) {
	v.r.lines.from = v.from
	v.r.leaveOut(reason)
	v.reset()
}

func (v *values) reset() {
	v.held, v.depth, v.inString, v.escaped = v.held[:0], 0, false, false
}

// listed are the names under which tools put all rows into one array.
var listed = []string{"events", "logEvents", "activations", "items", "results"}

// arrayOf returns what is behind "name": [ at the beginning of a text, for one of the listed names.
func arrayOf(text []byte) (inner []byte, ok bool) {
	head := text[:min(leastPiece/2, len(text))]
	rest, ok := bytes.CutPrefix(bytes.TrimLeft(head, " \t"), quote)
	end := bytes.IndexByte(rest, '"')
	if !ok || end < 0 || !slices.Contains(listed, string(rest[:end])) {
		return nil, false
	}
	rest = rest[end+1:]
	for _, sign := range []string{":", "["} {
		if rest, ok = bytes.CutPrefix(bytes.TrimLeft(rest, " \t"), []byte(sign)); !ok {
			return nil, false
		}
	}
	return text[len(head)-len(rest):], true
}

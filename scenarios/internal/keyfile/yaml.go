package keyfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Largest is the most bytes of a file: 1 MiB, a thousand times
// what one needs.
const Largest = 1 << 20

// An error of the library: its line, which is left out for the first, and what is
// wrong. Where the parser speaks, and not the scanner, lines are counted from 0.
var (
	yamlError   = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)`)
	yamlParsing = regexp.MustCompile(`^did not find expected (<|node|key|'-'|',')`)
)

// parseYAML returns the root of the one document in data, or an error and its line.
func (t *Table[S]) parseYAML(data []byte) (root *yaml.Node, line int, err error) {
	switch {
	case len(data) > Largest:
		return nil, 1, fmt.Errorf("the file is larger than %d bytes; want a %s", Largest, t.What)
	case !utf8.Valid(data):
		return nil, 1 + bytes.Count(data[:firstInvalid(data)], []byte("\n")), errors.New("found bytes that are not UTF-8; want a text in UTF-8")
	}
	root, err = t.oneDocument(quoteFlow(data))
	if err != nil {
		root, err = t.oneDocument(data) // its errors are about what the file says
	}
	if err != nil {
		// A plain YAML text may not hold ": ", but a mixture does.
		if quoted, changed := quoteNotations(data); changed {
			root, err = t.oneDocument(quoted)
		}
	}
	if err == nil {
		return root, 0, nil
	}
	if line, tab := tabIndent(data); tab {
		return nil, line, errors.New("found a tab in the indentation; want spaces")
	}
	line = 1 // the library leaves out the number of the first line
	m := yamlError.FindStringSubmatch(err.Error())
	if m == nil {
		return nil, line, err
	}
	if m[1] != "" {
		line, _ = strconv.Atoi(m[1])
		if last := bytes.Count(bytes.TrimRight(data, " \n"), []byte("\n")) + 1; yamlParsing.MatchString(m[2]) && line < last {
			line++
		}
	}
	hint := ""
	if strings.HasPrefix(m[2], "mapping values") {
		hint = `; a text with ": " in it must stand in quotes`
	}
	return nil, line, fmt.Errorf("not YAML: %s%s", m[2], hint)
}

// oneDocument returns the root of data that holds exactly one YAML document.
func (t *Table[S]) oneDocument(data []byte) (*yaml.Node, error) {
	var document, second yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	if err := decoder.Decode(&document); err == io.EOF {
		return nil, fmt.Errorf("the file is empty; want a %s, such as %s", t.What, t.Example)
	} else if err != nil {
		return nil, err
	}
	if err := decoder.Decode(&second); err == nil {
		return nil, fmt.Errorf("yaml: line %d: a second document; want one %s a file", second.Line, t.What)
	} else if err != io.EOF {
		return nil, err
	}
	return document.Content[0], nil
}

// firstInvalid returns the index of the first byte that is not UTF-8.
func firstInvalid(data []byte) int {
	i := 0
	for i < len(data) {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		i += size
	}
	return i
}

// tabIndent returns the first line whose indentation holds a tab.
func tabIndent(data []byte) (line int, found bool) {
	for l := range bytes.Lines(data) {
		line++
		indent := l[:len(l)-len(bytes.TrimLeft(l, " \t"))]
		if bytes.IndexByte(indent, '\t') >= 0 && len(bytes.TrimSpace(l)) > 0 {
			return line, true
		}
	}
	return 0, false
}

// notationStart matches the start of a line whose value is a notation.
var notationStart = regexp.MustCompile(`(?m)^[ ]*[a-z_]+:[ ]+[a-z]+\(`)

// quoteNotations puts notations that hold ": ", as mixture(0.9: …) does, in
// quotes, and reports whether there were any. Lines keep their numbers.
func quoteNotations(data []byte) (quoted []byte, changed bool) {
	text := string(data)
	var b strings.Builder
	for {
		at := notationStart.FindStringIndex(text)
		if at == nil {
			break
		}
		start := at[0] + strings.IndexByte(text[at[0]:], ':') + 1
		start += len(text[start:]) - len(strings.TrimLeft(text[start:], " "))
		end := closing(text, at[1])
		value := text[start:end]
		if strings.Contains(value, ": ") && !strings.ContainsAny(value, "'#") {
			value = "'" + value + "'"
			changed = true
		}
		b.WriteString(text[:start] + value)
		text = text[end:]
	}
	return []byte(b.String() + text), changed
}

// closing returns the index past the parenthesis that closes the one before
// start, or start if none does within the length of any sensible notation.
func closing(text string, start int) int {
	const most = 4096
	depth := 1
	for i, c := range text[start:min(len(text), start+most)] {
		switch c {
		case '(':
			depth++
		case ')':
			depth--
		}
		if depth == 0 {
			return start + i + 1
		}
	}
	return start
}

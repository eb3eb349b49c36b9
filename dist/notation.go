package dist

import (
	"strconv"
	"strings"
)

// Bounds on the input, so that no input costs much time or stack.
const (
	maxNotation = 1 << 20 // bytes: a day's rates by the second are half of it
	maxNesting  = 16      // calls within calls
)

// A term is one value of a notation as written, before its meaning is known: a word such as 60ms or
// file.csv, a list in brackets, or a call such as gamma(mean=1s, cv=0.5).
type term struct {
	form       form
	start, end int    // position in the input, in bytes
	text       string // of a word, without quotes; the name of a call
	items      []term // of a list
	arguments  []argument
	close      int // position of a call's closing parenthesis
}

type form int

const (
	word form = iota
	list
	call
)

// An argument of a call has the form value, name=value or weight: value.
type argument struct {
	name, weight *term // at most one is set
	value        term
}

// scan reads a whole notation.
func scan(input string) (term, error) {
	if len(input) > maxNotation {
		return term{}, syntaxErrorf(input, maxNotation, "a notation of %d bytes; at most %d are accepted", len(input), maxNotation)
	}
	s := scanner{input: input}
	t, err := s.term(0)
	if err != nil {
		return term{}, err
	}
	if s.space(); s.at < len(input) {
		return term{}, s.errorf("%s follows where the notation should end", excerpt(input[s.at:]))
	}
	return t, nil
}

type scanner struct {
	input string
	at    int
}

func (s *scanner) errorf(format string, arguments ...any) error {
	return syntaxErrorf(s.input, s.at, format, arguments...)
}

// space skips white space.
func (s *scanner) space() {
	for s.at < len(s.input) && strings.IndexByte(" \t\r\n", s.input[s.at]) >= 0 {
		s.at++
	}
}

// accept skips white space and then c, if c follows.
func (s *scanner) accept(c byte) bool {
	s.space()
	if s.at < len(s.input) && s.input[s.at] == c {
		s.at++
		return true
	}
	return false
}

// found describes the input at the scanner's position.
func (s *scanner) found() string {
	if s.at == len(s.input) {
		return "the notation ends"
	}
	return excerpt(s.input[s.at:]) + " stands"
}

func (s *scanner) term(depth int) (term, error) {
	s.space()
	t := term{start: s.at}
	switch {
	case s.accept('['):
		return s.list(t, depth)
	case s.at < len(s.input) && s.input[s.at] == '"':
		return s.quoted(t)
	}
	t.end = s.word()
	t.text = s.input[t.start:t.end]
	if t.text == "" {
		return term{}, s.errorf("%s where a value is expected", s.found())
	}
	if s.accept('(') {
		return s.call(t, depth)
	}
	return t, nil
}

// word moves past characters without a meaning of their own. It returns the end of the word, before
// trailing white space.
func (s *scanner) word() (end int) {
	end = s.at
	for ; s.at < len(s.input); s.at++ {
		switch s.input[s.at] {
		case '(', ')', '[', ']', ',', '=', ':', '"':
			return end
		case ' ', '\t', '\r', '\n':
		default:
			end = s.at + 1
		}
	}
	return end
}

func (s *scanner) quoted(t term) (term, error) {
	text, err := strconv.QuotedPrefix(s.input[s.at:])
	if err == nil {
		t.text, err = strconv.Unquote(text)
	}
	if err != nil {
		return term{}, s.errorf(`a quotation that is not closed or has a bad escape; write it as in Go, "a, b.csv"`)
	}
	s.at += len(text)
	t.end = s.at
	return t, nil
}

func (s *scanner) list(t term, depth int) (term, error) {
	t.form = list
	for {
		item, err := s.term(depth)
		if err != nil {
			return term{}, err
		}
		if item.form != word {
			s.at = item.start
			return term{}, s.errorf("%s in a list, which holds plain values, such as [1/s, 20/s]", excerpt(s.input[item.start:item.end]))
		}
		t.items = append(t.items, item)
		switch {
		case s.accept(','):
		case s.accept(']'):
			t.end = s.at
			return t, nil
		default:
			return term{}, s.errorf("%s where a comma or ] is expected", s.found())
		}
	}
}

func (s *scanner) call(t term, depth int) (term, error) {
	t.form = call
	if depth == maxNesting {
		s.at = t.start
		return term{}, s.errorf("calls are nested deeper than %d", maxNesting)
	}
	if s.accept(')') {
		t.close, t.end = s.at-1, s.at
		return t, nil
	}
	for {
		var a argument
		first, err := s.term(depth + 1)
		if err != nil {
			return term{}, err
		}
		a.value = first
		for _, c := range []byte("=:") {
			if first.form != word || !s.accept(c) {
				continue
			}
			if c == '=' {
				a.name = &first
			} else {
				a.weight = &first
			}
			if a.value, err = s.term(depth + 1); err != nil {
				return term{}, err
			}
			break
		}
		t.arguments = append(t.arguments, a)
		switch {
		case s.accept(','):
		case s.accept(')'):
			t.close, t.end = s.at-1, s.at
			return t, nil
		default:
			return term{}, s.errorf("%s where a comma or ) is expected, within %s(", s.found(), t.text)
		}
	}
}

// quoteFile writes a file's name as a word if the word reads back as the name, and otherwise in
// quotes.
func quoteFile(name string) string {
	s := scanner{input: name}
	if end := s.word(); name != "" && end == len(name) && clean(name) == name && !strings.HasPrefix(name, " ") {
		return name
	}
	return strconv.Quote(name)
}

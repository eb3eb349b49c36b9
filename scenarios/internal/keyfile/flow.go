package keyfile

import (
	"bytes"
	"regexp"
	"strings"
)

// In a flow block, {…}, YAML ends a text at a comma, and a notation such as
// lognormal(mean=80ms, cv=1.5) has commas. quoteFlow puts the notations there into quotes before
// YAML reads the file. It follows YAML as far as it must to know where a flow block is: not in
// comments, in quoted texts, in the plain texts of block style, or in literal and folded texts.
// Lines keep their numbers. A notation whose parentheses are not closed stays as it is.
func quoteFlow(data []byte) []byte {
	if bytes.IndexByte(data, '{') < 0 && bytes.IndexByte(data, '[') < 0 {
		return data
	}
	q := flowQuoter{text: string(data)}
	for q.at < len(q.text) {
		q.line()
	}
	return []byte(q.quoted.String() + q.text[q.kept:])
}

// A flowQuoter goes through a file; text[:kept] is in quoted.
type flowQuoter struct {
	text   string
	at     int
	kept   int
	quoted strings.Builder
}

var (
	// blockKey matches the key before a value in block style, with the dashes of lists before it.
	blockKey = regexp.MustCompile(`^(?:- +)*(?:[^\s"'{}\[\],#&*!|>%@-][^:#{}\[\]"]*|"[^"\n]*"|'[^'\n]*'):(?: +|$)`)
	// blockText matches the header of a literal or folded text.
	blockText = regexp.MustCompile(`^[|>][-+0-9]*\s*(?:#.*)?$`)
	// flowNotation matches the beginning of a notation.
	flowNotation = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9_-]*\(`)
)

// line goes through one line of block style, and through the flow block that begins in it.
func (q *flowQuoter) line() {
	begin := q.at
	indent := len(q.rest()) - len(strings.TrimLeft(q.rest(), " "))
	q.at += indent
	line := q.upToEnd()
	if key := blockKey.FindString(line); key != "" {
		q.at += len(key)
	} else {
		for strings.HasPrefix(q.rest(), "- ") {
			q.at += len("- ")
		}
	}
	switch value := strings.TrimSpace(q.upToEnd()); {
	case value == "":
	case value[0] == '{' || value[0] == '[':
		q.flow()
	case blockText.MatchString(value):
		q.endLine()
		for q.at < len(q.text) { // what is indented further, and empty lines
			text := strings.TrimRight(q.upToEnd(), " \r")
			if text != "" && len(text)-len(strings.TrimLeft(text, " ")) <= indent {
				break
			}
			q.endLine()
		}
		return
	case value[0] == '"' || value[0] == '\'':
		q.at += strings.IndexByte(q.rest(), value[0])
		q.skipQuoted()
	}
	q.endLine()
	if q.at == begin { // no text is left
		q.at = len(q.text)
	}
}

func (q *flowQuoter) rest() string { return q.text[q.at:] }

// upToEnd returns what is left of the line.
func (q *flowQuoter) upToEnd() string {
	line, _, _ := strings.Cut(q.rest(), "\n")
	return line
}

// endLine moves to the beginning of the next line.
func (q *flowQuoter) endLine() {
	if i := strings.IndexByte(q.rest(), '\n'); i >= 0 {
		q.at += i + 1
		return
	}
	q.at = len(q.text)
}

// skipQuoted moves past a quoted text that begins here.
func (q *flowQuoter) skipQuoted() {
	quote := q.text[q.at]
	for q.at++; q.at < len(q.text); q.at++ {
		switch {
		case q.text[q.at] == '\\' && quote == '"':
			q.at++
		case q.text[q.at] == quote && quote == '\'' && strings.HasPrefix(q.text[q.at+1:], "'"):
			q.at++ // two stand for one
		case q.text[q.at] == quote:
			q.at++
			return
		}
	}
}

// flow goes through a flow block, from its opening bracket on.
func (q *flowQuoter) flow() {
	depth, fresh := 0, false // whether a text may begin here
	for q.at < len(q.text) {
		switch c := q.text[q.at]; {
		case c == '{' || c == '[':
			depth, fresh = depth+1, true
		case c == '}' || c == ']':
			if depth--; depth <= 0 {
				q.at++
				return
			}
			fresh = false
		case c == ',':
			fresh = true
		case c == ':' && q.at+1 < len(q.text) && strings.IndexByte(" \n\r", q.text[q.at+1]) >= 0:
			fresh = true
		case c == '#' && strings.IndexByte(" \t\n", q.text[q.at-1]) >= 0:
			q.endLine()
			continue
		case strings.IndexByte(" \t\r\n", c) >= 0:
		case (c == '"' || c == '\'') && fresh:
			q.skipQuoted()
			fresh = false
			continue
		case fresh:
			fresh = false
			if end := q.notation(); end > q.at {
				q.quote(end)
				continue
			}
		}
		q.at++
	}
}

// notation returns the end of the notation that begins here, if it must stand in quotes.
func (q *flowQuoter) notation() (end int) {
	name := flowNotation.FindString(q.rest())
	if name == "" {
		return q.at
	}
	end = closing(q.text, q.at+len(name))
	text := q.text[q.at:end]
	if end == q.at+len(name) || !strings.ContainsAny(text, ",[]{}#:") || strings.Contains(text, "\n") {
		return q.at
	}
	return end
}

// quote puts the text up to an end in quotes.
func (q *flowQuoter) quote(end int) {
	q.quoted.WriteString(q.text[q.kept:q.at])
	q.quoted.WriteString("'" + strings.ReplaceAll(q.text[q.at:end], "'", "''") + "'")
	q.at, q.kept = end, end
}

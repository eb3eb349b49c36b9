package keyfile

import (
	"fmt"
	"strings"
)

// A Call is a notation of a name and arguments, such as zipf(functions=100, rate=10/s). What the
// arguments mean is for its reader to say: their values may be notations.
type Call struct {
	Name      string
	Arguments []Argument
}

// An Argument of a Call.
type Argument struct {
	Name  string // empty: it is given without one
	Value string
}

// ParseCall reads a call; its error says what is wrong with the brackets and commas.
func ParseCall(text string) (c Call, err error) {
	name, rest, opened := strings.Cut(text, "(")
	inner, closed := strings.CutSuffix(strings.TrimSpace(rest), ")")
	c.Name = strings.TrimSpace(name)
	if !opened || !closed || !IsName(c.Name) {
		return c, fmt.Errorf("found %s; want a name and arguments in parentheses", Quoted(text))
	}
	parts, err := splitArguments(inner)
	if err != nil {
		return c, fmt.Errorf("%w in %s", err, Quoted(text))
	}
	for _, part := range parts {
		a := Argument{Value: strings.TrimSpace(part)}
		if name, value, ok := strings.Cut(part, "="); ok && IsName(strings.TrimSpace(name)) {
			a = Argument{strings.TrimSpace(name), strings.TrimSpace(value)}
		}
		if a.Value == "" {
			return c, fmt.Errorf("an argument is empty in %s", Quoted(text))
		}
		c.Arguments = append(c.Arguments, a)
	}
	return c, nil
}

// splitArguments splits a text at the commas outside brackets and quotes.
func splitArguments(text string) (parts []string, err error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	depth, begin, quoted := 0, 0, false
	for i, r := range text {
		switch {
		case r == '"':
			quoted = !quoted
		case quoted:
		case strings.ContainsRune("([", r):
			depth++
		case strings.ContainsRune(")]", r):
			if depth--; depth < 0 {
				return nil, fmt.Errorf("a closing bracket without an opening one")
			}
		case r == ',' && depth == 0:
			parts, begin = append(parts, text[begin:i]), i+1
		}
	}
	if depth != 0 || quoted {
		return nil, fmt.Errorf("a bracket or a quotation mark that is not closed")
	}
	return append(parts, text[begin:]), nil
}

// String returns the notation.
func (c Call) String() string {
	parts := make([]string, len(c.Arguments))
	for i, a := range c.Arguments {
		parts[i] = a.Value
		if a.Name != "" {
			parts[i] = a.Name + "=" + a.Value
		}
	}
	return c.Name + "(" + strings.Join(parts, ", ") + ")"
}

// With returns the call with an argument changed or, if it has none of the name, added.
func (c Call) With(name, value string) Call {
	changed := Call{Name: c.Name, Arguments: append([]Argument(nil), c.Arguments...)}
	for i := range changed.Arguments {
		if changed.Arguments[i].Name == name {
			changed.Arguments[i].Value = value
			return changed
		}
	}
	changed.Arguments = append(changed.Arguments, Argument{name, value})
	return changed
}

package scenarios

import (
	"slices"
	"strings"

	"faaslab/dist"
)

// A key is one value of the scenario file. The table of keys is all that the
// package knows about them: decoding, overrides, the resolved scenario, the
// JSON Schema and every error message read it.
type key struct {
	path     string // dotted, as in --set: container.keep_alive
	doc      string // one sentence, with unit and domain
	accepts  string // what may stand there, in words: "want …"
	standard string // the text that holds where the key is left out; empty: none
	schema   fragment
	law      bool                              // a distribution or an arrival process: its parameters have paths too
	of       func(*Scenario) dist.Distribution // of a law of durations: its value; else nil
	integer  bool                              // written as a number, not as a text, where it is one
	decimal  bool                              // written as a number, not as a text

	title   string   // the label of its control; empty: made of the path
	choices []string // of a choice: what each value is, in words; nil: nothing to say
	control *control // nil: a text among the others

	// read sets the key's field. The block that holds the field exists.
	read func(s *Scenario, text string, notation dist.Parser) error
	// write returns the text that reads back to the field; empty where the
	// scenario does without the key.
	write func(s *Scenario) string
}

// find returns the key at a path, or nil.
func find(path string) *key {
	for i := range keys {
		if keys[i].path == path {
			return &keys[i]
		}
	}
	return nil
}

// split cuts a path into its block, empty at the top, and the name in it.
func split(path string) (block, name string) {
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		return path[:i], path[i+1:]
	}
	return "", path
}

// join is the inverse of split.
func join(block, name string) string {
	if block == "" {
		return name
	}
	return block + "." + name
}

// optionalOf returns the top block that a path is in, if a scenario may lack it;
// else empty.
func optionalOf(path string) string {
	top, _, _ := strings.Cut(path, ".")
	if slices.Contains(optional, top) {
		return top
	}
	return ""
}

// lawOf returns the distribution or arrival process that a path addresses a
// parameter of, or nil.
func lawOf(path string) (k *key, parameter string) {
	for i := range keys {
		if rest, ok := strings.CutPrefix(path, keys[i].path+"."); ok && keys[i].law {
			return &keys[i], rest
		}
	}
	return nil, ""
}

package keyfile

import (
	"fmt"
	"slices"
	"strings"
)

// A Table is the keys of a file that is read into an S, and what holds of them together. The caller
// gives all but Blocks and Names, which NewTable makes of the keys.
type Table[S any] struct {
	What     string              // a file of these keys, in a word: scenario
	Example  string              // what a person may begin with
	Keys     []Key[S]            // in the order of the file
	Optional []string            // the blocks at the top that a file may lack; keys outside them always hold
	Rivals   map[string][]string // the keys that cannot be given beside a key
	// Lacks reports whether a value is without the block that a path is in.
	Lacks func(s *S, path string) bool
	// Complete, if set, completes the schema of a block; "" is the top.
	Complete func(block string, schema Fragment)

	Blocks []string            // of the file, each before those inside it
	Names  map[string][]string // that a block takes, in order; "" is the top
}

// NewTable returns a table with the blocks of its keys, and their names.
func NewTable[S any](t Table[S]) Table[S] {
	t.Blocks, t.Names = nil, map[string][]string{}
	seen := map[string]bool{"": true}
	for _, k := range t.Keys {
		for i, c := range k.Path {
			if c == '.' && !seen[k.Path[:i]] {
				seen[k.Path[:i]] = true
				t.Blocks = append(t.Blocks, k.Path[:i])
			}
		}
		// Each block on the way down is a name in the one above it.
		for path := k.Path; path != ""; {
			block, name := Split(path)
			if !slices.Contains(t.Names[block], name) {
				t.Names[block] = append(t.Names[block], name)
			}
			path = block
		}
	}
	return t
}

// Find returns the key at a path, or nil.
func (t *Table[S]) Find(path string) *Key[S] {
	for i := range t.Keys {
		if t.Keys[i].Path == path {
			return &t.Keys[i]
		}
	}
	return nil
}

// LawOf returns the distribution or arrival process that a path addresses a
// parameter of, or nil.
func (t *Table[S]) LawOf(path string) (k *Key[S], parameter string) {
	for i := range t.Keys {
		if rest, ok := strings.CutPrefix(path, t.Keys[i].Path+"."); ok && t.Keys[i].Law {
			return &t.Keys[i], rest
		}
	}
	return nil, ""
}

// OptionalOf returns the top block that a path is in, if a file may lack it; else empty.
func (t *Table[S]) OptionalOf(path string) string {
	top, _, _ := strings.Cut(path, ".")
	if slices.Contains(t.Optional, top) {
		return top
	}
	return ""
}

// Unknown is the error of a path that is no key.
func (t *Table[S]) Unknown(path string) error {
	block, _ := Split(path)
	for t.Names[block] == nil { // a block that is itself unknown
		block, _ = Split(block)
	}
	where := block
	if block == "" {
		where = "the top of a " + t.What
	}
	accepted := where + " takes " + List(t.Names[block], "and")
	if near := t.Near(path); len(near) > 0 {
		return fmt.Errorf("unknown key; did you mean %s? %s", List(near, "or"), accepted)
	}
	return fmt.Errorf("unknown key; %s", accepted)
}

// Split cuts a path into its block, empty at the top, and the name in it.
func Split(path string) (block, name string) {
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		return path[:i], path[i+1:]
	}
	return "", path
}

// Join is the inverse of Split.
func Join(block, name string) string {
	if block == "" {
		return name
	}
	return block + "." + name
}

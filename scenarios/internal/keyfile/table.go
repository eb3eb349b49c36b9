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
	// Free says what each name in a block of free names is of, by block: a function.
	Free map[string]string
	// Members returns the names that a value has in a block of free names, in their order.
	Members func(s *S, block string) []string
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
		k := &t.Keys[i]
		if k.Each == nil && k.Path == path {
			return k
		}
		if name, rest, ok := k.member(path); ok && rest == "" {
			one := k.Each(name)
			return &one
		}
	}
	return nil
}

// declared returns the key that is declared at a path, which may have a * for a free name, or nil.
func (t *Table[S]) declared(path string) *Key[S] {
	if i := slices.IndexFunc(t.Keys, func(k Key[S]) bool { return k.Path == path }); i >= 0 {
		return &t.Keys[i]
	}
	return nil
}

// member takes a path apart that begins with one that the key stands for: the free name, and what
// follows the key's path behind a point.
func (k *Key[S]) member(path string) (name, rest string, ok bool) {
	if k.Each == nil {
		return "", "", false
	}
	block, key, _ := strings.Cut(k.Path, "*.")
	path, ok = strings.CutPrefix(path, block)
	if !ok {
		return "", "", false
	}
	name, path, _ = strings.Cut(path, ".")
	if path == key {
		return name, "", IsName(name)
	}
	rest, ok = strings.CutPrefix(path, key+".")
	return name, rest, ok && rest != "" && IsName(name)
}

// LawOf returns the key that a path addresses a parameter of, such as a distribution or an arrival
// process, or nil.
func (t *Table[S]) LawOf(path string) (k *Key[S], parameter string) {
	for i := range t.Keys {
		k := &t.Keys[i]
		if !k.Law && k.Set == nil {
			continue
		}
		if name, rest, ok := k.member(path); ok && rest != "" {
			one := k.Each(name)
			return &one, rest
		}
		if rest, ok := strings.CutPrefix(path, k.Path+"."); ok && k.Each == nil {
			return k, rest
		}
	}
	return nil, ""
}

// starred returns the block of the table that stands for a block, which may be one of free names.
func (t *Table[S]) starred(block string) string {
	if parent, _ := Split(block); t.Free[parent] != "" {
		return Join(parent, "*")
	}
	return block
}

// NamesIn returns the names that a block takes, which may be one of free names; nil if there is no
// such block.
func (t *Table[S]) NamesIn(block string) []string { return t.Names[t.starred(block)] }

// Expand returns the keys with those of free names in place of the keys that stand for them.
func (t *Table[S]) Expand(members func(block string) []string) []Key[S] {
	keys := make([]Key[S], 0, len(t.Keys))
	for _, k := range t.Keys {
		if k.Each == nil {
			keys = append(keys, k)
			continue
		}
		block, _, _ := strings.Cut(k.Path, ".*.")
		for _, name := range members(block) {
			keys = append(keys, k.Each(name))
		}
	}
	return keys
}

// KeysOf returns the keys that a value may have.
func (t *Table[S]) KeysOf(s *S) []Key[S] {
	return t.Expand(func(block string) []string { return t.Members(s, block) })
}

// longestName is the most characters of a free name.
const longestName = 100

// WantName says which free names are accepted.
const WantName = "up to 100 letters, digits, - and _"

// IsName reports whether a text is accepted as a free name.
func IsName(text string) bool {
	return text != "" && len(text) <= longestName && strings.IndexFunc(text, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_')
	}) < 0
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
	for t.NamesIn(block) == nil { // a block that is itself unknown
		block, _ = Split(block)
	}
	if what := t.Free[block]; what != "" {
		return fmt.Errorf("unknown key; %s takes a block for each %s, under its name: %s", block, what, WantName)
	}
	where := block
	if block == "" {
		where = "the top of a " + t.What
	}
	accepted := where + " takes " + List(t.NamesIn(block), "and")
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

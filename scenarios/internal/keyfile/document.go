package keyfile

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"faaslab/dist"
)

// A Document is a file taken apart: the text of each key that is given, and
// where it stands. Overrides replace texts in it before any is read.
type Document[S any] struct {
	table    *Table[S]
	File     string      // as errors name it
	Notation dist.Parser // knows where the files are that its notations name
	Entries  map[string]Entry
	Blocks   map[string]Place    // the blocks that are given
	Members  map[string][]string // of blocks of free names: the names, in their order
	Problems Problems
}

// An Entry is the text given for a key.
type Entry struct {
	Text  string
	Place Place
	Err   error // of what is no text
}

// TakeApart reads a file's bytes. The error is of a text that is not YAML; what is
// wrong with single keys becomes the document's problems.
func (t *Table[S]) TakeApart(file string, notation dist.Parser, data []byte) (*Document[S], error) {
	root, line, err := t.parseYAML(data)
	if err != nil {
		return nil, &Problem{Line: line, Err: err, place: LineOf(file, line).Text}
	}
	d := &Document[S]{table: t, File: file, Notation: notation, Entries: map[string]Entry{}, Blocks: map[string]Place{}, Members: map[string][]string{}}
	d.block("", root.Line, root)
	if root.Kind != yaml.MappingNode {
		return nil, d.Problems.Join()
	}
	return d, nil
}

// Clone returns an independent copy.
func (d *Document[S]) Clone() *Document[S] {
	c := *d
	c.Entries, c.Blocks, c.Problems = maps.Clone(d.Entries), maps.Clone(d.Blocks), slices.Clone(d.Problems)
	c.Members = maps.Clone(d.Members)
	for block, names := range c.Members {
		c.Members[block] = slices.Clip(names) // another name goes to another array
	}
	return &c
}

// block takes a block apart that begins at a line.
func (d *Document[S]) block(path string, line int, n *yaml.Node) {
	d.Blocks[path] = LineOf(d.File, line)
	d.join(path)
	at := d.Blocks[path].Key(path)
	if plain(n) != nil {
		d.Problems.Add(at, "%w", plain(n))
		return
	}
	if n.Kind != yaml.MappingNode {
		if what := d.table.Free[path]; what != "" {
			d.Problems.Add(at, "found %s; want a block with a block for each %s, under its name", kind(n), what)
		} else {
			d.Problems.Add(at, "found %s; want a block with the keys %s", kind(n), List(d.table.NamesIn(path), "and"))
		}
		return
	}
	first := map[string]int{} // line of each name's first mention
	for i := 0; i < len(n.Content); i += 2 {
		name, value := n.Content[i], n.Content[i+1]
		at := LineOf(d.File, name.Line).Key(path)
		if name.Kind != yaml.ScalarNode || plain(name) != nil || name.Tag == "!!merge" {
			d.Problems.Add(at, "found %s as a key; want %s", kind(name), d.accepted(path))
			continue
		}
		if line, twice := first[name.Value]; twice {
			d.Problems.Add(at, "%s is given twice; the first is on line %d", Legible(name.Value), line)
			continue
		}
		first[name.Value] = name.Line
		d.value(path, name, value, n.Style&yaml.FlowStyle != 0)
	}
}

// accepted says which keys a block takes.
func (d *Document[S]) accepted(block string) string {
	if d.table.Free[block] != "" {
		return "the name of a " + d.table.Free[block] + ", " + WantName
	}
	return "one of " + List(d.table.NamesIn(block), "and")
}

// join notes a block among the names of the one that it is in, if those are free.
func (d *Document[S]) join(path string) {
	block, name := Split(path)
	if d.table.Free[block] != "" && !slices.Contains(d.Members[block], name) {
		d.Members[block] = append(d.Members[block], name)
	}
}

// Keys returns the keys that the document may have.
func (d *Document[S]) Keys() []Key[S] {
	return d.table.Expand(func(block string) []string { return d.Members[block] })
}

// value takes one key of a block and its value. Where a path is both a key and a block,
// the value tells which. In a flow block, {…}, commas
// end values.
func (d *Document[S]) value(block string, name, value *yaml.Node, flow bool) {
	path := Join(block, name.Value)
	at := LineOf(d.File, name.Line).Key(path)
	isBlock := d.table.NamesIn(path) != nil
	switch k := d.table.Find(path); {
	case d.table.Free[block] != "" && !IsName(name.Value):
		d.Problems.Add(at, "found the name %s; want %s", Quoted(name.Value), WantName)
	case strings.Contains(name.Value, "."):
		d.Problems.Add(at, "a file has a block for each part of a path; want %s",
			strings.ReplaceAll(Legible(name.Value), ".", ": and, indented below it, "))
	case isBlock && (k == nil || value.Kind == yaml.MappingNode):
		d.block(path, name.Line, value)
	case k == nil && flow && strings.ContainsAny(name.Value, "()[]="):
		d.Problems.Add(at, "in a {…} block a text with commas must stand in quotes, unless it is a notation on one line whose parentheses are closed")
	case k == nil:
		d.Problems.Add(at, "%w", d.table.Unknown(path))
	case plain(value) != nil:
		d.Entries[path] = Entry{Place: at, Err: plain(value)}
	case k.List && value.Kind == yaml.SequenceNode:
		d.Entries[path] = listed(value, at, k.Accepts)
	case value.Kind != yaml.ScalarNode || value.Tag == "!!null":
		d.Entries[path] = Entry{Place: at, Err: fmt.Errorf("found %s; want %s", kind(value), k.Accepts)}
	default:
		d.Entries[path] = Entry{Text: strings.TrimSpace(value.Value), Place: at}
	}
}

// listed returns the entry of a list, as a text such as [1, 1.5].
func listed(list *yaml.Node, at Place, accepts string) Entry {
	items := make([]string, len(list.Content))
	for i, item := range list.Content {
		switch {
		case plain(item) != nil:
			return Entry{Place: at, Err: plain(item)}
		case item.Kind != yaml.ScalarNode || item.Tag == "!!null":
			return Entry{Place: at, Err: fmt.Errorf("found %s in the list; want %s", kind(item), accepts)}
		}
		items[i] = strings.TrimSpace(item.Value)
	}
	return Entry{Text: "[" + strings.Join(items, ", ") + "]", Place: at}
}

// plain returns an error if a node uses what files of keys have no need of.
func plain(n *yaml.Node) error {
	switch {
	case n.Kind == yaml.AliasNode, n.Anchor != "", n.Tag == "!!merge":
		return errors.New("found an anchor, an alias or a merge key; want the value itself, written out")
	case n.Style&yaml.TaggedStyle != 0:
		return fmt.Errorf("found the tag %s; want the value without a tag", Legible(n.Tag))
	}
	return nil
}

// kind says what a node is, for "found …".
func kind(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a block of keys"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.Kind == yaml.AliasNode, n.Anchor != "", n.Tag == "!!merge":
		return "an anchor, an alias or a merge key"
	case n.Tag == "!!null":
		return "nothing"
	}
	return Quoted(n.Value)
}

// Has reports whether a path belongs to the file: one of an optional block only if the block
// does.
func (d *Document[S]) Has(path string) bool {
	_, given := d.Blocks[d.table.OptionalOf(path)]
	return given
}

// At returns where the first of several keys stands that is given; if none is,
// the block that should hold the first.
func (d *Document[S]) At(paths ...string) Place {
	for _, path := range paths {
		if e, given := d.Entries[path]; given {
			return e.Place
		}
	}
	top := d.table.OptionalOf(paths[0])
	if d.table.Free[top] != "" {
		name, _, _ := strings.Cut(strings.TrimPrefix(paths[0], top+"."), ".")
		if at, given := d.Blocks[Join(top, name)]; given {
			return at.Key(paths[0])
		}
	}
	at, given := d.Blocks[top]
	if !given {
		at = d.Blocks[""] // the block is what is missing
	}
	return at.Key(paths[0])
}

// Given reports whether the file or an override gives a key.
func (d *Document[S]) Given(path string) bool {
	_, given := d.Entries[path]
	return given
}

package scenarios

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"faaslab/dist"
)

// A document is a scenario taken apart: the text of each key that is given, and
// where it stands. Overrides replace texts in it before any is read.
type document struct {
	file     string      // as errors name it
	notation dist.Parser // knows where the files are that its notations name
	entries  map[string]entry
	blocks   map[string]place // the blocks that are given
	problems problems
}

// An entry is the text given for a key.
type entry struct {
	text  string
	place place
	err   error // of what is no text
}

// takeApart reads a file's bytes. The error is of a text that is not YAML; what is
// wrong with single keys becomes the document's problems.
func takeApart(file string, notation dist.Parser, data []byte) (*document, error) {
	root, line, err := parseYAML(data)
	if err != nil {
		return nil, &Problem{Line: line, Err: err, place: lineOf(file, line).text}
	}
	d := &document{file: file, notation: notation, entries: map[string]entry{}, blocks: map[string]place{}}
	d.block("", root.Line, root)
	if root.Kind != yaml.MappingNode {
		return nil, d.problems.join()
	}
	return d, nil
}

// clone returns an independent copy.
func (d *document) clone() *document {
	c := *d
	c.entries, c.blocks, c.problems = maps.Clone(d.entries), maps.Clone(d.blocks), slices.Clone(d.problems)
	return &c
}

// block takes a block apart that begins at a line.
func (d *document) block(path string, line int, n *yaml.Node) {
	d.blocks[path] = lineOf(d.file, line)
	at := d.blocks[path].key(path)
	if plain(n) != nil {
		d.problems.add(at, "%w", plain(n))
		return
	}
	if n.Kind != yaml.MappingNode {
		d.problems.add(at, "found %s; want a block with the keys %s", kind(n), list(namesOf[path], "and"))
		return
	}
	first := map[string]int{} // line of each name's first mention
	for i := 0; i < len(n.Content); i += 2 {
		name, value := n.Content[i], n.Content[i+1]
		at := lineOf(d.file, name.Line).key(path)
		if name.Kind != yaml.ScalarNode || plain(name) != nil || name.Tag == "!!merge" {
			d.problems.add(at, "found %s as a key; want one of %s", kind(name), list(namesOf[path], "and"))
			continue
		}
		if line, twice := first[name.Value]; twice {
			d.problems.add(at, "%s is given twice; the first is on line %d", legible(name.Value), line)
			continue
		}
		first[name.Value] = name.Line
		d.value(path, name, value, n.Style&yaml.FlowStyle != 0)
	}
}

// value takes one key of a block and its value. Where a path is both a key and a block,
// the value tells which. In a flow block, {…}, commas
// end values.
func (d *document) value(block string, name, value *yaml.Node, flow bool) {
	path := join(block, name.Value)
	at := lineOf(d.file, name.Line).key(path)
	_, isBlock := namesOf[path]
	switch k := find(path); {
	case strings.Contains(name.Value, "."):
		d.problems.add(at, "a file has a block for each part of a path; want %s",
			strings.ReplaceAll(legible(name.Value), ".", ": and, indented below it, "))
	case isBlock && (k == nil || value.Kind == yaml.MappingNode):
		d.block(path, name.Line, value)
	case k == nil && flow && strings.ContainsAny(name.Value, "()[]"):
		d.problems.add(at, "in a {…} block a text with commas must stand in quotes")
	case k == nil:
		d.problems.add(at, "%w", unknown(path))
	case plain(value) != nil:
		d.entries[path] = entry{place: at, err: plain(value)}
	case value.Kind != yaml.ScalarNode || value.Tag == "!!null":
		d.entries[path] = entry{place: at, err: fmt.Errorf("found %s; want %s", kind(value), k.accepts)}
	default:
		d.entries[path] = entry{text: strings.TrimSpace(value.Value), place: at}
	}
}

// plain returns an error if a node uses what scenario files have no need of.
func plain(n *yaml.Node) error {
	switch {
	case n.Kind == yaml.AliasNode, n.Anchor != "", n.Tag == "!!merge":
		return errors.New("found an anchor, an alias or a merge key; want the value itself, written out")
	case n.Style&yaml.TaggedStyle != 0:
		return fmt.Errorf("found the tag %s; want the value without a tag", legible(n.Tag))
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
	return quoted(n.Value)
}

// unknown is the error of a path that is no key.
func unknown(path string) error {
	block, _ := split(path)
	for namesOf[block] == nil { // a block that is itself unknown
		block, _ = split(block)
	}
	where := block
	if block == "" {
		where = "the top of a scenario"
	}
	accepted := where + " takes " + list(namesOf[block], "and")
	if near := nearestKeys(path); len(near) > 0 {
		return fmt.Errorf("unknown key; did you mean %s? %s", list(near, "or"), accepted)
	}
	return fmt.Errorf("unknown key; %s", accepted)
}

// has reports whether a path belongs to the scenario: one of an optional block only
// if the block does.
func (d *document) has(path string) bool {
	_, given := d.blocks[optionalOf(path)]
	return given
}

// at returns where the first of several keys stands that is given; if none is,
// the block that should hold the first.
func (d *document) at(paths ...string) place {
	for _, path := range paths {
		if e, given := d.entries[path]; given {
			return e.place
		}
	}
	return d.blocks[optionalOf(paths[0])].key(paths[0])
}

// given reports whether the file or an override gives a key.
func (d *document) given(path string) bool {
	_, given := d.entries[path]
	return given
}

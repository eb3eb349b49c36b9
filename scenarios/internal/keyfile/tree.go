package keyfile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// JSON returns a value as JSON: each of its keys as the file would hold it, defaults included, in
// the order of the file.
func (t *Table[S]) JSON(s *S) ([]byte, error) {
	var b bytes.Buffer
	err := writeJSON(&b, t.tree(s, func(*Key[S]) bool { return true }))
	return b.Bytes(), err
}

// YAML returns a value as a file, of the keys that are wanted.
func (t *Table[S]) YAML(s *S, wanted func(*Key[S]) bool) []byte {
	var b bytes.Buffer
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	if err := encoder.Encode(t.tree(s, wanted)); err != nil {
		panic("keyfile: " + err.Error()) // texts, numbers and blocks always encode
	}
	return b.Bytes()
}

// tree returns the texts of the keys that a value has, and that are wanted, as blocks in
// the order of the file.
func (t *Table[S]) tree(s *S, wanted func(*Key[S]) bool) *yaml.Node {
	blocks := map[string]*yaml.Node{"": {Kind: yaml.MappingNode}}
	keys := t.KeysOf(s)
	for i := range keys {
		k := &keys[i]
		if t.Lacks(s, k.Path) {
			continue
		}
		text := k.Write(s)
		if text == "" || !wanted(k) {
			continue
		}
		value := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text}
		switch k.JSON(text).(type) {
		case json.Number:
			value = numberNode(text)
		case json.RawMessage:
			value = &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
			for item := range strings.SplitSeq(strings.Trim(text, "[]"), ", ") {
				value.Content = append(value.Content, numberNode(item))
			}
		}
		// The value goes into its block, and blocks not seen yet into theirs.
		for path := k.Path; ; {
			block, name := Split(path)
			parent, seen := blocks[block]
			if !seen {
				parent = &yaml.Node{Kind: yaml.MappingNode}
				blocks[block] = parent
			}
			parent.Content = append(parent.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: name}, value)
			if seen {
				break
			}
			path, value = block, parent
		}
	}
	return blocks[""]
}

// numberNode returns a number of a tree.
func numberNode(text string) *yaml.Node {
	tag := "!!float"
	if _, whole := ParseWhole(text); whole {
		tag = "!!int"
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: text}
}

// writeJSON writes a tree of blocks and values.
func writeJSON(b *bytes.Buffer, n *yaml.Node) error {
	switch {
	case n.Kind == yaml.MappingNode:
		for i := 0; i < len(n.Content); i += 2 {
			separator := ','
			if i == 0 {
				separator = '{'
			}
			fmt.Fprintf(b, "%c%q:", separator, n.Content[i].Value)
			if err := writeJSON(b, n.Content[i+1]); err != nil {
				return err
			}
		}
		b.WriteByte('}')
	case n.Kind == yaml.SequenceNode:
		for i, item := range n.Content {
			separator := ','
			if i == 0 {
				separator = '['
			}
			b.WriteRune(separator)
			if err := writeJSON(b, item); err != nil {
				return err
			}
		}
		b.WriteByte(']')
	case n.Tag == "!!int", n.Tag == "!!float":
		b.WriteString(n.Value)
	default:
		text, err := json.Marshal(n.Value)
		if err != nil {
			return err
		}
		b.Write(text)
	}
	return nil
}

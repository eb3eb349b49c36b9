package scenarios

import (
	"bytes"
	"encoding/json"
	"fmt"

	"go.yaml.in/yaml/v3"
)

// tree returns the texts of the keys that the scenario has, and that are wanted, as blocks in
// the order of the file.
func (s Scenario) tree(wanted func(*key) bool) *yaml.Node {
	blocks := map[string]*yaml.Node{"": {Kind: yaml.MappingNode}}
	for i := range keys {
		k := &keys[i]
		if s.lacks(k.path) {
			continue
		}
		text := k.write(&s)
		if text == "" || !wanted(k) {
			continue
		}
		value := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text}
		if _, number := k.value(text).(json.Number); number {
			value.Tag = "!!int"
			if _, whole := parseWhole(text); !whole {
				value.Tag = "!!float"
			}
		}
		// The value goes into its block, and blocks not seen yet into theirs.
		for path := k.path; ; {
			block, name := split(path)
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

package keyfile

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"faaslab/dist"
)

// A Fragment is a part of a JSON Schema. Maps are encoded in the order of their
// keys, so that the schema is the same bytes every time.
type Fragment map[string]any

// Schema returns a JSON Schema (draft 2020-12) of the file, for completion
// and checking in editors. It is made of the same table that files are read by.
func (t *Table[S]) Schema() []byte {
	root := t.blockSchema("")
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "faaslab " + t.What
	root["$defs"] = Fragment{
		distributionSchema: notationSchema("a distribution", dist.DistributionGrammar()),
		arrivalsSchema:     notationSchema("an arrival process", dist.ArrivalsGrammar()),
	}
	text, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		panic("keyfile: " + err.Error())
	}
	return append(text, '\n')
}

// blockSchema returns the schema of one block and those in it; "" is the top.
func (t *Table[S]) blockSchema(block string) Fragment {
	properties := Fragment{}
	for _, name := range t.Names[block] {
		path := Join(block, name)
		k := t.declared(path)
		if k == nil {
			properties[name] = t.blockSchema(path)
			continue
		}
		property := Fragment{"description": k.Doc}
		k.describe(property, 1+slices.IndexFunc(t.Keys, func(other Key[S]) bool { return other.Path == path }))
		for word, value := range k.Schema {
			property[word] = value
		}
		if t.Names[path] != nil { // a key that may be a block instead
			for word, value := range t.blockSchema(path) {
				if word != "type" {
					property[word] = value
				}
			}
		}
		if k.Standard != "" {
			property["default"] = k.JSON(k.Standard)
		}
		properties[name] = property
	}
	schema := Fragment{"type": "object", "additionalProperties": false, "properties": properties}
	if t.Free[block] != "" {
		schema = Fragment{"type": "object", "additionalProperties": properties["*"], "minProperties": 1, "propertyNames": Fragment{"pattern": fmt.Sprintf("^[A-Za-z0-9_-]{1,%d}$", longestName)}}
	}
	if t.Complete != nil {
		t.Complete(block, schema)
	}
	return schema
}

// JSON returns a text as JSON holds it: a number or a list where the key is one.
func (k *Key[S]) JSON(text string) any {
	_, wrong := strconv.ParseFloat(text, 64)
	if _, whole := ParseWhole(text); k.Integer && whole || k.Decimal && wrong == nil {
		return json.Number(text)
	}
	if k.List {
		return json.RawMessage(text)
	}
	return text
}

// The names of the definitions that keys with a notation refer to.
const (
	distributionSchema = "distribution"
	arrivalsSchema     = "arrivals"
)

// Refer returns the schema of a value that a definition describes.
func refer(definition string) Fragment { return Fragment{"$ref": "#/$defs/" + definition} }

// notationSchema describes distributions or arrival processes. Editors that know patternErrorMessage show it in place of the pattern.
func notationSchema(what string, g dist.Grammar) Fragment {
	return Fragment{"type": "string", "pattern": g.Pattern, "examples": g.Examples,
		"patternErrorMessage": "want " + what + " such as " + List(g.Examples, "or")}
}

// durationSchema describes durations such as 60s or 1m30s, and never.
func durationSchema(orNever bool) Fragment {
	duration := `(([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?(ns|us|µs|μs|ms|s|m|h|d))+`
	if orNever {
		duration = "(" + duration + "|never)"
	}
	return Fragment{"type": "string", "pattern": "^" + duration + "$"}
}

package scenarios

import (
	"encoding/json"
	"slices"

	"faaslab/dist"
)

// A fragment is a part of a JSON Schema. Maps are encoded in the order of their
// keys, so that the schema is the same bytes every time.
type fragment map[string]any

// Schema returns a JSON Schema (draft 2020-12) of scenario files, for completion
// and checking in editors. It is made of the same tables that files are read by.
func Schema() []byte {
	root := blockSchema("")
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "faaslab scenario"
	root["$defs"] = fragment{
		distributionSchema: notationSchema("a distribution", dist.DistributionGrammar()),
		arrivalsSchema:     notationSchema("an arrival process", dist.ArrivalsGrammar()),
	}
	text, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		panic("scenarios: " + err.Error())
	}
	return append(text, '\n')
}

// blockSchema returns the schema of one block and those in it; "" is the top.
func blockSchema(block string) fragment {
	properties := fragment{}
	for _, name := range namesOf[block] {
		path := join(block, name)
		k := find(path)
		if k == nil {
			properties[name] = blockSchema(path)
			continue
		}
		property := fragment{"description": k.doc}
		k.describe(property, 1+slices.IndexFunc(keys, func(other key) bool { return other.path == path }))
		for word, value := range k.schema {
			property[word] = value
		}
		if namesOf[path] != nil { // a key that may be a block instead
			for word, value := range blockSchema(path) {
				if word != "type" {
					property[word] = value
				}
			}
		}
		if k.standard != "" {
			property["default"] = k.value(k.standard)
		}
		properties[name] = property
	}
	schema := fragment{"type": "object", "additionalProperties": false, "properties": properties}
	switch block {
	case "":
		schema["required"] = []string{"arrivals"}
		var platforms []fragment
		for _, k := range kinds {
			platforms = append(platforms, fragment{"required": []string{k.Name}})
		}
		schema["anyOf"] = platforms
	case "run":
		schema["not"] = fragment{"required": []string{"duration"},
			"anyOf": []fragment{{"required": []string{"precision"}}, {"required": []string{"max_requests"}}}}
	}
	if slices.Equal(namesOf[block], coreKeys) {
		schema["required"] = coreKeys[:1]
	}
	if k := KindOf(block); k.schema != nil {
		k.schema(schema)
	}
	return schema
}

// value returns a text as JSON holds it: a number where the key is one.
func (k *key) value(text string) any {
	if _, whole := parseWhole(text); k.integer && whole || k.decimal {
		return json.Number(text)
	}
	return text
}

// The names of the definitions that keys with a notation refer to.
const (
	distributionSchema = "distribution"
	arrivalsSchema     = "arrivals"
)

// refer returns the schema of a value that a definition describes.
func refer(definition string) fragment { return fragment{"$ref": "#/$defs/" + definition} }

// notationSchema describes distributions or arrival processes. Editors that know patternErrorMessage show it in place of the pattern.
func notationSchema(what string, g dist.Grammar) fragment {
	return fragment{"type": "string", "pattern": g.Pattern, "examples": g.Examples,
		"patternErrorMessage": "want " + what + " such as " + list(g.Examples, "or")}
}

// durationSchema describes durations such as 60s or 1m30s, and never.
func durationSchema(orNever bool) fragment {
	duration := `(([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?(ns|us|µs|μs|ms|s|m|h|d))+`
	if orNever {
		duration = "(" + duration + "|never)"
	}
	return fragment{"type": "string", "pattern": "^" + duration + "$"}
}

package scenarios

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"faaslab/sim/tests"
)

func TestTheSchemaAcceptsTheLibrary(t *testing.T) {
	tests.Slow(t)
	schema := decodedSchema(t)
	for _, b := range List() {
		source, err := Source(b.Name)
		require.NoError(t, err)
		s, err := Load(b.Name, nil)
		require.NoError(t, err)
		assert.Empty(t, violations(schema, decoded(t, source), b.Name))
		assert.Empty(t, violations(schema, decoded(t, s.YAML()), b.Name), "resolved")
	}
}

func TestTheSchemaRefusesWhatTheReaderRefuses(t *testing.T) {
	tests.Slow(t)
	schema := decodedSchema(t)
	const start = "arrivals: poisson(rate=1/s)\ncontainer:\n  warm: exponential(mean=1s)\n  cold: exponential(mean=2s)\n"
	for _, text := range []string{
		"name: x",
		"arrivals: poisson(rate=1/s)",
		"arrivals: poisson(rate=1/s)\ncontainer: {warm: constant(1s)}",
		"arrivals: 5\nwasm: {service: constant(1s)}",
		start + "  startup: constant(1s)",
		start + "  keepalive: 60s",
		start + "  keep_alive: 60",
		start + "  keep_alive: 60 s",
		start + "  max_instances: 0",
		start + "  max_instances: 1.5",
		start + "  max_instances: none",
		start + "  routing: fifo",
		start + "  cores: 0",
		start + "  cores: none",
		start + "  cores: {threads: 2, yield: 0.5}",
		start + "  cores: {physical: 4, thread: 1}",
		start + "  cores: {physical: 4, yield: 2}",
		start + "  cores: {physical: 4, all_core_speed: 11}",
		start + "  cores: {physical: 4, speeds: 2}",
		start + "  cores: {physical: 4, speeds: []}",
		start + "  cores: {physical: 4, speeds: [1, 11]}",
		start + "  cores: {physical: 4, speeds: [1, fast]}",
		start + "  cores: {physical: 4, speeds: [" + strings.Repeat("1,", 1000) + "1]}",
		start + "  cores: {physical: 4, all_core_speed: 1, speeds: [1, 2]}",
		start + "  release: 20ms",
		start + "  cores: 4\n  startup_cpu: 2",
		start + "  initial: 4",
		start + "  dispatch: 10ms",
		start + "  dispatch: {interval: never}",
		start + "  dispatch: {batch: none}",
		start + "  dispatch: {service: 1ms}",
		start + "  dispatch: {per_batch: never}",
		start + "  dispatch: {service: constant(1ms), hand_over: batch}",
		start + "run: {duration: never}",
		start + "run: {precision: 1}",
		start + "run: {precision: 1%, duration: 1h}",
		start + "run: {max_requests: 5, duration: 1h}",
		start + "run: {warmup: automatic}",
		start + "run: {replications: 0}",
		start + "run: {seed: -1}",
		start + "wasm: {service: exponential}",
		start + "wasm: {service: exponential(rate=1/s)}",
		start + "wasm: {service: 'shifted(1s, expnential(mean=1s))'}",
		"arrivals: poison(rate=3/s)\nwasm: {service: constant(1s)}",
		"arrivals: poisson(rate=3)\nwasm: {service: constant(1s)}",
	} {
		_, err := Parse("pool.yaml", "", []byte(text), nil)
		assert.Error(t, err, text)
		assert.NotEmpty(t, violations(schema, decoded(t, []byte(text)), "pool"), text)
	}
}

func TestEveryKeyOfTheSchemaIsDescribed(t *testing.T) {
	schema := decodedSchema(t)
	for _, k := range table.Keys {
		at := schema
		for _, name := range strings.Split(k.Path, ".") {
			if name == "*" { // a free name
				at = at["additionalProperties"].(map[string]any)
				continue
			}
			at = at["properties"].(map[string]any)[name].(map[string]any)
		}
		assert.Equal(t, k.Doc, at["description"], k.Path)
		assert.NotContains(t, k.Doc, "\n")
		if standard, ok := at["default"]; ok {
			assert.Empty(t, violations(at, standard, k.Path))
		}
	}
}

// definitions are those that the schema refers to.
var definitions = func() map[string]any {
	var schema struct {
		Defs map[string]any `json:"$defs"`
	}
	if err := json.Unmarshal(Schema(), &schema); err != nil {
		panic(err)
	}
	return schema.Defs
}()

func decodedSchema(t *testing.T) (schema map[string]any) {
	require.NoError(t, json.Unmarshal(Schema(), &schema))
	return schema
}

// decoded returns a YAML text as JSON would hold it.
func decoded(t *testing.T, text []byte) (value any) {
	var loose any
	require.NoError(t, yaml.Unmarshal(text, &loose))
	asJSON, err := json.Marshal(loose)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(asJSON, &value))
	return value
}

// violations checks a value against the words of JSON Schema that ours uses. It
// panics on others, lest they go unchecked.
func violations(schema map[string]any, value any, at string) (all []string) {
	refuse := func(format string, args ...any) {
		all = append(all, at+": "+fmt.Sprintf(format, args...))
	}
	matching := func(alternatives any) (n int) {
		for _, a := range alternatives.([]any) {
			if len(violations(a.(map[string]any), value, at)) == 0 {
				n++
			}
		}
		return n
	}
	object, _ := value.(map[string]any)
	text, isText := value.(string)
	number, isNumber := value.(float64)
	list, isList := value.([]any)
	for word, want := range schema {
		switch word {
		case "$schema", "title", "description", "default", "then", "$defs", "examples", "patternErrorMessage", "enumDescriptions", "x-control":
		case "$ref":
			all = append(all, violations(definitions[strings.TrimPrefix(want.(string), "#/$defs/")].(map[string]any), value, at)...)
		case "type":
			isType := map[string]bool{
				"object": object != nil, "string": isText, "integer": isNumber && number == math.Trunc(number), "number": isNumber, "array": isList,
			}
			if !isType[want.(string)] {
				refuse("%v is not of type %v", value, want)
			}
		case "additionalProperties":
			properties, _ := schema["properties"].(map[string]any)
			others, free := want.(map[string]any)
			for name, inner := range object {
				if _, ok := properties[name]; ok {
					continue
				}
				if free {
					all = append(all, violations(others, inner, at+"."+name)...)
				} else {
					refuse("unknown %s", name)
				}
			}
		case "properties":
			for name, p := range want.(map[string]any) {
				if inner, ok := object[name]; ok {
					all = append(all, violations(p.(map[string]any), inner, at+"."+name)...)
				}
			}
		case "if":
			if len(violations(want.(map[string]any), value, at)) == 0 {
				all = append(all, violations(schema["then"].(map[string]any), value, at)...)
			}
		case "propertyNames":
			for name := range object {
				all = append(all, violations(want.(map[string]any), name, at+"."+name)...)
			}
		case "minProperties":
			if object != nil && len(object) < int(want.(float64)) {
				refuse("%d keys are too few", len(object))
			}
		case "required":
			for _, name := range want.([]any) {
				if _, ok := object[name.(string)]; object != nil && !ok {
					refuse("%v is missing", name)
				}
			}
		case "anyOf":
			if matching(want) == 0 {
				refuse("none of the alternatives")
			}
		case "oneOf":
			if n := matching(want); n != 1 {
				refuse("%d of the alternatives", n)
			}
		case "not":
			if len(violations(want.(map[string]any), value, at)) == 0 {
				refuse("what must not be")
			}
		case "enum":
			if !slices.Contains(want.([]any), value) {
				refuse("%v is not one of %v", value, want)
			}
		case "const":
			if value != want {
				refuse("%v is not %v", value, want)
			}
		case "pattern":
			if isText && !regexp.MustCompile(want.(string)).MatchString(text) {
				refuse("%q does not match %v", text, want)
			}
		case "items":
			for i, item := range list {
				all = append(all, violations(want.(map[string]any), item, fmt.Sprintf("%s.%d", at, i))...)
			}
		case "minItems":
			if isList && len(list) < int(want.(float64)) {
				refuse("a list of %d is too short", len(list))
			}
		case "maxItems":
			if isList && len(list) > int(want.(float64)) {
				refuse("a list of %d is too long", len(list))
			}
		case "minLength":
			if isText && len([]rune(text)) < int(want.(float64)) {
				refuse("%q is too short", text)
			}
		case "maxLength":
			if isText && len([]rune(text)) > int(want.(float64)) {
				refuse("%q is too long", text)
			}
		case "minimum":
			if isNumber && number < want.(float64) {
				refuse("%v is below %v", number, want)
			}
		case "maximum":
			if isNumber && number > want.(float64) {
				refuse("%v is above %v", number, want)
			}
		default:
			panic("the schema uses " + word + ", which this check does not know")
		}
	}
	return all
}

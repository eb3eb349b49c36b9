package explorer

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/platform"
	"faaslab/scenarios"
)

// modules returns the text of each module of the page by its name.
func modules(t *testing.T) map[string]string {
	names, err := fs.Glob(pageFiles, "page/*.js")
	require.NoError(t, err)
	require.NotEmpty(t, names)
	texts := map[string]string{}
	for _, name := range names {
		text, err := pageFiles.ReadFile(name)
		require.NoError(t, err)
		texts[strings.TrimPrefix(name, "page/")] = string(text)
	}
	return texts
}

func TestTheModulesOfThePageAreNoCircle(t *testing.T) {
	texts := modules(t)
	imported := regexp.MustCompile(`(?m)^import .* from '\./(\w+\.js)';$`)
	var visit func(name string, from []string)
	visit = func(name string, from []string) {
		if i := slices.Index(from, name); i >= 0 {
			assert.Fail(t, "the imports are a circle", strings.Join(append(from[i:], name), " → "))
			return
		}
		require.Contains(t, texts, name)
		for _, m := range imported.FindAllStringSubmatch(texts[name], -1) {
			visit(m[1], append(slices.Clone(from), name))
		}
	}
	for name, text := range texts {
		assert.Equal(t, strings.Count(text, "\nimport ")+strings.Count(text[:7], "import "), len(imported.FindAllString(text, -1)), "%s imports in a way that this test reads", name)
		visit(name, nil)
	}
}

// The page learns metrics, keys and platforms from the server. The test does not look for names
// such as running, which is also a state of an instance.
func TestThePageHasNoListOfNamesOfItsOwn(t *testing.T) {
	own := map[string]bool{}
	for _, m := range platform.Catalogue {
		if strings.Contains(m.Name, "_") || m.Name == platform.Utilization || m.Name == platform.Throughput {
			own[m.Name] = true
		}
	}
	for _, key := range scenarios.Keys() {
		block, name, inside := strings.Cut(key, ".")
		if inside && (scenarios.IsKind(block) || block == "pricing") {
			own[key] = true
			own[block+"."+strings.Split(name, ".")[0]] = true
		}
	}
	words := regexp.MustCompile(`[\w.]+`)
	for name, text := range modules(t) {
		for i, line := range strings.Split(text, "\n") {
			if strings.HasPrefix(strings.TrimSpace(line), "//") {
				continue
			}
			for _, word := range words.FindAllString(line, -1) {
				assert.False(t, own[word], "%s:%d: %s", name, i+1, word)
			}
			for _, kind := range scenarios.KindNames() {
				assert.NotContains(t, line, "'"+kind+"'", "%s:%d", name, i+1)
			}
		}
	}
}

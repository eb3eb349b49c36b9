package scenarios

import (
	"fmt"
	"slices"

	"faaslab/dist"
)

// Files returns the names of the files that the scenario reads, traces and measured durations, as
// its notations name them: each once, in the order of the keys.
func (s Scenario) Files() []string {
	laws := []fmt.Stringer{s.Arrivals}
	for i := range keys {
		if k := &keys[i]; k.of != nil && !s.lacks(k.path) {
			laws = append(laws, k.of(&s))
		}
	}
	var names []string
	for _, law := range laws {
		for _, name := range dist.Files(law) {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

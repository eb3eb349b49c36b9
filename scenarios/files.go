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
	if c := s.Container; c != nil {
		laws = append(laws, c.Warm, c.Cold, c.Startup, c.Dispatch.Service)
	}
	if w := s.Wasm; w != nil {
		laws = append(laws, w.Service, w.Startup)
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

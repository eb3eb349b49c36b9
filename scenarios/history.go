package scenarios

import (
	"fmt"
	"strings"

	"faaslab/platform"
)

// History returns one platform of a scenario at time 0, to be watched event by event: what
// Simulate simulates in that replication, from 0. Run.Warmup and all else that says how long to
// measure have no effect. The error is of a platform that the scenario has not, or of a trace that cannot be read.
func (s Scenario) History(name string, replication int) (*platform.History, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	if k := KindOf(name); k.History != nil && k.has(&s) {
		return k.History(s, replication)
	}
	return nil, fmt.Errorf("no platform %q in the scenario; want %s", name, strings.Join(s.Platforms(), " or "))
}

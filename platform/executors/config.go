package executors

import (
	"faaslab/dist"
	"faaslab/platform"
)

// Config describes a WebAssembly platform: each request has an executor, which is started for it
// and is gone when the request completes.
type Config struct {
	// Service is the time that an executor needs on a core of its own. Nil: the arrival process
	// gives it.
	Service dist.Distribution
	// Startup precedes the service and holds no core. Nil: none.
	Startup dist.Distribution
	// Cores are shared by all executors. Held one by one (FCFS), they have one thread each and a
	// constant clock.
	Cores      platform.Cores
	Discipline Discipline
}

// Discipline says how executors share the cores.
type Discipline uint8

// The disciplines: executors share the cores equally, none using more than one, or hold a core
// each, in order of arrival.
const (
	ProcessorSharing Discipline = iota
	FCFS
)

var disciplineNames = []string{"processor-sharing", "fcfs"}

// String returns the name used in scenario files.
func (d Discipline) String() string { return disciplineNames[d] }

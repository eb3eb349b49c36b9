package scenarios

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"faaslab/dist"
	"faaslab/platform"
)

// The keys of the cores that a platform's instances share. container.cores and wasm.cores are a
// number of plain cores, or a block that says what they are like; so each is a
// key, and a block of keys.

// mostCores is the highest number of cores that is accepted.
const mostCores = 1e9

// coreKeys are the keys of the block, the one that it must have first.
var coreKeys = []string{"physical", "threads", "yield", "all_core_speed"}

func containerCores(s *Scenario) *platform.Cores { return &s.Container.Cores }
func wasmCores(s *Scenario) *platform.Cores      { return &s.Wasm.Cores }

// plainCores returns cores of one thread and a constant clock.
func plainCores(n int) platform.Cores {
	return platform.Cores{Physical: n, Threads: 1, AllCoreSpeed: 1}
}

// cores makes the key of a number of plain cores.
func cores(path, doc string, field func(*Scenario) *platform.Cores) key {
	n := platform.Unlimited
	k := count(path, doc, unlimited, 1, mostCores, true, func(*Scenario) *int { return &n })
	accepts := fmt.Sprintf("a whole number from 1 to %d, %s, or a block with the keys %s", int(mostCores), unlimited, list(coreKeys, "and"))
	k.accepts = accepts
	k.schema["anyOf"] = append(k.schema["anyOf"].([]fragment), fragment{"type": "object"})
	k.read = func(s *Scenario, text string, _ dist.Parser) error {
		if text == unlimited {
			*field(s) = platform.Cores{}
			return nil
		}
		n, ok := parseWhole(text)
		if !ok || n < 1 || n > mostCores {
			return wrong(text, accepts)
		}
		*field(s) = plainCores(int(n))
		return nil
	}
	k.write = func(s *Scenario) string {
		switch c := *field(s); {
		case !c.Limited():
			return unlimited
		case c == plainCores(c.Physical):
			return strconv.Itoa(c.Physical)
		}
		return ""
	}
	return k
}

// ofCores completes a key of the block: it is written where the cores are not plain.
func ofCores(k key, field func(*Scenario) *platform.Cores) key {
	write := k.write
	k.write = func(s *Scenario) string {
		if c := *field(s); c.Limited() && c != plainCores(c.Physical) {
			return write(s)
		}
		return ""
	}
	return k
}

// physicalCores makes the key of the number of cores in the block.
func physicalCores(path string, field func(*Scenario) *platform.Cores) key {
	k := count(path, "Cores, 1 or more.", "", 1, mostCores, false, func(s *Scenario) *int { return &field(s).Physical })
	read := k.read
	k.read = func(s *Scenario, text string, notation dist.Parser) error {
		*field(s) = plainCores(0)
		return read(s, text, notation)
	}
	return ofCores(k, field)
}

// threads makes the key of the threads of a core.
func threads(path string, field func(*Scenario) *platform.Cores) key {
	return ofCores(count(path, "Threads of each core, 1 or 2; 1 if left out.", "", 1, 2, false,
		func(s *Scenario) *int { return &field(s).Threads }), field)
}

// yield makes the key of what a second thread adds.
func yield(path string, field func(*Scenario) *platform.Cores) key {
	return ofCores(proportion(path, "What the second thread of a core adds to the first, 0 to 1: with 0.25 both together do 1.25 times the work of one. Given with two threads.",
		"", 0, func(s *Scenario) *float64 { return &field(s).Yield }), field)
}

// allCoreSpeed makes the key of the clock of busy cores.
func allCoreSpeed(path string, field func(*Scenario) *platform.Cores) key {
	return ofCores(proportion(path, "Speed of a core with all cores busy, over that with one busy, above 0, to 1; it falls linearly with the number of busy cores. 1 if left out.",
		"", 1e-3, func(s *Scenario) *float64 { return &field(s).AllCoreSpeed }), field)
}

// startupCPU makes the key of the CPU that a start-up takes.
func startupCPU() key {
	k := proportion("container.startup_cpu", "Fraction of the start-up part of a cold start that takes CPU, 0 to 1; the rest is a delay before it. Only with a number of cores.",
		"1", 0, func(s *Scenario) *float64 { return &s.Container.StartupCPU })
	write := k.write
	k.write = func(s *Scenario) string {
		if !s.Container.Cores.Limited() {
			return ""
		}
		return write(s)
	}
	return k
}

// proportion makes a key whose value is a number from least to 1.
func proportion(path, doc, standard string, least float64, field func(*Scenario) *float64) key {
	accepts := fmt.Sprintf("a number from %v to 1", least)
	return key{
		path: path, doc: doc, accepts: accepts, standard: standard, decimal: true,
		schema: fragment{"type": "number", "minimum": least, "maximum": 1},
		read: func(s *Scenario, text string, _ dist.Parser) error {
			x, err := strconv.ParseFloat(text, 64)
			if err != nil || strings.Trim(text, "0123456789.eE+-") != "" || !(x >= least && x <= 1) {
				return wrong(text, accepts)
			}
			*field(s) = math.Abs(x) // no negative zero
			return nil
		},
		write: func(s *Scenario) string { return formatDecimal(*field(s)) },
	}
}

// checkCores notes what does not go together of the cores of both platforms.
func (d *document) checkCores(s Scenario, sound map[string]bool) {
	if c := s.Container; c != nil {
		d.checkCoreBlock("container.cores", c.Cores, sound)
		const cpu = "container.startup_cpu"
		switch _, hasWarm := d.entries["container.warm"]; {
		case !sound[cpu] || c.StartupCPU == 1:
		case sound["container.cores"] && !c.Cores.Limited():
			d.problems.add(d.at(cpu), "has no effect with cores: unlimited; want a number of cores, or no startup_cpu")
		case !hasWarm && c.Cold != nil && fixesService(s.Arrivals):
			d.problems.add(d.at(cpu), "nobody knows what of container.cold is start-up where a trace fixes the service times; want startup_cpu: 1, or container.startup instead of container.cold")
		}
	}
	if w := s.Wasm; w != nil {
		d.checkCoreBlock("wasm.cores", w.Cores, sound)
		if w.Discipline == platform.FCFS && w.Cores.Limited() && w.Cores.Rate(w.Cores.Flat()) != float64(w.Cores.Physical) {
			d.problems.add(d.at("wasm.cores.threads", "wasm.cores.all_core_speed"),
				"cores that are held one by one (discipline: fcfs) have one thread and a constant speed; want discipline: processor-sharing, or a number of cores alone")
		}
	}
}

// checkCoreBlock notes what is wrong with the keys of one block of cores.
func (d *document) checkCoreBlock(path string, c platform.Cores, sound map[string]bool) {
	number, hasNumber := d.entries[path]
	physical, hasPhysical := d.entries[path+".physical"]
	block, given := d.blocks[path]
	says := slices.ContainsFunc(coreKeys, func(name string) bool { _, ok := d.entries[join(path, name)]; return ok })
	switch {
	case hasNumber && hasPhysical:
		later := physical.place
		if later.line > 0 {
			later = number.place
		}
		d.problems.add(later, "%s and %s.physical are both given; want one of them", path, path)
	case given && !hasNumber && !hasPhysical:
		d.problems.add(block.key(path+".physical"), "missing; want %s", find(path+".physical").accepts)
	case says && sound[path] && hasNumber && !c.Limited():
		d.problems.add(block.key(path), "a block for cores: unlimited has no effect; want a number of cores")
	case sound[path+".threads"] && c.Threads == 2:
		if _, hasYield := d.entries[path+".yield"]; !hasYield {
			d.problems.add(d.entries[path+".threads"].place, "two threads and no yield; want %s.yield, what the second thread of a core adds to the first: %s",
				path, find(path+".yield").accepts)
		}
	}
}

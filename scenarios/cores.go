package scenarios

import (
	"fmt"
	"strconv"

	"faaslab/dist"
	"faaslab/platform"
)

// The keys of the cores that a platform's instances share. container.cores and wasm.cores are a
// number of plain cores, or a block that says what they are like; so each is a
// key, and a block of keys.

// coreKeys are the keys of the block, the one that it must have first.
var coreKeys = []string{"physical", "threads", "yield", "all_core_speed"}

// plainCores returns cores of one thread and a constant clock.
func plainCores(n int) platform.Cores {
	return platform.Cores{Physical: n, Threads: 1, AllCoreSpeed: 1}
}

// spelled returns cores as a file has them, where a program may leave fields at 0.
func spelled(c platform.Cores) platform.Cores {
	if c.Limited() {
		c.Threads = max(c.Threads, 1)
		if c.AllCoreSpeed == 0 {
			c.AllCoreSpeed = 1
		}
	}
	return c
}

// cores makes the key of a number of plain cores.
func cores(path, doc string, field func(*Scenario) *platform.Cores) key {
	n := platform.Unlimited
	k := count(path, doc, unlimited, wholeDomain{coreNumbers.least, coreNumbers.most, true}, func(*Scenario) *int { return &n })
	accepts := fmt.Sprintf("%s, %s, or a block with the keys %s", coreNumbers.accepts(), unlimited, list(coreKeys, "and"))
	k.accepts = accepts
	k.schema["anyOf"] = append(k.schema["anyOf"].([]fragment), fragment{"type": "object"})
	k.read = func(s *Scenario, text string, _ dist.Parser) error {
		if text == unlimited {
			*field(s) = platform.Cores{}
			return nil
		}
		n, ok := parseWhole(text)
		if !ok || !coreNumbers.hasNumber(n) {
			return wrong(text, accepts)
		}
		*field(s) = plainCores(int(n))
		return nil
	}
	k.write = func(s *Scenario) string {
		switch c := spelled(*field(s)); {
		case !c.Limited():
			return unlimited
		case c == plainCores(c.Physical):
			return strconv.Itoa(c.Physical)
		}
		return ""
	}
	return k
}

// ofCores completes a key of the block: it is written, as a text, where the cores are not plain.
func ofCores(k key, field func(*Scenario) *platform.Cores, text func(platform.Cores) string) key {
	k.write = func(s *Scenario) string {
		c := spelled(*field(s))
		if !c.Limited() || c == plainCores(c.Physical) {
			return ""
		}
		return text(c)
	}
	return k
}

// physicalCores makes the key of the number of cores in the block.
func physicalCores(path string, field func(*Scenario) *platform.Cores) key {
	k := count(path, "Cores, 1 or more.", "", coreNumbers, func(s *Scenario) *int { return &field(s).Physical })
	read := k.read
	k.read = func(s *Scenario, text string, notation dist.Parser) error {
		*field(s) = plainCores(0)
		return read(s, text, notation)
	}
	return ofCores(k, field, func(c platform.Cores) string { return strconv.Itoa(c.Physical) })
}

// threads makes the key of the threads of a core.
func threads(path string, field func(*Scenario) *platform.Cores) key {
	return ofCores(count(path, "Threads of each core, 1 or 2; 1 if left out.", "", threadCounts,
		func(s *Scenario) *int { return &field(s).Threads }), field, func(c platform.Cores) string { return strconv.Itoa(c.Threads) })
}

// yield makes the key of what a second thread adds.
func yield(path string, field func(*Scenario) *platform.Cores) key {
	return ofCores(proportion(path, "What the second thread of a core adds to the first, 0 to 1: with 0.25 both together do 1.25 times the work of one. Given with two threads.",
		"", proportions, func(s *Scenario) *float64 { return &field(s).Yield }), field, func(c platform.Cores) string { return formatDecimal(c.Yield) })
}

// allCoreSpeed makes the key of the clock of busy cores.
func allCoreSpeed(path string, field func(*Scenario) *platform.Cores) key {
	return ofCores(proportion(path, "Speed of a core with all cores busy, over that with one busy, above 0, to 1; it falls linearly with the number of busy cores. 1 if left out.",
		"", speeds, func(s *Scenario) *float64 { return &field(s).AllCoreSpeed }), field, func(c platform.Cores) string { return formatDecimal(c.AllCoreSpeed) })
}

// checkCoreBlock notes what a file gives twice, or not at all, of the cores of a platform.
func (d *document) checkCoreBlock(path string, c platform.Cores, unread map[string]bool) {
	number, hasNumber := d.entries[path]
	physical, hasPhysical := d.entries[path+".physical"]
	block, isBlock := d.blocks[path]
	threads, yield := path+".threads", path+".yield"
	switch {
	case hasNumber && hasPhysical:
		later := physical.place
		if later.line > 0 {
			later = number.place
		}
		d.problems.add(later, "%s and %s.physical are both given; want one of them", path, path)
	case isBlock && !hasNumber && !hasPhysical:
		d.problems.add(block.key(path+".physical"), "missing; want %s", find(path+".physical").accepts)
		unread[path+".physical"] = true
	case c.Threads == 2 && !unread[threads] && !d.given(yield):
		d.problems.add(d.entries[threads].place, "two threads and no yield; want %s, what the second thread of a core adds to the first: %s",
			yield, find(yield).accepts)
	}
}

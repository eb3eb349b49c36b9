package scenarios

import (
	"errors"
	"fmt"
	"strconv"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/scenarios/internal/keyfile"
)

// The keys of the cores that a platform's instances share. container.cores and wasm.cores are a
// number of plain cores, or a block that says what they are like; so each is a
// key, and a block of keys.

// coreKeys are the keys of the block, the one that it must have first.
var coreKeys = []string{"physical", "threads", "yield", "all_core_speed", "speeds"}

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

// isPlain reports whether a number says all of cores that are spelled.
func isPlain(c platform.Cores) bool {
	return c.Threads == 1 && c.Yield == 0 && c.AllCoreSpeed == 1 && len(c.Speeds) == 0
}

// cores makes the key of a number of plain cores.
func cores(path, doc string, field func(*Scenario) *platform.Cores) Key {
	n := platform.Unlimited
	k := keyfile.Count(path, doc, keyfile.Unlimited, keyfile.Wholes{Least: coreNumbers.Least, Most: coreNumbers.Most, OrUnlimited: true}, func(*Scenario) *int { return &n })
	accepts := fmt.Sprintf("%s, %s, or a block with the keys %s", coreNumbers.Accepts(), keyfile.Unlimited, keyfile.List(coreKeys, "and"))
	k.Accepts = accepts
	k.Schema["anyOf"] = append(k.Schema["anyOf"].([]keyfile.Fragment), keyfile.Fragment{"type": "object"})
	k.Read = func(s *Scenario, text string, _ dist.Parser) error {
		if text == keyfile.Unlimited {
			*field(s) = platform.Cores{}
			return nil
		}
		n, ok := keyfile.ParseWhole(text)
		if !ok || !coreNumbers.HasNumber(n) {
			return keyfile.Wrong(text, accepts)
		}
		*field(s) = plainCores(int(n))
		return nil
	}
	k.Write = func(s *Scenario) string {
		switch c := spelled(*field(s)); {
		case !c.Limited():
			return keyfile.Unlimited
		case isPlain(c):
			return strconv.Itoa(c.Physical)
		}
		return ""
	}
	return k
}

// ofCores completes a key of the block: it is written, as a text, where the cores are not plain.
func ofCores(k Key, field func(*Scenario) *platform.Cores, text func(platform.Cores) string) Key {
	k.Write = func(s *Scenario) string {
		c := spelled(*field(s))
		if !c.Limited() || isPlain(c) {
			return ""
		}
		return text(c)
	}
	return k
}

// physicalCores makes the key of the number of cores in the block.
func physicalCores(path string, field func(*Scenario) *platform.Cores) Key {
	k := keyfile.Count(path, "Cores, 1 or more.", "", coreNumbers, func(s *Scenario) *int { return &field(s).Physical })
	read := k.Read
	k.Read = func(s *Scenario, text string, notation dist.Parser) error {
		*field(s) = plainCores(0)
		return read(s, text, notation)
	}
	return ofCores(k, field, func(c platform.Cores) string { return strconv.Itoa(c.Physical) })
}

// threads makes the key of the threads of a core.
func threads(path string, field func(*Scenario) *platform.Cores) Key {
	return ofCores(keyfile.Count(path, "Threads of each core, 1 or 2; 1 if left out.", "", threadCounts,
		func(s *Scenario) *int { return &field(s).Threads }), field, func(c platform.Cores) string { return strconv.Itoa(c.Threads) })
}

// yield makes the key of what a second thread adds.
func yield(path string, field func(*Scenario) *platform.Cores) Key {
	return ofCores(keyfile.Proportion(path, "What the second thread of a core adds to the first, 0 to 1: with 0.25 both together do 1.25 times the work of one. Given with two threads.",
		"", proportions, func(s *Scenario) *float64 { return &field(s).Yield }), field, func(c platform.Cores) string { return keyfile.FormatDecimal(c.Yield) })
}

// allCoreSpeed makes the key of the clock of busy cores.
func allCoreSpeed(path string, field func(*Scenario) *platform.Cores) Key {
	return ofCores(keyfile.Number(path, "Speed of a core with all cores busy, over that with one busy, 0.1 to 10; between the two it changes linearly with the number of busy cores. 1 if left out. Not with speeds.",
		"", speeds, func(s *Scenario) *float64 { return &field(s).AllCoreSpeed }), field, func(c platform.Cores) string {
		if len(c.Speeds) > 0 {
			return ""
		}
		return keyfile.FormatDecimal(c.AllCoreSpeed)
	})
}

// speedCurve makes the key of any other clock.
func speedCurve(path string, field func(*Scenario) *platform.Cores) Key {
	return keyfile.NumberList(path, "Speed of a busy core with 1, 2, … cores busy, each 0.1 to 10, over that of the core for which service times are given; the last holds for more busy cores. In place of all_core_speed.",
		clocks, func(s *Scenario) *[]float64 { return &field(s).Speeds })
}

// checkCoreBlock notes what a file gives twice, or not at all, of the cores of a platform.
func (d document) checkCoreBlock(path string, c platform.Cores, unread map[string]bool) {
	number, hasNumber := d.Entries[path]
	physical, hasPhysical := d.Entries[path+".physical"]
	block, isBlock := d.Blocks[path]
	threads, yield := path+".threads", path+".yield"
	switch {
	case hasNumber && hasPhysical:
		later := physical.Place
		if later.Line > 0 {
			later = number.Place
		}
		d.Problems.Add(later, "%s and %s.physical are both given; want one of them", path, path)
	case isBlock && !hasNumber && !hasPhysical:
		d.Problems.Add(block.Key(path+".physical"), "missing; want %s", table.Find(path+".physical").Accepts)
		unread[path+".physical"] = true
	case c.Threads == 2 && !unread[threads] && !d.Given(yield):
		d.Problems.Add(d.Entries[threads].Place, "two threads and no yield; want %s, what the second thread of a core adds to the first: %s",
			yield, table.Find(yield).Accepts)
	}
}

// shareNodeCores gives executors beside many functions the cores of all nodes, where their own are left
// out.
func (d document) shareNodeCores(s *Scenario) {
	const path = "wasm.cores"
	_, block := d.Blocks[path]
	nodes := s.Nodes
	if s.Wasm == nil || nodes == nil || !s.many() || !nodes.Cores.Limited() || block || d.Given(path) || nodes.Count < 1 {
		return
	}
	if nodes.Count > 1 && nodes.Cores.Alone() != nodes.Cores.Physical {
		d.Problems.Add(d.At("wasm"), "%s is missing, and the clock of nodes.cores is that of one node, not of %d together; want %s",
			path, nodes.Count, table.Find(path).Accepts)
		return
	}
	s.Wasm.Cores = nodes.Cores
	s.Wasm.Cores.Physical *= nodes.Count
}

// clock checks what a block of cores says of their clock.
func (c *checker) clock(path string, cores platform.Cores) {
	allCores, curve := keyfile.Join(path, "all_core_speed"), keyfile.Join(path, "speeds")
	if cores.AllCoreSpeed != 0 {
		c.number(allCores, cores.AllCoreSpeed, speeds.Has(cores.AllCoreSpeed), speeds.Accepts())
	}
	if cores.Speeds != nil && c.readable(curve) && !clocks.Has(cores.Speeds) {
		c.wrong(curve, keyfile.Clip(keyfile.FormatList(cores.Speeds)), clocks.Accepts())
	}
	hasAll := cores.AllCoreSpeed != 0 && cores.AllCoreSpeed != 1 || c.given(allCores)
	if hasAll && (len(cores.Speeds) > 0 || c.given(curve)) {
		const want = "; want one of them: all_core_speed, where the speed changes linearly, or speeds, any curve"
		c.found = append(c.found, fault{paths: []string{curve, allCores},
			err: errors.New("given beside all_core_speed" + want), other: errors.New("given beside speeds" + want)})
	}
}

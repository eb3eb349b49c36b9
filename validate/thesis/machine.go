package thesis

import (
	"fmt"
	"slices"
	"strconv"

	"faaslab/scenarios"
)

// A machine is what the functions ran on: all settings about the cores of a node, in one place.
type machine struct {
	cores        int     // physical ones
	threads      int     // of each: 1 or 2
	yield        float64 // what the second thread adds to the first, 0 to 1
	allCoreSpeed float64 // clock when all cores are busy, relative to that when one is
}

var (
	// wholeMachine is the worker node of the thesis: 40 vCPUs, which are two Intel Xeon Silver 4114 of ten cores with two
	// threads each. Their clock is 3.0 GHz when few cores are busy and 2.5 GHz when all are (Intel's
	// specification update of the Xeon Scalable processors, 336065, non-AVX). That a second thread adds a quarter is
	// usual for such work (Marr et al., "Hyper-Threading technology architecture and microarchitecture", Intel Technology Journal 2002: up to 30 %).
	wholeMachine = machine{cores: 20, threads: 2, yield: 0.25, allCoreSpeed: 2.5 / 3.0}
	// restrictedMachine is the same with all but ten cores switched off. The thesis speaks of ten cores that
	// are there, so they are taken as such: each runs one executor at full speed.
	restrictedMachine = machine{cores: tenCores, threads: 1, allCoreSpeed: 1}
)

// capacity is the seconds of work that all cores do in a second.
func (m machine) capacity() float64 {
	return float64(m.cores) * (1 + float64(m.threads-1)*m.yield) * m.allCoreSpeed
}

// assumption names the machine in a verdict.
func (m machine) assumption() string {
	return fmt.Sprintf("that the machine has %d cores of two threads, %.0f %% from the second, and a clock down to %.0f %%", m.cores, 100*m.yield, 100*m.allCoreSpeed)
}

// settings are the cores of a platform's block of the scenario.
func (m machine) settings(block string) (settings []scenarios.Override) {
	if m.threads == 1 && m.allCoreSpeed == 1 {
		return []scenarios.Override{{Key: block + ".cores", Value: strconv.Itoa(m.cores)}}
	}
	for _, s := range []struct {
		key   string
		value float64
	}{
		{"physical", float64(m.cores)}, {"threads", float64(m.threads)}, {"yield", m.yield}, {"all_core_speed", m.allCoreSpeed},
	} {
		settings = append(settings, scenarios.Override{Key: block + ".cores." + s.key, Value: strconv.FormatFloat(s.value, 'g', 6, 64)})
	}
	return settings
}

// wasm returns the settings of Spin on the machine.
func (m machine) wasm() []scenarios.Override { return m.settings("wasm") }

// containers returns the settings of OpenWhisk on the machine. Where a pool is full its requests
// wait for a minute (section 4.3.2 of the thesis), and starting a container takes CPU all the time.
func (m machine) containers() []scenarios.Override {
	return slices.Concat(m.settings("container"), []scenarios.Override{{Key: "container.startup_cpu", Value: "1"}}, patient)
}

// patient is a full pool whose requests wait for a minute.
var patient = []scenarios.Override{
	{Key: "container.when_full", Value: "queue"},
	{Key: "container.queue_timeout", Value: "60s"},
}

// slowReader is the stage before OpenWhisk's pool that figure 4.21 is about: the Invoker reads its messages too slowly, and
// hands over several at once. The thesis gives no numbers but that steadiness ends after 50/s and that all is lost after 75/s;
// seven requests every 97 ms are 72/s, and counts every 2 s do not fall on the same moment between two looks. The ten cores are left out: aes uses two of them at 75/s.
var slowReader = append(slices.Clone(patient),
	scenarios.Override{Key: "container.dispatch.interval", Value: "97ms"},
	scenarios.Override{Key: "container.dispatch.batch", Value: "7"},
)

// dispatchWords describes it as an assumption.
const dispatchWords = "that the Invoker takes at most seven requests every 97 ms"

package thesis

import (
	"fmt"
	"slices"
	"strconv"

	"faaslab/dist"
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

// FittedCapacity is the seconds of work that the cores of Fitted do in a second.
func FittedCapacity() float64 {
	fitted := wholeMachine
	fitted.yield, fitted.allCoreSpeed = Fitted[0], Fitted[1]
	return fitted.capacity()
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

// slowReader is OpenWhisk of figure 4.21: ten cores, and before the pool an Invoker that consumes its messages too slowly, so
// that "multiple requests [are] scheduled together". What arrives while it works at a batch is its next, and a batch is handed over as a whole.
//
// What the thesis says bounds the time of a request from both sides. Up to 50/s there is a steady state, so that a reader
// handles more than 50/s. At 75/s all requests time out; those of the measured ten minutes do if one that arrives after the five
// minutes of warm-up has to wait for a minute: it finds (75/s − c) × 5 min before it, which a reader of c requests a second needs a
// minute for if c = 62.5/s. A faster one does not; a slower one is the nearer to its end at 50/s. So it is taken to be as fast as that
// allows: 16 ms. The time of a batch beside its requests is not bounded by anything that the thesis says.
var slowReader = slices.Concat(restrictedMachine.containers(), []scenarios.Override{
	{Key: "container.dispatch.per_batch", Value: dist.FormatDuration(batchTime)},
	{Key: "container.dispatch.service", Value: "constant(" + dist.FormatDuration(messageTime) + ")"},
	{Key: "container.dispatch.hand_over", Value: "together"},
})

const (
	messageTime = 0.016 // s
	// batchTime is an assumption: some milliseconds for one fetch from Kafka. With four times as much the shape is the same.
	batchTime = 0.005 // s
)

// DispatchWords describes it.
const DispatchWords = "16 ms for each request and 5 ms for each batch"

// dispatchWords describes it as an assumption.
const dispatchWords = "that the Invoker needs " + DispatchWords + ", which it hands over together"

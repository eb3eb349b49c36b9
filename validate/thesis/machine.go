package thesis

import (
	"fmt"
	"slices"
	"strconv"

	"faaslab/dist"
	"faaslab/scenarios"
)

// A machine holds all settings of a node's cores.
type machine struct {
	cores        int     // physical cores
	threads      int     // of each core: 1 or 2
	yield        float64 // speed that the second thread adds to the first, 0 to 1
	allCoreSpeed float64 // clock with all cores busy, relative to the clock with one busy
}

var (
	// wholeMachine is the worker node of the thesis: 40 vCPUs, on two Intel Xeon Silver 4114 of ten
	// cores with two threads each. Their clock is 3.0 GHz with few cores busy and 2.5 GHz with all
	// (Intel's specification update of the Xeon Scalable processors, 336065, non-AVX). A second
	// thread usually adds a quarter in such work (Marr et al., "Hyper-Threading technology
	// architecture and microarchitecture", Intel Technology Journal 2002: up to 30 %).
	wholeMachine = machine{cores: 20, threads: 2, yield: 0.25, allCoreSpeed: 2.5 / 3.0}
	// restrictedMachine is the same with all but ten cores switched off. The thesis speaks of ten
	// cores, so they are taken as ten physical ones: each runs one executor at full speed.
	restrictedMachine = machine{cores: tenCores, threads: 1, allCoreSpeed: 1}
)

// capacity returns the seconds of work that all cores do in a second.
func (m machine) capacity() float64 {
	return float64(m.cores) * (1 + float64(m.threads-1)*m.yield) * m.allCoreSpeed
}

// FittedCapacity returns the seconds of work that the cores of Fitted do in a second.
func FittedCapacity() float64 {
	fitted := wholeMachine
	fitted.yield, fitted.allCoreSpeed = Fitted[0], Fitted[1]
	return fitted.capacity()
}

// assumption names the machine in a verdict.
func (m machine) assumption() string {
	return fmt.Sprintf("that the machine has %d cores of two threads, %.0f %% from the second, and a clock down to %.0f %%", m.cores, 100*m.yield, 100*m.allCoreSpeed)
}

// settings returns the settings of the cores in a platform's block of the scenario.
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

// containers returns the settings of OpenWhisk on the machine. Requests wait for a minute if the
// pool is full (section 4.3.2 of the thesis), and starting a container takes CPU all the time.
func (m machine) containers() []scenarios.Override {
	return slices.Concat(m.settings("container"), []scenarios.Override{{Key: "container.startup_cpu", Value: "1"}}, patient)
}

// patient makes the requests of a full pool wait for a minute.
var patient = []scenarios.Override{
	{Key: "container.when_full", Value: "queue"},
	{Key: "container.queue_timeout", Value: "60s"},
}

// slowReader is OpenWhisk of figure 4.21: ten cores, and in front of the pool an Invoker that
// consumes its messages too slowly, so that "multiple requests [are] scheduled together". Messages
// that arrive while it works on a batch form the next batch, and a batch is handed over as a whole.
//
// The thesis bounds the time of a request from both sides. Up to 50/s there is a steady state, so
// the reader handles more than 50/s. At 75/s all requests of the measured ten minutes time out.
// This needs a wait of a minute for a request that arrives after the five minutes of warm-up: it
// finds (75/s − c) × 5 min requests ahead, which keep a reader of c requests a second busy for a
// minute if c = 62.5/s. A faster reader is too fast for that; a slower one comes nearer to its
// limit at 50/s. So the reader is taken as fast as this allows: 16 ms a request. Nothing in the
// thesis bounds the time of a batch beyond its requests.
var slowReader = slices.Concat(restrictedMachine.containers(), []scenarios.Override{
	{Key: "container.dispatch.per_batch", Value: dist.FormatDuration(batchTime)},
	{Key: "container.dispatch.service", Value: "constant(" + dist.FormatDuration(messageTime) + ")"},
	{Key: "container.dispatch.hand_over", Value: "together"},
})

const (
	messageTime = 0.016 // s
	// batchTime is an assumption: some milliseconds for one fetch from Kafka. Four times as much
	// gives the same shape.
	batchTime = 0.005 // s
)

// DispatchWords describes the times of slowReader.
const DispatchWords = "16 ms for each request and 5 ms for each batch"

// dispatchWords states the times of slowReader as an assumption.
const dispatchWords = "that the Invoker needs " + DispatchWords + ", which it hands over together"

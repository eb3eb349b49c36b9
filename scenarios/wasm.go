package scenarios

import (
	"fmt"
	"math"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/executors"
	"faaslab/scenarios/internal/keyfile"
	"faaslab/sim"
)

// WasmPlatform is the name of the platform of Wasm executors.
const WasmPlatform = "wasm"

// wasm returns the kind of the platform of Wasm executors.
func wasm() *Kind {
	return &Kind{
		Name: WasmPlatform, Label: "Wasm", Title: "Wasm", One: "executor", Whole: "Wasm executor", Subject: "executors",
		AllRun: true,
		Block:  InField(func(s *Scenario) **executors.Config { return &s.Wasm }),
		Keys:   wasmKeys, Service: "wasm.service", Cores: wasmCores,
		Start: startExecutors, Describe: describeWasm,
		EachStarts: func(s Scenario) dist.Distribution { return s.Wasm.Startup },
		History: func(s Scenario, replication int) (*platform.History, error) {
			return executors.NewHistory(*s.Wasm, s.Arrivals, s.Run.Seed, replication)
		},
		fixed:    func(s Scenario) bool { return certain(s.Wasm.Service) && certain(s.Wasm.Startup) },
		unsteady: wasmUnsteady, answers: wasmAnswers,
		check: checkWasm, lasting: wasmLasts,
		size: wasmSize, bytes: 50, // 35 to 135, by cores and the growth of arrays
	}
}

// wasmKeys are the keys of the block.
var wasmKeys = []Key{
	keyfile.Law("wasm.service", "Time an executor needs on a core of its own. A trace with service times fixes it instead, if it is left out.",
		func(s *Scenario) *dist.Distribution { return &s.Wasm.Service }).
		Controlled("Service", keyfile.Control{Notation: "Wasm service time"}),
	keyfile.Pause("wasm.startup", "Precedes the service of every request and holds no core.",
		func(s *Scenario) *dist.Distribution { return &s.Wasm.Startup }),
	cores("wasm.cores", "Cores that all executors share: a number, or a block that says what they are like.", wasmCores).
		Controlled("Cores", coresControl),
	physicalCores("wasm.cores.physical", wasmCores),
	threads("wasm.cores.threads", wasmCores),
	yield("wasm.cores.yield", wasmCores),
	allCoreSpeed("wasm.cores.all_core_speed", wasmCores),
	speedCurve("wasm.cores.speeds", wasmCores),
	keyfile.Choice("wasm.discipline", "How executors share the cores: equally, none using more than one, or one core each in order of arrival.", disciplines,
		func(s *Scenario) *executors.Discipline { return &s.Wasm.Discipline }).
		Controlled("How they share", keyfile.Control{When: &keyfile.Condition{Key: "wasm.cores", Not: keyfile.Unlimited}}).
		Choosing("equally (processor sharing)", "one each, in order of arrival"),
}

func wasmCores(s *Scenario) *platform.Cores { return &s.Wasm.Cores }

// startExecutors begins a replication of the executors.
func startExecutors(s Scenario, replication int, to Settings) (Simulation, error) {
	executors, err := executors.New(*s.Wasm, s.Arrivals, s.Run.Seed, replication)
	if err != nil {
		return nil, err
	}
	executors.Log, executors.Interrupted, executors.MostLive, executors.Meter = to.Log, to.Interrupted, to.MostLive, to.Meter
	executors.Limit(to.Responses, to.Waits)
	return executors, nil
}

// describeWasm says which cores the executors share, and how.
func describeWasm(s Scenario, _ func(sim.Time) string) []string {
	x := s.Wasm
	if !x.Cores.Limited() {
		return []string{x.Cores.String()}
	}
	return []string{x.Cores.String() + ", " + x.Discipline.String()}
}

// wasmUnsteady returns an *UnsteadyError if the executors cannot have a steady state.
func wasmUnsteady(s Scenario) error {
	w := s.Wasm
	rate, service := s.Arrivals.Rate(), mean(w.Service)
	e := &UnsteadyError{Platform: WasmPlatform, Load: rate * service, Capacity: w.Cores.Capacity()}
	if !w.Cores.Limited() || !(e.Load >= e.Capacity) {
		return nil
	}
	e.reason = fmt.Sprintf("offered load %s is not below %s, so the executors only grow in number; "+
		"want a lower rate or service time, or more cores", product(rate, service), work(w.Cores))
	return e
}

// wasmAnswers says how soon executors answer requests.
func wasmAnswers(s Scenario) turnaround {
	w := s.Wasm
	service := known(mean(w.Service))
	t := turnaround{least: service + known(mean(w.Startup)), capacity: math.Inf(1), shared: w.Discipline == executors.ProcessorSharing}
	if service > 0 {
		t.capacity = w.Cores.Capacity() / service
	}
	t.atOnce = t.least == 0
	return t
}

// wasmSize estimates how many executors are alive at once.
func wasmSize(s Scenario) estimate {
	s = s.Alone(WasmPlatform)
	w := s.Wasm
	rate, service, startup, cores := s.ArrivalRate(), mean(w.Service), mean(w.Startup), w.Cores.Capacity()
	var e estimate
	e.add(min(s.present(service), cores), "running, offered load "+product(rate, service))
	if users, ok := s.closed(); ok {
		e.add(queued(users, service, cores), "running besides, or waiting, of the users")
		e.add(s.present(startup), "starting, "+product(rate, startup))
		return e
	}
	e.add(s.leftOver(service, cores, math.Inf(1)), "unfinished, the load above the cores")
	e.add(s.present(startup), "starting, "+product(rate, startup))
	return e
}

// checkWasm checks the block of the executors.
func checkWasm(c *checker) {
	p := c.Wasm
	c.service("wasm.service", p.Service)
	c.optional("wasm.startup", p.Startup)
	c.cores("wasm.cores", p.Cores)
	checkChoice(c, "wasm.discipline", p.Discipline, disciplines)
	const threads, allCores, curve = "wasm.cores.threads", "wasm.cores.all_core_speed", "wasm.cores.speeds"
	if p.Discipline == executors.FCFS && p.Cores.Limited() && c.sound("wasm.cores", "wasm.cores.physical", threads, "wasm.cores.yield", allCores, curve) && !p.Cores.Even() {
		c.add("cores that are held one by one (discipline: fcfs) have one thread and a constant speed; want discipline: processor-sharing, or a number of cores alone",
			threads, allCores, curve)
	}
}

// wasmLasts returns the times, in seconds, on which the transient of executors depends.
func wasmLasts(s Scenario, queue func(service, servers float64) float64) []float64 {
	w := s.Wasm
	service := mean(w.Service)
	times := []float64{known(service) + known(mean(w.Startup))}
	if users, ok := s.closed(); ok {
		times = append(times, phase(users, w.Service))
	}
	if w.Cores.Limited() {
		times = append(times, known(queue(service, w.Cores.Capacity())))
	}
	return times
}

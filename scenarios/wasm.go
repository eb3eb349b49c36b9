package scenarios

import (
	"fmt"
	"math"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/cluster"
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
			if s.many() {
				return nil, errManyWatched
			}
			return executors.NewHistory(*s.Wasm, s.Arrivals, s.Run.Seed, replication)
		},
		fixed:    func(s Scenario) bool { return !s.many() && certain(s.Wasm.Service) && certain(s.Wasm.Startup) },
		unsteady: wasmUnsteady, answers: wasmAnswers,
		check: checkWasm, lasting: wasmLasts,
		size: wasmSize, bytes: 50, // 35 to 135, by cores and the growth of arrays
	}
}

// wasmKeys are the keys of the block.
var wasmKeys = []Key{
	keyfile.Law("wasm.service", "Time an executor needs on a core of its own. A trace with service times fixes it instead, if it is left out, and many functions do by their warm service times.",
		func(s *Scenario) *dist.Distribution { return &s.Wasm.Service }).
		Controlled("Service", keyfile.Control{Notation: "Wasm service time"}),
	keyfile.Pause("wasm.startup", "Precedes the service of every request and holds no core.",
		func(s *Scenario) *dist.Distribution { return &s.Wasm.Startup }),
	cores("wasm.cores", "Cores that all executors share: a number, or a block that says what they are like. Beside many functions, those of all nodes if it is left out.", wasmCores).
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
	arrivals := s.Arrivals
	if functions, many := s.Many(); many {
		together := functions.together(s.Run.Seed, replication)
		to.Log = together.tell(to.Log)
		arrivals = together.Together
	}
	executors, err := executors.New(*s.Wasm, arrivals, s.Run.Seed, replication)
	if err != nil {
		return nil, err
	}
	executors.Log, executors.Interrupted, executors.MostLive, executors.Meter = to.Log, to.Interrupted, to.MostLive, to.Meter
	executors.Limit(to.Responses, to.Waits)
	return executors, nil
}

// together are the requests of many functions as one stream, for a platform that does not tell functions
// apart.
type together struct {
	cluster.Together
	drawn     int64
	functions map[int64]int32 // by the number of a request whose fate is not known yet
}

func (all Functions) together(seed uint64, replication int) *together {
	config := cluster.Config{Functions: make([]cluster.Function, len(all)), Memory: cluster.Unlimited, MaxInstances: platform.Unlimited, KeepAlive: cluster.Fixed(0)}
	for i, f := range all {
		config.Functions[i] = cluster.Function{Name: f.Name, Arrivals: f.Arrivals, Warm: f.Warm, Memory: f.Memory}
	}
	return &together{Together: cluster.Together{Config: &config, Seed: seed, Replication: replication}}
}

// tell returns a log that knows the function of each request, and no node; nil without a log.
func (t *together) tell(log func(platform.Request)) func(platform.Request) {
	if log == nil {
		return nil
	}
	t.functions = map[int64]int32{}
	t.Of = func(function int) {
		t.drawn++
		t.functions[t.drawn] = int32(function)
	}
	return func(r platform.Request) {
		r.Function, r.Node = t.functions[r.Number], -1
		delete(t.functions, r.Number)
		log(r)
	}
}

// wasmService returns the mean service time of an executor, in seconds; NaN if nothing tells it.
func (s Scenario) wasmService() float64 {
	functions, many := s.Many()
	if s.Wasm.Service != nil || !many {
		return mean(s.Wasm.Service)
	}
	work := 0.0
	for _, f := range functions {
		work += f.Arrivals.Rate() * mean(f.Warm)
	}
	return work / functions.Rate()
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
	rate, service := s.Arrivals.Rate(), s.wasmService()
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
	rate, service, startup, cores := s.ArrivalRate(), s.wasmService(), mean(w.Startup), w.Cores.Capacity()
	var e estimate
	if functions, many := s.Many(); many {
		e.fixed = bytesOfFunction * float64(len(functions)) // their streams
	}
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
	service := s.wasmService()
	times := []float64{known(service) + known(mean(w.Startup))}
	if users, ok := s.closed(); ok {
		times = append(times, phase(users, w.Service))
	}
	if w.Cores.Limited() {
		times = append(times, known(queue(service, w.Cores.Capacity())))
	}
	return times
}

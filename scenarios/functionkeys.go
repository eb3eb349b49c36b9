package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/autoscaler"
	"faaslab/platform/cluster"
	"faaslab/platform/pool"
	"faaslab/scenarios/internal/keepalive"
	"faaslab/scenarios/internal/keyfile"
	"faaslab/sim"
)

// functionsBlock and nodesBlock are blocks that a scenario of one function lacks.
const (
	functionsBlock = "functions"
	nodesBlock     = "nodes"
	workloadKey    = "workload"
)

// keptCounts are the numbers of instances that may be kept ready for a function.
var keptCounts = keyfile.Wholes{Most: 1_000_000}

var (
	nodeCounts = keyfile.Wholes{Least: 1, Most: 10_000}
	placements = keyfile.Choices[cluster.Placement]{cluster.Hash, cluster.Home, cluster.FirstFit, cluster.LeastLoaded, cluster.RoundRobin, cluster.RandomNode}
	evictions  = keyfile.Choices[cluster.Eviction]{cluster.LRU, cluster.GreedyDual, cluster.RandomEviction, cluster.NoEviction}
)

// functionKeys are the keys of the functions and of their nodes.
func functionKeys() []Key {
	return []Key{
		workload(),
		perFunction("arrivals", func(path string, f func(*Scenario) *Function) Key {
			return keyfile.Arrivals(path, "The function's own requests. No trace.", func(s *Scenario) *dist.Arrivals { return &f(s).Arrivals })
		}),
		perFunction("warm", func(path string, f func(*Scenario) *Function) Key {
			return keyfile.Law(path, "Service time of a warm start.", func(s *Scenario) *dist.Distribution { return &f(s).Warm })
		}),
		perFunction("startup", func(path string, f func(*Scenario) *Function) Key {
			return keyfile.Law(path, "Added to the warm service time on a cold start, and how long a load takes. Left out: container.startup.",
				func(s *Scenario) *dist.Distribution { return &f(s).Startup })
		}),
		perFunction("memory", func(path string, f func(*Scenario) *Function) Key {
			return megabytes(path, "Memory of an instance, from the beginning of its start-up to its end.", "", func(s *Scenario) *int64 { return &f(s).Memory })
		}),
		perFunction("keep_alive", func(path string, f func(*Scenario) *Function) Key {
			return policy(path, "How long an instance is kept idle: a duration, never, or histogram(…). Left out: container.keep_alive.",
				func(s *Scenario) *cluster.KeepAlive { return &f(s).KeepAlive })
		}),
		perFunction("min_instances", func(path string, f func(*Scenario) *Function) Key {
			return optionalCount(path, "Left out: container.min_instances.", func(s *Scenario) **int { return &f(s).MinInstances })
		}),
		perFunction("provisioned", func(path string, f func(*Scenario) *Function) Key {
			return optionalCount(path, "Left out: container.provisioned.", func(s *Scenario) **int { return &f(s).Provisioned })
		}),
		perFunction("spare", func(path string, f func(*Scenario) *Function) Key {
			return optionalCount(path, "Left out: container.spare.", func(s *Scenario) **int { return &f(s).Spare })
		}),
		keyfile.Count("nodes.count", "Nodes, all alike, 1 or more.", "1", nodeCounts, func(s *Scenario) *int { return &s.Nodes.Count }),
		megabytes("nodes.memory", "Memory of a node, which its instances share.", keyfile.Unlimited, func(s *Scenario) *int64 { return &s.Nodes.Memory }),
		keyfile.Count("nodes.max_instances", "The most instances of all functions on a node at once, idle ones included, 1 or more.", keyfile.Unlimited, maxInstances,
			func(s *Scenario) *int { return &s.Nodes.MaxInstances }),
		cores("nodes.cores", "Cores of a node, which the instances that run or start up on it share equally, none using more than one: a number, or a block that says what they are like.", nodeCores),
		physicalCores("nodes.cores.physical", nodeCores),
		threads("nodes.cores.threads", nodeCores),
		yield("nodes.cores.yield", nodeCores),
		allCoreSpeed("nodes.cores.all_core_speed", nodeCores),
		speedCurve("nodes.cores.speeds", nodeCores),
		keyfile.Choice("nodes.placement", "The node of a request: always the same for a function; OpenWhisk's, in steps from there; the first with an idle instance, or with room; of those, that of least running memory; each in turn, the first by the function; or any.", placements,
			func(s *Scenario) *cluster.Placement { return &s.Nodes.Placement }),
	}
}

func nodeCores(s *Scenario) *platform.Cores { return &s.Nodes.Cores }

// evictKey is that of the container block that only many functions have.
const evictKey = "container.evict"

// keepingKeys say which instances are kept beyond a request, and which go first.
var keepingKeys = []Key{
	keyfile.Choice(evictKey, "Which idle instance makes room for another, of any function: the one idle longest, that of least priority by greedy-dual, any, or none; only with functions.", evictions,
		func(s *Scenario) *cluster.Eviction { return &s.Keeping.Evict }),
	keyfile.Count("container.min_instances", "Instances of a function that do not expire, with many functions on each node where it may be; so many are idle at time 0.", "0", keptCounts,
		func(s *Scenario) *int { return &s.Keeping.MinInstances }),
	keyfile.Count("container.provisioned", "Instances of a function that serve first, and neither expire nor are evicted, besides those on demand; with many functions on each node where it may be.", "0", keptCounts,
		func(s *Scenario) *int { return &s.Keeping.Provisioned }),
	keyfile.Count("container.spare", "Instances of a function that are ready beside those that serve: when one is taken, another is loaded.", "0", keptCounts,
		func(s *Scenario) *int { return &s.Keeping.Spare }),
}

// sharedKeys are the keys of the container block that many functions have as a single pool has.
var sharedKeys = map[string]bool{"container.startup": true, "container.keep_alive": true, "container.when_full": true, "container.queue_timeout": true, "container.routing": true,
	"container.startup_cpu": true}

// isKeeping reports whether a key is one of keepingKeys.
func isKeeping(path string) bool {
	return slices.ContainsFunc(keepingKeys, func(k Key) bool { return k.Path == path })
}

// instead says what many functions have in the place of keys of a single pool.
var instead = map[string]string{
	"container.warm":          "each function has its own; want functions.NAME.warm",
	"container.cold":          "a cold start of a function is a warm one after its start-up; want startup",
	"container.max_instances": "instances of many functions are counted on each node; want nodes.max_instances",
	"container.cores":         "instances of many functions share the cores of their node; want nodes.cores",
}

// ofPools returns the keys of the container block, each written only where the scenario has it.
func ofPools(keys []Key) []Key {
	all := make([]Key, 0, len(keys)+len(keepingKeys))
	for _, k := range keys {
		switch {
		case k.Path == "container.warm":
			k = k.Unless(func(s *Scenario) bool { return s.many() && !s.lacksService() })
		case !sharedKeys[k.Path]:
			k = k.Unless((*Scenario).many)
		}
		switch {
		case k.Path == "container.keep_alive":
			k = k.Unless((*Scenario).measures)
		case k.Path == "container.routing":
			k = readRouting(k)
		}
		all = append(all, k)
	}
	for _, k := range keepingKeys {
		switch k.Path {
		case evictKey:
			k = k.Unless(func(s *Scenario) bool { return !s.many() })
		case "container.min_instances": // a preset may have more than none
			k = k.Unless(func(s *Scenario) bool { return !s.many() && s.Keeping.ready() == 0 && !s.Scaled() })
		default:
			k = k.Unless(func(s *Scenario) bool { return !s.many() && s.Keeping.ready() == 0 })
		}
		all = append(all, k)
	}
	return append(all, servingKeys...)
}

// perFunction makes a key that each function has.
func perFunction(key string, of func(path string, f func(*Scenario) *Function) Key) Key {
	each := func(name string) Key {
		find := func(s *Scenario) *Function {
			all, _ := s.Arrivals.(Functions)
			return all.find(name)
		}
		k := of(keyfile.Join(keyfile.Join(functionsBlock, name), key), find)
		write, law := k.Write, k.Of
		k.Write = func(s *Scenario) string {
			if find(s) == nil {
				return ""
			}
			return write(s)
		}
		if law != nil {
			k.Of = func(s *Scenario) dist.Distribution {
				if find(s) == nil {
					return nil
				}
				return law(s)
			}
		}
		return k
	}
	declared := each("*")
	declared.Each = each
	return declared
}

// megabytes makes the key of a memory size in whole MB; where the standard is unlimited that is
// accepted, too.
func megabytes(path, doc, standard string, field func(*Scenario) *int64) Key {
	accepts, schema := wantMegabytes, keyfile.MemorySchema()
	if standard == keyfile.Unlimited {
		accepts += ", or " + keyfile.Unlimited
		schema = keyfile.Fragment{"anyOf": []keyfile.Fragment{schema, {"const": keyfile.Unlimited}}}
	}
	return Key{
		Path: path, Doc: doc, Accepts: accepts, Standard: standard, Schema: schema, Whole: true,
		Read: func(s *Scenario, text string, _ dist.Parser) error {
			if text == keyfile.Unlimited && standard == keyfile.Unlimited {
				*field(s) = cluster.Unlimited
				return nil
			}
			mb, ok := parseMegabytes(text)
			if !ok {
				return keyfile.Wrong(text, accepts)
			}
			*field(s) = mb
			return nil
		},
		Write: func(s *Scenario) string {
			switch mb := *field(s); {
			case standard == keyfile.Unlimited && (mb == cluster.Unlimited || mb == 0): // a program left it out
				return keyfile.Unlimited
			case mb <= 0:
				return ""
			default:
				return formatMegabytes(mb)
			}
		},
	}
}

// optionalCount makes the key of a number of instances that a function may leave to the container
// block.
func optionalCount(path, doc string, field func(*Scenario) **int) Key {
	k := keyfile.Count(path, doc, "", keptCounts, func(s *Scenario) *int { return *field(s) })
	read, write := k.Read, k.Write
	k.Read = func(s *Scenario, text string, notation dist.Parser) error {
		*field(s) = new(int)
		return read(s, text, notation)
	}
	k.Write = func(s *Scenario) string {
		if *field(s) == nil {
			return ""
		}
		return write(s)
	}
	return k
}

// histogramName begins the notation of a keep-alive that is learnt.
const histogramName = "histogram"

// isHistogram reports whether a keep-alive is meant to be learnt.
func isHistogram(text string) bool { return strings.HasPrefix(text, histogramName) }

// policy makes the key of a keep-alive policy; it does without nil.
func policy(path, doc string, field func(*Scenario) *cluster.KeepAlive) Key {
	var span sim.Time
	k := learnt(keyfile.Span(path, doc, "", keepAlives, func(*Scenario) *sim.Time { return &span }), field)
	k.Accepts += ", or histogram(range=4h)"
	learn := k.Read
	k.Read = func(s *Scenario, text string, notation dist.Parser) error {
		if isHistogram(text) {
			return learn(s, text, notation)
		}
		var fixed sim.Time
		read := keyfile.Span(path, doc, "", keepAlives, func(*Scenario) *sim.Time { return &fixed }).Read
		if err := read(s, text, notation); err != nil {
			return fmt.Errorf("%w; histogram(range=4h) is accepted, too", err)
		}
		*field(s) = cluster.Fixed(fixed)
		return nil
	}
	k.Write = func(s *Scenario) string { return formatPolicy(*field(s)) }
	return k
}

// learnt makes a key whose value is a duration one that accepts histogram(…), too, which goes to a
// field of its own.
func learnt(k Key, field func(*Scenario) *cluster.KeepAlive) Key {
	read, write := k.Read, k.Write
	if pattern, ok := k.Schema["pattern"].(string); ok {
		k.Schema["pattern"] = strings.TrimSuffix(pattern, "$") + `$|^histogram\(.*\)$`
	}
	k.Read = func(s *Scenario, text string, notation dist.Parser) error {
		*field(s) = nil
		if !isHistogram(text) {
			return read(s, text, notation)
		}
		h, err := keepalive.Parse(text)
		if err == nil {
			*field(s) = h
		}
		return err
	}
	k.Write = func(s *Scenario) string {
		if p := *field(s); p != nil {
			return formatPolicy(p)
		}
		return write(s)
	}
	k.Set = setArgument
	return k
}

// wholeArguments are the parameters of histogram and zipf that take whole numbers, memory in MB.
var wholeArguments = map[string]bool{"min_samples": true, "functions": true, "memory": true}

// setArgument returns a call with one argument changed.
func setArgument(text, parameter, value string) (string, error) {
	call, err := keyfile.ParseCall(text)
	if err != nil {
		return "", fmt.Errorf("there is no parameter %s: %w", parameter, err)
	}
	return call.With(parameter, value).String(), nil
}

// formatPolicy writes a keep-alive policy; nothing where there is none.
func formatPolicy(p cluster.KeepAlive) string {
	switch p := p.(type) {
	case nil:
		return ""
	case cluster.Fixed:
		return keyfile.FormatTime(sim.Time(p))
	case cluster.Histogram:
		return keepalive.Format(p)
	}
	return fmt.Sprint(p) // of a program
}

const (
	wantWorkload = "many functions such as zipf(functions=1000, rate=100/s, exponent=1, warm=exponential(mean=100ms), memory=128MB), table(functions.csv) or azure2019(traces/azure)"
	zipfUsage    = "zipf takes functions, rate, exponent, warm, memory, sample and top, as in zipf(functions=1000, rate=100/s, exponent=1, warm=exponential(mean=100ms), memory=128MB)"
)

var (
	zipfCounts    = keyfile.Wholes{Least: 1, Most: 1_000_000}
	zipfExponents = keyfile.Numbers{Most: 10}
)

// workload makes the key of many functions that are written in one notation.
func workload() Key {
	return Key{
		Path: workloadKey, Doc: "Many functions in one notation, in place of arrivals and of a functions block: zipf, table, azure2019, azure2021, huawei2023 or huawei2025.", Accepts: wantWorkload,
		Schema: keyfile.Fragment{"type": "string", "pattern": `^(` + strings.Join(workloadNames(), "|") + `)\(.*\)$`},
		Read: func(s *Scenario, text string, notation dist.Parser) error {
			many, err := parseWorkload(text, notation)
			if err == nil {
				s.Arrivals = many
			}
			return err
		},
		Write: func(s *Scenario) string {
			switch a := s.Arrivals.(type) {
			case Zipf, Workload:
				return a.String()
			}
			return ""
		},
		Of: func(s *Scenario) dist.Distribution {
			z, _ := s.Arrivals.(Zipf)
			return z.Warm
		},
		Set: setArgument,
	}
}

// parseZipf reads zipf(…).
func parseZipf(text string, notation dist.Parser) (z Zipf, err error) {
	call, err := keyfile.ParseCall(text)
	if err != nil || call.Name != "zipf" {
		return z, keyfile.Wrong(text, wantWorkload)
	}
	z.Exponent = 1
	given := map[string]bool{}
	for _, a := range call.Arguments {
		if given[a.Name] {
			return z, fmt.Errorf("%s is given twice; %s", a.Name, zipfUsage)
		}
		given[a.Name] = true
		accepts := ""
		switch ok := true; a.Name {
		case "functions":
			n, whole := keyfile.ParseWhole(a.Value)
			if z.Count, ok = int(n), whole && zipfCounts.HasNumber(n); !ok {
				accepts = zipfCounts.Accepts()
			}
		case "rate":
			if z.PerSec, err = dist.ParseRate(a.Value); err != nil || !(z.PerSec > 0) {
				accepts = "a rate such as 100/s"
			}
		case "exponent":
			if z.Exponent, ok = zipfExponents.Parse(a.Value); !ok {
				accepts = zipfExponents.Accepts()
			}
		case "warm":
			if z.Warm, err = notation.Parse(a.Value); err != nil {
				return z, fmt.Errorf("warm: %w", err)
			}
		case "memory":
			if z.Memory, ok = parseMegabytes(a.Value); !ok {
				accepts = wantMegabytes
			}
		case "sample":
			if z.Sample, ok = parseSample(a.Value); !ok {
				accepts = wantSample
			}
		case "top":
			if z.Top, ok = parseTop(a.Value); !ok {
				accepts = wantTop
			}
		default:
			return z, fmt.Errorf("zipf has no parameter %s; %s", keyfile.Quoted(a.Name), zipfUsage)
		}
		if accepts != "" {
			return z, fmt.Errorf("%s: found %s; want %s", a.Name, keyfile.Quoted(a.Value), accepts)
		}
	}
	for _, name := range []string{"functions", "rate", "warm", "memory"} {
		if !given[name] {
			return z, fmt.Errorf("%s is missing; %s", name, zipfUsage)
		}
	}
	return z, nil
}

// checkMany checks a scenario of many functions in place of a single pool.
func (c *checker) checkMany() {
	p := c.Container
	for _, k := range containerKeys {
		if !sharedKeys[k.Path] && !isKeeping(k.Path) && c.given(k.Path) && !(k.Path == "container.warm" && c.lacksService()) {
			c.add(c.refusal(k.Path), k.Path)
		}
	}
	for path, set := range map[string]bool{
		"container.warm": p.Warm != nil && !c.lacksService(), "container.cold": p.Cold != nil, "container.release": p.Release != nil, "container.cores": p.Cores.Physical != 0,
		"container.dispatch": p.Dispatch.Exists(), "container.initial": p.InitialIdle > 0 || p.InitialRunning > 0,
	} {
		if set && !c.givenIn(path) {
			c.add(c.refusal(path), path)
		}
	}
	c.optional("container.startup", p.Startup)
	c.span("container.keep_alive", p.KeepAlive, keepAlives)
	c.checkKeeping()
	c.checkQueue(p)
	checkChoice(c, "container.routing", p.Routing, routings)
	if r := c.Serving.Routing; r != autoscaler.ByConcurrency {
		c.addf("container.routing", "found %v, which is for instances of several places; want %s", r, routings.Accepts())
	}
	checkChoice(c, evictKey, c.Keeping.Evict, evictions)
	if c.Nodes == nil {
		c.add("functions share nodes, and there are none: want a block nodes, such as nodes: {memory: 4GB}", nodesBlock)
		return
	}
	c.whole("nodes.count", int64(c.Nodes.Count), nodeCounts)
	memory := unlessUnlimited(c.Nodes.Memory, cluster.Unlimited)
	if c.readable("nodes.memory") && memory != cluster.Unlimited && !isMegabytes(memory) {
		c.wrong("nodes.memory", fmt.Sprintf("%dMB", memory), wantMegabytes+", or unlimited")
	}
	if c.Nodes.MaxInstances != 0 {
		c.whole("nodes.max_instances", int64(c.Nodes.MaxInstances), maxInstances)
	}
	checkChoice(c, "nodes.placement", c.Nodes.Placement, placements)
	c.cores("nodes.cores", c.Nodes.Cores)
	c.startupCPU("nodes.cores", c.Nodes.Cores)
	switch a := c.Arrivals.(type) {
	case Zipf:
		c.checkZipf(a, memory)
	case Workload:
		c.checkWorkload(a, memory)
	case Functions:
		c.checkFunctions(a, memory)
	}
	if len(c.found) == 0 {
		c.checkKept()
	}
}

// refusal says that a key is of a single pool.
func (c *checker) refusal(path string) string {
	if w, ok := c.Arrivals.(Workload); ok && path == "container.warm" && w.trace != nil {
		return "the workload has service times of its own; want it without"
	}
	if text := instead[path]; text != "" {
		return text
	}
	_, name, _ := strings.Cut(path, ".")
	return "is of a single pool: many functions on nodes have no " + strings.ReplaceAll(name, ".", " ") + " yet; want a scenario of one function, or without it"
}

// givenIn reports whether a file gives a key, or one of a block.
func (c *checker) givenIn(path string) bool {
	for _, k := range containerKeys {
		if (k.Path == path || strings.HasPrefix(k.Path, path+".")) && c.given(k.Path) {
			return true
		}
	}
	return false
}

// isMegabytes reports whether a memory size in MB is accepted.
func isMegabytes(mb int64) bool { return mb >= 1 && keyfile.IsMemory(float64(mb)/1024) }

// checkFunctions checks the functions on nodes of a memory.
func (c *checker) checkFunctions(all Functions, node int64) {
	if len(all) == 0 {
		c.add("is empty; want at least one function, such as checkout: {arrivals: poisson(rate=1/s), warm: constant(80ms), startup: constant(1s), memory: 256MB}", functionsBlock)
	}
	seen := map[string]bool{}
	for _, f := range all {
		block := keyfile.Join(functionsBlock, f.Name)
		path := func(key string) string { return keyfile.Join(block, key) }
		if !keyfile.IsName(f.Name) || seen[f.Name] {
			c.addf(block, "found the name %s; want names that differ, each of %s", keyfile.Quoted(f.Name), keyfile.WantName)
		}
		seen[f.Name] = true
		switch arrivals := path("arrivals"); {
		case !c.readable(arrivals):
		case f.Arrivals == nil:
			c.addf(arrivals, "missing; %swant %s", all.slip(f), keyfile.WantArrivals)
		case !(f.Arrivals.Rate() >= 0): // a trace
			c.addf(arrivals, "found %s, whose rate is not known; want a process without end, such as poisson(rate=1/s)", f.Arrivals)
		default:
			c.law(arrivals, f.Arrivals)
		}
		switch warm := path("warm"); {
		case f.Warm != nil:
			c.law(warm, f.Warm)
		case c.readable(warm):
			c.addf(warm, "missing; want %s", keyfile.WantLaw)
		}
		c.optional(path("startup"), f.Startup)
		if c.startupOf(&f) == nil && c.sound(path("startup"), "container.startup") {
			c.addf(path("startup"), "missing; want %s, here or as container.startup", keyfile.WantLaw)
		}
		c.functionMemory(path("memory"), f.Memory, node)
		c.checkPolicy(path("keep_alive"), f.KeepAlive)
		c.whole(path("min_instances"), int64(valueOr(f.MinInstances, 0)), keptCounts)
		c.whole(path("provisioned"), int64(valueOr(f.Provisioned, 0)), keptCounts)
		c.whole(path("spare"), int64(valueOr(f.Spare, 0)), keptCounts)
	}
	unread := slices.ContainsFunc(all, func(f Function) bool { return f.Arrivals == nil })
	if len(c.found) == 0 && !unread && all.Pattern().Period >= sim.Never.Seconds() {
		c.add("the periods of the functions' arrivals have no common multiple that virtual time holds; want periods of which one is a multiple of the other", functionsBlock)
	}
}

// slip asks, of a function that has nothing of its own, whether another one was meant.
func (all Functions) slip(f Function) string {
	const short = 3 // such names are all near to one another
	if f.Warm != nil || len(f.Name) <= short {
		return ""
	}
	whole := slices.DeleteFunc(slices.Clone(all), func(f Function) bool { return f.Arrivals == nil || f.Warm == nil }).names()
	if i := keyfile.Nearest(f.Name, keyfile.FewEdits(f.Name), whole); i >= 0 {
		return "did you mean " + keyfile.Join(functionsBlock, whole[i]) + "? "
	}
	return ""
}

// checkZipf checks functions that are written in one notation.
func (c *checker) checkZipf(z Zipf, node int64) {
	c.whole(workloadKey, int64(z.Count), zipfCounts)
	c.number(workloadKey, z.PerSec, dist.Check(dist.Poisson{PerSecond: z.PerSec}) == nil, "a rate such as 100/s")
	c.number(workloadKey, z.Exponent, zipfExponents.Has(z.Exponent), zipfExponents.Accepts())
	switch {
	case z.Warm != nil:
		c.law(workloadKey, z.Warm)
	case c.readable(workloadKey):
		c.addf(workloadKey, "warm is missing; want %s", keyfile.WantLaw)
	}
	c.functionMemory(workloadKey, z.Memory, node)
	if z.Sample < 0 || z.Top < 0 || len(c.found) == 0 && len(z.Functions()) == 0 {
		c.add("no function is in the sample; want a larger one", workloadKey)
	}
	if c.Container.Startup == nil && c.readable("container.startup") {
		c.addf("container.startup", "missing; want %s", keyfile.WantLaw)
	}
}

// functionMemory checks the memory of an instance, which must fit on a node.
func (c *checker) functionMemory(path string, mb, node int64) {
	switch {
	case !c.readable(path):
	case mb == 0:
		c.addf(path, "missing; want %s", wantMegabytes)
	case !isMegabytes(mb):
		c.wrong(path, fmt.Sprintf("%dMB", mb), wantMegabytes)
	case mb > node && c.sound("nodes.memory"):
		c.addf(path, "found %s, more than the memory of a node, %s; want at most that", formatMegabytes(mb), formatMegabytes(node))
	}
}

// checkPolicy checks a keep-alive policy, which may be left out.
func (c *checker) checkPolicy(path string, p cluster.KeepAlive) {
	switch p := p.(type) {
	case cluster.Fixed:
		c.span(path, sim.Time(p), keepAlives)
	case cluster.Histogram:
		if again, err := keepalive.Parse(keepalive.Format(p)); c.readable(path) && (p.Bins < 1 || p.Bin < 1 || err != nil || again.Bins != p.Bins) {
			c.addf(path, "found a histogram of %d bins of %s; want what its notation has: %s", p.Bins, keyfile.FormatTime(p.Bin), keepalive.Usage)
		}
	}
}

// checkKept checks that what is there at time 0 has room.
func (c *checker) checkKept() {
	config := c.nodesConfig()
	for _, used := range c.keptOn() {
		what := ""
		switch {
		case used.Memory > config.Memory:
			what = fmt.Sprintf("%s of a node of %s", formatMegabytes(used.Memory), formatMegabytes(config.Memory))
		case used.Instances > config.MaxInstances:
			what = fmt.Sprintf("%d instances of a node of at most %d", used.Instances, config.MaxInstances)
		default:
			continue
		}
		c.add("min_instances, provisioned and spare of all functions take "+what+"; want fewer of them, or larger nodes", c.keptPaths()...)
		return
	}
}

// keptPaths are the keys that may give instances at time 0, and that of a keep-alive that is learnt.
func (c *checker) keptPaths() (paths []string) {
	names := []string{"provisioned", "min_instances", "spare"}
	var all []string
	if w, ok := c.Arrivals.(Workload); ok && c.Keeping.ready() == 0 && slices.ContainsFunc(w.functions, func(f Function) bool { return f.keeps() }) {
		return []string{workloadKey} // a table says it
	}
	if functions, ok := c.Arrivals.(Functions); ok {
		for _, f := range functions {
			for _, name := range names {
				all = append(all, keyfile.Join(keyfile.Join(functionsBlock, f.Name), name))
			}
		}
	}
	for _, name := range names {
		all = append(all, keyfile.Join(ContainerPlatform, name))
	}
	if c.Keeping.Policy != nil && !c.many() {
		all = append(all, "container.keep_alive")
	}
	values := map[string]int{"container.provisioned": c.Keeping.Provisioned, "container.min_instances": c.Keeping.MinInstances, "container.spare": c.Keeping.Spare}
	for _, path := range all {
		if c.given(path) || values[path] > 0 || path == "container.keep_alive" {
			paths = append(paths, path)
		}
	}
	if paths == nil {
		return []string{"container.provisioned"}
	}
	return paths
}

// checkKeeping checks which instances are kept beyond a request.
func (c *checker) checkKeeping() {
	c.checkPolicy("container.keep_alive", c.Keeping.Policy)
	c.whole("container.min_instances", int64(c.Keeping.MinInstances), keptCounts)
	c.whole("container.provisioned", int64(c.Keeping.Provisioned), keptCounts)
	c.whole("container.spare", int64(c.Keeping.Spare), keptCounts)
}

// checkOne checks, of a scenario of one function, what many have besides.
func (c *checker) checkOne() {
	const needs = "needs functions, which share nodes; want a block functions, or a workload, in place of arrivals"
	switch {
	case c.given(evictKey):
		c.add(needs, evictKey)
	case (c.Keeping.Evict != 0 || c.Keeping.Order != nil) && !c.givenIn("container"):
		c.add("Keeping.Evict, or Order, "+needs, ContainerPlatform)
	}
	if c.Nodes != nil {
		c.add("needs functions, which share them; want a block functions, or a workload, in place of arrivals", nodesBlock)
	}
	if c.Container == nil {
		return
	}
	c.checkKeeping()
	if c.Keeps() {
		c.checkKeeps(c.Container)
	}
}

// checkKeeps checks that the pool of one function has nothing that goes together with none of the
// policies of a cluster.
func (c *checker) checkKeeps(p *pool.Config) {
	kept := c.keptPaths()
	what := keyfile.List(shortened(kept), "and")
	_, closed := c.Arrivals.(dist.Closed)
	for _, other := range []struct {
		path, without string
		there         bool
	}{
		{"container.release", "no release", p.Releases()},
		{"container.dispatch", "no dispatch", p.Dispatch.Exists()},
		{"container.initial", "no initial: min_instances, provisioned and spare are there from the beginning", p.InitialIdle > 0 || p.InitialRunning > 0},
		{"arrivals", "other arrivals", closed},
	} {
		if other.there {
			c.add("does not go together with "+what+" yet; want "+other.without, other.path)
		}
	}
	if p.Cold != nil && p.Warm == nil && (c.Keeping.Policy != nil || c.Keeping.Spare > 0) {
		c.add("nobody knows what of container.cold is start-up where a trace fixes the service times, and so how long a load takes; want container.startup instead of container.cold", kept...)
	}
	most := p.MaxInstances
	if ready := c.Keeping.ready(); c.sound("container.max_instances") && c.sound(kept...) && ready > most {
		c.add(fmt.Sprintf("%s %d instances, more than max_instances, %d; want at most that", takes(kept), ready, most), kept...)
	}
}

// takes begins a sentence on how many instances keys take.
func takes(kept []string) string {
	if len(kept) == 1 {
		return "takes"
	}
	return keyfile.List(shortened(kept), "and") + " take"
}

// shortened returns the last names of paths.
func shortened(paths []string) (names []string) {
	for _, path := range paths {
		names = append(names, path[strings.LastIndexByte(path, '.')+1:])
	}
	return names
}

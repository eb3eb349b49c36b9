package validate

import (
	"fmt"
	"slices"

	"faaslab/platform"
	"faaslab/platform/cluster"
	"faaslab/validate/model"
)

// A node is a node that has nothing to do with the others.
type node struct {
	loads []functionLoad // with the requests that come to it
	rate  float64        // of all its requests, 1/s
	alike float64        // so many nodes are as it is
}

// apart reports whether each node has its own functions, or a random part of all requests, so that it
// is a system by itself: of Poisson arrivals the parts are Poisson, and independent.
func (m *manyFunctions) apart() bool {
	n := m.s.Nodes
	return n.Count == 1 || n.Placement == cluster.Hash || n.Placement == cluster.RandomNode
}

// nodes returns the nodes that have requests, where they are apart.
func (m *manyFunctions) nodes() []node {
	n := m.s.Nodes
	if n.Count > 1 && n.Placement == cluster.RandomNode {
		one := node{rate: m.rate / float64(n.Count), alike: float64(n.Count)}
		for _, f := range m.loads {
			f.rate /= float64(n.Count)
			one.loads = append(one.loads, f)
		}
		return []node{one}
	}
	all := make([]node, n.Count)
	places := cluster.Config{Nodes: n.Count}
	for i, f := range m.loads {
		home := &all[places.Home(i)]
		home.loads = append(home.loads, f)
		home.rate += f.rate
		home.alike = 1
	}
	return slices.DeleteFunc(all, func(n node) bool { return n.loads == nil })
}

// caching adds the laws of instances that only make room for others: of equal sizes, by the order of
// their last requests or at random. It reports whether there is one.
func (m *manyFunctions) caching(memory int64, most int) bool {
	first := m.loads[0]
	if !m.all(func(f functionLoad) bool { return memory == cluster.Unlimited || f.memory == first.memory }) {
		return false
	}
	room := most
	if memory != cluster.Unlimited {
		room = min(room, int(float64(memory)/first.memory))
	}
	evict := m.s.Keeping.Evict
	free := m.all(func(f functionLoad) bool { return f.startup == 0 })
	nodes := m.nodes()
	few, full := true, false
	for _, n := range nodes {
		few = few && (len(n.loads) <= model.MostExactFunctions || len(n.loads) <= room)
		full = full || len(n.loads) > room
	}
	if !full || room < 1 || evict == cluster.NoEviction || evict == cluster.GreedyDual && !free {
		return false
	}
	caveats := slices.Clone(m.caveats)
	running := 0.0
	for _, f := range m.loads {
		running += f.rate * f.cold()
	}
	if running > 0 {
		caveats = append(caveats, fmt.Sprintf("about %s of all run: the model's services take no time", instancesOf(running)))
	}
	gives := []string{platform.ColdStartProbability, platform.Instances, platform.Evictions}
	same := m.all(func(f functionLoad) bool { return f.startup == first.startup })
	if same {
		gives = append(gives, platform.ResponseTime)
	}
	if memory != cluster.Unlimited {
		gives = append(gives, platform.Memory)
	}
	law := func(name, label string, approximate bool, of func(popularity []float64) (float64, error)) {
		m.add(name, label, approximate, caveats, gives, func(float64) (Solution, error) {
			misses, instances := 0.0, 0.0 // 1/s; on all nodes
			for _, n := range nodes {
				if len(n.loads) <= room { // none has to go
					instances += n.alike * float64(len(n.loads))
					continue
				}
				popularity := make([]float64, len(n.loads))
				for i, f := range n.loads {
					popularity[i] = f.rate
				}
				miss, err := of(popularity)
				if err != nil {
					return Solution{}, err
				}
				misses += n.alike * n.rate * miss
				instances += n.alike * float64(room)
			}
			miss := misses / m.rate
			s := Solution{Metrics: map[string]float64{platform.ColdStartProbability: miss, platform.Instances: instances, platform.Evictions: misses}}
			if same {
				warm := 0.0
				for _, f := range m.loads {
					warm += f.rate / m.rate * f.warm
				}
				s.Metrics[platform.ResponseTime] = warm + miss*first.startup
			}
			if memory != cluster.Unlimited {
				s.Metrics[platform.Memory] = instances * first.memory
			}
			return s, nil
		})
	}
	before := len(m.models)
	switch {
	case evict == cluster.RandomEviction && few:
		law(gelenbeModel, "Gelenbe", false, func(popularity []float64) (float64, error) { return model.RandomReplacement(popularity, room) })
	case evict == cluster.RandomEviction:
	case few:
		law(kingModel, "King", false, func(popularity []float64) (float64, error) { return model.LRU(popularity, room) })
	}
	if evict != cluster.RandomEviction {
		law(cheModel, "Che", true, func(popularity []float64) (float64, error) {
			miss, _, err := model.Che(popularity, room)
			return miss, err
		})
	}
	return len(m.models) > before
}

// multirate adds the law of memory of which each request holds some.
func (m *manyFunctions) multirate(memory int64) {
	unit := int64(0)
	for _, f := range m.loads {
		for a, b := unit, int64(f.memory); ; a, b = b, a%b {
			if b == 0 {
				unit = a
				break
			}
		}
	}
	m.add(multirateModel, "Kaufman–Roberts", false, m.caveats, []string{platform.RejectionProbability, platform.MemoryRunning}, func(float64) (Solution, error) {
		rejections, running := 0.0, 0.0 // 1/s; units of memory on all nodes
		for _, n := range m.nodes() {
			// Functions of one size are one class.
			var classes []model.MemoryClass
			rates, known := []float64{}, map[float64]int{}
			for _, f := range n.loads {
				i, ok := known[f.memory]
				if !ok {
					i = len(classes)
					known[f.memory] = i
					classes, rates = append(classes, model.MemoryClass{Units: int(int64(f.memory) / unit)}), append(rates, 0)
				}
				classes[i].Load += f.rate * f.cold()
				rates[i] += f.rate
			}
			rejected, held, err := model.Multirate(int(memory/unit), classes)
			if err != nil {
				return Solution{}, err
			}
			for i, rate := range rates {
				rejections += n.alike * rate * rejected[i]
			}
			running += n.alike * held
		}
		return Solution{Metrics: map[string]float64{platform.RejectionProbability: rejections / m.rate, platform.MemoryRunning: running * float64(unit)}}, nil
	})
}

// sharing adds processor sharing of the nodes' cores, which knows a service by its mean alone.
func (m *manyFunctions) sharing() {
	m.add("processor-sharing", "processor sharing", false, m.caveats, []string{platform.ResponseTime, platform.Running, platform.RejectionProbability, platform.MemoryRunning}, func(float64) (Solution, error) {
		response, running, memory := 0.0, 0.0, 0.0
		var present model.Distribution
		nodes := m.nodes()
		for _, n := range nodes {
			work := 0.0
			for _, f := range n.loads {
				work += f.rate * f.warm
			}
			r, err := model.ProcessorSharing(model.Sharing{ArrivalRate: n.rate, Service: work / n.rate, Speed: modelCores(m.s.Nodes.Cores), MaxPresent: model.Unlimited})
			if err != nil {
				return Solution{}, err
			}
			response += n.alike * n.rate / m.rate * r.ResponseTime
			running += n.alike * r.Running
			for _, f := range n.loads {
				if work == 0 {
					break
				}
				// A function's part of the running instances is its part of the work.
				memory += n.alike * f.memory * f.rate * f.warm / work * r.Running
			}
			present = r.Present
		}
		s := Solution{Metrics: map[string]float64{platform.ResponseTime: response, platform.Running: running, platform.RejectionProbability: 0, platform.MemoryRunning: memory}}
		if m.s.Nodes.Count == 1 {
			s.Distributions = map[string]model.Distribution{platform.Running: present}
		}
		return s, nil
	})
}

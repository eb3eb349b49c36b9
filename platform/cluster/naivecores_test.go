package cluster

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"faaslab/platform"
	"faaslab/sim"
)

// A naiveJob is what an instance of the naive cluster has left to do where cores are shared: a delay,
// and then one part of work after the other. At every event, the work done is subtracted from all.
type naiveJob struct {
	busy  bool
	delay sim.Time  // when it ends
	parts []float64 // of work, ns on a core of its own; empty while it is delayed
	later []float64 // that follow the delay
	order int       // in which instances joined the cores

	number  int
	request Request
	fate    platform.Request
}

// begin gives an instance a start-up and a service to do.
func (n *naive) begin(x *naiveInstance, startup, service sim.Time) {
	cpu := sim.Time(float64(startup) * n.config.StartupCPU)
	x.job = naiveJob{busy: true, delay: n.now + startup - cpu}
	if cpu > 0 {
		x.job.later = append(x.job.later, float64(cpu))
	}
	if !x.unused {
		x.job.later = append(x.job.later, float64(service))
	}
	if startup == cpu && !x.unused {
		n.join(x)
	}
}

// join ends the delay of an instance.
func (n *naive) join(x *naiveInstance) {
	x.job.parts, x.job.later = x.job.later, nil
	n.sequence++
	x.job.order = n.sequence
	if len(x.job.parts) == 0 { // a load whose start-up takes no CPU
		x.job.busy = false
		n.endLoad(x)
	}
}

func onCores(x *naiveInstance) bool { return x.job.busy && len(x.job.parts) > 0 }

func delaying(x *naiveInstance) bool { return x.job.busy && len(x.job.parts) == 0 }

// speed is that of each instance on a node's cores.
func (n *naive) speed(node int) float64 {
	jobs := len(n.of(-1, node, onCores))
	return n.config.Cores.Rate(jobs) / float64(jobs)
}

// work moves the time on, and all work with it.
func (n *naive) work(to sim.Time) {
	elapsed := float64(to - n.now)
	n.now = to
	for node := range n.config.Nodes {
		if jobs := n.of(-1, node, onCores); len(jobs) > 0 {
			speed := n.speed(node)
			for _, x := range jobs {
				x.job.parts[0] -= elapsed * speed
			}
		}
	}
}

// first returns the job on a node's cores that is done first, and when.
func (n *naive) firstOnCores(node int) (x *naiveInstance, at sim.Time) {
	jobs := n.of(-1, node, onCores)
	if len(jobs) == 0 {
		return nil, sim.Never
	}
	x = slices.MinFunc(jobs, func(a, b *naiveInstance) int {
		if d := a.job.parts[0] - b.job.parts[0]; math.Abs(d) > 1 {
			return cmp.Compare(d, 0)
		}
		return cmp.Compare(a.job.order, b.job.order)
	})
	return x, n.now + sim.Time(math.Ceil(max(0, x.job.parts[0]-1e-3)/n.speed(node)))
}

// nextOnCores returns when the first delay ends or the first job is done.
func (n *naive) nextOnCores() sim.Time {
	next := sim.Never
	for node := range n.config.Nodes {
		_, at := n.firstOnCores(node)
		next = min(next, at)
		for _, x := range n.of(-1, node, delaying) {
			next = min(next, max(n.now, x.job.delay))
		}
	}
	return next
}

// occurOnCores ends a job or a delay that is due.
func (n *naive) occurOnCores() {
	for node := range n.config.Nodes {
		if x, at := n.firstOnCores(node); at == n.now {
			x.job.parts = x.job.parts[1:]
			n.sequence++
			x.job.order = n.sequence
			switch {
			case len(x.job.parts) > 0:
			case !x.running:
				x.job.busy = false
				n.endLoad(x)
			default:
				x.job.busy = false
				x.job.fate.Completion = n.now
				n.tell(x.job.number, node, x.job.request, x.job.fate)
				n.complete(x)
			}
			return
		}
		waiting := n.of(-1, node, delaying)
		slices.SortStableFunc(waiting, func(a, b *naiveInstance) int { return cmp.Compare(a.serial, b.serial) })
		for _, x := range waiting {
			if x.job.delay == n.now {
				n.join(x)
				return
			}
		}
	}
}

// On shared cores, too, the cluster does what the naive one does. Both round to nanoseconds in their
// own ways, so that moments may differ by some of them. No two events fall on one moment by chance.
func TestTheClusterOnSharedCoresIsTheNaiveOne(t *testing.T) {
	g := rand.New(rand.NewPCG(2, 18))
	var seen Counts
	slowed, unfinished := 0, 0
	for trial := range 250 {
		config, rows := randomCluster(g)
		config.Cores = []platform.Cores{{Physical: 1}, {Physical: 2}, {Physical: 4, Threads: 2, Yield: 0.25, AllCoreSpeed: 0.8}, {Physical: 3, Speeds: []float64{1, 1.5, 1.2}}}[g.IntN(4)]
		config.StartupCPU = []float64{0, 0.5, 1}[g.IntN(3)]
		for i := range rows { // far from whole seconds, and from each other
			rows[i].Arrival += sim.Time(g.IntN(90_000_000))
			rows[i].Service += sim.Time(g.IntN(90_000_000))
		}
		slices.SortStableFunc(rows, func(a, b Request) int { return cmp.Compare(a.Arrival, b.Arrival) })
		name := fmt.Sprintf("trial %d: %+v", trial, config)
		want := newNaive(config, rows)
		want.run(sim.Never)
		config.Requests = recorded(slices.Clone(rows))
		c, err := New(config, 1, 0)
		require.NoError(t, err)
		var log []LoggedRequest
		c.Log = func(r LoggedRequest) { log = append(log, r) }
		require.NoError(t, c.Run(sim.Never))
		c.check(c.Now())
		require.Len(t, log, len(want.log), name)
		for _, l := range [][]LoggedRequest{log, want.log} {
			slices.SortFunc(l, func(a, b LoggedRequest) int { return cmp.Compare(a.Number, b.Number) })
		}
		for i, r := range log {
			w := want.log[i]
			require.InDelta(t, int64(w.Start), int64(r.Start), 200, "%s\nrow %d", name, i)
			require.InDelta(t, int64(w.Completion), int64(r.Completion), 200, "%s\nrow %d", name, i)
			if r.Completion-r.Start > r.Service+1000 {
				slowed++
			}
			r.Start, r.Completion = w.Start, w.Completion
			require.Equal(t, w, r, "%s\nrow %d", name, i)
		}
		for f := range config.Functions {
			k, _ := c.Function(f)
			unfinished += int(k.InService)
			k.Response, k.Wait, k.Running, k.Idle, k.Loading, k.InService = Counts{}.Response, Counts{}.Wait, Counts{}.Running, Counts{}.Idle, Counts{}.Loading, 0
			require.Equal(t, want.counts[f], k, "%s\nfunction %d", name, f)
			seen.Merge(&k)
		}
	}
	for what, n := range map[string]int64{"warm": seen.Warm, "cold": seen.Cold, "rejected": seen.Rejected, "timed out": seen.TimedOut, "expired": seen.Expired, "evicted": seen.Evicted,
		"unloaded": seen.Unloaded, "loaded": seen.Loaded, "skipped": seen.LoadsSkipped, "unused": seen.Unused, "slowed": int64(slowed), "unfinished": int64(unfinished)} {
		require.Greater(t, n, int64(50), "%s: too few to tell", what)
	}
}

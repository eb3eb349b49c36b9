package validate

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/scaling"
	"faaslab/scenarios"
	"faaslab/sim"
	"faaslab/sim/random"
)

// scalingPaths are the laws of autoscalers that hold on every path, and decisions that are known.
func scalingPaths() (groups []group) {
	add := func(name, law, text string, path func(context.Context, scenarios.Scenario) error) {
		groups = append(groups, group{suite: "scaling", name: name, law: law, scenario: policyScenario(name, text), path: path, short: true})
	}
	add("nobody waits at unlimited places", "with an instance and any number of places no request waits", "arrivals: poisson(rate=6/s)\ncontainer: {warm: 'lognormal(mean=1s, cv=2)', startup: constant(3s), scaling: {target: 4}, min_instances: 1}\n",
		func(ctx context.Context, s scenarios.Scenario) error {
			o, _, err := pathOf(ctx, s, pathSpan)
			if err == nil && o.Waited > 0 {
				err = fmt.Errorf("%d of %d requests waited", o.Waited, o.Arrivals)
			}
			return err
		})
	add("one request into nothing", "two instances and panic, by hand", "arrivals: renewal(constant(210300ms))\ncontainer: {warm: constant(1s), startup: constant(3s), scaling: knative, concurrency: 1}\n", oneRequest)
	add("a burst into nothing", "decisions and averages by hand", "arrivals: 'batch(renewal(constant(30s)), size=100)'\ncontainer: {warm: constant(100s), startup: constant(1s), scaling: {target: 1, max_up: 2}, concurrency: 1}\n", burst)
	add("a staircase", "decisions, averages and panic by hand", "arrivals: constant(rate=10/s)\ncontainer: {warm: constant(1s), startup: constant(3s), scaling: {target: 4}, initial: {idle: 1}}\n", staircase)
	for _, routing := range []string{"first", "round-robin", "two-choices", "least-loaded", "random"} {
		add("one place and fixed instances are a pool, "+routing, "the rows of a pool that is full", "arrivals: 'batch(poisson(rate=1.2/s), size=3)'\ncontainer: {warm: exponential(mean=1s), startup: constant(3s), scaling: knative, concurrency: 1, min_instances: 4, max_instances: 4, initial: {idle: 4}, queue_timeout: 5s, routing: "+routing+"}\n",
			func(ctx context.Context, s scenarios.Scenario) error {
				pool, full := s, *s.Container
				full.KeepAlive, full.Routing = sim.Never, 0
				pool.Container, pool.Serving, pool.Keeping.MinInstances = &full, scenarios.Serving{}, 0
				return sameRows(ctx, s, pool, func(platform.Request) bool { return true }, func(r platform.Request) platform.Request {
					r.Instance = 0
					return r
				})
			})
	}
	for i, c := range []struct{ arrivals, more string }{
		{"mmpp(rates=[0.5/s, 12/s], sojourns=[60s, 20s])", "scaling: knative, concurrency: 2, max_instances: 6, queue_timeout: 3s"},
		{"poisson(rate=4/s)", "scaling: {target: 0.7, down_delay: 30s, retention: 10s}, concurrency: 1, initial: {idle: 3}"},
		{"batch(poisson(rate=1/s), size=4)", "scaling: {preset: kubernetes, metric: cpu, target: 0.6}, instance_cores: 1, concurrency: 3, max_instances: 9"},
		{"mmpp(rates=[0.5/s, 12/s], sojourns=[60s, 20s])", "concurrency: 3, keep_alive: 5s, max_instances: 4, when_full: queue, start_rate: 1/2s, queue_timeout: 3s"},
	} {
		add(fmt.Sprintf("conservation %d", i+1), "requests and instances add up, and none waits beside a free place", "arrivals: '"+c.arrivals+"'\ncontainer: {warm: 'lognormal(mean=1s, cv=1)', startup: exponential(mean=2s), "+c.more+"}\n", conserved)
	}
	add("decisions of an HPA", "the table of a HorizontalPodAutoscaler by hand", "arrivals: poisson(rate=1/s)\ncontainer: {warm: constant(1s), startup: constant(1s), scaling: kubernetes, instance_cores: 1, max_instances: 50}\n", hpaDecisions)
	add("decisions of Knative", "what Knative's own code decided", "arrivals: poisson(rate=1/s)\ncontainer: {warm: constant(1s), startup: constant(1s), scaling: knative}\n", knativeDecisions)
	return groups
}

// watched lets a scenario's first replication happen up to a moment, event by event.
func watched(ctx context.Context, s scenarios.Scenario, until sim.Time, see func(*platform.History, platform.Event) error) (*platform.History, error) {
	h, err := s.History(scenarios.ContainerPlatform, 0)
	if err != nil {
		return nil, err
	}
	h.Interrupted = ctx.Err
	for {
		e, ok, err := h.Next(until)
		if err == nil && ok {
			err = see(h, e)
		}
		if !ok || err != nil {
			return h, err
		}
	}
}

// decisionsOf returns what the autoscaler of a scenario decided up to a moment.
func decisionsOf(ctx context.Context, s scenarios.Scenario, until sim.Time) (decisions []scaling.Evaluation, h *platform.History, err error) {
	h, err = watched(ctx, s, until, func(_ *platform.History, e platform.Event) error {
		if e.Kind == platform.EventEvaluated {
			decisions = append(decisions, *e.Evaluation)
		}
		return nil
	})
	return decisions, h, err
}

// oneRequest checks what Knative does with one request, 300 ms after an evaluation, of a service without
// an instance: it wants two, and panics. One goes at 62 s, when panic is over; the other one at 66 s,
// since the last report is that of the second up to 5 s.
func oneRequest(ctx context.Context, s scenarios.Scenario) error {
	const arrival, end = 210_300 * sim.Second / 1000, 400 * sim.Second
	decisions, h, err := decisionsOf(ctx, s, end)
	if err != nil {
		return err
	}
	for _, d := range decisions {
		want := 2
		switch since := d.Time - arrival/sim.Second*sim.Second; {
		case since >= 66*sim.Second:
			want = 0
		case since >= 62*sim.Second:
			want = 1
		}
		if d.Desired != want {
			return fmt.Errorf("at %v it wants %d; want %d", d.Time, d.Desired, want)
		}
	}
	o := h.Observations()
	if area := o.Instances.Area(); len(decisions) == 0 || !decisions[0].Panicking || math.Abs(area-127.4) > 1e-9 || o.Scaling.Started != 2 || o.WarmService.Seconds()+o.ColdService.Seconds()+o.Wait.Seconds() != 4 {
		return fmt.Errorf("%d decisions, %.9g s of %d instances, a response of %.9g s; want panic, 127.4 s of 2, and 4 s", len(decisions), area, o.Scaling.Started, o.WarmService.Seconds()+o.ColdService.Seconds()+o.Wait.Seconds())
	}
	return nil
}

// burst checks what is decided on a hundred requests at once, at an evaluation, of a service without an
// instance that may have twice as many at each.
func burst(ctx context.Context, s scenarios.Scenario) error {
	decisions, _, err := decisionsOf(ctx, s, 44*sim.Second)
	if err != nil {
		return err
	}
	desired := []int{1, 1, 2, 4, 8, 16, 32, 64, 100}
	stable := []float64{1, 1, 67, 80.2, 85.857143, 89, 91, 92.384615, 93.4}
	if len(decisions) != len(desired) {
		return fmt.Errorf("%d decisions; want %d", len(decisions), len(desired))
	}
	for i, d := range decisions {
		if d.Desired != desired[i] || math.Abs(d.Stable-stable[i]) > 5e-7 {
			return fmt.Errorf("decision %d at %v is %d of an average of %.6f; want %d of %.6f", i+1, d.Time, d.Desired, d.Stable, desired[i], stable[i])
		}
	}
	return nil
}

// staircase checks what is decided on ten requests a second for two minutes, and then thirty a second for one.
func staircase(ctx context.Context, s scenarios.Scenario) error {
	var arrivals recorded
	for k := 1; k <= 1200; k++ {
		arrivals = append(arrivals, sim.Time(k)*(sim.Second/10))
	}
	for j := 1; j <= 1800; j++ {
		arrivals = append(arrivals, 120*sim.Second+sim.Time(math.Round(float64(j)*float64(sim.Second)/30)))
	}
	s.Arrivals = append(arrivals, 330*sim.Second)
	decisions, h, err := decisionsOf(ctx, s, 260*sim.Second)
	if err != nil {
		return err
	}
	var want []int // at 2, 4 … 242 s
	for _, step := range [][2]int{{2, 2}, {3, 59}, {6, 1}, {8, 31}, {7, 3}, {6, 4}, {5, 4}, {4, 4}, {3, 4}, {2, 4}, {1, 4}, {0, 1}} {
		want = append(want, slices.Repeat(step[:1], step[1])...)
	}
	stable := func(at float64) float64 {
		switch {
		case at <= 6:
			return []float64{5, 7, 55. / 7}[int(at)/2-1]
		case at <= 58:
			return (5 + 10*(at-1)) / (at + 1)
		case at == 60:
			return 9.9
		case at <= 120:
			return 10
		case at <= 180:
			return 59/6. + (at-120)/3
		}
		return max(0, 29.258333-(at-182)/2)
	}
	if len(decisions) < len(want) {
		return fmt.Errorf("%d decisions; want %d", len(decisions), len(want))
	}
	var errs []error
	for i, n := range want {
		d, at := decisions[i], float64(2*(i+1))
		panicking := at <= 64 || at >= 124 && at <= 186
		if d.Desired != n || d.Panicking != panicking || math.Abs(d.Stable-stable(at)) > 1e-6 {
			errs = append(errs, fmt.Errorf("at %g s it wants %d of an average of %.6f, panic: %v; want %d of %.6f, panic: %v", at, d.Desired, d.Stable, d.Panicking, n, stable(at), panicking))
		}
	}
	for at, short := range map[int]float64{2: 5, 4: 7, 6: 9, 120: 10, 122: 15, 124: 21.666667, 126: 28.333333, 128: 30, 180: 30, 182: 22.583333, 184: 12.583333, 186: 2.583333, 188: 0} {
		if got := decisions[at/2-1].Panic; math.Abs(got-short) > 1e-6 {
			errs = append(errs, fmt.Errorf("the average of the panic window is %.6f at %d s; want %.6f", got, at, short))
		}
	}
	if n := h.State().Totals.Instances; n > 0 {
		errs = append(errs, fmt.Errorf("%d instances at 260 s; want none", n))
	}
	return errors.Join(errs...)
}

// recorded are arrivals at given times.
type recorded []sim.Time

func (r recorded) Rate() float64       { return float64(len(r)) / r[len(r)-1].Seconds() }
func (recorded) Pattern() dist.Pattern { return dist.Pattern{} }
func (recorded) String() string        { return "recorded" }
func (r recorded) Start(random.Generator) (dist.Source, error) {
	return &recordedPath{left: r}, nil
}

type recordedPath struct {
	left recorded
	last sim.Time
}

func (p *recordedPath) Fill(gaps, _ []int64) (n int, err error) {
	for ; n < len(gaps) && len(p.left) > 0; n++ {
		gaps[n] = int64(p.left[0] - p.last)
		p.last, p.left = p.left[0], p.left[1:]
	}
	return n, nil
}

// conserved checks on a path, whenever time goes on, that requests and instances add up, that there are no
// more instances than may be, and that a request waits only while every ready instance is full.
func conserved(ctx context.Context, s scenarios.Scenario) error {
	const span = 1200 * sim.Second
	initial := max(s.Container.InitialIdle, s.Keeping.MinInstances)
	launched := int64(initial)
	lives := float64(initial) * span.Seconds() // from the start of each instance to its end, or to that of the path
	places := max(s.Serving.Concurrency, 1)
	var last platform.State
	var moments, waits int
	check := func() error {
		t, held, free := &last.Totals, int64(0), 0
		for _, i := range last.Instances {
			held += int64(i.Held)
			if (i.State == platform.StateIdle || i.State == platform.StateRunning) && i.Held < places {
				free++
			}
		}
		waiting := len(last.Queue)
		moments++
		if waiting > 0 {
			waits++
		}
		switch {
		case t.Requests != t.Completed+t.Rejected+t.TimedOut+held+int64(waiting):
			return fmt.Errorf("at %v: %d arrivals, %d completed, %d rejected, %d timed out, %d in service and %d waiting", last.Time, t.Requests, t.Completed, t.Rejected, t.TimedOut, held, waiting)
		case launched != t.Expired+int64(len(last.Instances)):
			return fmt.Errorf("at %v: %d instances were started or there at first, %d are gone and %d alive", last.Time, launched, t.Expired, len(last.Instances))
		case t.Instances-t.Draining > s.Container.MaxInstances:
			return fmt.Errorf("at %v: %d instances, of which %d drain; want at most %d", last.Time, t.Instances, t.Draining, s.Container.MaxInstances)
		case waiting > 0 && free > 0:
			return fmt.Errorf("at %v: %d requests wait, and %d instances have a free place", last.Time, waiting, free)
		}
		return nil
	}
	h, err := watched(ctx, s, span, func(h *platform.History, e platform.Event) error {
		if e.Time > last.Time && last.Time > 0 {
			if err := check(); err != nil {
				return err
			}
		}
		switch e.Kind {
		case platform.EventLaunched:
			launched++
			lives += (span - e.Time).Seconds()
		case platform.EventRemoved, platform.EventExpired:
			lives -= (span - e.Time).Seconds()
		}
		last = h.State()
		return nil
	})
	if err != nil {
		return err
	}
	if moments < 1000 || waits == 0 {
		return fmt.Errorf("%d moments, and requests wait at %d: too few to say anything", moments, waits)
	}
	o := h.Observations()
	if spent := o.Instances.Area() + (span-o.Span).Seconds()*float64(o.Instances.Count()); math.Abs(spent-lives) > 1e-6*lives {
		return fmt.Errorf("there are instances for %.9g s, and their lives are %.9g s", spent, lives)
	}
	return o.Check()
}

// hpaDecisions checks the decisions of a HorizontalPodAutoscaler that were made by hand, or read in the code
// of Kubernetes.
func hpaDecisions(_ context.Context, s scenarios.Scenario) error {
	percent := s.Serving.Scaling.Rule
	value := percent
	value.Target, value.AverageValue = 0.5, true
	behavior, core := value, value
	behavior.Behavior, core.Target = true, 0.8
	var errs []error
	for i, c := range []struct {
		rule                     scaling.Rule
		replicas, starting, want int
		usage                    float64 // of each ready instance, in cores
	}{
		{value, 3, 0, 6, 0.90}, {value, 1, 0, 4, 5}, {value, 4, 0, 8, 2}, {value, 8, 0, 16, 1},
		{behavior, 1, 0, 5, 5}, {behavior, 5, 0, 10, 2}, {behavior, 10, 0, 20, 1},
		{value, 4, 0, 4, 0.46}, {value, 4, 0, 4, 0.54}, {value, 4, 0, 5, 0.56},
		{value, 4, 2, 4, 0.95}, {value, 4, 2, 6, 1.4},
		{core, 1, 0, 4, 3.3}, {core, 2, 0, 4, 3.3 / 2}, {core, 3, 0, 5, 3.3 / 3}, {core, 4, 0, 4, 3.3 / 4},
		{core, 5, 0, 5, 3.3 / 5}, {core, 6, 0, 6, 3.3 / 6}, {core, 7, 0, 7, 3.3 / 7}, {core, 8, 0, 8, 3.3 / 8},
		{percent, 10, 0, 15, 1.209}, {core, 10, 0, 16, 1.209}, {percent, 3, 0, 3, 0.879}, {percent, 3, 0, 4, 0.88},
	} {
		d, ready := scaling.NewDecider(c.rule, 0, 0), c.replicas-c.starting
		if got := d.Decide(0, scaling.Load{Stable: c.usage * float64(ready), Ready: ready, Starting: c.starting}).Desired; got != c.want {
			errs = append(errs, fmt.Errorf("row %d: %d of %d instances, %d of which start, at %g cores each; want %d", i+1, got, c.replicas, c.starting, c.usage, c.want))
		}
	}
	d := scaling.NewDecider(value, 0, 0)
	for at := sim.Time(0); at <= 330*sim.Second; at += 15 * sim.Second {
		want := 10
		if at > 300*sim.Second { // the proposals of the last five minutes are all small
			want = 2
		}
		if got := d.Decide(at, scaling.Load{Stable: 1, Ready: 10}).Desired; got != want {
			errs = append(errs, fmt.Errorf("%d instances at %v; want %d", got, at, want))
		}
	}
	return errors.Join(errs...)
}

// knativeRecords are measurements, averages and decisions of six autoscalers, on which a simulator written
// for this purpose and pkg/autoscaler of knative/serving at 98e5ef90 agree. Rows of op record add a
// value to a second; those of op decide have the ready instances, and what followed.
//
//go:embed knativedecisions.csv
var knativeRecords []byte

// knativeDecisions checks that the windows and the rule of Knative give the averages and decisions that its own
// code gave.
func knativeDecisions(_ context.Context, s scenarios.Scenario) error {
	rows, err := csv.NewReader(bytes.NewReader(knativeRecords)).ReadAll()
	if err != nil {
		return err
	}
	var column map[string]int
	var stable, short scaling.Window
	var decider scaling.Decider
	last, decisions := "", 0
	for i, row := range rows {
		if i == 0 {
			column = map[string]int{}
			for k, name := range row {
				column[name] = k
			}
			continue
		}
		number := func(name string) float64 {
			x, wrong := strconv.ParseFloat(row[column[name]], 64)
			err = errors.Join(err, wrong)
			return x
		}
		if row[0] != last {
			last = row[0]
			rule := s.Serving.Scaling.Rule
			rule.Window, rule.PanicWindow, rule.Target = int(number("window_s")), int(number("panic_window_s")), number("target")
			rule.PanicThreshold, rule.MaxUp, rule.MaxDown = number("panic_threshold"), number("max_up"), number("max_down")
			rule.DownDelay, rule.Activation = sim.FromSeconds(number("down_delay_s")), int(number("activation"))
			weighted := row[column["weighted"]] == "1"
			stable, short = scaling.NewWindow(rule.Window, weighted), scaling.NewWindow(rule.PanicWindow, weighted)
			decider = scaling.NewDecider(rule, int(number("ready_at_start")), 0)
		}
		at, value := number("t_s"), number("value_or_ready")
		second := int64(at)
		if row[column["op"]] == "record" {
			stable.Record(second, value)
			short.Record(second, value)
			continue
		}
		want := row[column["desired"]]
		if want == "" || row[column["stable"]] == "no data" || want == "no data" {
			if !stable.Empty(second) {
				return fmt.Errorf("row %d: there are data; want none", i+1)
			}
			continue
		}
		load := scaling.Load{Stable: stable.Average(second), Panic: short.Average(second), Ready: int(value)}
		d := decider.Decide(sim.FromSeconds(at), load)
		decisions++
		if math.Abs(load.Stable-number("stable")) > 2e-6 || math.Abs(load.Panic-number("panic")) > 2e-6 || strconv.Itoa(d.Desired) != want || strconv.FormatBool(d.Panicking) != row[column["panicking"]] {
			return fmt.Errorf("row %d: %d of averages of %.6f and %.6f, panic: %v; want %s", i+1, d.Desired, load.Stable, load.Panic, d.Panicking, row)
		}
		if err != nil {
			return fmt.Errorf("row %d: %w", i+1, err)
		}
	}
	if decisions != 280 {
		return fmt.Errorf("%d decisions; want 280", decisions)
	}
	return nil
}

package platform

import (
	"math"

	"faaslab/sim"
)

// Prices are what requests cost on one platform, in one currency. They are finite
// and >= 0. A GB is 1024 MB, as providers bill it.
type Prices struct {
	Memory   float64         // of an instance, in GB; where EachFunction, 0
	User     *UserPrices     // what the function's owner pays; nil: not known
	Provider *ProviderPrices // what the platform costs its provider; nil: not known
	// ColdStartup is the fraction of a cold start's service that is its start-up, where one law
	// gives the whole service (pool.Config.Cold); else 0. It is not used where Observations.Startup
	// has all start-ups.
	ColdStartup float64
	// EachFunction: the platform has many functions, each with memory of its own.
	EachFunction bool
}

// UserPrices are the prices in a provider's list.
type UserPrices struct {
	GBSecond        float64 // of a second of execution, per GB of memory
	Second          float64 // of a second of execution, whatever the memory
	MillionRequests float64 // of a million served requests
	Startup         StartupBilling
	// Each execution is billed as whole multiples of a step, and as Minimum at least, both >= 0; 0:
	// its real time.
	Step    sim.Time
	Minimum sim.Time
	// MemoryStep is the step to whose multiples memory is rounded up, in GB, >= 0; 0: it is not
	// rounded.
	MemoryStep float64
	// ProvisionedGBSecond is the price of a second of a provisioned instance, with a request or
	// without, per GB of memory, and ProvisionedExecution that of a second of execution on one, in
	// the place of GBSecond. Nil: not known, and needed only where there are such instances.
	ProvisionedGBSecond, ProvisionedExecution *float64
}

// Memory returns the billed memory of an instance, from its real memory, both in GB.
func (u *UserPrices) Memory(gb float64) float64 {
	if u.MemoryStep == 0 {
		return gb
	}
	return u.MemoryStep * math.Ceil(gb/u.MemoryStep*(1-1e-12)) // a multiple is one but for rounding
}

// PerSecond returns the price of a second of execution on an instance with the given memory in GB.
func (u *UserPrices) PerSecond(gb float64) float64 { return u.GBSecond*u.Memory(gb) + u.Second }

// Rounds reports whether the billed time of an execution differs from its real time.
func (u *UserPrices) Rounds() bool { return u != nil && (u.Step > 0 || u.Minimum > 0) }

// Bill returns the billed time of an execution, >= 0.
func (u *UserPrices) Bill(execution sim.Time) sim.Time {
	if u.Step > 0 {
		if rest := execution % u.Step; rest > 0 {
			execution = execution.Plus(u.Step - rest)
		}
	}
	return max(execution, u.Minimum)
}

// A Meter adds up the time that the user is billed, request by request, in Observations.Billed. It
// is needed where executions are rounded (UserPrices.Rounds); else the totals give the same.
type Meter struct {
	User *UserPrices // not nil
	// ColdStartup is the fraction of a cold start's service that is its start-up, as in Prices.
	ColdStartup float64
}

// With returns the log that a platform with this meter calls; nil without a meter and a log. With a
// meter but without a log, requests go to a log that ignores them.
func (m *Meter) With(log func(Request)) func(Request) {
	if m != nil && log == nil {
		return func(Request) {}
	}
	return log
}

// Meter adds the execution of a served request, including its start-up, and returns what is billed of
// it. Without a meter it does nothing.
func (m *Meter) Meter(o *Observations, execution, startup sim.Time) (billed sim.Time) {
	if m == nil {
		return 0
	}
	if m.User.Startup == StartupFree {
		execution -= startup
	}
	billed = m.User.Bill(execution)
	o.Billed.Add(billed)
	return billed
}

// MeterProvisioned adds the execution of a request that a provisioned instance served.
func (m *Meter) MeterProvisioned(o *Observations, execution sim.Time) (billed sim.Time) {
	billed = m.User.Bill(execution)
	o.ProvisionedBilled.Add(billed)
	return billed
}

// Meter returns the meter that a platform needs while it runs so that costs can be computed; nil if
// it needs none.
func (p Prices) Meter() *Meter {
	if !p.User.Rounds() {
		return nil
	}
	return &Meter{p.User, p.ColdStartup}
}

// ProviderPrices are the provider's own costs.
type ProviderPrices struct {
	RunningGBSecond float64 // of a second of an instance with a request, per GB of memory
	IdleGBSecond    float64 // of a second of an instance without one, per GB of memory
	ColdStart       float64 // of starting one container, its memory not included
}

// StartupBilling says whether the user pays for start-ups as for execution.
type StartupBilling uint8

// Start-ups are billed like execution, or are free.
const (
	StartupBilled StartupBilling = iota
	StartupFree
)

// String returns the name used in scenario files.
func (b StartupBilling) String() string { return [...]string{"billed", "free"}[b] }

// Metrics returns the costs that the prices give: user_cost if User is known, provider_cost if
// Provider is known, each in money per million served requests, and the same in a month at the rate
// at which requests are served.
//
// The user pays for the time for which served requests really occupy an instance: on shared cores
// it includes the slowing, but no wait for an instance or for a core of its own. A request that is
// rejected or times out costs the user nothing. Provisioned instances have prices of their own, for
// all their time and for executions on them. The provider pays for the memory of all instances
// in the whole period, including Wasm executors that wait for a core, and for the cold starts and
// loads in the period.
func (p Prices) Metrics() (metrics []Metric) {
	for _, m := range Costs() {
		if m.Of = m.Cost(p); m.Of != nil {
			metrics = append(metrics, m)
		}
	}
	return metrics
}

// user returns the cost of a million served requests to the user; nil if it is not known.
func (p Prices) user() func(*Observations) float64 {
	u := p.User
	if u == nil {
		return nil
	}
	if p.EachFunction {
		return func(o *Observations) float64 {
			user, _ := p.costOfFunctions(o)
			return million * user / float64(o.Served())
		}
	}
	second := u.PerSecond(p.Memory)
	return func(o *Observations) float64 {
		onDemand, provisioned := p.billed(o)
		return u.MillionRequests + million*(second*onDemand+p.Provisioned(provisioned, o.Provisioned.Seconds()))/float64(o.Served())
	}
}

// Provisioned returns what provisioned instances cost the user: the seconds of execution on them, and
// the seconds for which they are there, with requests and without. It is NaN if a price is not known.
func (p Prices) Provisioned(execution, there float64) float64 {
	if there == 0 {
		return 0
	}
	price := func(of *float64) float64 {
		if of == nil {
			return math.NaN()
		}
		return *of
	}
	u := p.User
	gb := u.Memory(p.Memory)
	return (price(u.ProvisionedExecution)*gb+u.Second)*execution + price(u.ProvisionedGBSecond)*gb*there
}

// provider returns the cost of a million served requests to the provider; nil if it is not known.
func (p Prices) provider() func(*Observations) float64 {
	c := p.Provider
	if c == nil {
		return nil
	}
	if p.EachFunction {
		return func(o *Observations) float64 {
			_, provider := p.costOfFunctions(o)
			return million * provider / float64(o.Served())
		}
	}
	return func(o *Observations) float64 {
		memory := p.Memory * (c.RunningGBSecond*o.Running.Mean() + c.IdleGBSecond*o.Idle.Mean()) * o.Span.Seconds()
		started := o.Cold + o.Functions.total(func(c *FunctionCounts) int64 { return c.Loaded })
		if o.Scaling != nil {
			started = o.Scaling.Started
		}
		return million * (memory + c.ColdStart*float64(started)) / float64(o.Served())
	}
}

// perMonth turns the cost of a million served requests into the cost of the requests served in a
// month; nil from nil.
func perMonth(of func(*Observations) float64) func(*Observations) float64 {
	if of == nil {
		return nil
	}
	return func(o *Observations) float64 {
		if o.Served() == 0 {
			return math.NaN()
		}
		return of(o) / million * float64(o.Served()) / o.Span.Seconds() * Month
	}
}

const million = 1e6

// Month is the length of a month in seconds: 730 hours, as providers' calculators have it.
const Month = 730 * 3600.0

// billed returns the seconds of execution that the user pays for, on demand and on provisioned
// instances.
func (p Prices) billed(o *Observations) (onDemand, provisioned float64) {
	if p.User.Rounds() {
		return o.Billed.Seconds(), o.ProvisionedBilled.Seconds()
	}
	provisioned = o.ProvisionedService.Seconds()
	total := o.WarmService.Seconds() - provisioned + o.ColdService.Seconds()
	if p.User.Startup == StartupFree {
		total -= o.Startup.Seconds()
		if !o.Startups {
			total -= p.ColdStartup * o.ColdService.Seconds()
		}
	}
	return total, provisioned
}

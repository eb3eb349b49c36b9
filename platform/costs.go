package platform

// Prices are what requests cost on one platform, in one currency. They are finite
// and >= 0. A GB is 1024 MB, as providers bill it.
type Prices struct {
	Memory   float64         // of an instance, in GB
	User     *UserPrices     // what the function's owner pays; nil: not known
	Provider *ProviderPrices // what the platform costs whoever runs it; nil: not known
	// ColdStartup is the fraction of a cold start's service that is its start-up where
	// one law gives the whole of it (Containers.Cold); else 0. Where Observations.Startup
	// has all start-ups, it is that which counts.
	ColdStartup float64
}

// UserPrices are those of a provider's price list.
type UserPrices struct {
	GBSecond        float64 // of a second of execution, per GB of memory
	Second          float64 // of a second of execution, whatever the memory
	MillionRequests float64 // of a million requests that are served
	Startup         StartupBilling
}

// ProviderPrices are the provider's own costs.
type ProviderPrices struct {
	RunningGBSecond float64 // of a second of an instance with a request, per GB of memory
	IdleGBSecond    float64 // of a second of an instance without one, per GB of memory
	ColdStart       float64 // of starting one container, beside the memory it holds meanwhile
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

// Metrics returns the costs that the prices give, each in money per million served
// requests: user_cost if User is known, provider_cost if Provider is.
//
// The user pays for the time that served requests occupy an instance, as it really
// passed: on shared cores it includes the slowing, but no wait for an instance or for
// a core of one's own. A request that is rejected or times out costs the user nothing. The provider
// pays for the memory of all instances in the whole period, Wasm executors that wait
// for a core included, and for the cold starts in it.
func (p Prices) Metrics() (metrics []Metric) {
	if u := p.User; u != nil {
		second := u.GBSecond*p.Memory + u.Second
		metrics = append(metrics, Metric{Name: "user_cost", Doc: "what a million served requests cost the user", Unit: PerMillion,
			Of: func(o *Observations) float64 {
				return u.MillionRequests + million*second*p.billed(o)/float64(o.Served())
			}})
	}
	if c := p.Provider; c != nil {
		metrics = append(metrics, Metric{Name: "provider_cost", Doc: "what a million served requests cost the provider", Unit: PerMillion,
			Of: func(o *Observations) float64 {
				memory := p.Memory * (c.RunningGBSecond*o.Running.Mean() + c.IdleGBSecond*o.Idle.Mean()) * o.Span.Seconds()
				return million * (memory + c.ColdStart*float64(o.Cold)) / float64(o.Served())
			}})
	}
	return metrics
}

const million = 1e6

// billed returns the seconds of execution that the user pays for.
func (p Prices) billed(o *Observations) float64 {
	total := o.WarmService.Seconds() + o.ColdService.Seconds()
	if p.User.Startup == StartupFree {
		total -= o.Startup.Seconds()
		if !o.startups {
			total -= p.ColdStartup * o.ColdService.Seconds()
		}
	}
	return total
}

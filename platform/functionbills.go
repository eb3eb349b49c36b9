package platform

import (
	"math"

	"faaslab/sim/stats"
)

// A FunctionBill is what the costs of one of many functions depend on, besides its FunctionCounts, of
// its served requests.
type FunctionBill struct {
	Startup     stats.Sum // start-ups
	Provisioned stats.Sum // execution on provisioned instances
	// What is billed, each execution rounded by itself, on demand and on provisioned instances. Both
	// are empty where nothing is rounded (UserPrices.Rounds).
	Billed, ProvisionedBilled stats.Sum
	There                     stats.Sum // the time of the provisioned instances, with requests and without
}

// Merge adds the bill of another period or node.
func (b *FunctionBill) Merge(other *FunctionBill) {
	for i, s := range b.sums() {
		s.Merge(*other.sums()[i])
	}
}

// Subtract undoes Merge.
func (b *FunctionBill) Subtract(other *FunctionBill) {
	for i, s := range b.sums() {
		s.Subtract(*other.sums()[i])
	}
}

func (b *FunctionBill) sums() [5]*stats.Sum {
	return [...]*stats.Sum{&b.Startup, &b.Provisioned, &b.Billed, &b.ProvisionedBilled, &b.There}
}

// Of returns the prices of a function of many, whose instances have memory of their own.
func (p Prices) Of(o *Observations, function int) Prices {
	p.Memory = float64(o.Functions.Memories[function]) / gigabyte
	return p
}

// CostOfFunction returns what a function of many cost in the observed period: the user, for its served
// requests and its provisioned instances, and the provider, for all its instances. NaN is a cost that is
// not known.
func (p Prices) CostOfFunction(o *Observations, function int) (user, provider float64) {
	user, provider = math.NaN(), math.NaN()
	f := &o.Functions
	c := &f.Counts[function]
	if u := p.User; u != nil && f.Bills != nil {
		of, b := p.Of(o, function), &f.Bills[function]
		provisioned := b.Provisioned.Seconds()
		onDemand := c.Response.Seconds() - c.Wait.Seconds() - provisioned
		switch {
		case u.Rounds():
			onDemand, provisioned = b.Billed.Seconds(), b.ProvisionedBilled.Seconds()
		case u.Startup == StartupFree:
			onDemand -= b.Startup.Seconds()
		}
		user = u.MillionRequests*float64(c.Served())/million + u.PerSecond(of.Memory)*onDemand + of.Provisioned(provisioned, b.There.Seconds())
	}
	if prices := p.Provider; prices != nil {
		running, idle, loading := f.MegabyteSeconds(function)
		provider = (prices.RunningGBSecond*running+prices.IdleGBSecond*(idle+loading))/gigabyte + prices.ColdStart*float64(c.Cold+c.Loaded)
	}
	return user, provider
}

// costOfFunctions adds up the costs of all functions.
func (p Prices) costOfFunctions(o *Observations) (user, provider float64) {
	for i := range o.Functions.Counts {
		u, v := p.CostOfFunction(o, i)
		user, provider = user+u, provider+v
	}
	return user, provider
}

// IdleCost returns what idle instances cost the provider in the observed period; its prices are known.
func (p Prices) IdleCost(o *Observations) float64 {
	if p.EachFunction {
		_, idle, loading := o.Functions.megabyteSeconds()
		return p.Provider.IdleGBSecond * (idle + loading) / gigabyte
	}
	return p.Memory * p.Provider.IdleGBSecond * o.Idle.Mean() * o.Span.Seconds()
}

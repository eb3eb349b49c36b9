package thesis

import (
	"context"
	"slices"

	"faaslab/platform"
	"faaslab/scenarios"
)

// An Accuracy compares the simulation of a series and the models with measurements.
type Accuracy struct {
	Series Series
	Points int // measured points where the simulation is steady and precise (see sure)
	Of     int // measured points
	Said   []Said
}

// Said holds the errors of the simulation or of one model.
type Said struct {
	By     string // simulation, or the label of a model
	Errors Errors // over the compared points
}

// sure is the largest relative half-width of a response time to be compared. At 99.8 % of capacity,
// millions of requests do not suffice for it.
const sure = 0.1

// Compare compares the steady state of a curve, or the run of a replay, and its models with measurements. Points measured at
// other values than the curve's are simulated, too. The response time is the time within an
// instance (InInstance), as measured.
func Compare(ctx context.Context, c Curve, m Measured, o Options) (Accuracy, error) {
	missing := c.Series
	missing.Values = slices.DeleteFunc(m.values(), func(v string) bool { return c.near(v) != nil })
	if len(missing.Values) > 0 {
		o.Runs, o.Progress = 0, nil
		err := Simulate(ctx, []Series{missing}, o, func(more Curve) error {
			c.Points = append(slices.Clone(c.Points), more.Points...)
			return nil
		})
		if err != nil {
			return Accuracy{}, err
		}
	}
	a := Accuracy{Series: c.Series, Of: len(m)}
	compared := Measured{}
	var labels []string
	for _, v := range m.values() {
		p := c.near(v)
		if !c.Replayed && (p.Steady == nil || !(p.Steady[platform.ResponseTime].HalfWidth < sure*p.Steady[platform.ResponseTime].Mean)) {
			continue
		}
		compared[v] = m[v]
		for _, model := range p.Models {
			if !slices.Contains(labels, model.Label) {
				labels = append(labels, model.Label)
			}
		}
	}
	a.Points = len(compared)
	if a.Points == 0 {
		return a, nil
	}
	a.Said = append(a.Said, Said{"simulation", compared.errors(func(value, metric string) float64 {
		if metric == platform.ResponseTime && c.Platform == scenarios.ContainerPlatform {
			metric = InInstance
		}
		p := c.near(value)
		if run, ok := p.Runs[metric]; ok && c.Replayed {
			return run.Mean.Mean
		}
		if e, ok := p.Steady[metric]; ok {
			return e.Mean
		}
		return none.Mean
	})})
	for _, label := range labels {
		a.Said = append(a.Said, Said{label, compared.errors(func(value, metric string) float64 {
			for _, model := range c.near(value).Models {
				if v, ok := model.Metrics[metric]; ok && model.Label == label {
					return v
				}
			}
			return none.Mean
		})})
	}
	return a, nil
}

// near returns the point at a value, in any notation; nil if there is none.
func (c Curve) near(value string) *Point {
	at := numberOf(value)
	if i := slices.IndexFunc(c.Points, func(p Point) bool { return p.At == at }); i >= 0 {
		return &c.Points[i]
	}
	return nil
}

package thesis

import (
	"context"
	"slices"

	"faaslab/platform"
	"faaslab/scenarios"
)

// An Accuracy is how far the simulation of a series and the models are from what was measured of it.
type Accuracy struct {
	Series Series
	Points int // that are compared: the measured ones at which the simulation has a steady state and knows the response time to a tenth
	Of     int // that were measured
	Said   []Said
}

// Said is by how much one of them errs.
type Said struct {
	By     string // simulation, or the label of a model
	Errors Errors // over the points
}

// sure is how well a response time is known to be compared, relative to it. At 99.8 % of capacity millions of requests do not suffice.
const sure = 0.1

// Compare holds the steady state of a curve and its models against what was measured. Points that were measured elsewhere than at
// the curve's values are simulated, too. The response time is that within an instance (InInstance), as it was measured.
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
		if p.Steady == nil || !(p.Steady[platform.ResponseTime].HalfWidth < sure*p.Steady[platform.ResponseTime].Mean) {
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
		e, ok := c.near(value).Steady[metric]
		if !ok {
			return none.Mean
		}
		return e.Mean
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

// near returns the point at a value, however that is written; nil if there is none.
func (c Curve) near(value string) *Point {
	at := numberOf(value)
	if i := slices.IndexFunc(c.Points, func(p Point) bool { return p.At == at }); i >= 0 {
		return &c.Points[i]
	}
	return nil
}

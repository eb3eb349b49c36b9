package thesis

import (
	"fmt"
	"math"

	"faaslab/platform"
	"faaslab/sim/stats"
)

// appendixStatements are the statements of appendix A, on the modified SMP.
func appendixStatements() []statement {
	needs := []string{openwhisk("float")}
	// nearer answers the share of points at which the modified model is nearer to the simulation
	// than the published one.
	nearer := func(metric string) func(curves) answer {
		return func(c curves) answer {
			var margins []stats.Estimate
			for _, p := range c[openwhisk("float")].Points {
				original, modified := p.Model("smp", metric), p.Model("smp-modified", metric)
				margins = append(margins, derive(func(v []float64) float64 { return math.Abs(original-v[0]) - math.Abs(modified-v[0]) }, p.Steady[metric]))
			}
			return answer{Estimate: share(margins), remark: fmt.Sprintf("of %d", len(margins))}
		}
	}
	return []statement{
		{where: "A.1, figure A.1", text: "The published SMP has too few idle instances, float", quantity: "published SMP over simulated, less 1, largest from 10 s on",
			span: span{-1, 0}, unit: Fraction, needs: needs,
			value: func(c curves) answer {
				start, _ := c[openwhisk("float")].At("10s")
				worst := none
				for _, p := range c[openwhisk("float")].Points {
					if p.At < start.At {
						continue
					}
					e := derive(func(v []float64) float64 { return p.Model("smp", platform.Idle)/v[0] - 1 }, p.Steady[platform.Idle])
					if math.IsNaN(worst.Mean) || e.Mean > worst.Mean {
						worst = answer{Estimate: e, remark: p.Value}
					}
				}
				return worst
			}},
		{where: "A.1, figure A.1", text: "The modified SMP is nearer on idle instances, float", quantity: "share of the keep-alives at which it is nearer to the simulation",
			span: span{0.5, 1}, unit: Fraction, needs: needs, value: nearer(platform.Idle)},
		{where: "A.1, figure A.1", text: "The modified SMP is nearer on all instances, float", quantity: "share of the keep-alives at which it is nearer to the simulation",
			span: span{0.5, 1}, unit: Fraction, needs: needs, value: nearer(platform.Instances)},
	}
}

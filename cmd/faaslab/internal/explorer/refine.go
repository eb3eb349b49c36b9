package explorer

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"faaslab/cmd/faaslab/internal/sweep"
	"faaslab/scenarios"
)

// A sweepRest says, with a figure of a refining stream, what is left to refine.
type sweepRest struct {
	Stage int  `json:"stage"` // from 1
	Short int  `json:"short"` // points that more requests would improve
	Last  bool `json:"last"`  // whether this is the last stage
}

// A refineHead is the line before the points that a stage simulates again.
type refineHead struct {
	Stage       int    `json:"stage"` // from 2
	Again       int    `json:"again"` // points that are simulated again, not counting the marked one
	MaxRequests int64  `json:"max_requests"`
	Command     string `json:"command"` // the command that gives each of these points the result that follows
}

// refineGrowth is the largest factor between the requests of a stage and of the stage before. A
// stage repeats the simulation of the stage before, and so an eighth of the work is lost.
const refineGrowth = 8

// refineSweep sends the figure of a sweep. It then repeats, stage by stage, the simulations of the
// points that more requests would improve, with as many requests as the budget allows for a
// simulation. It ends when no point, no requests or no time is left; the points sent before are
// then the answer. Requests that wait for a core go first.
func (e *explorer) refineSweep(x *exchange, r sweepRequest, plan *sweep.Plan, layout sweep.Layout, points []*sweep.Point, marked *sweep.Point) error {
	limit := int64(0)
	for _, p := range points {
		if p.Err == nil {
			limit = max(limit, p.Result.Scenario.Run.MaxRequests)
		}
	}
	if slices.ContainsFunc(plan.Grid, func(a scenarios.Axis) bool { return strings.HasPrefix(a.Key, "run.") }) {
		limit = e.budget.Requests // the sweep varies the length of its points
	}
	for stage := 1; ; stage++ {
		var short []*sweep.Point
		for _, p := range points {
			if p.Err == nil && p.Result.Short {
				short = append(short, p)
			}
		}
		again := len(short)
		if marked != nil && marked.Number == notOfTheGrid && marked.Result.Short {
			short = append(short, marked)
		}
		next := limit
		if len(short) > 0 {
			next = min(limit*refineGrowth, e.budget.Requests/int64(len(short)))
		}
		last := next <= limit
		if err := e.sendSweepFigure(x, r, plan, points, marked, &sweepRest{stage, again, last}); err != nil || last {
			return err
		}
		limit = next
		if err := x.send(refineHead{stage + 1, again, limit, e.commandLine(e.sweepWords(withRequests(r, limit)), r.scenarioRequest)}); err != nil {
			return err
		}
		for _, p := range short {
			switch err := e.refinePoint(x, plan, layout, p, limit); {
			case x.client.Err() != nil:
				return x.client.Err()
			case errors.Is(err, context.DeadlineExceeded), errors.Is(err, errBusy):
				return e.sendSweepFigure(x, r, plan, points, marked, &sweepRest{stage + 1, countShort(points), true})
			case err != nil:
				return err
			}
		}
	}
}

func countShort(points []*sweep.Point) (n int) {
	for _, p := range points {
		if p.Err == nil && p.Result.Short {
			n++
		}
	}
	return n
}

// refinePoint replaces a point by the result of more requests, and sends it if it belongs to the
// grid.
func (e *explorer) refinePoint(x *exchange, plan *sweep.Plan, layout sweep.Layout, p *sweep.Point, requests int64) error {
	if err := x.giveWay(); err != nil {
		return err
	}
	s := p.Result.Scenario
	s.Run.MaxRequests = requests
	result, err := scenarios.Simulate(x.ctx, s, e.Options(x))
	switch {
	case x.ctx.Err() != nil:
		return x.ctx.Err() // an unfinished simulation differs from the result of the command
	case err != nil:
		p.Result.Short = false // the simulation grows too large in the longer time: the earlier result is the best available
		return nil
	case p.Number == notOfTheGrid:
		p.Result = result
		return nil
	}
	*p = *plan.Solve(p.Number, scenarios.Point{Result: result})
	row, err := layout.Row(p)
	if err != nil {
		return err
	}
	return x.send(json.RawMessage(row))
}

// withRequests returns a request with another run.max_requests.
func withRequests(r sweepRequest, n int64) sweepRequest {
	const key = "run.max_requests="
	r.Set = append(slices.DeleteFunc(slices.Clone(r.Set), func(s string) bool { return strings.HasPrefix(s, key) }), key+strconv.FormatInt(n, 10))
	return r
}

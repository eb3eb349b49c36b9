package explorer

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/sweep"
	"faaslab/scenarios"
)

// A sweepRest is what a figure leaves open in a stream that refines.
type sweepRest struct {
	Stage int  `json:"stage"` // from 1
	Short int  `json:"short"` // points to which more requests would do good
	Last  bool `json:"last"`  // no other stage comes
}

// A refineHead is the line before the points that a stage simulates again.
type refineHead struct {
	Stage       int    `json:"stage"` // from 2
	Again       int    `json:"again"` // points that are simulated again, the marked one not counted
	MaxRequests int64  `json:"max_requests"`
	Command     string `json:"command"` // has at each of these points what comes
}

// refineGrowth is how many times the requests of the stage before one may take. What was simulated then is simulated
// again: an eighth of the work is lost.
const refineGrowth = 8

// refineSweep sends the figure of a sweep, and simulates the points anew to which more requests would do good, with more
// and more, each stage with as many as the budget has for a simulation. It goes on until none is left, or no requests, or the
// time is spent; then what came before is the answer. Whoever waits for a core goes first.
func (e *explorer) refineSweep(x *exchange, r sweepRequest, plan *sweep.Plan, layout sweep.Layout, points []*sweep.Point, marked *sweep.Point) error {
	limit := int64(0)
	for _, p := range points {
		if p.Err == nil {
			limit = max(limit, p.Result.Scenario.Run.MaxRequests)
		}
	}
	if slices.ContainsFunc(plan.Grid, func(a scenarios.Axis) bool { return strings.HasPrefix(a.Key, "run.") }) {
		limit = e.budget.Requests // how long the points are is what is varied
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
		if err := sendSweepFigure(x, r, plan, points, marked, &sweepRest{stage, again, last}); err != nil || last {
			return err
		}
		limit = next
		if err := x.send(refineHead{stage + 1, again, limit, format.CommandLine(e.sweepWords(withRequests(r, limit))...)}); err != nil {
			return err
		}
		for _, p := range short {
			switch err := e.refinePoint(x, plan, layout, p, limit); {
			case x.client.Err() != nil:
				return x.client.Err()
			case errors.Is(err, context.DeadlineExceeded), errors.Is(err, errBusy):
				return sendSweepFigure(x, r, plan, points, marked, &sweepRest{stage + 1, countShort(points), true})
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

// refinePoint replaces a point by what more requests find, and sends it if it is one of the grid's.
func (e *explorer) refinePoint(x *exchange, plan *sweep.Plan, layout sweep.Layout, p *sweep.Point, requests int64) error {
	if err := x.giveWay(); err != nil {
		return err
	}
	s := p.Result.Scenario
	s.Run.MaxRequests = requests
	result, err := scenarios.Simulate(x.ctx, s, e.Options(x))
	switch {
	case x.ctx.Err() != nil:
		return x.ctx.Err() // what was finished of the point is not what the command finds
	case err != nil:
		p.Result.Short = false // it grows too large in so long a time: what came before is what can be had
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

// withRequests is a request with another run.max_requests.
func withRequests(r sweepRequest, n int64) sweepRequest {
	const key = "run.max_requests="
	r.Set = append(slices.DeleteFunc(slices.Clone(r.Set), func(s string) bool { return strings.HasPrefix(s, key) }), key+strconv.FormatInt(n, 10))
	return r
}

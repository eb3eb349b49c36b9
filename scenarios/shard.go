package scenarios

import (
	"context"
	"errors"
	"fmt"

	"faaslab/platform"
	"faaslab/platform/cluster"
	"faaslab/platform/pool"
	"faaslab/scenarios/internal/keyfile"
)

// A Shard is a part of the functions of a scenario: those on every Of-th node, from the node Index
// on or, where nodes have no bounds, every Of-th function.
type Shard struct {
	Index, Of int // 0 <= Index < Of
}

// A ShardResult is what was observed of a shard, to be joined with those of the other shards.
type ShardResult struct {
	Shard
	Replay *Replay // of a trace: how much of it was simulated
	// Observed are the observations of each replication. They know the means of the numbers of
	// instances, and not their distributions, which is not known of the whole from its parts.
	Observed []platform.Observations
}

// CheckShards returns an error if the functions of a scenario cannot be simulated apart: where
// something that happens to one has an effect on another, or where the whole decides how long to
// simulate.
func (s Scenario) CheckShards() error {
	if !s.many() {
		return errors.New("--shard: the scenario has one function; want many, on nodes")
	}
	switch {
	case s.Container.Routing == pool.Random:
		return errors.New("--shard: container.routing: random draws for all functions in turn; want mru, newest or lru")
	case s.Nodes.Count > 1 && s.Nodes.Placement != cluster.Hash:
		return fmt.Errorf("--shard: nodes.placement: with %s the nodes depend on one another; want hash", s.Nodes.Placement)
	case s.Nodes.Count == 1 && s.nodesShared():
		return errors.New("--shard: all functions share one node; want nodes.memory, nodes.max_instances and nodes.cores unlimited, or several nodes with placement hash")
	case s.replays():
		return nil
	case s.Run.Duration == 0:
		return errors.New("--shard: the precision of the whole decides how long to simulate; want run.duration, or a trace")
	case s.Run.Warmup == AutoWarmup:
		return errors.New("--shard: run.warmup: auto is found from the whole; want a duration")
	}
	return nil
}

// mine returns which functions of a cluster belong to a shard.
func (shard Shard) mine(config *cluster.Config, shared bool) func(int) bool {
	if !shared {
		return func(f int) bool { return f%shard.Of == shard.Index }
	}
	return func(f int) bool { return config.Home(f)%shard.Of == shard.Index }
}

// SimulateShard simulates a shard of a scenario. An interruption is an error: a part of a shard cannot
// be joined.
func SimulateShard(ctx context.Context, s Scenario, o Options, shard Shard) (*ShardResult, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	if err := s.CheckShards(); err != nil {
		return nil, err
	}
	s.shard = &shard
	results, err := simulateTogether(ctx, []Scenario{s}, o)
	if err != nil {
		return nil, err
	}
	r := results[0]
	switch {
	case r.Interrupted:
		return nil, context.Cause(ctx)
	case r.Broken != nil:
		return nil, fmt.Errorf("an error of the simulator, please report it: %w", r.Broken)
	}
	part := &ShardResult{Shard: shard, Replay: r.Replay, Observed: r.Platforms[0].Replications}
	for i := range part.Observed {
		part.Observed[i].Occupancy = part.Observed[i].Occupancy.Reduced()
	}
	return part, nil
}

// JoinShards returns the result of a scenario from those of all its shards, in any order: that of
// Simulate, without the distributions of the numbers of instances.
func JoinShards(s Scenario, parts []*ShardResult) (*Result, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	if err := s.CheckShards(); err != nil {
		return nil, err
	}
	ordered, err := inOrder(parts)
	if err != nil {
		return nil, err
	}
	st := newStudy([]Scenario{s}, Options{Workers: 1}, func() {})
	if err := st.beginReplay(); err != nil {
		return nil, err
	}
	whole := st.parts()
	for k, p := range whole {
		for i, part := range ordered {
			if len(part.Observed) != len(whole) {
				return nil, fmt.Errorf("shard %d/%d has %d replications, and the scenario %d", part.Index, part.Of, len(part.Observed), len(whole))
			}
			if i == 0 {
				p.observed = part.Observed[k].Clone()
			} else if err := p.observed.Join(&part.Observed[k]); err != nil {
				return nil, fmt.Errorf("shard %d/%d is of another simulation than shard %d/%d: %w", part.Index, part.Of, ordered[0].Index, ordered[0].Of, err)
			}
			if part.Replay == nil {
				continue
			}
			if p.replay == nil {
				all := *part.Replay
				all.Rows = 0
				p.replay = &all
			}
			p.replay.Rows += part.Replay.Rows
		}
	}
	span := s.Run.Duration
	if st.replay && span == 0 {
		span = st.firstSpan()
	}
	return st.results(whole, span)[0], nil
}

// inOrder returns the results of all shards by their index.
func inOrder(parts []*ShardResult) ([]*ShardResult, error) {
	if len(parts) == 0 {
		return nil, errors.New("no shards; want all of a scenario")
	}
	of := parts[0].Of
	ordered := make([]*ShardResult, of)
	for _, p := range parts {
		switch {
		case p.Of != of:
			return nil, fmt.Errorf("shards %d/%d and %d/%d are of different divisions; want all of one", parts[0].Index, of, p.Index, p.Of)
		case ordered[p.Index] != nil:
			return nil, fmt.Errorf("shard %d/%d is there twice", p.Index, of)
		}
		ordered[p.Index] = p
	}
	var missing []string
	for i, p := range ordered {
		if p == nil {
			missing = append(missing, fmt.Sprintf("%d/%d", i, of))
		}
	}
	if missing != nil {
		return nil, fmt.Errorf("shards are missing: %s", keyfile.List(missing, "and"))
	}
	return ordered, nil
}

// shardOf returns what a cluster must know of the scenario's shard; nil if it is simulated as a whole.
func (s Scenario) shardOf(config *cluster.Config) *cluster.Shard {
	if s.shard == nil {
		return nil
	}
	shard := &cluster.Shard{Mine: s.shard.mine(config, s.nodesShared())}
	if w, ok := s.recordedWorkload(); ok && config.Requests != nil {
		shard.LastRow = w.trace.Last
	}
	return shard
}

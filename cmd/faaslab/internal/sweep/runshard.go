package sweep

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"

	"faaslab/scenarios"
)

// A RunShard is the file of a shard of a run.
type RunShard struct {
	Source   string // the scenario file, as errors name it
	Dir      string // its folder, where the files are that it names
	Scenario []byte // as resolved, overrides included
	Inputs   []byte // a hash of the files that it names
	Result   *scenarios.ShardResult
}

// NewRunShard returns the file of a shard of the scenario that source names.
func NewRunShard(source string, s scenarios.Scenario) (*RunShard, error) {
	dir, err := filepath.Abs(filepath.Dir(source))
	if err != nil {
		return nil, err
	}
	inputs, err := fingerprint(namedFiles(source, s))
	if err != nil {
		return nil, err
	}
	return &RunShard{Source: source, Dir: dir, Scenario: s.YAML(), Inputs: inputs}, nil
}

// Write writes the file.
func (r *RunShard) Write(w io.Writer) error { return seal(w, PartOfARun, r) }

// In reports whether a file holds the shard already: simulated with the same version, scenario and
// files.
func (r *RunShard) In(path string, shard Shard) bool {
	there, err := ReadRunShard(path)
	return err == nil && bytes.Equal(there.Scenario, r.Scenario) && bytes.Equal(there.Inputs, r.Inputs) && there.Result.Shard == scenarios.Shard(shard)
}

// ReadRunShard reads the file of a shard of a run.
func ReadRunShard(path string) (*RunShard, error) {
	r := new(RunShard)
	return r, unseal(path, PartOfARun, r)
}

// JoinRun returns the result of the run whose shards are in files, and the files that its scenario comes from.
func JoinRun(paths []string) (result *scenarios.Result, inputs []string, err error) {
	var first *RunShard
	var parts []*RunShard
	for _, path := range paths {
		r, err := ReadRunShard(path)
		switch {
		case err != nil:
			return nil, nil, err
		case first == nil:
			first = r
		case !bytes.Equal(r.Scenario, first.Scenario) || !bytes.Equal(r.Inputs, first.Inputs):
			return nil, nil, fmt.Errorf("%s is a shard of another run than %s", path, paths[0])
		}
		parts = append(parts, r)
	}
	ordered, err := all(paths, parts, func(r *RunShard) Shard { return Shard(r.Result.Shard) })
	if err != nil {
		return nil, nil, err
	}
	var results []*scenarios.ShardResult
	for _, r := range ordered {
		results = append(results, r.Result)
	}
	s, err := scenarios.Parse(first.Source, first.Dir, first.Scenario, nil)
	if err != nil {
		return nil, nil, err
	}
	if now, err := NewRunShard(filepath.Join(first.Dir, "scenario"), s); err != nil || !bytes.Equal(now.Inputs, first.Inputs) {
		return nil, nil, fmt.Errorf("%s: a file that the scenario names has changed since the shards were simulated; want them simulated again", paths[0])
	}
	result, err = scenarios.JoinShards(s, results)
	return result, Inputs(filepath.Join(first.Dir, filepath.Base(first.Source)), s), err
}

package sweep

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/gob"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"faaslab/cmd/faaslab/internal/outfile"
	"faaslab/cmd/faaslab/internal/words"
	"faaslab/scenarios"
)

// A RunShard is the file of a shard of a run: a line with the version and a checksum, and what
// follows by encoding/gob.
type RunShard struct {
	Source   string // the scenario file, as errors name it
	Dir      string // its folder, where the files are that it names
	Scenario []byte // as resolved, overrides included
	Inputs   []byte // a hash of the files that it names
	Result   *scenarios.ShardResult
}

// runShardHead begins the file of a shard of a run.
const runShardHead = "faaslab shard of a run, version "

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
func (r *RunShard) Write(w io.Writer) error {
	var body bytes.Buffer
	if err := gob.NewEncoder(&body).Encode(r); err != nil {
		return err
	}
	sum := sha256.Sum256(body.Bytes())
	if _, err := fmt.Fprintf(w, "%s%s %s\n", runShardHead, words.Version, hex.EncodeToString(sum[:])); err != nil {
		return err
	}
	_, err := w.Write(body.Bytes())
	return err
}

// IsRunShard reports whether a file begins like one of a shard of a run.
func IsRunShard(path string) bool {
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer file.Close()
	head := make([]byte, len(runShardHead))
	_, err = io.ReadFull(file, head)
	return err == nil && string(head) == runShardHead
}

// ReadRunShard reads the file of a shard of a run.
func ReadRunShard(path string) (*RunShard, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%s: cannot be read: %w; want a file that run --shard wrote", path, outfile.WithoutPath(err))
	}
	head, body, _ := bytes.Cut(data, []byte("\n"))
	var version, sum string
	rest, ok := bytes.CutPrefix(head, []byte(runShardHead))
	if !ok {
		return nil, fmt.Errorf("%s: is no shard of a run as those before it; want files that run --shard wrote", path)
	}
	if _, err := fmt.Sscanf(string(rest), "%s %s", &version, &sum); err != nil || version != words.Version {
		return nil, fmt.Errorf("%s: was written by another version of faaslab; want that one to merge it", path)
	}
	r := new(RunShard)
	if got := sha256.Sum256(body); hex.EncodeToString(got[:]) != sum || gob.NewDecoder(bufio.NewReader(bytes.NewReader(body))).Decode(r) != nil {
		return nil, fmt.Errorf("%s: is not as it was written; simulate this shard again", path)
	}
	return r, nil
}

// JoinRun returns the result of the run whose shards are in files.
func JoinRun(paths []string) (*scenarios.Result, error) {
	var first *RunShard
	var parts []*scenarios.ShardResult
	for _, path := range paths {
		r, err := ReadRunShard(path)
		switch {
		case err != nil:
			return nil, err
		case first == nil:
			first = r
		case !bytes.Equal(r.Scenario, first.Scenario) || !bytes.Equal(r.Inputs, first.Inputs):
			return nil, fmt.Errorf("%s is a shard of another run than %s", path, paths[0])
		}
		parts = append(parts, r.Result)
	}
	s, err := scenarios.Parse(first.Source, first.Dir, first.Scenario, nil)
	if err != nil {
		return nil, err
	}
	if now, err := NewRunShard(filepath.Join(first.Dir, "scenario"), s); err != nil || !bytes.Equal(now.Inputs, first.Inputs) {
		return nil, fmt.Errorf("%s: a file that the scenario names has changed since the shards were simulated; want them simulated again", paths[0])
	}
	return scenarios.JoinShards(s, parts)
}

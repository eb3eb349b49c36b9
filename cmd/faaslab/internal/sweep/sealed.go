package sweep

import (
	"bytes"
	"crypto/sha256"
	"encoding/gob"
	"encoding/hex"
	"fmt"
	"io"
	"os"

	"faaslab/cmd/faaslab/internal/outfile"
	"faaslab/cmd/faaslab/internal/words"
)

// A Kind is what a file is a part of.
type Kind string

// The kinds of parts.
const (
	NoPart            Kind = ""
	PartOfASweep      Kind = "sweep"
	PartOfARun        Kind = "run"
	PartOfAValidation Kind = "validation"
)

// head begins the file of a part of a run or a validation: a line with the version and a checksum,
// before what encoding/gob writes.
func (k Kind) head() string { return fmt.Sprintf("faaslab shard of a %s, version ", k) }

// command returns the command that writes such parts.
func (k Kind) command() string {
	return map[Kind]string{PartOfASweep: "sweep --shard", PartOfARun: "run --shard", PartOfAValidation: "validate --shard"}[k]
}

// KindOf returns what a file is a part of, by its first line.
func KindOf(path string) (Kind, error) {
	file, err := os.Open(path)
	if err != nil {
		return NoPart, fmt.Errorf("%s: cannot be read: %w; want a part that --shard wrote", path, outfile.WithoutPath(err))
	}
	defer file.Close()
	const longest = 1 << 20 // of a first line
	head, err := io.ReadAll(io.LimitReader(file, longest))
	if err != nil {
		return NoPart, fmt.Errorf("%s: cannot be read: %w", path, outfile.WithoutPath(err))
	}
	for _, k := range []Kind{PartOfARun, PartOfAValidation} {
		if bytes.HasPrefix(head, []byte(k.head())) {
			return k, nil
		}
	}
	line, _, whole := bytes.Cut(head, []byte("\n"))
	if whole && (bytes.HasSuffix(line, []byte(",point,sweep,"+checkName)) || otherVersion(line) || versionInHeader.Match(line)) {
		return PartOfASweep, nil
	}
	return NoPart, nil
}

// seal writes the file of a part.
func seal(w io.Writer, k Kind, part any) error {
	var body bytes.Buffer
	if err := gob.NewEncoder(&body).Encode(part); err != nil {
		return err
	}
	sum := sha256.Sum256(body.Bytes())
	if _, err := fmt.Fprintf(w, "%s%s %s\n", k.head(), words.Version, hex.EncodeToString(sum[:])); err != nil {
		return err
	}
	_, err := w.Write(body.Bytes())
	return err
}

// unseal reads the file of a part into what part points to.
func unseal(path string, k Kind, part any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("%s: cannot be read: %w; want a file that %s wrote", path, outfile.WithoutPath(err), k.command())
	}
	head, body, _ := bytes.Cut(data, []byte("\n"))
	var version, sum string
	rest, ok := bytes.CutPrefix(head, []byte(k.head()))
	if !ok {
		return fmt.Errorf("%s: is no shard of a %s as those before it; want files that %s wrote", path, k, k.command())
	}
	if _, err := fmt.Sscanf(string(rest), "%s %s", &version, &sum); err != nil || version != words.Version {
		return fmt.Errorf("%s: was written by another version of faaslab; want that one to merge it", path)
	}
	if got := sha256.Sum256(body); hex.EncodeToString(got[:]) != sum || gob.NewDecoder(bytes.NewReader(body)).Decode(part) != nil {
		return fmt.Errorf("%s: is not as it was written; simulate this shard again", path)
	}
	return nil
}

// all returns the parts by their index, or an error that names the files that are beyond the others'
// number of parts or there twice, or the parts that are missing. shard returns the shard of a part.
func all[P any](paths []string, parts []P, shard func(P) Shard) ([]P, error) {
	of := shard(parts[0]).Of
	from := make([]string, max(0, of))
	ordered := make([]P, len(from))
	for i, p := range parts {
		switch s := shard(p); {
		case s.Index < 0 || s.Index >= s.Of:
			return nil, fmt.Errorf("%s: is part %d/%d, which is beyond the last; want parts from 0/N to N−1/N", paths[i], s.Index, s.Of)
		case s.Of != of:
			return nil, fmt.Errorf("%s is part %d/%d, and %s part %d/%d; want all parts of one division", paths[i], s.Index, s.Of, paths[0], shard(parts[0]).Index, of)
		case from[s.Index] != "":
			return nil, fmt.Errorf("part %d/%d is there twice, in %s and in %s", s.Index, of, from[s.Index], paths[i])
		default:
			from[s.Index], ordered[s.Index] = paths[i], p
		}
	}
	var missing []string
	for i, path := range from {
		if path == "" {
			missing = append(missing, fmt.Sprintf("%d/%d", i, of))
		}
	}
	if missing != nil {
		return nil, fmt.Errorf("%d of %d parts are missing: %s; found %d", len(missing), of, shortList(missing), of-len(missing))
	}
	return ordered, nil
}

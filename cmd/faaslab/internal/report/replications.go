package report

import (
	"errors"
	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/outfile"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"github.com/urfave/cli/v2"
)

func ReplicationsFlag() cli.Flag {
	return &cli.StringFlag{Name: "replications", Usage: "write the metrics of each replication, by itself, to `FILE`, a CSV row each"}
}

// ReplicationsOf returns the file that --replications names; empty if none. It returns an error if the file could not be
// written, which is better known before a long computation.
func ReplicationsOf(c *cli.Context) (path string, err error) {
	if !c.IsSet("replications") {
		return "", nil
	}
	path = c.String("replications")
	if path == "" {
		return "", errors.New("--replications: found no name; want a file")
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return "", fmt.Errorf("--replications %s: found a directory; want a file", path)
	}
	for _, other := range []string{"plot", "requests"} {
		if c.IsSet(other) && filepath.Clean(c.String(other)) == filepath.Clean(path) {
			return "", fmt.Errorf("--replications %s: that is the file of --%s, too; want another", path, other)
		}
	}
	if err := outfile.ProbeDirectory(filepath.Dir(path)); err != nil {
		return "", fmt.Errorf("--replications %s: cannot be written: %w", path, err)
	}
	return path, nil
}

// WriteReplications writes a header and a row for each replication: the requests that arrived, and every metric, of the
// replication alone. A value that does not exist is empty.
func WriteReplications(w io.Writer, r *Report) error {
	rows := make([][]string, r.Replications+1)
	rows[0] = []string{"replication"}
	for i := range r.Replications {
		rows[i+1] = []string{strconv.Itoa(i + 1)}
	}
	for _, p := range r.Platforms {
		name := p.Platform
		rows[0] = append(rows[0], name+".requests")
		for _, m := range p.Metrics {
			rows[0] = append(rows[0], name+"."+m.Name)
		}
		for i := range p.Replications {
			o := &p.Replications[i]
			row := append(rows[i+1], strconv.FormatInt(o.Arrivals, 10))
			for _, m := range p.Metrics {
				row = append(row, format.Number(m.Of(o)))
			}
			rows[i+1] = row
		}
	}
	return format.CSV(w, rows...)
}

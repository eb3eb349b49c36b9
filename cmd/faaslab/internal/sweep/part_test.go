package sweep

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A part has the points of one sweep, each once, in their order, and as they were written.
func TestAPartHasEachPointOnce(t *testing.T) {
	row := func(fields string) string { return fields + "," + rowSum([]byte(fields)) + "\n" }
	header, zero, two := "idle,point,sweep,check\n", row("1,0/4,abc"), row("2,2/4,abc")
	for text, want := range map[string]string{
		zero + two:              "",
		zero + zero + two:       "part.csv: point 0 is there twice, or out of order",
		zero + two + two:        "part.csv: point 2 is there twice, or out of order",
		two + zero:              "part.csv: point 0 is there twice, or out of order",
		zero + row("2,2/4,abd"): "part.csv: row 2 is of another sweep than those before it",
		zero + row("2,2/5,abc"): "part.csv: row 2 is of another sweep than those before it",
		zero + "3" + two[1:]:    "part.csv: line 3, point 2, is not as it was written; simulate this part again",
	} {
		t.Chdir(t.TempDir())
		path := filepath.Join(".", "part.csv")
		require.NoError(t, os.WriteFile(path, []byte(header+text), 0o600))
		p, err := OpenPart(path)
		for err == nil && p.row != nil {
			err = p.next()
		}
		if p != nil {
			require.NoError(t, p.File.Close())
		}
		if want == "" {
			require.NoError(t, err)
			assert.Equal(t, 2, p.count)
			continue
		}
		assert.EqualError(t, err, want)
	}
}

// A row whose writing was interrupted is none, nor is one that has not begun.
func TestAPartEndsBeforeARowThatIsCut(t *testing.T) {
	fields := "1,0/4,abc"
	zero := fields + "," + rowSum([]byte(fields)) + "\n"
	for text, want := range map[string]int{"": 0, zero[:5]: 0, zero: 1, zero + "2,2/4,abc,12": 1} {
		path := filepath.Join(t.TempDir(), "part.csv")
		require.NoError(t, os.WriteFile(path, []byte("idle,point,sweep,check\n"+text), 0o600))
		p, err := OpenPart(path)
		require.NoError(t, err)
		for p.row != nil {
			require.NoError(t, p.next())
		}
		require.NoError(t, p.File.Close())
		assert.Equal(t, want, p.count)
		assert.Equal(t, want == 0, p.Empty())
	}
}

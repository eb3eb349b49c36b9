package keyfile

import (
	"strconv"
	"strings"

	"faaslab/dist"
)

// WantMemory says which memory sizes are accepted.
const WantMemory = "a memory size such as 512MB or 1.5GB (1GB is 1024MB), from 1KB to 1024GB"

// IsMemory reports whether a memory size in GB is accepted.
func IsMemory(gb float64) bool { return gb >= 1.0/(1<<20) && gb <= 1<<10 }

// The units of memory in GB, largest first. Powers of two, so that no size is rounded.
var memoryUnits = []struct {
	name string
	gb   float64
}{{"GB", 1}, {"MB", 1.0 / (1 << 10)}, {"KB", 1.0 / (1 << 20)}}

// Memory makes a key whose value is a memory size, kept in GB.
func Memory[S any](path, doc string, field func(*S) *float64) Key[S] {
	return Key[S]{
		Path: path, Doc: doc, Accepts: WantMemory,
		Schema: MemorySchema(),
		Read: func(s *S, text string, _ dist.Parser) error {
			gb, ok := ParseMemory(text)
			if !ok {
				return Wrong(text, WantMemory)
			}
			*field(s) = gb
			return nil
		},
		Write: func(s *S) string { return WriteMemory(*field(s)) },
	}
}

// MemorySchema describes a memory size.
func MemorySchema() Fragment {
	return Fragment{"type": "string", "pattern": "^([0-9]+\\.?[0-9]*|\\.[0-9]+)(KB|MB|GB|KiB|MiB|GiB)$"}
}

// WriteMemory writes a memory size; nothing where there is none.
func WriteMemory(gb float64) string {
	if gb > 0 {
		return FormatMemory(gb)
	}
	return ""
}

// ParseMemory reads a memory size such as 512MB or 0.5GiB, which are the same, in GB.
func ParseMemory(text string) (gb float64, ok bool) {
	for _, unit := range memoryUnits {
		for _, name := range []string{unit.name, unit.name[:1] + "iB"} {
			number, has := strings.CutSuffix(text, name)
			if !has || number == "" || strings.Trim(number, "0123456789.") != "" {
				continue
			}
			amount, err := strconv.ParseFloat(number, 64)
			gb = amount * unit.gb
			return gb, err == nil && IsMemory(gb)
		}
	}
	return 0, false
}

// FormatMemory writes a memory size in GB, >= 1KB, in the unit that takes the fewest characters,
// at least one of it: 128MB, 1.5GB, 64KB.
func FormatMemory(gb float64) string {
	best := ""
	for _, unit := range memoryUnits {
		text := FormatDecimal(gb/unit.gb) + unit.name
		if gb >= unit.gb && (best == "" || len(text) < len(best)) {
			best = text
		}
	}
	return best
}

package keyfile

import (
	"slices"
	"strings"

	"faaslab/dist"
)

// Nearest returns the index of the candidate that text is most likely a slip for:
// the first at the least distance, if that is at most most; else -1.
func Nearest(text string, most int, candidates []string) int {
	best, least := -1, most+1
	for i, c := range candidates {
		if d := dist.EditDistance(text, c); d < least {
			best, least = i, d
		}
	}
	return best
}

// FewEdits is how many edits of a name are a slip: two, or a third of its length.
func FewEdits(name string) int { return max(2, len(name)/3) }

// Near returns the paths that an unknown path is most likely a slip for:
// a near name in its own block and the same name in another one, or else the
// nearest name of any.
func (t *Table[S]) Near(path string) []string {
	block, name := Split(path)
	if len(path) > 100 {
		return nil // longer than any by far
	}
	starred := t.starred(block)
	var all []string
	add := func(p string) {
		if b, n := Split(p); b == starred {
			all = append(all, Join(block, n))
		} else if !strings.Contains(p, "*") { // a name in another block of free names is not to be guessed
			all = append(all, p)
		}
	}
	for _, b := range t.Blocks {
		add(b)
	}
	for _, k := range t.Keys {
		if !slices.Contains(t.Blocks, k.Path) {
			add(k.Path)
		}
	}
	var siblings, near, names []string
	for _, p := range all {
		b, n := Split(p)
		names = append(names, n)
		switch {
		case b == block:
			siblings = append(siblings, p)
		case n == name:
			near = append(near, p)
		}
	}
	edits := FewEdits(name)
	if len(near) > 0 {
		edits = 1 // the same name in another block is less of a slip
	}
	if i := Nearest(path, edits, siblings); i >= 0 {
		near = slices.Insert(near, 0, siblings[i])
	}
	if i := Nearest(name, len(name)/3, names); i >= 0 && len(near) == 0 {
		near = []string{all[i]}
	}
	return near
}

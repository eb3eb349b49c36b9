package scenarios

import (
	"slices"

	"faaslab/dist"
)

// nearest returns the index of the candidate that text is most likely a slip for:
// the first at the least distance, if that is at most most; else -1.
func nearest(text string, most int, candidates []string) int {
	best, least := -1, most+1
	for i, c := range candidates {
		if d := dist.EditDistance(text, c); d < least {
			best, least = i, d
		}
	}
	return best
}

// fewEdits is how many edits of a name are a slip: two, or a third of its length.
func fewEdits(name string) int { return max(2, len(name)/3) }

// nearestKeys returns the paths that an unknown path is most likely a slip for:
// a near name in its own block and the same name in another one, or else the
// nearest name of any.
func nearestKeys(path string) []string {
	block, name := split(path)
	if len(path) > 100 {
		return nil // longer than any by far
	}
	all := slices.Clone(blocks)
	for _, k := range keys {
		if !slices.Contains(blocks, k.path) {
			all = append(all, k.path)
		}
	}
	var siblings, near, names []string
	for _, p := range all {
		b, n := split(p)
		names = append(names, n)
		switch {
		case b == block:
			siblings = append(siblings, p)
		case n == name:
			near = append(near, p)
		}
	}
	if i := nearest(path, fewEdits(name), siblings); i >= 0 {
		near = slices.Insert(near, 0, siblings[i])
	}
	if i := nearest(name, len(name)/3, names); i >= 0 && len(near) == 0 {
		near = []string{all[i]}
	}
	return near
}

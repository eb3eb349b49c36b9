package dist

// nearest returns the name that a misspelt word most likely means: the one at the least edit
// distance, if this is at most a third of the word's length (rounded up); otherwise "".
func nearest(misspelt string, names []string) string {
	best, least := "", (len(misspelt)+2)/3+1
	if len(misspelt) > 40 {
		return "" // longer than any name by far
	}
	for _, name := range names {
		if d := EditDistance(misspelt, name); d < least {
			best, least = name, d
		}
	}
	return best
}

// EditDistance returns the least number of insertions, deletions and replacements of bytes that
// turn a into b (Wagner and Fischer, J. ACM 1974). It computes one row at a time.
func EditDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replace := diagonal
			if a[i] != b[j] {
				replace++
			}
			diagonal = row[j+1]
			row[j+1] = min(replace, diagonal+1, row[j]+1)
		}
	}
	return row[len(b)]
}

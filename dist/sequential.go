package dist

// Sequential reports whether successive draws of a law are the same however many are drawn at a
// time. Some laws draw several numbers for each value, those of one kind first for a whole block.
func Sequential(d Distribution) bool {
	switch d := d.(type) {
	case Erlang:
		return d.K == 1 || d.K > sumsUpTo
	case Gamma:
		return d.shape() >= 1
	case Hyperexponential, Mixture:
		return false
	case Shifted:
		return Sequential(d.Of)
	}
	return true
}

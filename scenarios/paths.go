package scenarios

// Keys returns the paths of all keys, in the order of the file.
func Keys() []string {
	paths := make([]string, len(keys))
	for i, k := range keys {
		paths[i] = k.path
	}
	return paths
}

// IsKey reports whether a path is that of a key, or may be that of a parameter of a distribution or an
// arrival process: whether it has the parameter shows when an override sets it.
func IsKey(path string) bool {
	if find(path) != nil {
		return true
	}
	k, _ := lawOf(path)
	return k != nil
}

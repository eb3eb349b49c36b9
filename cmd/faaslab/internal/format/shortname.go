package format

// longestName is the number of characters that a name has room for in a table or a sentence.
const longestName = 20

// ShortName leaves out the middle of a long name: names often differ at their end.
func ShortName(name string) string {
	characters := []rune(name)
	if len(characters) <= longestName {
		return name
	}
	return string(characters[:longestName/2]) + "…" + string(characters[len(characters)-longestName/2+1:])
}

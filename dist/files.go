package dist

import "fmt"

// Files returns the names of the files in the notation of a law, a Distribution or an Arrivals, as
// written and in the notation's order; nil for a nil law.
func Files(law fmt.Stringer) (names []string) {
	call, ok := law.(notated)
	if !ok {
		return nil
	}
	name, values := call.arguments()
	for i, p := range lawOf(name, law).parameters {
		switch v := values[i]; p.kind {
		case file:
			names = append(names, v.text)
		case distribution:
			names = append(names, Files(v.law)...)
		case process:
			names = append(names, Files(v.process)...)
		case processes:
			for _, stream := range v.streams {
				names = append(names, Files(stream)...)
			}
		case parts:
			for _, part := range v.parts {
				names = append(names, Files(part.Law)...)
			}
		}
	}
	return names
}

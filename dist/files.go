package dist

import "fmt"

// Files returns the names of the files that the notation of a law, a Distribution or an Arrivals,
// names, as they are written there and in its order. Nil has none.
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
		case parts:
			for _, part := range v.parts {
				names = append(names, Files(part.Law)...)
			}
		}
	}
	return names
}

package scenarios

// A control says how a person changes the value of a key on the page, which reads it in the schema. A key
// without one is a text among the others.
type control struct {
	Place int `json:"place"` // its position among all controls
	// Notation, of a law, is the label of the whole of it as a text; the law has a list, and a field for each parameter.
	Notation string `json:"notation,omitempty"`
	// Text is that the value is typed as a text, beside the notations of the laws; Optional, that the field is there
	// without a value, too.
	Text     bool `json:"text,omitempty"`
	Optional bool `json:"optional,omitempty"`
	// Unit, of a number, is what it counts, and From and To are the ends of its slider; Without is what may stand there instead.
	Unit    string  `json:"unit,omitempty"`
	From    float64 `json:"from,omitempty"`
	To      float64 `json:"to,omitempty"`
	Whole   bool    `json:"whole,omitempty"`
	Without string  `json:"without,omitempty"`
	// Below and Above are by what factors a sweep that the page proposes goes beyond the value; 0: the usual ones.
	Below float64 `json:"below,omitempty"`
	Above float64 `json:"above,omitempty"`
	// When is on which other value the control depends: it is there only then.
	When *condition `json:"when,omitempty"`
	// Beside is the position of the key among those that a second platform may have another value of, and Propose are the
	// values that are proposed for it, the first first.
	Beside  int      `json:"beside,omitempty"`
	Propose []string `json:"propose,omitempty"`
}

// A condition is on the value of another key: to be Is, or not to be Not.
type condition struct {
	Key string `json:"key"`
	Is  string `json:"is,omitempty"`
	Not string `json:"not,omitempty"`
}

// controlled gives a key a title, which is the label of its control.
func (k key) controlled(title string, c control) key {
	k.title, k.control = title, &c
	return k
}

// choosing says what each value of a choice is, in words.
func (k key) choosing(descriptions ...string) key {
	k.choices = descriptions
	return k
}

// The controls of numbers of which several keys have one.
var (
	timeControl      = control{Unit: "seconds", From: 0.1, To: 36000, Without: never}
	instancesControl = control{Unit: "instances", From: 1, To: 1000, Whole: true, Without: unlimited}
	coresControl     = control{Unit: "cores", From: 1, To: 64, Whole: true, Without: unlimited}
)

// with returns the control changed.
func (c control) with(change func(*control)) control {
	change(&c)
	return c
}

// describe adds to a property of the schema what its control needs. place is the position of the key in the file.
func (k *key) describe(property fragment, place int) {
	if k.title != "" {
		property["title"] = k.title
	}
	if k.choices != nil {
		property["enumDescriptions"] = k.choices
	}
	if k.control != nil {
		c := *k.control
		c.Place = place
		property["x-control"] = c
	}
}

package keyfile

// A Control says how a person changes the value of a key on the page, which reads it in the schema.
// A key without one is a text among the others.
type Control struct {
	Place int `json:"place"` // its position among all controls
	// Notation, of a law, is the label of the whole of it as a text; the law has a list, and a
	// field for each parameter.
	Notation string `json:"notation,omitempty"`
	// With Text the value is typed as a text, beside the notations of the laws. With Optional the
	// field is there where the scenario has no value, and shows the usual one: the default, or the first
	// choice.
	Text     bool `json:"text,omitempty"`
	Optional bool `json:"optional,omitempty"`
	// A number has a Unit; its slider goes from From to To. Without is a word that the key accepts
	// in its place.
	Unit    string  `json:"unit,omitempty"`
	From    float64 `json:"from,omitempty"`
	To      float64 `json:"to,omitempty"`
	Whole   bool    `json:"whole,omitempty"`
	Without string  `json:"without,omitempty"`
	// The sweep that the page proposes goes from the value divided by Below to the value times
	// Above; 0: the usual factors.
	Below float64 `json:"below,omitempty"`
	Above float64 `json:"above,omitempty"`
	// When is the condition under which the control is there; nil: always.
	When *Condition `json:"when,omitempty"`
	// Beside is the position of the key in the list of what a second lane of Watch may have
	// otherwise; 0: after all others. Propose lists the values that are proposed there, the best
	// first.
	Beside  int      `json:"beside,omitempty"`
	Propose []string `json:"propose,omitempty"`
	// Inner is, of a key that may be a block, the key in it that has the value then; it needs no control
	// of its own. Group is the title of the controls in the block.
	Inner string `json:"inner,omitempty"`
	Group string `json:"group,omitempty"`
}

// A Condition demands that another key has the value Is or, without Is, any value but Not; without both, that
// it has a value.
type Condition struct {
	Key string `json:"key"`
	Is  string `json:"is,omitempty"`
	Not string `json:"not,omitempty"`
	// Absent demands that it has none. And is another condition that must hold, too.
	Absent bool       `json:"absent,omitempty"`
	And    *Condition `json:"and,omitempty"`
}

// Controlled gives a key a title, which is the label of its control.
func (k Key[S]) Controlled(title string, c Control) Key[S] {
	k.Title, k.Control = title, &c
	return k
}

// Unless returns the key not written of values of which something holds.
func (k Key[S]) Unless(holds func(*S) bool) Key[S] {
	write := k.Write
	k.Write = func(s *S) string {
		if holds(s) {
			return ""
		}
		return write(s)
	}
	return k
}

// Choosing says what each value of a choice is, in words.
func (k Key[S]) Choosing(descriptions ...string) Key[S] {
	k.Choices = descriptions
	return k
}

// With returns the control changed.
func (c Control) With(change func(*Control)) Control {
	change(&c)
	return c
}

// describe adds to a property of the schema what its control needs. place is the position of the
// key in the file.
func (k *Key[S]) describe(property Fragment, place int) {
	if k.Title != "" {
		property["title"] = k.Title
	}
	if k.Choices != nil {
		property["enumDescriptions"] = k.Choices
	}
	if k.Control != nil {
		c := *k.Control
		c.Place = place
		property["x-control"] = c
	}
}

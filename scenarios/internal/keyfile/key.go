package keyfile

import "faaslab/dist"

// A Key is one value of a file that is read into an S. All that reads, overrides, writes and
// describes a file reads its keys.
type Key[S any] struct {
	Path     string // dotted, as in --set: container.keep_alive
	Doc      string // one sentence, with unit and domain
	Accepts  string // what may stand there, in words: "want …"
	Standard string // the text that holds where the key is left out; empty: none
	Schema   Fragment
	Law      bool                       // a distribution or an arrival process: its parameters have paths too
	Of       func(*S) dist.Distribution // of a law of durations: its value; else nil
	Integer  bool                       // written as a number, not as a text, where it is one
	Whole    bool                       // a memory size of whole MB
	Decimal  bool                       // written as a number, not as a text, where it is one
	List     bool                       // written as a list of numbers

	Title   string   // the label of its control; empty: made of the path
	Choices []string // of a choice: what each value is, in words; nil: nothing to say
	Control *Control // nil: a text among the others

	// Read sets the key's field. The block that holds the field exists.
	Read func(s *S, text string, notation dist.Parser) error
	// Write returns the text that reads back to the field; empty where the
	// value does without the key.
	Write func(s *S) string

	// Each, of a key of a block of free names, whose Path has a * for the name, returns the key of
	// one name. Such a key itself is only declared: Read and Write are those of the keys it returns.
	Each func(name string) Key[S]
	// Set, of a key whose parameters have paths although it is no Law, returns its text with one
	// parameter changed.
	Set func(text, parameter, value string) (string, error)
}

// Package keyfile reads a YAML file of keys into a struct of any type, and writes the struct as such a file.
//
// A [Key] is one value of the file: its path, such as container.keep_alive, how its text is read into a field of the
// struct and written from it, what is accepted, its default, its part of the JSON Schema and its control on a page.
// [Span], [Count], [Law], [Choice] and others make keys, one a kind of value; [Spans], [Wholes] and others are the
// domains of the values, which a program can be held to as well. A [Table] is all keys of a file.
//
// To read a file is to take it apart ([Table.TakeApart]): a [Document] has the text of each key that is given and its
// [Place]. [Override] replaces texts in it before any is read. The caller then reads the texts, in the order of the
// table, and notes what is wrong.
//
// Rules that hold:
//   - a file is read strictly: no anchors, aliases, tags and merge keys, no second document, and no key twice;
//   - all [Problems] of a file are collected and returned together, in the order of their lines; each names its place,
//     what was found and what is accepted, and an unknown key names the nearest that exist;
//   - what [Key.Write] writes, [Key.Read] reads back to the same value;
//   - the package knows nothing of what the keys are about: which there are, which exclude each other and which may be
//     missing is the caller's to say, in the Table.
package keyfile

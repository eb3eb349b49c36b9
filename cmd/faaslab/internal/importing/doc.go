// Package importing makes a scenario of traces and logs.
//
// [Import] reads files in one of the formats of package trace, which is recognized if none is given,
// and takes the requests of one function. It writes a scenario that runs as it is, with the data that
// it draws from beside it, and what the log itself measures. It streams: arrivals are written as they
// are read, and other data are kept as samples of bounded size. What it found is a [Found], which
// [Found.Text] shows to a person; as JSON, it is for programs.
//
// Files are whatever an [Input] opens, and results go to whatever Options.Create returns: files of a
// directory, or memory ([Memory]).
package importing

// Package exit has the exit codes of the command, and the error that carries one.
package exit

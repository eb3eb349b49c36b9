// Package crew is what simulations that run at once share, whatever they simulate: the workers ([Crew]), the memory
// ([Memory]), the count of what is done ([Progress] of one simulation, [Shares] of many), the question whether to go on
// ([Turns]), and the guard that turns a panic into an error ([Guarded]), so that one simulation does not end the program.
//
// All methods may be called by several goroutines at once. Results do not depend on the number of workers: what is done
// by a Crew is told apart by its index, and never by the order in which it is finished.
package crew

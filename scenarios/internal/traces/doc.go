// Package traces makes many functions, and their requests, of published traces of platforms: Azure
// Functions of 2019 and 2021, and Huawei's of 2023 and 2025.
//
// A [Trace] is read once and shared by all replications. Where a trace counts requests by the
// minute, each function has arrivals of its own, which spread the counts over the minutes, and a
// replication draws what the trace does not fix: the places within a minute, and durations. Where a
// trace has single requests, [Trace.Requests] hands them out in the order of their arrivals.
//
// Rules that hold:
//   - time 0 is the beginning of what was asked for ([Options]), and a function's requests in a
//     minute are as many as the trace counts there, however they are spread;
//   - what a trace lacks is filled in by a rule that [Trace.Notes] states, and what is wrong in it is
//     left out; both are counted there, and nothing is silently 0;
//   - memory: of counts 2 to 6 bytes for each minute with requests, of single requests 20 bytes each,
//     or, beyond ten million of them, none: the files are then read again by each replication;
//   - a sample of 1/n has the apps with the least hashes, so that smaller samples lie within larger
//     ones.
package traces

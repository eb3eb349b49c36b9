// Package trace reads traces and logs of serverless platforms, and the results of load generators, in
// their own formats.
//
// A [Log] is what the files of one import share: the names of functions, and the lines that were left
// out. [Log.Read] begins a file in one of the [Formats], and [Reader.Next] returns its rows, one after
// another. Most rows are requests. Traces that hold no single requests have rows of other kinds: a
// count of requests in a minute ([Count]), the quantiles of a function's durations ([Quantiles]), a
// mean duration ([MeanDuration]), a cold start ([ColdStart]), memory ([Memory]) or a number of
// instances ([Instances]).
//
// Rules that hold:
//   - times and durations are nanoseconds, rounded from the decimals of the file, halves up;
//     [Unknown] stands for what the file does not say;
//   - the time of a row is that of the file: since 1970 where the file has moments of the calendar
//     ([Log.Calendar]), else since a time 0 of its own. A file may have one kind or the other;
//   - rows come in the order of the file. [Order] puts them into the order of their times;
//   - a reader holds one line at a time, of at most 1 MiB, so memory does not grow with the file;
//   - a line that is no request, or a wrong one, is left out and counted by its reason, with the
//     first line of each ([Log.LeftOut]). An error ends the reading: it comes from the reader below,
//     or says that the file as a whole is of another format. Errors are a [*dist.RowError];
//   - nothing allocates per row, except in the formats that are JSON.
package trace

// Package quantity reads numbers with what they count, such as 60s, 3/s, 1.5GB and 1%, and takes values between two of
// them: a list or a range of so many values ([Values]), from which the points of a sweep are made, and a [Range] in
// which a value is searched by halves.
//
// A quantity is known by its text alone, whatever key it is for. Values are texts again, as a file has them: the ends of
// a range are as they were given, and those between them have no more digits than they need.
package quantity

// Package random gives every purpose of a simulation its own stream of random
// numbers.
//
// A [Stream] is named by a seed, a replication and a [Purpose], hashed together. It is a
// [Generator] of uniform, exponential and normal variates by fast, exact methods. A [Family] gives
// each request its own generator, for draws that only some requests need.
//
// Rules that hold:
//   - the numbers of a stream are a pure function of its name: the same on every
//     machine, and whatever other streams were drawn;
//   - so two scenarios simulated with one seed see the same arrivals and the
//     same service times, request by request (common random numbers);
//   - nothing is global and nothing locks: a generator belongs to one goroutine.
package random

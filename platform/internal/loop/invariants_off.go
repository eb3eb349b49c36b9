//go:build !invariants

package loop

// CheckInvariants is true with the tag invariants.
const CheckInvariants = false

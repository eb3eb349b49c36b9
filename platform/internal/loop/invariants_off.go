//go:build !invariants

package loop

// CheckInvariants is true only with the build tag invariants.
const CheckInvariants = false

//go:build !invariants

package loop

const CheckInvariants = false

//go:build !invariants

package platform

const checkInvariants = false

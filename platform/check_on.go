//go:build invariants

package platform

// checkInvariants makes every event check the inequalities that a platform
// documents beside its fields: go test -tags invariants ./platform
const checkInvariants = true

//go:build invariants

package loop

// CheckInvariants makes every event check the inequalities that a platform
// documents beside its fields: go test -tags invariants ./platform/...
const CheckInvariants = true

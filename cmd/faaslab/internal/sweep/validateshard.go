package sweep

import (
	"fmt"
	"io"
	"slices"

	"faaslab/validate"
)

// A ValidationShard is the file of a shard of a validation.
type ValidationShard struct {
	Suites   []string
	Only     string
	Seed     uint64
	Thorough bool
	Shard    Shard
	Report   *validate.Report
}

// NewValidationShard returns the file of the shard of a validation, without its report.
func NewValidationShard(o validate.Options) *ValidationShard {
	suites := slices.Clone(o.Suites)
	if len(suites) == 0 {
		suites = slices.Clone(validate.Suites)
	}
	slices.Sort(suites)
	return &ValidationShard{slices.Compact(suites), o.Only, o.Seed, o.Thorough, Shard(o.Shard), nil}
}

// Write writes the file.
func (v *ValidationShard) Write(w io.Writer) error { return seal(w, PartOfAValidation, v) }

// In reports whether a file holds the shard already: validated with the same version and options.
func (v *ValidationShard) In(path string) bool {
	there := new(ValidationShard)
	return unseal(path, PartOfAValidation, there) == nil && there.sameAs(v) && there.Shard == v.Shard
}

// JoinValidation returns the report of the validation whose shards are in files.
func JoinValidation(paths []string) (*validate.Report, error) {
	var parts []*ValidationShard
	for _, path := range paths {
		v := new(ValidationShard)
		if err := unseal(path, PartOfAValidation, v); err != nil {
			return nil, err
		}
		if parts = append(parts, v); !v.sameAs(parts[0]) {
			return nil, fmt.Errorf("%s is a shard of another validation than %s", path, paths[0])
		}
	}
	ordered, err := all(paths, parts, func(v *ValidationShard) Shard { return v.Shard })
	if err != nil {
		return nil, err
	}
	var reports []*validate.Report
	for _, v := range ordered {
		reports = append(reports, v.Report)
	}
	return validate.Join(reports)
}

// sameAs reports whether two shards are of one validation.
func (v *ValidationShard) sameAs(o *ValidationShard) bool {
	return slices.Equal(v.Suites, o.Suites) && v.Only == o.Only && v.Seed == o.Seed && v.Thorough == o.Thorough
}

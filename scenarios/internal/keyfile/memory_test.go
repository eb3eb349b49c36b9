package keyfile

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestMemorySizes(t *testing.T) {
	for text, c := range map[string]struct {
		gb      float64
		written string
	}{
		"128MB":    {0.125, "128MB"},
		"512MiB":   {0.5, "512MB"},
		"0.5GB":    {0.5, "512MB"},
		"1024MB":   {1, "1GB"},
		"1GiB":     {1, "1GB"},
		"1.5GB":    {1.5, "1.5GB"},
		"1769MB":   {1769.0 / 1024, "1769MB"},
		"64KB":     {1.0 / (1 << 14), "64KB"},
		"0.1GB":    {0.1, "102.4MB"},
		"1KB":      {1.0 / (1 << 20), "1KB"},
		"1024GB":   {1024, "1024GB"},
		"131072KB": {0.125, "128MB"},
	} {
		gb, ok := ParseMemory(text)
		assert.True(t, ok, text)
		assert.Equal(t, c.gb, gb, text)
		assert.Equal(t, c.written, FormatMemory(gb), text)
		again, ok := ParseMemory(c.written)
		assert.True(t, ok, c.written)
		assert.Equal(t, gb, again, c.written)
	}
	for _, text := range []string{"", "512", "MB", "-1MB", "0MB", "1e3MB", "1.2.3MB", "512mb", "512M", "512 MB", "2000GB", "0.5KB", "NaNMB", "1TB"} {
		_, ok := ParseMemory(text)
		assert.False(t, ok, text)
	}
}

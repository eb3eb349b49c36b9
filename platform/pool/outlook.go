package pool

import (
	"math"

	"faaslab/platform"
	"faaslab/sim"
)

// outlookOf returns the outlook of a pool.
func outlookOf(c *Config) platform.Outlook {
	cold := platform.LawMean(c.Cold)
	if c.Cold == nil {
		cold = platform.LawMean(c.Startup) + platform.LawMean(c.Warm)
	}
	idle := c.KeepAlive.Seconds()
	if c.KeepAlive == sim.Never {
		idle = math.Inf(1)
	}
	return platform.Outlook{
		Cold:    !c.staysFull(),
		Warm:    c.KeepAlive > 0 || c.MaxInstances != platform.Unlimited && c.WhenFull == Queue,
		Service: math.Max(cold, platform.LawMean(c.Warm)),
		Release: c.MeanRelease(),
		Idle:    idle,
	}
}

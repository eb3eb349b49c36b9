package model

import (
	"runtime"
	"sync"
)

// inBlocks splits 0 … n−1 into one block a core and runs work on all blocks at once. The result of
// work must not depend on the blocks. A small n is one block.
func inBlocks(n int, work func(from, to int)) {
	workers := runtime.GOMAXPROCS(0)
	if n < worthACore || workers == 1 {
		work(0, n)
		return
	}
	var group sync.WaitGroup
	for i := range workers {
		group.Go(func() { work(i*n/workers, (i+1)*n/workers) })
	}
	group.Wait()
}

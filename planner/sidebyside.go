package planner

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
)

// stretch is how many payouts one goroutine decides about in a row.
const stretch = 1000

// sideBySide calls work for 0 to n-1 on all cores, and waits. The calls do not
// depend on each other. A panic of work is one of the caller, who can recover
// from it.
func sideBySide(n int, work func(i int)) {
	var all sync.WaitGroup
	free := make(chan struct{}, runtime.GOMAXPROCS(0))
	panics := make(chan string, 1)
	for start := 0; start < n; start += stretch {
		free <- struct{}{}
		all.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					select {
					case panics <- fmt.Sprintf("%v\n%s", p, debug.Stack()):
					default: // the first one is told
					}
				}
				<-free
			}()
			for i := start; i < min(start+stretch, n); i++ {
				work(i)
			}
		})
	}
	all.Wait()
	select {
	case p := <-panics:
		panic(p)
	default:
	}
}

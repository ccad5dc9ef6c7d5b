package main

import (
	"runtime"
	"sort"
	"time"
)

// clock times closures: warm-up, then the median of many batches.
type clock struct {
	budget  time.Duration // time for the samples of one figure
	samples int           // and at least so many of them, unless they take eight times the budget
}

const (
	batch       = 200 * time.Microsecond // shortest batch: the clock's own cost stays below one in a thousand
	mostTaken   = 4000
	mostBudgets = 8
)

// seconds returns the median time of one call. The garbage collector runs before, never inside.
func (c clock) seconds(f func()) float64 {
	runtime.GC()
	calls, start := 0, time.Now()
	for calls < 1 || time.Since(start) < c.budget/5 {
		f()
		calls++
	}
	each := time.Since(start) / time.Duration(calls)
	perBatch := int(batch/(each+1)) + 1

	var taken []float64
	for start = time.Now(); !c.enough(len(taken), time.Since(start)); {
		from := time.Now()
		for i := 0; i < perBatch; i++ {
			f()
		}
		taken = append(taken, time.Since(from).Seconds()/float64(perBatch))
	}
	sort.Float64s(taken)
	return taken[len(taken)/2]
}

func (c clock) enough(taken int, spent time.Duration) bool {
	if taken < c.samples {
		return taken > 0 && spent > mostBudgets*c.budget
	}
	return spent > c.budget || taken >= mostTaken
}

func (c clock) micros(f func()) float64 { return c.seconds(f) * 1e6 }
func (c clock) millis(f func()) float64 { return c.seconds(f) * 1e3 }

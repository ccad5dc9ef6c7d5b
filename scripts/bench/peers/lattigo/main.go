// Lattigo's figures for scripts/bench/slots: the yardstick that the slots engine is measured against.
//
// One core, medians, preallocated receivers, results checked before they are timed. JSON on stdout, the same lines on stderr.
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"time"
)

func main() {
	quick := flag.Bool("quick", false, "fewer repetitions: a first look in less than 20 s")
	flag.Parse()

	runtime.GOMAXPROCS(1)
	debug.SetGCPercent(-1) // the clock collects between figures
	debug.SetMemoryLimit(3 << 30)

	c := clock{budget: 500 * time.Millisecond, samples: 15}
	if *quick {
		c = clock{budget: 50 * time.Millisecond, samples: 3}
	}
	r := newReport(*quick)
	measureNTT(r, c)
	measureWeightedSums(r, c)
	measureCKKS(r, c)
	measureBGV(r, c)
	if err := r.write(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// must stops the program: a figure of something that failed would be worse than none.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

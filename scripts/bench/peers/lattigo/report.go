package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"runtime/debug"
)

// entry is one measured value. Entries of the same n, limbs and kind are the same work done in other forms: the reader of the
// report compares the best form of one engine with the best form of the other.
type entry struct {
	N     int     `json:"n"`
	Limbs int     `json:"limbs"`
	Kind  string  `json:"kind"`
	Form  string  `json:"form,omitempty"`
	Value float64 `json:"value"`
}

// report is what the program prints: the engine, and for each figure its entries, the headline's kind first.
type report struct {
	Engine  string            `json:"engine"`
	Quick   bool              `json:"quick"`
	Machine map[string]string `json:"machine"`

	NTT                 []entry `json:"ntt_us"`
	WeightedSum         []entry `json:"weighted_sum_gmacs"`
	MultiplyRelinearise []entry `json:"multiply_relinearise_ms"`
	Product             []entry `json:"product_ms"`
	Relinearise         []entry `json:"relinearise_ms"`
	Rescale             []entry `json:"rescale_ms"`
	Encrypt             []entry `json:"encrypt_ms"`
	Decrypt             []entry `json:"decrypt_ms"`
}

func newReport(quick bool) *report {
	return &report{
		Engine:  "lattigo",
		Quick:   quick,
		Machine: map[string]string{"lattigo": lattigoVersion(), "go": runtime.Version()},
	}
}

func lattigoVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, module := range info.Deps {
			if module.Path == "github.com/tuneinsight/lattigo/v6" {
				return module.Version
			}
		}
	}
	return "unknown"
}

// add appends an entry to one of the report's figures, and says it on stderr.
func (r *report) add(figure *[]entry, name string, e entry) {
	digits := math.Pow(10, 3-math.Floor(math.Log10(e.Value)))
	e.Value = math.Round(e.Value*digits) / digits
	*figure = append(*figure, e)
	fmt.Fprintf(os.Stderr, "%-24s n %5d  limbs %d  %-14s %-32s %9.4g\n", name, e.N, e.Limbs, e.Kind, e.Form, e.Value)
}

func (r *report) write(out io.Writer) error {
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(r)
}

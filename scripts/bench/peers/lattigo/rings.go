package main

import (
	"fmt"
	"math/rand"
	"slices"

	"github.com/tuneinsight/lattigo/v6/ring"
)

const limbBits = 50 // the slots engine's primes are just below 2^50

var sizes = []int{4096, 8192, 16384, 32768}

// limb returns the ring of one prime just below 2^50 and degree n.
func limb(n int) *ring.SubRing {
	generator := ring.NewNTTFriendlyPrimesGenerator(limbBits, uint64(2*n))
	primes, err := generator.NextDownstreamPrimes(1)
	must(err)
	r, err := ring.NewRing(n, primes)
	must(err)
	return r.SubRings[0]
}

func uniform(random *rand.Rand, n int, modulus uint64) []uint64 {
	values := make([]uint64, n)
	for i := range values {
		values[i] = random.Uint64() % modulus
	}
	return values
}

// measureNTT times transforms whose results are fully reduced, in place.
func measureNTT(r *report, c clock) {
	random := rand.New(rand.NewSource(1))
	for _, n := range sizes {
		s := limb(n)
		values := uniform(random, n, s.Modulus)
		before := slices.Clone(values)
		s.NTT(values, values)
		s.INTT(values, values)
		if !slices.Equal(values, before) {
			panic("the inverse NTT does not undo the NTT")
		}
		r.add(&r.NTT, "ntt_us", entry{n, 1, "forward", "", c.micros(func() { s.NTT(values, values) })})
		r.add(&r.NTT, "ntt_us", entry{n, 1, "inverse", "", c.micros(func() { s.INTT(values, values) })})
	}
}

// A linear layer of one limb: outputs[o] = sum over i of weights[o][i] * inputs[i], weights from -127 to 127.
const (
	layerN      = 16384
	layerInputs = 784
	offset      = 128 // weights + offset are positive and below 2^8

	// Sums run over blocks of inputs and tiles of coefficients, copied side by side (a power of two between inputs would map all
	// of them to the same few cache lines). The best of sizes from 32 to 1,024 and 8 to 784 on a core with 512 KB of L2.
	tile  = 1024
	block = 56 // a residue and 56 products of 50 and 8 bits stay below 2^64
)

type layer struct {
	s       *ring.SubRing
	inputs  [][]uint64
	outputs [][]uint64
	weights [][]int64
	mont    [][]uint64 // weights in Montgomery form
	// Constant vectors of one tile: entry w+offset holds w in Montgomery form, or w+offset as it is.
	montTiles   [][]uint64
	offsetTiles [][]uint64
	panel       []uint64 // a block of inputs, one tile of each
	share       []uint64
}

func newLayer(random *rand.Rand, outputs int) *layer {
	s := limb(layerN)
	l := &layer{s: s, panel: make([]uint64, block*tile), share: make([]uint64, layerN)}
	for i := 0; i < layerInputs; i++ {
		l.inputs = append(l.inputs, uniform(random, layerN, s.Modulus))
	}
	montgomery := func(w int64) uint64 {
		return ring.MForm(uint64(w+int64(s.Modulus))%s.Modulus, s.Modulus, s.BRedConstant)
	}
	for o := 0; o < outputs; o++ {
		l.outputs = append(l.outputs, make([]uint64, layerN))
		weights, mont := make([]int64, layerInputs), make([]uint64, layerInputs)
		for i := range weights {
			weights[i] = random.Int63n(255) - 127
			mont[i] = montgomery(weights[i])
		}
		l.weights, l.mont = append(l.weights, weights), append(l.mont, mont)
	}
	for w := int64(-offset); w < offset; w++ {
		l.montTiles = append(l.montTiles, slices.Repeat([]uint64{montgomery(w)}, tile))
		l.offsetTiles = append(l.offsetTiles, slices.Repeat([]uint64{uint64(w + offset)}, tile))
	}
	return l
}

func (l *layer) clear() {
	for _, output := range l.outputs {
		clear(output)
	}
}

// untiled adds whole polynomials, as Ring.MulScalarThenAdd does, with the weights' Montgomery form computed once.
func (l *layer) untiled() {
	l.clear()
	for o, output := range l.outputs {
		for i, input := range l.inputs {
			l.s.MulScalarMontgomeryThenAdd(input, l.mont[o][i], output)
		}
	}
}

// overTiles visits, for each tile of coefficients, each block of inputs, and adds the block's terms to every output's tile:
// term(o, i, x, sum) is sum += weights[o][i]*x. It calls first before a block's terms and last when all terms of an output's tile are there.
func (l *layer) overTiles(term func(o, i int, x, sum []uint64), first, last func(sum []uint64)) {
	l.clear()
	for at := 0; at < layerN; at += tile {
		for from := 0; from < layerInputs; from += block {
			for i := 0; i < block; i++ {
				copy(l.panel[i*tile:(i+1)*tile], l.inputs[from+i][at:])
			}
			for o := range l.outputs {
				sum := l.outputs[o][at : at+tile]
				first(sum)
				for i := 0; i < block; i++ {
					term(o, from+i, l.panel[i*tile:(i+1)*tile], sum)
				}
			}
		}
		for o := range l.outputs {
			last(l.outputs[o][at : at+tile])
		}
	}
}

func nothing([]uint64) {}

// tiled does as untiled does, tile by tile.
func (l *layer) tiled() {
	l.overTiles(func(o, i int, x, sum []uint64) {
		l.s.MulScalarMontgomeryThenAdd(x, l.mont[o][i], sum)
	}, nothing, nothing)
}

// tiledLazy leaves sums unreduced until the last term: 784 products below 2p = 2^51 fit into 64 bits. Lattigo has the lazy sum
// for a product by a polynomial, so each weight is a constant vector.
func (l *layer) tiledLazy() {
	l.overTiles(func(o, i int, x, sum []uint64) {
		l.s.MulCoeffsMontgomeryLazyThenAddLazy(x, l.montTiles[l.weights[o][i]+offset], sum)
	}, nothing, l.reduce)
}

// tiledUnreduced does not even reduce the products: weights are small, and once made positive a block's terms fit into 64 bits.
// The offset's share, 128 times the sum of all inputs, is the same for all outputs and subtracted at the end.
func (l *layer) tiledUnreduced() {
	l.overTiles(func(o, i int, x, sum []uint64) {
		l.s.MulCoeffsLazyThenAddLazy(x, l.offsetTiles[l.weights[o][i]+offset], sum)
	}, l.reduce, l.reduce)
	share := l.share
	clear(share)
	for _, input := range l.inputs {
		l.s.AddLazy(share, input, share)
	}
	l.s.Reduce(share, share)
	l.s.MulScalarMontgomery(share, ring.MForm(offset, l.s.Modulus, l.s.BRedConstant), share)
	for _, output := range l.outputs {
		l.s.Sub(output, share, output)
	}
}

func (l *layer) reduce(sum []uint64) { l.s.Reduce(sum, sum) }

// measureWeightedSums times a layer of 16 outputs in every form that Lattigo's API allows, and one of 92 in the form that is
// twice as fast as the next.
func measureWeightedSums(r *report, c clock) {
	random := rand.New(rand.NewSource(2))
	wide, small := newLayer(random, 92), newLayer(random, 16)
	wide.measure(r, c, "tiled, unreduced products", wide.tiledUnreduced)
	small.measure(r, c, "untiled", small.untiled)
	small.measure(r, c, "tiled", small.tiled)
	small.measure(r, c, "tiled, lazy sums", small.tiledLazy)
	small.measure(r, c, "tiled, unreduced products", small.tiledUnreduced)
}

func (l *layer) measure(r *report, c clock, form string, run func()) {
	run()
	last := l.outputs[len(l.outputs)-1]
	found := slices.Clone(last)
	clear(last)
	for i, input := range l.inputs {
		l.s.MulScalarMontgomeryThenAdd(input, l.mont[len(l.outputs)-1][i], last)
	}
	if !slices.Equal(found, last) {
		panic("weighted sums: a wrong result, " + form)
	}
	kind := fmt.Sprintf("%d x %d", layerInputs, len(l.outputs))
	macs := float64(layerN) * layerInputs * float64(len(l.outputs))
	r.add(&r.WeightedSum, "weighted_sum_gmacs", entry{layerN, 1, kind, form, macs / c.seconds(run) / 1e9})
}

package main

// chain is a modulus chain: bits of the ciphertext primes and of the special primes, below 128-bit security's limit on their sum
// (N = 4,096: 106 bits, 8,192: 214, 16,384: 430, 32,768: 868).
type chain struct {
	logN     int
	q, p     []int
	scale    int    // CKKS: bits of the scale
	form     string // as the report names it
	headline bool   // the chain that encryption and decryption are timed with
}

var chains = []chain{
	{12, []int{36, 35}, []int{35}, 30, "1 special prime", true},
	{13, limbs(3), limbs(1), 45, "1 special prime", true},
	{14, limbs(6), limbs(1), 45, "1 special prime", false},
	{14, limbs(6), limbs(2), 45, "2 special primes", false},
	{14, limbs(6), limbs(3), 45, "3 special primes", true},
	{15, limbs(6), limbs(3), 45, "3 special primes", true},
}

// limbs returns a first prime of 50 bits and others of 45 (Lattigo's times do not depend on the bits; nine stay below 430).
func limbs(count int) []int {
	bits := make([]int, count)
	for i := range bits {
		bits[i] = 45
	}
	bits[0] = 50
	return bits
}

func (c chain) entry(kind string, value float64) entry {
	return entry{N: 1 << c.logN, Limbs: len(c.q), Kind: kind, Form: c.form, Value: value}
}

func (c chain) plain(kind string, value float64) entry {
	return entry{N: 1 << c.logN, Limbs: len(c.q), Kind: kind, Value: value}
}

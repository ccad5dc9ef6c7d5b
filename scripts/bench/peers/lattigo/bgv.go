package main

import (
	"math/rand"

	"github.com/tuneinsight/lattigo/v6/core/rlwe"
	"github.com/tuneinsight/lattigo/v6/schemes/bgv"
)

const plaintextModulus = 65537

// measureBGV times the scheme's operations at the top of each chain; rescale_ms is modulus switching.
func measureBGV(r *report, c clock) {
	random := rand.New(rand.NewSource(4))
	for _, chain := range chains {
		if !chain.headline {
			continue
		}
		params, err := bgv.NewParametersFromLiteral(bgv.ParametersLiteral{
			LogN: chain.logN, LogQ: chain.q, LogP: chain.p, PlaintextModulus: plaintextModulus,
		})
		must(err)
		keys := rlwe.NewKeyGenerator(params)
		secret := keys.GenSecretKeyNew()
		evaluator := bgv.NewEvaluator(params, rlwe.NewMemEvaluationKeySet(keys.GenRelinearizationKeyNew(secret)))
		encryptor := rlwe.NewEncryptor(params, secret)
		decryptor := rlwe.NewDecryptor(params, secret)
		encoder := bgv.NewEncoder(params)

		top := params.MaxLevel()
		values := make([]uint64, params.MaxSlots())
		for i := range values {
			values[i] = random.Uint64() % plaintextModulus
		}
		plain := bgv.NewPlaintext(params, top)
		must(encoder.Encode(values, plain))
		a, err := encryptor.EncryptNew(plain)
		must(err)
		b, err := encryptor.EncryptNew(plain)
		must(err)

		unrelinearised := bgv.NewCiphertext(params, 2, top)
		relinearised := bgv.NewCiphertext(params, 1, top)
		switched := bgv.NewCiphertext(params, 1, top-1)
		multiply := func() { must(evaluator.Mul(a, b, unrelinearised)) }
		relinearise := func() { must(evaluator.Relinearize(unrelinearised, relinearised)) }
		modulusSwitch := func() { must(evaluator.Rescale(relinearised, switched)) }
		all := func() {
			must(evaluator.MulRelin(a, b, relinearised))
			must(evaluator.Rescale(relinearised, switched))
		}
		check := func() {
			decoded := make([]uint64, len(values))
			must(encoder.Decode(decryptor.DecryptNew(switched), decoded))
			for i, value := range values {
				if decoded[i] != value*value%plaintextModulus {
					panic("BGV: the product is wrong")
				}
			}
		}
		all()
		check()
		r.add(&r.MultiplyRelinearise, "multiply_relinearise_ms", chain.entry("bgv", c.millis(all)))
		multiply()
		relinearise()
		modulusSwitch()
		check()
		r.add(&r.Relinearise, "relinearise_ms", chain.entry("bgv", c.millis(relinearise)))
		r.add(&r.Product, "product_ms", chain.plain("bgv", c.millis(multiply)))
		r.add(&r.Rescale, "rescale_ms", chain.plain("bgv", c.millis(modulusSwitch)))

		fresh, decrypted := bgv.NewCiphertext(params, 1, top), bgv.NewPlaintext(params, top)
		encrypt := func() { must(encryptor.Encrypt(plain, fresh)) }
		decrypt := func() { decryptor.Decrypt(fresh, decrypted) }
		r.add(&r.Encrypt, "encrypt_ms", chain.plain("bgv", c.millis(encrypt)))
		r.add(&r.Encrypt, "encrypt_ms", chain.plain("bgv, encoded", c.millis(func() {
			must(encoder.Encode(values, plain))
			encrypt()
		})))
		r.add(&r.Decrypt, "decrypt_ms", chain.plain("bgv", c.millis(decrypt)))
		r.add(&r.Decrypt, "decrypt_ms", chain.plain("bgv, decoded", c.millis(func() {
			decrypt()
			must(encoder.Decode(decrypted, values))
		})))
	}
}

package main

import (
	"math"
	"math/rand"

	"github.com/tuneinsight/lattigo/v6/core/rlwe"
	"github.com/tuneinsight/lattigo/v6/schemes/ckks"
)

// measureCKKS times the scheme's operations at the top of each chain.
func measureCKKS(r *report, c clock) {
	random := rand.New(rand.NewSource(3))
	for _, chain := range chains {
		params, err := ckks.NewParametersFromLiteral(ckks.ParametersLiteral{
			LogN: chain.logN, LogQ: chain.q, LogP: chain.p, LogDefaultScale: chain.scale,
		})
		must(err)
		keys := rlwe.NewKeyGenerator(params)
		secret := keys.GenSecretKeyNew()
		evaluator := ckks.NewEvaluator(params, rlwe.NewMemEvaluationKeySet(keys.GenRelinearizationKeyNew(secret)))
		encryptor := rlwe.NewEncryptor(params, secret)
		decryptor := rlwe.NewDecryptor(params, secret)
		encoder := ckks.NewEncoder(params)

		top := params.MaxLevel()
		values := make([]float64, params.MaxSlots())
		for i := range values {
			values[i] = 2*random.Float64() - 1
		}
		plain := ckks.NewPlaintext(params, top)
		must(encoder.Encode(values, plain))
		a, err := encryptor.EncryptNew(plain)
		must(err)
		b, err := encryptor.EncryptNew(plain)
		must(err)

		unrelinearised := ckks.NewCiphertext(params, 2, top)
		relinearised := ckks.NewCiphertext(params, 1, top)
		rescaled := ckks.NewCiphertext(params, 1, top-1)
		multiply := func() { must(evaluator.Mul(a, b, unrelinearised)) }
		relinearise := func() { must(evaluator.Relinearize(unrelinearised, relinearised)) }
		rescale := func() { must(evaluator.Rescale(relinearised, rescaled)) }
		all := func() {
			must(evaluator.MulRelin(a, b, relinearised))
			must(evaluator.Rescale(relinearised, rescaled))
		}
		check := func() {
			decoded := make([]float64, len(values))
			must(encoder.Decode(decryptor.DecryptNew(rescaled), decoded))
			for i, value := range values {
				if math.Abs(decoded[i]-value*value) > 1e-3 {
					panic("CKKS: the product is wrong")
				}
			}
		}
		all()
		check()
		r.add(&r.MultiplyRelinearise, "multiply_relinearise_ms", chain.entry("ckks", c.millis(all)))
		multiply()
		relinearise()
		rescale()
		check()
		r.add(&r.Relinearise, "relinearise_ms", chain.entry("ckks", c.millis(relinearise)))
		if !chain.headline {
			continue
		}
		r.add(&r.Product, "product_ms", chain.plain("ckks", c.millis(multiply)))
		r.add(&r.Rescale, "rescale_ms", chain.plain("ckks", c.millis(rescale)))

		fresh, decrypted := ckks.NewCiphertext(params, 1, top), ckks.NewPlaintext(params, top)
		encrypt := func() { must(encryptor.Encrypt(plain, fresh)) }
		decrypt := func() { decryptor.Decrypt(fresh, decrypted) }
		r.add(&r.Encrypt, "encrypt_ms", chain.plain("ckks", c.millis(encrypt)))
		r.add(&r.Encrypt, "encrypt_ms", chain.plain("ckks, encoded", c.millis(func() {
			must(encoder.Encode(values, plain))
			encrypt()
		})))
		r.add(&r.Decrypt, "decrypt_ms", chain.plain("ckks", c.millis(decrypt)))
		r.add(&r.Decrypt, "decrypt_ms", chain.plain("ckks, decoded", c.millis(func() {
			decrypt()
			must(encoder.Decode(decrypted, values))
		})))
	}
}

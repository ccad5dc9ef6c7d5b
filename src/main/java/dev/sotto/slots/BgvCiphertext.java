package dev.sotto.slots;

/**
 * A block of encrypted whole numbers modulo t, one in each slot. Not to be changed.
 *
 * <p>Its phase is congruent to f·m modulo t, where m is the message and f the known {@link #factor};
 * modulus switching changes f. {@link #noiseBits} bounds the phase: it decrypts while this is at most
 * {@link #capacityBits}.
 */
public final class BgvCiphertext {
  private final BgvParameters parameters;
  private final RlweCiphertext rlwe;
  private final long factor;
  private final double noiseBits;

  BgvCiphertext(BgvParameters parameters, RlweCiphertext rlwe, long factor, double noiseBits) {
    this.parameters = parameters;
    this.rlwe = rlwe;
    this.factor = factor;
    this.noiseBits = noiseBits;
  }

  /** What it was made with. */
  public BgvParameters parameters() {
    return parameters;
  }

  /** The key that decrypts it. */
  public KeyId key() {
    return rlwe.key();
  }

  /** The number of primes in use, less one. */
  public int level() {
    return rlwe.level();
  }

  /** One when fresh or relinearised; adds up in products. */
  public int degree() {
    return rlwe.degree();
  }

  /** What the message is multiplied by, modulo t. */
  public long factor() {
    return factor;
  }

  /** The logarithm (base 2) of a bound on the phase in the canonical embedding, message included. */
  public double noiseBits() {
    return noiseBits;
  }

  /** What {@link #noiseBits} may be: the bits of the modulus in use, less two. */
  public double capacityBits() {
    return RlweNoise.capacityBits(parameters.ring().ring(), rlwe.limbs());
  }

  /** Bytes of memory. */
  public long bytes() {
    return rlwe.bytes();
  }

  RlweCiphertext rlwe() {
    return rlwe;
  }
}

package dev.sotto.slots;

/** A block of encrypted numbers, one in each slot: what both schemes say of theirs. */
public abstract sealed class SlotCiphertext permits BgvCiphertext, CkksCiphertext {
  private final RlweCiphertext rlwe;

  SlotCiphertext(RlweCiphertext rlwe) {
    this.rlwe = rlwe;
  }

  /** The key that decrypts it. */
  public final KeyId key() {
    return rlwe.key();
  }

  /** The number of primes in use, less one. */
  public final int level() {
    return rlwe.level();
  }

  /** One when fresh or relinearised; adds up in products. */
  public final int degree() {
    return rlwe.degree();
  }

  /** How many bits the phase may have: those of the modulus in use, less two. */
  public final double capacityBits() {
    return RlweNoise.capacityBits(rlwe.parameters().ring(), rlwe.limbs());
  }

  /** Whether it is a fresh one that stays as it was sent until it is used. */
  public final boolean isStored() {
    return rlwe.stored() != null;
  }

  /** Bytes of memory. */
  public final long bytes() {
    return rlwe.bytes();
  }

  final RlweCiphertext rlwe() {
    return rlwe;
  }
}

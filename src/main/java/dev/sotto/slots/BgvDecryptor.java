package dev.sotto.slots;

import dev.sotto.problem.SottoException;
import dev.sotto.slots.ring.BaseConversion;
import dev.sotto.slots.ring.Modulus;
import dev.sotto.slots.ring.RingKernels;
import dev.sotto.slots.ring.RnsPolynomial;
import dev.sotto.slots.ring.RnsRing;
import java.util.stream.IntStream;

/** Decrypts blocks of whole numbers, of any degree. For one thread. */
public final class BgvDecryptor {
  private final BgvParameters parameters;
  private final BgvEncoder encoder;
  private final RlweDecryptor rlwe;

  BgvDecryptor(BgvParameters parameters, BgvEncoder encoder, SecretKey secret) {
    this.parameters = parameters;
    this.encoder = encoder;
    this.rlwe = RlweDecryptor.create(secret);
  }

  /**
   * The values of all slots, in (−t/2, t/2].
   *
   * @throws SottoException SOTTO-SLOTS-003 or -004 for other parameters or another key;
   *     SOTTO-SLOTS-007 where the phase fills the modulus: noise beyond its bound, or altered bytes
   */
  public long[] decrypt(BgvCiphertext c) {
    RlweEvaluator.checkParameters(parameters, c.parameters());
    RnsRing ring = parameters.ring().ring();
    RingKernels kernels = ring.kernels();
    int n = ring.n();
    int limbs = RlweNoise.limbsFor(ring, c.noiseBits(), c.rlwe().limbs());
    RnsPolynomial phase = rlwe.phase(c.rlwe(), limbs);
    Modulus[] from = ring.moduli(IntStream.range(0, limbs).toArray());
    BaseConversion conversion =
        BaseConversion.create(from, new Modulus[] {encoder.modulus()});
    double[] quotients = new double[n];
    conversion.prepare(kernels, phase.residues(), 0, quotients, 0, n);
    RlweDecryptor.checkInside(phase, from, quotients);
    double[] message = new double[n];
    conversion.convert(kernels, 0, message, 0, phase.residues(), 0, quotients, 0, n);
    return encoder.decode(message, c.factor());
  }
}

package dev.sotto.slots;

import dev.sotto.problem.SottoException;
import dev.sotto.slots.ring.BaseConversion;
import dev.sotto.slots.ring.Modulus;
import dev.sotto.slots.ring.RingKernels;
import dev.sotto.slots.ring.RnsPolynomial;
import dev.sotto.slots.ring.RnsRing;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

/** Decrypts blocks of whole numbers, of any degree. For one thread. */
public final class BgvDecryptor {
  private final BgvParameters parameters;
  private final BgvEncoder encoder;
  private final RlweDecryptor rlwe;
  private final Map<Integer, BaseConversion> conversions = new HashMap<>();
  private final double[] quotients;
  private final double[] message;

  BgvDecryptor(BgvParameters parameters, BgvEncoder encoder, SecretKey secret) {
    this.parameters = parameters;
    this.encoder = encoder;
    this.rlwe = RlweDecryptor.create(secret);
    this.quotients = new double[parameters.slots()];
    this.message = new double[parameters.slots()];
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
    Modulus[] from = ring.moduli(IntStream.range(0, limbs).toArray());
    BaseConversion conversion =
        conversions.computeIfAbsent(
            limbs, l -> BaseConversion.create(from, new Modulus[] {encoder.modulus()}));
    RnsPolynomial phase = rlwe.phase(c.rlwe(), limbs);
    try {
      conversion.prepare(kernels, phase.residues(), 0, quotients, 0, n);
      RlweDecryptor.checkInside(phase, from, quotients);
      conversion.convert(kernels, 0, message, 0, phase.residues(), 0, quotients, 0, n);
      return encoder.decode(message, c.factor());
    } finally { // the phase and its ciphertext together give the secret away
      phase.wipe();
      Arrays.fill(quotients, 0);
      Arrays.fill(message, 0);
    }
  }
}

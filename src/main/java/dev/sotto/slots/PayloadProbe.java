package dev.sotto.slots;

import dev.sotto.common.Seed;
import dev.sotto.slots.ring.RingType;
import dev.sotto.slots.ring.RnsPolynomial;
import dev.sotto.slots.ring.RnsRing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Ciphertexts that nobody encrypted, of random residues, by which a machine finds out what reading
 * and writing of payload takes. There is no key, and nothing decrypts them.
 */
public final class PayloadProbe {
  /** As large as primes of inputs are, about. */
  private static final int PRIME_BITS = 45;

  /** Their bytes and residues do not stay in a cache that is a core's own. */
  public static final int CIPHERTEXTS = 32;

  private static final int MOST_PRIMES = 4;
  private static final double SCALE = 1 << 20;

  private final CkksParameters parameters;
  private final byte[][] fresh = new byte[CIPHERTEXTS][];
  private final CkksCiphertext[] results = new CkksCiphertext[CIPHERTEXTS];
  private final StoredParts.Workspace space = new StoredParts.Workspace();
  private final double[] stretch = new double[StoredParts.MULTIPLE];
  private int turn;

  private PayloadProbe(CkksParameters parameters) {
    this.parameters = parameters;
    RingParameters ring = parameters.ring();
    for (int i = 0; i < CIPHERTEXTS; i++) {
      fresh[i] = CiphertextFormat.toBytes(ciphertext(ring.primes().size(), i));
      CkksCiphertext c = ciphertext(1, i);
      results[i] =
          ciphertext(RlweCiphertext.of(ring, KeyId.NONE, c.rlwe().part(0), c.rlwe().part(1)));
    }
  }

  /** The most primes that {@link #of} takes in a ring, two at least. */
  public static int mostPrimes(int logN) {
    int most = SecurityTable.maximumLogQp(logN) / PRIME_BITS;
    return Math.max(2, Math.min(MOST_PRIMES, most));
  }

  /** Ciphertexts of so many primes, in a ring of size 2<sup>logN</sup>. */
  public static PayloadProbe of(int logN, int primes) {
    int[] bits = new int[primes];
    Arrays.fill(bits, Math.min(PRIME_BITS, SecurityTable.maximumLogQp(logN) / primes));
    RingParameters ring = RingParameters.generate(RingType.STANDARD, logN, bits, new int[0]);
    return new PayloadProbe(new CkksParameters(ring, SCALE));
  }

  private CkksCiphertext ciphertext(int limbs, int index) {
    RnsRing ring = parameters.ring().ring();
    Seed seed = seed(2 * index);
    RnsPolynomial c0 = RlweEncryptor.mask(ring, seed(2 * index + 1), limbs);
    RnsPolynomial c1 = RlweEncryptor.mask(ring, seed, limbs);
    return ciphertext(RlweCiphertext.fresh(parameters.ring(), KeyId.NONE, c0, c1, seed));
  }

  private CkksCiphertext ciphertext(RlweCiphertext rlwe) {
    return new CkksCiphertext(parameters, rlwe, SCALE, 1, new SlotError(0, 0));
  }

  private static Seed seed(int number) {
    byte[] bytes = new byte[Seed.LENGTH];
    bytes[0] = (byte) number;
    return Seed.of(bytes);
  }

  /**
   * Reads {@value #CIPHERTEXTS} fresh ciphertexts of all primes, as a server does: a stretch of
   * each after the other.
   */
  public void readAll() {
    RnsRing ring = parameters.ring().ring();
    int limbs = parameters.ring().primes().size();
    List<StoredParts.Reader> readers = new ArrayList<>(CIPHERTEXTS);
    try {
      for (byte[] bytes : fresh) {
        CkksCiphertext c = CiphertextFormat.parseLate(parameters, bytes);
        readers.add(Objects.requireNonNull(c.rlwe().stored()).reader(space));
      }
      for (int part = 0; part < 2; part++) {
        for (int at = 0; at < ring.n() * limbs; at += stretch.length) {
          for (StoredParts.Reader reader : readers) {
            reader.next(part, stretch, 0, stretch.length, ring.modulus(at / ring.n()));
          }
        }
      }
    } finally {
      readers.forEach(StoredParts.Reader::close);
    }
  }

  /** Writes a result of one prime, of degree one. */
  public byte[] write() {
    return CiphertextFormat.toBytes(results[turn++ % CIPHERTEXTS]);
  }
}

package dev.sotto.slots.ring;

import java.util.Arrays;
import java.util.List;

/**
 * The ring of polynomials modulo a chain of primes, with its tables: made once per parameters.
 *
 * <p>Primes q<sub>0</sub> … q<sub>L</sub> carry ciphertexts, a ciphertext of level l the first l +
 * 1 of them; special primes serve key switching. Index i means q<sub>i</sub> below {@link #primes},
 * then the special primes.
 */
public final class RnsRing {
  private final RingType type;
  private final int logN;
  private final int primes;
  private final NttTable[] tables;
  private final RingKernels kernels;

  private RnsRing(RingType type, int logN, int primes, NttTable[] tables, RingKernels kernels) {
    this.type = type;
    this.logN = logN;
    this.primes = primes;
    this.tables = tables;
    this.kernels = kernels;
  }

  /** The ring of these primes, with the kernels of this JVM. */
  public static RnsRing create(RingType type, int logN, List<Long> primes, List<Long> special) {
    return create(type, logN, primes, special, RingKernels.best());
  }

  /** The ring of these primes, with chosen kernels. */
  public static RnsRing create(
      RingType type, int logN, List<Long> primes, List<Long> special, RingKernels kernels) {
    NttTable[] tables = new NttTable[primes.size() + special.size()];
    for (int i = 0; i < tables.length; i++) {
      long prime = i < primes.size() ? primes.get(i) : special.get(i - primes.size());
      tables[i] = NttTable.create(Modulus.of(prime), type, logN);
    }
    return new RnsRing(type, logN, primes.size(), tables, kernels);
  }

  /** The kind of ring. */
  public RingType type() {
    return type;
  }

  /** The logarithm of N. */
  public int logN() {
    return logN;
  }

  /** The number of coefficients, N. */
  public int n() {
    return 1 << logN;
  }

  /** The number of primes that carry ciphertexts. */
  public int primes() {
    return primes;
  }

  /** The number of special primes. */
  public int specialPrimes() {
    return tables.length - primes;
  }

  /** The modulus of an index. */
  public Modulus modulus(int index) {
    return tables[index].modulus();
  }

  /** The moduli of some indices. */
  public Modulus[] moduli(int... indices) {
    return Arrays.stream(indices).mapToObj(this::modulus).toArray(Modulus[]::new);
  }

  /** The kernels. */
  public RingKernels kernels() {
    return kernels;
  }

  /** The transform table of an index. */
  public NttTable table(int index) {
    return tables[index];
  }

  /** A polynomial of zeros with the limbs of a level. */
  public RnsPolynomial zeros(int limbs) {
    return RnsPolynomial.zeros(n(), limbs);
  }

  /** From coefficients to evaluations, the first {@code limbs} limbs, in place. */
  public void forward(RnsPolynomial a) {
    for (int i = 0; i < a.limbs(); i++) {
      kernels.forward(tables[i], a.residues(), a.at(i));
    }
  }

  /** From evaluations to coefficients, in place. */
  public void inverse(RnsPolynomial a) {
    for (int i = 0; i < a.limbs(); i++) {
      kernels.inverse(tables[i], a.residues(), a.at(i));
    }
  }
}

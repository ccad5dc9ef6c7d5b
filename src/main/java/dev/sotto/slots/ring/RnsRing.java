package dev.sotto.slots.ring;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

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
  private final Modulus[] moduli;
  private final double[] bits;
  private final AtomicReferenceArray<@Nullable NttTable> tables;
  private final RingKernels kernels;
  private final boolean hollow;

  private RnsRing(
      RingType type, int logN, int primes, Modulus[] moduli, RingKernels kernels, boolean hollow) {
    this.type = type;
    this.logN = logN;
    this.primes = primes;
    this.moduli = moduli;
    this.bits =
        Arrays.stream(moduli)
            .mapToDouble(q -> StrictMath.log(q.value()) / StrictMath.log(2))
            .toArray();
    this.tables = new AtomicReferenceArray<>(moduli.length);
    this.kernels = kernels;
    this.hollow = hollow;
  }

  /** The ring of these primes, with the kernels of this JVM. */
  public static RnsRing create(RingType type, int logN, List<Long> primes, List<Long> special) {
    return create(type, logN, primes, special, RingKernels.best());
  }

  /** The ring of these primes, with chosen kernels. */
  public static RnsRing create(
      RingType type, int logN, List<Long> primes, List<Long> special, RingKernels kernels) {
    return new RnsRing(type, logN, primes.size(), moduli(primes, special), kernels, false);
  }

  /**
   * The ring of these primes without any residues, for dry runs: the same calls, nothing computed,
   * everything counted.
   */
  public static RnsRing hollow(
      RingType type, int logN, List<Long> primes, List<Long> special, OperationCounts counts) {
    return new RnsRing(
        type, logN, primes.size(), moduli(primes, special), new CountingKernels(counts), true);
  }

  private static Modulus[] moduli(List<Long> primes, List<Long> special) {
    return Stream.concat(primes.stream(), special.stream())
        .map(Modulus::of)
        .toArray(Modulus[]::new);
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
    return moduli.length - primes;
  }

  /** The modulus of an index. */
  public Modulus modulus(int index) {
    return moduli[index];
  }

  /** The logarithm to base 2 of the modulus of an index, the same on every machine. */
  public double bits(int index) {
    return bits[index];
  }

  /** The product of the moduli of some indices. */
  public BigInteger product(int... indices) {
    return Arrays.stream(indices)
        .mapToObj(i -> BigInteger.valueOf(moduli[i].value()))
        .reduce(BigInteger.ONE, BigInteger::multiply);
  }

  /** The indices of the special primes. */
  public int[] specials() {
    return IntStream.range(primes, moduli.length).toArray();
  }

  /** The moduli of some indices. */
  public Modulus[] moduli(int... indices) {
    return Arrays.stream(indices).mapToObj(this::modulus).toArray(Modulus[]::new);
  }

  /** From residues modulo some primes to those modulo others, as this ring computes it. */
  public BaseConversion conversion(Modulus[] from, Modulus[] to) {
    return hollow ? BaseConversion.hollow(from, to) : BaseConversion.create(from, to);
  }

  /** The kernels. */
  public RingKernels kernels() {
    return kernels;
  }

  /** The transform table of an index, made when first asked for. */
  public NttTable table(int index) {
    NttTable made = tables.get(index);
    if (made == null) {
      made =
          hollow
              ? NttTable.hollow(moduli[index], type, logN)
              : NttTable.create(moduli[index], type, logN);
      tables.set(index, made);
    }
    return made;
  }

  /** Whether polynomials have no residues: in dry runs. */
  public boolean isHollow() {
    return hollow;
  }

  /** What dry runs count in; null where something is computed. */
  public @Nullable OperationCounts counts() {
    return kernels instanceof CountingKernels counting ? counting.counts() : null;
  }

  /** Room for residues of so many limbs; none where polynomials have none. */
  public double[] room(int limbs) {
    return new double[hollow ? 0 : Math.multiplyExact(n(), limbs)];
  }

  /** A polynomial of zeros with the limbs of a level. */
  public RnsPolynomial zeros(int limbs) {
    if (kernels instanceof CountingKernels counting) {
      counting.fresh((long) n() * limbs);
      return RnsPolynomial.hollow(n(), limbs);
    }
    return RnsPolynomial.zeros(n(), limbs);
  }

  /** In dry runs what was counted so far; null where something is computed. */
  public @Nullable OperationCounts counted() {
    OperationCounts counts = counts();
    return counts == null ? null : counts.copy();
  }

  /**
   * Counts what was counted since then so many times more, where all stretches of a limb are alike
   * and a dry run goes over the first one only.
   *
   * @param since from {@link #counted}
   */
  public void countAgain(@Nullable OperationCounts since, long times) {
    OperationCounts counts = counts();
    if (counts != null && since != null) {
      counts.addAll(counts.since(since), times);
    }
  }

  /** From coefficients to evaluations, the first {@code limbs} limbs, in place. */
  public void forward(RnsPolynomial a) {
    for (int i = 0; i < a.limbs(); i++) {
      kernels.forward(table(i), a.residues(), a.at(i));
    }
  }

  /** From evaluations to coefficients, in place. */
  public void inverse(RnsPolynomial a) {
    for (int i = 0; i < a.limbs(); i++) {
      kernels.inverse(table(i), a.residues(), a.at(i));
    }
  }
}

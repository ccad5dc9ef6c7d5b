package dev.sotto.slots;

import dev.sotto.problem.SottoException;
import dev.sotto.slots.ring.Modulus;
import dev.sotto.slots.ring.OperationCounts;
import dev.sotto.slots.ring.RingKernels;
import dev.sotto.slots.ring.RnsPolynomial;
import dev.sotto.slots.ring.RnsRing;
import dev.sotto.slots.ring.WeightedSums;
import dev.sotto.slots.ring.WholeNumbers;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What both schemes do to ciphertexts; they add what it means for scale and noise. With room of its
 * own, so for one thread.
 *
 * <p>Operands belong to one key and have one level; this is checked here, once.
 */
final class RlweEvaluator {
  /** Residues of terms read at a time: of a block of them, what fits a core's own cache. */
  private static final int STRETCH = StoredParts.MULTIPLE;

  private final RingParameters parameters;
  private final RnsRing ring;
  private final RingKernels kernels;
  private final @Nullable Long plaintext;
  private final @Nullable EvaluationKeys keys;
  private final Map<Integer, KeySwitching> switching = new HashMap<>();
  private final Map<Integer, ModulusDrop> drops = new HashMap<>();
  private final RepeatedKernels repeated;
  private final double[][] scratch;
  private final double[] last;
  private final WeightedSums.Workspace space = new WeightedSums.Workspace();
  private final StoredParts.Workspace reading = new StoredParts.Workspace();
  private double[][] stretches = {};
  private int[] stretchesAt = {};

  private RlweEvaluator(
      RingParameters parameters, @Nullable Long plaintext, @Nullable EvaluationKeys keys) {
    this.parameters = parameters;
    this.ring = parameters.ring();
    this.kernels = ring.kernels();
    this.plaintext = plaintext;
    this.keys = keys;
    if (keys != null) {
      keys.checkErrorScale(plaintext == null ? 1 : plaintext);
    }
    this.repeated = new RepeatedKernels(parameters);
    this.scratch = ModulusDrop.scratch(ring);
    this.last = ring.room(1);
  }

  /**
   * An evaluator.
   *
   * @param plaintext t where messages are integers modulo t, else null
   * @param keys null where nothing is relinearised
   */
  static RlweEvaluator create(
      RingParameters parameters, @Nullable Long plaintext, @Nullable EvaluationKeys keys) {
    return new RlweEvaluator(parameters, plaintext, keys);
  }

  /** Refuses a ciphertext of other parameters, of whatever scheme. */
  static void checkParameters(Object expected, Object actual) {
    if (actual != expected && !actual.equals(expected)) {
      throw SottoException.of(
          SlotsError.WRONG_PARAMETERS,
          "",
          "a ciphertext of " + expected + " expected, not of " + actual);
    }
  }

  /** Refuses operands of other parameters, or of two keys or levels. */
  void check(RlweCiphertext x, RlweCiphertext y) {
    check(x);
    check(y);
    checkTogether(x, y);
  }

  /** Refuses weighted sums of another number of ciphertexts. */
  static void checkTerms(int terms, WeightedSums sums) {
    if (terms != sums.terms()) {
      throw SottoException.of(
          terms == 0 ? SlotsError.EMPTY_BLOCK : SlotsError.TOO_MANY_VALUES,
          "",
          sums.terms() + " ciphertexts expected, not " + terms);
    }
  }

  /** Refuses operands of two keys or levels. */
  static void checkTogether(RlweCiphertext x, RlweCiphertext y) {
    if (!x.key().equals(y.key())) {
      throw SottoException.of(
          SlotsError.WRONG_KEY,
          "",
          "operands of one key expected, not of " + x.key() + " and " + y.key());
    }
    if (x.level() != y.level()) {
      throw SottoException.of(
          SlotsError.MIXED_LEVELS,
          "",
          "operands of one level expected, not of " + x.level() + " and " + y.level());
    }
  }

  void check(RlweCiphertext x) {
    checkParameters(parameters, x.parameters());
  }

  /** What is done to one limb; all polynomials have it at the same place. */
  private interface LimbOperation {
    void apply(double[] d, int at, Modulus q);
  }

  private RnsPolynomial limbs(int limbs, LimbOperation operation) {
    RnsPolynomial made = ring.zeros(limbs);
    for (int i = 0; i < limbs; i++) {
      operation.apply(made.residues(), made.at(i), ring.modulus(i));
    }
    return made;
  }

  /** The same ciphertext with another first part. */
  private RlweCiphertext withFirst(RlweCiphertext x, RnsPolynomial first) {
    RnsPolynomial[] parts = new RnsPolynomial[x.degree() + 1];
    Arrays.setAll(parts, k -> k == 0 ? first : x.part(k));
    return RlweCiphertext.of(parameters, x.key(), parts);
  }

  RlweCiphertext add(RlweCiphertext x, RlweCiphertext y) {
    check(x, y);
    int common = Math.min(x.degree(), y.degree());
    RnsPolynomial[] parts = new RnsPolynomial[Math.max(x.degree(), y.degree()) + 1];
    Arrays.setAll(
        parts,
        k -> k > common ? (k <= x.degree() ? x : y).part(k) : sum(x.part(k), y.part(k), x.limbs()));
    return RlweCiphertext.of(parameters, x.key(), parts);
  }

  private RnsPolynomial sum(RnsPolynomial x, RnsPolynomial y, int limbs) {
    return limbs(
        limbs, (d, at, q) -> kernels.add(d, at, x.residues(), at, y.residues(), at, ring.n(), q));
  }

  RlweCiphertext subtract(RlweCiphertext x, RlweCiphertext y) {
    check(x, y);
    RnsPolynomial[] parts = new RnsPolynomial[Math.max(x.degree(), y.degree()) + 1];
    for (int part = 0; part < parts.length; part++) {
      int k = part;
      if (k > y.degree()) {
        parts[k] = x.part(k);
      } else if (k > x.degree()) {
        parts[k] = times(y.part(k), -1, x.limbs());
      } else {
        double[] left = x.part(k).residues();
        double[] right = y.part(k).residues();
        parts[k] =
            limbs(
                x.limbs(), (d, at, q) -> kernels.subtract(d, at, left, at, right, at, ring.n(), q));
      }
    }
    return RlweCiphertext.of(parameters, x.key(), parts);
  }

  private RnsPolynomial times(RnsPolynomial x, long factor, int limbs) {
    return limbs(
        limbs,
        (d, at, q) ->
            kernels.multiplyConstant(d, at, x.residues(), at, q.centre(factor), ring.n(), q));
  }

  /** Adds a plaintext polynomial: evaluations, at least as many limbs. */
  RlweCiphertext addPlain(RlweCiphertext x, RnsPolynomial plain) {
    check(x);
    return withFirst(x, sum(x.part(0), plain, x.limbs()));
  }

  /** A plaintext polynomial: the evaluations of whole coefficients, which may be overwritten. */
  RnsPolynomial plain(double[] coefficients, int limbs) {
    RnsPolynomial plain = ring.zeros(limbs);
    WholeNumbers numbers = WholeNumbers.of(coefficients);
    for (int i = 0; i < limbs; i++) {
      numbers.reduce(kernels, plain.residues(), plain.at(i), ring.modulus(i));
    }
    ring.forward(plain);
    return plain;
  }

  /** Adds a whole number to the constant coefficient. */
  RlweCiphertext addConstant(RlweCiphertext x, double constant) {
    check(x);
    BigInteger whole =
        ring.isHollow() ? BigInteger.ZERO : new BigDecimal(constant).toBigIntegerExact();
    double[] first = x.part(0).residues();
    return withFirst(
        x,
        limbs(
            x.limbs(),
            (d, at, q) -> kernels.addConstant(d, at, first, at, q.centre(whole), ring.n(), q)));
  }

  /** Multiplies by a plaintext polynomial: evaluations, at least as many limbs. */
  RlweCiphertext multiplyPlain(RlweCiphertext x, RnsPolynomial plain) {
    check(x);
    RnsPolynomial[] parts = new RnsPolynomial[x.degree() + 1];
    for (int k = 0; k < parts.length; k++) {
      double[] part = x.part(k).residues();
      parts[k] =
          limbs(
              x.limbs(),
              (d, at, q) -> kernels.multiply(d, at, part, at, plain.residues(), at, ring.n(), q));
    }
    return RlweCiphertext.of(parameters, x.key(), parts);
  }

  RlweCiphertext multiplyInteger(RlweCiphertext x, long factor) {
    check(x);
    RnsPolynomial[] parts = new RnsPolynomial[x.degree() + 1];
    Arrays.setAll(parts, k -> times(x.part(k), factor, x.limbs()));
    return RlweCiphertext.of(parameters, x.key(), parts);
  }

  /** The product, unrelinearised: degrees add up. */
  RlweCiphertext multiply(RlweCiphertext x, RlweCiphertext y) {
    check(x, y);
    return repeated.once(
        List.of("multiply", x.limbs(), x.degree(), y.degree(), x == y), () -> product(x, y));
  }

  private RlweCiphertext product(RlweCiphertext x, RlweCiphertext y) {
    RnsPolynomial[] parts = new RnsPolynomial[x.degree() + y.degree() + 1];
    int tile = ring.isHollow() ? ring.n() : FormulaProgram.TILE;
    for (int k = 0; k < parts.length; k++) {
      parts[k] = ring.zeros(x.limbs());
    }
    for (int i = 0; i < x.limbs(); i++) {
      Modulus q = ring.modulus(i);
      int at = parts[0].at(i);
      if (x == y && x.degree() == 1) {
        kernels.square(
            parts[0].residues(),
            parts[1].residues(),
            parts[2].residues(),
            at,
            x.part(0).residues(),
            x.part(1).residues(),
            at,
            ring.n(),
            q);
        continue;
      }
      if (x.degree() == 1 && y.degree() == 1) {
        kernels.tensor(
            parts[0].residues(),
            parts[1].residues(),
            parts[2].residues(),
            at,
            x.part(0).residues(),
            x.part(1).residues(),
            at,
            y.part(0).residues(),
            y.part(1).residues(),
            at,
            ring.n(),
            q);
        continue;
      }
      for (int from = at; from < at + ring.n(); from += tile) {
        for (int k = 0; k <= x.degree(); k++) {
          for (int l = 0; l <= y.degree(); l++) {
            double[] d = parts[k + l].residues();
            double[] u = x.part(k).residues();
            double[] v = y.part(l).residues();
            if (k == 0 || l == y.degree()) {
              kernels.multiply(d, from, u, from, v, from, tile, q);
            } else {
              kernels.multiplyAdd(d, from, u, from, v, from, tile, q);
            }
          }
        }
      }
    }
    return RlweCiphertext.of(parameters, x.key(), parts);
  }

  /**
   * Adds a block of terms to weighted sums.
   *
   * @param first the first term of all
   * @param x of its key, level and degree
   * @param parts what the sums are so far, one array of parts for each; empty before block 0
   */
  void addTerms(
      RlweCiphertext first,
      List<RlweCiphertext> x,
      WeightedSums sums,
      int block,
      RnsPolynomial[][] parts) {
    begin(first, x, block, parts);
    double[][] terms = new double[x.size()][];
    double[][] into = new double[sums.sums()][];
    int[] termsAt = new int[x.size()];
    int[] intoAt = new int[sums.sums()];
    for (int k = 0; k <= first.degree(); k++) {
      for (int j = 0; j < terms.length; j++) {
        terms[j] = x.get(j).part(k).residues();
      }
      for (int m = 0; m < into.length; m++) {
        into[m] = parts[m][k].residues();
      }
      for (int i = 0; i < first.limbs(); i++) {
        Arrays.fill(termsAt, i * ring.n());
        Arrays.fill(intoAt, i * ring.n());
        kernels.weightedSums(
            into, intoAt, terms, termsAt, 0, sums, block, space, ring.n(), ring.modulus(i));
      }
    }
  }

  /** Checks terms, and begins the sums before the first block. */
  private void begin(
      RlweCiphertext first, List<RlweCiphertext> x, int block, RnsPolynomial[][] parts) {
    for (RlweCiphertext other : x) {
      check(first, other);
      if (other.degree() != first.degree()) {
        throw SottoException.of(
            SlotsError.DEGREE_TOO_HIGH,
            "",
            "terms of one degree expected, not of " + first.degree() + " and " + other.degree());
      }
    }
    if (block == 0) {
      for (RnsPolynomial[] sum : parts) {
        Arrays.setAll(sum, k -> ring.zeros(first.limbs()));
      }
    }
  }

  /**
   * The same for terms that are as they were sent, of any number of blocks: stretch by stretch of
   * all of them, in the cache.
   */
  void addStored(
      RlweCiphertext first,
      List<RlweCiphertext> x,
      WeightedSums sums,
      int firstBlock,
      RnsPolynomial[][] parts) {
    begin(first, x, firstBlock, parts);
    double[][] into = new double[sums.sums()][];
    int[] intoAt = new int[sums.sums()];
    List<StoredParts.Reader> readers = new ArrayList<>(x.size());
    try {
      for (RlweCiphertext term : x) {
        readers.add(Objects.requireNonNull(term.stored()).reader(reading));
      }
      for (int k = 0; k <= first.degree(); k++) {
        for (int m = 0; m < into.length; m++) {
          into[m] = parts[m][k].residues();
        }
        for (int i = 0; i < first.limbs(); i++) {
          Modulus q = ring.modulus(i);
          OperationCounts counted = ring.counted();
          for (int at = 0; at < (counted == null ? ring.n() : STRETCH); at += STRETCH) {
            Arrays.fill(intoAt, i * ring.n() + at);
            int block = firstBlock;
            for (int done = 0; done < readers.size(); done += sums.terms(block++)) {
              List<StoredParts.Reader> some = readers.subList(done, done + sums.terms(block));
              addStretch(some, k, into, intoAt, sums, block, q);
            }
          }
          ring.countAgain(counted, ring.n() / STRETCH - 1);
        }
      }
    } finally {
      readers.forEach(StoredParts.Reader::close);
    }
  }

  private void addStretch(
      List<StoredParts.Reader> readers,
      int part,
      double[][] into,
      int[] intoAt,
      WeightedSums sums,
      int block,
      Modulus q) {
    if (stretches.length < readers.size()) {
      stretches = new double[readers.size()][STRETCH];
      stretchesAt = new int[readers.size()];
    }
    for (int j = 0; j < readers.size(); j++) {
      readers.get(j).next(part, stretches[j], 0, STRETCH, q);
    }
    kernels.weightedSums(into, intoAt, stretches, stretchesAt, 0, sums, block, space, STRETCH, q);
  }

  /**
   * Brings a ciphertext back to degree one.
   *
   * @param dropLast whether to divide by the last prime of its level as well
   */
  RlweCiphertext relinearise(RlweCiphertext x, boolean dropLast) {
    check(x);
    if (keys == null) {
      throw SottoException.of(
          SlotsError.MISSING_KEY, "", "evaluation keys expected; this evaluator has none");
    }
    if (!keys.key().equals(x.key())) {
      throw SottoException.of(
          SlotsError.WRONG_KEY,
          "",
          "evaluation keys of " + x.key() + " expected, not of " + keys.key());
    }
    if (dropLast) {
      checkLevelLeft(x);
    }
    if (x.degree() < 2) {
      return dropLast ? dropLast(x) : x;
    }
    List<KeySwitchingKey> powers = keys.upTo(x.degree());
    KeySwitching here =
        switching.computeIfAbsent(x.limbs(), l -> KeySwitching.create(parameters, l, plaintext));
    return repeated.once(
        List.of("relinearise", x.limbs(), x.degree(), dropLast),
        () -> here.relinearise(x, powers, dropLast));
  }

  /** Divides by the last prime of the level: rescaling, or modulus switching. */
  RlweCiphertext dropLast(RlweCiphertext x) {
    check(x);
    checkLevelLeft(x);
    return repeated.once(List.of("drop", x.limbs(), x.degree()), () -> dropped(x));
  }

  private RlweCiphertext dropped(RlweCiphertext x) {
    int kept = x.limbs() - 1;
    ModulusDrop drop =
        drops.computeIfAbsent(
            kept,
            k ->
                ModulusDrop.create(
                    ring, k, new int[] {k}, plaintext == null ? null : Modulus.of(plaintext)));
    RnsPolynomial[] parts = new RnsPolynomial[x.degree() + 1];
    for (int k = 0; k < parts.length; k++) {
      kernels.copy(last, 0, x.part(k).residues(), x.part(k).at(kept), ring.n());
      parts[k] = ring.zeros(kept);
      drop.apply(x.part(k), last, 0, parts[k], scratch);
    }
    return RlweCiphertext.of(parameters, x.key(), parts);
  }

  /** Values of formulas, in one pass over their ciphertexts; all of one key and level. */
  RlweCiphertext[] evaluate(RlweFormula... formulas) {
    for (RlweFormula formula : formulas) {
      check(formulas[0].input(), formula.input());
    }
    return repeated.once(formulas, () -> FormulaProgram.compile(formulas).run(parameters, reading));
  }

  /** Forgets primes without dividing: the same phase modulo fewer primes. */
  RlweCiphertext forget(RlweCiphertext x, int limbs) {
    check(x);
    if (limbs < 1 || limbs > x.limbs()) {
      throw SottoException.of(
          SlotsError.NO_LEVEL_LEFT, "", "1 to " + x.limbs() + " primes expected, not " + limbs);
    }
    RnsPolynomial[] parts = new RnsPolynomial[x.degree() + 1];
    for (int k = 0; k < parts.length; k++) {
      parts[k] = x.part(k).first(limbs);
    }
    return RlweCiphertext.of(parameters, x.key(), parts);
  }

  private static void checkLevelLeft(RlweCiphertext x) {
    if (x.limbs() < 2) {
      throw SottoException.of(
          SlotsError.NO_LEVEL_LEFT,
          "",
          "a ciphertext of level 1 or more expected, not of level " + x.level());
    }
  }
}

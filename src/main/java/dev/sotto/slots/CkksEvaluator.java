package dev.sotto.slots;

import dev.sotto.problem.SottoException;
import dev.sotto.slots.ring.RnsPolynomial;
import dev.sotto.slots.ring.RnsRing;
import dev.sotto.slots.ring.WeightedSums;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Computes on encrypted real numbers; no secret is needed. For one thread.
 *
 * <p>Every result carries a bound of its numbers and one of their error. An operation whose result
 * might overflow the modulus is refused (SOTTO-SLOTS-007), and so is one whose error may be larger
 * than its numbers (SOTTO-SLOTS-018). Operands belong to one key and level, in sums to one scale.
 */
public final class CkksEvaluator {
  /** Scales that differ less are one scale; what they differ counts as error. */
  private static final double SAME_SCALE = 0x1p-40;

  private final CkksParameters parameters;
  private final CkksEncoder encoder;
  private final RlweEvaluator rlwe;
  private final RnsRing ring;
  private boolean lenient;
  private boolean refused;

  CkksEvaluator(CkksParameters parameters, CkksEncoder encoder, @Nullable EvaluationKeys keys) {
    this.parameters = parameters;
    this.encoder = encoder;
    this.rlwe = RlweEvaluator.create(parameters.ring(), null, keys);
    this.ring = parameters.ring().ring();
  }

  /**
   * Goes on where it would refuse, and remembers that: only where the parameters are {@link
   * RingParameters#dry}.
   */
  public CkksEvaluator lenient() {
    if (!ring.isHollow()) {
      throw new IllegalStateException("parameters of a dry run expected");
    }
    lenient = true;
    return this;
  }

  /** Whether a lenient evaluator would have refused something. */
  public boolean wouldRefuse() {
    return refused;
  }

  /**
   * A fresh ciphertext without content, where the parameters are {@link RingParameters#dry}.
   *
   * @param stored whether it stays as it was sent until it is used
   */
  public CkksCiphertext hollow(double bound, double scale, int level, boolean stored) {
    SlotError error = SlotError.fresh(ring, scale, bound);
    accept(level + 1, scale, bound, error, "encrypt");
    return new CkksCiphertext(
        parameters,
        RlweCiphertext.hollow(parameters.ring(), level + 1, stored),
        scale,
        bound,
        error);
  }

  /** Slot by slot, x + y. */
  public CkksCiphertext add(CkksCiphertext x, CkksCiphertext y) {
    SlotError error = x.error().plus(checkScales(x, y));
    double bound = x.valueBound() + y.valueBound();
    return result(rlwe.add(x.rlwe(), y.rlwe()), x.scale(), bound, error, "add");
  }

  /** Slot by slot, x − y. */
  public CkksCiphertext subtract(CkksCiphertext x, CkksCiphertext y) {
    SlotError error = x.error().plus(checkScales(x, y));
    double bound = x.valueBound() + y.valueBound();
    return result(rlwe.subtract(x.rlwe(), y.rlwe()), x.scale(), bound, error, "subtract");
  }

  /**
   * Adds the same number to every slot; costs a fraction of {@link #add(CkksCiphertext, double[])}.
   */
  public CkksCiphertext addConstant(CkksCiphertext x, double constant) {
    check(x);
    checkFinite(constant);
    double scaled = Math.rint(constant * x.scale());
    double bound = x.valueBound() + Math.abs(constant);
    SlotError error =
        x.error().plus(SlotError.of(0.5 / x.scale())).plus(SlotError.arithmetic(constant));
    accept(x.rlwe().limbs(), x.scale(), bound, error, "add a constant");
    return result(rlwe.addConstant(x.rlwe(), scaled), x.scale(), bound, error, "add a constant");
  }

  /** Adds clear numbers, one to each slot. */
  public CkksCiphertext add(CkksCiphertext x, double[] values) {
    check(x);
    double size = size(values);
    double bound = x.valueBound() + size;
    SlotError error = x.error().plus(SlotError.encoding(ring, x.scale(), size));
    accept(x.rlwe().limbs(), x.scale(), bound, error, "add clear values");
    return result(
        rlwe.addPlain(x.rlwe(), plain(values, size, x.scale(), x.rlwe().limbs())),
        x.scale(),
        bound,
        error,
        "add clear values");
  }

  /** Multiplies every slot by the same whole number; the scale stays. */
  public CkksCiphertext multiplyConstant(CkksCiphertext x, long constant) {
    check(x);
    return result(
        rlwe.multiplyInteger(x.rlwe(), constant),
        x.scale(),
        x.valueBound() * Math.abs((double) constant),
        x.error().times(constant),
        "multiply by a constant");
  }

  /**
   * Multiplies every slot by the same number.
   *
   * @param constantScale what the number is multiplied by and then rounded; so is the scale
   */
  public CkksCiphertext multiplyConstant(CkksCiphertext x, double constant, double constantScale) {
    check(x);
    checkFinite(constant);
    double scaled = Math.rint(constant * constantScale);
    if (!(constantScale >= 1 && Math.abs(scaled) < 0x1p62)) {
      throw SottoException.of(
          SlotsError.VALUE_OUT_OF_RANGE,
          "multiply by a constant",
          "expected a scale of at least 1 and a scaled constant below 2^62, got "
              + constantScale
              + " and "
              + scaled
              + ".");
    }
    SlotError rounding =
        SlotError.of((x.valueBound() + x.errorBound()) * (constant - scaled / constantScale));
    return result(
        rlwe.multiplyInteger(x.rlwe(), (long) scaled),
        x.scale() * constantScale,
        x.valueBound() * Math.abs(constant),
        x.error().times(constant).plus(rounding),
        "multiply by a constant");
  }

  /** Multiplies by clear numbers, one for each slot, at the scale of the parameters. */
  public CkksCiphertext multiply(CkksCiphertext x, double[] values) {
    return multiply(x, values, parameters.scale());
  }

  /** Multiplies by clear numbers, one for each slot; scales multiply. */
  public CkksCiphertext multiply(CkksCiphertext x, double[] values, double valuesScale) {
    check(x);
    double size = size(values);
    SlotError encoding = SlotError.encoding(ring, valuesScale, size);
    accept(x.rlwe().limbs(), valuesScale, size, encoding, "encode clear values");
    return result(
        rlwe.multiplyPlain(x.rlwe(), plain(values, size, valuesScale, x.rlwe().limbs())),
        x.scale() * valuesScale,
        x.valueBound() * size,
        SlotError.product(x.valueBound(), x.error(), size, encoding),
        "multiply by clear values");
  }

  /** Slot by slot, x · y; degrees add up and scales multiply. */
  public CkksCiphertext multiply(CkksCiphertext x, CkksCiphertext y) {
    check(x);
    check(y);
    SlotError error =
        x == y
            ? SlotError.square(x.valueBound(), x.error())
            : SlotError.product(x.valueBound(), x.error(), y.valueBound(), y.error());
    return result(
        rlwe.multiply(x.rlwe(), y.rlwe()),
        x.scale() * y.scale(),
        x.valueBound() * y.valueBound(),
        error,
        "multiply");
  }

  /** Slot by slot, x². */
  public CkksCiphertext square(CkksCiphertext x) {
    return multiply(x, x);
  }

  /** A linear layer with whole-number weights: sums of terms of one level, degree and scale. */
  public List<CkksCiphertext> weightedSums(List<CkksCiphertext> terms, WeightedSums sums) {
    return weightedSums(terms, sums, 1);
  }

  /**
   * A linear layer: weighted sums of ciphertexts of one level, degree and scale.
   *
   * @param terms as many as each sum has
   * @param weightScale the weights stand for this much less; no level is spent on it
   */
  public List<CkksCiphertext> weightedSums(
      List<CkksCiphertext> terms, WeightedSums sums, double weightScale) {
    return weightedSums(terms, sums, weightScale, Double.POSITIVE_INFINITY);
  }

  /**
   * A linear layer whose sums are known to be small.
   *
   * @param bound no sum is larger in size: what interval arithmetic over a whole circuit proves, or
   *     calibration saw, where the sizes of terms alone prove less
   */
  public List<CkksCiphertext> weightedSums(
      List<CkksCiphertext> terms, WeightedSums sums, double weightScale, double bound) {
    RlweEvaluator.checkTerms(terms.size(), sums);
    SlotSums<CkksCiphertext> begun = begin(sums);
    for (int block = 0, at = 0; block < sums.blocks(); block++) {
      add(begun, terms.subList(at, at += sums.terms(block)));
    }
    return finish(begun, weightScale, bound);
  }

  /** Weighted sums whose terms are still to come. */
  public SlotSums<CkksCiphertext> begin(WeightedSums sums) {
    return new SlotSums<>(sums);
  }

  /** Adds the next block of terms: as many as {@link WeightedSums#terms(int)} says. */
  public void add(SlotSums<CkksCiphertext> begun, List<CkksCiphertext> terms) {
    List<double[]> each = new ArrayList<>(terms.size());
    CkksCiphertext first = begun.firstOr(terms.get(0));
    for (CkksCiphertext term : terms) {
      SlotError error = checkScales(first, term);
      each.add(new double[] {term.valueBound(), error.bound(), error.deviation()});
    }
    begun.add(rlwe, terms, each);
  }

  /** The sums, once all terms are added; parameters as for {@link #weightedSums}. */
  public List<CkksCiphertext> finish(
      SlotSums<CkksCiphertext> begun, double weightScale, double bound) {
    checkPositive(weightScale);
    WeightedSums sums = begun.sums();
    double[] bounds = begun.known(0);
    double[] errors = begun.known(1);
    double[] deviations = begun.known(2);
    RlweCiphertext[] bodiesOut = begun.results();
    List<CkksCiphertext> out = new ArrayList<>(bodiesOut.length);
    double scale = begun.first().scale() * weightScale;
    for (int m = 0; m < bodiesOut.length; m++) {
      SlotError error =
          new SlotError(
              sums.absoluteWeights(m, errors) / weightScale,
              sums.rootSquares(m, deviations) / weightScale);
      double size = Math.min(bound, sums.absoluteWeights(m, bounds) / weightScale);
      out.add(result(bodiesOut[m], scale, size, error, "weighted sum " + m));
    }
    return out;
  }

  /**
   * The same ciphertext, read in another unit: every number is a factor times what it was. Free and
   * exact; only the scale changes.
   *
   * @param factor positive
   */
  public CkksCiphertext scaledBy(CkksCiphertext x, double factor) {
    check(x);
    checkPositive(factor);
    return result(
        x.rlwe(), x.scale() / factor, x.valueBound() * factor, x.error().times(factor), "scale");
  }

  /**
   * The same ciphertext, known to hold no number larger than {@code bound}: what interval
   * arithmetic over a whole circuit proves, or calibration saw, where operations alone prove less.
   */
  public CkksCiphertext bounded(CkksCiphertext x, double bound) {
    check(x);
    checkPositive(bound);
    return result(x.rlwe(), x.scale(), Math.min(bound, x.valueBound()), x.error(), "bound");
  }

  /** Back to degree one, with the evaluation keys. */
  public CkksCiphertext relinearise(CkksCiphertext x) {
    check(x);
    if (x.degree() < 2) {
      return x;
    }
    SlotError error =
        x.error()
            .plus(SlotError.keySwitching(ring, x.rlwe().limbs(), x.degree(), x.scale()))
            .plus(SlotError.division(ring, 1, x.scale()));
    return result(
        rlwe.relinearise(x.rlwe(), false), x.scale(), x.valueBound(), error, "relinearise");
  }

  /** Back to degree one and rescaled, cheaper than one after the other. */
  public CkksCiphertext relineariseAndRescale(CkksCiphertext x) {
    check(x);
    if (x.degree() < 2) {
      return rescale(x);
    }
    RlweCiphertext body = rlwe.relinearise(x.rlwe(), true);
    double scale = rescaled(x);
    SlotError error =
        x.error()
            .plus(SlotError.keySwitching(ring, x.rlwe().limbs(), x.degree(), x.scale()))
            .plus(SlotError.division(ring, 1, scale));
    return result(body, scale, x.valueBound(), error, "relinearise and rescale");
  }

  /** One level down: divides scale and phase by the last prime; numbers stay. */
  public CkksCiphertext rescale(CkksCiphertext x) {
    check(x);
    RlweCiphertext body = rlwe.dropLast(x.rlwe());
    double scale = rescaled(x);
    return result(
        body,
        scale,
        x.valueBound(),
        x.error().plus(SlotError.division(ring, x.degree(), scale)),
        "rescale");
  }

  /** Forgets primes without dividing: for operands of different levels. */
  public CkksCiphertext forgetPrimes(CkksCiphertext x, int level) {
    check(x);
    return result(
        rlwe.forget(x.rlwe(), level + 1), x.scale(), x.valueBound(), x.error(), "forget primes");
  }

  /**
   * The same numbers at the lowest level that holds them: what is worth sending. Rescales too,
   * where that adds at most an eighth to the error.
   */
  public CkksCiphertext smallest(CkksCiphertext x) {
    check(x);
    CkksCiphertext best = x;
    while (best.level() > 0) {
      double capacity = RlweNoise.capacityBits(ring, best.level());
      SlotError rounding = SlotError.division(ring, best.degree(), rescaled(best));
      if (best.phaseBits() <= capacity) {
        best = forgetPrimes(best, best.level() - 1);
      } else if (rounding.bound() <= best.errorBound() / 8
          && phaseBits(rescaled(best), best.valueBound(), best.error().plus(rounding))
              <= capacity) {
        best = rescale(best);
      } else {
        break;
      }
    }
    return best;
  }

  private double rescaled(CkksCiphertext x) {
    return x.scale() / ring.modulus(x.rlwe().limbs() - 1).p();
  }

  private RnsPolynomial plain(double[] values, double size, double scale, int limbs) {
    double[] coefficients = new double[ring.n()];
    encoder.encode(values, size, scale, new double[encoder.slots()], coefficients);
    return rlwe.plain(coefficients, limbs);
  }

  private static double size(double[] values) {
    double size = 0;
    for (int i = 0; i < values.length; i++) {
      if (!Double.isFinite(values[i])) {
        throw SottoException.of(
            SlotsError.VALUE_OUT_OF_RANGE,
            "value " + i,
            "expected a finite number, got " + values[i] + ".");
      }
      size = Math.max(size, Math.abs(values[i]));
    }
    return size;
  }

  private static void checkFinite(double constant) {
    size(new double[] {constant});
  }

  private static void checkPositive(double factor) {
    if (!(factor > 0 && factor < Double.POSITIVE_INFINITY)) {
      throw SottoException.of(
          SlotsError.VALUE_OUT_OF_RANGE, "", "expected a positive factor, got " + factor + ".");
    }
  }

  private void check(CkksCiphertext x) {
    RlweEvaluator.checkParameters(parameters, x.parameters());
  }

  /** The error of y once it is taken to have the scale of x. */
  private SlotError checkScales(CkksCiphertext x, CkksCiphertext y) {
    check(x);
    check(y);
    double ratio = y.scale() / x.scale();
    if (!(Math.abs(ratio - 1) <= SAME_SCALE)) {
      throw SottoException.of(
          SlotsError.MIXED_SCALES,
          "",
          "expected operands of one scale, got " + x.scale() + " and " + y.scale() + ".");
    }
    return y.error().times(ratio).plus(SlotError.of(y.valueBound() * (ratio - 1)));
  }

  private CkksCiphertext result(
      RlweCiphertext body, double scale, double bound, SlotError error, String operation) {
    accept(body.limbs(), scale, bound, error, operation);
    return new CkksCiphertext(parameters, body, scale, bound, error);
  }

  private void accept(int limbs, double scale, double bound, SlotError error, String operation) {
    if (lenient) {
      refused |= !fits(ring, limbs, scale, bound, error);
    } else {
      check(ring, limbs, scale, bound, error, operation);
    }
  }

  private static boolean fits(
      RnsRing ring, int limbs, double scale, double bound, SlotError error) {
    return phaseBits(scale, bound, error) <= RlweNoise.capacityBits(ring, limbs)
        && !(bound > 0 && error.bound() > bound);
  }

  /** The logarithm (base 2) of a bound on a phase, which is one of its coefficients too. */
  static double phaseBits(double scale, double bound, SlotError error) {
    return RlweNoise.log2((bound + error.bound()) * scale);
  }

  /** Refuses numbers that may overflow the modulus, or drown in their error. */
  static void check(
      RnsRing ring, int limbs, double scale, double bound, SlotError error, String operation) {
    double bits = phaseBits(scale, bound, error);
    double capacity = RlweNoise.capacityBits(ring, limbs);
    if (!(bits <= capacity)) {
      throw SottoException.of(
          SlotsError.NOISE_EXHAUSTED,
          operation,
          String.format(
              Locale.ROOT,
              "expected numbers times scale of at most %.1f bits at level %d, got %.1f bits.",
              capacity,
              limbs - 1,
              bits));
    }
    if (bound > 0 && error.bound() > bound) {
      throw SottoException.of(
          SlotsError.PRECISION_LOST,
          operation,
          String.format(
              Locale.ROOT,
              "expected an error below the numbers' bound of %.3g, got %.3g.",
              bound,
              error.bound()));
    }
  }
}

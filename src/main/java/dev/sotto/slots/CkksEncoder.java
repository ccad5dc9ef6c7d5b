package dev.sotto.slots;

import dev.sotto.problem.SottoException;
import dev.sotto.slots.ring.CanonicalEmbedding;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Between real numbers in slots and polynomials with whole coefficients. Immutable; its tables are
 * made when they are first needed.
 */
final class CkksEncoder {
  private final RingParameters ring;
  private volatile @Nullable CanonicalEmbedding embedding;

  private CkksEncoder(RingParameters ring) {
    this.ring = ring;
  }

  static CkksEncoder create(CkksParameters parameters) {
    return new CkksEncoder(parameters.ring());
  }

  int slots() {
    return ring.realSlots();
  }

  private CanonicalEmbedding embedding() {
    CanonicalEmbedding made = embedding;
    if (made == null) {
      made = CanonicalEmbedding.create(ring.type(), ring.logN());
      embedding = made;
    }
    return made;
  }

  /**
   * The coefficients of numbers times a scale, rounded.
   *
   * @param values finite, of size at most the bound; slots beyond are zero
   * @param room for all slots
   */
  void encode(double[] values, double bound, double scale, double[] room, double[] coefficients) {
    if (values.length == 0) {
      throw SottoException.of(SlotsError.EMPTY_BLOCK, "", "expected at least one value, got none.");
    }
    if (values.length > slots()) {
      throw SottoException.of(
          SlotsError.TOO_MANY_VALUES,
          "",
          "expected at most " + slots() + " values, got " + values.length + ".");
    }
    for (int i = 0; i < values.length; i++) {
      double x = values[i];
      if (!(Math.abs(x) <= bound)) {
        throw SottoException.of(
            SlotsError.VALUE_OUT_OF_RANGE,
            "value " + i,
            "expected a number of size at most " + bound + ", got " + x + ".");
      }
      room[i] = x;
    }
    Arrays.fill(room, values.length, room.length, 0);
    embedding().toCoefficients(room, scale, coefficients);
    for (int i = 0; i < coefficients.length; i++) {
      coefficients[i] = Math.rint(coefficients[i]);
    }
  }

  /** The numbers in all slots; overwrites the coefficients. */
  double[] decode(double[] coefficients, double scale) {
    double[] values = new double[slots()];
    embedding().toValues(coefficients, 1 / scale, values);
    return values;
  }
}

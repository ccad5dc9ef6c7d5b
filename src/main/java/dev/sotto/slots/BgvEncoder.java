package dev.sotto.slots;

import dev.sotto.problem.SottoException;
import dev.sotto.slots.ring.Modulus;
import dev.sotto.slots.ring.NttTable;
import dev.sotto.slots.ring.RingKernels;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Between whole numbers in slots and a polynomial modulo t. Immutable; its table is made when it is
 * first needed.
 *
 * <p>Sums and products of polynomials are sums and products in every slot.
 */
final class BgvEncoder {
  private final BgvParameters parameters;
  private final RingKernels kernels;
  private volatile @Nullable NttTable made;

  private BgvEncoder(BgvParameters parameters) {
    this.parameters = parameters;
    kernels = parameters.ring().ring().kernels();
  }

  static BgvEncoder create(BgvParameters parameters) {
    return new BgvEncoder(parameters);
  }

  private NttTable table() {
    NttTable table = made;
    if (table == null) {
      table = parameters.table();
      made = table;
    }
    return table;
  }

  Modulus modulus() {
    return parameters.modulus();
  }

  /**
   * The coefficients, of size at most t/2, of values times a factor.
   *
   * @param values at most N, each of size at most t/2; slots beyond are zero
   */
  void encode(long[] values, long factor, double[] coefficients) {
    NttTable table = table();
    Modulus t = table.modulus();
    if (values.length > table.n()) {
      throw SottoException.of(
          SlotsError.TOO_MANY_VALUES,
          "",
          "at most " + table.n() + " values expected, not " + values.length);
    }
    if (values.length == 0) {
      throw SottoException.of(SlotsError.EMPTY_BLOCK, "", "at least one value expected");
    }
    long most = t.value() / 2;
    for (int i = 0; i < values.length; i++) {
      if (values[i] > most || values[i] < -most) {
        throw SottoException.of(
            SlotsError.VALUE_OUT_OF_RANGE,
            "value " + i,
            "a number from " + -most + " to " + most + " expected, not " + values[i]);
      }
      coefficients[i] = values[i];
    }
    Arrays.fill(coefficients, values.length, table.n(), 0);
    if (factor != 1) {
      kernels.multiplyConstant(coefficients, 0, coefficients, 0, t.centre(factor), table.n(), t);
    }
    kernels.inverse(table, coefficients, 0);
    kernels.reduce(coefficients, 0, coefficients, 0, table.n(), t);
  }

  /** The values, in (−t/2, t/2], of coefficients whose message was multiplied by a factor. */
  long[] decode(double[] coefficients, long factor) {
    NttTable table = table();
    Modulus t = table.modulus();
    kernels.forward(table, coefficients, 0);
    if (factor != 1) {
      kernels.multiplyConstant(
          coefficients, 0, coefficients, 0, t.inverse(t.centre(factor)), table.n(), t);
    }
    kernels.reduce(coefficients, 0, coefficients, 0, table.n(), t);
    long[] values = new long[table.n()];
    long most = t.value() / 2;
    for (int i = 0; i < values.length; i++) {
      long value = (long) coefficients[i];
      values[i] = value > most ? value - t.value() : value < -most ? value + t.value() : value;
    }
    return values;
  }
}

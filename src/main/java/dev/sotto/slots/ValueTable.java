package dev.sotto.slots;

import dev.sotto.problem.SottoException;
import dev.sotto.slots.ring.Modulus;
import dev.sotto.slots.ring.WeightedSums;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A function of whole numbers by its values at consecutive ones, for {@link BgvEvaluator#lookUp}.
 * Immutable; the polynomial that stands for it is found when first asked for.
 */
public final class ValueTable {
  private final long first;
  private final long[] values;
  private volatile @Nullable Made made;

  private record Made(long t, TablePolynomial polynomial, TablePowers powers) {}

  private ValueTable(long first, long[] values) {
    this.first = first;
    this.values = values;
  }

  /**
   * A table.
   *
   * @param first the number with the first value
   * @param values at least one
   */
  public static ValueTable of(long first, long[] values) {
    if (values.length == 0) {
      throw SottoException.of(SlotsError.EMPTY_BLOCK, "table", "expected a value, got none.");
    }
    return new ValueTable(first, values.clone());
  }

  /** How many numbers have a value. */
  public int size() {
    return values.length;
  }

  /** How the table is computed modulo t. */
  public TablePowers powers(long t) {
    return powers(Modulus.of(t));
  }

  /**
   * The polynomial.
   *
   * @throws SottoException where t is 2<sup>26</sup> or more, or less than the number of values
   */
  TablePolynomial polynomial(Modulus t) {
    return made(t).polynomial;
  }

  /** The powers that the polynomial is computed from; refused as it is. */
  TablePowers powers(Modulus t) {
    return made(t).powers;
  }

  private Made made(Modulus t) {
    Made known = made;
    if (known == null || known.t != t.value()) {
      if (t.value() >>> WeightedSums.WEIGHT_BITS != 0 || t.value() < values.length) {
        throw SottoException.of(
            SlotsError.PARAMETERS_INVALID,
            "table",
            "expected a plaintext modulus from "
                + values.length
                + " to 2^"
                + WeightedSums.WEIGHT_BITS
                + ", got "
                + t.value()
                + ".");
      }
      TablePolynomial polynomial = TablePolynomial.of(t, first, values);
      known = new Made(t.value(), polynomial, TablePowers.of(polynomial.degree()));
      made = known;
    }
    return known;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ValueTable that
        && first == that.first
        && Arrays.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return 31 * Long.hashCode(first) + Arrays.hashCode(values);
  }
}

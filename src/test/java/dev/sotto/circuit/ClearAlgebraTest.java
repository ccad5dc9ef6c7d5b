package dev.sotto.circuit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.problem.SottoException;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Clear integers in floating-point arrays are the integers that long arithmetic gives. */
final class ClearAlgebraTest {

  @Property(tries = 300)
  void linear_equals_long_arithmetic(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 30) int inputBits) {
    RandomCircuits made = new RandomCircuits(seed);
    int size = made.between(1, 12);
    long bound = 1L << inputBits;
    IntegerTensor x = made.rows(made.between(1, 40), size, new Interval(-bound, bound - 1));
    WeightedSum sum = made.sum(size, made.between(0, 1) == 0 ? 7 : 1 << 17);
    assertLinear(x, sum);
  }

  @Property(tries = 100)
  void linear_dense_equals_long_arithmetic(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 70) int taps,
      @ForAll @IntRange(min = 1, max = 40) int outputs) {
    RandomCircuits made = new RandomCircuits(seed);
    IntegerTensor x = made.rows(made.between(1, 20), taps, new Interval(-32, 31));
    WeightedSum sum = WeightedSum.dense(taps, outputs, made.ints(taps * outputs, -128, 127));
    assertTrue(sum.isDense());
    assertLinear(x, sum);
  }

  @Example
  void linear_of_the_first_elements_of_longer_rows_reads_each_row() {
    IntegerTensor x = IntegerTensor.of(2, 3, 1, 2, 3, 4, 5, 6);
    assertLinear(x, WeightedSum.dense(2, 1, new int[] {10, 1}));
  }

  private static void assertLinear(IntegerTensor x, WeightedSum sum) {
    long[] expected = new long[x.rows() * sum.size()];
    for (int row = 0; row < x.rows(); row++) {
      for (int g = 0; g < sum.groups(); g++) {
        for (int p = 0; p < sum.positions(); p++) {
          for (int n = 0; n < sum.outputs(); n++) {
            long total = 0;
            for (int k = 0; k < sum.taps(); k++) {
              int source = sum.source(g, p, k);
              long value = source < 0 ? sum.padding() : x.get(row, source);
              total += value * sum.weight(g, k, n);
            }
            expected[row * sum.size() + sum.target(g, p, n)] = total;
          }
        }
      }
    }
    IntegerTensor result = new ClearAlgebra().linear(x, sum);
    assertArrayEquals(expected, result.toLongs());
    for (long value : expected) {
      assertTrue(Math.abs(value) <= result.bound(), () -> value + " exceeds " + result.bound());
    }
  }

  @Property(tries = 100)
  void scale_add_product_equal_long_arithmetic(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 24) int bits) {
    RandomCircuits made = new RandomCircuits(seed);
    int size = made.between(1, 9);
    int rows = made.between(1, 9);
    Interval interval = new Interval(-(1L << bits), 1L << bits);
    IntegerTensor x = made.rows(rows, size, interval);
    IntegerTensor y = made.rows(rows, size, interval);
    long[] factors = made.longs(size, -100, 100);
    ClearAlgebra algebra = new ClearAlgebra();
    IntegerTensor scaled = algebra.scale(x, new Scaling(factors));
    IntegerTensor added = algebra.add(x, y);
    IntegerTensor product = algebra.product(x, y);
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < size; i++) {
        assertEquals(x.get(row, i) * factors[i], scaled.get(row, i));
        assertEquals(x.get(row, i) + y.get(row, i), added.get(row, i));
        assertEquals(x.get(row, i) * y.get(row, i), product.get(row, i));
      }
    }
  }

  @Property(tries = 100)
  void lookup_equals_direct_application(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int bits) {
    RandomCircuits made = new RandomCircuits(seed);
    int size = made.between(1, 9);
    Interval domain = new Interval(-(1L << bits), 1L << bits);
    IntegerTensor x = made.rows(made.between(1, 9), size, domain);
    for (Lookup lookup : List.of(made.affine(size), made.function(size, domain))) {
      IntegerTensor result = new ClearAlgebra().lookup(x, lookup);
      for (int row = 0; row < x.rows(); row++) {
        for (int i = 0; i < size; i++) {
          double[] direct = lookup.apply(lookup.channelOf()[i], new double[] {x.get(row, i)});
          assertEquals((long) direct[0], result.get(row, i));
        }
      }
    }
  }

  @Example
  void function_lookup_with_wide_results_keeps_every_bit() {
    long big = (1L << 40) + 1;
    ElementFunction function = wrap(x -> x * big);
    FunctionLookup lookup =
        new FunctionLookup(
            function, 1, 0, new int[1], new Interval(0, 9 * big), new Interval(0, 9));
    IntegerTensor result = new ClearAlgebra().lookup(IntegerTensor.of(2, 1, 3, 9), lookup);
    assertArrayEquals(new long[] {3 * big, 9 * big}, result.toLongs());
  }

  @Example
  void function_lookup_that_is_no_number_gives_zero() {
    FunctionLookup lookup =
        new FunctionLookup(
            wrap(Math::log), 0.5, 3, new int[1], new Interval(-8, 8), new Interval(-2, 2));
    IntegerTensor result = new ClearAlgebra().lookup(IntegerTensor.of(3, 1, -2, 0, 1), lookup);
    assertArrayEquals(new long[] {3, -8, 3}, result.toLongs());
  }

  @Example
  void function_lookup_of_negated_zero_is_that_of_zero() {
    FunctionLookup byOne =
        new FunctionLookup(
            wrap(x -> 1 / x), 1, 0, new int[1], new Interval(-5, 5), new Interval(0, 1L << 40));
    IntegerTensor zero = IntegerTensor.of(1, 1, 0);
    ClearAlgebra algebra = new ClearAlgebra();
    IntegerTensor negated = algebra.scale(zero, new Scaling(new long[] {-1}));
    assertEquals(algebra.lookup(zero, byOne), algebra.lookup(negated, byOne));
  }

  private static ElementFunction wrap(java.util.function.DoubleUnaryOperator function) {
    return new ElementFunction() {
      @Override
      public int channels() {
        return 1;
      }

      @Override
      public double[] values(int channel, double[] x) {
        return java.util.Arrays.stream(x).map(function).toArray();
      }
    };
  }

  @Property(tries = 100)
  void move_takes_each_element_from_its_source(@ForAll long seed) {
    RandomCircuits made = new RandomCircuits(seed);
    int rows = made.between(1, 5);
    IntegerTensor x = made.rows(rows, made.between(1, 6), new Interval(-9, 9));
    IntegerTensor y = made.rows(rows, made.between(1, 6), new Interval(-1L << 30, 1L << 30));
    Move move = made.move(x.size() + y.size(), made.between(1, 15));
    IntegerTensor result = new ClearAlgebra().move(List.of(x, y), move);
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < move.size(); i++) {
        int source = move.source()[i];
        long expected =
            source < 0
                ? move.fill()
                : source < x.size() ? x.get(row, source) : y.get(row, source - x.size());
        assertEquals(expected, result.get(row, i));
      }
    }
  }

  @Property(tries = 100)
  void trees_equal_the_sum_over_all_paths(@ForAll long seed) {
    RandomCircuits made = new RandomCircuits(seed);
    int bits = made.between(1, 6);
    TreeSum trees = made.trees(bits);
    IntegerTensor x = made.rows(made.between(1, 9), bits, new Interval(0, 1));
    IntegerTensor result = new ClearAlgebra().trees(x, trees);
    for (int row = 0; row < x.rows(); row++) {
      for (int o = 0; o < trees.outputs(); o++) {
        long expected = 0;
        for (TreeSum.Tree tree : trees.trees()) {
          expected += value(tree, tree.root(), x, row, o, trees.outputs());
        }
        assertEquals(expected, result.get(row, o));
      }
    }
  }

  /** {@code T(node) = T_clear + bit · (T_set − T_clear)}, as encrypted evaluation computes it. */
  private static long value(
      TreeSum.Tree tree, int node, IntegerTensor bits, int row, int output, int outputs) {
    if (node < 0) {
      return tree.leaves()[(-1 - node) * outputs + output];
    }
    long set = value(tree, tree.whenSet()[node], bits, row, output, outputs);
    long clear = value(tree, tree.whenClear()[node], bits, row, output, outputs);
    return clear + bits.get(row, tree.bit()[node]) * (set - clear);
  }

  @Example
  void calibrated_counts_values_outside_by_node() {
    ClearAlgebra algebra = new ClearAlgebra();
    algebra.enter("fc1");
    algebra.calibrated(IntegerTensor.of(2, 2, -3, 0, 5, 7), new Interval(-2, 5));
    algebra.enter("fc2");
    algebra.calibrated(IntegerTensor.of(1, 1, 1L << 40), new Interval(0, 1));
    algebra.enter("fc3");
    algebra.calibrated(IntegerTensor.of(1, 1, 1), new Interval(0, 1));
    assertEquals(Map.of("fc1", 2L, "fc2", 1L), algebra.outside());
  }

  @Example
  void operations_past_53_bits_are_refused_with_the_node_named() {
    IntegerTensor wide = IntegerTensor.of(1, 1, 1L << 52);
    IntegerTensor half = IntegerTensor.of(1, 1, 1L << 27);
    ClearAlgebra algebra = new ClearAlgebra();
    algebra.enter("mul");
    List<Runnable> past =
        List.of(
            () -> algebra.add(wide, algebra.add(wide, wide)),
            () -> algebra.scale(wide, new Scaling(new long[] {3})),
            () -> algebra.product(half, half),
            () -> algebra.linear(wide, WeightedSum.dense(1, 1, new int[] {-3})));
    for (Runnable operation : past) {
      SottoException e = assertThrows(SottoException.class, operation::run);
      assertEquals(CircuitError.TOO_WIDE, e.problems().get(0).code());
      assertTrue(e.getMessage().startsWith("SOTTO-CIRCUIT-001 node 'mul':"), e.getMessage());
    }
    assertFalse(algebra.add(wide, wide).isNarrow());
  }
}

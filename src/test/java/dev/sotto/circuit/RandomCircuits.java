package dev.sotto.circuit;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random parts of circuits and random integers, from a seed. */
final class RandomCircuits {
  private final Random random;

  RandomCircuits(long seed) {
    this.random = new Random(seed);
  }

  int between(int from, int to) {
    return from + random.nextInt(to - from + 1);
  }

  /** Integers inside an interval, both ends likely. */
  IntegerTensor rows(int rows, int size, Interval interval) {
    double[] values = new double[rows * size];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (random.nextInt(8)) {
            case 0 -> interval.lo();
            case 1 -> interval.hi();
            default -> interval.lo() + random.nextLong(interval.width());
          };
    }
    return IntegerTensor.ofDoubles(rows, size, values, interval.bound()).narrowed();
  }

  int[] ints(int length, int from, int to) {
    int[] values = new int[length];
    java.util.Arrays.setAll(values, i -> between(from, to));
    return values;
  }

  long[] longs(int length, int from, int to) {
    return java.util.Arrays.stream(ints(length, from, to)).asLongStream().toArray();
  }

  /** Sums in groups, at several positions, with padding; results in a permuted order. */
  WeightedSum sum(int inputSize, int largestWeight) {
    int groups = between(1, 3);
    int positions = between(1, 4);
    int taps = between(1, 5);
    int outputs = between(1, 3);
    int[][] orders = {
      {positions * outputs, outputs, 1},
      {positions * outputs, 1, positions},
      {outputs, groups * outputs, 1},
      {1, groups * outputs, groups}
    };
    return new WeightedSum(
        groups,
        positions,
        taps,
        outputs,
        ints(groups * positions * taps, -1, inputSize - 1),
        ints(groups * taps * outputs, -largestWeight, largestWeight),
        orders[between(0, orders.length - 1)],
        between(-3, 3));
  }

  Move move(int inputSize, int size) {
    return new Move(ints(size, -1, inputSize - 1), between(-9, 9));
  }

  AffineLookup affine(int size) {
    int channels = between(1, 3);
    double[] slope = random.doubles(channels, -2, 2).toArray();
    double[] offset = random.doubles(channels, -20, 20).toArray();
    int lo = between(-20, 0);
    return new AffineLookup(
        slope, offset, ints(size, 0, channels - 1), new Interval(lo, lo + between(0, 40)));
  }

  /** A wave per channel. */
  FunctionLookup function(int size, Interval domain) {
    int channels = between(1, 3);
    int lo = between(-20, 0);
    return new FunctionLookup(
        new Wave(channels),
        0.01,
        between(-3, 3),
        ints(size, 0, channels - 1),
        new Interval(lo, lo + between(0, 40)),
        domain);
  }

  /** An ensemble over some bits. */
  TreeSum trees(int bits) {
    int outputs = between(1, 3);
    List<TreeSum.Tree> trees = new ArrayList<>();
    for (int t = between(1, 3); t > 0; t--) {
      int nodes = between(0, 4);
      int[] whenSet = new int[nodes];
      int[] whenClear = new int[nodes];
      int leaf = 0;
      int next = 1;
      for (int node = 0; node < nodes; node++) {
        boolean deeper = next < nodes && (node == next - 1 || random.nextBoolean());
        whenSet[node] = deeper ? next++ : -1 - leaf++;
        whenClear[node] = next < nodes && random.nextBoolean() ? next++ : -1 - leaf++;
      }
      trees.add(
          new TreeSum.Tree(
              ints(nodes, 0, bits - 1),
              whenSet,
              whenClear,
              longs(Math.max(1, leaf) * outputs, -1000, 1000)));
    }
    return new TreeSum(trees, outputs);
  }

  /**
   * A program of random steps on two inputs, written once against the algebra.
   *
   * @param seed the same seed gives the same program in every algebra
   */
  static <T> List<T> program(long seed, IntegerAlgebra<T> algebra, List<T> inputs, int size) {
    RandomCircuits made = new RandomCircuits(seed);
    List<T> values = new ArrayList<>(inputs);
    for (int step = made.between(3, 9); step > 0; step--) {
      algebra.enter("step" + step);
      T x = values.get(made.between(0, values.size() - 1));
      T y = values.get(made.between(0, values.size() - 1));
      T result =
          switch (made.between(0, 7)) {
            case 0 -> algebra.lookup(x, made.affine(size));
            case 1 -> algebra.add(x, y);
            case 2 -> algebra.scale(x, new Scaling(made.longs(size, -2, 2)));
            case 3 -> algebra.scale(x, new Scaling(uniform(size, made.between(-3, 3))));
            case 4 -> algebra.move(List.of(x, y), made.move(2 * size, size));
            case 5 -> algebra.move(List.of(x), made.move(size, size));
            case 6 -> {
              Interval small = new Interval(-8, 8);
              AffineLookup clip =
                  new AffineLookup(new double[] {1}, new double[] {0}, new int[size], small);
              yield algebra.product(algebra.lookup(x, clip), algebra.lookup(y, clip));
            }
            default ->
                algebra.linear(x, WeightedSum.dense(size, size, made.ints(size * size, -3, 3)));
          };
      values.add(result);
    }
    return List.of(values.get(values.size() - 1), values.get(values.size() - 2));
  }

  private static long[] uniform(int size, long factor) {
    long[] factors = new long[size];
    java.util.Arrays.fill(factors, factor);
    return factors;
  }

  /** {@code sin(x + channel)}. */
  record Wave(int channels) implements ElementFunction {
    @Override
    public double[] values(int channel, double[] x) {
      return java.util.Arrays.stream(x).map(v -> StrictMath.sin(v + channel)).toArray();
    }
  }
}

package dev.sotto.compiler;

import dev.sotto.circuit.IntegerTensor;
import dev.sotto.circuit.WeightedSum;
import java.util.Random;

/** Random integers and layers, from a seed. */
public final class RandomRows {
  private final Random random;

  public RandomRows(long seed) {
    this.random = new Random(seed);
  }

  /** Integers from {@code lo} to {@code hi}, even over them. */
  public IntegerTensor between(int rows, int size, int lo, int hi) {
    double[] values = random.ints((long) rows * size, lo, hi + 1).asDoubleStream().toArray();
    return IntegerTensor.ofDoubles(rows, size, values, Math.max(Math.abs(lo), Math.abs(hi)))
        .narrowed();
  }

  /** A dense layer of weights up to {@code largest}. */
  public WeightedSum dense(int taps, int outputs, int largest) {
    return WeightedSum.dense(
        taps, outputs, random.ints((long) taps * outputs, -largest, largest + 1).toArray());
  }

  public int next(int from, int to) {
    return random.nextInt(from, to + 1);
  }

  public double[] gaussian(int count) {
    return random.doubles(count).map(u -> random.nextGaussian()).toArray();
  }
}

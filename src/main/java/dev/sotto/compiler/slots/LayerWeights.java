package dev.sotto.compiler.slots;

import dev.sotto.circuit.TableLookup;
import dev.sotto.circuit.WeightedSum;
import dev.sotto.slots.TablePowers;
import dev.sotto.slots.ValueTable;
import dev.sotto.slots.ring.WeightedSums;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The weights of a circuit's layers as the engine wants them, made once and shared by all blocks
 * and threads.
 */
public final class LayerWeights {
  /** Bits of weights that make up for terms of different units. */
  private static final int BALANCED_BITS = 25;

  /**
   * Weights for the taps that are there.
   *
   * @param sums the engine's form
   * @param scale what the weights were multiplied by
   */
  public record Balanced(WeightedSums sums, double scale) {}

  private record Key(
      WeightedSum sum, int group, int from, int to, IntArray taps, @Nullable DoubleArray units) {}

  private record IntArray(int... values) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof IntArray that && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(values);
    }
  }

  private record DoubleArray(double... values) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof DoubleArray that && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(values);
    }
  }

  private final Map<Key, Balanced> made = new ConcurrentHashMap<>();

  /** Equal weights, of several groups or layers, are held once. */
  private final Map<Map.Entry<Integer, IntArray>, WeightedSums> equal = new ConcurrentHashMap<>();

  private final Map<TableLookup, List<ValueTable>> tables = new ConcurrentHashMap<>();

  /** Nothing made yet. */
  public LayerWeights() {}

  /**
   * The weights of some outputs of a group.
   *
   * @param from first output
   * @param to last output, exclusive
   * @param taps which taps there are terms for
   * @param units the largest unit of the terms over that of each; null where all are one
   */
  Balanced of(WeightedSum sum, int group, int from, int to, int[] taps, double @Nullable [] units) {
    Key key =
        new Key(
            sum,
            group,
            from,
            to,
            new IntArray(taps),
            units == null ? null : new DoubleArray(units));
    return made.computeIfAbsent(key, this::make);
  }

  /** What the weights of terms of different units are multiplied by before they are rounded. */
  static double balancedScale(WeightedSum sum) {
    int largest = 1;
    for (int weight : sum.weights()) {
      largest = Math.max(largest, Math.abs(weight));
    }
    return Math.scalb(
        1.0, BALANCED_BITS - 1 - TermGroups.BITS - Math.getExponent((double) largest));
  }

  /** How a table of a lookup is computed modulo t. */
  public TablePowers powers(TableLookup lookup, int channel, long t) {
    return table(lookup, channel).powers(t);
  }

  /** A table of a lookup, as the engine takes it. */
  ValueTable table(TableLookup lookup, int channel) {
    return tables
        .computeIfAbsent(
            lookup,
            made ->
                IntStream.range(0, made.channels())
                    .mapToObj(
                        c ->
                            ValueTable.of(
                                made.first()[c],
                                Arrays.stream(made.values(c)).asLongStream().toArray()))
                    .toList())
        .get(channel);
  }

  private Balanced make(Key key) {
    int[] taps = key.taps.values;
    double scale = key.units == null ? 1 : balancedScale(key.sum);
    int[][] whole = new int[key.to - key.from][taps.length];
    for (int n = 0; n < whole.length; n++) {
      for (int k = 0; k < taps.length; k++) {
        double unit = key.units == null ? 1 : key.units.values[k];
        double weight = key.sum.weight(key.group, taps[k], key.from + n) * unit * scale;
        whole[n][k] = (int) Math.rint(weight);
      }
    }
    IntArray content = new IntArray(Arrays.stream(whole).flatMapToInt(Arrays::stream).toArray());
    WeightedSums sums =
        equal.computeIfAbsent(Map.entry(whole.length, content), same -> WeightedSums.of(whole));
    return new Balanced(sums, scale);
  }
}

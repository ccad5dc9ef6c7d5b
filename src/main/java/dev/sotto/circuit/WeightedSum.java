package dev.sotto.circuit;

import dev.sotto.tensor.PackedMatrix;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Sums of elements of a row with clear integer weights, in the one form that covers Gemm, MatMul,
 * Conv, ConvTranspose, pooling and reductions.
 *
 * <p>There are {@code groups} weight matrices of {@code taps × outputs}, each used at {@code
 * positions} places:
 *
 * <pre>
 *   out[g, p, n] = Σ_k weights[g, k, n] · in(g, p, k)
 *   in(g, p, k)  = x[source[g, p, k]], or the padding where source is −1
 * </pre>
 *
 * <p>A dense layer has one group and one position; a convolution one position per output pixel; a
 * reduction one output with weights 1. {@code source} is stored {@code [groups][positions][taps]},
 * {@code weights} {@code [groups][taps][outputs]}. Element {@code (g, p, n)} of the result stands
 * at {@code g · groupStride + p · positionStride + n · outputStride}.
 */
public final class WeightedSum {
  private final int groups;
  private final int positions;
  private final int taps;
  private final int outputs;
  private final int[] source;
  private final int[] weights;
  private final int[] strides;
  private final long padding;
  private final double largestNorm;
  private final boolean dense;
  private int hash;
  private volatile PackedMatrix @org.jspecify.annotations.Nullable [] packed;
  private volatile @org.jspecify.annotations.Nullable List<Optional<Pattern>> patterns;

  /**
   * A weighted sum.
   *
   * @param source index into the input row, or −1 for padding; {@code groups · positions · taps}
   * @param weights {@code groups · taps · outputs}
   * @param strides strides of group, position and output in the result
   * @param padding the integer that −1 reads
   */
  @SuppressWarnings("TooManyParameters")
  public WeightedSum(
      int groups,
      int positions,
      int taps,
      int outputs,
      int[] source,
      int[] weights,
      int[] strides,
      long padding) {
    if (source.length != groups * positions * taps
        || weights.length != groups * taps * outputs
        || strides.length != 3) {
      throw new IllegalArgumentException("lengths of source, weights or strides do not fit");
    }
    this.groups = groups;
    this.positions = positions;
    this.taps = taps;
    this.outputs = outputs;
    this.source = source;
    this.weights = weights;
    this.strides = strides;
    this.padding = padding;
    this.largestNorm = largestNorm();
    this.dense = groups == 1 && isContiguous();
  }

  /**
   * A dense layer: {@code out[n] = Σ_k weights[k, n] · x[k]}.
   *
   * @param weights {@code taps · outputs}, row-major
   */
  public static WeightedSum dense(int taps, int outputs, int[] weights) {
    int[] source = new int[taps];
    Arrays.setAll(source, k -> k);
    return new WeightedSum(
        1, 1, taps, outputs, source, weights, new int[] {outputs, outputs, 1}, 0);
  }

  private double largestNorm() {
    double largest = 0;
    for (int g = 0; g < groups; g++) {
      double[] norms = new double[outputs];
      for (int k = 0; k < taps; k++) {
        for (int n = 0; n < outputs; n++) {
          norms[n] += Math.abs((double) weights[(g * taps + k) * outputs + n]);
        }
      }
      for (double norm : norms) {
        largest = Math.max(largest, norm);
      }
    }
    return largest;
  }

  private boolean isContiguous() {
    for (int i = 0; i < source.length; i++) {
      if (source[i] != i) {
        return false;
      }
    }
    return strides[1] == outputs * strides[2] && strides[2] == 1;
  }

  /** The number of weight matrices. */
  public int groups() {
    return groups;
  }

  /** The number of places at which each weight matrix is used. */
  public int positions() {
    return positions;
  }

  /** The number of elements in each sum. */
  public int taps() {
    return taps;
  }

  /** The number of sums at each place. */
  public int outputs() {
    return outputs;
  }

  /** The number of integers in the resulting row. */
  public int size() {
    return groups * positions * outputs;
  }

  /** The input element of a tap, or −1 for padding. */
  public int source(int group, int position, int tap) {
    return source[(group * positions + position) * taps + tap];
  }

  /** The taps at a place that read an element and no padding, ascending. */
  public int[] present(int group, int position) {
    int first = (group * positions + position) * taps;
    int[] present = new int[taps];
    int count = 0;
    for (int k = 0; k < taps; k++) {
      if (source[first + k] >= 0) {
        present[count++] = k;
      }
    }
    return count == taps ? present : Arrays.copyOf(present, count);
  }

  /** One weight. */
  public int weight(int group, int tap, int output) {
    return weights[(group * taps + tap) * outputs + output];
  }

  /** The place of a sum in the resulting row. */
  public int target(int group, int position, int output) {
    return group * strides[0] + position * strides[1] + output * strides[2];
  }

  /** The integer that padding reads. */
  public long padding() {
    return padding;
  }

  /** The largest sum of absolute weights of any output. */
  public double norm() {
    return largestNorm;
  }

  /**
   * Whether the taps of all positions are the first elements of the input row as they stand, so
   * that nothing is copied when the row has no others.
   */
  public boolean isDense() {
    return dense;
  }

  /**
   * Where the taps of a group lie: tap k of position p at {@code starts[p] + offsets[k]}.
   *
   * @param starts the first tap of each position
   * @param offsets the distance of each tap from the first
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Pattern(int[] starts, int[] offsets) {}

  /**
   * The pattern that every position of a group reads, found on first use.
   *
   * @return empty when there is padding or positions differ
   */
  Optional<Pattern> pattern(int group) {
    List<Optional<Pattern>> found = patterns;
    if (found == null) {
      found = IntStream.range(0, groups).mapToObj(this::findPattern).toList();
      patterns = found;
    }
    return found.get(group);
  }

  private Optional<Pattern> findPattern(int group) {
    int base = group * positions * taps;
    int[] offsets = new int[taps];
    Arrays.setAll(offsets, k -> source[base + k] - source[base]);
    int[] starts = new int[positions];
    for (int p = 0; p < positions; p++) {
      int at = base + p * taps;
      starts[p] = source[at];
      for (int k = 0; k < taps; k++) {
        if (source[at + k] < 0 || source[at + k] - source[at] != offsets[k]) {
          return Optional.empty();
        }
      }
    }
    return Optional.of(new Pattern(starts, offsets));
  }

  /** The weights of a group as a matrix for float products, packed on first use. */
  PackedMatrix matrix(int group) {
    PackedMatrix[] made = packed;
    if (made == null) {
      made = new PackedMatrix[groups];
      for (int g = 0; g < groups; g++) {
        float[] floats = new float[taps * outputs];
        for (int i = 0; i < floats.length; i++) {
          floats[i] = weights[g * floats.length + i];
        }
        made[g] = PackedMatrix.of(floats, taps, outputs);
      }
      packed = made;
    }
    return made[group];
  }

  /** The shared array of sources, {@code [groups][positions][taps]}. */
  public int[] sources() {
    return source;
  }

  /** The shared array of weights, {@code [groups][taps][outputs]}. */
  public int[] weights() {
    return weights;
  }

  /** The shared array of result strides: group, position, output. */
  public int[] strides() {
    return strides;
  }

  /** The same sums with other weights. */
  WeightedSum withWeights(int[] newWeights) {
    return new WeightedSum(groups, positions, taps, outputs, source, newWeights, strides, padding);
  }

  /** Equal sums: sizes, sources, weights, strides and padding. */
  @Override
  public boolean equals(@org.jspecify.annotations.Nullable Object other) {
    return other instanceof WeightedSum that
        && groups == that.groups
        && positions == that.positions
        && taps == that.taps
        && outputs == that.outputs
        && padding == that.padding
        && Arrays.equals(strides, that.strides)
        && Arrays.equals(weights, that.weights)
        && Arrays.equals(source, that.source);
  }

  @Override
  public int hashCode() {
    int known = hash;
    if (known == 0) {
      known = 31 * Arrays.hashCode(weights) + Arrays.hashCode(source);
      hash = known;
    }
    return known;
  }

  /** The number of weights that are not zero, over all positions: products in one row. */
  public long multiplications() {
    long nonZero = Arrays.stream(weights).filter(w -> w != 0).count();
    return nonZero * positions;
  }

  @Override
  public String toString() {
    return (groups == 1 ? "" : groups + " groups, ")
        + (positions == 1 ? "" : positions + " positions, ")
        + taps
        + " taps, "
        + outputs
        + " outputs";
  }
}

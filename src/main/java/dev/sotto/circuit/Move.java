package dev.sotto.circuit;

import java.util.Arrays;

/**
 * A rearrangement of a row, or of several rows one after another: every reshape, transpose, slice,
 * split, gather, expand, tile, concat and pad.
 *
 * <p>{@code out[i] = x[source[i]]} where {@code x} is the concatenation of the inputs, or {@code
 * fill} where {@code source[i]} is −1.
 */
public final class Move {
  private final int[] source;
  private final long fill;

  /**
   * A move.
   *
   * @param source for every element of the result its place in the (concatenated) input, or −1
   * @param fill the integer where the source is −1
   */
  public Move(int[] source, long fill) {
    this.source = source;
    this.fill = fill;
  }

  /** The number of integers in the resulting row. */
  public int size() {
    return source.length;
  }

  /** The shared array of sources. */
  public int[] source() {
    return source;
  }

  /** The integer where the source is −1. */
  public long fill() {
    return fill;
  }

  /** Whether some element is filled. */
  public boolean fills() {
    for (int from : source) {
      if (from < 0) {
        return true;
      }
    }
    return false;
  }

  /** Equal sources, and equal fills where they are used. */
  @Override
  public boolean equals(@org.jspecify.annotations.Nullable Object other) {
    return other instanceof Move that
        && Arrays.equals(source, that.source)
        && (fill == that.fill || !fills());
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(source);
  }

  /** Whether the result is the input as it stands. */
  public boolean isIdentity(int inputSize) {
    if (inputSize != source.length) {
      return false;
    }
    for (int i = 0; i < source.length; i++) {
      if (source[i] != i) {
        return false;
      }
    }
    return true;
  }
}

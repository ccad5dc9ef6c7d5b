package dev.sotto.numpy;

import dev.sotto.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The inputs of one operator call, with the few ways in which operators read them. */
final class Arguments {
  private final @Nullable Tensor[] inputs;

  Arguments(@Nullable Tensor[] inputs) {
    this.inputs = inputs;
  }

  int count() {
    return inputs.length;
  }

  boolean has(int index) {
    return index < inputs.length && inputs[index] != null;
  }

  /** A required input. */
  Tensor get(int index) {
    Tensor tensor = optional(index);
    if (tensor == null) {
      throw new IllegalArgumentException("input " + index + " is required");
    }
    return tensor;
  }

  /** An optional input, null when it is left out. */
  @Nullable Tensor optional(int index) {
    return index < inputs.length ? inputs[index] : null;
  }

  /** The elements of an optional integer input, null when it is left out. */
  long @Nullable [] longs(int index) {
    Tensor tensor = optional(index);
    return tensor == null ? null : tensor.toLongs();
  }

  /** A required integer input of one element. */
  int scalar(int index) {
    Tensor tensor = get(index);
    if (tensor.size() != 1) {
      throw new IllegalArgumentException(
          "input " + index + " should have one element, got " + tensor);
    }
    return Math.toIntExact(tensor.getLong(0));
  }

  /**
   * Axes counted from the front, ascending.
   *
   * @throws IllegalArgumentException when one is out of range or named twice
   */
  static int[] axes(long[] axes, int rank) {
    int[] result = new int[axes.length];
    for (int i = 0; i < axes.length; i++) {
      if (axes[i] < -rank || axes[i] >= rank) {
        throw new IllegalArgumentException("axis " + axes[i] + " is outside a rank of " + rank);
      }
      result[i] = (int) (axes[i] < 0 ? axes[i] + rank : axes[i]);
    }
    Arrays.sort(result);
    for (int i = 1; i < result.length; i++) {
      if (result[i] == result[i - 1]) {
        throw new IllegalArgumentException("axis " + result[i] + " is named twice");
      }
    }
    return result;
  }

  /** The axes from 0 to rank − 1. */
  static int[] allAxes(int rank) {
    int[] all = new int[rank];
    Arrays.setAll(all, i -> i);
    return all;
  }
}

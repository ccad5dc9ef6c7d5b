package dev.sotto.numpy;

import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;

/**
 * Which scale belongs to which element: one per tensor, one per slice of an axis, or one per block
 * along an axis.
 *
 * <p>Elements are numbered (outer, slice, inner); neighbouring elements of one slice share a scale
 * unless scales are per block.
 */
final class ScaleLayout {
  private final int slices;
  private final int inner;
  private final int blockSize;
  private final int blocks;

  private ScaleLayout(int slices, int inner, int blockSize, int blocks) {
    this.slices = slices;
    this.inner = inner;
    this.blockSize = blockSize;
    this.blocks = blocks;
  }

  /**
   * Matches scales with a tensor.
   *
   * @param axis may be negative; unused with one scale per tensor
   * @param blockSize slices that share a scale, 0 without blocks
   */
  static ScaleLayout of(Shape shape, Shape scales, long axis, long blockSize) {
    if (blockSize == 0 && scales.size() == 1) {
      return new ScaleLayout(1, Math.max(1, shape.size()), 0, 1);
    }
    int at = shape.axis(axis);
    int slices = shape.dim(at);
    int inner = shape.size(at + 1, shape.rank());
    if (blockSize == 0) {
      if (scales.rank() != 1 || scales.size() != slices) {
        throw new IllegalArgumentException(
            "expected one scale or " + slices + " along axis " + axis + ", got shape " + scales);
      }
      return new ScaleLayout(slices, inner, 0, 1);
    }
    int block = Math.toIntExact(blockSize);
    int blocks = (slices + block - 1) / block;
    if (!scales.equals(shape.withDim(at, blocks))) {
      throw new IllegalArgumentException(
          "expected scales of shape " + shape.withDim(at, blocks) + ", got " + scales);
    }
    return new ScaleLayout(slices, inner, block, blocks);
  }

  /** Elements in a row whose scales are found by one call of {@link #scale}. */
  int run() {
    return blockSize == 0 ? inner : 1;
  }

  /** The scale of the run that starts at an element. */
  int scale(int element) {
    int slice = element / inner % slices;
    if (blockSize == 0) {
      return slice;
    }
    int outer = element / inner / slices;
    return (outer * blocks + slice / blockSize) * inner + element % inner;
  }

  /** A zero point's elements, or zeros when it is left out. */
  static long[] zeroPoints(@org.jspecify.annotations.Nullable Tensor zeroPoint, Tensor scale) {
    if (zeroPoint != null && zeroPoint.size() != scale.size()) {
      throw new IllegalArgumentException(
          "zero point " + zeroPoint + " and scale " + scale + " have different sizes");
    }
    return zeroPoint == null ? new long[scale.size()] : zeroPoint.toLongs();
  }
}

package dev.sotto.onnx;

import static dev.sotto.onnx.ShapeInference.UNKNOWN;
import static dev.sotto.onnx.ShapeInference.fixed;

import dev.sotto.onnx.ValueType.Dimension;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Output shapes of convolutions and pools: batch, channels, then positions of the window. */
final class SlidingWindow {
  private SlidingWindow() {}

  /** Batch and channels of x, and the same size along each other axis. */
  static @Nullable List<Dimension> each(@Nullable List<Dimension> x, Dimension each) {
    if (x == null || x.size() < 2) {
      return null;
    }
    List<Dimension> result = new ArrayList<>(Collections.nCopies(x.size(), each));
    result.set(0, x.get(0));
    result.set(1, x.get(1));
    return result;
  }

  /** Fills in the positions of a sliding window, where input and window are known. */
  static @Nullable List<Dimension> positions(
      Node node,
      @Nullable List<Dimension> dims,
      @Nullable List<Dimension> x,
      long @Nullable [] kernel) {
    if (dims == null || x == null || kernel == null || kernel.length != x.size() - 2) {
      return dims;
    }
    long[] strides = node.intsAttribute("strides");
    long[] dilations = node.intsAttribute("dilations");
    long[] pads = node.intsAttribute("pads");
    String autoPad = node.stringAttribute("auto_pad", "NOTSET");
    boolean padded = autoPad.equals("NOTSET");
    boolean ceil = node.intAttribute("ceil_mode", 0) != 0;
    List<Dimension> result = new ArrayList<>(dims);
    for (int i = 0; i < kernel.length; i++) {
      long size = x.get(i + 2).size();
      long stride = strides == null ? 1 : strides[i];
      if (size < 0 || kernel[i] < 0 || stride < 1 || ceil) {
        continue;
      }
      if (autoPad.startsWith("SAME")) {
        result.set(i + 2, fixed((size + stride - 1) / stride));
        continue;
      }
      long window = (kernel[i] - 1) * (dilations == null ? 1 : dilations[i]) + 1;
      long added = pads != null && padded ? pads[i] + pads[i + kernel.length] : 0;
      long space = size - window + added;
      result.set(i + 2, space < 0 ? UNKNOWN : fixed(space / stride + 1));
    }
    return result;
  }
}

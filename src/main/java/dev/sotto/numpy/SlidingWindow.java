package dev.sotto.numpy;

import dev.sotto.onnx.Node;
import dev.sotto.onnx.OnnxError;
import dev.sotto.problem.SottoException;
import dev.sotto.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * The window attributes that convolutions and pools share: kernel_shape, strides, dilations, pads,
 * auto_pad, ceil_mode.
 */
final class SlidingWindow {
  /** Spatial axes are always three: 1-D and 2-D windows get trivial axes in front. */
  static final int AXES = 3;

  private final String autoPad;
  private final boolean ceil;
  private final long @Nullable [] kernel;
  private final long @Nullable [] strides;
  private final long @Nullable [] dilations;
  private final long @Nullable [] pads;

  private SlidingWindow(Node node) {
    autoPad = node.stringAttribute("auto_pad", "NOTSET");
    ceil = node.intAttribute("ceil_mode", 0) != 0;
    kernel = node.intsAttribute("kernel_shape");
    strides = node.intsAttribute("strides");
    dilations = node.intsAttribute("dilations");
    pads = node.intsAttribute("pads");
  }

  /**
   * Reads the attributes.
   *
   * @throws SottoException when one has no meaning
   */
  static SlidingWindow of(Node node) {
    SlidingWindow window = new SlidingWindow(node);
    switch (window.autoPad) {
      case "NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER" -> {}
      default ->
          throw refused(
              node,
              "auto_pad should be NOTSET, VALID, SAME_UPPER or SAME_LOWER, got " + window.autoPad);
    }
    requireAtLeast(node, "kernel_shape", window.kernel, 1);
    requireAtLeast(node, "strides", window.strides, 1);
    requireAtLeast(node, "dilations", window.dilations, 1);
    return window;
  }

  private static void requireAtLeast(
      Node node, String attribute, long @Nullable [] values, long least) {
    for (long value : values == null ? new long[0] : values) {
      if (value < least || value > Integer.MAX_VALUE) {
        throw refused(node, attribute + " should be at least " + least + ", got " + value);
      }
    }
  }

  private static SottoException refused(Node node, String detail) {
    return SottoException.of(OnnxError.ATTRIBUTE, node.place(), detail + ".");
  }

  /** Whether kernel_shape is given. */
  boolean hasKernel() {
    return kernel != null;
  }

  /** Whether auto_pad is SAME_UPPER or SAME_LOWER. */
  boolean isSame() {
    return autoPad.startsWith("SAME");
  }

  boolean isSameUpper() {
    return autoPad.equals("SAME_UPPER");
  }

  /** Stride along spatial axis {@code axis} of {@code rank}. */
  int stride(int axis, int rank) {
    return value(strides, axis, rank, 1, "strides");
  }

  int dilation(int axis, int rank) {
    return value(dilations, axis, rank, 1, "dilations");
  }

  /** Explicit padding; 0 when auto_pad is set. */
  int padBegin(int axis, int rank) {
    return autoPad.equals("NOTSET") ? value(pads, axis, 2 * rank, 0, "pads") : 0;
  }

  int padEnd(int axis, int rank) {
    return autoPad.equals("NOTSET") ? value(pads, rank + axis, 2 * rank, 0, "pads") : 0;
  }

  private static int value(
      long @Nullable [] values, int index, int length, int otherwise, String attribute) {
    if (values == null || values.length == 0) {
      return otherwise;
    }
    if (values.length != length) {
      throw new IllegalArgumentException(
          attribute + " should have " + length + " values, got " + values.length);
    }
    return Math.toIntExact(values[index]);
  }

  /** The three axes of a window over an input of shape (N, C, spatial...). */
  WindowAxis[] over(Shape input) {
    int rank = input.rank() - 2;
    int[] sizes = new int[Math.max(0, rank)];
    for (int axis = 0; axis < sizes.length; axis++) {
      sizes[axis] = value(kernel, axis, rank, 1, "kernel_shape");
    }
    return over(input, sizes);
  }

  /** The three axes of a window of known kernel size over an input of shape (N, C, spatial...). */
  WindowAxis[] over(Shape input, int[] kernelSizes) {
    int rank = input.rank() - 2;
    WindowAxis[] axes = trivialAxes(input);
    for (int axis = 0; axis < rank; axis++) {
      if (kernel != null && value(kernel, axis, rank, 1, "kernel_shape") != kernelSizes[axis]) {
        throw new IllegalArgumentException("kernel_shape differs from the shape of the weights");
      }
      axes[AXES - rank + axis] = axis(axis, rank, input.dim(2 + axis), kernelSizes[axis]);
    }
    return axes;
  }

  /** Three trivial axes, for an input of shape (N, C, spatial...) with at most three axes. */
  static WindowAxis[] trivialAxes(Shape input) {
    int rank = input.rank() - 2;
    if (rank < 1 || rank > AXES) {
      throw new IllegalArgumentException(
          "expected a batch of channels with one to three spatial axes, got shape " + input);
    }
    return new WindowAxis[] {WindowAxis.TRIVIAL, WindowAxis.TRIVIAL, WindowAxis.TRIVIAL};
  }

  private WindowAxis axis(int axis, int rank, int input, int taps) {
    int stride = stride(axis, rank);
    int dilation = dilation(axis, rank);
    int extent = (taps - 1) * dilation + 1;
    if (isSame()) {
      int output = (input + stride - 1) / stride;
      int padding = Math.max(0, (output - 1) * stride + extent - input);
      int begin = isSameUpper() ? padding / 2 : padding - padding / 2;
      return new WindowAxis(input, taps, stride, dilation, begin, padding - begin, output);
    }
    int begin = padBegin(axis, rank);
    int end = padEnd(axis, rank);
    int room = input + begin + end - extent;
    if (room < 0) {
      throw new IllegalArgumentException(
          "a window of " + extent + " does not fit " + (input + begin + end) + " elements");
    }
    int output = room / stride + 1;
    boolean roundUp = ceil && !autoPad.equals("VALID") && room % stride != 0;
    if (roundUp && output * stride < input + begin) {
      output++; // only when the last window starts inside the input or the padding before it
    }
    return new WindowAxis(input, taps, stride, dilation, begin, end, output);
  }
}

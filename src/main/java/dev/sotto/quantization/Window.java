package dev.sotto.quantization;

import dev.sotto.onnx.Node;
import dev.sotto.tensor.Shape;

/**
 * A window sliding over the spatial dimensions of a tensor: which input element each tap of each
 * output position reads.
 */
final class Window {
  private final int[] in;
  private final int[] out;
  private final int[] kernel;
  private final int[] strides;
  private final int[] dilations;
  private final int[] begins;
  private final int[] ends;
  private final boolean transposed;

  private Window(
      int[] in,
      int[] out,
      int[] kernel,
      int[] strides,
      int[] dilations,
      int[] begins,
      int[] ends,
      boolean transposed) {
    this.in = in;
    this.out = out;
    this.kernel = kernel;
    this.strides = strides;
    this.dilations = dilations;
    this.begins = begins;
    this.ends = ends;
    this.transposed = transposed;
  }

  /**
   * The window of a convolution or pooling node.
   *
   * @param in shape of the input, {@code N × C × spatial}
   * @param out shape of the output
   * @param kernel spatial size of the kernel
   * @param transposed whether the node is a ConvTranspose
   */
  static Window of(Node node, Shape in, Shape out, int[] kernel, boolean transposed) {
    int rank = kernel.length;
    int[] strides = attribute(node, "strides", rank);
    int[] dilations = attribute(node, "dilations", rank);
    long[] pads = node.intsAttribute("pads");
    String auto = node.stringAttribute("auto_pad", "NOTSET");
    long[] outputShape = node.intsAttribute("output_shape");
    int[] begins = new int[rank];
    int[] ends = new int[rank];
    for (int a = 0; a < rank; a++) {
      int extent = (kernel[a] - 1) * dilations[a] + 1;
      int size = in.dim(a + 2);
      int result = out.dim(a + 2);
      boolean derived = auto.startsWith("SAME") || (transposed && outputShape != null);
      if (derived) {
        int total =
            transposed
                ? (size - 1) * strides[a]
                    + (int) longs(node, "output_padding", rank)[a]
                    + extent
                    - result
                : Math.max(0, (result - 1) * strides[a] + extent - size);
        boolean upper = auto.equals("SAME_UPPER");
        begins[a] = upper ? total / 2 : total - total / 2;
        ends[a] = total - begins[a];
      } else if (pads != null && !auto.equals("VALID")) {
        begins[a] = (int) pads[a];
        ends[a] = (int) pads[rank + a];
      }
    }
    return new Window(
        spatial(in), spatial(out), kernel, strides, dilations, begins, ends, transposed);
  }

  private static long[] longs(Node node, String name, int rank) {
    long[] given = node.intsAttribute(name);
    return given == null ? new long[rank] : given;
  }

  private static int[] attribute(Node node, String name, int rank) {
    long[] given = node.intsAttribute(name);
    int[] result = new int[rank];
    for (int a = 0; a < rank; a++) {
      result[a] = given == null ? 1 : (int) given[a];
    }
    return result;
  }

  private static int[] spatial(Shape shape) {
    return java.util.Arrays.copyOfRange(shape.dims(), 2, shape.rank());
  }

  /** The number of output positions. */
  int positions() {
    return product(out);
  }

  /** The number of taps. */
  int taps() {
    return product(kernel);
  }

  private static int product(int[] dims) {
    int result = 1;
    for (int dim : dims) {
      result *= dim;
    }
    return result;
  }

  /**
   * The input element that a tap reads at an output position; −1 for padding, −2 beyond it, where
   * {@code ceil_mode} lets a window hang over.
   */
  int source(int position, int tap) {
    int element = 0;
    int outside = 0;
    int unit = 1;
    int p = position;
    int k = tap;
    for (int a = kernel.length - 1; a >= 0; a--) {
      int at = p % out[a];
      int offset = k % kernel[a];
      p /= out[a];
      k /= kernel[a];
      int coordinate;
      if (transposed) {
        int shifted = at + begins[a] - offset * dilations[a];
        if (shifted < 0 || shifted % strides[a] != 0) {
          return -1;
        }
        coordinate = shifted / strides[a];
      } else {
        coordinate = at * strides[a] - begins[a] + offset * dilations[a];
      }
      if (coordinate < 0 || coordinate >= in[a]) {
        boolean beyond = coordinate < -begins[a] || coordinate >= in[a] + ends[a];
        outside = Math.min(outside, beyond ? -2 : -1);
      }
      element += coordinate * unit;
      unit *= in[a];
    }
    return outside < 0 ? outside : element;
  }
}

package dev.sotto.quantization;

import dev.sotto.onnx.Node;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.Arrays;
import java.util.Objects;

/**
 * Convolutions of any number of spatial dimensions as weighted sums: which input each tap of each
 * output position reads.
 */
final class Convolution {
  private final LinearHandler.Layer layer;

  private Convolution(LinearHandler.Layer layer) {
    this.layer = layer;
  }

  LinearHandler.Layer layer() {
    return layer;
  }

  static Convolution of(Node node, QuantizationContext context) {
    return build(node, context, false);
  }

  static Convolution transposed(Node node, QuantizationContext context) {
    return build(node, context, true);
  }

  private static Convolution build(Node node, QuantizationContext context, boolean transposed) {
    Tensor weights =
        Objects.requireNonNull(context.constant(node.input(1)), () -> node.place() + " weights");
    Shape in = context.value(node.input(0)).shape();
    Shape out = context.trace().shape(node.output(0));
    int[] kernel = Arrays.copyOfRange(weights.shape().dims(), 2, weights.shape().rank());
    Window window = Window.of(node, in, out, kernel, transposed);
    int groups = (int) node.intAttribute("group", 1);
    int channelsIn = in.dim(1) / groups;
    int channelsOut = out.dim(1) / groups;
    int kernelSize = Arrays.stream(kernel).reduce(1, (a, b) -> a * b);
    int positions = out.size(2, out.rank());
    int inner = in.size(2, in.rank());
    int taps = channelsIn * kernelSize;
    int[] source = new int[groups * positions * taps];
    int[] index = new int[groups * taps * channelsOut];
    for (int g = 0; g < groups; g++) {
      for (int c = 0; c < channelsIn; c++) {
        for (int k = 0; k < kernelSize; k++) {
          int tap = c * kernelSize + k;
          for (int p = 0; p < positions; p++) {
            int spatial = window.source(p, k);
            source[(g * positions + p) * taps + tap] =
                spatial < 0 ? -1 : (g * channelsIn + c) * inner + spatial;
          }
          for (int n = 0; n < channelsOut; n++) {
            int place =
                transposed
                    ? ((g * channelsIn + c) * channelsOut + n) * kernelSize + k
                    : ((g * channelsOut + n) * channelsIn + c) * kernelSize + k;
            index[(g * taps + tap) * channelsOut + n] = place;
          }
        }
      }
    }
    return new Convolution(
        new LinearHandler.Layer(
            groups,
            positions,
            source,
            new int[] {channelsOut * positions, 1, positions},
            new QuantizedWeights.Layout(weights, groups, taps, channelsOut, index),
            node.input(1),
            1,
            out));
  }
}

package dev.sotto.quantization;

import dev.sotto.tensor.Tensor;
import java.util.Arrays;

/**
 * Weights of a layer as integers: {@code real[g, k, n] ≈ scale[g, n] · integers[g, k, n]}.
 *
 * @param integers {@code groups · taps · outputs}
 * @param scales {@code groups · outputs}
 */
@SuppressWarnings("ArrayRecordComponent")
record QuantizedWeights(int[] integers, double[] scales) {
  /** Candidates tried between 70 % and 100 % of the largest weight. */
  private static final int CANDIDATES = 16;

  /**
   * Where the weights of a layer stand in the ONNX tensor.
   *
   * @param tensor the ONNX tensor
   * @param index {@code groups · taps · outputs} places in it; −1 for a weight of zero
   */
  record Layout(Tensor tensor, int groups, int taps, int outputs, int[] index) {
    double real(int i) {
      return index[i] < 0 ? 0 : tensor.getDouble(index[i]);
    }
  }

  /** Weights as the model's author quantized them. */
  static QuantizedWeights of(Layout layout, FakeQuantization.Weights given) {
    int[] integers = new int[layout.index().length];
    double[] scales = new double[layout.groups() * layout.outputs()];
    Arrays.fill(scales, given.scales()[0]);
    int rank = given.integers().shape().rank();
    int inner = rank == 0 ? 1 : given.integers().shape().size(given.axis() + 1, rank);
    for (int i = 0; i < integers.length; i++) {
      int from = layout.index()[i];
      if (from >= 0) {
        integers[i] = (int) given.integers().getLong(from);
        int channel = from / inner % given.scales().length;
        int output =
            i / (layout.taps() * layout.outputs()) * layout.outputs() + i % layout.outputs();
        scales[output] = given.scales().length == 1 ? given.scales()[0] : given.scales()[channel];
      }
    }
    return new QuantizedWeights(integers, scales);
  }

  /**
   * Symmetric weights, one scale per output channel, each scale the one with the smallest squared
   * error.
   *
   * @param tapScale real value of one step of each tap's input, {@code groups · taps}, folded into
   *     the weights; or one value for all
   * @param perChannel whether every output has its own scale
   */
  static QuantizedWeights of(Layout layout, double[] tapScale, int bits, boolean perChannel) {
    int taps = layout.taps();
    int outputs = layout.outputs();
    double[] real = new double[layout.index().length];
    boolean whole = tapScale.length == 1;
    long most = (1L << (bits - 1)) - 1;
    for (int i = 0; i < real.length; i++) {
      real[i] = layout.real(i);
      whole &= real[i] == Math.rint(real[i]) && Math.abs(real[i]) <= most;
    }
    double[] scales = new double[layout.groups() * outputs];
    if (whole) {
      Arrays.fill(scales, tapScale[0]);
      return new QuantizedWeights(Arrays.stream(real).mapToInt(w -> (int) w).toArray(), scales);
    }
    for (int i = 0; i < real.length; i++) {
      real[i] *= tapScale.length == 1 ? tapScale[0] : tapScale[i / outputs];
    }
    for (int g = 0; g < layout.groups(); g++) {
      for (int n = 0; n < outputs; n++) {
        double[] column = new double[taps];
        for (int k = 0; k < taps; k++) {
          column[k] = real[(g * taps + k) * outputs + n];
        }
        scales[g * outputs + n] = bestScale(column, most);
      }
    }
    if (!perChannel) {
      Arrays.fill(scales, Arrays.stream(real).map(Math::abs).max().orElse(1) / most);
      Arrays.setAll(scales, i -> scales[i] > 0 ? scales[i] : 1);
    }
    int[] integers = new int[real.length];
    for (int i = 0; i < real.length; i++) {
      double scale = scales[i / (taps * outputs) * outputs + i % outputs];
      integers[i] = (int) Math.max(-most, Math.min(most, Math.rint(real[i] / scale)));
    }
    return new QuantizedWeights(integers, scales);
  }

  private static double bestScale(double[] weights, long most) {
    double largest = Arrays.stream(weights).map(Math::abs).max().orElse(0);
    if (largest == 0) {
      return 1;
    }
    double best = largest / most;
    double bestError = Double.POSITIVE_INFINITY;
    for (int c = 0; c < CANDIDATES; c++) {
      double scale = largest * (1 - 0.3 * c / CANDIDATES) / most;
      double error = 0;
      for (double w : weights) {
        double q = Math.max(-most, Math.min(most, Math.rint(w / scale)));
        error += (w - q * scale) * (w - q * scale);
      }
      if (error < bestError) {
        bestError = error;
        best = scale;
      }
    }
    return best;
  }
}

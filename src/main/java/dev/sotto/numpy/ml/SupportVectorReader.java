package dev.sotto.numpy.ml;

import dev.sotto.numpy.NumpyError;
import dev.sotto.numpy.ml.LinearModel.Convention;
import dev.sotto.onnx.Node;
import dev.sotto.problem.SottoException;

/**
 * Reads support vector machines with a linear kernel as linear models: the weighted support vectors
 * are summed once into coefficients.
 */
final class SupportVectorReader {
  private SupportVectorReader() {}

  static LinearModel read(Node node) {
    String kernel = node.stringAttribute("kernel_type", "LINEAR");
    if (!kernel.equals("LINEAR")) {
      throw SottoException.of(
          NumpyError.UNSUPPORTED_MODE,
          node.place(),
          "kernel_type " + kernel + " is not supported, only LINEAR is.");
    }
    float[] coefficients = LinearModel.required(node, "coefficients");
    float[] rho = LinearModel.required(node, "rho");
    float[] vectors = node.floatsAttribute("support_vectors");
    return node.opType().equals("SVMRegressor")
        ? regressor(node, coefficients, rho, vectors == null ? new float[0] : vectors)
        : classifier(node, coefficients, rho, vectors == null ? new float[0] : vectors);
  }

  private static LinearModel regressor(
      Node node, float[] coefficients, float[] rho, float[] vectors) {
    int supports = Math.toIntExact(node.intAttribute("n_supports", 0));
    float[] weights = coefficients;
    if (supports > 0) {
      require(node, vectors.length % supports == 0 && coefficients.length == supports);
      double[] sums = new double[vectors.length / supports];
      add(coefficients, 0, vectors, 0, supports, sums);
      weights = floats(sums);
    }
    return new LinearModel(
        weights, new float[] {rho[0]}, Convention.PER_TARGET, PostTransform.of(node), null);
  }

  private static LinearModel classifier(
      Node node, float[] coefficients, float[] rho, float[] vectors) {
    ClassLabels labels = ClassLabels.of(node, "classlabels_ints", "classlabels_strings");
    long[] perClass = node.intsAttribute("vectors_per_class");
    int classes = labels.size();
    PostTransform transform = PostTransform.of(node);
    if (perClass == null || perClass.length == 0) {
      require(node, coefficients.length % classes == 0);
      float[] intercepts = new float[classes];
      java.util.Arrays.fill(intercepts, rho[0]);
      return new LinearModel(coefficients, intercepts, Convention.PER_TARGET, transform, labels);
    }
    int[] starts = new int[classes + 1];
    require(node, perClass.length == classes);
    for (int c = 0; c < classes; c++) {
      starts[c + 1] = starts[c] + Math.toIntExact(perClass[c]);
    }
    int supports = starts[classes];
    int pairs = classes * (classes - 1) / 2;
    require(
        node,
        supports > 0
            && vectors.length % supports == 0
            && coefficients.length == (classes - 1) * supports
            && rho.length == pairs);
    int features = vectors.length / supports;
    float[] weights = new float[pairs * features];
    int pair = 0;
    for (int i = 0; i < classes; i++) {
      for (int j = i + 1; j < classes; j++, pair++) {
        double[] sums = new double[features];
        add(coefficients, (j - 1) * supports, vectors, starts[i], starts[i + 1], sums);
        add(coefficients, i * supports, vectors, starts[j], starts[j + 1], sums);
        System.arraycopy(floats(sums), 0, weights, pair * features, features);
      }
    }
    return new LinearModel(weights, rho, Convention.ONE_AGAINST_ONE, transform, labels);
  }

  /** Adds support vectors {@code first} (inclusive) to {@code end} (exclusive), weighted. */
  private static void add(
      float[] coefficients, int row, float[] vectors, int first, int end, double[] sums) {
    for (int v = first; v < end; v++) {
      for (int f = 0; f < sums.length; f++) {
        sums[f] += (double) coefficients[row + v] * vectors[v * sums.length + f];
      }
    }
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  private static void require(Node node, boolean fits) {
    if (!fits) {
      throw LinearModel.refused(
          node, "coefficients, rho, support_vectors and classes do not fit together");
    }
  }
}

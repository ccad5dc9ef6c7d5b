package dev.sotto.quantization;

import dev.sotto.circuit.Interval;
import dev.sotto.circuit.WeightedSum;
import dev.sotto.onnx.Node;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.IntToDoubleFunction;

/**
 * Layers with clear weights: Gemm, MatMul, Conv, ConvTranspose.
 *
 * <p>The result is the raw accumulator; scales, zero points and bias are its meaning, not part of
 * the integers.
 */
final class LinearHandler {
  private final QuantizationContext context;
  private final ProductHandler products;

  LinearHandler(QuantizationContext context, ProductHandler products) {
    this.context = context;
    this.products = products;
  }

  void handle(Node node) {
    switch (node.type()) {
      case "Gemm", "MatMul" -> matrix(node);
      case "Conv" -> convolution(node, Convolution.of(node, context));
      case "ConvTranspose" -> convolution(node, Convolution.transposed(node, context));
      default -> throw new IllegalArgumentException(node.type());
    }
  }

  private void matrix(Node node) {
    EncryptedValue left = context.find(node.input(0));
    EncryptedValue right = context.find(node.input(1));
    boolean gemm = node.opType().equals("Gemm");
    if (left != null && right != null) {
      if (gemm) {
        throw Refusals.notEncryptable(node, "both matrices are encrypted; use MatMul");
      }
      context.put(products.matrixProduct(node, left, right));
      return;
    }
    Tensor a = left == null ? Objects.requireNonNull(context.constant(node.input(0))) : null;
    Tensor b = right == null ? Objects.requireNonNull(context.constant(node.input(1))) : null;
    boolean encryptedLeft = left != null;
    EncryptedValue x = Objects.requireNonNull(encryptedLeft ? left : right);
    boolean transA = gemm && node.intAttribute("transA", 0) != 0;
    boolean transB = gemm && node.intAttribute("transB", 0) != 0;
    Shape shapeA = transposed(a == null ? x.shape() : a.shape(), transA);
    Shape shapeB = transposed(b == null ? x.shape() : b.shape(), transB);
    MatrixShape m = MatrixShape.of(shapeA, shapeB, node);
    boolean oneWeightMatrix = encryptedLeft && Arrays.stream(m.rightBatch()).allMatch(i -> i == 0);
    int groups = oneWeightMatrix ? 1 : m.batches();
    int positions = (oneWeightMatrix ? m.batches() : 1) * (encryptedLeft ? m.rows() : m.columns());
    int outputs = encryptedLeft ? m.columns() : m.rows();
    int taps = m.inner();
    int[] source = new int[groups * positions * taps];
    int[] index = new int[groups * taps * outputs];
    int perBatch = m.rows() * m.columns();
    for (int g = 0; g < groups; g++) {
      for (int k = 0; k < taps; k++) {
        for (int p = 0; p < positions; p++) {
          int output = g * perBatch + (encryptedLeft ? p * m.columns() : p);
          int from =
              encryptedLeft
                  ? transpose(m.left(output, k), m.rows(), taps, transA)
                  : transpose(m.right(output, k), taps, m.columns(), transB);
          source[(g * positions + p) * taps + k] = from;
        }
        for (int n = 0; n < outputs; n++) {
          int output = g * perBatch + (encryptedLeft ? n : n * m.columns());
          int from =
              encryptedLeft
                  ? transpose(m.right(output, k), taps, m.columns(), transB)
                  : transpose(m.left(output, k), m.rows(), taps, transA);
          index[(g * taps + k) * outputs + n] = from;
        }
      }
    }
    int[] strides =
        encryptedLeft ? new int[] {perBatch, m.columns(), 1} : new int[] {perBatch, 1, m.columns()};
    Tensor weights = encryptedLeft ? Objects.requireNonNull(b) : Objects.requireNonNull(a);
    Layer layer =
        new Layer(
            groups,
            positions,
            source,
            strides,
            new QuantizedWeights.Layout(weights, groups, taps, outputs, index),
            encryptedLeft ? node.input(1) : node.input(0),
            gemm ? node.floatAttribute("alpha", 1) : 1,
            m.shape());
    emit(node, x, layer, bias(node, gemm, m.shape()));
  }

  private static Shape transposed(Shape shape, boolean transpose) {
    return transpose ? Shape.of(shape.dim(1), shape.dim(0)) : shape;
  }

  /** The place in the stored matrix of an element of its transpose ({@code rows × columns}). */
  private static int transpose(int element, int rows, int columns, boolean transposed) {
    if (!transposed) {
      return element;
    }
    return element % columns * rows + element / columns;
  }

  private IntToDoubleFunction bias(Node node, boolean gemm, Shape shape) {
    Tensor bias = gemm ? context.constant(node.input(2)) : null;
    if (bias == null) {
      if (gemm && !node.input(2).isEmpty()) {
        throw Refusals.notEncryptable(node, "its bias is encrypted");
      }
      return i -> 0;
    }
    double beta = node.floatAttribute("beta", 1);
    int[] index = Lookups.broadcastIndex(bias.shape(), shape);
    return i -> beta * bias.getDouble(index[i]);
  }

  private void convolution(Node node, Convolution convolution) {
    if (context.find(node.input(1)) != null || context.find(node.input(0)) == null) {
      throw Refusals.notEncryptable(node, "its kernel is encrypted");
    }
    Tensor bias = context.constant(node.input(2));
    int inner = convolution.layer().shape().size(2, convolution.layer().shape().rank());
    emit(
        node,
        context.value(node.input(0)),
        convolution.layer(),
        i -> bias == null ? 0 : bias.getDouble(i / inner % bias.size()));
  }

  /**
   * A layer before its weights are quantized.
   *
   * @param source see {@link WeightedSum}
   * @param strides see {@link WeightedSum}
   * @param layout where its weights stand
   * @param weightName ONNX name of the weights
   * @param alpha factor on all weights
   * @param shape shape of the result
   */
  record Layer(
      int groups,
      int positions,
      int[] source,
      int[] strides,
      QuantizedWeights.Layout layout,
      String weightName,
      double alpha,
      Shape shape) {}

  private void emit(Node node, EncryptedValue x, Layer layer, IntToDoubleFunction bias) {
    BitWidths.LayerBits bits = context.options().bits().layer(node.name());
    boolean folds = layer.positions() == 1 && x.isAffine() && x.base().quantized();
    IntegerValue in =
        folds && !Objects.requireNonNull(x.closed()).isUniform()
            ? new IntegerValue(
                x.base().slot(), x.name(), x.shape(), x.closed(), x.base().proved(), true)
            : context.quantizeForSum(x, bits.inputs());
    Affine meaning = in.affine();
    QuantizedWeights.Layout layout = layer.layout();
    int taps = layout.taps();
    int outputs = layout.outputs();
    double[] tapScale = tapScales(layer, meaning);
    boolean onBits = in.proved().lo() >= 0 && in.proved().hi() <= 1;
    FakeQuantization.Weights given = context.integerWeights(layer.weightName());
    QuantizedWeights weights =
        given != null && tapScale.length == 1
            ? QuantizedWeights.of(layout, given)
            : QuantizedWeights.of(
                layout,
                tapScale.length == 1 ? new double[] {1} : tapScale,
                onBits ? context.options().leafBits() : bits.weights(),
                !onBits);
    double common = (tapScale.length == 1 ? tapScale[0] : 1) * layer.alpha();
    double zero = meaning.isUniform() ? -meaning.offset(0) / meaning.slope(0) : 0;
    WeightedSum sum =
        new WeightedSum(
            layer.groups(),
            layer.positions(),
            taps,
            outputs,
            layer.source(),
            weights.integers(),
            layer.strides(),
            Math.round(zero));
    double[] slope = new double[layer.shape().size()];
    double[] offset = new double[layer.shape().size()];
    for (int g = 0; g < layer.groups(); g++) {
      for (int n = 0; n < outputs; n++) {
        double unit = weights.scales()[g * outputs + n] * common;
        double shift = 0;
        double constant = 0;
        for (int k = 0; k < taps; k++) {
          int from = layer.source()[g * taps + k];
          if (meaning.isUniform()) {
            shift += zero * weights.integers()[(g * taps + k) * outputs + n];
          } else if (from >= 0 && meaning.slope(from) != 0) {
            double z = -meaning.offset(from) / meaning.slope(from);
            shift += z * weights.integers()[(g * taps + k) * outputs + n];
          } else if (from >= 0) {
            constant +=
                layer.alpha() * meaning.offset(from) * layout.real((g * taps + k) * outputs + n);
          }
        }
        for (int p = 0; p < layer.positions(); p++) {
          int at = sum.target(g, p, n);
          slope[at] = unit;
          offset[at] = -unit * shift + constant + bias.applyAsDouble(at);
        }
      }
    }
    Affine affine = new Affine(slope, offset);
    int rank = layer.shape().rank();
    int channels = rank > 1 ? layer.shape().dim(1) : 1;
    Interval seen =
        context.calibrated(
            node.output(0), affine, channels, rank > 1 ? layer.shape().size(2, rank) : 1);
    context.put(
        EncryptedValue.of(
            context.emit(
                new QuantizedOp.Linear(node.name(), in.slot(), sum, seen),
                node.output(0),
                layer.shape(),
                affine,
                false)));
  }

  private static double[] tapScales(Layer layer, Affine meaning) {
    if (meaning.isUniform()) {
      return new double[] {meaning.slope(0)};
    }
    int taps = layer.layout().taps();
    double[] scales = new double[layer.groups() * taps];
    Arrays.setAll(scales, i -> layer.source()[i] < 0 ? 0 : meaning.slope(layer.source()[i]));
    return scales;
  }
}

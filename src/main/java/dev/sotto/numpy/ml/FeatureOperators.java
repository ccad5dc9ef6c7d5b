package dev.sotto.numpy.ml;

import dev.sotto.numpy.Operator;
import dev.sotto.onnx.Node;
import dev.sotto.onnx.OnnxError;
import dev.sotto.problem.SottoException;
import dev.sotto.tensor.Conversion;
import dev.sotto.tensor.Elementwise;
import dev.sotto.tensor.Rearrange;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Operators on numeric features: Scaler, Normalizer, Imputer, Binarizer, FeatureVectorizer,
 * ArrayFeatureExtractor; ZipMap, whose maps stay a matrix.
 */
final class FeatureOperators {
  private FeatureOperators() {}

  static void register(Map<String, Operator.Factory> operators) {
    operators.put("ai.onnx.ml:Scaler", FeatureOperators::scaler);
    operators.put("ai.onnx.ml:Normalizer", FeatureOperators::normalizer);
    operators.put("ai.onnx.ml:Imputer", FeatureOperators::imputer);
    operators.put("ai.onnx.ml:Binarizer", FeatureOperators::binarizer);
    operators.put("ai.onnx.ml:FeatureVectorizer", FeatureOperators::featureVectorizer);
    operators.put(
        "ai.onnx.ml:ArrayFeatureExtractor",
        node -> inputs -> one(extract(MlOperators.input(inputs, 0), MlOperators.input(inputs, 1))));
    operators.put("ai.onnx.ml:ZipMap", node -> inputs -> one(MlOperators.input(inputs, 0)));
  }

  private static Tensor[] one(Tensor tensor) {
    return new Tensor[] {tensor};
  }

  private static Operator scaler(Node node) {
    float[] offset = orElse(node.floatsAttribute("offset"), 0);
    float[] scale = orElse(node.floatsAttribute("scale"), 1);
    return inputs -> {
      Tensor x = MlOperators.input(inputs, 0);
      int width = Rows.of(x).width();
      requireWidth(offset, width);
      requireWidth(scale, width);
      float[] in = x.toFloats();
      float[] out = new float[in.length];
      for (int i = 0; i < out.length; i++) {
        int feature = i % width;
        out[i] =
            (in[i] - offset[offset.length == 1 ? 0 : feature])
                * scale[scale.length == 1 ? 0 : feature];
      }
      return one(Tensor.of(x.shape(), out));
    };
  }

  private static float[] orElse(float @Nullable [] values, float otherwise) {
    return values == null || values.length == 0 ? new float[] {otherwise} : values;
  }

  private static void requireWidth(float[] values, int width) {
    if (values.length != 1 && values.length != width) {
      throw new IllegalArgumentException(
          "expected 1 or " + values.length + " features, got " + width);
    }
  }

  private static Operator normalizer(Node node) {
    String norm = node.stringAttribute("norm", "MAX");
    if (!norm.equals("MAX") && !norm.equals("L1") && !norm.equals("L2")) {
      throw SottoException.of(
          OnnxError.ATTRIBUTE, node.place(), "norm should be MAX, L1 or L2, got " + norm + ".");
    }
    return inputs -> {
      Tensor x = MlOperators.input(inputs, 0);
      int width = Rows.of(x).width();
      float[] in = x.toFloats();
      float[] out = new float[in.length];
      for (int from = 0; from < out.length; from += width) {
        double divisor = norm(norm, in, from, width);
        for (int i = from; i < from + width; i++) {
          out[i] = divisor == 0 ? in[i] : (float) (in[i] / divisor);
        }
      }
      return one(Tensor.of(x.shape(), out));
    };
  }

  private static double norm(String norm, float[] values, int from, int count) {
    double sum = 0;
    double most = Double.NEGATIVE_INFINITY;
    for (int i = from; i < from + count; i++) {
      double value = values[i];
      most = Math.max(most, value);
      sum += norm.equals("L1") ? Math.abs(value) : value * value;
    }
    return switch (norm) {
      case "MAX" -> most;
      case "L1" -> sum;
      default -> Math.sqrt(sum);
    };
  }

  private static Operator imputer(Node node) {
    float[] floats = node.floatsAttribute("imputed_value_floats");
    long[] integers = node.intsAttribute("imputed_value_int64s");
    float replaced = node.floatAttribute("replaced_value_float", 0);
    long replacedInteger = node.intAttribute("replaced_value_int64", 0);
    boolean hasFloats = floats != null && floats.length > 0;
    if (!hasFloats && (integers == null || integers.length == 0)) {
      throw SottoException.of(
          OnnxError.ATTRIBUTE,
          node.place(),
          "expected imputed_value_floats or imputed_value_int64s.");
    }
    return inputs -> {
      Tensor x = MlOperators.input(inputs, 0);
      int width = Rows.of(x).width();
      if (x.type().isFloating()) {
        float[] values = orElse(floats, 0);
        requireWidth(values, width);
        double[] out = x.toDoubles().clone();
        for (int i = 0; i < out.length; i++) {
          if (Float.isNaN(replaced) ? Double.isNaN(out[i]) : out[i] == replaced) {
            out[i] = values[values.length == 1 ? 0 : i % width];
          }
        }
        return one(Conversion.cast(Tensor.of(x.shape(), out), x.type()));
      }
      long[] values = integers == null ? new long[0] : integers;
      if (values.length != 1 && values.length != width) {
        throw new IllegalArgumentException(
            "expected " + values.length + " features with integers, got " + x);
      }
      long[] out = x.toLongs().clone();
      for (int i = 0; i < out.length; i++) {
        if (out[i] == replacedInteger) {
          out[i] = values[values.length == 1 ? 0 : i % width];
        }
      }
      return one(Tensor.of(x.type(), x.shape(), out));
    };
  }

  private static Operator binarizer(Node node) {
    float threshold = node.floatAttribute("threshold", 0);
    return inputs ->
        one(
            Elementwise.map(
                MlOperators.input(inputs, 0),
                x -> x > threshold ? 1 : 0,
                x -> x > threshold ? 1 : 0));
  }

  private static Operator featureVectorizer(Node node) {
    long[] declared = node.intsAttribute("inputdimensions");
    return inputs -> {
      int rows = Rows.of(MlOperators.input(inputs, 0)).count();
      int[] widths = new int[inputs.length];
      for (int i = 0; i < inputs.length; i++) {
        int own = Rows.of(MlOperators.input(inputs, i)).width();
        widths[i] = declared == null || declared.length == 0 ? own : Math.toIntExact(declared[i]);
      }
      int width = Arrays.stream(widths).sum();
      float[] out = new float[rows * width];
      int column = 0;
      for (int i = 0; i < inputs.length; i++) {
        Rows part = Rows.of(MlOperators.input(inputs, i));
        if (part.count() != rows) {
          throw new IllegalArgumentException(
              "expected " + rows + " rows, got " + part.tensor() + " as input " + i);
        }
        float[] values = part.tensor().toFloats();
        int count = Math.min(widths[i], part.width());
        for (int row = 0; row < rows; row++) {
          System.arraycopy(values, row * part.width(), out, row * width + column, count);
        }
        column += widths[i];
      }
      return one(Tensor.of(Shape.of(rows, width), out));
    };
  }

  private static Tensor extract(Tensor x, Tensor positions) {
    int rank = x.shape().rank();
    int width = x.shape().dim(-1);
    int[] chosen = new int[positions.size()];
    for (int i = 0; i < chosen.length; i++) {
      long position = positions.getLong(i);
      if (position < 0 || position >= width) {
        throw new IllegalArgumentException(
            "feature " + position + " is outside a width of " + width);
      }
      chosen[i] = (int) position;
    }
    Tensor extracted = Rearrange.select(x, rank - 1, chosen);
    return rank == 1 ? extracted.reshape(Shape.of(1, chosen.length)) : extracted;
  }
}

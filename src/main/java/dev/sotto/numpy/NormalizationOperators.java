package dev.sotto.numpy;

import dev.sotto.onnx.Node;
import dev.sotto.tensor.Conversion;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Lines;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Softmax and its kin, and normalisations by mean and variance; all computed in double. */
final class NormalizationOperators {
  private NormalizationOperators() {}

  static void register(OperatorRegistry registry) {
    alongAxis(registry, "Softmax", NormalizationOperators::softmax);
    alongAxis(registry, "LogSoftmax", NormalizationOperators::logSoftmax);
    alongAxis(registry, "Hardmax", NormalizationOperators::hardmax);
    registry.single("LpNormalization", NormalizationOperators::lpNormalization);
    registry.single("MeanVarianceNormalization", NormalizationOperators::meanVariance);
    registry.register("LayerNormalization", NormalizationOperators::layerNormalization);
    registry.single("RMSNormalization", NormalizationOperators::rmsNormalization);
    registry.single("InstanceNormalization", NormalizationOperators::instanceNormalization);
    registry.single("GroupNormalization", NormalizationOperators::groupNormalization);
  }

  private static void alongAxis(
      OperatorRegistry registry, String type, Consumer<double[]> function) {
    registry.single(
        type,
        node -> {
          long axis = node.intAttribute("axis", -1);
          return in -> {
            Tensor x = in.get(0);
            return Lines.along(x, x.shape().axis(axis)).map(function);
          };
        });
  }

  static void softmax(double[] line) {
    double largest = ReductionOperators.maximum(line);
    double sum = 0;
    for (int i = 0; i < line.length; i++) {
      line[i] = StrictMath.exp(line[i] - largest);
      sum += line[i];
    }
    for (int i = 0; i < line.length; i++) {
      line[i] /= sum;
    }
  }

  private static void logSoftmax(double[] line) {
    double largest = ReductionOperators.maximum(line);
    double sum = 0;
    for (double v : line) {
      sum += StrictMath.exp(v - largest);
    }
    double shift = largest + StrictMath.log(sum);
    for (int i = 0; i < line.length; i++) {
      line[i] -= shift;
    }
  }

  private static void hardmax(double[] line) {
    int best = 0;
    for (int i = 1; i < line.length; i++) {
      if (line[i] > line[best]) {
        best = i;
      }
    }
    Arrays.fill(line, 0);
    if (line.length > 0) {
      line[best] = 1;
    }
  }

  private static Operator.Single lpNormalization(Node node) {
    long axis = node.intAttribute("axis", -1);
    long p = node.intAttribute("p", 2);
    if (p != 1 && p != 2) {
      throw ElementwiseOperators.unsupported(node, "p");
    }
    Consumer<double[]> normalize =
        line -> {
          double sum = 0;
          for (double v : line) {
            sum += p == 1 ? Math.abs(v) : v * v;
          }
          double norm = p == 1 ? sum : Math.sqrt(sum);
          for (int i = 0; i < line.length; i++) {
            line[i] = norm == 0 ? 0 : line[i] / norm;
          }
        };
    return in -> Lines.along(in.get(0), in.get(0).shape().axis(axis)).map(normalize);
  }

  private static Operator.Single meanVariance(Node node) {
    long[] given = node.intsAttribute("axes");
    long[] axes = given == null ? new long[] {0, 2, 3} : given;
    return in -> {
      Tensor x = in.get(0);
      return Lines.along(x, Arguments.axes(axes, x.shape().rank()))
          .map(line -> standardize(line, Double.NaN));
    };
  }

  /**
   * Subtracts the mean and divides by the standard deviation.
   *
   * @param epsilon added to the variance; NaN for 1e-9 added to the deviation, as
   *     MeanVarianceNormalization's function body has it
   * @return mean and reciprocal deviation
   */
  private static double[] standardize(double[] line, double epsilon) {
    double mean = ReductionOperators.sum(line) / line.length;
    double squares = 0;
    for (int i = 0; i < line.length; i++) {
      line[i] -= mean;
      squares += line[i] * line[i];
    }
    double variance = squares / line.length;
    double reciprocal =
        Double.isNaN(epsilon)
            ? 1 / (Math.sqrt(variance) + 1e-9)
            : 1 / Math.sqrt(variance + epsilon);
    for (int i = 0; i < line.length; i++) {
      line[i] *= reciprocal;
    }
    return new double[] {mean, reciprocal};
  }

  private static int[] axesFrom(int first, int rank) {
    return Arrays.copyOfRange(Arguments.allAxes(rank), first, rank);
  }

  private static Operator layerNormalization(Node node) {
    long axis = node.intAttribute("axis", -1);
    double epsilon = node.floatAttribute("epsilon", 1e-5f);
    return inputs -> {
      Arguments in = new Arguments(inputs);
      Tensor x = in.get(0);
      Lines lines = Lines.along(x, axesFrom(x.shape().axis(axis), x.shape().rank()));
      double[] means = new double[lines.count()];
      double[] reciprocals = new double[means.length];
      int[] next = {0};
      Tensor normalized =
          lines.map(
              line -> {
                double[] moments = standardize(line, epsilon);
                means[next[0]] = moments[0];
                reciprocals[next[0]++] = moments[1];
              });
      ElementType type = x.type() == ElementType.DOUBLE ? x.type() : ElementType.FLOAT;
      Shape shape = lines.reducedShape(true);
      return new Tensor[] {
        scaleAndShift(normalized, in.get(1), in.optional(2)),
        Conversion.cast(Tensor.of(shape, means), type),
        Conversion.cast(Tensor.of(shape, reciprocals), type)
      };
    };
  }

  private static Operator.Single rmsNormalization(Node node) {
    long axis = node.intAttribute("axis", -1);
    double epsilon = node.floatAttribute("epsilon", 1e-5f);
    return in -> {
      Tensor x = in.get(0);
      Tensor normalized =
          Lines.along(x, axesFrom(x.shape().axis(axis), x.shape().rank()))
              .map(
                  line -> {
                    double squares = 0;
                    for (double v : line) {
                      squares += v * v;
                    }
                    double reciprocal = 1 / Math.sqrt(squares / line.length + epsilon);
                    for (int i = 0; i < line.length; i++) {
                      line[i] *= reciprocal;
                    }
                  });
      return scaleAndShift(normalized, in.get(1), null);
    };
  }

  private static Operator.Single instanceNormalization(Node node) {
    double epsilon = node.floatAttribute("epsilon", 1e-5f);
    return in -> {
      Tensor x = in.get(0);
      Tensor normalized =
          Lines.along(x, axesFrom(2, x.shape().rank())).map(line -> standardize(line, epsilon));
      return scaleAndShift(normalized, perChannel(in.get(1), x), perChannel(in.get(2), x));
    };
  }

  private static Operator.Single groupNormalization(Node node) {
    double epsilon = node.floatAttribute("epsilon", 1e-5f);
    int groups = (int) node.intAttribute("num_groups", 0);
    return in -> {
      Tensor x = in.get(0);
      int batch = x.shape().dim(0);
      if (groups <= 0 || x.shape().dim(1) % groups != 0) {
        throw new IllegalArgumentException(
            groups + " groups do not divide the " + x.shape().dim(1) + " channels of " + x);
      }
      int width = batch == 0 ? 0 : x.size() / batch / groups;
      Tensor normalized =
          Lines.along(x.reshape(Shape.of(batch, groups, width)), 2)
              .map(line -> standardize(line, epsilon))
              .reshape(x.shape());
      return scaleAndShift(normalized, perChannel(in.get(1), x), perChannel(in.get(2), x));
    };
  }

  /** A vector of one element per channel, shaped to broadcast along axis 1. */
  private static Tensor perChannel(Tensor values, Tensor x) {
    int[] dims = new int[x.shape().rank() - 1];
    Arrays.fill(dims, 1);
    dims[0] = values.size();
    return values.reshape(Shape.of(dims));
  }

  private static Tensor scaleAndShift(Tensor x, Tensor scale, @Nullable Tensor shift) {
    Tensor scaled = BinaryOperators.MULTIPLY.apply(x, Conversion.cast(scale, x.type()));
    return shift == null
        ? scaled
        : BinaryOperators.ADD.apply(scaled, Conversion.cast(shift, x.type()));
  }
}

package dev.sotto.quantization;

import dev.sotto.circuit.Scaling;
import dev.sotto.onnx.Node;
import dev.sotto.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Sums and differences of two encrypted tensors.
 *
 * <p>Operands with different scales are not quantized again: each is multiplied by a small clear
 * integer, element by element, so that both count in (nearly) the same unit. The ratio of the
 * scales is met within 1/512.
 */
final class SumHandler {
  private static final double TOLERANCE = 1.0 / 512;
  private static final int LARGEST_FACTOR = 128;

  private final QuantizationContext context;
  private final MoveHandler moves;

  SumHandler(QuantizationContext context, MoveHandler moves) {
    this.context = context;
    this.moves = moves;
  }

  /** Handles Add, Sub, Sum and Mean; the operands have different integer producers. */
  EncryptedValue handle(Node node, List<EncryptedValue> operands) {
    boolean allEncrypted = operands.size() == node.inputs().size();
    switch (node.type()) {
      case "Add", "Sum", "Mean" -> {
        if (!allEncrypted) {
          throw Refusals.notEncryptable(node, "it sums encrypted and clear operands");
        }
        EncryptedValue total = operands.get(0);
        for (int i = 1; i < operands.size(); i++) {
          String name = i == operands.size() - 1 ? node.output(0) : node.output(0) + "/partial" + i;
          total = add(node, name, total, operands.get(i), 1);
        }
        return node.type().equals("Mean") ? scaled(total, 1.0 / operands.size()) : total;
      }
      case "Sub" -> {
        return add(node, node.output(0), operands.get(0), operands.get(1), -1);
      }
      default ->
          throw Refusals.notEncryptable(node, "its operands come from different encrypted tensors");
    }
  }

  private static EncryptedValue scaled(EncryptedValue value, double factor) {
    IntegerValue base = value.base();
    Affine affine =
        base.affine().then(new double[] {factor}, new double[] {0}, base.shape().size());
    return EncryptedValue.of(
        new IntegerValue(
            base.slot(), base.root(), base.shape(), affine, base.proved(), base.quantized()));
  }

  /** {@code left + sign · right}. */
  EncryptedValue add(
      Node node, String name, EncryptedValue left, EncryptedValue right, double sign) {
    Shape shape = broadcast(left.shape(), right.shape(), node);
    int bits = context.options().bits().modelOutputs();
    EncryptedValue x = moves.expand(context.affine(left, bits), shape, node);
    EncryptedValue y = moves.expand(context.affine(right, bits), shape, node);
    Affine a = Objects.requireNonNull(x.closed());
    Affine b = Objects.requireNonNull(y.closed());
    int size = shape.size();
    long[] leftFactor = new long[size];
    long[] rightFactor = new long[size];
    double[] slope = new double[size];
    double[] offset = new double[size];
    for (int i = 0; i < size; i++) {
      double s = a.slope(i);
      double t = sign * b.slope(i);
      double unit = unit(s, t);
      leftFactor[i] = Math.round(s / unit);
      rightFactor[i] = Math.round(t / unit);
      slope[i] = unit;
      // A rounded factor stretches the whole operand, zero point included: no offset is amplified.
      offset[i] =
          stretch(leftFactor[i] * unit, s) * a.offset(i)
              + stretch(rightFactor[i] * unit, t) * sign * b.offset(i);
    }
    QuantizedOp op =
        new QuantizedOp.Sum(
            node.name(),
            x.base().slot(),
            y.base().slot(),
            scaling(leftFactor),
            scaling(rightFactor));
    return EncryptedValue.of(context.emit(op, name, shape, new Affine(slope, offset), false));
  }

  private static double stretch(double rounded, double slope) {
    return slope == 0 ? 1 : rounded / slope;
  }

  private static @Nullable Scaling scaling(long[] factors) {
    return Arrays.stream(factors).allMatch(f -> f == 1) ? null : new Scaling(factors);
  }

  /** A unit of which both scales are nearly integer multiples: the smaller scale over 1 to 128. */
  private static double unit(double s, double t) {
    double small = Math.min(Math.abs(s), Math.abs(t));
    double large = Math.max(Math.abs(s), Math.abs(t));
    if (small == 0) {
      return large == 0 ? 1 : large;
    }
    double best = small;
    double bestError = Double.POSITIVE_INFINITY;
    for (int k = 1; k <= LARGEST_FACTOR; k++) {
      double multiple = large / (small / k);
      double error = Math.abs(Math.rint(multiple) - multiple) / multiple;
      if (error < bestError) {
        bestError = error;
        best = small / k;
      }
      if (error < TOLERANCE) {
        break;
      }
    }
    return best;
  }

  /** The shape of a sum of two shapes. */
  static Shape broadcast(Shape a, Shape b, Node node) {
    int rank = Math.max(a.rank(), b.rank());
    List<Integer> dims = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      int da = i < rank - a.rank() ? 1 : a.dim(i - (rank - a.rank()));
      int db = i < rank - b.rank() ? 1 : b.dim(i - (rank - b.rank()));
      if (da != db && da != 1 && db != 1) {
        throw Refusals.notEncryptable(node, "shapes " + a + " and " + b + " do not broadcast");
      }
      dims.add(Math.max(da, db));
    }
    return Shape.of(dims.stream().mapToInt(Integer::intValue).toArray());
  }
}

package dev.sotto.quantization;

import static dev.sotto.quantization.PackedArrays.indices;
import static dev.sotto.quantization.PackedArrays.interval;
import static dev.sotto.quantization.PackedArrays.ints;
import static dev.sotto.quantization.PackedArrays.list;
import static dev.sotto.quantization.PackedArrays.longs;
import static dev.sotto.quantization.PackedArrays.require;

import dev.sotto.circuit.Interval;
import dev.sotto.circuit.Move;
import dev.sotto.circuit.Scaling;
import dev.sotto.circuit.WeightedSum;
import dev.sotto.quantization.proto.QuantizedModuleProto;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Integer operators in {@code quantized_module.proto}. */
final class OperatorFormat {
  private OperatorFormat() {}

  static QuantizedModuleProto.Operator write(QuantizedOp op, Interval proved) {
    QuantizedModuleProto.Operator.Builder out =
        QuantizedModuleProto.Operator.newBuilder()
            .setName(op.name())
            .addAllInputs(op.inputs())
            .setProved(interval(proved));
    if (op instanceof QuantizedOp.Linear linear) {
      out.setLinear(linear(linear));
    } else if (op instanceof QuantizedOp.Look look) {
      out.setLookup(LookupFormat.write(look.lookup()));
    } else if (op instanceof QuantizedOp.Rearrange rearrange) {
      out.setMove(move(rearrange.move()));
    } else if (op instanceof QuantizedOp.Sum sum) {
      out.setSum(
          QuantizedModuleProto.Sum.newBuilder()
              .addAllLeft(factors(sum.leftScale()))
              .addAllRight(factors(sum.rightScale())));
    } else if (op instanceof QuantizedOp.Product) {
      out.setProduct(QuantizedModuleProto.Product.getDefaultInstance());
    } else if (op instanceof QuantizedOp.Maximum maximum) {
      QuantizedModuleProto.Maximum.Builder it =
          QuantizedModuleProto.Maximum.newBuilder()
              .setRange(interval(maximum.range()))
              .setLargest(maximum.largest());
      maximum.moves().forEach(candidate -> it.addMoves(move(candidate)));
      out.setMaximum(it);
    } else if (op instanceof QuantizedOp.Trees trees) {
      out.setTrees(TreeFormat.write(trees.trees()));
    }
    return out.build();
  }

  private static QuantizedModuleProto.Linear linear(QuantizedOp.Linear linear) {
    WeightedSum sum = linear.sum();
    QuantizedModuleProto.Linear.Builder out =
        QuantizedModuleProto.Linear.newBuilder()
            .setGroups(sum.groups())
            .setPositions(sum.positions())
            .setTaps(sum.taps())
            .setOutputs(sum.outputs())
            .setSource(indices(sum.sources()))
            .addAllStrides(list(sum.strides()))
            .setPadding(sum.padding());
    for (int weight : sum.weights()) {
      out.addWeights(weight);
    }
    if (linear.calibrated() != null) {
      out.setCalibrated(interval(linear.calibrated()));
    }
    return out.build();
  }

  private static QuantizedModuleProto.Move move(Move move) {
    return QuantizedModuleProto.Move.newBuilder()
        .setSource(indices(move.source()))
        .setFill(move.fill())
        .build();
  }

  private static List<Long> factors(@Nullable Scaling scaling) {
    return scaling == null ? List.of() : list(scaling.factors());
  }

  static QuantizedOp read(QuantizedModuleProto.Operator in) {
    String name = in.getName();
    int[] inputs = ints(in.getInputsList());
    return switch (in.getKindCase()) {
      case LINEAR -> linear(name, only(inputs), in.getLinear());
      case LOOKUP -> new QuantizedOp.Look(name, only(inputs), LookupFormat.read(in.getLookup()));
      case MOVE -> new QuantizedOp.Rearrange(name, List.copyOf(list(inputs)), move(in.getMove()));
      case SUM -> {
        requireTwo(inputs);
        yield new QuantizedOp.Sum(
            name,
            inputs[0],
            inputs[1],
            scaling(in.getSum().getLeftList()),
            scaling(in.getSum().getRightList()));
      }
      case PRODUCT -> {
        requireTwo(inputs);
        yield new QuantizedOp.Product(name, inputs[0], inputs[1]);
      }
      case MAXIMUM -> {
        QuantizedModuleProto.Maximum maximum = in.getMaximum();
        yield new QuantizedOp.Maximum(
            name,
            List.copyOf(list(inputs)),
            maximum.getMovesList().stream().map(OperatorFormat::move).toList(),
            interval(maximum.getRange()),
            maximum.getLargest());
      }
      case TREES -> new QuantizedOp.Trees(name, only(inputs), TreeFormat.read(in.getTrees()));
      case KIND_NOT_SET ->
          throw new IllegalArgumentException("operator '" + name + "' of no known kind");
    };
  }

  private static int only(int[] inputs) {
    require(inputs.length == 1, "one operand expected");
    return inputs[0];
  }

  private static void requireTwo(int[] inputs) {
    require(inputs.length == 2, "two operands expected");
  }

  private static QuantizedOp.Linear linear(String name, int input, QuantizedModuleProto.Linear in) {
    int[] sizes = {in.getGroups(), in.getPositions(), in.getTaps(), in.getOutputs()};
    require(Arrays.stream(sizes).allMatch(size -> size > 0), "sizes of a weighted sum");
    long matrices = Math.multiplyExact((long) sizes[0], sizes[2]);
    require(
        Math.multiplyExact(matrices, sizes[1]) == in.getSource().getDeltasCount()
            && Math.multiplyExact(matrices, sizes[3]) == in.getWeightsCount(),
        "lengths of a weighted sum");
    int size = Math.toIntExact(Math.multiplyExact((long) sizes[0] * sizes[1], sizes[3]));
    int[] strides = ints(in.getStridesList());
    require(strides.length == 3, "strides of a weighted sum");
    long last =
        (sizes[0] - 1L) * strides[0] + (sizes[1] - 1L) * strides[1] + (sizes[3] - 1L) * strides[2];
    require(
        last < size && Arrays.stream(strides).allMatch(stride -> stride >= 0),
        "strides of a weighted sum");
    int[] weights = new int[in.getWeightsCount()];
    Arrays.setAll(weights, in::getWeights);
    WeightedSum sum =
        new WeightedSum(
            sizes[0],
            sizes[1],
            sizes[2],
            sizes[3],
            indices(in.getSource()),
            weights,
            strides,
            in.getPadding());
    return new QuantizedOp.Linear(
        name, input, sum, in.hasCalibrated() ? interval(in.getCalibrated()) : null);
  }

  private static Move move(QuantizedModuleProto.Move in) {
    return new Move(indices(in.getSource()), in.getFill());
  }

  private static @Nullable Scaling scaling(List<Long> factors) {
    return factors.isEmpty() ? null : new Scaling(longs(factors));
  }
}

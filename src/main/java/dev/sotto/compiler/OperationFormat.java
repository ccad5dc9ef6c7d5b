package dev.sotto.compiler;

import static dev.sotto.compiler.StoredFields.indices;
import static dev.sotto.compiler.StoredFields.interval;
import static dev.sotto.compiler.StoredFields.ints;
import static dev.sotto.compiler.StoredFields.list;
import static dev.sotto.compiler.StoredFields.longs;
import static dev.sotto.compiler.StoredFields.reals;
import static dev.sotto.compiler.StoredFields.require;
import static dev.sotto.compiler.StoredFields.requireWithin;

import dev.sotto.circuit.AffineLookup;
import dev.sotto.circuit.IntegerTensor;
import dev.sotto.circuit.Lookup;
import dev.sotto.circuit.Move;
import dev.sotto.circuit.Operation;
import dev.sotto.circuit.Scaling;
import dev.sotto.circuit.TableLookup;
import dev.sotto.circuit.WeightedSum;
import dev.sotto.compiler.proto.CompiledCircuitProto;
import java.util.Arrays;

/** What nodes do, in {@code compiled_circuit.proto}. */
final class OperationFormat {
  private OperationFormat() {}

  static void write(Operation operation, CompiledCircuitProto.Node.Builder out) {
    if (operation instanceof Operation.Input input) {
      out.setInput(CompiledCircuitProto.Input.newBuilder().setPosition(input.position()));
    } else if (operation instanceof Operation.Linear linear) {
      out.setLinear(linear(linear.sum()));
    } else if (operation instanceof Operation.Scale scale) {
      out.setScale(
          CompiledCircuitProto.Scale.newBuilder().addAllFactors(list(scale.scaling().factors())));
    } else if (operation instanceof Operation.Look look) {
      if (look.lookup() instanceof TableLookup table) {
        out.setTable(table(table));
      } else {
        out.setAffine(affine(look.lookup()));
      }
    } else if (operation instanceof Operation.Product) {
      out.setProduct(CompiledCircuitProto.Product.getDefaultInstance());
    } else if (operation instanceof Operation.Add) {
      out.setAdd(CompiledCircuitProto.Add.getDefaultInstance());
    } else if (operation instanceof Operation.Rearrange rearrange) {
      out.setMove(
          CompiledCircuitProto.Move.newBuilder()
              .setSource(indices(rearrange.move().source()))
              .setFill(rearrange.move().fill()));
    } else if (operation instanceof Operation.Trees trees) {
      out.setTrees(EnsembleFormat.write(trees.trees()));
    }
  }

  private static CompiledCircuitProto.Linear linear(WeightedSum sum) {
    CompiledCircuitProto.Linear.Builder out =
        CompiledCircuitProto.Linear.newBuilder()
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
    return out.build();
  }

  private static CompiledCircuitProto.Table table(TableLookup lookup) {
    CompiledCircuitProto.Table.Builder out =
        CompiledCircuitProto.Table.newBuilder().setChannelOf(indices(lookup.channelOf()));
    for (int c = 0; c < lookup.channels(); c++) {
      out.addFirst(lookup.first()[c]).addChannels(indices(lookup.values(c)));
    }
    return out.build();
  }

  private static CompiledCircuitProto.Affine affine(Lookup lookup) {
    if (!(lookup instanceof AffineLookup affine)) {
      throw new IllegalStateException("not a straight line: " + lookup);
    }
    return CompiledCircuitProto.Affine.newBuilder()
        .setRange(interval(affine.range()))
        .setChannelOf(indices(affine.channelOf()))
        .setSlope(reals(affine.slope()))
        .setOffset(reals(affine.offset()))
        .build();
  }

  static Operation read(CompiledCircuitProto.Node in) {
    return switch (in.getOperationCase()) {
      case INPUT -> new Operation.Input(in.getInput().getPosition());
      case LINEAR -> new Operation.Linear(linear(in.getLinear()));
      case SCALE -> new Operation.Scale(new Scaling(longs(in.getScale().getFactorsList())));
      case AFFINE -> new Operation.Look(affine(in.getAffine()));
      case TABLE -> new Operation.Look(table(in.getTable()));
      case PRODUCT -> new Operation.Product();
      case ADD -> new Operation.Add();
      case MOVE ->
          new Operation.Rearrange(
              new Move(indices(in.getMove().getSource()), in.getMove().getFill()));
      case TREES -> new Operation.Trees(EnsembleFormat.read(in.getTrees()));
      case OPERATION_NOT_SET ->
          throw new IllegalArgumentException("node '" + in.getName() + "' of no known kind");
    };
  }

  private static WeightedSum linear(CompiledCircuitProto.Linear in) {
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
    requireEveryTarget(sum);
    return sum;
  }

  /** Strides that leave no result out: each is computed once. */
  private static void requireEveryTarget(WeightedSum sum) {
    boolean[] seen = new boolean[sum.size()];
    for (int g = 0; g < sum.groups(); g++) {
      for (int p = 0; p < sum.positions(); p++) {
        for (int n = 0; n < sum.outputs(); n++) {
          int target = sum.target(g, p, n);
          require(!seen[target], "strides of a weighted sum");
          seen[target] = true;
        }
      }
    }
  }

  private static TableLookup table(CompiledCircuitProto.Table in) {
    int channels = in.getChannelsCount();
    require(channels > 0 && in.getFirstCount() == channels, "number of tables");
    int[][] values = new int[channels][];
    for (int c = 0; c < channels; c++) {
      values[c] = indices(in.getChannels(c));
      require(
          values[c].length > 0 && values[c].length <= TableRewriter.MOST_VALUES,
          "values of table " + c);
      require(Math.abs((double) in.getFirst(c)) <= IntegerTensor.WIDE_BOUND, "table " + c);
    }
    int[] channelOf = indices(in.getChannelOf());
    requireWithin(channelOf, 0, channels, "channel");
    return new TableLookup(longs(in.getFirstList()), values, channelOf);
  }

  private static AffineLookup affine(CompiledCircuitProto.Affine in) {
    double[] slope = reals(in.getSlope());
    double[] offset = reals(in.getOffset());
    int[] channelOf = indices(in.getChannelOf());
    require(slope.length > 0 && offset.length == slope.length, "number of channels");
    requireWithin(channelOf, 0, slope.length, "channel");
    return new AffineLookup(slope, offset, channelOf, interval(in.getRange()));
  }
}

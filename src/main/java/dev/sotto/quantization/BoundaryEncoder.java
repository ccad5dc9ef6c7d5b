package dev.sotto.quantization;

import dev.sotto.circuit.Interval;
import dev.sotto.onnx.Graph;
import dev.sotto.onnx.Node;
import dev.sotto.problem.SottoException;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Decides how clear values that are handed to the encrypted part become integers. */
final class BoundaryEncoder {
  /** Features whose ranges differ by more than this get a scale of their own. */
  private static final double SPREAD = 8;

  private final QuantizationContext context;
  private final RowTrace trace;
  private final Map<String, Node> producers;
  private final GraphRegions regions;
  private final RangeSource ranges;
  private final QuantizationOptions options;

  BoundaryEncoder(
      QuantizationContext context,
      RowTrace trace,
      Map<String, Node> producers,
      GraphRegions regions,
      RangeSource ranges,
      QuantizationOptions options) {
    this.context = context;
    this.trace = trace;
    this.producers = producers;
    this.regions = regions;
    this.ranges = ranges;
    this.options = options;
  }

  /** Adds the encoding of a value and makes it known as encrypted; trees read bits of their own. */
  void encode(String value, Graph graph, TreeHandler trees) {
    List<Node> users = users(value);
    List<Node> ensembles = users.stream().filter(n -> n.type().equals(ModelSplit.SCORES)).toList();
    if (!ensembles.isEmpty()) {
      trees.encode(value, ensembles);
    }
    if (!ensembles.isEmpty() && ensembles.size() == users.size() && !isOutput(value, graph)) {
      return;
    }
    Shape shape = trace.shape(value);
    UniformQuantizer next = nextQuantizer(value, graph);
    List<UniformQuantizer> quantizers = next != null ? List.of(next) : quantizers(value, shape);
    InputEncoding encoding = new InputEncoding.Uniform(value, shape.size(), quantizers);
    int slot = context.module().input(encoding);
    Affine affine = Affine.of(quantizers.get(0));
    if (quantizers.size() > 1) {
      double[] slope = quantizers.stream().mapToDouble(UniformQuantizer::scale).toArray();
      double[] offset = quantizers.stream().mapToDouble(q -> -q.scale() * q.zeroPoint()).toArray();
      affine = new Affine(slope, offset);
    }
    context.put(
        EncryptedValue.of(
            new IntegerValue(slot, value, shape, affine, context.module().proved(slot), true)));
  }

  /** Nodes that read a value inside or after. */
  private List<Node> users(String value) {
    List<Node> users = new ArrayList<>();
    for (List<Node> part : List.of(regions.inside(), regions.after())) {
      part.stream().filter(n -> n.inputs().contains(value)).forEach(users::add);
    }
    return users;
  }

  private static boolean isOutput(String value, Graph graph) {
    return graph.outputs().stream().anyMatch(o -> o.name().equals(value));
  }

  private List<UniformQuantizer> quantizers(String value, Shape shape) {
    UniformQuantizer given = givenQuantizer(value);
    if (given != null) {
      return List.of(given);
    }
    if (isBinary(value)) {
      return List.of(UniformQuantizer.identity(new Interval(0, 1)));
    }
    Range extremes = ranges.extremes(value);
    int bits = options.bits().modelInputs();
    if (extremes == null) {
      throw SottoException.of(
          QuantizationError.NOT_CALIBRATED, "value '" + value + "'", "it was never seen.");
    }
    if (trace.type(value).isInteger() && extremes.max() - extremes.min() < 1 << 16) {
      return List.of(
          UniformQuantizer.identity(
              new Interval(
                  (long) Math.min(0, extremes.min()), (long) Math.max(0, extremes.max()))));
    }
    Range[] features = ranges.channelExtremes(value);
    if (features != null && features.length == shape.size() && wantsOwnScales(value, features)) {
      return Arrays.stream(features)
          .map(r -> UniformQuantizer.affine(r.min(), r.max(), bits))
          .toList();
    }
    Range range = Objects.requireNonNull(ranges.range(value, bits, false));
    return List.of(UniformQuantizer.affine(range.min(), range.max(), bits));
  }

  /** A scale per feature, where ranges differ much and only dense layers read the features. */
  private boolean wantsOwnScales(String value, Range[] features) {
    boolean dense =
        regions.inside().stream()
            .filter(n -> n.inputs().contains(value))
            .allMatch(
                n ->
                    n.input(0).equals(value)
                        && (n.type().equals("Gemm") || n.type().equals("MatMul")));
    double[] widths =
        Arrays.stream(features)
            .mapToDouble(r -> Math.max(r.max(), 0) - Math.min(r.min(), 0))
            .filter(w -> w > 0)
            .sorted()
            .toArray();
    return dense
        && widths.length > 0
        && widths[widths.length - 1] > SPREAD * widths[widths.length / 2];
  }

  /** The quantizer that the model itself applies to a value, through moves. */
  private @Nullable UniformQuantizer givenQuantizer(String value) {
    Node producer = producers.get(value);
    if (producer == null || !regions.before().contains(producer)) {
      return null;
    }
    if (producer.type().equals(FakeQuantization.TYPE)) {
      return FakeQuantization.quantizer(producer);
    }
    return OperatorKinds.isMove(producer.type()) && !producer.type().equals("Concat")
        ? givenQuantizer(producer.input(0))
        : null;
  }

  /** The quantizer that the model itself applies to a value before anything else, through moves. */
  private @Nullable UniformQuantizer nextQuantizer(String value, Graph graph) {
    if (isOutput(value, graph)) {
      return null;
    }
    UniformQuantizer found = null;
    for (Node user : users(value)) {
      UniformQuantizer next = null;
      if (user.type().equals(FakeQuantization.TYPE)) {
        next = FakeQuantization.quantizer(user);
      } else if (OperatorKinds.isMove(user.type()) && !user.type().equals("Concat")) {
        next = nextQuantizer(user.output(0), graph);
      }
      if (next == null || (found != null && !found.equals(next))) {
        return null;
      }
      found = next;
    }
    return found;
  }

  /** Whether a value is 0 or 1 by the way it is made. */
  private boolean isBinary(String value) {
    if (trace.type(value) == ElementType.BOOL) {
      return true;
    }
    Node producer = producers.get(value);
    if (producer == null) {
      return false;
    }
    boolean passes =
        producer.type().equals("Cast")
            || producer.type().equals("Identity")
            || (OperatorKinds.isMove(producer.type()) && !producer.type().equals("Concat"));
    return passes && isBinary(producer.input(0));
  }
}

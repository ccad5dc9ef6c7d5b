package dev.sotto.quantization;

import dev.sotto.circuit.AffineLookup;
import dev.sotto.circuit.FunctionLookup;
import dev.sotto.circuit.Interval;
import dev.sotto.circuit.Lookup;
import dev.sotto.onnx.Attribute;
import dev.sotto.onnx.Node;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Fuses everything between an integer tensor and a quantizer into one lookup.
 *
 * <p>Affine chains, with at most one ReLU or clip at their end, become an {@link AffineLookup};
 * everything else a {@link FunctionLookup} that runs the ONNX nodes themselves. Elements whose
 * constants are equal share a channel.
 */
final class Lookups {
  private Lookups() {}

  static Lookup of(EncryptedValue value, UniformQuantizer quantizer, QuantizationContext context) {
    Affine closed = value.closed();
    Interval range = quantizer.range();
    if (closed != null) {
      return affine(closed, value.shape(), quantizer, range);
    }
    Lookup clamped = clampedAffine(value, quantizer, context);
    return clamped != null ? clamped : function(value, quantizer, context);
  }

  private static AffineLookup affine(
      Affine affine, Shape shape, UniformQuantizer quantizer, Interval range) {
    double[] scale = new double[shape.size()];
    Arrays.fill(scale, quantizer.scale());
    return scaled(affine, scale, quantizer.zeroPoint(), range);
  }

  /** An affine meaning in units of a scale per element, with zero point 0. */
  static AffineLookup scaled(Affine affine, double[] scale, Interval range) {
    return scaled(affine, scale, 0, range);
  }

  private static AffineLookup scaled(
      Affine affine, double[] scale, long zeroPoint, Interval range) {
    Map<List<Double>, Integer> channels = new LinkedHashMap<>();
    int[] channelOf = new int[scale.length];
    for (int i = 0; i < channelOf.length; i++) {
      double slope = affine.slope(i) / scale[i];
      double offset = affine.offset(i) / scale[i] + zeroPoint;
      channelOf[i] = channels.computeIfAbsent(List.of(slope, offset), k -> channels.size());
    }
    double[] slopes = channels.keySet().stream().mapToDouble(k -> k.get(0)).toArray();
    double[] offsets = channels.keySet().stream().mapToDouble(k -> k.get(1)).toArray();
    return new AffineLookup(slopes, offsets, channelOf, range);
  }

  /** An affine chain that ends in one Relu or in one Clip with the same bounds for all elements. */
  private static @Nullable Lookup clampedAffine(
      EncryptedValue value, UniformQuantizer quantizer, QuantizationContext context) {
    List<Node> pending = value.pending();
    Node last = pending.get(pending.size() - 1);
    double lo;
    double hi;
    if (last.type().equals("Relu")) {
      lo = 0;
      hi = Double.POSITIVE_INFINITY;
    } else if (last.type().equals("Clip")) {
      Tensor min = context.constant(last.input(1));
      Tensor max = context.constant(last.input(2));
      lo = min == null ? Double.NEGATIVE_INFINITY : min.getDouble(0);
      hi = max == null ? Double.POSITIVE_INFINITY : max.getDouble(0);
    } else {
      return null;
    }
    EncryptedValue before = context.find(last.input(0));
    if (before == null || !before.sharesBase(value) || before.closed() == null) {
      return null;
    }
    long least = quantizer.range().lo();
    long most = quantizer.range().hi();
    double qlo = Math.rint(lo / quantizer.scale() + quantizer.zeroPoint());
    double qhi = Math.rint(hi / quantizer.scale() + quantizer.zeroPoint());
    long from = (long) Math.max(least, Math.min(most, qlo));
    long to = (long) Math.max(from, Math.min(most, qhi));
    return affine(before.closed(), value.shape(), quantizer, new Interval(from, to));
  }

  private static FunctionLookup function(
      EncryptedValue value, UniformQuantizer quantizer, QuantizationContext context) {
    Shape shape = value.shape();
    Affine meaning = value.base().affine();
    Map<String, Tensor> constants = new LinkedHashMap<>();
    for (Node node : value.pending()) {
      for (String input : node.inputs()) {
        Tensor constant = context.constant(input);
        if (constant != null) {
          constants.put(input, constant);
        }
      }
    }
    Map<List<Object>, Integer> channels = new HashMap<>();
    List<Integer> representatives = new ArrayList<>();
    int[] channelOf = new int[shape.size()];
    Map<String, int[]> places = new LinkedHashMap<>();
    constants.forEach((name, tensor) -> places.put(name, broadcastIndex(tensor.shape(), shape)));
    for (int i = 0; i < channelOf.length; i++) {
      List<Object> key = new ArrayList<>();
      key.add(meaning.slope(i));
      key.add(meaning.offset(i));
      for (Map.Entry<String, int[]> place : places.entrySet()) {
        Tensor tensor = java.util.Objects.requireNonNull(constants.get(place.getKey()));
        key.add(tensor.getDouble(place.getValue()[i]));
      }
      Integer known = channels.get(key);
      if (known == null) {
        known = channels.size();
        channels.put(key, known);
        representatives.add(i);
      }
      channelOf[i] = known;
    }
    List<Map<String, Tensor>> scalars = new ArrayList<>();
    for (int representative : representatives) {
      Map<String, Tensor> scalar = new LinkedHashMap<>();
      places.forEach(
          (name, place) ->
              scalar.put(
                  name,
                  SubgraphFunction.scalarConstant(
                      java.util.Objects.requireNonNull(constants.get(name)),
                      place[representative])));
      scalars.add(scalar);
    }
    SubgraphFunction function =
        new SubgraphFunction(
            representatives.stream().mapToDouble(meaning::slope).toArray(),
            representatives.stream().mapToDouble(meaning::offset).toArray(),
            value.base().root(),
            value.name(),
            typed(value, context.trace().type(value.base().root())),
            scalars);
    return new FunctionLookup(
        function,
        quantizer.scale(),
        quantizer.zeroPoint(),
        channelOf,
        quantizer.range(),
        context.module().proved(value.base().slot()));
  }

  /** The pending nodes, reading integers or bits where the model's root has such a type. */
  private static List<Node> typed(EncryptedValue value, ElementType type) {
    if (type.isFloating()) {
      return value.pending();
    }
    String root = value.base().root();
    String rounded = root + "/rounded";
    String cast = root + "/typed";
    List<Node> nodes = new ArrayList<>();
    nodes.add(Node.of(root, "Round", List.of(root), List.of(rounded), Map.of()));
    nodes.add(
        Node.of(
            root,
            "Cast",
            List.of(rounded),
            List.of(cast),
            Map.of("to", new Attribute.IntValue(type.onnxNumber()))));
    for (Node node : value.pending()) {
      nodes.add(
          node.withInputs(node.inputs().stream().map(in -> in.equals(root) ? cast : in).toList()));
    }
    return nodes;
  }

  /**
   * For every element of {@code to} the element of a tensor of shape {@code from} it broadcasts.
   */
  static int[] broadcastIndex(Shape from, Shape to) {
    int[] index = new int[to.size()];
    if (from.size() == 1) {
      return index;
    }
    int rank = to.rank();
    int shift = rank - from.rank();
    int[] strides = from.strides();
    int[] position = new int[rank];
    for (int i = 0; i < index.length; i++) {
      int at = 0;
      for (int axis = Math.max(0, shift); axis < rank; axis++) {
        if (from.dim(axis - shift) > 1) {
          at += position[axis] * strides[axis - shift];
        }
      }
      index[i] = at;
      for (int axis = rank - 1; axis >= 0 && ++position[axis] == to.dim(axis); axis--) {
        position[axis] = 0;
      }
    }
    return index;
  }

  /** The values of a constant for every element of a row: one when it is a scalar. */
  static double[] spread(Tensor constant, Shape shape) {
    if (constant.size() == 1) {
      return new double[] {constant.getDouble(0)};
    }
    return Arrays.stream(broadcastIndex(constant.shape(), shape))
        .mapToDouble(constant::getDouble)
        .toArray();
  }
}

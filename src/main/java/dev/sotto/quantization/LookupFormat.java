package dev.sotto.quantization;

import static dev.sotto.quantization.PackedArrays.indices;
import static dev.sotto.quantization.PackedArrays.interval;
import static dev.sotto.quantization.PackedArrays.reals;
import static dev.sotto.quantization.PackedArrays.require;
import static dev.sotto.quantization.PackedArrays.requireWithin;

import com.google.protobuf.ByteString;
import dev.sotto.circuit.AffineLookup;
import dev.sotto.circuit.FunctionLookup;
import dev.sotto.circuit.Interval;
import dev.sotto.circuit.Lookup;
import dev.sotto.numpy.OperatorRegistry;
import dev.sotto.onnx.Graph;
import dev.sotto.onnx.Node;
import dev.sotto.onnx.OnnxModel;
import dev.sotto.onnx.ValueType;
import dev.sotto.quantization.proto.QuantizedModuleProto;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Lookups in {@code quantized_module.proto}.
 *
 * <p>The function of a lookup is written as an ONNX model from the real value of one integer to the
 * real value of the result; a constant that differs by channel is an initializer with one element
 * per channel.
 */
final class LookupFormat {
  private LookupFormat() {}

  static QuantizedModuleProto.Lookup write(Lookup lookup) {
    QuantizedModuleProto.Lookup.Builder out =
        QuantizedModuleProto.Lookup.newBuilder()
            .setRange(interval(lookup.range()))
            .setChannelOf(indices(lookup.channelOf()));
    if (lookup instanceof AffineLookup affine) {
      out.setAffine(
          QuantizedModuleProto.Affine.newBuilder()
              .setSlope(reals(affine.slope()))
              .setOffset(reals(affine.offset())));
    } else if (lookup instanceof FunctionLookup function) {
      out.setFunction(function(function));
    }
    return out.build();
  }

  private static QuantizedModuleProto.Function function(FunctionLookup lookup) {
    if (!(lookup.function() instanceof SubgraphFunction function)) {
      throw new IllegalStateException("not a chain of ONNX nodes: " + lookup.function());
    }
    return QuantizedModuleProto.Function.newBuilder()
        .setSlope(reals(function.slope()))
        .setOffset(reals(function.offset()))
        .setModel(ByteString.copyFrom(model(function).toBytes()))
        .setScale(lookup.scale())
        .setZeroPoint(lookup.zeroPoint())
        .setDomain(interval(lookup.domain()))
        .build();
  }

  private static OnnxModel model(SubgraphFunction function) {
    Map<String, Tensor> initializers = new LinkedHashMap<>();
    for (String name : function.constants().get(0).keySet().stream().sorted().toList()) {
      initializers.put(
          name, gathered(function.constants().stream().map(c -> c.get(name)).toList()));
    }
    ValueType number = new ValueType.TensorType(ElementType.DOUBLE.onnxNumber(), false, List.of());
    Graph graph =
        new Graph(
            "lookup",
            function.nodes(),
            List.of(new Graph.Value(function.root(), number)),
            List.of(new Graph.Value(function.output(), number)),
            initializers,
            Map.of());
    return StageFormat.model(graph);
  }

  /** Scalars by channel as one vector, of one element when they are all equal. */
  private static Tensor gathered(List<Tensor> scalars) {
    Tensor first = scalars.get(0);
    int length = scalars.stream().allMatch(first::equals) ? 1 : scalars.size();
    Object data = Tensor.newStorage(first.type(), length);
    for (int i = 0; i < length; i++) {
      System.arraycopy(scalars.get(i).storage(), 0, data, i, 1);
    }
    return Tensor.ofStorage(first.type(), Shape.of(length), data);
  }

  static Lookup read(QuantizedModuleProto.Lookup in) {
    int[] channelOf = indices(in.getChannelOf());
    Interval range = interval(in.getRange());
    Lookup lookup =
        switch (in.getKindCase()) {
          case AFFINE -> affine(in.getAffine(), channelOf, range);
          case FUNCTION -> function(in.getFunction(), channelOf, range);
          case KIND_NOT_SET -> throw new IllegalArgumentException("a lookup of no known kind");
        };
    return lookup;
  }

  private static AffineLookup affine(
      QuantizedModuleProto.Affine in, int[] channelOf, Interval range) {
    double[] slope = reals(in.getSlope());
    requireWithin(channelOf, 0, slope.length, "channel");
    return new AffineLookup(slope, reals(in.getOffset()), channelOf, range);
  }

  private static FunctionLookup function(
      QuantizedModuleProto.Function in, int[] channelOf, Interval range) {
    double[] slope = reals(in.getSlope());
    double[] offset = reals(in.getOffset());
    require(slope.length > 0 && offset.length == slope.length, "number of channels");
    requireWithin(channelOf, 0, slope.length, "channel");
    Graph graph = OnnxModel.parse(in.getModel().toByteArray(), null, "a lookup").graph();
    require(
        graph.inputs().size() == 1 && graph.outputs().size() == 1 && !graph.nodes().isEmpty(),
        "a lookup's function has one input and one output");
    for (Node node : graph.nodes()) {
      require(OperatorRegistry.standard().find(node.type()) != null, "operator " + node.type());
    }
    List<Map<String, Tensor>> constants = new ArrayList<>(slope.length);
    for (int channel = 0; channel < slope.length; channel++) {
      constants.add(constants(graph.initializers(), channel, slope.length));
    }
    SubgraphFunction function =
        new SubgraphFunction(
            slope,
            offset,
            graph.inputs().get(0).name(),
            graph.outputs().get(0).name(),
            graph.nodes(),
            constants);
    return new FunctionLookup(
        function, in.getScale(), in.getZeroPoint(), channelOf, range, interval(in.getDomain()));
  }

  private static Map<String, Tensor> constants(
      Map<String, Tensor> initializers, int channel, int channels) {
    Map<String, Tensor> constants = new LinkedHashMap<>();
    initializers.forEach(
        (name, tensor) -> {
          require(
              tensor.size() == 1 || tensor.size() == channels, "size of constant '" + name + "'");
          Object scalar = Tensor.newStorage(tensor.type(), 1);
          System.arraycopy(tensor.storage(), tensor.size() == 1 ? 0 : channel, scalar, 0, 1);
          constants.put(name, Tensor.ofStorage(tensor.type(), Shape.SCALAR, scalar));
        });
    return constants;
  }
}

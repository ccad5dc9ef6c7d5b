package dev.sotto.onnx;

import dev.sotto.onnx.Graph.Value;
import dev.sotto.onnx.proto.AttributeProto;
import dev.sotto.onnx.proto.GraphProto;
import dev.sotto.onnx.proto.NodeProto;
import dev.sotto.onnx.proto.SparseTensorProto;
import dev.sotto.onnx.proto.TensorProto;
import dev.sotto.onnx.proto.ValueInfoProto;
import dev.sotto.problem.Problem;
import dev.sotto.problem.SottoException;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Turns a {@code GraphProto} into a {@link Graph} and collects what is wrong with it.
 *
 * <p>Nodes get unique names and come out in execution order. Tensors of types that Sotto does not
 * compute with are a problem only where the graph uses them.
 */
final class GraphReader {
  private final ExternalData external;
  private final List<Problem> problems;

  GraphReader(ExternalData external, List<Problem> problems) {
    this.external = external;
    this.problems = problems;
  }

  /**
   * Reads one graph.
   *
   * @param outer names that the surrounding graphs define; empty for the main graph
   */
  Graph read(GraphProto proto, Set<String> outer) {
    Set<String> visible = new HashSet<>(outer);
    proto.getInputList().forEach(input -> visible.add(input.getName()));
    proto.getInitializerList().forEach(tensor -> visible.add(tensor.getName()));
    proto.getNodeList().forEach(node -> visible.addAll(node.getOutputList()));

    List<Node> nodes = readNodes(proto.getNodeList(), visible);
    List<Value> outputs = proto.getOutputList().stream().map(GraphReader::value).toList();
    Map<String, String> users = new HashMap<>();
    nodes.forEach(node -> GraphIndex.reads(node).forEach(v -> users.putIfAbsent(v, node.place())));
    outputs.forEach(v -> users.putIfAbsent(v.name(), "output '" + v.name() + "'"));

    Map<String, Tensor> initializers = readInitializers(proto, users);
    Set<String> constants = new HashSet<>();
    proto.getInitializerList().forEach(tensor -> constants.add(tensor.getName()));
    proto.getSparseInitializerList().forEach(s -> constants.add(s.getValues().getName()));
    List<Value> inputs = new ArrayList<>();
    Set<String> given = new HashSet<>();
    for (ValueInfoProto input : proto.getInputList()) {
      if (!given.add(input.getName())) {
        problem(
            OnnxError.DUPLICATE_VALUE, "input '" + input.getName() + "'", "it is listed twice.");
      } else if (!constants.contains(input.getName())) {
        inputs.add(value(input));
      }
    }
    Map<String, ValueType> types = new LinkedHashMap<>();
    for (ValueInfoProto info : proto.getValueInfoList()) {
      types.put(info.getName(), ValueTypes.read(info.getType()));
    }
    given.addAll(constants);
    List<Node> ordered = new ExecutionOrder(given, outer, problems).sort(nodes, outputs);
    return new Graph(proto.getName(), ordered, inputs, outputs, initializers, types);
  }

  private static Value value(ValueInfoProto proto) {
    return new Value(proto.getName(), ValueTypes.read(proto.getType()));
  }

  private Map<String, Tensor> readInitializers(GraphProto proto, Map<String, String> users) {
    Map<String, Tensor> initializers = new LinkedHashMap<>();
    Set<String> seen = new HashSet<>();
    for (TensorProto tensor : proto.getInitializerList()) {
      String place = "initializer '" + tensor.getName() + "'";
      if (!seen.add(tensor.getName())) {
        problem(OnnxError.DUPLICATE_VALUE, place, "it is defined twice.");
      } else if (users.containsKey(tensor.getName())) {
        String at = place + " of " + users.get(tensor.getName());
        try {
          initializers.put(tensor.getName(), TensorCodec.decode(tensor, external, at));
        } catch (SottoException e) {
          problems.addAll(e.problems());
        }
      }
    }
    for (SparseTensorProto sparse : proto.getSparseInitializerList()) {
      String name = sparse.getValues().getName();
      if (users.containsKey(name)) {
        problem(
            OnnxError.UNSUPPORTED_TYPE,
            "initializer '" + name + "' of " + users.get(name),
            "it is a sparse tensor.");
      }
    }
    return initializers;
  }

  private List<Node> readNodes(List<NodeProto> protos, Set<String> visible) {
    Map<String, Integer> uses = new LinkedHashMap<>();
    protos.forEach(node -> uses.merge(node.getName(), 1, Integer::sum));
    Set<String> names = new HashSet<>(uses.keySet());
    Set<String> kept = new HashSet<>();
    List<Node> nodes = new ArrayList<>(protos.size());
    for (NodeProto proto : protos) {
      String name = proto.getName();
      if (name.isEmpty() || !kept.add(name)) {
        name = unique(proto.getOpType() + "_" + nodes.size(), names);
      }
      nodes.add(readNode(proto, name, visible));
    }
    return nodes;
  }

  private static String unique(String wish, Set<String> names) {
    String name = wish;
    for (int i = 1; !names.add(name); i++) {
      name = wish + "_" + i;
    }
    return name;
  }

  private Node readNode(NodeProto proto, String name, Set<String> visible) {
    Map<String, Attribute> attributes = new TreeMap<>();
    String place = "node '" + name + "' (" + proto.getOpType() + ")";
    if (proto.getOpType().isEmpty()) {
      problem(OnnxError.UNSUPPORTED_OPERATOR, place, "the node names no operator.");
    }
    for (AttributeProto attribute : proto.getAttributeList()) {
      String at = place + " attribute '" + attribute.getName() + "'";
      Attribute value = readAttribute(attribute, at, visible);
      if (attributes.putIfAbsent(attribute.getName(), value) != null) {
        problem(OnnxError.ATTRIBUTE, at, "it is given twice.");
      }
    }
    return new Node(
        name,
        OnnxReader.domain(proto.getDomain()),
        proto.getOpType(),
        proto.getInputList(),
        proto.getOutputList(),
        attributes);
  }

  private Attribute readAttribute(AttributeProto proto, String place, Set<String> visible) {
    if (!proto.getRefAttrName().isEmpty()) {
      return new Attribute.Opaque("reference to '" + proto.getRefAttrName() + "'");
    }
    try {
      return switch (kind(proto)) {
        case FLOAT -> new Attribute.FloatValue(proto.getF());
        case INT -> new Attribute.IntValue(proto.getI());
        case STRING -> new Attribute.StringValue(proto.getS().toStringUtf8());
        case TENSOR -> tensorAttribute(proto.getT(), place);
        case GRAPH -> new Attribute.GraphValue(read(proto.getG(), visible));
        case FLOATS -> {
          float[] floats = new float[proto.getFloatsCount()];
          for (int i = 0; i < floats.length; i++) {
            floats[i] = proto.getFloats(i);
          }
          yield new Attribute.FloatsValue(floats);
        }
        case INTS ->
            new Attribute.IntsValue(
                proto.getIntsList().stream().mapToLong(Long::longValue).toArray());
        case STRINGS ->
            new Attribute.StringsValue(
                proto.getStringsList().stream().map(s -> s.toStringUtf8()).toList());
        case TENSORS -> {
          List<Tensor> tensors = new ArrayList<>();
          for (TensorProto tensor : proto.getTensorsList()) {
            tensors.add(TensorCodec.decode(tensor, external, place));
          }
          yield new Attribute.TensorsValue(List.copyOf(tensors));
        }
        case GRAPHS -> new Attribute.Opaque("list of graphs");
        case SPARSE_TENSOR, SPARSE_TENSORS -> new Attribute.Opaque("sparse tensor");
        case TYPE_PROTO, TYPE_PROTOS -> new Attribute.Opaque("type");
        case UNDEFINED -> new Attribute.Opaque("attribute without a value");
      };
    } catch (SottoException e) {
      problems.addAll(e.problems());
      return new Attribute.Opaque("unreadable tensor");
    }
  }

  private Attribute tensorAttribute(TensorProto proto, String place) {
    return ElementType.ofOnnxNumber(proto.getDataType()) == null
        ? new Attribute.Opaque("tensor of type " + DataType.name(proto.getDataType()))
        : new Attribute.TensorValue(TensorCodec.decode(proto, external, place));
  }

  /** The declared kind; files of before 2017 declare none, then the field that is set tells. */
  private static AttributeProto.AttributeType kind(AttributeProto proto) {
    if (proto.getType() != AttributeProto.AttributeType.UNDEFINED) {
      return proto.getType();
    }
    if (proto.hasF()) {
      return AttributeProto.AttributeType.FLOAT;
    } else if (proto.hasI()) {
      return AttributeProto.AttributeType.INT;
    } else if (proto.hasS()) {
      return AttributeProto.AttributeType.STRING;
    } else if (proto.hasT()) {
      return AttributeProto.AttributeType.TENSOR;
    } else if (proto.hasG()) {
      return AttributeProto.AttributeType.GRAPH;
    } else if (proto.getFloatsCount() > 0) {
      return AttributeProto.AttributeType.FLOATS;
    } else if (proto.getIntsCount() > 0) {
      return AttributeProto.AttributeType.INTS;
    } else if (proto.getStringsCount() > 0) {
      return AttributeProto.AttributeType.STRINGS;
    } else if (proto.getTensorsCount() > 0) {
      return AttributeProto.AttributeType.TENSORS;
    }
    return AttributeProto.AttributeType.UNDEFINED;
  }

  private void problem(OnnxError error, String place, String detail) {
    problems.add(Problem.of(error, place, detail));
  }
}

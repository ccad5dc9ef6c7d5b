package dev.sotto.onnx;

import dev.sotto.onnx.proto.AttributeProto;
import dev.sotto.onnx.proto.FunctionProto;
import dev.sotto.onnx.proto.GraphProto;
import dev.sotto.onnx.proto.ModelProto;
import dev.sotto.onnx.proto.NodeProto;
import dev.sotto.onnx.proto.OperatorSetIdProto;
import dev.sotto.problem.SottoException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Replaces calls of functions that a model defines itself by the nodes of their bodies.
 *
 * <p>Newer exporters write such functions. Names inside a body get the name of the call as prefix;
 * attributes of the call take the place of references to them.
 */
final class FunctionInliner {
  /** A model that grows beyond this is refused: calls within calls can grow without bound. */
  private static final int MAX_NODES = 1_000_000;

  private static final int MAX_DEPTH = 64;

  private static final long MAX_NAME_LENGTH = 1L << 26;

  private final Map<String, FunctionProto> functions = new HashMap<>();
  private final String source;
  private int calls;
  private int nodes;
  private long nameLength;

  private FunctionInliner(ModelProto model, String source) {
    this.source = source;
    for (FunctionProto function : model.getFunctionsList()) {
      functions.put(
          key(function.getDomain(), function.getName(), function.getOverload()), function);
      requireSameOpsets(model, function);
    }
  }

  /** The main graph of a model without calls of its own functions. */
  static GraphProto inline(ModelProto model, String source) {
    return model.getFunctionsCount() == 0
        ? model.getGraph()
        : new FunctionInliner(model, source).inline(model.getGraph(), 0);
  }

  private static String key(String domain, String name, String overload) {
    return OnnxReader.domain(domain) + ":" + name + ":" + overload;
  }

  private void requireSameOpsets(ModelProto model, FunctionProto function) {
    for (OperatorSetIdProto used : function.getOpsetImportList()) {
      for (OperatorSetIdProto imported : model.getOpsetImportList()) {
        if (OnnxReader.domain(used.getDomain()).equals(OnnxReader.domain(imported.getDomain()))
            && used.getVersion() != imported.getVersion()) {
          throw SottoException.of(
              OnnxError.OLD_FORM,
              "function '" + function.getName() + "'",
              "it imports version "
                  + used.getVersion()
                  + " of '"
                  + used.getDomain()
                  + "', the model version "
                  + imported.getVersion()
                  + ".");
        }
      }
    }
  }

  private GraphProto inline(GraphProto graph, int depth) {
    GraphProto.Builder result = graph.toBuilder().clearNode();
    for (NodeProto node : graph.getNodeList()) {
      add(node, depth, result);
    }
    return result.build();
  }

  private void add(NodeProto node, int depth, GraphProto.Builder result) {
    nameLength += node.getName().length();
    nameLength += node.getInputList().stream().mapToLong(String::length).sum();
    nameLength += node.getOutputList().stream().mapToLong(String::length).sum();
    if (depth > MAX_DEPTH || ++nodes > MAX_NODES || nameLength > MAX_NAME_LENGTH) {
      throw SottoException.of(
          OnnxError.TOO_LARGE,
          source,
          "the model's functions call each other more than "
              + MAX_DEPTH
              + " deep or grow to more"
              + " than "
              + MAX_NODES
              + " nodes.");
    }
    FunctionProto function =
        functions.get(key(node.getDomain(), node.getOpType(), node.getOverload()));
    if (function == null) {
      result.addNode(withInlinedBodies(node, depth));
      return;
    }
    Map<String, AttributeProto> attributes = new HashMap<>();
    function.getAttributeProtoList().forEach(a -> attributes.put(a.getName(), a));
    node.getAttributeList().forEach(a -> attributes.put(a.getName(), a));
    UnaryOperator<String> rename = renaming(node, function);
    for (NodeProto inner : function.getNodeList()) {
      add(instantiate(inner, rename, attributes), depth + 1, result);
    }
  }

  private NodeProto withInlinedBodies(NodeProto node, int depth) {
    if (node.getAttributeList().stream().noneMatch(AttributeProto::hasG)) {
      return node;
    }
    NodeProto.Builder result = node.toBuilder();
    for (AttributeProto.Builder attribute : result.getAttributeBuilderList()) {
      if (attribute.hasG()) {
        attribute.setG(inline(attribute.getG(), depth + 1));
      }
    }
    return result.build();
  }

  private UnaryOperator<String> renaming(NodeProto call, FunctionProto function) {
    String label = call.getName().isEmpty() ? call.getOpType() : call.getName();
    String prefix = label + "_" + calls++ + "/";
    Map<String, String> names = new HashMap<>();
    names.put("", "");
    bind(function.getOutputList(), call.getOutputList(), prefix, names);
    for (int i = 0; i < function.getInputCount(); i++) {
      names.put(function.getInput(i), i < call.getInputCount() ? call.getInput(i) : "");
    }
    return name -> names.getOrDefault(name, prefix + name);
  }

  private static void bind(
      List<String> formal, List<String> actual, String prefix, Map<String, String> names) {
    for (int i = 0; i < formal.size(); i++) {
      boolean wanted = i < actual.size() && !actual.get(i).isEmpty();
      names.put(formal.get(i), wanted ? actual.get(i) : prefix + formal.get(i));
    }
  }

  private static NodeProto instantiate(
      NodeProto node, UnaryOperator<String> rename, Map<String, AttributeProto> attributes) {
    NodeProto.Builder result = node.toBuilder().clearInput().clearOutput().clearAttribute();
    node.getInputList().forEach(input -> result.addInput(rename.apply(input)));
    node.getOutputList().forEach(output -> result.addOutput(rename.apply(output)));
    result.setName(rename.apply(node.getName().isEmpty() ? node.getOpType() : node.getName()));
    for (AttributeProto attribute : node.getAttributeList()) {
      if (!attribute.getRefAttrName().isEmpty()) {
        AttributeProto given = attributes.get(attribute.getRefAttrName());
        if (given != null) {
          result.addAttribute(given.toBuilder().setName(attribute.getName()));
        }
      } else if (attribute.hasG()) {
        result.addAttribute(
            attribute.toBuilder().setG(instantiate(attribute.getG(), rename, attributes)));
      } else {
        result.addAttribute(attribute);
      }
    }
    return result.build();
  }

  private static GraphProto instantiate(
      GraphProto graph, UnaryOperator<String> rename, Map<String, AttributeProto> attributes) {
    GraphProto.Builder result = graph.toBuilder().clearNode().clearValueInfo();
    graph.getNodeList().forEach(node -> result.addNode(instantiate(node, rename, attributes)));
    result.getInitializerBuilderList().forEach(t -> t.setName(rename.apply(t.getName())));
    result.getInputBuilderList().forEach(v -> v.setName(rename.apply(v.getName())));
    result.getOutputBuilderList().forEach(v -> v.setName(rename.apply(v.getName())));
    return result.build();
  }
}

package dev.sotto.onnx;

import dev.sotto.onnx.OpsetChange.Rewrite;
import dev.sotto.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All breaking changes of operators from the first opset to the newest, by operator.
 *
 * <p>Source: the changelog of the ONNX operator specification. Operators that are not listed have
 * kept their form: new optional inputs and attributes with the old meaning as default, or wider
 * types.
 */
final class OpsetChanges {
  /** The one domain of {@code Quant} after normalisation. */
  static final String QONNX = "qonnx.custom_op.general";

  private static final Map<String, List<OpsetChange>> BY_TYPE = create();

  private final Map<String, List<OpsetChange>> changes = new HashMap<>();

  private OpsetChanges() {}

  /** The changes of an operator in the order of their versions. */
  static List<OpsetChange> of(String type) {
    return BY_TYPE.getOrDefault(type, List.of());
  }

  /** All operators that have changes. */
  static Iterable<String> types() {
    return BY_TYPE.keySet();
  }

  private static Map<String, List<OpsetChange>> create() {
    OpsetChanges changes = new OpsetChanges();
    ElementwiseChanges.addTo(changes);
    ShapeChanges.addTo(changes);
    LayerChanges.addTo(changes);
    ForeignChanges.addTo(changes);
    changes.changes.values().forEach(l -> l.sort(Comparator.comparingLong(OpsetChange::since)));
    return changes.changes;
  }

  /** Adds one change for one or more operators, separated by blanks. */
  void add(String types, long since, Rewrite rewrite) {
    for (String type : types.split(" ")) {
      changes
          .computeIfAbsent(type, t -> new ArrayList<>())
          .add(new OpsetChange(type, since, rewrite));
    }
  }

  /** A change that Sotto does not undo. */
  void refuse(String types, long since, String detail) {
    add(types, since, (node, graph) -> graph.refuse(node, detail));
  }

  /** The node without some attributes. */
  static Node without(Node node, String... names) {
    Map<String, Attribute> attributes = new TreeMap<>(node.attributes());
    attributes.keySet().removeAll(Arrays.asList(names));
    return node.withAttributes(attributes);
  }

  /** The node with one attribute set. */
  static Node with(Node node, String name, Attribute value) {
    Map<String, Attribute> attributes = new TreeMap<>(node.attributes());
    attributes.put(name, value);
    return node.withAttributes(attributes);
  }

  /** The node with one input set; inputs before it that are not there yet are left out. */
  static Node withInput(Node node, int index, String value) {
    List<String> inputs = new ArrayList<>(node.inputs());
    while (inputs.size() <= index) {
      inputs.add("");
    }
    inputs.set(index, value);
    return node.withInputs(inputs);
  }

  /** The rewrite that moves an INTS attribute to an input; nothing when the attribute is absent. */
  static Rewrite intsToInput(String attribute, int index) {
    return (node, graph) -> {
      long @Nullable [] values = node.intsAttribute(attribute);
      if (values == null) {
        return node;
      }
      String name = graph.addConstant(node, attribute, Tensor.vector(values));
      return withInput(without(node, attribute), index, name);
    };
  }
}

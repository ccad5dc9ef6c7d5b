package dev.sotto.testing;

import dev.sotto.onnx.Attribute;
import dev.sotto.onnx.Graph;
import dev.sotto.onnx.Node;
import dev.sotto.onnx.OnnxModel;
import dev.sotto.onnx.ValueType;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Writes small ONNX models in memory, for tests: each call adds a value and returns its name.
 *
 * <p>Inputs have a free batch axis in front. Random constants are seeded, the same in every run.
 */
public final class GraphBuilder {
  private final List<Node> nodes = new ArrayList<>();
  private final List<Graph.Value> inputs = new ArrayList<>();
  private final List<Graph.Value> outputs = new ArrayList<>();
  private final Map<String, Tensor> initializers = new LinkedHashMap<>();
  private final Random random;

  private GraphBuilder(long seed) {
    this.random = new Random(seed);
  }

  /** An empty graph. */
  public static GraphBuilder create() {
    return new GraphBuilder(20261124);
  }

  /** An empty graph with other random constants. */
  public static GraphBuilder seeded(long seed) {
    return new GraphBuilder(seed);
  }

  /** A FLOAT input of shape {@code [batch, dims…]}. */
  public String input(String name, int... dims) {
    return input(name, ElementType.FLOAT, dims);
  }

  /** An input of shape {@code [batch, dims…]}. */
  public String input(String name, ElementType type, int... dims) {
    List<ValueType.Dimension> declared = new ArrayList<>();
    declared.add(new ValueType.Dimension(-1, "batch"));
    for (int dim : dims) {
      declared.add(new ValueType.Dimension(dim, ""));
    }
    inputs.add(new Graph.Value(name, new ValueType.TensorType(type.onnxNumber(), true, declared)));
    return name;
  }

  /** An input of which every dimension is fixed. */
  public String fixedInput(String name, int... dims) {
    List<ValueType.Dimension> declared = new ArrayList<>();
    for (int dim : dims) {
      declared.add(new ValueType.Dimension(dim, ""));
    }
    inputs.add(
        new Graph.Value(
            name, new ValueType.TensorType(ElementType.FLOAT.onnxNumber(), true, declared)));
    return name;
  }

  /** A constant. */
  public String constant(Tensor value) {
    String name = "c" + initializers.size();
    initializers.put(name, value);
    return name;
  }

  /** A FLOAT scalar. */
  public String scalar(double value) {
    return constant(Tensor.scalar((float) value));
  }

  /** A FLOAT vector. */
  public String floats(double... values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return constant(Tensor.of(Shape.of(floats.length), floats));
  }

  /** An INT64 vector, as shapes and axes are given. */
  public String longs(long... values) {
    return constant(Tensor.vector(values));
  }

  /** Normally distributed constants. */
  public String normal(double deviation, int... dims) {
    Shape shape = Shape.of(dims);
    float[] data = new float[shape.size()];
    for (int i = 0; i < data.length; i++) {
      data[i] = (float) (deviation * random.nextGaussian());
    }
    return constant(Tensor.of(shape, data));
  }

  /** Constants spread evenly over an interval. */
  public String uniform(double lo, double hi, int... dims) {
    Shape shape = Shape.of(dims);
    float[] data = new float[shape.size()];
    for (int i = 0; i < data.length; i++) {
      data[i] = (float) (lo + (hi - lo) * random.nextDouble());
    }
    return constant(Tensor.of(shape, data));
  }

  /** Attributes from names and values in turn: numbers, text, arrays, tensors. */
  public static Map<String, Attribute> attributes(Object... namesAndValues) {
    Map<String, Attribute> result = new HashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      result.put((String) namesAndValues[i], attribute(namesAndValues[i + 1]));
    }
    return result;
  }

  private static Attribute attribute(Object value) {
    if (value instanceof Integer v) {
      return new Attribute.IntValue(v);
    } else if (value instanceof Long v) {
      return new Attribute.IntValue(v);
    } else if (value instanceof Float v) {
      return new Attribute.FloatValue(v);
    } else if (value instanceof Double v) {
      return new Attribute.FloatValue(v.floatValue());
    } else if (value instanceof String v) {
      return new Attribute.StringValue(v);
    } else if (value instanceof long[] v) {
      return new Attribute.IntsValue(v);
    } else if (value instanceof float[] v) {
      return new Attribute.FloatsValue(v);
    } else if (value instanceof Tensor v) {
      return new Attribute.TensorValue(v);
    }
    throw new IllegalArgumentException("no attribute kind for " + value);
  }

  /** A node without attributes. */
  public String node(String opType, String... operands) {
    return node(opType, Map.of(), operands);
  }

  /** A node with one result. */
  public String node(String opType, Map<String, Attribute> attributes, String... operands) {
    return nodes(opType, attributes, 1, operands).get(0);
  }

  /** A node with several results. */
  public List<String> nodes(
      String opType, Map<String, Attribute> attributes, int results, String... operands) {
    String name = opType.toLowerCase(java.util.Locale.ROOT) + nodes.size();
    List<String> made = new ArrayList<>();
    for (int i = 0; i < results; i++) {
      made.add(results == 1 ? name + ".y" : name + ".y" + i);
    }
    int colon = opType.lastIndexOf(':');
    nodes.add(
        new Node(
            name,
            colon < 0 ? "" : opType.substring(0, colon),
            opType.substring(colon + 1),
            List.of(operands),
            made,
            attributes));
    return made;
  }

  /** A dense layer with random weights and biases, scaled so that results are of order 1. */
  public String gemm(String x, int from, int to) {
    return node("Gemm", x, normal(1 / Math.sqrt(from), from, to), normal(0.2, to));
  }

  /** A 3 × 3 convolution of the same size with random weights and biases. */
  public String conv(String x, int from, int to) {
    return node(
        "Conv",
        attributes("pads", new long[] {1, 1, 1, 1}),
        x,
        normal(1 / Math.sqrt(9.0 * from), to, from, 3, 3),
        normal(0.2, to));
  }

  /** Declares outputs. */
  public GraphBuilder output(String... names) {
    for (String name : names) {
      outputs.add(new Graph.Value(name, new ValueType.OtherType("")));
    }
    return this;
  }

  /** The operators written so far, with domain. */
  public List<String> operators() {
    return nodes.stream().map(Node::type).toList();
  }

  /** The model. */
  public OnnxModel model() {
    Map<String, Long> opsets = new HashMap<>(Map.of("", 21L));
    nodes.stream()
        .map(Node::domain)
        .filter(d -> !d.isEmpty())
        .forEach(domain -> opsets.put(domain, 1L));
    Graph graph = new Graph("test", nodes, inputs, outputs, initializers, Map.of());
    return new OnnxModel(graph, opsets, 10, "test", Map.of());
  }

  /** Seeded rows between two numbers, of shape {@code [rows, dims…]}. */
  public static Tensor rows(long seed, int rows, double lo, double hi, int... dims) {
    int[] all = new int[dims.length + 1];
    all[0] = rows;
    System.arraycopy(dims, 0, all, 1, dims.length);
    Shape shape = Shape.of(all);
    Random random = new Random(seed);
    float[] data = new float[shape.size()];
    for (int i = 0; i < data.length; i++) {
      data[i] = (float) (lo + (hi - lo) * random.nextDouble());
    }
    return Tensor.of(shape, data);
  }
}

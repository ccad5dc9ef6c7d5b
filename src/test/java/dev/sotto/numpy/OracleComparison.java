package dev.sotto.numpy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnxruntime.OrtException;
import dev.sotto.onnx.Attribute;
import dev.sotto.onnx.Node;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import dev.sotto.testing.OnnxRuntimeOracle;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One operator call that is answered by Sotto and by ONNX Runtime, which must agree. */
public final class OracleComparison {
  private final String domain;
  private final String opType;
  private final long opset;
  private final Map<String, Attribute> attributes = new TreeMap<>();
  private final List<@Nullable Tensor> inputs = new ArrayList<>();
  private int outputs = 1;
  private int constantsFrom = Integer.MAX_VALUE;

  private OracleComparison(String domain, String opType, long opset) {
    this.domain = domain;
    this.opType = opType;
    this.opset = opset;
  }

  public static OracleComparison of(String opType) {
    return new OracleComparison("", opType, 21);
  }

  public static OracleComparison of(String domain, String opType, long opset) {
    return new OracleComparison(domain, opType, opset);
  }

  public OracleComparison with(String name, Object value) {
    Attribute attribute;
    if (value instanceof Integer v) {
      attribute = new Attribute.IntValue(v);
    } else if (value instanceof Long v) {
      attribute = new Attribute.IntValue(v);
    } else if (value instanceof Float v) {
      attribute = new Attribute.FloatValue(v);
    } else if (value instanceof String v) {
      attribute = new Attribute.StringValue(v);
    } else if (value instanceof long[] v) {
      attribute = new Attribute.IntsValue(v);
    } else if (value instanceof float[] v) {
      attribute = new Attribute.FloatsValue(v);
    } else if (value instanceof String[] v) {
      attribute = new Attribute.StringsValue(List.of(v));
    } else {
      attribute = new Attribute.TensorValue((Tensor) value);
    }
    attributes.put(name, attribute);
    return this;
  }

  public OracleComparison inputs(@Nullable Tensor... tensors) {
    inputs.addAll(java.util.Arrays.asList(tensors));
    return this;
  }

  public OracleComparison outputs(int count) {
    outputs = count;
    return this;
  }

  /** Inputs from this one on are written into ONNX Runtime's model. */
  public OracleComparison constantsFrom(int input) {
    constantsFrom = input;
    return this;
  }

  public Node node() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      names.add(inputs.get(i) == null ? "" : "x" + i);
    }
    List<String> results = new ArrayList<>();
    for (int i = 0; i < outputs; i++) {
      results.add("y" + i);
    }
    return new Node("node", domain, opType, names, results, attributes);
  }

  /** What Sotto answers. */
  public Tensor[] answer() {
    Node node = node();
    Operator.Factory factory = OperatorRegistry.standard().find(node.type());
    if (factory == null) {
      throw new AssertionError(node.type() + " is not registered");
    }
    return factory.prepare(node).apply(inputs.toArray(new Tensor[0]));
  }

  /** Requires equal types, shapes, and values within a relative error. */
  public void agrees(double tolerance) throws OrtException {
    agreesFrom(0, tolerance);
  }

  /** As {@link #agrees}, for the outputs from one on. */
  public void agreesFrom(int first, double tolerance) throws OrtException {
    Map<String, Tensor> variables = new LinkedHashMap<>();
    Map<String, Tensor> constants = new LinkedHashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      if (inputs.get(i) != null) {
        (i < constantsFrom ? variables : constants).put("x" + i, inputs.get(i));
      }
    }
    List<Tensor> expected = OnnxRuntimeOracle.run(node(), opset, variables, constants);
    Tensor[] actual = answer();
    for (int i = first; i < expected.size(); i++) {
      assertClose(expected.get(i), actual[i], tolerance, this + ", output " + i);
    }
  }

  static void assertClose(Tensor expected, Tensor actual, double tolerance, String what) {
    assertEquals(expected.type(), actual.type(), what);
    assertEquals(expected.shape(), actual.shape(), what);
    if (expected.type() == ElementType.STRING) {
      assertEquals(List.of(expected.strings()), List.of(actual.strings()), what);
      return;
    }
    double scale = 0;
    for (int i = 0; i < expected.size(); i++) {
      double magnitude = Math.abs(expected.getDouble(i));
      scale = Double.isFinite(magnitude) ? Math.max(scale, magnitude) : scale;
    }
    for (int i = 0; i < expected.size(); i++) {
      double e = expected.getDouble(i);
      double a = actual.getDouble(i);
      double allowed = expected.type().isFloating() ? tolerance * (Math.abs(e) + 0.1 * scale) : 0;
      if (!(Math.abs(a - e) <= allowed) && Double.compare(a, e) != 0) {
        assertEquals(e, a, what + ", element " + i + " of " + expected.shape());
      }
    }
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(node().type());
    attributes.forEach(
        (name, value) -> text.append(' ').append(name).append('=').append(text(value)));
    return text.append(' ').append(inputs).toString();
  }

  private static String text(Attribute value) {
    String text = value.toString();
    if (value instanceof Attribute.IntsValue v) {
      text = java.util.Arrays.toString(v.value());
    } else if (value instanceof Attribute.FloatsValue v) {
      text = java.util.Arrays.toString(v.value());
    }
    return text.length() < 60 ? text : text.substring(0, 50) + "...";
  }

  /** Normally distributed floats. */
  public static Tensor floats(Random random, int... dims) {
    Shape shape = Shape.of(dims);
    float[] values = new float[shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Tensor.of(shape, values);
  }

  /** Uniformly distributed integers of a type, from {@code from} to {@code to} inclusive. */
  public static Tensor integers(Random random, ElementType type, int from, int to, int... dims) {
    Shape shape = Shape.of(dims);
    long[] values = new long[shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = from + random.nextInt(to - from + 1);
    }
    return Tensor.of(type, shape, values);
  }

  /** The same values as another element type. */
  public static Tensor as(ElementType type, Tensor tensor) {
    return dev.sotto.tensor.Conversion.cast(tensor, type);
  }
}

package dev.sotto.quantization;

import static dev.sotto.testing.GraphBuilder.attributes;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sotto.onnx.OnnxModel;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import dev.sotto.testing.GraphBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every operator that can be encrypted, between two layers, against float at 8 and 12 bits. */
class QuantizedOperatorTest {
  /** Adds operators on a value of a given shape and returns their result. */
  private interface Middle {
    String apply(GraphBuilder g, String h);
  }

  /**
   * One operator between two layers.
   *
   * @param image whether it works on {@code [batch, 4, 6, 6]}, otherwise on {@code [batch, 12]}
   * @param steps whether its function has steps, at which a small error becomes a large one
   */
  private record Case(String name, boolean image, boolean steps, Middle middle) {
    GraphBuilder builder() {
      GraphBuilder g = GraphBuilder.create();
      if (image) {
        String h = g.conv(g.input("x", 3, 6, 6), 3, 4);
        String flat = g.node("Flatten", middle.apply(g, h));
        return g.output(g.node("MatMul", flat, "weights"));
      }
      String h = g.gemm(g.input("x", 10), 10, 12);
      String flat = g.node("Flatten", middle.apply(g, h));
      return g.output(g.node("MatMul", flat, "weights"));
    }
  }

  private static final List<Case> CASES = new ArrayList<>();

  private static void smooth(String name, Middle middle) {
    CASES.add(new Case(name, false, false, middle));
  }

  private static void stepped(String name, Middle middle) {
    CASES.add(new Case(name, false, true, middle));
  }

  private static void image(String name, Middle middle) {
    CASES.add(new Case(name, true, false, middle));
  }

  private static void unary(String... types) {
    for (String type : types) {
      smooth(type, (g, h) -> g.node(type, h));
    }
  }

  private static String positive(GraphBuilder g, String h) {
    return g.node("Add", g.node("Sigmoid", h), g.scalar(0.5));
  }

  private static String inside(GraphBuilder g, String h) {
    return g.node("Mul", g.node("Tanh", h), g.scalar(0.9));
  }

  private static String branch(GraphBuilder g, String h) {
    return g.node("Mul", g.gemm(h, 12, 12), g.scalar(1.7));
  }

  private static String bits(GraphBuilder g, String h, double threshold) {
    return g.node("Greater", h, g.scalar(threshold));
  }

  private static String number(GraphBuilder g, String h) {
    return g.node("Cast", attributes("to", 1), h);
  }

  static {
    unary("Abs", "Relu", "LeakyRelu", "Sigmoid", "Tanh", "Softplus", "Softsign", "Elu", "Celu");
    unary("Selu", "HardSigmoid", "HardSwish", "Mish", "Gelu", "Swish", "Erf", "Exp", "Neg");
    unary("Sin", "Cos", "Atan", "Sinh", "Cosh", "Asinh", "Identity", "Dropout");
    stepped("ThresholdedRelu", (g, h) -> g.node("ThresholdedRelu", h));
    smooth("Tan", (g, h) -> g.node("Tan", inside(g, h)));
    smooth("Asin", (g, h) -> g.node("Asin", inside(g, h)));
    smooth("Acos", (g, h) -> g.node("Acos", inside(g, h)));
    smooth("Atanh", (g, h) -> g.node("Atanh", inside(g, h)));
    smooth("Acosh", (g, h) -> g.node("Acosh", g.node("Add", positive(g, h), g.scalar(1))));
    smooth("Log", (g, h) -> g.node("Log", positive(g, h)));
    smooth("Sqrt", (g, h) -> g.node("Sqrt", positive(g, h)));
    smooth("Reciprocal", (g, h) -> g.node("Reciprocal", positive(g, h)));
    smooth("Shrink", (g, h) -> g.node("Shrink", attributes("bias", 0.2, "lambd", 0.2), h));
    smooth("Clip", (g, h) -> g.node("Clip", h, g.scalar(-0.5), g.scalar(0.7)));
    smooth("Clip low", (g, h) -> g.node("Clip", h, g.scalar(-0.3)));
    smooth("Clip high", (g, h) -> g.node("Clip", h, "", g.scalar(0.3)));
    smooth("PRelu", (g, h) -> g.node("PRelu", h, g.uniform(-0.5, 0.5, 12)));
    smooth("Cast", (g, h) -> g.node("Cast", attributes("to", 1), h));
    smooth("CastLike", (g, h) -> g.node("CastLike", h, g.scalar(0)));
    smooth("Pow 2", (g, h) -> g.node("Pow", h, g.scalar(2)));
    smooth("Pow 3", (g, h) -> g.node("Pow", h, g.scalar(3)));
    smooth("Pow 4", (g, h) -> g.node("Pow", h, g.scalar(4)));
    smooth("Pow 1.5", (g, h) -> g.node("Pow", positive(g, h), g.scalar(1.5)));
    smooth("Pow constant base", (g, h) -> g.node("Pow", g.scalar(2), h));
    smooth("x * x", (g, h) -> g.node("Mul", h, h));
    smooth("a x x + b x", (g, h) -> polynomial(g, h));
    smooth("Add(h, h)", (g, h) -> g.node("Add", h, h));
    smooth("Sub scalar", (g, h) -> g.node("Sub", h, g.scalar(0.7)));
    smooth("Sub from scalar", (g, h) -> g.node("Sub", g.scalar(0.7), h));
    smooth("Add per element", (g, h) -> g.node("Add", g.normal(1, 12), h));
    smooth("Mul per element", (g, h) -> g.node("Mul", h, g.normal(1, 12)));
    smooth("Mul per element with zeros", (g, h) -> g.node("Mul", h, zeros(g)));
    smooth("Div per element", (g, h) -> g.node("Div", h, g.uniform(0.5, 2, 12)));
    smooth("Div scalar by", (g, h) -> g.node("Div", g.scalar(1), positive(g, h)));
    smooth("Max constant", (g, h) -> g.node("Max", h, g.scalar(0.1)));
    smooth("Min constant per element", (g, h) -> g.node("Min", g.normal(0.5, 12), h));
    smooth("Sum constant", (g, h) -> g.node("Sum", h, g.normal(0.5, 12), h));
    smooth("Mean constant", (g, h) -> g.node("Mean", h, g.normal(0.5, 12)));
    smooth("Where one", (g, h) -> g.node("Where", bits(g, h, 0), h, g.node("Mul", h, g.scalar(3))));
    smooth("Swish as product", (g, h) -> g.node("Mul", h, g.node("Sigmoid", h)));
    smooth("Gelu as Erf", (g, h) -> gelu(g, h));
    smooth("HardSwish as product", (g, h) -> hardSwish(g, h));
    stepped("Ceil", (g, h) -> g.node("Ceil", g.node("Mul", h, g.scalar(2))));
    stepped("Floor", (g, h) -> g.node("Floor", g.node("Mul", h, g.scalar(2))));
    stepped("Round", (g, h) -> g.node("Round", g.node("Mul", h, g.scalar(2))));
    stepped("Sign", (g, h) -> g.node("Sign", h));
    stepped("Mod", (g, h) -> g.node("Mod", attributes("fmod", 1), h, g.scalar(0.8)));
    for (String type : List.of("Greater", "GreaterOrEqual", "Less", "LessOrEqual")) {
      stepped(type, (g, h) -> number(g, g.node(type, h, g.normal(0.3, 12))));
      stepped(type + " flipped", (g, h) -> number(g, g.node(type, g.scalar(0.1), h)));
      stepped(type + " two", (g, h) -> number(g, g.node(type, h, branch(g, h))));
    }
    stepped("Equal", (g, h) -> number(g, g.node("Equal", g.node("Round", h), g.scalar(0))));
    stepped("Not", (g, h) -> number(g, g.node("Not", bits(g, h, 0.2))));
    stepped("And", (g, h) -> number(g, g.node("And", bits(g, h, -0.5), bits(g, h, 0.2))));
    stepped("Or", (g, h) -> number(g, g.node("Or", bits(g, h, 0.4), g.node("Not", bits(g, h, 0)))));
    stepped("Xor", (g, h) -> number(g, g.node("Xor", bits(g, h, -0.5), bits(g, h, 0.2))));
    stepped("And two", (g, h) -> two(g, h, "And"));
    stepped("Or two", (g, h) -> two(g, h, "Or"));
    stepped("Xor two", (g, h) -> two(g, h, "Xor"));
    stepped("IsNaN", (g, h) -> g.node("Add", h, number(g, g.node("IsNaN", h))));
    stepped("IsInf", (g, h) -> g.node("Add", h, number(g, g.node("IsInf", h))));
    stepped("bits moved", (g, h) -> movedBits(g, h));
    smooth("Add two", (g, h) -> g.node("Add", h, branch(g, h)));
    smooth("Sub two", (g, h) -> g.node("Sub", h, branch(g, h)));
    smooth("Sub two, scales far apart", (g, h) -> g.node("Sub", h, tiny(g, h)));
    smooth("Add two after Relu", (g, h) -> g.node("Add", g.node("Relu", h), branch(g, h)));
    smooth("Sum three", (g, h) -> g.node("Sum", h, branch(g, h), branch(g, h)));
    smooth("Mean three", (g, h) -> g.node("Mean", h, branch(g, h), branch(g, h)));
    smooth("Sum with clear", (g, h) -> g.node("Sum", h, g.normal(0.5, 12), branch(g, h)));
    smooth("Mul two", (g, h) -> g.node("Mul", h, branch(g, h)));
    smooth("Mul two after Sigmoid", (g, h) -> g.node("Mul", g.node("Sigmoid", h), branch(g, h)));
    smooth("Div two", (g, h) -> g.node("Div", branch(g, h), positive(g, h)));
    smooth("Div two, small divisor", (g, h) -> g.node("Div", branch(g, h), small(g, h)));
    smooth("Div two, negative divisor", (g, h) -> g.node("Div", branch(g, h), negative(g, h)));
    smooth("Max two", (g, h) -> g.node("Max", h, branch(g, h)));
    smooth("Min three", (g, h) -> g.node("Min", h, branch(g, h), g.node("Relu", h)));
    smooth("Max two and constant", (g, h) -> g.node("Max", h, branch(g, h), g.scalar(0.2)));
    stepped("Where three", (g, h) -> where(g, h));
    stepped("Where clear branch", (g, h) -> whereClear(g, h));
    smooth("Where clear condition", (g, h) -> whereCondition(g, h));
    smooth("broadcast of one element", (g, h) -> column(g, h));
    smooth("constant larger than value", (g, h) -> larger(g, h));
    moves();
    images();
  }

  private static String polynomial(GraphBuilder g, String h) {
    String square = g.node("Mul", g.node("Mul", h, g.uniform(-1, 1, 12)), h);
    return g.node("Add", square, g.node("Mul", h, g.uniform(-1, 1, 12)));
  }

  private static String zeros(GraphBuilder g) {
    return g.floats(1, 0, 0.5, -1, 0, 2, 1, 1, 0, -0.3, 0.7, 1);
  }

  private static String gelu(GraphBuilder g, String h) {
    String erf = g.node("Erf", g.node("Div", h, g.scalar(Math.sqrt(2))));
    String half = g.node("Mul", h, g.node("Add", erf, g.scalar(1)));
    return g.node("Mul", half, g.scalar(0.5));
  }

  private static String hardSwish(GraphBuilder g, String h) {
    String gate = g.node("Clip", g.node("Add", h, g.scalar(3)), g.scalar(0), g.scalar(6));
    return g.node("Div", g.node("Mul", h, gate), g.scalar(6));
  }

  private static String two(GraphBuilder g, String h, String type) {
    return number(g, g.node(type, bits(g, h, 0.1), bits(g, branch(g, h), 0)));
  }

  private static String movedBits(GraphBuilder g, String h) {
    String moved = g.node("Reshape", bits(g, h, 0.1), g.longs(-1, 3, 4));
    return number(g, g.node("Not", moved));
  }

  private static String tiny(GraphBuilder g, String h) {
    return g.node("Mul", branch(g, h), g.scalar(0.0031));
  }

  private static String small(GraphBuilder g, String h) {
    return g.node("Mul", positive(g, h), g.scalar(0.02));
  }

  private static String negative(GraphBuilder g, String h) {
    return g.node("Mul", positive(g, h), g.scalar(-3));
  }

  private static String where(GraphBuilder g, String h) {
    return g.node("Where", bits(g, branch(g, h), 0), h, branch(g, h));
  }

  private static String whereClear(GraphBuilder g, String h) {
    return g.node("Where", bits(g, branch(g, h), 0), h, g.scalar(0.3));
  }

  private static String whereCondition(GraphBuilder g, String h) {
    Tensor mask = Tensor.ofBooleans(Shape.of(12), 1, 0, 1, 1, 0, 0, 1, 0, 1, 0, 1, 1);
    return g.node("Where", g.constant(mask), h, branch(g, h));
  }

  private static String column(GraphBuilder g, String h) {
    String one = g.node("Slice", h, g.longs(0), g.longs(1), g.longs(1));
    return g.node("Mul", h, one);
  }

  private static String larger(GraphBuilder g, String h) {
    String rows = g.node("Unsqueeze", h, g.longs(1));
    return g.node("Mul", rows, g.normal(1, 2, 12));
  }

  private static void moves() {
    smooth("Reshape", (g, h) -> g.node("Relu", g.node("Reshape", h, g.longs(-1, 3, 4))));
    smooth("Unsqueeze", (g, h) -> g.node("Unsqueeze", h, g.longs(1, 3)));
    smooth(
        "Squeeze",
        (g, h) -> g.node("Squeeze", g.node("Reshape", h, g.longs(-1, 1, 12, 1)), g.longs(1, 3)));
    smooth("Transpose", (g, h) -> transpose(g, h));
    smooth("Slice", (g, h) -> g.node("Slice", h, g.longs(9), g.longs(1), g.longs(1), g.longs(-2)));
    smooth("Gather", (g, h) -> g.node("Gather", attributes("axis", 1), h, g.longs(3, 1, 1, 11)));
    smooth("Split", (g, h) -> split(g, h));
    smooth("Concat", (g, h) -> g.node("Concat", attributes("axis", 1), h, branch(g, h)));
    smooth("Concat with Relu", (g, h) -> concatRelu(g, h));
    smooth("Concat constant", (g, h) -> concatConstant(g, h));
    smooth("Tile", (g, h) -> g.node("Tile", h, g.longs(1, 2)));
    smooth("Expand", (g, h) -> expand(g, h));
    smooth("GatherElements", (g, h) -> gatherElements(g, h));
    smooth("GatherND", (g, h) -> gatherNd(g, h));
    smooth("Pad rank 2", (g, h) -> g.node("Pad", h, g.longs(0, 1, 0, 2), g.scalar(0.5)));
    image("Pad", (g, h) -> g.node("Pad", h, g.longs(0, 0, 1, 2, 0, 0, 0, 1)));
    image("Pad constant", (g, h) -> padConstant(g, h));
    image(
        "Pad reflect",
        (g, h) -> g.node("Pad", attributes("mode", "reflect"), h, g.longs(0, 0, 1, 2, 0, 0, 2, 1)));
    image("Pad edge, axes", (g, h) -> padAxes(g, h));
    image("DepthToSpace", (g, h) -> g.node("DepthToSpace", attributes("blocksize", 2), h));
    image("SpaceToDepth", (g, h) -> g.node("SpaceToDepth", attributes("blocksize", 2), h));
    image("Transpose image", (g, h) -> transposeImage(g, h));
  }

  private static String transpose(GraphBuilder g, String h) {
    String cube = g.node("Reshape", h, g.longs(-1, 3, 4));
    return g.node("Transpose", attributes("perm", new long[] {0, 2, 1}), cube);
  }

  private static String transposeImage(GraphBuilder g, String h) {
    return g.node("Transpose", attributes("perm", new long[] {0, 2, 3, 1}), g.node("Relu", h));
  }

  private static String split(GraphBuilder g, String h) {
    List<String> parts = g.nodes("Split", attributes("axis", 1), 3, h, g.longs(2, 7, 3));
    return g.node("Concat", attributes("axis", 1), parts.get(2), parts.get(0));
  }

  private static String concatRelu(GraphBuilder g, String h) {
    return g.node("Concat", attributes("axis", 1), g.node("Relu", branch(g, h)), h);
  }

  private static String concatConstant(GraphBuilder g, String h) {
    String rows = g.node("Unsqueeze", h, g.longs(1));
    return g.node("Concat", attributes("axis", 2), g.normal(1, 1, 1, 3), rows);
  }

  private static String expand(GraphBuilder g, String h) {
    return g.node("Expand", g.node("Unsqueeze", h, g.longs(1)), g.longs(1, 3, 1));
  }

  private static String gatherElements(GraphBuilder g, String h) {
    String index = g.constant(Tensor.of(Shape.of(1, 3), 4L, 0L, 11L));
    return g.node("GatherElements", attributes("axis", 1), h, index);
  }

  private static String gatherNd(GraphBuilder g, String h) {
    String index = g.constant(Tensor.of(Shape.of(1, 3, 1), 4L, 0L, 11L));
    return g.node("GatherND", attributes("batch_dims", 1), h, index);
  }

  private static String padConstant(GraphBuilder g, String h) {
    return g.node("Pad", h, g.longs(0, 1, 1, 0, 0, 0, 1, 0), g.scalar(-0.8));
  }

  private static String padAxes(GraphBuilder g, String h) {
    return g.node("Pad", attributes("mode", "edge"), h, g.longs(1, 1, 0, 2), "", g.longs(-1, 2));
  }

  private static void images() {
    image("BatchNormalization after Conv", (g, h) -> batchNorm(g, h));
    image("BatchNormalization after Relu", (g, h) -> batchNorm(g, g.node("Relu", h)));
    image("Conv", (g, h) -> g.conv(g.node("Relu", h), 4, 5));
    image("Conv on asymmetric input", (g, h) -> g.conv(h, 4, 5));
    image("constant per channel", (g, h) -> g.node("Mul", g.normal(1, 4, 1, 1), h));
    image("PRelu per channel", (g, h) -> g.node("PRelu", h, g.uniform(-0.5, 0.5, 4, 1, 1)));
    image("polynomial per channel", (g, h) -> channelPolynomial(g, h));
    image("residual", (g, h) -> g.node("Relu", g.node("Add", h, g.conv(g.node("Relu", h), 4, 4))));
    image("squeeze and excite", (g, h) -> squeezeExcite(g, h));
    convolution("groups", 2, 4, 3, "group", 2, "pads", new long[] {1, 1, 1, 1});
    convolution("depthwise", 1, 4, 3, "group", 4);
    convolution("depthwise twice", 1, 8, 3, "group", 4);
    convolution(
        "dilation", 4, 3, 2, "dilations", new long[] {2, 3}, "pads", new long[] {1, 0, 2, 1});
    convolution("strides", 4, 3, 3, "strides", new long[] {2, 1}, "pads", new long[] {0, 2, 1, 0});
    convolution("SAME_UPPER", 4, 3, 2, "auto_pad", "SAME_UPPER", "strides", new long[] {2, 1});
    convolution("SAME_LOWER", 4, 3, 2, "auto_pad", "SAME_LOWER", "strides", new long[] {1, 2});
    convolution("VALID", 4, 3, 3, "auto_pad", "VALID");
    convolution("whole image", 4, 6, 6);
    convolution("one padded position", 4, 5, 8, "pads", new long[] {1, 1, 1, 1});
    transposed("ConvTranspose", "strides", new long[] {2, 2});
    transposed(
        "ConvTranspose output_padding",
        "strides",
        new long[] {2, 3},
        "output_padding",
        new long[] {1, 2},
        "pads",
        new long[] {1, 0, 0, 1});
    transposed("ConvTranspose SAME", "strides", new long[] {2, 2}, "auto_pad", "SAME_UPPER");
    transposed(
        "ConvTranspose output_shape",
        "strides",
        new long[] {2, 2},
        "output_shape",
        new long[] {13, 12});
    transposed("ConvTranspose dilation", "dilations", new long[] {2, 1});
    image("Conv 1-D", (g, h) -> conv1d(g, h));
    image("ConvTranspose groups", (g, h) -> groupedTranspose(g, h));
    for (String pool : List.of("AveragePool", "MaxPool")) {
      pool(pool, "plain", 2, "strides", new long[] {2, 2});
      pool(pool, "pads", 3, "pads", new long[] {1, 2, 0, 1});
      pool(
          pool,
          "ceil_mode",
          3,
          "strides",
          new long[] {2, 2},
          "ceil_mode",
          1,
          "pads",
          new long[] {1, 0, 1, 0});
      pool(pool, "SAME_UPPER", 2, "auto_pad", "SAME_UPPER", "strides", new long[] {2, 2});
      pool(pool, "dilation", 2, "dilations", new long[] {2, 3});
    }
    pool("AveragePool", "counts pads", 3, "count_include_pad", 1, "pads", new long[] {1, 2, 0, 1});
    pool(
        "AveragePool",
        "counts pads, ceil_mode",
        3,
        "count_include_pad",
        1,
        "ceil_mode",
        1,
        "strides",
        new long[] {2, 2},
        "pads",
        new long[] {1, 1, 1, 1});
    image("GlobalAveragePool", (g, h) -> g.node("GlobalAveragePool", g.node("Relu", h)));
    image("GlobalMaxPool", (g, h) -> g.node("GlobalMaxPool", h));
    for (String type : List.of("ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin")) {
      reductions(type);
    }
    image("ReduceL1", (g, h) -> g.node("ReduceL1", h, g.longs(2, 3)));
    image("ReduceL2", (g, h) -> g.node("ReduceL2", h, g.longs(1)));
    image("ReduceSumSquare", (g, h) -> g.node("ReduceSumSquare", h, g.longs(1)));
    image("MatMul constant right", (g, h) -> g.node("MatMul", h, g.normal(0.4, 6, 5)));
    image("MatMul constant right batched", (g, h) -> g.node("MatMul", h, g.normal(0.4, 4, 6, 5)));
    image("MatMul constant left", (g, h) -> g.node("MatMul", g.normal(0.4, 5, 6), h));
    image("MatMul constant left batched", (g, h) -> g.node("MatMul", g.normal(0.4, 1, 4, 5, 6), h));
    image("MatMul vector", (g, h) -> g.node("MatMul", h, g.normal(0.4, 6)));
    image("MatMul two", (g, h) -> g.node("MatMul", h, g.conv(h, 4, 4)));
    image("MatMul itself transposed", (g, h) -> gram(g, h));
    smooth("MatMul rank 3", (g, h) -> rank3(g, h));
    smooth("MatMul two rank 3", (g, h) -> attention(g, h));
    smooth("Gemm", (g, h) -> gemm(g, h));
    smooth("Gemm constant left", (g, h) -> gemmLeft(g, h));
  }

  private static String batchNorm(GraphBuilder g, String h) {
    return g.node(
        "BatchNormalization",
        h,
        g.uniform(0.2, 2, 4),
        g.normal(0.5, 4),
        g.normal(0.5, 4),
        g.uniform(0.2, 3, 4));
  }

  private static String channelPolynomial(GraphBuilder g, String h) {
    String square = g.node("Mul", g.node("Mul", h, g.uniform(-1, 1, 4, 1, 1)), h);
    return g.node("Add", square, g.node("Mul", h, g.uniform(-1, 1, 4, 1, 1)));
  }

  private static String squeezeExcite(GraphBuilder g, String h) {
    String mean = g.node("GlobalAveragePool", h);
    String gate =
        g.node("Sigmoid", g.node("Conv", mean, g.normal(1, 4, 4, 1, 1), g.normal(0.3, 4)));
    return g.node("Mul", h, gate);
  }

  private static void convolution(String name, int perGroup, int to, int kernel, Object... given) {
    image(
        "Conv " + name,
        (g, h) ->
            g.node(
                "Conv",
                attributes(given),
                h,
                g.normal(1 / Math.sqrt(perGroup * kernel * kernel), to, perGroup, kernel, kernel),
                g.normal(0.2, to)));
  }

  private static void transposed(String name, Object... given) {
    image(
        name,
        (g, h) ->
            g.node(
                "ConvTranspose",
                attributes(given),
                h,
                g.normal(0.3, 4, 2, 3, 3),
                g.normal(0.2, 2)));
  }

  private static String groupedTranspose(GraphBuilder g, String h) {
    return g.node("ConvTranspose", attributes("group", 2), h, g.normal(0.3, 4, 3, 2, 2));
  }

  private static String conv1d(GraphBuilder g, String h) {
    String line = g.node("Reshape", h, g.longs(-1, 4, 36));
    return g.node(
        "Conv",
        attributes("strides", new long[] {2}, "pads", new long[] {2, 1}),
        line,
        g.normal(0.3, 3, 4, 5));
  }

  private static void pool(String type, String name, int kernel, Object... given) {
    Object[] all = java.util.Arrays.copyOf(given, given.length + 2);
    all[given.length] = "kernel_shape";
    all[given.length + 1] = new long[] {kernel, kernel};
    image(type + " " + name, (g, h) -> g.node(type, attributes(all), h));
  }

  private static void reductions(String type) {
    image(type + " axis 1", (g, h) -> g.node(type, h, g.longs(1)));
    image(type + " axes", (g, h) -> g.node(type, attributes("keepdims", 0), h, g.longs(-1, 1)));
    image(
        type + " last, after Sigmoid",
        (g, h) -> g.node(type, attributes("keepdims", 0), g.node("Sigmoid", h), g.longs(3)));
  }

  private static String gram(GraphBuilder g, String h) {
    String t = g.node("Transpose", attributes("perm", new long[] {0, 1, 3, 2}), h);
    return g.node("MatMul", h, t);
  }

  private static String rank3(GraphBuilder g, String h) {
    String cube = g.node("Reshape", h, g.longs(-1, 3, 4));
    String dense = g.node("MatMul", g.node("Relu", cube), g.normal(0.5, 4, 5));
    return g.node("Tanh", g.node("Add", dense, g.normal(0.3, 5)));
  }

  private static String attention(GraphBuilder g, String h) {
    String cube = g.node("Reshape", h, g.longs(-1, 3, 4));
    String q = g.node("MatMul", cube, g.normal(0.5, 4, 4));
    String k = g.node("MatMul", cube, g.normal(0.5, 4, 4));
    String kt = g.node("Transpose", attributes("perm", new long[] {0, 2, 1}), k);
    return g.node("MatMul", g.node("MatMul", q, kt), cube);
  }

  private static String gemm(GraphBuilder g, String h) {
    return g.node(
        "Gemm",
        attributes("alpha", 0.7, "beta", -1.5, "transB", 1),
        h,
        g.normal(0.3, 8, 12),
        g.scalar(0.4));
  }

  private static String gemmLeft(GraphBuilder g, String h) {
    return g.node(
        "Transpose",
        g.node("Gemm", attributes("transB", 1), g.normal(0.3, 5, 12), h, g.normal(1, 5, 1)));
  }

  /** The last layer's width depends on the operator: its weights are made when it is known. */
  private static OnnxModel complete(Case c) {
    GraphBuilder g = c.builder();
    OnnxModel open = g.model();
    List<dev.sotto.onnx.Node> nodes = open.graph().nodes();
    String flat = nodes.get(nodes.size() - 1).input(0);
    dev.sotto.onnx.Graph graph = open.graph();
    dev.sotto.onnx.Graph head =
        new dev.sotto.onnx.Graph(
            "head",
            nodes.subList(0, nodes.size() - 1),
            graph.inputs(),
            List.of(
                new dev.sotto.onnx.Graph.Value(flat, new dev.sotto.onnx.ValueType.OtherType(""))),
            graph.initializers(),
            java.util.Map.of());
    OnnxModel headModel = new OnnxModel(head, open.opsets(), 10, "test", java.util.Map.of());
    Tensor[] one = QuantizedRun.rows(open, 9, 1, -1, 1);
    int width = dev.sotto.numpy.NumpyModule.of(headModel).forward(one)[0].shape().dim(1);
    java.util.Map<String, Tensor> initializers =
        new java.util.LinkedHashMap<>(graph.initializers());
    initializers.put("weights", weights(width, 5));
    return new OnnxModel(
        graph.with(nodes, initializers), open.opsets(), 10, "test", java.util.Map.of());
  }

  private static Tensor weights(int from, int to) {
    java.util.Random random = new java.util.Random(5);
    float[] data = new float[from * to];
    for (int i = 0; i < data.length; i++) {
      data[i] = (float) (random.nextGaussian() / Math.sqrt(from));
    }
    return Tensor.of(Shape.of(from, to), data);
  }

  @TestFactory
  Stream<DynamicTest> operatorBetweenLayers_8and12Bits_followsFloat() {
    return CASES.stream()
        .map(
            c ->
                DynamicTest.dynamicTest(
                    c.name(),
                    () -> {
                      OnnxModel model = complete(c);
                      for (int bits : new int[] {8, 12}) {
                        double least =
                            c.steps() ? (bits == 8 ? 0.9 : 0.99) : (bits == 8 ? 0.99 : 0.9999);
                        QuantizedRun run = QuantizedRun.of(model, bits);
                        run.requireShapes().requireR2(least).requireInvariants();
                      }
                    }));
  }

  @Test
  void cases_together_coverEveryOperatorThatCanBeEncrypted() {
    Set<String> missing = new TreeSet<>(OperatorKinds.all());
    missing.remove(FakeQuantization.TYPE);
    missing.remove(ModelSplit.SCORES);
    CASES.forEach(c -> missing.removeAll(c.builder().operators()));
    assertEquals(Set.of(), missing);
  }
}

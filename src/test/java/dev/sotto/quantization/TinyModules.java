package dev.sotto.quantization;

import dev.sotto.circuit.AffineLookup;
import dev.sotto.circuit.FunctionLookup;
import dev.sotto.circuit.Interval;
import dev.sotto.circuit.Move;
import dev.sotto.circuit.Scaling;
import dev.sotto.circuit.TreeSum;
import dev.sotto.circuit.WeightedSum;
import dev.sotto.onnx.Attribute;
import dev.sotto.onnx.Graph;
import dev.sotto.onnx.Node;
import dev.sotto.onnx.ValueType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Quantized modules written by hand: between them, every part that a module can have. */
final class TinyModules {
  private TinyModules() {}

  /** Scales its four inputs in the clear, has every operator but trees, and ends in Softmax. */
  static QuantizedModule network() {
    ModuleBuilder builder = new ModuleBuilder();
    int x =
        builder.input(
            new InputEncoding.Uniform("x2", 4, List.of(UniformQuantizer.affine(-1, 3, 5))));
    int[] weights = {3, -2, 7, 0, -5, 1, 2, 2, -1, 4, 0, -6};
    WeightedSum dense = WeightedSum.dense(4, 3, weights);
    int a = builder.emit(new QuantizedOp.Linear("fc1", x, dense, new Interval(-100, 90)));
    int relu =
        builder.emit(
            new QuantizedOp.Look(
                "relu",
                a,
                new AffineLookup(
                    new double[] {0.25, 1 / 3.0},
                    new double[] {0.5, -1},
                    new int[] {0, 1, 0},
                    new Interval(0, 15))));
    int sigmoid =
        builder.emit(
            new QuantizedOp.Look(
                "gate",
                a,
                new FunctionLookup(
                    gate(),
                    1 / 31.0,
                    2,
                    new int[] {0, 1, 1},
                    new Interval(0, 31),
                    builder.proved(a))));
    int product = builder.emit(new QuantizedOp.Product("mul", relu, sigmoid));
    int sum =
        builder.emit(
            new QuantizedOp.Sum("add", product, relu, null, new Scaling(new long[] {2, -3, 4})));
    int wide =
        builder.emit(
            new QuantizedOp.Rearrange(
                "pad", List.of(sum, a), new Move(new int[] {5, 0, 1, -1, 2, 3}, 9)));
    int maximum =
        builder.emit(
            new QuantizedOp.Maximum(
                "pool",
                List.of(wide),
                List.of(new Move(new int[] {0, 2, 4}, 0), new Move(new int[] {1, 3, 5}, 0)),
                builder.proved(wide),
                true));
    int result =
        builder.emit(
            new QuantizedOp.Linear(
                "conv",
                maximum,
                new WeightedSum(
                    1,
                    3,
                    2,
                    1,
                    new int[] {-1, 0, 0, 1, 1, 2},
                    new int[] {100_000, -90_001},
                    new int[] {3, 1, 1},
                    -4),
                null));
    return new QuantizedModule(
        List.of(new QuantizedModule.Input("x", Shape.of(1, 4))),
        List.of("probabilities"),
        stage("Mul", Map.of(), "x", "x2", 4, Tensor.scalar(2f)),
        builder.encodings(),
        builder.ops(),
        proved(builder),
        List.of(
            new QuantizedModule.Output(
                "scores",
                result,
                Shape.of(1, 3),
                new double[] {1e-7, 2e-7, 1.0 / (1 << 22)},
                new double[] {0, 0.1, -0.5})),
        stage(
            "Softmax",
            Map.of("axis", new Attribute.IntValue(-1)),
            "scores",
            "probabilities",
            3,
            null),
        QuantizationOptions.of(BitWidths.of(5).withLayer("fc1", 4, 8)));
  }

  /** {@code sigmoid(x · c)} with another factor for the second channel. */
  private static SubgraphFunction gate() {
    return new SubgraphFunction(
        new double[] {0.02, 0.01},
        new double[] {0, 0.3},
        "a",
        "g",
        List.of(
            Node.of("times", "Mul", List.of("a", "c"), List.of("b"), Map.of()),
            Node.of("plus", "Add", List.of("b", "one"), List.of("d"), Map.of()),
            Node.of("sigmoid", "Sigmoid", List.of("d"), List.of("g"), Map.of())),
        List.of(
            Map.of("c", Tensor.scalar(1.5), "one", Tensor.scalar(-1.0)),
            Map.of("c", Tensor.scalar(-0.7), "one", Tensor.scalar(-1.0))));
  }

  /** Two trees over three threshold bits, with no clear stage. */
  static QuantizedModule trees() {
    ModuleBuilder builder = new ModuleBuilder();
    int bits =
        builder.input(
            new InputEncoding.Bits(
                "x",
                2,
                new int[] {0, 0, 1},
                new double[] {0.5, 0.1, -2},
                new InputEncoding.Relation[] {
                  InputEncoding.Relation.LEQ, InputEncoding.Relation.GT, InputEncoding.Relation.NEQ
                },
                new boolean[] {false, true, false}));
    TreeSum ensemble =
        new TreeSum(
            List.of(
                new TreeSum.Tree(
                    new int[] {0, 2, 1},
                    new int[] {1, -1, -3},
                    new int[] {2, -2, -4},
                    new long[] {1, 10, 2, 20, 3, -30, 4, 40}),
                new TreeSum.Tree(new int[0], new int[0], new int[0], new long[] {5, 7})),
            2);
    int scores = builder.emit(new QuantizedOp.Trees("forest", bits, ensemble));
    return new QuantizedModule(
        List.of(new QuantizedModule.Input("x", Shape.of(1, 2))),
        List.of("scores"),
        null,
        builder.encodings(),
        builder.ops(),
        proved(builder),
        List.of(
            new QuantizedModule.Output(
                "scores", scores, Shape.of(1, 2), new double[] {0.5}, new double[] {1})),
        null,
        QuantizationOptions.of(BitWidths.of(6)));
  }

  /** Deterministic rows for a module, between −2 and 2. */
  static Tensor rows(QuantizedModule module, int count) {
    int width = module.inputs().get(0).width();
    float[] values = new float[count * width];
    for (int i = 0; i < values.length; i++) {
      values[i] = (i * 37 % 101) / 25f - 2;
    }
    return Tensor.of(Shape.of(count, width), values);
  }

  private static List<Interval> proved(ModuleBuilder builder) {
    int first = builder.encodings().size();
    return IntStream.range(first, first + builder.ops().size()).mapToObj(builder::proved).toList();
  }

  private static ClearStage stage(
      String type,
      Map<String, Attribute> attributes,
      String from,
      String to,
      int width,
      @org.jspecify.annotations.Nullable Tensor constant) {
    ValueType floats =
        new ValueType.TensorType(
            1, true, List.of(new ValueType.Dimension(-1, "N"), new ValueType.Dimension(width, "")));
    Node node =
        Node.of(
            type,
            type,
            constant == null ? List.of(from) : List.of(from, "c"),
            List.of(to),
            attributes);
    Graph graph =
        new Graph(
            "stage",
            List.of(node),
            List.of(new Graph.Value(from, floats)),
            List.of(new Graph.Value(to, floats)),
            constant == null ? Map.of() : Map.of("c", constant),
            Map.of());
    BatchLayout layout = BatchLayout.rowsFirst(Shape.of(1, width));
    return new ClearStage(
        StageFormat.model(graph), List.of(layout.row()), List.of(layout), List.of(layout));
  }
}

package dev.sotto.onnx;

import static dev.sotto.onnx.TestModels.ints;
import static dev.sotto.onnx.TestModels.model;
import static dev.sotto.onnx.TestModels.number;
import static dev.sotto.onnx.TestModels.real;
import static dev.sotto.onnx.TestModels.refusal;
import static dev.sotto.onnx.TestModels.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.onnx.Graph.Value;
import dev.sotto.problem.Problem;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One test per breaking change: the old form goes in, the canonical form comes out. */
final class OpsetChangesTest {
  private static final List<Value> X = List.of(value("x", -1, 4, 5, 6));

  /** Normalises one node {@code op} with input x and returns it. */
  private static Graph normalize(long opset, String opType, Map<String, Attribute> attributes) {
    return model(opset, opType, X, Map.of(), List.of("x"), attributes).normalized().graph();
  }

  private static Node op(Graph graph) {
    return graph.nodes().stream().filter(n -> n.name().equals("op")).findFirst().orElseThrow();
  }

  private static Tensor input(Graph graph, int index) {
    return graph.initializers().get(op(graph).input(index));
  }

  private static List<String> types(Graph graph) {
    return graph.nodes().stream().map(Node::type).toList();
  }

  @Test
  void clip_bounds_before_11_become_inputs_of_the_type_of_the_data() {
    Graph graph = normalize(6, "Clip", Map.of("min", real(-1), "max", real(2)));
    assertEquals(Tensor.scalar(-1f), input(graph, 1));
    assertEquals(Tensor.scalar(2f), input(graph, 2));
    assertTrue(op(graph).attributes().isEmpty());
    Graph onlyMax =
        model(
                10,
                "Clip",
                List.of(value("x", ElementType.DOUBLE, 3)),
                Map.of(),
                List.of("x"),
                Map.of("max", real(0)))
            .normalized()
            .graph();
    assertEquals(List.of("x", "", op(onlyMax).input(2)), op(onlyMax).inputs());
    assertEquals(Tensor.scalar(0.0), input(onlyMax, 2));
  }

  @Test
  void reshape_target_before_5_becomes_an_input() {
    Graph graph = normalize(1, "Reshape", Map.of("shape", ints(0, -1)));
    assertEquals(Tensor.vector(0, -1), input(graph, 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Squeeze", "Unsqueeze", "ReduceSum"})
  void axes_before_13_become_an_input(String opType) {
    Graph graph = normalize(11, opType, Map.of("axes", ints(1)));
    assertEquals(Tensor.vector(1), input(graph, 1));
    assertFalse(op(graph).has("axes"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ReduceL1",
        "ReduceL2",
        "ReduceLogSum",
        "ReduceLogSumExp",
        "ReduceMax",
        "ReduceMean",
        "ReduceMin",
        "ReduceProd",
        "ReduceSumSquare"
      })
  void axes_of_other_reductions_before_18_become_an_input(String opType) {
    Graph graph = normalize(17, opType, Map.of("axes", ints(2, 3), "keepdims", number(0)));
    assertEquals(Tensor.vector(2, 3), input(graph, 1));
    assertEquals(0, op(graph).intAttribute("keepdims", 1));
  }

  @Test
  void pad_before_11_takes_amounts_and_value_as_inputs() {
    Graph graph =
        normalize(2, "Pad", Map.of("pads", ints(0, 0, 0, 0, 0, 0, 1, 1), "value", real(3)));
    assertEquals(Tensor.vector(0, 0, 0, 0, 0, 0, 1, 1), input(graph, 1));
    assertEquals(Tensor.scalar(3f), input(graph, 2));
    Graph oldest = normalize(1, "Pad", Map.of("paddings", ints(0, 0, 0, 0, 0, 0, 1, 1)));
    assertEquals(Tensor.vector(0, 0, 0, 0, 0, 0, 1, 1), input(oldest, 1));
  }

  @Test
  void slice_before_10_takes_starts_ends_and_axes_as_inputs() {
    Graph graph = normalize(9, "Slice", Map.of("starts", ints(0, 1), "ends", ints(2, 3)));
    assertEquals(Tensor.vector(0, 1), input(graph, 1));
    assertEquals(Tensor.vector(2, 3), input(graph, 2));
    assertEquals(Tensor.vector(0, 1), input(graph, 3));
  }

  @Test
  void split_before_13_takes_sizes_as_input_and_before_18_counts_its_outputs() {
    Graph sizes = normalize(11, "Split", Map.of("axis", number(1), "split", ints(4)));
    assertEquals(Tensor.vector(4), input(sizes, 1));
    assertFalse(op(sizes).has("num_outputs"));
    assertEquals(1, op(normalize(13, "Split", Map.of())).intAttribute("num_outputs", 0));
  }

  @Test
  void concat_before_4_joins_axis_1() {
    assertEquals(1, op(normalize(3, "Concat", Map.of())).intAttribute("axis", 0));
  }

  @Test
  void top_k_before_10_takes_its_count_as_input() {
    assertEquals(Tensor.vector(3), input(normalize(9, "TopK", Map.of("k", number(3))), 1));
  }

  @Test
  void cast_before_6_names_its_type() {
    Attribute name = new Attribute.StringValue("FLOAT16");
    assertEquals(10, op(normalize(5, "Cast", Map.of("to", name))).intAttribute("to", 0));
  }

  @Test
  void consumed_inputs_before_6_are_dropped() {
    assertFalse(
        op(normalize(1, "Relu", Map.of("consumed_inputs", ints(0)))).has("consumed_inputs"));
  }

  @Test
  void selu_before_6_keeps_its_shorter_defaults() {
    assertEquals(1.6732f, op(normalize(1, "Selu", Map.of())).floatAttribute("alpha", 0));
    assertFalse(op(normalize(6, "Selu", Map.of())).has("alpha"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Add", "Sub", "Mul", "Div", "Pow"})
  void operand_broadcast_from_an_axis_before_7_gets_trailing_axes(String opType) {
    Map<String, Attribute> attributes = Map.of("broadcast", number(1), "axis", number(1));
    OnnxModel constant =
        model(
            6,
            opType,
            X,
            Map.of("b", Tensor.of(Shape.of(4), 1f, 2f, 3f, 4f)),
            List.of("x", "b"),
            attributes);
    assertEquals(Shape.of(4, 1, 1), input(constant.normalized().graph(), 1).shape());
    OnnxModel computed =
        model(6, opType, List.of(X.get(0), value("b", 4)), Map.of(), List.of("x", "b"), attributes);
    assertEquals(List.of("Unsqueeze", opType), types(computed.normalized().graph()));
  }

  @Test
  void operand_broadcast_without_known_rank_is_refused() {
    Map<String, Attribute> attributes = Map.of("broadcast", number(1), "axis", number(1));
    OnnxModel unknown =
        model(
            6,
            "Add",
            List.of(new Value("x", TestModels.floatOfAnyShape()), value("b", 4)),
            Map.of(),
            List.of("x", "b"),
            attributes);
    Problem problem = refusal(unknown::normalized).get(0);
    assertEquals(OnnxError.OLD_FORM, problem.code());
    assertEquals("node 'op' (Add)", problem.where());
  }

  @Test
  void slope_per_channel_before_7_gets_trailing_axes() {
    Map<String, Tensor> slope = Map.of("s", Tensor.of(Shape.of(4), 1f, 2f, 3f, 4f));
    OnnxModel old = model(6, "PRelu", X, slope, List.of("x", "s"), Map.of());
    assertEquals(Shape.of(4, 1, 1), input(old.normalized().graph(), 1).shape());
  }

  @Test
  void gemm_before_7_needs_no_broadcast_attribute() {
    OnnxModel old =
        model(
            6,
            "Gemm",
            List.of(value("x", -1, 2), value("w", 2, 3), value("b", 3)),
            Map.of(),
            List.of("x", "w", "b"),
            Map.of("broadcast", number(1), "transA", number(0)));
    assertFalse(op(old.normalized().graph()).has("broadcast"));
  }

  @Test
  void dropout_before_12_takes_its_ratio_as_input() {
    Graph graph = normalize(6, "Dropout", Map.of("ratio", real(0.25f), "is_test", number(1)));
    assertEquals(Tensor.scalar(0.25f), input(graph, 1));
    assertTrue(op(graph).attributes().isEmpty());
  }

  private static OnnxModel batchNormalization(
      long opset, Map<String, Attribute> attributes, List<String> outputs, String result) {
    Tensor ones = Tensor.of(Shape.of(4), 1f, 1f, 1f, 1f);
    Node node =
        Node.of("op", "BatchNormalization", List.of("x", "c", "c", "c", "c"), outputs, attributes);
    return model(
        opset,
        X,
        Map.of("c", ones),
        List.of(node),
        List.of(new Value(result, TestModels.floatOfAnyShape())));
  }

  @Test
  void batch_normalization_loses_what_belonged_to_training() {
    OnnxModel old =
        batchNormalization(
            6,
            Map.of("is_test", number(1), "spatial", number(1), "epsilon", real(1e-3f)),
            List.of("y", "mean", "var", "saved_mean", "saved_var"),
            "y");
    Node node = op(old.normalized().graph());
    assertEquals(List.of("y"), node.outputs());
    assertEquals(List.of("epsilon"), List.copyOf(node.attributes().keySet()));
  }

  @Test
  void batch_normalization_per_position_or_with_used_statistics_is_refused() {
    OnnxModel perPosition = batchNormalization(7, Map.of("spatial", number(0)), List.of("y"), "y");
    OnnxModel training = batchNormalization(9, Map.of(), List.of("y", "mean"), "mean");
    for (OnnxModel refused : List.of(perPosition, training)) {
      assertEquals(OnnxError.OLD_FORM, refusal(refused::normalized).get(0).code());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Softmax", "LogSoftmax", "Hardmax"})
  void softmax_before_13_over_the_last_axis_stays_one_node(String opType) {
    Graph graph = normalize(11, opType, Map.of("axis", number(3)));
    assertEquals(List.of(opType), types(graph));
    assertEquals(-1, op(graph).intAttribute("axis", 0));
  }

  @Test
  void softmax_before_13_over_more_axes_works_on_a_matrix() {
    Graph graph = normalize(11, "Softmax", Map.of());
    assertEquals(List.of("Flatten", "Softmax", "Reshape"), types(graph));
    Node reshape = graph.nodes().get(2);
    assertEquals(Tensor.vector(-1, 4, 5, 6), graph.initializers().get(reshape.input(1)));
    assertEquals(-1, op(graph).intAttribute("axis", 0));
    Graph since13 = normalize(13, "Softmax", Map.of());
    assertEquals(List.of("Softmax"), types(since13));
    assertFalse(op(since13).has("axis"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Upsample", "Resize", "Scatter", "Tile"})
  void form_without_successor_is_refused_by_name(String opType) {
    OnnxModel old = model(5, opType, X, Map.of(), List.of("x"), Map.of());
    Problem problem = refusal(old::normalized).get(0);
    assertEquals(OnnxError.OLD_FORM, problem.code());
    assertTrue(problem.where().contains(opType));
  }

  @Test
  void constant_with_any_value_attribute_becomes_an_initializer() {
    Map<Attribute, Tensor> cases =
        Map.of(
            real(1.5f),
            Tensor.scalar(1.5f),
            number(7),
            Tensor.scalar(7L),
            ints(1, 2),
            Tensor.vector(1, 2),
            new Attribute.FloatsValue(new float[] {1}),
            Tensor.of(Shape.of(1), 1f),
            new Attribute.StringValue("a"),
            Tensor.of(Shape.SCALAR, "a"),
            new Attribute.StringsValue(List.of("a", "b")),
            Tensor.of(Shape.of(2), "a", "b"),
            new Attribute.TensorValue(Tensor.vector(9)),
            Tensor.vector(9));
    cases.forEach(
        (attribute, expected) -> {
          Graph graph =
              model(13, "Constant", List.of(), Map.of(), List.of(), Map.of("value", attribute))
                  .normalized()
                  .graph();
          assertEquals(List.of(), graph.nodes());
          assertEquals(expected, graph.initializers().get("y"));
        });
  }

  @Test
  void quant_of_brevitas_moves_to_the_domain_of_qonnx() {
    Node node = new Node("op", "onnx.brevitas", "Quant", List.of("x"), List.of("y"), Map.of());
    OnnxModel model =
        model(13, X, Map.of(), List.of(node), List.of(value("y", -1, 4, 5, 6))).normalized();
    assertEquals("qonnx.custom_op.general:Quant", op(model.graph()).type());
    assertEquals(1, model.opset("qonnx.custom_op.general"));
  }

  private static OnnxModel zipMap(Map<String, Attribute> attributes) {
    Node node = new Node("op", "ai.onnx.ml", "ZipMap", List.of("x"), List.of("y"), attributes);
    ValueType maps =
        new ValueType.SequenceType(new ValueType.MapType(7, TestModels.floatOfAnyShape()));
    return model(
            13, List.of(value("x", -1, 3)), Map.of(), List.of(node), List.of(new Value("y", maps)))
        .normalized();
  }

  @Test
  void zip_map_becomes_the_matrix_that_it_zips() {
    OnnxModel model = zipMap(Map.of("classlabels_int64s", ints(0, 1, 2)));
    assertEquals(List.of("Identity"), types(model.graph()));
    assertEquals(List.of("0", "1", "2"), model.classLabels("y"));
    assertEquals("float[?,3]", ValueTypes.print(model.graph().outputs().get(0).type()));
  }

  @Test
  void zip_map_with_unsorted_labels_has_its_columns_in_key_order() {
    OnnxModel model =
        zipMap(
            Map.of("classlabels_strings", new Attribute.StringsValue(List.of("b\\\n", "c", "a"))));
    assertEquals(List.of("Gather"), types(model.graph()));
    assertEquals(Tensor.vector(2, 0, 1), input(model.graph(), 1));
    assertEquals(List.of("a", "b\\\n", "c"), model.classLabels("y"));
  }

  @Test
  void label_encoder_before_2_gets_keys_and_values() {
    Attribute classes = new Attribute.StringsValue(List.of("no", "yes"));
    Node node =
        new Node(
            "op",
            "ai.onnx.ml",
            "LabelEncoder",
            List.of("x"),
            List.of("y"),
            Map.of("classes_strings", classes));
    for (ElementType type : List.of(ElementType.INT64, ElementType.STRING)) {
      Graph graph =
          model(9, List.of(value("x", type, -1)), Map.of(), List.of(node), List.of(value("y", -1)))
              .normalized()
              .graph();
      boolean toStrings = type == ElementType.INT64;
      assertTrue(op(graph).has(toStrings ? "keys_int64s" : "keys_strings"));
      assertEquals(
          List.of("no", "yes"),
          op(graph).stringsAttribute(toStrings ? "values_strings" : "keys_strings"));
    }
  }

  @Test
  void canonical_model_is_not_changed() {
    Graph graph = normalize(21, "Relu", Map.of());
    assertEquals(List.of("x"), op(graph).inputs());
    OnnxModel newer = model(24, "Relu", X, Map.of(), List.of("x"), Map.of());
    assertEquals(24, newer.normalized().opset(""));
    assertEquals(21, model(9, "Relu", X, Map.of(), List.of("x"), Map.of()).normalized().opset(""));
  }

  @Test
  void all_problems_of_a_model_are_listed_at_once() {
    Node upsample = Node.of("up", "Upsample", List.of("x"), List.of("h"), Map.of());
    Node resize = Node.of("re", "Resize", List.of("h"), List.of("y"), Map.of());
    OnnxModel old =
        model(
            9,
            List.of(value("x", ElementType.FLOAT, 1, 1, 2, 2)),
            Map.of(),
            List.of(upsample, resize),
            List.of(value("y", 1, 1, 4, 4)));
    assertEquals(
        List.of("node 'up' (Upsample)", "node 're' (Resize)"),
        ModelChecker.check(old).stream().map(Problem::where).toList());
  }

  @Test
  void every_change_of_an_operator_is_ordered_by_version() {
    for (String type : OpsetChanges.types()) {
      List<Long> versions = OpsetChanges.of(type).stream().map(OpsetChange::since).toList();
      assertEquals(versions.stream().sorted().toList(), versions);
    }
  }
}

package dev.sotto.onnx;

import static dev.sotto.onnx.TestModels.foreign;
import static dev.sotto.onnx.TestModels.foreignFloats;
import static dev.sotto.onnx.TestModels.foreignNode;
import static dev.sotto.onnx.TestModels.foreignValue;
import static dev.sotto.onnx.TestModels.parse;
import static dev.sotto.onnx.TestModels.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl;
import com.google.protobuf.ByteString;
import dev.sotto.problem.Problem;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reading models that a foreign writer made, whole and broken. */
final class OnnxReaderTest {
  private static Problem only(List<Problem> problems) {
    assertEquals(1, problems.size(), problems::toString);
    return problems.get(0);
  }

  @Test
  void model_of_foreign_writer_is_read_as_it_is() {
    OnnxModel model = parse(foreign());
    assertEquals(Map.of("", 17L), model.opsets());
    assertEquals(
        List.of("first", "second"), model.graph().nodes().stream().map(Node::name).toList());
    assertEquals(Tensor.of(Shape.of(3), 1f, 2f, 3f), model.graph().initializers().get("w"));
    assertEquals("x", model.graph().inputs().get(0).name());
    assertEquals("float[batch,3]", ValueTypes.print(model.graph().inputs().get(0).type()));
  }

  @Test
  void saved_model_is_read_by_a_foreign_reader() throws IOException {
    OnnxModel model = parse(foreign());
    OnnxMl.ModelProto read = OnnxMl.ModelProto.parseFrom(model.toBytes());
    assertEquals(8, read.getIrVersion());
    assertEquals(foreign().getGraph().getNodeList(), read.getGraph().getNodeList());
    assertEquals(foreign().getGraph().getInputList(), read.getGraph().getInputList());
    assertEquals(foreign().getGraph().getInitializerList(), read.getGraph().getInitializerList());
  }

  @Test
  void initializer_listed_as_input_is_not_an_input() {
    OnnxMl.ModelProto.Builder model = foreign();
    model.getGraphBuilder().addInput(foreignValue("w", 1, 3));
    assertEquals(List.of("x"), parse(model).graph().inputs().stream().map(v -> v.name()).toList());
  }

  @Test
  void empty_and_duplicate_node_names_are_replaced() {
    OnnxMl.ModelProto.Builder model = foreign();
    model.getGraphBuilder().getNodeBuilder(0).setName("");
    model.getGraphBuilder().getNodeBuilder(1).setName("Add_0");
    model.getGraphBuilder().addNode(foreignNode("Add_0", "Relu", "z", "h"));
    assertEquals(
        List.of("Add_0_1", "Add_0", "Relu_2"),
        parse(model).graph().nodes().stream().map(Node::name).toList());
  }

  @Test
  void nodes_in_any_order_are_sorted_and_keep_their_order_otherwise() {
    OnnxMl.ModelProto.Builder model = foreign();
    OnnxMl.GraphProto.Builder graph = model.getGraphBuilder().clearNode();
    graph.addNode(foreignNode("d", "Add", "y", "b", "c"));
    graph.addNode(foreignNode("c", "Relu", "c", "a"));
    graph.addNode(foreignNode("b", "Neg", "b", "a"));
    graph.addNode(foreignNode("a", "Add", "a", "x", "w"));
    assertEquals(
        List.of("a", "c", "b", "d"),
        parse(model).graph().nodes().stream().map(Node::name).toList());
  }

  @Test
  void cycle_is_refused_by_the_names_of_its_nodes() {
    OnnxMl.ModelProto.Builder model = foreign();
    model.getGraphBuilder().getNodeBuilder(0).setInput(1, "y");
    Problem problem = only(refusal(() -> parse(model)));
    assertEquals(OnnxError.CYCLIC_GRAPH, problem.code());
    assertTrue(problem.detail().contains("first → second → first"), problem.detail());
  }

  @Test
  void all_undefined_values_are_listed_at_once() {
    OnnxMl.ModelProto.Builder model = foreign();
    model.getGraphBuilder().clearInitializer();
    model.getGraphBuilder().addOutput(foreignValue("missing", 1));
    List<Problem> problems = refusal(() -> parse(model));
    assertEquals(2, problems.size());
    assertEquals("node 'first' (Add)", problems.get(0).where());
    assertTrue(problems.get(0).detail().contains("'w'"));
    assertEquals("output 'missing'", problems.get(1).where());
    problems.forEach(p -> assertEquals(OnnxError.UNDEFINED_VALUE, p.code()));
  }

  @Test
  void value_made_twice_is_refused() {
    OnnxMl.ModelProto.Builder model = foreign();
    model.getGraphBuilder().addNode(foreignNode("third", "Neg", "h", "x"));
    model.getGraphBuilder().addInitializer(foreignFloats("w", 1));
    List<Problem> problems = refusal(() -> parse(model));
    assertEquals(2, problems.size());
    problems.forEach(p -> assertEquals(OnnxError.DUPLICATE_VALUE, p.code()));
  }

  @Test
  void truncated_file_is_refused_wherever_it_ends() {
    byte[] bytes = foreign().build().toByteArray();
    for (int length = 0; length < bytes.length; length++) {
      byte[] part = Arrays.copyOf(bytes, length);
      Problem problem = only(refusal(() -> OnnxModel.parse(part, null, "part")));
      boolean named =
          problem.code() == OnnxError.TRUNCATED
              || problem.code() == OnnxError.NO_OPSETS
              || (problem.code() == OnnxError.NOT_PROTOBUF
                  && problem.detail().contains("holds none"))
              || part.length < 3;
      assertTrue(named, length + ": " + problem.message());
    }
  }

  @Test
  void text_and_pictures_are_not_models() {
    byte[] text = "# a model\nthis is no model, but text\n".getBytes(StandardCharsets.UTF_8);
    byte[] png = {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10, 0, 0, 0, 13};
    for (byte[] bytes : List.of(text, png)) {
      Problem problem = only(refusal(() -> OnnxModel.parse(bytes, null, "file")));
      assertEquals(OnnxError.NOT_PROTOBUF, problem.code());
    }
  }

  @Test
  void missing_file_and_directory_are_refused(@TempDir Path directory) {
    for (Path path : List.of(directory, directory.resolve("no.onnx"))) {
      Problem problem = only(refusal(() -> OnnxModel.read(path)));
      assertEquals(OnnxError.UNREADABLE_FILE, problem.code());
      assertEquals(path.toString(), problem.where());
    }
  }

  @Test
  void file_over_two_gigabytes_is_refused_unread(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("big.onnx");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(1L << 31);
    }
    assertEquals(OnnxError.TOO_LARGE, only(refusal(() -> OnnxModel.read(file))).code());
  }

  @Test
  void newer_versions_are_warnings() {
    OnnxMl.ModelProto.Builder builder = foreign().setIrVersion(99);
    builder.getOpsetImportBuilder(0).setVersion(77);
    builder.getGraphBuilder().getNodeBuilder(1).setDomain("own.domain");
    OnnxModel model = parse(builder);
    assertEquals(
        List.of(OnnxError.NEWER_IR, OnnxError.NEWER_OPSET, OnnxError.MISSING_OPSET),
        ModelChecker.warnings(model).stream().map(Problem::code).toList());
    assertEquals(List.of(), ModelChecker.warnings(parse(foreign())));
  }

  @Test
  void opset_imports_in_any_order_and_spelling_are_one_per_domain() {
    OnnxMl.ModelProto.Builder builder = foreign().clearOpsetImport();
    builder.addOpsetImportBuilder().setDomain("ai.onnx.ml").setVersion(3);
    builder.addOpsetImportBuilder().setDomain("ai.onnx").setVersion(13);
    assertEquals(Map.of("", 13L, "ai.onnx.ml", 3L), parse(builder).opsets());
  }

  @Test
  void file_without_opsets_is_refused() {
    Problem problem = only(refusal(() -> parse(foreign().clearOpsetImport())));
    assertEquals(OnnxError.NO_OPSETS, problem.code());
  }

  @Test
  void attribute_without_kind_gets_the_kind_of_its_field() {
    OnnxMl.ModelProto.Builder model = foreign();
    model.getGraphBuilder().getNodeBuilder(0).addAttributeBuilder().setName("a").setF(2);
    model.getGraphBuilder().getNodeBuilder(0).addAttributeBuilder().setName("b").addInts(7);
    Node node = parse(model).graph().nodes().get(0);
    assertEquals(2f, node.floatAttribute("a", 0));
    assertEquals(7, node.intsAttribute("b")[0]);
  }

  @Test
  void tensor_of_unsupported_type_is_refused_only_where_it_is_used() {
    OnnxMl.TensorProto bfloat =
        OnnxMl.TensorProto.newBuilder()
            .setName("b")
            .setDataType(16)
            .addDims(1)
            .setRawData(ByteString.copyFrom(new byte[2]))
            .build();
    OnnxMl.ModelProto.Builder unused = foreign();
    unused.getGraphBuilder().addInitializer(bfloat);
    assertEquals(1, parse(unused).graph().initializers().size());
    OnnxMl.ModelProto.Builder used = foreign();
    used.getGraphBuilder().addInitializer(bfloat);
    used.getGraphBuilder().addNode(foreignNode("n", "Neg", "z", "b"));
    Problem problem = only(refusal(() -> parse(used)));
    assertEquals(OnnxError.UNSUPPORTED_TYPE, problem.code());
    assertTrue(problem.message().contains("initializer 'b' of node 'n' (Neg)"));
    assertTrue(problem.message().contains("bfloat16"));
  }

  @Test
  void body_may_read_values_of_the_surrounding_graph() {
    OnnxMl.ModelProto.Builder model = foreign();
    OnnxMl.NodeProto.Builder node = foreignNode("if", "If", "z", "x").toBuilder();
    OnnxMl.GraphProto body =
        OnnxMl.GraphProto.newBuilder()
            .setName("then")
            .addNode(foreignNode("inner", "Neg", "inner_out", "h"))
            .addOutput(foreignValue("inner_out", 1))
            .build();
    node.addAttributeBuilder()
        .setName("then_branch")
        .setType(OnnxMl.AttributeProto.AttributeType.GRAPH)
        .setG(body);
    OnnxMl.GraphProto.Builder graph = model.getGraphBuilder();
    List<OnnxMl.NodeProto> rest = List.copyOf(graph.getNodeList());
    graph.clearNode().addNode(node).addAllNode(rest);
    List<Node> nodes = parse(model).graph().nodes();
    assertEquals("first", nodes.get(0).name());
    assertEquals("if", nodes.get(1).name());
    body = body.toBuilder().setNode(0, foreignNode("inner", "Neg", "inner_out", "no")).build();
    graph.getNodeBuilder(0).getAttributeBuilder(0).setG(body);
    Problem problem = refusal(() -> parse(model)).get(0);
    assertEquals("node 'inner' (Neg)", problem.where());
  }
}

package dev.sotto.onnx;

import static dev.sotto.onnx.TestModels.foreign;
import static dev.sotto.onnx.TestModels.foreignNode;
import static dev.sotto.onnx.TestModels.parse;
import static dev.sotto.onnx.TestModels.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Functions that a model defines itself. */
final class FunctionInlinerTest {
  private static OnnxMl.FunctionProto function(String name, OnnxMl.NodeProto... nodes) {
    return OnnxMl.FunctionProto.newBuilder()
        .setDomain("local")
        .setName(name)
        .addInput("a")
        .addOutput("b")
        .addAttribute("slope")
        .addAllNode(List.of(nodes))
        .build();
  }

  private static OnnxMl.NodeProto call(String name, String function, String out, String in) {
    return foreignNode(name, function, out, in).toBuilder().setDomain("local").build();
  }

  @Test
  void call_is_replaced_by_the_body_with_its_own_names() {
    OnnxMl.NodeProto.Builder leaky = foreignNode("n", "LeakyRelu", "b", "t").toBuilder();
    leaky
        .addAttributeBuilder()
        .setName("alpha")
        .setRefAttrName("slope")
        .setType(OnnxMl.AttributeProto.AttributeType.FLOAT);
    OnnxMl.ModelProto.Builder model = foreign();
    model.addFunctions(function("Act", foreignNode("m", "Neg", "t", "a"), leaky.build()));
    OnnxMl.NodeProto.Builder call = call("act", "Act", "h2", "h").toBuilder();
    call.addAttributeBuilder()
        .setName("slope")
        .setType(OnnxMl.AttributeProto.AttributeType.FLOAT)
        .setF(0.5f);
    model.getGraphBuilder().getNodeBuilder(1).setInput(0, "h3");
    model.getGraphBuilder().addNode(call).addNode(call("again", "Act", "h3", "h2"));
    List<Node> nodes = parse(model).graph().nodes();
    assertEquals(
        List.of("Add", "Neg", "LeakyRelu", "Neg", "LeakyRelu", "Relu"),
        nodes.stream().map(Node::type).toList());
    assertEquals("h2", nodes.get(2).output(0));
    assertEquals(0.5f, nodes.get(2).floatAttribute("alpha", 0));
    assertEquals(0.01f, nodes.get(4).floatAttribute("alpha", 0.01f));
  }

  @Test
  void functions_that_call_each_other_without_end_are_refused() {
    OnnxMl.ModelProto.Builder model = foreign();
    model.addFunctions(function("F", call("c", "F", "b", "a")));
    model.getGraphBuilder().addNode(call("f", "F", "z", "h"));
    assertEquals(OnnxError.TOO_LARGE, refusal(() -> parse(model)).get(0).code());
  }

  @Test
  void functions_that_grow_without_bound_are_refused() {
    OnnxMl.ModelProto.Builder model = foreign();
    model.addFunctions(function("F0", foreignNode("n", "Neg", "b", "a")));
    for (int i = 1; i < 40; i++) {
      String below = "F" + (i - 1);
      model.addFunctions(function("F" + i, call("p", below, "t", "a"), call("q", below, "b", "t")));
    }
    model.getGraphBuilder().addNode(call("f", "F39", "z", "h"));
    assertEquals(OnnxError.TOO_LARGE, refusal(() -> parse(model)).get(0).code());
  }

  @Test
  void function_of_another_opset_is_refused_by_name() {
    OnnxMl.ModelProto.Builder model = foreign();
    OnnxMl.FunctionProto.Builder function =
        function("F", foreignNode("n", "Neg", "b", "a")).toBuilder();
    function.addOpsetImportBuilder().setDomain("").setVersion(9);
    model.addFunctions(function);
    assertTrue(refusal(() -> parse(model)).get(0).where().contains("function 'F'"));
  }
}

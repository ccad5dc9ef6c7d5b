package dev.sotto.quantization;

import static dev.sotto.quantization.PackedArrays.dims;
import static dev.sotto.quantization.PackedArrays.require;
import static dev.sotto.quantization.PackedArrays.shape;

import com.google.protobuf.ByteString;
import dev.sotto.onnx.Graph;
import dev.sotto.onnx.OnnxModel;
import dev.sotto.quantization.proto.QuantizedModuleProto;
import dev.sotto.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The parts that run in the clear, in {@code quantized_module.proto}: ONNX files with layouts. */
final class StageFormat {
  /** The IR version that goes with {@link OnnxModel#CANONICAL_OPSET}. */
  private static final long IR_VERSION = 10;

  private static final long CANONICAL_ML_OPSET = 5;

  private StageFormat() {}

  /** A model of canonical operators around a graph. */
  static OnnxModel model(Graph graph) {
    return new OnnxModel(
        graph,
        Map.of("", OnnxModel.CANONICAL_OPSET, "ai.onnx.ml", CANONICAL_ML_OPSET),
        IR_VERSION,
        "sotto",
        Map.of());
  }

  static QuantizedModuleProto.Stage write(ClearStage stage) {
    QuantizedModuleProto.Stage.Builder out =
        QuantizedModuleProto.Stage.newBuilder()
            .setModel(ByteString.copyFrom(stage.model().toBytes()));
    for (int i = 0; i < stage.inputs().size(); i++) {
      out.addInputs(
          layout(stage.inputs().get(i)).toBuilder().addAllRow(dims(stage.inputRows().get(i))));
    }
    stage.outputs().forEach(output -> out.addOutputs(layout(output)));
    return out.build();
  }

  private static QuantizedModuleProto.Layout layout(@Nullable BatchLayout layout) {
    QuantizedModuleProto.Layout.Builder out = QuantizedModuleProto.Layout.newBuilder();
    if (layout != null) {
      out.setHasRows(true).setAxis(layout.axis()).addAllAxisRow(dims(layout.row()));
    }
    return out.build();
  }

  static ClearStage read(QuantizedModuleProto.Stage in) {
    OnnxModel model = OnnxModel.parse(in.getModel().toByteArray(), null, "a clear stage");
    List<Shape> inputRows = new ArrayList<>();
    List<@Nullable BatchLayout> inputs = new ArrayList<>();
    for (QuantizedModuleProto.Layout layout : in.getInputsList()) {
      inputRows.add(shape(layout.getRowList()));
      inputs.add(layout(layout));
    }
    List<@Nullable BatchLayout> outputs = new ArrayList<>();
    in.getOutputsList().forEach(layout -> outputs.add(layout(layout)));
    require(
        !inputs.isEmpty()
            && inputs.size() == model.graph().inputs().size()
            && outputs.size() == model.graph().outputs().size(),
        "numbers of inputs and outputs of a clear stage");
    return new ClearStage(model, inputRows, inputs, outputs);
  }

  private static @Nullable BatchLayout layout(QuantizedModuleProto.Layout in) {
    if (!in.getHasRows()) {
      return null;
    }
    Shape row = shape(in.getAxisRowList());
    require(in.getAxis() >= 0 && in.getAxis() < row.rank(), "axis of rows");
    require(row.dim(in.getAxis()) > 0, "length of the axis of rows");
    return new BatchLayout(row, in.getAxis());
  }
}

package dev.sotto.compiler;

import static dev.sotto.compiler.StoredFields.bounds;
import static dev.sotto.compiler.StoredFields.interval;

import dev.sotto.circuit.Circuit;
import dev.sotto.circuit.CircuitNode;
import dev.sotto.circuit.Operation;
import dev.sotto.compiler.proto.CompiledCircuitProto;
import java.util.ArrayList;
import java.util.List;

/** Circuits without lookups of tables in {@code compiled_circuit.proto}. */
final class CircuitFormat {
  /** More integers than any row has, in one node. */
  private static final int LARGEST_ROW = 1 << 24;

  private CircuitFormat() {}

  static CompiledCircuitProto.Circuit write(Circuit circuit) {
    CompiledCircuitProto.Circuit.Builder out =
        CompiledCircuitProto.Circuit.newBuilder().addAllOutputs(circuit.outputs());
    for (CircuitNode node : circuit.nodes()) {
      CompiledCircuitProto.Node.Builder it =
          CompiledCircuitProto.Node.newBuilder()
              .setName(node.name())
              .addAllOperands(node.operands())
              .setProved(bounds(node.proved()));
      if (node.calibrated() != null) {
        it.setCalibrated(interval(node.calibrated()));
      }
      OperationFormat.write(node.operation(), it);
      out.addNodes(it);
    }
    return out.build();
  }

  static Circuit read(CompiledCircuitProto.Circuit in) {
    List<CircuitNode> nodes = new ArrayList<>();
    for (CompiledCircuitProto.Node node : in.getNodesList()) {
      Operation operation = OperationFormat.read(node);
      nodes.add(
          new CircuitNode(
              nodes.size(),
              node.getName(),
              operation,
              List.copyOf(node.getOperandsList()),
              node.getProved().getSize(),
              bounds(node.getProved(), LARGEST_ROW),
              node.hasCalibrated() ? interval(node.getCalibrated()) : null));
    }
    return Circuit.of(nodes, List.copyOf(in.getOutputsList()));
  }
}

package dev.sotto.compiler;

import com.google.protobuf.ByteString;
import dev.sotto.circuit.Circuit;
import dev.sotto.circuit.CircuitNode;
import dev.sotto.circuit.Operation;
import dev.sotto.compiler.proto.CompiledCircuitProto;
import dev.sotto.compiler.slots.SlotsPlan;
import java.util.List;

/**
 * What a server is given: the circuit over encrypted integers and how it runs. No encodings, no
 * thresholds, no names of inputs, no meaning of results: those are the client's.
 *
 * @param circuit the circuit; its inputs have no names
 * @param plan how it runs
 * @param hash SHA-256 of its content in hexadecimal digits: the name of the circuit in keys and
 *     blocks
 */
public record ServerPart(Circuit circuit, SlotsPlan plan, String hash) {
  private static final String KIND = "sotto.server-part";

  static ServerPart of(Circuit circuit, SlotsPlan plan) {
    Circuit nameless = withoutInputNames(circuit);
    return new ServerPart(nameless, plan, PartFile.hash(content(nameless, plan)));
  }

  private static Circuit withoutInputNames(Circuit circuit) {
    List<CircuitNode> nodes =
        circuit.nodes().stream()
            .map(
                n ->
                    n.operation() instanceof Operation.Input
                        ? new CircuitNode(
                            n.id(),
                            "",
                            n.operation(),
                            n.operands(),
                            n.size(),
                            n.proved(),
                            n.calibrated())
                        : n)
            .toList();
    return Circuit.of(nodes, circuit.outputs());
  }

  private static ByteString content(Circuit circuit, SlotsPlan plan) {
    return CompiledCircuitProto.Server.newBuilder()
        .setCircuit(CircuitFormat.write(circuit))
        .setPlan(PlanFormat.write(plan))
        .addAllTreatments(PlanFormat.treatments(plan))
        .build()
        .toByteString();
  }

  /** The part as bytes; equal parts have equal bytes. */
  public byte[] toBytes() {
    return PartFile.write(KIND, content(circuit, plan));
  }

  /**
   * The part that bytes describe, checked as a whole: one that loads can be run.
   *
   * @throws dev.sotto.problem.SottoException when they are damaged, or of a newer version
   */
  public static ServerPart parse(byte[] bytes) {
    return PartFile.read(
        KIND,
        bytes,
        content -> {
          CompiledCircuitProto.Server in = CompiledCircuitProto.Server.parseFrom(content);
          Circuit circuit = CircuitFormat.read(in.getCircuit());
          SlotsPlan plan = PlanFormat.read(in.getPlan(), in.getTreatmentsList());
          for (int node : plan.treatments().keySet()) {
            StoredFields.require(node < circuit.nodes().size(), "treatment of node " + node);
          }
          return new ServerPart(circuit, plan, PartFile.hash(content));
        });
  }
}

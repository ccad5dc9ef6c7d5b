package dev.sotto.compiler;

import static dev.sotto.compiler.StoredFields.require;

import com.google.protobuf.ByteString;
import dev.sotto.circuit.Circuit;
import dev.sotto.circuit.CircuitNode;
import dev.sotto.circuit.Operation;
import dev.sotto.compiler.proto.CompiledCircuitProto;
import dev.sotto.compiler.slots.DryRun;
import dev.sotto.compiler.slots.LayerWeights;
import dev.sotto.compiler.slots.SlotsPlan;
import dev.sotto.compiler.slots.SlotsPlan.Scheme;
import dev.sotto.quantization.InputEncoding;
import dev.sotto.quantization.QuantizedModule;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * What a data owner is given: how rows become integers and results become values, and with which
 * parameters blocks are encrypted. No weights.
 *
 * @param hash of the server's part: the name of the circuit in keys and blocks
 * @param module encodings, meanings of results, what is computed in the clear
 * @param plan scheme and parameters, without treatments
 * @param inputBounds per encoding, no encoded integer is larger in size
 * @param canaries rows of every block whose results are known
 */
public record ClientPart(
    String hash,
    QuantizedModule module,
    SlotsPlan plan,
    List<Double> inputBounds,
    Canaries canaries) {
  private static final String KIND = "sotto.client-part";

  static ClientPart of(
      String hash, QuantizedModule module, Circuit circuit, SlotsPlan plan, LayerWeights weights) {
    List<Double> bounds = new ArrayList<>();
    for (CircuitNode node : circuit.nodes()) {
      if (node.operation() instanceof Operation.Input) {
        bounds.add(DryRun.inputBound(node));
      }
    }
    Canaries canaries =
        plan.scheme() == Scheme.BGV
            ? Canaries.NONE
            : Canaries.of(circuit, module.encodings(), DryRun.of(circuit, plan, weights));
    return new ClientPart(hash, module, withoutTreatments(plan), List.copyOf(bounds), canaries);
  }

  private static SlotsPlan withoutTreatments(SlotsPlan plan) {
    return new SlotsPlan(
        plan.scheme(),
        plan.ring(),
        plan.plaintextModulus(),
        plan.scale(),
        plan.relinearisedDegree(),
        Map.of());
  }

  /** Rows of the data owner in one block: what the canaries leave. */
  public int rowsPerBlock() {
    return plan.rows() - canaries.rows();
  }

  /** The part as bytes; equal parts have equal bytes. */
  public byte[] toBytes() {
    CompiledCircuitProto.Client.Builder out =
        CompiledCircuitProto.Client.newBuilder()
            .setCircuit(ByteString.copyFrom(HexFormat.of().parseHex(hash)))
            .setPlan(PlanFormat.write(plan))
            .setModule(ByteString.copyFrom(module.toBytes()))
            .addAllInputBounds(inputBounds);
    if (!canaries.isEmpty()) {
      out.setCanaries(CanaryFormat.write(canaries));
    }
    return PartFile.write(KIND, out.build().toByteString());
  }

  /**
   * The part that bytes describe, checked as a whole.
   *
   * @throws dev.sotto.problem.SottoException when they are damaged, or of a newer version
   */
  public static ClientPart parse(byte[] bytes) {
    return PartFile.read(
        KIND, bytes, content -> read(CompiledCircuitProto.Client.parseFrom(content)));
  }

  private static ClientPart read(CompiledCircuitProto.Client in) {
    require(in.getCircuit().size() == 32, "hash of the circuit");
    QuantizedModule module = QuantizedModule.parse(in.getModule().toByteArray());
    SlotsPlan plan = PlanFormat.read(in.getPlan(), List.of());
    List<Double> bounds = List.copyOf(in.getInputBoundsList());
    require(bounds.size() == module.encodings().size(), "number of input bounds");
    for (int i = 0; i < bounds.size(); i++) {
      require(
          bounds.get(i) >= Math.max(1, module.encodings().get(i).range().bound())
              && Double.isFinite(bounds.get(i)),
          "bound of input " + i);
    }
    Canaries canaries =
        in.hasCanaries()
            ? CanaryFormat.read(
                in.getCanaries(),
                module.encodings().stream().map(InputEncoding::size).toList(),
                module.outputs().stream().map(o -> o.row().size()).toList())
            : Canaries.NONE;
    for (int i = 0; i < canaries.inputs().size(); i++) {
      require(canaries.inputs().get(i).bound() <= bounds.get(i), "canaries of input " + i);
    }
    require(canaries.rows() < plan.rows(), "number of canaries");
    return new ClientPart(
        HexFormat.of().formatHex(in.getCircuit().toByteArray()), module, plan, bounds, canaries);
  }
}

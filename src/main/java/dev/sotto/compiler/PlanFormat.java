package dev.sotto.compiler;

import static dev.sotto.compiler.StoredFields.require;

import com.google.protobuf.ByteString;
import dev.sotto.compiler.proto.CompiledCircuitProto;
import dev.sotto.compiler.slots.SlotsPlan;
import dev.sotto.compiler.slots.SlotsPlan.Scheme;
import dev.sotto.compiler.slots.Treatment;
import dev.sotto.slots.BgvParameters;
import dev.sotto.slots.CkksParameters;
import dev.sotto.slots.RingParameters;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Plans in {@code compiled_circuit.proto}; parameters are checked as the engine checks them. */
final class PlanFormat {
  private PlanFormat() {}

  static CompiledCircuitProto.Plan write(SlotsPlan plan) {
    return CompiledCircuitProto.Plan.newBuilder()
        .setScheme(plan.scheme() == Scheme.BGV ? 1 : 2)
        .setRing(ByteString.copyFrom(plan.ring().toBytes()))
        .setPlaintextModulus(plan.plaintextModulus())
        .setScale(plan.scale())
        .setRelinearisedDegree(plan.relinearisedDegree())
        .build();
  }

  static List<CompiledCircuitProto.Treatment> treatments(SlotsPlan plan) {
    List<CompiledCircuitProto.Treatment> out = new ArrayList<>();
    new TreeMap<>(plan.treatments())
        .forEach(
            (node, treatment) ->
                out.add(
                    CompiledCircuitProto.Treatment.newBuilder()
                        .setNode(node)
                        .setRelinearise(treatment.relinearise())
                        .setDrops(treatment.drops())
                        .build()));
    return out;
  }

  static SlotsPlan read(
      CompiledCircuitProto.Plan in, List<CompiledCircuitProto.Treatment> treatments) {
    RingParameters ring = RingParameters.parse(in.getRing().toByteArray());
    Map<Integer, Treatment> read = new TreeMap<>();
    for (CompiledCircuitProto.Treatment each : treatments) {
      require(
          each.getNode() >= 0
              && each.getDrops() >= 0
              && each.getDrops() <= ring.maximumLevel()
              && read.put(each.getNode(), new Treatment(each.getRelinearise(), each.getDrops()))
                  == null,
          "treatment of node " + each.getNode());
    }
    int scheme = in.getScheme();
    require(scheme == 1 || scheme == 2, "scheme " + scheme);
    int degree = in.getRelinearisedDegree();
    require(
        degree == 0 || (degree >= 2 && degree <= 255 && !ring.specialPrimes().isEmpty()),
        "relinearised degree " + degree);
    SlotsPlan plan =
        new SlotsPlan(
            scheme == 1 ? Scheme.BGV : Scheme.CKKS,
            ring,
            in.getPlaintextModulus(),
            in.getScale(),
            degree,
            Map.copyOf(read));
    check(plan);
    return plan;
  }

  /** Lets the engine look at the parameters. */
  private static void check(SlotsPlan plan) {
    if (plan.scheme() == Scheme.BGV) {
      require(plan.scale() == 0, "scale " + plan.scale());
      require(new BgvParameters(plan.ring(), plan.plaintextModulus()).slots() > 0, "slots");
    } else {
      require(plan.plaintextModulus() == 0, "plaintext modulus " + plan.plaintextModulus());
      require(new CkksParameters(plan.ring(), plan.scale()).slots() > 0, "slots");
    }
  }
}

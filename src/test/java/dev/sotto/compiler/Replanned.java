package dev.sotto.compiler;

import dev.sotto.circuit.Circuit;
import dev.sotto.compiler.slots.LayerWeights;
import dev.sotto.compiler.slots.SlotsPlan;

/** A compiled circuit with parts exchanged, to reach what the compiler does not choose. */
public final class Replanned {
  private Replanned() {}

  /** The same client with another circuit of the same inputs and results, and another plan. */
  public static CompiledCircuit of(CompiledCircuit compiled, Circuit circuit, SlotsPlan plan) {
    Rewritten rewritten =
        new Rewritten(
            circuit,
            compiled.client().outputs(),
            compiled.lookups(),
            new OutputLoss(compiled.loss(), compiled.loss()),
            compiled.range(),
            compiled.isProved());
    return CompiledCircuit.of(compiled.client(), rewritten, plan, new LayerWeights());
  }
}

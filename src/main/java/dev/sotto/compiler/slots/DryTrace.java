package dev.sotto.compiler.slots;

import dev.sotto.circuit.Circuit;
import dev.sotto.circuit.ForwardingAlgebra;
import dev.sotto.circuit.IntegerAlgebra;
import dev.sotto.circuit.Interval;
import dev.sotto.circuit.Operation;
import dev.sotto.slots.CiphertextFormat;
import dev.sotto.slots.SlotCiphertext;
import dev.sotto.slots.ring.OperationCounts;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks on while a circuit runs dry and notes, node by node, what it costs and what comes out.
 *
 * @param <C> a ciphertext
 */
final class DryTrace<C extends SlotCiphertext> extends ForwardingAlgebra<List<C>> {
  /**
   * What is to be known of a ciphertext.
   *
   * @param <C> a ciphertext
   */
  interface Gauge<C> {
    DryRun.State of(C ciphertext);
  }

  private final Circuit circuit;
  private final OperationCounts counts;
  private final Gauge<C> gauge;
  private final List<DryRun.Step> steps = new ArrayList<>();
  private OperationCounts before;

  DryTrace(
      IntegerAlgebra<List<C>> algebra, Circuit circuit, OperationCounts counts, Gauge<C> gauge) {
    super(algebra);
    this.circuit = circuit;
    this.counts = counts;
    this.gauge = gauge;
    this.before = counts.copy();
  }

  /** One for each node of the circuit. */
  List<DryRun.Step> steps() {
    return steps;
  }

  @Override
  public List<C> within(List<C> x, Interval proved) {
    List<C> treated = super.within(x, proved);
    if (circuit.nodes().get(steps.size()).operation() instanceof Operation.Input) {
      x.forEach(fresh -> CiphertextFormat.countRead(fresh, counts));
    }
    steps.add(step(treated));
    before = counts.copy();
    return treated;
  }

  /** What results are once they are as small as they can be sent, and what that costs. */
  DryRun.Step sent(List<C> results) {
    return step(results);
  }

  private DryRun.Step step(List<C> results) {
    DryRun.State worst = null;
    for (C c : results) {
      DryRun.State state = gauge.of(c);
      worst = worst == null ? state : worst.worst(state);
    }
    if (worst == null) {
      throw new IllegalStateException("a node has at least one element");
    }
    return new DryRun.Step(
        steps.size(),
        counts.since(before),
        worst.level(),
        worst.degree(),
        worst.phaseBits(),
        worst.capacityBits());
  }
}

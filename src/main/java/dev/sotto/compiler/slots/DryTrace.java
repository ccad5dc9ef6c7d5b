package dev.sotto.compiler.slots;

import dev.sotto.circuit.Circuit;
import dev.sotto.circuit.CircuitNode;
import dev.sotto.circuit.ForwardingAlgebra;
import dev.sotto.circuit.IntegerAlgebra;
import dev.sotto.circuit.Interval;
import dev.sotto.circuit.Lookup;
import dev.sotto.circuit.Move;
import dev.sotto.circuit.Operation;
import dev.sotto.circuit.Scaling;
import dev.sotto.circuit.TreeSum;
import dev.sotto.circuit.WeightedSum;
import dev.sotto.slots.ring.OperationCounts;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Looks on while a circuit runs dry and notes, node by node, what it costs and what comes out.
 *
 * @param <C> a ciphertext
 */
final class DryTrace<C> extends ForwardingAlgebra<List<C>> {
  /**
   * What is to be known of a ciphertext.
   *
   * @param <C> a ciphertext
   */
  interface Gauge<C> {
    DryRun.State of(C ciphertext);
  }

  private final OperationCounts counts;
  private final Gauge<C> gauge;
  private final List<DryRun.Step> steps = new ArrayList<>();
  private OperationCounts before;
  private long untreated;

  DryTrace(IntegerAlgebra<List<C>> algebra, OperationCounts counts, Gauge<C> gauge) {
    super(algebra);
    this.counts = counts;
    this.gauge = gauge;
    this.before = counts.copy();
  }

  /** One for each node of the circuit. */
  List<DryRun.Step> steps() {
    return steps;
  }

  private long bytes(List<C> x) {
    return x.stream().mapToLong(c -> gauge.of(c).bytes()).sum();
  }

  private List<C> made(List<C> x) {
    untreated = bytes(x);
    return x;
  }

  @Override
  public List<C> linear(List<C> x, WeightedSum sum) {
    return made(super.linear(x, sum));
  }

  @Override
  public List<C> scale(List<C> x, Scaling scaling) {
    return made(super.scale(x, scaling));
  }

  @Override
  public List<C> lookup(List<C> x, Lookup lookup) {
    return made(super.lookup(x, lookup));
  }

  @Override
  public List<C> product(List<C> x, List<C> y) {
    return made(super.product(x, y));
  }

  @Override
  public List<C> add(List<C> x, List<C> y) {
    return made(super.add(x, y));
  }

  @Override
  public List<C> move(List<List<C>> xs, Move move) {
    return made(super.move(xs, move));
  }

  @Override
  public List<C> trees(List<C> bits, TreeSum trees) {
    return made(super.trees(bits, trees));
  }

  @Override
  public List<C> within(List<C> x, Interval proved) {
    List<C> treated = super.within(x, proved);
    steps.add(step(treated));
    before = counts.copy();
    untreated = steps.get(steps.size() - 1).bytes();
    return treated;
  }

  /** What results are once they are as small as they can be sent, and what that costs. */
  DryRun.Step sent(List<C> results) {
    untreated = bytes(results);
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
    long bytes = bytes(results);
    return new DryRun.Step(
        steps.size(),
        counts.since(before),
        worst.level(),
        worst.degree(),
        worst.phaseBits(),
        worst.capacityBits(),
        bytes,
        untreated == bytes ? 0 : untreated);
  }

  /**
   * Bytes of the ciphertexts in memory when there are most of them: inputs, which stay, what is
   * still to be used, and what is being made.
   */
  static long widest(Circuit circuit, List<DryRun.Step> steps) {
    int[] lastUse = new int[steps.size()];
    List<Set<Integer>> stores = new ArrayList<>();
    for (CircuitNode node : circuit.nodes()) {
      Set<Integer> held = new HashSet<>();
      if (node.operation() instanceof Operation.Rearrange) {
        node.operands().forEach(operand -> held.addAll(stores.get(operand)));
      } else {
        held.add(node.id());
      }
      stores.add(held);
      lastUse[node.id()] = node.id();
      node.operands().forEach(operand -> lastUse[operand] = node.id());
    }
    circuit.outputs().forEach(output -> lastUse[output] = Integer.MAX_VALUE);
    long widest = 0;
    for (CircuitNode now : circuit.nodes()) {
      Set<Integer> live = new HashSet<>();
      for (CircuitNode node : circuit.nodes()) {
        boolean input = node.operation() instanceof Operation.Input;
        if (input || node.id() <= now.id() && lastUse[node.id()] >= now.id()) {
          live.addAll(stores.get(node.id()));
        }
      }
      long total = steps.get(now.id()).untreatedBytes();
      for (int store : live) {
        total += steps.get(store).bytes();
      }
      widest = Math.max(widest, total);
    }
    return widest;
  }
}

package dev.sotto.compiler.slots;

import dev.sotto.circuit.Circuit;
import dev.sotto.circuit.CircuitNode;
import dev.sotto.circuit.Operation;
import dev.sotto.slots.BgvCiphertext;
import dev.sotto.slots.BgvEvaluator;
import dev.sotto.slots.BgvParameters;
import dev.sotto.slots.BgvScheme;
import dev.sotto.slots.CkksCiphertext;
import dev.sotto.slots.CkksEvaluator;
import dev.sotto.slots.CkksParameters;
import dev.sotto.slots.CkksScheme;
import dev.sotto.slots.RingParameters;
import dev.sotto.slots.ring.OperationCounts;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What a plan gives, before there is a key: the server's own code, run on ciphertexts without content.
 *
 * @param counts kernels called for by one block
 * @param outputs ciphertexts of the result
 * @param phaseBits the largest phase of a result
 * @param error the largest error bound of a result, in integers of the circuit; zero for BGV
 * @param deviation the largest estimated deviation of an error
 * @param resultResidues residues of all results, as they are sent
 * @param resultBits their bits
 */
public record DryRun(
    OperationCounts counts,
    int outputs,
    double phaseBits,
    double error,
    double deviation,
    long resultResidues,
    long resultBits) {

  /**
   * Runs a plan dry.
   *
   * @throws dev.sotto.problem.SottoException where it would exhaust noise, levels or precision
   */
  public static DryRun of(Circuit circuit, SlotsPlan plan, LayerWeights weights) {
    OperationCounts counts = new OperationCounts();
    RingParameters dry = plan.ring().dry(counts);
    if (plan.scheme() == SlotsPlan.Scheme.BGV) {
      BgvEvaluator evaluator =
          BgvScheme.of(new BgvParameters(dry, plan.plaintextModulus()))
              .dryEvaluator(plan.relinearisedDegree());
      BgvCiphertext fresh = evaluator.hollow(dry.maximumLevel());
      List<BgvCiphertext> results = new ArrayList<>();
      for (List<BgvCiphertext> output :
          run(circuit, plan, weights, new BgvArithmetic(evaluator), node -> fresh)) {
        output.forEach(c -> results.add(evaluator.smallest(c)));
      }
      double bits = 0;
      long residues = 0;
      double sent = 0;
      for (BgvCiphertext c : results) {
        bits = Math.max(bits, c.noiseBits());
        residues += residues(dry, c.level(), c.degree());
        sent += bits(dry, c.level(), c.degree());
      }
      return new DryRun(counts, results.size(), bits, 0, 0, residues, (long) sent);
    }
    CkksEvaluator evaluator =
        CkksScheme.of(new CkksParameters(dry, plan.scale()))
            .dryEvaluator(plan.relinearisedDegree());
    List<CkksCiphertext> results = new ArrayList<>();
    for (List<CkksCiphertext> output :
        run(
            circuit,
            plan,
            weights,
            new CkksArithmetic(evaluator),
            node -> evaluator.hollow(inputBound(node), plan.scale(), dry.maximumLevel()))) {
      output.forEach(c -> results.add(evaluator.smallest(c)));
    }
    double phase = 0;
    double error = 0;
    double deviation = 0;
    long residues = 0;
    double sent = 0;
    for (CkksCiphertext c : results) {
      phase = Math.max(phase, c.phaseBits());
      error = Math.max(error, c.errorBound());
      deviation = Math.max(deviation, c.errorDeviation());
      residues += residues(dry, c.level(), c.degree());
      sent += bits(dry, c.level(), c.degree());
    }
    return new DryRun(counts, results.size(), phase, error, deviation, residues, (long) sent);
  }

  /** The bound of an input's numbers, as the client declares it. */
  public static double inputBound(CircuitNode input) {
    return Math.max(1, input.proved().hull().bound());
  }

  private interface Fresh<C> {
    C of(CircuitNode input);
  }

  private static <C> List<List<C>> run(
      Circuit circuit,
      SlotsPlan plan,
      LayerWeights weights,
      SlotArithmetic<C> arithmetic,
      Fresh<C> fresh) {
    List<List<C>> inputs = new ArrayList<>();
    for (CircuitNode node : circuit.nodes()) {
      if (node.operation() instanceof Operation.Input) {
        inputs.add(Collections.nCopies(node.size(), fresh.of(node)));
      }
    }
    return circuit.evaluate(
        new SlotsAlgebra<>(Lanes.one(arithmetic), weights, plan.treatments()), inputs);
  }

  private static long residues(RingParameters ring, int level, int degree) {
    return (long) ring.n() * (level + 1) * (degree + 1);
  }

  private static double bits(RingParameters ring, int level, int degree) {
    double bits = 0;
    for (int i = 0; i <= level; i++) {
      bits += Long.SIZE - Long.numberOfLeadingZeros(ring.primes().get(i));
    }
    return bits * ring.n() * (degree + 1);
  }
}

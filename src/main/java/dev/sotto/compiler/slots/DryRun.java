package dev.sotto.compiler.slots;

import dev.sotto.circuit.Circuit;
import dev.sotto.circuit.CircuitNode;
import dev.sotto.circuit.Operation;
import dev.sotto.circuit.TreeSum;
import dev.sotto.slots.BgvCiphertext;
import dev.sotto.slots.BgvEvaluator;
import dev.sotto.slots.BgvParameters;
import dev.sotto.slots.BgvScheme;
import dev.sotto.slots.CiphertextFormat;
import dev.sotto.slots.CkksCiphertext;
import dev.sotto.slots.CkksEvaluator;
import dev.sotto.slots.CkksParameters;
import dev.sotto.slots.CkksScheme;
import dev.sotto.slots.RingParameters;
import dev.sotto.slots.SlotCiphertext;
import dev.sotto.slots.ring.OperationCounts;
import java.util.ArrayList;
import java.util.List;

/**
 * What a plan gives, before there is a key: the server's own code, run on ciphertexts without
 * content.
 *
 * @param counts kernels called for by one block
 * @param outputs ciphertexts of the result
 * @param phaseBits the largest phase of a result
 * @param error the largest error bound of a result, in integers of the circuit; zero for BGV
 * @param deviation the largest estimated deviation of an error
 * @param resultResidues residues of all results, as they are sent
 * @param resultBits their bits
 * @param steps what each node of the circuit does, in order
 * @param sent what making results as small as they can be sent does
 */
public record DryRun(
    OperationCounts counts,
    int outputs,
    double phaseBits,
    double error,
    double deviation,
    long resultResidues,
    long resultBits,
    List<Step> steps,
    Step sent) {

  /**
   * One node of the circuit.
   *
   * @param node its place; after the last node's for what is sent
   * @param counts kernels called for
   * @param level of its results, the lowest
   * @param degree of its results, the highest
   * @param phaseBits of the result that fills its modulus most
   * @param capacityBits what these may be
   */
  public record Step(
      int node,
      OperationCounts counts,
      int level,
      int degree,
      double phaseBits,
      double capacityBits) {}

  /** What is known of a ciphertext. */
  record State(int level, int degree, double phaseBits, double capacityBits) {
    State worst(State other) {
      boolean fuller = other.capacityBits - other.phaseBits < capacityBits - phaseBits;
      return new State(
          Math.min(level, other.level),
          Math.max(degree, other.degree),
          fuller ? other.phaseBits : phaseBits,
          fuller ? other.capacityBits : capacityBits);
    }
  }

  /**
   * Runs a plan dry.
   *
   * @throws dev.sotto.problem.SottoException where it would exhaust noise, levels or precision
   */
  public static DryRun of(Circuit circuit, SlotsPlan plan, LayerWeights weights) {
    return of(circuit, plan, weights, false);
  }

  /**
   * Runs a plan of approximate numbers dry to its end: where numbers would overflow or drown in
   * errors, the deviation is infinite, and what it costs is known all the same.
   *
   * @throws dev.sotto.problem.SottoException where it would exhaust levels
   */
  static DryRun toTheEnd(Circuit circuit, SlotsPlan plan, LayerWeights weights) {
    return of(circuit, plan, weights, true);
  }

  private static DryRun of(
      Circuit circuit, SlotsPlan plan, LayerWeights weights, boolean toTheEnd) {
    OperationCounts counts = new OperationCounts();
    RingParameters dry = plan.ring().dry(counts);
    if (plan.scheme() == SlotsPlan.Scheme.BGV) {
      BgvEvaluator evaluator =
          BgvScheme.of(new BgvParameters(dry, plan.plaintextModulus()))
              .dryEvaluator(plan.relinearisedDegree());
      BgvCiphertext unpacked = evaluator.hollow(dry.maximumLevel(), false);
      BgvCiphertext stored = evaluator.hollow(dry.maximumLevel(), true);
      List<BgvCiphertext> results = new ArrayList<>();
      DryTrace<BgvCiphertext> trace =
          trace(
              circuit,
              plan,
              weights,
              new BgvArithmetic(evaluator),
              counts,
              c -> new State(c.level(), c.degree(), c.noiseBits(), c.capacityBits()));
      for (List<BgvCiphertext> output :
          run(circuit, trace, (node, late) -> late ? stored : unpacked)) {
        output.forEach(c -> results.add(sent(evaluator.smallest(c), counts)));
      }
      double bits = 0;
      long residues = 0;
      double sent = 0;
      for (BgvCiphertext c : results) {
        bits = Math.max(bits, c.noiseBits());
        residues += residues(dry, c.level(), c.degree());
        sent += bits(dry, c.level(), c.degree());
      }
      return new DryRun(
          counts,
          results.size(),
          bits,
          0,
          0,
          residues,
          (long) sent,
          List.copyOf(trace.steps()),
          trace.sent(results));
    }
    CkksEvaluator evaluator =
        CkksScheme.of(new CkksParameters(dry, plan.scale()))
            .dryEvaluator(plan.relinearisedDegree());
    if (toTheEnd) {
      evaluator.lenient();
    }
    List<CkksCiphertext> results = new ArrayList<>();
    DryTrace<CkksCiphertext> trace =
        trace(
            circuit,
            plan,
            weights,
            new CkksArithmetic(evaluator),
            counts,
            c -> new State(c.level(), c.degree(), c.phaseBits(), c.capacityBits()));
    for (List<CkksCiphertext> output :
        run(
            circuit,
            trace,
            (node, late) ->
                evaluator.hollow(inputBound(node), plan.scale(), dry.maximumLevel(), late))) {
      output.forEach(c -> results.add(sent(evaluator.smallest(c), counts)));
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
    return new DryRun(
        counts,
        results.size(),
        phase,
        error,
        evaluator.wouldRefuse() ? Double.POSITIVE_INFINITY : deviation,
        residues,
        (long) sent,
        List.copyOf(trace.steps()),
        trace.sent(results));
  }

  /** How many encrypted numbers an ensemble of trees multiplies with one another. */
  public static long products(TreeSum trees) {
    return EncryptedTrees.products(trees);
  }

  /** The bound of an input's numbers, as the client declares it. */
  public static double inputBound(CircuitNode input) {
    return Math.max(1, input.proved().hull().bound());
  }

  private static <C extends SlotCiphertext> C sent(C result, OperationCounts counts) {
    CiphertextFormat.countWritten(result, counts);
    return result;
  }

  private interface Fresh<C> {
    C of(CircuitNode input, boolean stored);
  }

  private static <C extends SlotCiphertext> DryTrace<C> trace(
      Circuit circuit,
      SlotsPlan plan,
      LayerWeights weights,
      SlotArithmetic<C> arithmetic,
      OperationCounts counts,
      DryTrace.Gauge<C> gauge) {
    return new DryTrace<>(
        new SlotsAlgebra<>(
            Lanes.one(new RepeatedArithmetic<>(arithmetic, counts)), weights, plan.treatments()),
        circuit,
        counts,
        gauge);
  }

  private static <C extends SlotCiphertext> List<List<C>> run(
      Circuit circuit, DryTrace<C> trace, Fresh<C> fresh) {
    List<List<C>> inputs = new ArrayList<>();
    InputUses uses = InputUses.of(circuit, 1);
    for (CircuitNode node : circuit.nodes()) {
      if (node.operation() instanceof Operation.Input) {
        inputs.add(uses.each(node, fresh.of(node, true), fresh.of(node, false)));
      }
    }
    return circuit.evaluate(trace, inputs);
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

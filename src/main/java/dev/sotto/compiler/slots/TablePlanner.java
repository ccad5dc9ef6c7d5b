package dev.sotto.compiler.slots;

import dev.sotto.circuit.Circuit;
import dev.sotto.circuit.CircuitNode;
import dev.sotto.circuit.Operation;
import dev.sotto.circuit.TableLookup;
import dev.sotto.problem.ErrorCode;
import dev.sotto.problem.SottoException;
import dev.sotto.slots.RingParameters;
import dev.sotto.slots.SecurityTable;
import dev.sotto.slots.SlotsError;
import dev.sotto.slots.ring.Modulus;
import dev.sotto.slots.ring.NttPrimes;
import dev.sotto.slots.ring.RingType;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Chooses parameters for exact integers with tables: sizes and number of primes, of special primes,
 * and the ring with the least work for a row.
 *
 * <p>Where the modulus is switched follows from noise ({@code BgvEvaluator.lookUp}), so that a dry
 * run with as many primes as a ring holds tells how many are left over.
 */
final class TablePlanner {
  /** A larger ring must save this much per row to be taken. */
  private static final double WORTH = 0.8;

  /** The first try, before fewer and more special primes are tried. */
  private static final int SPECIAL_PRIMES = 4;

  private static final int HIGHEST_DEGREE = 16;

  private final Circuit circuit;
  private final LayerWeights weights;
  private final int bits;

  private TablePlanner(Circuit circuit, LayerWeights weights, int bits) {
    this.circuit = circuit;
    this.weights = weights;
    this.bits = bits;
  }

  /** Whether a circuit has tables. */
  static boolean hasTables(Circuit circuit) {
    return circuit.nodes().stream().anyMatch(TablePlanner::isTable);
  }

  private static boolean isTable(CircuitNode node) {
    return node.operation() instanceof Operation.Look look && look.lookup() instanceof TableLookup;
  }

  /** Bits that tell apart all integers for which a table has values. */
  static int domainBits(Circuit circuit) {
    long widest = 1;
    for (CircuitNode node : circuit.nodes()) {
      if (node.operation() instanceof Operation.Look look
          && look.lookup() instanceof TableLookup table) {
        for (int channel = 0; channel < table.channels(); channel++) {
          widest = Math.max(widest, table.values(channel).length);
        }
      }
    }
    return Long.SIZE - Long.numberOfLeadingZeros(widest);
  }

  /**
   * A plan.
   *
   * @param bits of the plaintext modulus, at least
   */
  static Optional<SlotsPlan> plan(Circuit circuit, LayerWeights weights, int bits) {
    TablePlanner planner = new TablePlanner(circuit, weights, bits);
    Costed best = null;
    for (int logN = SecurityTable.MINIMUM_LOG_N; logN <= SecurityTable.MAXIMUM_LOG_N; logN++) {
      Costed found = planner.plan(logN);
      if (found != null && (best == null || found.cost < best.cost * WORTH)) {
        best = found;
      }
    }
    return Optional.ofNullable(best).map(Costed::plan);
  }

  /**
   * A plan that runs.
   *
   * @param cost for one row
   */
  private record Costed(SlotsPlan plan, double cost) {}

  private @Nullable Costed plan(int logN) {
    long t = NttPrimes.plaintextModulus(bits, RingType.STANDARD.rootOrder(logN));
    if (t >>> dev.sotto.slots.ring.WeightedSums.WEIGHT_BITS != 0) {
      return null;
    }
    int least = Math.max(Long.SIZE - Long.numberOfLeadingZeros(t) + 1, logN + 4);
    Costed best = null;
    for (int size = least; size <= Modulus.MAXIMUM_BITS; size++) {
      best = cheaper(best, plan(logN, t, size, SPECIAL_PRIMES));
      if (best == null) {
        best = cheaper(best, plan(logN, t, size, 1));
      }
    }
    if (best == null) {
      return null;
    }
    RingParameters ring = best.plan.ring();
    int size = Long.SIZE - Long.numberOfLeadingZeros(ring.primes().get(0));
    for (int special = 1; special <= 2 * SPECIAL_PRIMES; special++) {
      if (special != ring.specialPrimes().size()) {
        best = cheaper(best, plan(logN, t, size, special));
      }
    }
    return best;
  }

  private static @Nullable Costed cheaper(@Nullable Costed x, @Nullable Costed y) {
    return x == null || y != null && y.cost < x.cost ? y : x;
  }

  /** With primes of one size, as few as are needed. */
  private @Nullable Costed plan(int logN, long t, int size, int special) {
    int limbs = SecurityTable.maximumLogQp(logN) / size - special;
    SlotsPlan plan = null;
    DryRun dry = null;
    while (limbs > 0) {
      SlotsPlan next = plan(logN, t, size, limbs, special);
      if (next == null) {
        return null;
      }
      DryRun run = run(next);
      if (run == null) {
        break;
      }
      plan = next;
      dry = run;
      limbs -= Math.max(1, surplus(run));
    }
    return plan == null || dry == null ? null : costed(plan, dry);
  }

  private Costed costed(SlotsPlan plan, DryRun dry) {
    int degree = 0;
    for (int d = 2; degree == 0 && d <= HIGHEST_DEGREE; d++) {
      degree = runs(with(plan, d)) ? d : 0;
    }
    return new Costed(
        with(plan, degree),
        KernelCosts.REFERENCE.seconds(dry.counts(), plan.ring().logN()) / plan.rows());
  }

  /** Primes of the last node's results that nothing needs. */
  private static int surplus(DryRun run) {
    int fewest = Integer.MAX_VALUE;
    for (DryRun.Step step : run.steps()) {
      double spare = step.capacityBits() - step.phaseBits();
      fewest = Math.min(fewest, (int) (spare / (step.capacityBits() / (step.level() + 1))));
    }
    return fewest;
  }

  private boolean runs(SlotsPlan plan) {
    return run(plan) != null;
  }

  /** Null where noise, primes or keys run out. */
  private @Nullable DryRun run(SlotsPlan plan) {
    try {
      return DryRun.of(circuit, plan, weights);
    } catch (SottoException e) {
      ErrorCode code = e.problems().get(0).code();
      if (code == SlotsError.NOISE_EXHAUSTED
          || code == SlotsError.NO_LEVEL_LEFT
          || code == SlotsError.MISSING_KEY) {
        return null;
      }
      throw e;
    }
  }

  private static SlotsPlan with(SlotsPlan plan, int degree) {
    return new SlotsPlan(
        plan.scheme(), plan.ring(), plan.plaintextModulus(), plan.scale(), degree, Map.of());
  }

  /** Null where there are too few primes of a size, or they are too large together. */
  private static @Nullable SlotsPlan plan(int logN, long t, int size, int limbs, int special) {
    int[] primes = new int[limbs];
    int[] specials = new int[special];
    Arrays.fill(primes, size);
    Arrays.fill(specials, size);
    try {
      RingParameters ring =
          RingParameters.generate(RingType.STANDARD, logN, primes, specials);
      return new SlotsPlan(SlotsPlan.Scheme.BGV, ring, t, 0, HIGHEST_DEGREE, Map.of());
    } catch (SottoException e) {
      return null;
    }
  }
}

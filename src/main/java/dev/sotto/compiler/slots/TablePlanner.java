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
import dev.sotto.slots.ring.WeightedSums;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Chooses parameters for exact integers with tables: number and size of primes, number of special
 * primes, and the ring with the least work for a row.
 *
 * <p>Where the modulus is switched follows from noise ({@code BgvEvaluator.lookUp}), so that a dry
 * run with as many primes as a ring holds tells how many are left over.
 */
final class TablePlanner {
  /** A larger ring must save this much per row to be taken. */
  private static final double WORTH = 0.8;

  /** By how many bits primes become smaller in the search for the fewest. */
  private static final int STEP = 4;

  private static final int LOWEST_DEGREE = 2;

  private static final int HIGHEST_DEGREE = 16;

  private final Circuit circuit;
  private final LayerWeights weights;
  private final int bits;

  /** The highest degree that is relinearised, as far as is known: the same in every ring. */
  private int relinearised = LOWEST_DEGREE;

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
   * @param surplus primes of results that nothing needs
   */
  private record Costed(SlotsPlan plan, double cost, int surplus) {}

  /** As few primes as will do, then as small as will do, then the best number of special ones. */
  private @Nullable Costed plan(int logN) {
    long t = NttPrimes.plaintextModulus(bits, RingType.STANDARD.rootOrder(logN));
    if (t >>> WeightedSums.WEIGHT_BITS != 0) {
      return null;
    }
    int least = Math.max(Long.SIZE - Long.numberOfLeadingZeros(t) + 1, logN + 4);
    int most = SecurityTable.maximumLogQp(logN);
    int size = Modulus.MAXIMUM_BITS + STEP;
    Costed best = null;
    while (best == null && size > least) {
      size -= STEP;
      best = fewest(logN, t, size, most / size - 1);
    }
    if (best == null) {
      return null;
    }
    int limbs = best.plan.ring().primes().size();
    for (int step = STEP / 2; step > 0; step /= 2) {
      while (size - step >= least) {
        Costed smaller = costed(logN, t, size - step, limbs, 1);
        if (smaller == null) {
          break;
        }
        best = smaller;
        size -= step;
      }
    }
    for (int special = 2; special <= limbs && (limbs + special) * size <= most; special++) {
      Costed other = costed(logN, t, size, limbs, special);
      if (other != null) {
        if (other.cost > best.cost) {
          break;
        }
        best = other;
      }
    }
    return best;
  }

  /** The fewest primes of a size, with one special prime; null where {@code most} are too few. */
  private @Nullable Costed fewest(int logN, long t, int size, int most) {
    Costed fewest = null;
    int limbs = most;
    while (limbs > 0) {
      Costed fewer = costed(logN, t, size, limbs, 1);
      if (fewer == null) {
        break;
      }
      fewest = fewer;
      if (fewer.surplus == 0) {
        break;
      }
      limbs -= fewer.surplus;
    }
    return fewest;
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

  /** With as few keys as will do; null where noise, primes or keys run out. */
  private @Nullable Costed costed(int logN, long t, int size, int limbs, int special) {
    RingParameters ring = ring(logN, size, limbs, special);
    while (ring != null && relinearised <= HIGHEST_DEGREE) {
      SlotsPlan plan = new SlotsPlan(SlotsPlan.Scheme.BGV, ring, t, 0, relinearised, Map.of());
      try {
        DryRun dry = DryRun.of(circuit, plan, weights);
        double cost = KernelCosts.REFERENCE.seconds(dry.counts(), logN) / plan.rows();
        return new Costed(plan, cost, surplus(dry));
      } catch (SottoException e) {
        ErrorCode code = e.problems().get(0).code();
        if (code == SlotsError.NOISE_EXHAUSTED || code == SlotsError.NO_LEVEL_LEFT) {
          return null;
        }
        if (code != SlotsError.MISSING_KEY) {
          throw e;
        }
        relinearised++;
      }
    }
    return null;
  }

  /** Null where there are too few primes of a size, or they are too large together. */
  private static @Nullable RingParameters ring(int logN, int size, int limbs, int special) {
    int[] primes = new int[limbs];
    int[] specials = new int[special];
    Arrays.fill(primes, size);
    Arrays.fill(specials, size);
    try {
      return RingParameters.generate(RingType.STANDARD, logN, primes, specials);
    } catch (SottoException e) {
      return null;
    }
  }
}

package dev.sotto.compiler.slots;

import dev.sotto.circuit.AffineLookup;
import dev.sotto.circuit.Circuit;
import dev.sotto.circuit.CircuitNode;
import dev.sotto.circuit.Operation;
import dev.sotto.circuit.TableLookup;
import dev.sotto.problem.SottoException;
import dev.sotto.slots.RingParameters;
import dev.sotto.slots.SecurityTable;
import dev.sotto.slots.ring.Modulus;
import dev.sotto.slots.ring.NttPrimes;
import dev.sotto.slots.ring.RingType;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * Chooses parameters for exact integers: the smallest plaintext modulus that holds every result,
 * the fewest and smallest primes that hold the noise, the ring with the least work for a row.
 *
 * <p>Only results have to fit the plaintext modulus: what is in between may wrap around, as it
 * wraps back. Ciphertexts keep the degree of their products; nothing is relinearised, but for
 * tables ({@link TablePlanner}).
 */
public final class BgvPlanner {
  /** A larger ring must save this much per row to be taken. */
  private static final double WORTH = 0.8;

  private BgvPlanner() {}

  /**
   * A plan.
   *
   * @return empty where results are too wide, depth too large, or the circuit not one of integers
   */
  public static Optional<SlotsPlan> plan(Circuit circuit, LayerWeights weights) {
    if (!isExact(circuit)) {
      return Optional.empty();
    }
    double widest = 1;
    for (int output : circuit.outputs()) {
      widest = Math.max(widest, circuit.nodes().get(output).proved().hull().bound());
    }
    for (CircuitNode node : circuit.nodes()) {
      if (node.operation() instanceof Operation.Input) {
        widest = Math.max(widest, node.proved().hull().bound());
      }
    }
    int bits = Math.getExponent(2 * widest + 1) + 1;
    if (bits >= Modulus.MAXIMUM_BITS - 1) {
      return Optional.empty();
    }
    if (TablePlanner.hasTables(circuit)) {
      return TablePlanner.plan(circuit, weights, Math.max(bits, TablePlanner.domainBits(circuit)));
    }
    SlotsPlan best = null;
    double bestCost = 0;
    for (int logN = SecurityTable.MINIMUM_LOG_N; logN <= SecurityTable.MAXIMUM_LOG_N; logN++) {
      SlotsPlan plan = plan(circuit, weights, logN, bits);
      if (plan == null) {
        continue;
      }
      double cost =
          KernelCosts.REFERENCE.seconds(DryRun.of(circuit, plan, weights).counts(), logN)
              / plan.rows();
      if (best == null || cost < bestCost * WORTH) {
        best = plan;
        bestCost = cost;
      } else {
        break;
      }
    }
    return Optional.ofNullable(best);
  }

  /** Whether a circuit is one of whole numbers: sums, products, trees, tables, added constants. */
  static boolean isExact(Circuit circuit) {
    for (CircuitNode node : circuit.nodes()) {
      if (node.operation() instanceof Operation.Look look) {
        if (look.lookup() instanceof TableLookup) {
          continue;
        }
        if (!(look.lookup() instanceof AffineLookup affine)
            || Arrays.stream(affine.slope()).anyMatch(s -> s != 1)
            || Arrays.stream(affine.offset()).anyMatch(o -> o != Math.rint(o))) {
          return false;
        }
      }
    }
    return true;
  }

  private static @org.jspecify.annotations.Nullable SlotsPlan plan(
      Circuit circuit, LayerWeights weights, int logN, int bits) {
    long t = NttPrimes.plaintextModulus(bits, RingType.STANDARD.rootOrder(logN));
    int least = Math.max(Long.SIZE - Long.numberOfLeadingZeros(t) + 1, logN + 4);
    int most = SecurityTable.maximumLogQp(logN);
    for (int limbs = 1; limbs * least <= most; limbs++) {
      int size = Math.min(Modulus.MAXIMUM_BITS, most / limbs);
      if (size < least) {
        return null;
      }
      SlotsPlan roomy;
      double needed;
      try {
        roomy = plan(logN, limbs, size, t);
        needed = DryRun.of(circuit, roomy, weights).phaseBits() + 2;
      } catch (SottoException e) {
        continue; // too little room, or too few primes of a size: one prime more
      }
      for (int fitted = Math.max(least, (int) Math.ceil(needed / limbs)); fitted < size; fitted++) {
        try {
          SlotsPlan plan = plan(logN, limbs, fitted, t);
          DryRun.of(circuit, plan, weights);
          return plan;
        } catch (SottoException e) {
          continue; // primes lie a little below their power of two
        }
      }
      return roomy;
    }
    return null;
  }

  private static SlotsPlan plan(int logN, int limbs, int bits, long t) {
    int[] sizes = new int[limbs];
    Arrays.fill(sizes, bits);
    return new SlotsPlan(
        SlotsPlan.Scheme.BGV,
        RingParameters.generate(RingType.STANDARD, logN, sizes, new int[0]),
        t,
        0,
        0,
        Map.of());
  }
}

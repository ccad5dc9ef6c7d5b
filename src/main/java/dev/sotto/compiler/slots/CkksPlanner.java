package dev.sotto.compiler.slots;

import dev.sotto.circuit.AffineLookup;
import dev.sotto.circuit.Circuit;
import dev.sotto.circuit.CircuitNode;
import dev.sotto.circuit.Operation;
import dev.sotto.problem.SottoException;
import dev.sotto.slots.RingParameters;
import dev.sotto.slots.SecurityTable;
import dev.sotto.slots.ring.RingType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Chooses parameters for approximate numbers, and where to rescale and relinearise: before each
 * product either nothing, a rescaling, or both in one, whatever is cheapest and still precise.
 *
 * <p>Every combination is sized by a {@link ScaleTrace} and judged by a {@link DryRun}; the modulus
 * holds what interval arithmetic proves of every number.
 */
public final class CkksPlanner {
  private static final int LARGEST_PRIME = 50;
  private static final int MOST_STATIONS = 6;
  private static final double SMALLEST_SIZE = 22;
  private static final double LARGEST_SIZE = 46;

  private final Circuit circuit;
  private final LayerWeights weights;
  private final RingType type;
  private final double tolerance;

  private CkksPlanner(Circuit circuit, LayerWeights weights, RingType type, double tolerance) {
    this.circuit = circuit;
    this.weights = weights;
    this.type = type;
    this.tolerance = tolerance;
  }

  /**
   * A plan.
   *
   * @param tolerance the largest standard deviation of an error of results, in their integers
   * @return empty where no ring is deep enough
   */
  public static Optional<SlotsPlan> plan(
      Circuit circuit, LayerWeights weights, RingType type, double tolerance) {
    return new CkksPlanner(circuit, weights, type, tolerance).search();
  }

  private Optional<SlotsPlan> search() {
    List<Integer> stations = stations();
    ScaleTrace.Wish[] choices = {
      ScaleTrace.Wish.NONE, new ScaleTrace.Wish(false, true), new ScaleTrace.Wish(true, true)
    };
    SlotsPlan best = null;
    double bestCost = Double.POSITIVE_INFINITY;
    Set<Object> seen = new HashSet<>();
    int combinations = (int) Math.pow(choices.length, Math.min(stations.size(), MOST_STATIONS));
    for (int c = 0; c < combinations; c++) {
      Map<Integer, ScaleTrace.Wish> wishes = new HashMap<>();
      int rest = c;
      for (int s = 0; s < stations.size(); s++) {
        wishes.put(stations.get(s), s < MOST_STATIONS ? choices[rest % choices.length] : choices[2]);
        rest /= choices.length;
      }
      for (double size = SMALLEST_SIZE; size <= LARGEST_SIZE; size += 3) {
        SlotsPlan plan = cheapest(wishes, size);
        if (plan == null || !seen.add(List.of(plan.treatments(), size))) {
          break; // larger numbers need a larger modulus still
        }
        DryRun dry = dry(plan);
        if (dry == null || dry.deviation() > tolerance) {
          continue;
        }
        double cost = cost(plan, dry);
        if (cost < bestCost) {
          best = plan;
          bestCost = cost;
        }
        break;
      }
    }
    return Optional.ofNullable(best);
  }

  private static double cost(SlotsPlan plan, DryRun dry) {
    return KernelCosts.REFERENCE.seconds(dry.counts(), plan.ring().logN()) / plan.rows();
  }

  private @Nullable DryRun dry(SlotsPlan plan) {
    try {
      return DryRun.of(circuit, plan, weights);
    } catch (SottoException e) {
      return null;
    }
  }

  /** The linear results that products read: where a treatment has the fewest ciphertexts to treat. */
  private List<Integer> stations() {
    TreeSet<Integer> stations = new TreeSet<>();
    for (CircuitNode node : circuit.nodes()) {
      if (node.operation() instanceof Operation.Product) {
        node.operands().forEach(operand -> stations.add(origin(operand)));
      }
    }
    stations.removeIf(id -> circuit.nodes().get(id).operation() instanceof Operation.Input);
    // The first layer of a fresh input is small already.
    return new ArrayList<>(stations);
  }

  private int origin(int id) {
    CircuitNode node = circuit.nodes().get(id);
    return node.operation() instanceof Operation.Look ? origin(node.operands().get(0)) : id;
  }

  /** The cheapest parameters for what is wished, over rings and numbers of special primes. */
  private @Nullable SlotsPlan cheapest(Map<Integer, ScaleTrace.Wish> wishes, double size) {
    ScaleTrace trace = new ScaleTrace(wishes, size);
    List<ScaleTrace.Value> inputs = new ArrayList<>();
    double scale = 0;
    for (CircuitNode node : circuit.nodes()) {
      if (node.operation() instanceof Operation.Input) {
        ScaleTrace.Value value = trace.input(DryRun.inputBound(node));
        scale = value.scale();
        inputs.add(value);
      }
    }
    circuit.evaluate(trace, inputs);
    int[] primes = primes(trace);
    if (primes == null) {
      return null;
    }
    SlotsPlan best = null;
    double bestCost = Double.POSITIVE_INFINITY;
    int most = trace.relinearised() > 1 ? 3 : 0;
    for (int special = Math.min(1, most); special <= most; special++) {
      SlotsPlan plan = plan(primes, special, trace.treatments(), trace.relinearised(), scale);
      if (plan != null && most > 0) {
        DryRun dry = dry(plan);
        double cost = dry == null ? Double.POSITIVE_INFINITY : cost(plan, dry);
        if (cost < bestCost || best == null) {
          best = plan;
          bestCost = cost;
        }
      } else if (plan != null) {
        best = plan;
      }
    }
    return best;
  }

  private @Nullable SlotsPlan plan(
      int[] primes, int special, Map<Integer, Treatment> treatments, int degree, double scale) {
    int[] specials = new int[special];
    Arrays.fill(specials, LARGEST_PRIME);
    int bits = IntStream.of(primes).sum() + IntStream.of(specials).sum();
    for (int logN = SecurityTable.MINIMUM_LOG_N; logN <= SecurityTable.MAXIMUM_LOG_N; logN++) {
      if (bits <= SecurityTable.maximumLogQp(logN)) {
        try {
          return new SlotsPlan(
              SlotsPlan.Scheme.CKKS,
              RingParameters.generate(type, logN, primes, specials),
              0,
              Math.pow(2, Math.rint(scale * 16) / 16),
              degree > 1 ? degree : 0,
              treatments);
        } catch (SottoException e) {
          continue; // too few primes of a size in this ring
        }
      }
    }
    return null;
  }

  /** Sizes of the primes, those that stay first; null where a division would be no prime. */
  private int @Nullable [] primes(ScaleTrace trace) {
    List<Double> dropped = trace.dropped();
    double base = 0;
    double above = 0;
    for (int d = dropped.size(); d >= 0; d--) {
      base = Math.max(base, trace.needed().get(d) - above);
      if (d > 0) {
        double bits = dropped.get(d - 1);
        if (bits > LARGEST_PRIME || bits < 18) {
          return null;
        }
        above += Math.round(bits);
      }
    }
    // Primes lie a little below their powers of two, and a sum's own bound, by the sizes of its terms,
    // at most a bit above what intervals prove of it.
    int stay = (int) Math.ceil(base + 1.5);
    int count = Math.max(1, (stay + LARGEST_PRIME - 1) / LARGEST_PRIME);
    int[] primes = new int[count + dropped.size()];
    for (int i = 0; i < count; i++) {
      primes[i] = Math.max(20, (stay + count - 1 - i) / count);
    }
    for (int d = 0; d < dropped.size(); d++) {
      primes[primes.length - 1 - d] = (int) Math.round(dropped.get(d));
    }
    return primes;
  }

  /** Whether a circuit is one that CKKS computes: no clips, no trees. */
  public static boolean isSmooth(Circuit circuit) {
    for (CircuitNode node : circuit.nodes()) {
      if (node.operation() instanceof Operation.Trees
          || (node.operation() instanceof Operation.Look look
              && !(look.lookup() instanceof AffineLookup))) {
        return false;
      }
    }
    return true;
  }
}

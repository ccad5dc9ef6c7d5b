package dev.sotto.compiler.slots;

import dev.sotto.circuit.AffineLookup;
import dev.sotto.circuit.Circuit;
import dev.sotto.circuit.CircuitNode;
import dev.sotto.circuit.Operation;
import dev.sotto.compiler.slots.ScaleTrace.Rescale;
import dev.sotto.problem.SottoException;
import dev.sotto.slots.RingParameters;
import dev.sotto.slots.SecurityTable;
import dev.sotto.slots.ring.RingType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Chooses parameters for approximate numbers, and where to rescale and relinearise: before each
 * product either nothing, a rescaling, or both in one, whatever is cheapest and still precise.
 *
 * <p>Every combination tried is sized by a {@link ScaleTrace} and judged by a {@link DryRun}; the
 * modulus holds what interval arithmetic proves of every number.
 */
public final class CkksPlanner {
  private static final int LARGEST_PRIME = 50;
  private static final int SMALLEST_SIZE = 20;
  private static final int LARGEST_SIZE = 60;
  private static final int FIRST_SIZE = 28;
  private static final int MOST_SPECIAL_PRIMES = 3;

  /** Bits by which larger numbers are tried where errors drown them. */
  private static final int LARGER = 8;

  /** What costs so many times as much is not made the cheapest by single changes. */
  private static final double TOO_DEAR = 2;

  /** What costs so many times as much is not made the cheapest by smaller numbers. */
  private static final double DEARER = 1.2;

  /** What costs so many times as much, and needs larger numbers, by more special primes. */
  private static final double DEARER_ALREADY = 1.1;

  /** What a bit of them may save, as a part of what is paid. */
  private static final double BIT_SAVES = 0.02;

  private static final List<ScaleTrace.Wish> CHOICES =
      List.of(
          new ScaleTrace.Wish(true, Rescale.FULL),
          new ScaleTrace.Wish(true, Rescale.SPARING),
          new ScaleTrace.Wish(false, Rescale.FULL),
          new ScaleTrace.Wish(false, Rescale.SPARING),
          ScaleTrace.Wish.NONE);

  private final Circuit circuit;
  private final LayerWeights weights;
  private final RingType type;
  private final double tolerance;
  private final Map<List<Integer>, Priced> tried = new ConcurrentHashMap<>();
  private final Map<SlotsPlan, Priced> judged = new ConcurrentHashMap<>();

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
    if (!isSmooth(circuit)) {
      return Optional.empty();
    }
    return new CkksPlanner(circuit, weights, type, tolerance).search();
  }

  /**
   * A plan and its price.
   *
   * @param plan null where there is none
   * @param cost core-seconds per row
   * @param plain the same with one special prime
   * @param deviation of results
   * @param size of numbers times scale after a division, in bits
   */
  private record Priced(
      @Nullable SlotsPlan plan, double cost, double plain, double deviation, int size) {
    private static final double NEVER = Double.POSITIVE_INFINITY;

    static final Priced NONE = new Priced(null, NEVER, NEVER, NEVER, FIRST_SIZE);

    /** The same with the plan of another, which is cheaper for its special primes. */
    Priced with(Priced cheaper) {
      return new Priced(cheaper.plan, cheaper.cost, plain, cheaper.deviation, size);
    }
  }

  /** From the same treatment everywhere, one station after another gets what is cheapest for it. */
  private Optional<SlotsPlan> search() {
    List<Integer> stations = stations();
    Priced best = Priced.NONE;
    for (int start : new int[] {0, CHOICES.size() - 1}) {
      List<Integer> choice = new ArrayList<>(Collections.nCopies(stations.size(), start));
      Priced here = priced(stations, choice, best);
      boolean better = start == 0 || (here.plan != null && here.cost < TOO_DEAR * best.cost);
      Set<List<Integer>> hopeless = new HashSet<>();
      while (better) {
        better = false;
        for (int s = 0; s < choice.size(); s++) {
          int station = s;
          List<List<Integer>> others =
              changes(choice, s).stream()
                  .filter(other -> !hopeless.contains(List.of(station, other.get(station))))
                  .toList();
          Priced before = here;
          List<Priced> prices =
              others.parallelStream().map(other -> priced(stations, other, before)).toList();
          for (int c = 0; c < prices.size(); c++) {
            if (prices.get(c).cost < here.cost) {
              here = prices.get(c);
              choice = others.get(c);
              better = true;
            }
          }
          for (int c = 0; c < prices.size(); c++) {
            if (prices.get(c).cost > DEARER * here.cost) {
              hopeless.add(List.of(s, others.get(c).get(s)));
            }
          }
        }
      }
      if (here.cost < best.cost) {
        best = here;
      }
    }
    return Optional.ofNullable(best.plan);
  }

  /** The same with every choice for one station. */
  private static List<List<Integer>> changes(List<Integer> choice, int station) {
    List<List<Integer>> changes = new ArrayList<>();
    for (int c = 0; c < CHOICES.size(); c++) {
      List<Integer> other = new ArrayList<>(choice);
      other.set(station, c);
      changes.add(other);
    }
    return changes;
  }

  private Priced priced(List<Integer> stations, List<Integer> choice, Priced best) {
    Priced known = tried.get(choice);
    if (known == null) {
      Map<Integer, ScaleTrace.Wish> wishes = new TreeMap<>();
      for (int s = 0; s < stations.size(); s++) {
        wishes.put(stations.get(s), CHOICES.get(choice.get(s)));
      }
      known = smallest(wishes, best);
      tried.put(choice, known);
    }
    return known;
  }

  /**
   * The smallest numbers that are precise enough: an error halves with every bit of them.
   *
   * @param known of about the right size; what costs {@value #DEARER} times as much is of no use
   */
  private Priced smallest(Map<Integer, ScaleTrace.Wish> wishes, Priced known) {
    Priced best = Priced.NONE;
    int least = SMALLEST_SIZE;
    int most = LARGEST_SIZE;
    int at = known.size;
    int found = 0;
    while (least <= most) {
      Priced each = priced(wishes, at, 1);
      if (each.deviation <= tolerance) {
        best = each;
        found = at;
        most = at - 1;
      } else {
        least = at + 1;
      }
      double bits = RlweBits.log2(each.deviation / tolerance);
      int step = each.deviation < Double.POSITIVE_INFINITY ? (int) Math.ceil(bits) : LARGER;
      double saved = Math.min(step, 0) * BIT_SAVES;
      double dear = (each.deviation <= tolerance ? DEARER : DEARER_ALREADY) * known.plain;
      if (each.plan != null && each.cost * (1 + saved) > dear) {
        break;
      }
      boolean between = found > 0 && each.deviation == Double.POSITIVE_INFINITY;
      int next = between ? (least + most) / 2 : Math.max(least, Math.min(most, at + step));
      if (each.deviation <= tolerance && step > -1) {
        break;
      }
      at = next;
    }
    if (best.plan == null) {
      return best;
    }
    boolean cheap = best.cost <= DEARER * known.plain;
    int specials = best.plan.needsKeys() && cheap ? MOST_SPECIAL_PRIMES : 0;
    int precise = found;
    List<Priced> others =
        IntStream.rangeClosed(2, specials)
            .parallel()
            .mapToObj(special -> priced(wishes, precise, special))
            .toList();
    for (Priced each : others) {
      if (each.deviation <= tolerance && each.cost < best.cost) {
        best = best.with(each);
      }
    }
    return best;
  }

  private static double cost(SlotsPlan plan, DryRun dry) {
    return KernelCosts.REFERENCE.seconds(dry.counts(), plan.ring().logN()) / plan.rows();
  }

  private @Nullable DryRun dry(SlotsPlan plan) {
    try {
      return DryRun.toTheEnd(circuit, plan, weights);
    } catch (SottoException e) {
      return null;
    }
  }

  /**
   * The linear results that products read: where a treatment has the fewest ciphertexts to treat.
   */
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

  /**
   * The smallest ring for what is wished, and its price.
   *
   * @param bits of numbers times scale after a division
   * @param special primes for key switching, where there is any
   */
  private Priced priced(Map<Integer, ScaleTrace.Wish> wishes, int bits, int special) {
    ScaleTrace trace = new ScaleTrace(wishes, bits);
    double bound =
        circuit.nodes().stream()
            .filter(n -> n.operation() instanceof Operation.Input)
            .mapToDouble(DryRun::inputBound)
            .max()
            .orElse(1);
    double scale = Math.rint((bits - RlweBits.log2(bound)) * 16) / 16;
    List<List<ScaleTrace.Value>> inputs = new ArrayList<>();
    for (CircuitNode node : circuit.nodes()) {
      if (node.operation() instanceof Operation.Input) {
        inputs.add(trace.input(scale, DryRun.inputBound(node)));
      }
    }
    circuit.evaluate(trace, inputs);
    int[] primes = primes(trace);
    if (primes == null) {
      return Priced.NONE;
    }
    int specials = trace.relinearised() > 1 ? special : 0;
    SlotsPlan plan = plan(primes, specials, trace.treatments(), trace.relinearised(), scale);
    return plan == null ? Priced.NONE : judged.computeIfAbsent(plan, p -> judged(p, bits));
  }

  private Priced judged(SlotsPlan plan, int bits) {
    DryRun dry = dry(plan);
    if (dry == null) {
      return Priced.NONE;
    }
    double cost = cost(plan, dry);
    return new Priced(plan, cost, cost, dry.deviation(), bits);
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
              Math.pow(2, scale),
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
    List<Integer> dropped = trace.dropped();
    double base = 0;
    double above = 0;
    for (int d = dropped.size(); d >= 0; d--) {
      base = Math.max(base, trace.needed().get(d) - above);
      if (d > 0) {
        int bits = dropped.get(d - 1);
        if (bits > LARGEST_PRIME || bits < 18) {
          return null;
        }
        above += bits;
      }
    }
    // Primes lie a little below their powers of two.
    int stay = (int) Math.ceil(base + 0.1);
    int count = Math.max(1, (stay + LARGEST_PRIME - 1) / LARGEST_PRIME);
    int[] primes = new int[count + dropped.size()];
    for (int i = 0; i < count; i++) {
      primes[i] = Math.max(20, (stay + count - 1 - i) / count);
    }
    for (int d = 0; d < dropped.size(); d++) {
      primes[primes.length - 1 - d] = dropped.get(d);
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

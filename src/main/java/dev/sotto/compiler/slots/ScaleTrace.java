package dev.sotto.compiler.slots;

import dev.sotto.circuit.AffineLookup;
import dev.sotto.circuit.IntegerAlgebra;
import dev.sotto.circuit.Interval;
import dev.sotto.circuit.Lookup;
import dev.sotto.circuit.Move;
import dev.sotto.circuit.Scaling;
import dev.sotto.circuit.TreeSum;
import dev.sotto.circuit.WeightedSum;
import dev.sotto.slots.ring.Modulus;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Follows scales through a circuit as {@link SlotsAlgebra} brings them about, in base-2 logarithms,
 * to size the primes of CKKS: where a treatment divides, by as much as brings numbers times scale
 * down to a wanted size.
 */
final class ScaleTrace implements IntegerAlgebra<List<ScaleTrace.Value>> {
  /**
   * Some elements of a tensor.
   *
   * @param scale logarithm of what numbers are multiplied by
   * @param drops primes dropped so far
   * @param degree of its ciphertexts
   * @param bound of its numbers
   */
  record Value(double scale, int drops, int degree, double bound) {
    double bits() {
      return RlweBits.log2(Math.max(1e-300, bound)) + scale;
    }

    Value at(int newDrops) {
      return new Value(scale, newDrops, degree, bound);
    }
  }

  /** Dividing by less is not worth a prime. */
  private static final double SMALLEST_PRIME = 18;

  /** How much is divided by. */
  enum Rescale {
    NONE,
    /**
     * As few primes as full ones suffice for nearly all of what is too much: numbers stay larger.
     */
    SPARING,
    /** All that is too much. */
    FULL
  }

  /** What shall be done at a node, where it makes sense. */
  record Wish(boolean relinearise, Rescale rescale) {
    static final Wish NONE = new Wish(false, Rescale.NONE);
  }

  private final Map<Integer, Wish> wishes;
  private final Map<Integer, Treatment> treatments = new TreeMap<>();
  private final double size;
  private final List<Integer> dropped = new ArrayList<>();
  private final List<Double> needed = new ArrayList<>();
  private int highest = 1;
  private int node = -1;
  private double expected = Double.POSITIVE_INFINITY;

  /**
   * A trace.
   *
   * @param size what numbers times scale shall be, in bits, after a treatment divided them
   */
  ScaleTrace(Map<Integer, Wish> wishes, double size) {
    this.wishes = wishes;
    this.size = size;
    needed.add(0.0);
  }

  /** An input whose numbers have this scale. */
  List<Value> input(double scale, double bound) {
    return List.of(new Value(scale, 0, 1, bound));
  }

  /** What is done in the end, by node. */
  Map<Integer, Treatment> treatments() {
    return Map.copyOf(treatments);
  }

  /** Bits of what is divided by, in the order of divisions. */
  List<Integer> dropped() {
    return dropped;
  }

  /** Bits that the modulus must have after so many divisions. */
  List<Double> needed() {
    return needed;
  }

  /** The highest degree that is relinearised, or one. */
  int relinearised() {
    return highest;
  }

  @Override
  public void enter(String name) {
    node++;
  }

  @Override
  public void expect(Interval proved) {
    expected = Math.max(1, proved.bound());
  }

  @Override
  public List<Value> within(List<Value> x, Interval proved) {
    Wish wish = wishes.getOrDefault(node, Wish.NONE);
    List<Value> bounded = new ArrayList<>();
    double most = 0;
    for (Value value : x) {
      Value each =
          new Value(value.scale, value.drops, value.degree, Math.min(value.bound, expected));
      note(each);
      most = Math.max(most, each.bits());
      bounded.add(each);
    }
    double excess = wish.rescale() == Rescale.NONE ? 0 : most - size;
    int drops = excess < SMALLEST_PRIME ? 0 : (int) Math.ceil(excess / Modulus.MAXIMUM_BITS);
    if (wish.rescale() == Rescale.SPARING && drops > 1) {
      drops--;
      excess = drops * Modulus.MAXIMUM_BITS;
    }
    boolean relinearise = wish.relinearise() && bounded.stream().anyMatch(v -> v.degree > 1);
    if (!relinearise && drops == 0) {
      return bounded;
    }
    treatments.put(node, new Treatment(relinearise, drops));
    return distinct(divided(bounded, relinearise, drops, excess));
  }

  private List<Value> divided(List<Value> values, boolean relinearise, int drops, double excess) {
    return values.stream().map(v -> treated(v, relinearise, drops, excess)).toList();
  }

  private Value treated(Value value, boolean relinearise, int drops, double excess) {
    double scale = value.scale;
    for (int i = 0; i < drops; i++) {
      int index = value.drops + i;
      while (dropped.size() <= index) {
        dropped.add((int) Math.rint(excess / drops));
        needed.add(0.0);
      }
      scale -= dropped.get(index);
    }
    if (relinearise) {
      highest = Math.max(highest, value.degree);
    }
    Value result =
        new Value(scale, value.drops + drops, relinearise ? 1 : value.degree, value.bound);
    note(result);
    return result;
  }

  private Value note(Value x) {
    needed.set(x.drops, Math.max(needed.get(x.drops), x.bits() + 2));
    return x;
  }

  private static List<Value> distinct(List<Value> values) {
    return values.stream().distinct().toList();
  }

  private List<Value> levelled(List<Value> x) {
    int lowest = x.stream().mapToInt(Value::drops).max().orElse(0);
    return distinct(x.stream().map(v -> note(v.at(lowest))).toList());
  }

  @Override
  public List<Value> linear(List<Value> x, WeightedSum sum) {
    List<Value> terms = levelled(x);
    Set<TermGroups.Key> keys = new TreeSet<>();
    double largest = terms.stream().mapToDouble(Value::scale).max().orElse(0);
    terms.forEach(t -> keys.add(TermGroups.key(t.degree, largest - t.scale)));
    Value total = null;
    for (TermGroups.Key key : keys) {
      List<Value> group =
          terms.stream()
              .filter(t -> TermGroups.key(t.degree, largest - t.scale).equals(key))
              .toList();
      double top = group.stream().mapToDouble(Value::scale).max().orElse(0);
      boolean one = group.stream().allMatch(t -> top - t.scale < Units.SAME);
      double scale = top + (one ? 0 : RlweBits.log2(LayerWeights.balancedScale(sum)));
      double bound = group.stream().mapToDouble(Value::bound).max().orElse(0) * sum.norm();
      Value part =
          note(
              new Value(
                  scale,
                  group.get(0).drops,
                  key.degree(),
                  Math.min(bound, expected / keys.size())));
      total = total == null ? part : sum(total, part);
    }
    Value all = java.util.Objects.requireNonNull(total);
    double padding = sum.padding() == 0 ? 0 : Math.abs((double) sum.padding()) * sum.norm();
    return List.of(note(new Value(all.scale, all.drops, all.degree, all.bound + padding)));
  }

  /** x + y, whatever their units and levels. */
  private Value sum(Value x, Value y) {
    int drops = Math.max(x.drops, y.drops);
    double quotient = Math.abs(x.scale - y.scale);
    double scale = Math.max(x.scale, y.scale);
    if (quotient >= Units.SAME) {
      scale += RlweBits.log2(Units.balance(Math.pow(2, Math.min(1000, quotient))));
    }
    return note(new Value(scale, drops, Math.max(x.degree, y.degree), x.bound + y.bound));
  }

  @Override
  public List<Value> scale(List<Value> x, Scaling scaling) {
    return x.stream()
        .map(v -> note(new Value(v.scale, v.drops, v.degree, v.bound * scaling.bound())))
        .toList();
  }

  @Override
  public List<Value> lookup(List<Value> x, Lookup lookup) {
    AffineLookup affine = (AffineLookup) lookup;
    double offset = Arrays.stream(affine.offset()).map(Math::abs).max().orElse(0);
    List<Value> results = new ArrayList<>();
    for (double slope : Arrays.stream(affine.slope()).distinct().toArray()) {
      for (Value v : x) {
        results.add(
            note(
                new Value(
                    v.scale - RlweBits.log2(slope), v.drops, v.degree, v.bound * slope + offset)));
      }
    }
    return distinct(results);
  }

  @Override
  public List<Value> product(List<Value> x, List<Value> y) {
    return pairs(
        x,
        y,
        (a, b) -> {
          int drops = Math.max(a.drops, b.drops);
          note(a.at(drops));
          note(b.at(drops));
          return new Value(a.scale + b.scale, drops, a.degree + b.degree, a.bound * b.bound);
        });
  }

  @Override
  public List<Value> add(List<Value> x, List<Value> y) {
    return pairs(x, y, this::sum);
  }

  /**
   * Every value with every other: which elements meet is not known; equal tensors meet themselves.
   */
  private List<Value> pairs(
      List<Value> x, List<Value> y, java.util.function.BinaryOperator<Value> operation) {
    List<Value> results = new ArrayList<>();
    for (Value a : x) {
      for (Value b : x.equals(y) ? List.of(a) : y) {
        results.add(note(operation.apply(a, b)));
      }
    }
    return distinct(results);
  }

  @Override
  public List<Value> move(List<List<Value>> xs, Move move) {
    return distinct(xs.stream().flatMap(List::stream).toList());
  }

  @Override
  public List<Value> trees(List<Value> bits, TreeSum trees) {
    throw new IllegalArgumentException("trees are exact");
  }
}

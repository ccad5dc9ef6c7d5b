package dev.sotto.compiler.slots;

import dev.sotto.circuit.AffineLookup;
import dev.sotto.circuit.IntegerAlgebra;
import dev.sotto.circuit.Interval;
import dev.sotto.circuit.Lookup;
import dev.sotto.circuit.Move;
import dev.sotto.circuit.Scaling;
import dev.sotto.circuit.TableLookup;
import dev.sotto.circuit.TreeSum;
import dev.sotto.circuit.WeightedSum;
import dev.sotto.slots.ValueTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Circuits on encrypted blocks: a tensor is a list of ciphertexts, one for each integer of a row,
 * and every row of the block is computed at once. For one run of one circuit.
 *
 * @param <C> a ciphertext
 */
public final class SlotsAlgebra<C> implements IntegerAlgebra<List<C>> {
  /** A ciphertext is multiplied by so much at a time. */
  private static final double LARGEST_FACTOR = 0x1p40;

  private final Lanes<SlotArithmetic<C>> lanes;
  private final LayerWeights weights;
  private final Map<Integer, Treatment> treatments;
  private int node = -1;
  private double expected = Double.POSITIVE_INFINITY;

  /**
   * An algebra.
   *
   * @param treatments by the place of a node in the circuit
   */
  public SlotsAlgebra(
      Lanes<SlotArithmetic<C>> lanes, LayerWeights weights, Map<Integer, Treatment> treatments) {
    this.lanes = lanes;
    this.weights = weights;
    this.treatments = treatments;
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
  public List<C> within(List<C> x, Interval proved) {
    Treatment treatment = treatments.getOrDefault(node, Treatment.NONE);
    double bound = expected;
    return map(
        x.size(),
        (arithmetic, i) -> arithmetic.treated(arithmetic.bounded(x.get(i), bound), treatment));
  }

  /** What one thread does for one element. */
  private interface Element<C> {
    C of(SlotArithmetic<C> arithmetic, int index);
  }

  private List<C> map(int size, Element<C> element) {
    List<C> results = new ArrayList<>(Collections.nCopies(size, null));
    lanes.each(size, (arithmetic, i) -> results.set(i, element.of(arithmetic, i)));
    return results;
  }

  @Override
  public List<C> linear(List<C> x, WeightedSum sum) {
    List<@Nullable C> results = new ArrayList<>(Collections.nCopies(sum.size(), null));
    int places = sum.groups() * sum.positions();
    int pieces = pieces(sum, lanes.count());
    List<C> level = levelled(x);
    double largest = largestUnit(lanes.first(), level);
    lanes.each(
        places * pieces,
        (arithmetic, job) -> {
          int g = job / pieces / sum.positions();
          int p = job / pieces % sum.positions();
          int from = sum.outputs() * (job % pieces) / pieces;
          int to = sum.outputs() * (job % pieces + 1) / pieces;
          List<C> out = place(arithmetic, level, largest, sum, g, p, from, to);
          for (int n = from; n < to; n++) {
            results.set(sum.target(g, p, n), out.get(n - from));
          }
        });
    return results;
  }

  /** In how many pieces threads compute every place of a layer; each reads all of its terms. */
  static int pieces(WeightedSum sum, int threads) {
    return sum.groups() * sum.positions() >= threads ? 1 : Math.min(sum.outputs(), threads);
  }

  /** The same of trees, whose bits may be read in each. */
  static int pieces(TreeSum trees, int threads) {
    return Math.max(1, Math.min(threads, trees.trees().size()));
  }

  private static <C> double largestUnit(SlotArithmetic<C> arithmetic, List<C> x) {
    double largest = 0;
    C last = null;
    for (C each : x) {
      if (each != last) {
        largest = Math.max(largest, arithmetic.unit(each));
      }
      last = each;
    }
    return largest;
  }

  private List<C> place(
      SlotArithmetic<C> arithmetic,
      List<C> x,
      double largest,
      WeightedSum sum,
      int g,
      int p,
      int from,
      int to) {
    int[] present = sum.present(g, p);
    double[] constant = new double[to - from];
    if (present.length < sum.taps() && sum.padding() != 0) {
      pad(constant, sum, g, p, from);
    }
    if (present.length == 0) {
      C zero = arithmetic.multiplyConstant(x.get(0), 0);
      return Arrays.stream(constant).mapToObj(c -> arithmetic.addConstant(zero, c)).toList();
    }
    Collection<int[]> groups = groups(arithmetic, x, largest, sum, g, p, present);
    List<C> total = null;
    for (int[] taps : groups) {
      List<C> part = sums(arithmetic, x, sum, g, p, from, to, taps, expected / groups.size());
      if (total == null) {
        total = part;
      } else {
        List<C> both = new ArrayList<>(part.size());
        for (int n = 0; n < part.size(); n++) {
          both.add(sum(arithmetic, total.get(n), part.get(n)));
        }
        total = both;
      }
    }
    List<C> all = new ArrayList<>(Objects.requireNonNull(total));
    for (int n = 0; n < constant.length; n++) {
      if (constant[n] != 0) {
        all.set(n, arithmetic.addConstant(all.get(n), constant[n]));
      }
    }
    return all;
  }

  /** Adds what taps without a term contribute. */
  private static void pad(double[] constant, WeightedSum sum, int g, int p, int from) {
    for (int k = 0; k < sum.taps(); k++) {
      if (sum.source(g, p, k) < 0) {
        for (int n = 0; n < constant.length; n++) {
          constant[n] += (double) sum.weight(g, k, from + n) * sum.padding();
        }
      }
    }
  }

  /** The taps whose terms are summed at once; nearly always all. */
  private static <C> Collection<int[]> groups(
      SlotArithmetic<C> arithmetic,
      List<C> x,
      double largest,
      WeightedSum sum,
      int g,
      int p,
      int[] present) {
    int degree = arithmetic.degree(x.get(sum.source(g, p, present[0])));
    boolean alike = true;
    for (int k : present) {
      C term = x.get(sum.source(g, p, k));
      alike &= arithmetic.degree(term) == degree && arithmetic.unit(term) == largest;
    }
    if (alike) {
      return List.of(present);
    }
    Map<TermGroups.Key, IntStream.Builder> groups = new TreeMap<>();
    for (int k : present) {
      C term = x.get(sum.source(g, p, k));
      double distance = RlweBits.log2(largest / arithmetic.unit(term));
      groups
          .computeIfAbsent(
              TermGroups.key(arithmetic.degree(term), distance), key -> IntStream.builder())
          .add(k);
    }
    return groups.values().stream().map(taps -> taps.build().toArray()).toList();
  }

  /** Sums of terms of one degree; of several, each is taken to have an equal part of the bound. */
  private List<C> sums(
      SlotArithmetic<C> arithmetic,
      List<C> x,
      WeightedSum sum,
      int g,
      int p,
      int from,
      int to,
      int[] which,
      double bound) {
    List<C> terms = new ArrayList<>(which.length);
    for (int k : which) {
      terms.add(x.get(sum.source(g, p, k)));
    }
    double largest = largestUnit(arithmetic, terms);
    double[] units = new double[which.length];
    boolean one = true;
    for (int k = 0; k < units.length; k++) {
      units[k] = largest / arithmetic.unit(terms.get(k));
      one &= units[k] - 1 < Units.SAME;
    }
    LayerWeights.Balanced balanced = weights.of(sum, g, from, to, which, one ? null : units);
    List<C> views = terms;
    if (!one) {
      views = new ArrayList<>(which.length);
      for (int k = 0; k < units.length; k++) {
        views.add(arithmetic.rescaledUnit(terms.get(k), 1 / units[k]));
      }
    }
    return arithmetic.weightedSums(views, balanced.sums(), balanced.scale(), bound);
  }

  /** x + y, whatever their units and levels. */
  private C sum(SlotArithmetic<C> arithmetic, C x, C y) {
    int level = Math.min(arithmetic.level(x), arithmetic.level(y));
    C left = arithmetic.atLevel(x, level);
    C right = arithmetic.atLevel(y, level);
    double ratio = arithmetic.unit(left) / arithmetic.unit(right);
    if (Math.abs(ratio - 1) < Units.SAME) {
      return arithmetic.add(left, right);
    }
    C larger = ratio > 1 ? left : right;
    C smaller = ratio > 1 ? right : left;
    double quotient = Math.max(ratio, 1 / ratio);
    double factor = Units.balance(quotient);
    return arithmetic.add(
        times(arithmetic, larger, factor), times(arithmetic, smaller, quotient * factor));
  }

  /** The same numbers in a unit that is finer by a factor, rounded to a whole one. */
  private C times(SlotArithmetic<C> arithmetic, C x, double factor) {
    C result = x;
    double rest = factor;
    while (rest > LARGEST_FACTOR) {
      result =
          arithmetic.rescaledUnit(
              arithmetic.multiplyConstant(result, (long) LARGEST_FACTOR), 1 / LARGEST_FACTOR);
      rest /= LARGEST_FACTOR;
    }
    return rest == 1
        ? result
        : arithmetic.rescaledUnit(arithmetic.multiplyConstant(result, Math.round(rest)), 1 / rest);
  }

  private List<C> levelled(List<C> x) {
    SlotArithmetic<C> arithmetic = lanes.first();
    int lowest = Integer.MAX_VALUE;
    for (C each : x) {
      lowest = Math.min(lowest, arithmetic.level(each));
    }
    List<C> level = new ArrayList<>(x.size());
    C last = null;
    for (C each : x) {
      boolean again = each == last;
      last = each;
      level.add(again ? level.get(level.size() - 1) : arithmetic.atLevel(each, lowest));
    }
    return level;
  }

  @Override
  public List<C> scale(List<C> x, Scaling scaling) {
    long[] factors = scaling.factors();
    return map(x.size(), (arithmetic, i) -> arithmetic.multiplyConstant(x.get(i), factors[i]));
  }

  @Override
  public List<C> lookup(List<C> x, Lookup lookup) {
    if (lookup instanceof TableLookup table) {
      return lookUp(x, table);
    }
    if (!(lookup instanceof AffineLookup affine)) {
      throw new IllegalArgumentException("a circuit without lookups expected");
    }
    int[] channelOf = affine.channelOf();
    return map(
        x.size(),
        (arithmetic, i) ->
            arithmetic.addConstant(
                arithmetic.rescaledUnit(x.get(i), affine.slope()[channelOf[i]]),
                affine.offset()[channelOf[i]]));
  }

  /** Element by element: only one has its powers in memory at a time, for each thread. */
  private List<C> lookUp(List<C> x, TableLookup lookup) {
    int[] channelOf = lookup.channelOf();
    List<ValueTable> tables =
        IntStream.of(channelOf).mapToObj(channel -> weights.table(lookup, channel)).toList();
    int lowest = Integer.MAX_VALUE;
    for (int i = 0; i < channelOf.length; i++) {
      lowest = Math.min(lowest, lanes.first().levelAfter(x.get(i), tables.get(i)));
    }
    int level = lowest;
    return map(x.size(), (arithmetic, i) -> arithmetic.lookUp(x.get(i), tables.get(i), level));
  }

  @Override
  public List<C> product(List<C> x, List<C> y) {
    return map(
        x.size(),
        (arithmetic, i) -> {
          C left = x.get(i);
          C right = y.get(i);
          int level = Math.min(arithmetic.level(left), arithmetic.level(right));
          if (left == right) {
            return arithmetic.multiply(left, left);
          }
          return arithmetic.multiply(
              arithmetic.atLevel(left, level), arithmetic.atLevel(right, level));
        });
  }

  @Override
  public List<C> add(List<C> x, List<C> y) {
    return map(x.size(), (arithmetic, i) -> sum(arithmetic, x.get(i), y.get(i)));
  }

  @Override
  public List<C> move(List<List<C>> xs, Move move) {
    List<C> all = xs.stream().flatMap(List::stream).toList();
    int[] source = move.source();
    C filling =
        move.fills()
            ? lanes.first().addConstant(lanes.first().multiplyConstant(all.get(0), 0), move.fill())
            : null;
    List<C> results = new ArrayList<>(source.length);
    for (int from : source) {
      results.add(from < 0 ? Objects.requireNonNull(filling) : all.get(from));
    }
    return results;
  }

  /**
   * An output that adds up to a constant with an earlier one, as with two classes, is not computed.
   */
  @Override
  public List<C> trees(List<C> bits, TreeSum trees) {
    int[] mirrorOf = EncryptedTrees.mirrors(trees);
    int[] computed = IntStream.range(0, mirrorOf.length).filter(o -> mirrorOf[o] < 0).toArray();
    int pieces = pieces(trees, lanes.count());
    List<List<C>> partial = new ArrayList<>(Collections.nCopies(pieces, List.of()));
    lanes.each(
        pieces,
        (arithmetic, piece) ->
            partial.set(piece, arithmetic.trees(bits, trees, computed, piece, pieces)));
    SlotArithmetic<C> arithmetic = lanes.first();
    List<C> results = new ArrayList<>(Collections.nCopies(mirrorOf.length, bits.get(0)));
    for (int i = 0; i < computed.length; i++) {
      C total = partial.get(0).get(i);
      for (List<C> part : partial.subList(1, pieces)) {
        total = arithmetic.add(total, part.get(i));
      }
      results.set(computed[i], total);
    }
    for (int o = 0; o < mirrorOf.length; o++) {
      if (mirrorOf[o] >= 0) {
        C negated = arithmetic.multiplyConstant(results.get(mirrorOf[o]), -1);
        long sum = Objects.requireNonNull(EncryptedTrees.mirror(trees, mirrorOf[o], o));
        results.set(o, arithmetic.addConstant(negated, sum));
      }
    }
    return results;
  }
}

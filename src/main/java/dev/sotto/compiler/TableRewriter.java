package dev.sotto.compiler;

import dev.sotto.circuit.AffineLookup;
import dev.sotto.circuit.Bounds;
import dev.sotto.circuit.CircuitBuilder;
import dev.sotto.circuit.CircuitNode;
import dev.sotto.circuit.ClearAlgebra;
import dev.sotto.circuit.IntegerAlgebra;
import dev.sotto.circuit.IntegerTensor;
import dev.sotto.circuit.Interval;
import dev.sotto.circuit.Lookup;
import dev.sotto.circuit.Move;
import dev.sotto.circuit.Scaling;
import dev.sotto.circuit.TableLookup;
import dev.sotto.circuit.TreeSum;
import dev.sotto.circuit.WeightedSum;
import dev.sotto.problem.Problem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Rewrites a circuit into one whose lookups are tables, over the integers that intervals prove; all
 * else stays as it is, and so do all results, bit for bit.
 */
final class TableRewriter implements IntegerAlgebra<TableRewriter.Value> {
  /** Values of a table at most: its polynomial has a degree of one less. */
  static final int MOST_VALUES = 8193;

  /**
   * By how much the range that calibration saw is widened on either side, where it is asked for.
   */
  private static final double CALIBRATED_MARGIN = 0.25;

  /**
   * A tensor.
   *
   * @param node of the new circuit
   * @param seen its values on the calibration rows
   */
  record Value(CircuitNode node, IntegerTensor seen) {}

  private final CircuitBuilder builder;
  private final ClearAlgebra clear = new ClearAlgebra();
  private final boolean calibratedBounds;
  private final List<Problem> tooWide = new ArrayList<>();
  private String name = "";
  private boolean assumed;

  TableRewriter(CircuitBuilder builder, boolean calibratedBounds) {
    this.builder = builder;
    this.calibratedBounds = calibratedBounds;
  }

  /** What is too wide for a table. */
  List<Problem> tooWide() {
    return tooWide;
  }

  /** Whether intervals prove that every integer has its value. */
  boolean isProved() {
    return !assumed;
  }

  @Override
  public void enter(String newName) {
    name = newName;
    builder.enter(newName);
  }

  @Override
  public Value lookup(Value x, Lookup lookup) {
    if (lookup instanceof AffineLookup affine && onlyAdds(affine, x.node.proved())) {
      return new Value(builder.lookup(x.node, lookup), clear.lookup(x.seen, lookup));
    }
    Bounds domain = x.node.proved();
    if (calibratedBounds) {
      domain = seen(x);
      assumed |= !contains(domain, x.node.proved());
    }
    Interval[] domains = byChannel(lookup, domain);
    for (int c = 0; c < domains.length; c++) {
      if (domains[c].width() > MOST_VALUES) {
        return refused(x, lookup, domains[c]);
      }
    }
    CircuitNode read = calibratedBounds ? builder.calibrated(x.node, domain.hull()) : x.node;
    TableLookup table = table(lookup, domains);
    return new Value(builder.lookup(read, table), clear.lookup(x.seen, table));
  }

  /** Notes it, and goes on without the lookup's results being right. */
  private Value refused(Value x, Lookup lookup, Interval domain) {
    tooWide.add(
        Problem.of(
            CompilerError.TABLE_TOO_WIDE,
            name.isEmpty() ? "" : "node '" + name + "'",
            "a table for "
                + domain.width()
                + " integers in "
                + domain
                + ", of at most "
                + MOST_VALUES
                + "."));
    return new Value(builder.lookup(x.node, lookup), clear.lookup(x.seen, lookup));
  }

  /** Whether a re-quantization adds a whole number and clips nothing. */
  private static boolean onlyAdds(AffineLookup lookup, Bounds x) {
    int[] channelOf = lookup.channelOf();
    for (int i = 0; i < channelOf.length; i++) {
      double offset = lookup.offset()[channelOf[i]];
      if (lookup.slope()[channelOf[i]] != 1
          || offset != Math.rint(offset)
          || x.get(i).lo() + offset < lookup.range().lo()
          || x.get(i).hi() + offset > lookup.range().hi()) {
        return false;
      }
    }
    return true;
  }

  private static Bounds seen(Value x) {
    double[] values = x.seen.toDoubles();
    int size = x.seen.size();
    Interval[] seen = new Interval[size];
    for (int i = 0; i < size; i++) {
      Interval proved = x.node.proved().get(i);
      double lo = proved.hi();
      double hi = proved.lo();
      for (int at = i; at < values.length; at += size) {
        lo = Math.min(lo, values[at]);
        hi = Math.max(hi, values[at]);
      }
      double wider = CALIBRATED_MARGIN * Math.max(0, hi - lo);
      seen[i] =
          lo > hi
              ? proved
              : new Interval((long) Math.floor(lo - wider), (long) Math.ceil(hi + wider))
                  .clamp(proved);
    }
    return Bounds.of(seen);
  }

  private static boolean contains(Bounds outer, Bounds inner) {
    return IntStream.range(0, inner.size())
        .allMatch(
            i -> outer.get(i).lo() <= inner.get(i).lo() && outer.get(i).hi() >= inner.get(i).hi());
  }

  private static Interval[] byChannel(Lookup lookup, Bounds x) {
    Interval[] domains = new Interval[lookup.channels()];
    int[] channelOf = lookup.channelOf();
    for (int i = 0; i < channelOf.length; i++) {
      Interval known = domains[channelOf[i]];
      domains[channelOf[i]] = known == null ? x.get(i) : known.union(x.get(i));
    }
    return Arrays.stream(domains)
        .map(domain -> domain == null ? Interval.of(0) : domain)
        .toArray(Interval[]::new);
  }

  private static TableLookup table(Lookup lookup, Interval[] domains) {
    long[] first = new long[domains.length];
    int[][] values = new int[domains.length][];
    for (int c = 0; c < domains.length; c++) {
      first[c] = domains[c].lo();
      double[] x = new double[(int) domains[c].width()];
      for (int i = 0; i < x.length; i++) {
        x[i] = first[c] + i;
      }
      values[c] =
          Arrays.stream(lookup.apply(c, x)).mapToInt(y -> Math.toIntExact((long) y)).toArray();
    }
    return new TableLookup(first, values, lookup.channelOf());
  }

  @Override
  public Value linear(Value x, WeightedSum sum) {
    return new Value(builder.linear(x.node, sum), clear.linear(x.seen, sum));
  }

  @Override
  public Value scale(Value x, Scaling scaling) {
    return new Value(builder.scale(x.node, scaling), clear.scale(x.seen, scaling));
  }

  @Override
  public Value product(Value x, Value y) {
    return new Value(builder.product(x.node, y.node), clear.product(x.seen, y.seen));
  }

  @Override
  public Value add(Value x, Value y) {
    return new Value(builder.add(x.node, y.node), clear.add(x.seen, y.seen));
  }

  @Override
  public Value move(List<Value> xs, Move move) {
    return new Value(
        builder.move(xs.stream().map(Value::node).toList(), move),
        clear.move(xs.stream().map(Value::seen).toList(), move));
  }

  @Override
  public Value trees(Value bits, TreeSum trees) {
    return new Value(builder.trees(bits.node, trees), clear.trees(bits.seen, trees));
  }

  @Override
  public Value within(Value x, Interval proved) {
    return new Value(builder.within(x.node, proved), clear.within(x.seen, proved));
  }
}

package dev.sotto.compiler;

import dev.sotto.circuit.AffineLookup;
import dev.sotto.circuit.CircuitBuilder;
import dev.sotto.circuit.CircuitNode;
import dev.sotto.circuit.ClearAlgebra;
import dev.sotto.circuit.IntegerAlgebra;
import dev.sotto.circuit.IntegerTensor;
import dev.sotto.circuit.Interval;
import dev.sotto.circuit.Lookup;
import dev.sotto.circuit.Move;
import dev.sotto.circuit.Scaling;
import dev.sotto.circuit.TreeSum;
import dev.sotto.circuit.WeightedSum;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Rewrites a circuit into one without lookups: an algebra over {@link Terms}.
 *
 * <p>Layer after layer, on the calibration rows as the rewritten circuit computes them: a lookup
 * becomes a polynomial per channel, whose coefficients wait as clear slopes for the next layer; that
 * layer is refitted to what the model computes, takes the slopes into its weights and is cut to whole
 * numbers again. What no approximation touches stays as it is, bit for bit.
 */
final class PolynomialRewriter implements IntegerAlgebra<Terms> {
  /** Bits that an integer spans before it is shifted, so that whole shifts cost no precision. */
  private static final int LEAST_BITS = 10;

  /** A lookup with a smaller root mean square error than this, in steps, is a straight line. */
  private static final double STRAIGHT = 0.35;

  private final CircuitBuilder builder;
  private final ClearAlgebra clear = new ClearAlgebra();
  private final RewriteOptions options;
  private final List<LookupReport> reports = new ArrayList<>();
  private String name = "";

  PolynomialRewriter(CircuitBuilder builder, RewriteOptions options) {
    this.builder = builder;
    this.options = options;
  }

  /** What became of each lookup. */
  List<LookupReport> reports() {
    return reports;
  }

  @Override
  public void enter(String newName) {
    name = newName;
    builder.enter(newName);
  }

  /** An input of the circuit. */
  Terms input(CircuitNode node, IntegerTensor values) {
    double[] slope = new double[values.size()];
    Arrays.fill(slope, 1);
    return new Terms(
        List.of(new Terms.Part(node, values, slope)), new double[values.size()], values, true);
  }

  private static Terms single(Terms.Part part, double[] offset, IntegerTensor truth) {
    return new Terms(List.of(part), offset, truth, false);
  }

  private static Terms plain(CircuitNode node, IntegerTensor values) {
    double[] slope = new double[values.size()];
    Arrays.fill(slope, 1);
    return new Terms(
        List.of(new Terms.Part(node, values, slope)), new double[values.size()], values, true);
  }

  @Override
  public Terms linear(Terms x, WeightedSum sum) {
    IntegerTensor truth = clear.linear(x.truth(), sum);
    if (x.exact() && x.isPlain()) {
      return plain(builder.linear(x.parts().get(0).node(), sum), truth);
    }
    Terms from = LayerFold.fits(sum, x) ? x : uniform(x);
    WeightRefit refit =
        x.exact() || !options.refit() || isPooling(sum)
            ? WeightRefit.none(sum)
            : WeightRefit.of(sum, from.values(), from.size(), truth.toDoubles());
    LayerFold fold = LayerFold.of(sum, from, refit.weights(), refit.bias(), options.weightLimit());
    Terms.Part joined = join(from);
    Terms.Part part =
        new Terms.Part(
            builder.linear(joined.node(), fold.sum()),
            clear.linear(joined.values(), fold.sum()),
            fold.slope());
    return single(part, fold.offset(), truth);
  }

  private static boolean isPooling(WeightedSum sum) {
    return Arrays.stream(sum.weights()).distinct().count() < 3;
  }

  /** The parts one after another as one tensor; slopes are of no use in it. */
  private Terms.Part join(Terms x) {
    if (x.parts().size() == 1) {
      return x.parts().get(0);
    }
    int total = x.parts().size() * x.size();
    Move concat = new Move(IntStream.range(0, total).toArray(), 0);
    return new Terms.Part(
        builder.move(x.parts().stream().map(Terms.Part::node).toList(), concat),
        clear.move(x.parts().stream().map(Terms.Part::values).toList(), concat),
        new double[total]);
  }

  /** One part with one slope for all elements, by whole factors: what products and sums need. */
  private Terms uniform(Terms x) {
    double largest = 0;
    for (Terms.Part part : x.parts()) {
      for (double slope : part.slope()) {
        largest = Math.max(largest, Math.abs(slope));
      }
    }
    double unit = largest == 0 ? 1 : largest / options.weightLimit();
    if (x.parts().size() == 1
        && Arrays.stream(x.parts().get(0).slope()).distinct().count() == 1) {
      return x;
    }
    Terms.Part sum = null;
    double[] slopes = new double[x.size()];
    Arrays.fill(slopes, unit);
    for (Terms.Part part : x.parts()) {
      long[] factors = Arrays.stream(part.slope()).mapToLong(s -> Math.round(s / unit)).toArray();
      Scaling scaling = new Scaling(factors);
      CircuitNode node = builder.scale(part.node(), scaling);
      IntegerTensor values = clear.scale(part.values(), scaling);
      sum =
          sum == null
              ? new Terms.Part(node, values, slopes)
              : new Terms.Part(
                  builder.add(sum.node(), node), clear.add(sum.values(), values), slopes);
    }
    return new Terms(
        List.of(java.util.Objects.requireNonNull(sum)), x.offset(), x.truth(), x.exact());
  }

  /** One part with one slope and no offset. */
  private Terms.Part absolute(Terms x) {
    Terms.Part part = uniform(x).parts().get(0);
    double slope = part.slope()[0];
    return shifted(part, Arrays.stream(x.offset()).map(o -> o / slope).toArray());
  }

  /** Adds a whole number near {@code shift} to every element. */
  private Terms.Part shifted(Terms.Part part, double[] shift) {
    double[] whole = Arrays.stream(shift).map(Math::rint).toArray();
    if (Arrays.stream(whole).allMatch(s -> s == 0)) {
      return part;
    }
    double[] ones = new double[whole.length];
    Arrays.fill(ones, 1);
    return affine(part, ones, whole);
  }

  /** slope · x + offset per element, in an interval that clips nothing. */
  private Terms.Part affine(Terms.Part part, double[] slope, double[] offset) {
    double lo = 0;
    double hi = 0;
    for (int i = 0; i < slope.length; i++) {
      Interval each = part.node().proved().get(i);
      lo = Math.min(lo, Math.floor(slope[i] * each.lo() + offset[i]) - 1);
      hi = Math.max(hi, Math.ceil(slope[i] * each.hi() + offset[i]) + 1);
    }
    AffineLookup lookup =
        new AffineLookup(
            slope,
            offset,
            IntStream.range(0, slope.length).toArray(),
            new Interval((long) lo, (long) hi));
    return new Terms.Part(
        builder.lookup(part.node(), lookup), clear.lookup(part.values(), lookup), part.slope());
  }

  /** Fewer bits, where the options ask for it: what an engine for real numbers rescales by anyway. */
  private Terms.Part narrowed(Terms.Part part) {
    int bits = part.node().proved().hull().bits() - options.workingBits();
    if (options.workingBits() == 0 || bits <= 0) {
      return part;
    }
    double[] slope = new double[part.slope().length];
    Arrays.fill(slope, Math.scalb(1.0, -bits));
    Terms.Part narrow = affine(part, slope, new double[slope.length]);
    double[] wider = Arrays.stream(part.slope()).map(s -> Math.scalb(s, bits)).toArray();
    return new Terms.Part(narrow.node(), narrow.values(), wider);
  }

  private Terms.Part multiplied(Terms.Part x, Terms.Part y) {
    double[] slope = new double[x.slope().length];
    Arrays.setAll(slope, i -> x.slope()[i] * y.slope()[i]);
    return narrowed(
        new Terms.Part(
            builder.product(x.node(), y.node()), clear.product(x.values(), y.values()), slope));
  }

  @Override
  public Terms product(Terms x, Terms y) {
    IntegerTensor truth = clear.product(x.truth(), y.truth());
    if (x.exact() && y.exact() && x.isPlain() && y.isPlain() && options.workingBits() == 0) {
      return plain(
          builder.product(x.parts().get(0).node(), y.parts().get(0).node()), truth);
    }
    Terms.Part left = narrowed(absolute(x));
    Terms.Part right = x == y ? left : narrowed(absolute(y));
    return single(multiplied(left, right), new double[x.size()], truth);
  }

  @Override
  public Terms add(Terms x, Terms y) {
    IntegerTensor truth = clear.add(x.truth(), y.truth());
    if (x.exact() && y.exact() && x.isPlain() && y.isPlain()) {
      return plain(builder.add(x.parts().get(0).node(), y.parts().get(0).node()), truth);
    }
    List<Terms.Part> parts = new ArrayList<>(x.parts());
    parts.addAll(y.parts());
    double[] offset = new double[x.size()];
    Arrays.setAll(offset, i -> x.offset()[i] + y.offset()[i]);
    return new Terms(parts, offset, truth, x.exact() && y.exact());
  }

  @Override
  public Terms scale(Terms x, Scaling scaling) {
    IntegerTensor truth = clear.scale(x.truth(), scaling);
    if (x.exact() && x.isPlain()) {
      return plain(builder.scale(x.parts().get(0).node(), scaling), truth);
    }
    long[] factors = scaling.factors();
    List<Terms.Part> parts = new ArrayList<>();
    for (Terms.Part part : x.parts()) {
      double[] slope = part.slope().clone();
      Arrays.setAll(slope, i -> part.slope()[i] * factors[i]);
      parts.add(new Terms.Part(part.node(), part.values(), slope));
    }
    double[] offset = new double[x.size()];
    Arrays.setAll(offset, i -> x.offset()[i] * factors[i]);
    return new Terms(parts, offset, truth, x.exact());
  }

  @Override
  public Terms move(List<Terms> xs, Move move) {
    IntegerTensor truth = clear.move(xs.stream().map(Terms::truth).toList(), move);
    boolean exact = xs.stream().allMatch(Terms::exact);
    if (exact && xs.stream().allMatch(Terms::isPlain)) {
      return plain(
          builder.move(xs.stream().map(x -> x.parts().get(0).node()).toList(), move), truth);
    }
    List<Terms> from =
        xs.size() == 1 ? xs : xs.stream().map(x -> x.parts().size() == 1 ? x : uniform(x)).toList();
    Move filled = new Move(move.source(), 0);
    int[] source = move.source();
    double[] offsets = from.stream().flatMapToDouble(x -> Arrays.stream(x.offset())).toArray();
    double[] offset = new double[source.length];
    Arrays.setAll(offset, i -> source[i] < 0 ? move.fill() : offsets[source[i]]);
    List<Terms.Part> parts = new ArrayList<>();
    for (int p = 0; p < from.get(0).parts().size(); p++) {
      int each = p;
      List<Terms.Part> moved = from.stream().map(x -> x.parts().get(each)).toList();
      double[] slopes = moved.stream().flatMapToDouble(x -> Arrays.stream(x.slope())).toArray();
      double[] slope = new double[source.length];
      Arrays.setAll(slope, i -> source[i] < 0 ? 1 : slopes[source[i]]);
      parts.add(
          new Terms.Part(
              builder.move(moved.stream().map(Terms.Part::node).toList(), filled),
              clear.move(moved.stream().map(Terms.Part::values).toList(), filled),
              slope));
    }
    return new Terms(parts, offset, truth, exact);
  }

  @Override
  public Terms trees(Terms bits, TreeSum trees) {
    if (!bits.exact() || !bits.isPlain()) {
      throw CompilerError.refused(
          CompilerError.TREES_ON_APPROXIMATION, name, "trees read threshold bits of the client only");
    }
    return plain(
        builder.trees(bits.parts().get(0).node(), trees), clear.trees(bits.truth(), trees));
  }

  @Override
  public Terms lookup(Terms x, Lookup lookup) {
    IntegerTensor truth = clear.lookup(x.truth(), lookup);
    Terms from = x.parts().size() == 1 ? x : uniform(x);
    Terms.Part part = from.parts().get(0);
    double[] real = from.values();
    int size = from.size();
    int degree = options.degree(name);
    PolynomialFit[] straight = fits(lookup, real, size, 1);
    double straightError = error(lookup, straight, real, size);
    PolynomialFit[] fits =
        straightError < STRAIGHT || degree == 1 ? straight : fits(lookup, real, size, degree);
    double error = fits == straight ? straightError : error(lookup, fits, real, size);
    reports.add(new LookupReport(name, fits[0].degree(), lookup.channels(), error));
    int[] channelOf = lookup.channelOf();
    if (fits == straight) {
      double[] slope = new double[size];
      double[] offset = new double[size];
      for (int i = 0; i < size; i++) {
        PolynomialFit fit = fits[channelOf[i]];
        slope[i] = fit.coefficients()[1] * part.slope()[i];
        offset[i] =
            fit.coefficients()[1] * (from.offset()[i] + fit.shift()) + fit.coefficients()[0];
      }
      return single(new Terms.Part(part.node(), part.values(), slope), offset, truth);
    }
    return powers(from, fits, channelOf, truth);
  }

  /** The powers of the shifted input, each with its coefficient as slope. */
  private Terms powers(Terms x, PolynomialFit[] fits, int[] channelOf, IntegerTensor truth) {
    Terms.Part input = wide(x.parts().get(0));
    int size = x.size();
    double[] shift = new double[size];
    double[] offset = new double[size];
    for (int i = 0; i < size; i++) {
      PolynomialFit fit = fits[channelOf[i]];
      double slope = input.slope()[i] == 0 ? 1 : input.slope()[i];
      shift[i] = (x.offset()[i] + fit.shift()) / slope;
      offset[i] = fit.coefficients()[0];
    }
    Terms.Part w = narrowed(seen(shifted(input, shift)));
    int degree = fits[0].degree();
    List<Terms.Part> made = new ArrayList<>(List.of(w)); // element k − 1 is the power k
    for (int k = 2; k <= degree; k++) {
      if (k != degree - 1 || degree == 3 || isNeeded(k, degree)) {
        made.add(multiplied(made.get((k + 1) / 2 - 1), made.get(k / 2 - 1)));
      } else {
        made.add(w); // never read
      }
    }
    List<Terms.Part> parts = new ArrayList<>();
    for (int k = degree; k >= 1; k--) {
      if (k == degree - 1) {
        continue;
      }
      Terms.Part power = made.get(k - 1);
      double[] slope = new double[size];
      int exponent = k;
      Arrays.setAll(
          slope, i -> power.slope()[i] * fits[channelOf[i]].coefficients()[exponent]);
      parts.add(new Terms.Part(power.node(), power.values(), slope));
    }
    return new Terms(parts, offset, truth, false);
  }

  /** Whether a power is half of a higher one that is made. */
  private static boolean isNeeded(int power, int degree) {
    for (int k = power + 1; k <= degree; k++) {
      if ((k != degree - 1) && ((k + 1) / 2 == power || k / 2 == power)) {
        return true;
      }
    }
    return false;
  }

  /** Integers that span enough bits for whole shifts. */
  private Terms.Part wide(Terms.Part part) {
    int bits = LEAST_BITS - part.node().proved().hull().bits();
    if (bits <= 0) {
      return part;
    }
    long[] factors = new long[part.slope().length];
    Arrays.fill(factors, 1L << bits);
    Scaling scaling = new Scaling(factors);
    return new Terms.Part(
        builder.scale(part.node(), scaling),
        clear.scale(part.values(), scaling),
        Arrays.stream(part.slope()).map(s -> Math.scalb(s, -bits)).toArray());
  }

  /** Notes the interval for which a polynomial was fitted. */
  private Terms.Part seen(Terms.Part part) {
    double[] values = part.values().toDoubles();
    double lo = Arrays.stream(values).min().orElse(0);
    double hi = Arrays.stream(values).max().orElse(0);
    double margin = PolynomialFit.WIDENING * (hi - lo);
    Interval interval =
        new Interval((long) Math.floor(lo - margin), (long) Math.ceil(hi + margin));
    return new Terms.Part(
        builder.calibrated(part.node(), interval), part.values(), part.slope());
  }

  private static PolynomialFit[] fits(Lookup lookup, double[] real, int size, int degree) {
    PolynomialFit[] fits = new PolynomialFit[lookup.channels()];
    int[][] elements = elements(lookup);
    for (int c = 0; c < fits.length; c++) {
      int channel = c;
      fits[c] =
          PolynomialFit.of(
              observed(elements[c], real, size),
              v -> lookup.exact(channel, new double[] {v})[0],
              degree);
    }
    return fits;
  }

  private static double error(Lookup lookup, PolynomialFit[] fits, double[] real, int size) {
    double sum = 0;
    long count = 0;
    int[][] elements = elements(lookup);
    for (int c = 0; c < fits.length; c++) {
      double[] x = observed(elements[c], real, size);
      double[] y = lookup.exact(c, x);
      for (int i = 0; i < x.length; i++) {
        double error = fits[c].at(x[i]) - y[i];
        sum += error * error;
      }
      count += x.length;
    }
    return Math.sqrt(sum / Math.max(1, count));
  }

  private static double[] observed(int[] elements, double[] real, int size) {
    int rows = real.length / size;
    double[] x = new double[rows * elements.length];
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < elements.length; i++) {
        x[row * elements.length + i] = real[row * size + elements[i]];
      }
    }
    return x;
  }

  private static int[][] elements(Lookup lookup) {
    int[] channelOf = lookup.channelOf();
    return IntStream.range(0, lookup.channels())
        .mapToObj(
            c -> IntStream.range(0, channelOf.length).filter(i -> channelOf[i] == c).toArray())
        .toArray(int[][]::new);
  }

  /** Terms as one tensor of integers with a slope and an offset per element. */
  Terms result(Terms x) {
    return x.parts().size() == 1 ? x : uniform(x);
  }
}

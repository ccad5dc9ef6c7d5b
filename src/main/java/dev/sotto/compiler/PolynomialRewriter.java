package dev.sotto.compiler;

import dev.sotto.circuit.CircuitBuilder;
import dev.sotto.circuit.CircuitNode;
import dev.sotto.circuit.ClearAlgebra;
import dev.sotto.circuit.IntegerAlgebra;
import dev.sotto.circuit.IntegerTensor;
import dev.sotto.circuit.Lookup;
import dev.sotto.circuit.Move;
import dev.sotto.circuit.Scaling;
import dev.sotto.circuit.TreeSum;
import dev.sotto.circuit.WeightedSum;
import dev.sotto.compiler.Terms.Part;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Rewrites a circuit into one without lookups: an algebra over {@link Terms}.
 *
 * <p>Layer after layer, on the calibration rows as the rewritten circuit computes them: a lookup
 * becomes a polynomial per channel, whose coefficients wait as clear slopes for the next layer;
 * that layer is refitted to what the model computes, takes the slopes into its weights and is cut
 * to whole numbers again. Products, sums and factors of what depends on one tensor stay one
 * polynomial of it. What no approximation touches stays as it is, bit for bit.
 */
final class PolynomialRewriter implements IntegerAlgebra<Terms> {
  /** The highest degree of a polynomial that products of polynomials make. */
  private static final int HIGHEST_PRODUCT = 4;

  /** Bits of sums that doubles hold exactly, and to spare. */
  private static final int WIDEST = 51;

  private final CircuitBuilder builder;
  private final RewriteSteps steps;
  private final ClearAlgebra clear = new ClearAlgebra();
  private final RewriteOptions options;
  private final List<LookupReport> reports = new ArrayList<>();
  private String name = "";

  PolynomialRewriter(CircuitBuilder builder, RewriteOptions options) {
    this.builder = builder;
    this.steps = new RewriteSteps(builder, options);
    this.options = options;
  }

  /** What became of each lookup. */
  List<LookupReport> reports() {
    return reports;
  }

  /** Whether every bound of the new circuit is proved. */
  boolean isProved() {
    return !steps.assumed();
  }

  @Override
  public void enter(String newName) {
    name = newName;
    builder.enter(newName);
    clear.enter(newName);
    steps.enter(newName);
  }

  /** An input of the circuit. */
  Terms input(CircuitNode node, IntegerTensor values) {
    return Terms.plain(node, values);
  }

  /** A result of the circuit: one tensor of integers with a slope and an offset per element. */
  Terms result(Terms x) {
    Terms flat = computed(x);
    return flat.isSingle() ? flat : joined(flat);
  }

  @Override
  public Terms linear(Terms x, WeightedSum sum) {
    IntegerTensor truth = clear.linear(x.truth(), sum);
    if (x.isPlain()) {
      return Terms.plain(builder.linear(x.only().node(), sum), truth);
    }
    Terms flat = computed(x);
    if (isPooling(sum)) {
      return pooled(flat, LayerFold.fits(sum, flat) ? sum : byPosition(sum), truth);
    }
    Terms from = LayerFold.fits(sum, flat) ? flat : joined(flat);
    WeightRefit refit =
        x.exact() || !options.refit()
            ? WeightRefit.none(sum, from.parts().size())
            : WeightRefit.of(sum, from, truth.toDoubles());
    return folded(from, sum, refit, truth, false);
  }

  /** Each part pooled by itself, so that the next layer may have weights for each. */
  private Terms pooled(Terms x, WeightedSum sum, IntegerTensor truth) {
    if (!LayerFold.fits(sum, x)) {
      Terms from = joined(x);
      return folded(from, sum, WeightRefit.none(sum, 1), truth, false);
    }
    List<Part> parts = new ArrayList<>();
    double[] offset = new double[sum.size()];
    for (Part part : x.parts()) {
      double[] constant = parts.isEmpty() ? x.offset() : new double[x.size()];
      Terms alone = new Terms(List.of(part), constant, x.truth(), false);
      Terms result = folded(alone, sum, WeightRefit.none(sum, 1), truth, false);
      parts.add(result.only());
      Arrays.setAll(offset, i -> offset[i] + result.offset()[i]);
    }
    return new Terms(parts, offset, truth, false);
  }

  /** The same sum with a weight matrix for each position, of one group. */
  private static WeightedSum byPosition(WeightedSum sum) {
    if (sum.groups() > 1) {
      return sum;
    }
    int positions = sum.positions();
    int[] source = new int[positions * sum.taps()];
    Arrays.setAll(source, i -> sum.source(0, i / sum.taps(), i % sum.taps()));
    int[] weights = new int[positions * sum.weights().length];
    Arrays.setAll(weights, i -> sum.weights()[i % sum.weights().length]);
    int[] strides = {sum.strides()[1], 0, sum.strides()[2]};
    return new WeightedSum(
        positions, 1, sum.taps(), sum.outputs(), source, weights, strides, sum.padding());
  }

  private Terms folded(
      Terms x, WeightedSum sum, WeightRefit refit, IntegerTensor truth, boolean common) {
    Terms from = new Terms(steps.balanced(x.parts()), x.offset(), x.truth(), x.exact());
    LayerFold fold = fold(from, sum, refit, common);
    int excess = fold.bits(bound(from)) - WIDEST;
    if (!options.isExact() && excess > 0) {
      List<Part> narrower = from.parts().stream().map(p -> steps.divided(p, excess)).toList();
      from = new Terms(narrower, x.offset(), x.truth(), x.exact());
      fold = fold(from, sum, refit, common);
    }
    Part all = concatenated(from.parts());
    Part part =
        Part.linear(
            builder.linear(all.node(), fold.sum()),
            clear.linear(all.values(), fold.sum()),
            fold.slope());
    return new Terms(List.of(steps.bounded(part)), fold.offset(), truth, false);
  }

  private LayerFold fold(Terms x, WeightedSum sum, WeightRefit refit, boolean common) {
    return LayerFold.of(
        sum, x, refit, options.weightLimit(), common, options.isExact() ? 32 : 4096);
  }

  private static long bound(Terms x) {
    return x.parts().stream().mapToLong(p -> p.node().proved().hull().bound()).max().orElse(0);
  }

  private static boolean isPooling(WeightedSum sum) {
    return Arrays.stream(sum.weights()).distinct().count() < 3;
  }

  /** The parts one after another as one tensor; coefficients are of no use in it. */
  private Part concatenated(List<Part> parts) {
    if (parts.size() == 1) {
      return parts.get(0);
    }
    int total = parts.stream().mapToInt(p -> p.values().size()).sum();
    Move concat = new Move(IntStream.range(0, total).toArray(), 0);
    return Part.linear(
        builder.move(parts.stream().map(Part::node).toList(), concat),
        clear.move(parts.stream().map(Part::values).toList(), concat),
        new double[total]);
  }

  /** The same with every part of first degree. */
  private Terms computed(Terms x) {
    if (x.parts().stream().allMatch(p -> p.degree() == 1)) {
      return x;
    }
    double[] offset = x.offset().clone();
    List<Part> parts = new ArrayList<>();
    for (Part part : x.parts()) {
      if (part.degree() == 1) {
        parts.add(part);
      } else {
        parts.addAll(PowerForms.of(steps, part, offset));
      }
    }
    if (parts.isEmpty()) { // polynomials that vanish
      parts.add(Part.linear(x.only().node(), x.only().values(), new double[x.size()]));
    }
    return new Terms(parts, offset, x.truth(), x.exact());
  }

  /** Terms of first degree as one part with one slope for all elements. */
  private Terms joined(Terms x) {
    if (x.isSingle() && Arrays.stream(x.only().slope()).distinct().count() == 1) {
      return x;
    }
    int size = x.size();
    int[] each = IntStream.range(0, size).toArray();
    int[] ones = new int[size];
    Arrays.fill(ones, 1);
    WeightedSum identity = new WeightedSum(size, 1, 1, 1, each, ones, new int[] {1, 1, 1}, 0);
    WeightRefit refit = WeightRefit.none(identity, x.parts().size());
    return folded(x, identity, refit, x.truth(), true);
  }

  /** One part of first degree that holds offsets too: what unlike factors are multiplied as. */
  private Part absolute(Terms x) {
    Terms flat = computed(x);
    Part single = (flat.isSingle() ? flat : joined(flat)).only();
    Part part = steps.levelled(single, new double[x.size()], new int[x.size()]);
    double[] shift = new double[x.size()];
    Arrays.setAll(shift, i -> part.slope()[i] == 0 ? 0 : flat.offset()[i] / part.slope()[i]);
    return steps.narrowed(steps.shifted(part, shift));
  }

  @Override
  public Terms product(Terms x, Terms y) {
    IntegerTensor truth = clear.product(x.truth(), y.truth());
    if (x.isPlain() && y.isPlain() && options.isExact()) {
      return Terms.plain(builder.product(x.only().node(), y.only().node()), truth);
    }
    if (x.parts().size() == 1
        && y.parts().size() == 1
        && x.only().node().id() == y.only().node().id()
        && x.only().degree() + y.only().degree() <= HIGHEST_PRODUCT) {
      return polynomials(x, y, truth);
    }
    Part left = absolute(x);
    Part right = x == y ? left : absolute(y);
    return new Terms(List.of(steps.multiplied(left, right)), new double[x.size()], truth, false);
  }

  /** The product of two polynomials of the same integers. */
  private static Terms polynomials(Terms x, Terms y, IntegerTensor truth) {
    double[][] a = x.only().coefficients();
    double[][] b = y.only().coefficients();
    double[][] c = new double[a.length + b.length][x.size()];
    double[] offset = new double[x.size()];
    for (int i = 0; i < offset.length; i++) {
      offset[i] = x.offset()[i] * y.offset()[i];
      for (int k = 0; k <= a.length; k++) {
        double left = k == 0 ? x.offset()[i] : a[k - 1][i];
        for (int l = k == 0 ? 1 : 0; l <= b.length; l++) {
          c[k + l - 1][i] += left * (l == 0 ? y.offset()[i] : b[l - 1][i]);
        }
      }
    }
    return new Terms(
        List.of(new Part(x.only().node(), x.only().values(), c)), offset, truth, false);
  }

  @Override
  public Terms add(Terms x, Terms y) {
    IntegerTensor truth = clear.add(x.truth(), y.truth());
    if (x.isPlain() && y.isPlain()) {
      return Terms.plain(builder.add(x.only().node(), y.only().node()), truth);
    }
    Map<Integer, Part> parts = new LinkedHashMap<>();
    for (Part part : x.parts()) {
      parts.merge(part.node().id(), part, Part::plus);
    }
    for (Part part : y.parts()) {
      parts.merge(part.node().id(), part, Part::plus);
    }
    double[] offset = new double[x.size()];
    Arrays.setAll(offset, i -> x.offset()[i] + y.offset()[i]);
    return new Terms(List.copyOf(parts.values()), offset, truth, x.exact() && y.exact());
  }

  @Override
  public Terms scale(Terms x, Scaling scaling) {
    IntegerTensor truth = clear.scale(x.truth(), scaling);
    if (x.isPlain() && options.isExact()) {
      return Terms.plain(builder.scale(x.only().node(), scaling), truth);
    }
    double[] factors = Arrays.stream(scaling.factors()).asDoubleStream().toArray();
    double[] offset = new double[x.size()];
    Arrays.setAll(offset, i -> x.offset()[i] * factors[i]);
    return new Terms(
        x.parts().stream().map(p -> p.times(factors)).toList(), offset, truth, x.exact());
  }

  @Override
  public Terms move(List<Terms> xs, Move move) {
    IntegerTensor truth = clear.move(xs.stream().map(Terms::truth).toList(), move);
    if (xs.stream().allMatch(Terms::isPlain)) {
      return Terms.plain(builder.move(xs.stream().map(x -> x.only().node()).toList(), move), truth);
    }
    List<Terms> from =
        xs.size() == 1
            ? xs
            : xs.stream().map(x -> x.parts().size() == 1 ? x : joined(computed(x))).toList();
    Move filled = new Move(move.source(), 0);
    int[] source = move.source();
    double[] offsets = from.stream().flatMapToDouble(x -> Arrays.stream(x.offset())).toArray();
    double[] offset = new double[source.length];
    Arrays.setAll(offset, i -> source[i] < 0 ? move.fill() : offsets[source[i]]);
    List<Part> parts = new ArrayList<>();
    for (int p = 0; p < from.get(0).parts().size(); p++) {
      int each = p;
      parts.add(moved(from.stream().map(x -> x.parts().get(each)).toList(), filled));
    }
    return new Terms(parts, offset, truth, xs.stream().allMatch(Terms::exact));
  }

  private Part moved(List<Part> parts, Move move) {
    int[] source = move.source();
    double[][] coefficients =
        new double[parts.stream().mapToInt(Part::degree).max().orElse(1)][source.length];
    for (int k = 0; k < coefficients.length; k++) {
      int power = k;
      double[] all =
          parts.stream()
              .flatMapToDouble(
                  p ->
                      Arrays.stream(
                          power < p.degree()
                              ? p.coefficients()[power]
                              : new double[p.values().size()]))
              .toArray();
      Arrays.setAll(coefficients[k], i -> source[i] < 0 ? (power == 0 ? 1 : 0) : all[source[i]]);
    }
    return new Part(
        builder.move(parts.stream().map(Part::node).toList(), move),
        clear.move(parts.stream().map(Part::values).toList(), move),
        coefficients);
  }

  @Override
  public Terms trees(Terms bits, TreeSum trees) {
    if (!bits.isPlain()) {
      throw CompilerError.refused(
          CompilerError.TREES_ON_APPROXIMATION,
          name,
          "trees read threshold bits of the client only.");
    }
    return Terms.plain(builder.trees(bits.only().node(), trees), clear.trees(bits.truth(), trees));
  }

  @Override
  public Terms lookup(Terms x, Lookup lookup) {
    IntegerTensor truth = clear.lookup(x.truth(), lookup);
    double[] real = x.values();
    LookupFit line = LookupFit.line(lookup, real);
    if (line.isStraight()) {
      reports.add(new LookupReport(name, 1, lookup.channels(), line.error()));
      return straight(x, lookup, line, truth);
    }
    Terms flat = computed(x);
    Terms from = flat.isSingle() ? flat : joined(flat);
    LookupFit fit = LookupFit.of(lookup, real, options.degree(name), options.isExact());
    reports.add(new LookupReport(name, options.degree(name), lookup.channels(), fit.error()));
    int[] channelOf = lookup.channelOf();
    double[][] coefficients = new double[options.degree(name)][x.size()];
    double[] offset = new double[x.size()];
    for (int i = 0; i < offset.length; i++) {
      double[] p = fit.polynomials()[channelOf[i]].of(from.only().slope()[i], from.offset()[i]);
      offset[i] = p[0];
      for (int k = 1; k < p.length; k++) {
        coefficients[k - 1][i] = p[k];
      }
    }
    Part part = new Part(from.only().node(), from.only().values(), coefficients);
    return new Terms(List.of(part), offset, truth, false);
  }

  private static Terms straight(Terms x, Lookup lookup, LookupFit line, IntegerTensor truth) {
    int[] channelOf = lookup.channelOf();
    double[] slope = new double[x.size()];
    double[] offset = new double[x.size()];
    for (int i = 0; i < offset.length; i++) {
      double[] p = line.polynomials()[channelOf[i]].of(1, 0);
      slope[i] = p[1];
      offset[i] = p[1] * x.offset()[i] + p[0];
    }
    return new Terms(x.parts().stream().map(p -> p.times(slope)).toList(), offset, truth, false);
  }
}

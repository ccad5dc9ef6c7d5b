package dev.sotto.compiler;

import dev.sotto.circuit.AffineLookup;
import dev.sotto.circuit.Bounds;
import dev.sotto.circuit.CircuitBuilder;
import dev.sotto.circuit.CircuitNode;
import dev.sotto.circuit.ClearAlgebra;
import dev.sotto.circuit.Interval;
import dev.sotto.circuit.Scaling;
import dev.sotto.compiler.Terms.Part;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Steps on parts of first degree, traced and computed on the calibration rows at once: what
 * integers are multiplied, shifted and narrowed by goes into their slopes.
 */
final class RewriteSteps {
  /** Bits that an integer spans before it is shifted, so that whole shifts cost no precision. */
  private static final int LEAST_BITS = 10;

  /** By how much the range that calibration saw is widened where it bounds numbers. */
  private static final double CALIBRATED_MARGIN = 0.5;

  /** Integers of several parts keep a deviation of this at least. */
  private static final double LEAST_MOVE = 1 << 12;

  /** Elements of less deviation than this are lost. */
  private static final double LEAST_PRECISION = 16;

  /** Bits by which elements of small numbers are brought to the size of others, at most. */
  private static final int MOST_LEVELLING = 10;

  private final CircuitBuilder builder;
  private final ClearAlgebra clear = new ClearAlgebra();
  private final RewriteOptions options;
  private boolean assumed;

  RewriteSteps(CircuitBuilder builder, RewriteOptions options) {
    this.builder = builder;
    this.options = options;
  }

  /** Names the node whose steps follow, for what is refused there. */
  void enter(String node) {
    clear.enter(node);
  }

  /** Whether some bound was taken from calibration where intervals prove less. */
  boolean assumed() {
    return assumed;
  }

  /** The intervals that calibration saw, widened by a part of them on both sides. */
  private static Interval[] seen(Part part, double margin) {
    double[] values = part.values().toDoubles();
    int size = part.values().size();
    double[] lo = new double[size];
    double[] hi = new double[size];
    Arrays.fill(lo, Double.POSITIVE_INFINITY);
    Arrays.fill(hi, Double.NEGATIVE_INFINITY);
    for (int at = 0; at < values.length; at += size) {
      widen(values, at, lo, hi);
    }
    Interval[] seen = new Interval[size];
    for (int i = 0; i < size; i++) {
      double wider = margin * (hi[i] - lo[i]);
      seen[i] = new Interval((long) Math.floor(lo[i] - wider), (long) Math.ceil(hi[i] + wider));
    }
    return seen;
  }

  private static void widen(double[] values, int at, double[] lo, double[] hi) {
    for (int i = 0; i < lo.length; i++) {
      double value = values[at + i];
      lo[i] = value < lo[i] ? value : lo[i];
      hi[i] = value > hi[i] ? value : hi[i];
    }
  }

  /** Where the options allow it, takes what calibration saw for a bound. */
  Part bounded(Part part) {
    if (!options.calibratedBounds() || options.isExact()) {
      return part;
    }
    Bounds seen = Bounds.of(seen(part, CALIBRATED_MARGIN));
    assumed |= seen.hull().bound() < part.node().proved().hull().bound();
    CircuitNode node = builder.within(part.node(), seen);
    return new Part(node, clear.within(part.values(), node.proved().hull()), part.coefficients());
  }

  /** Notes the interval for which a polynomial was fitted. */
  Part observed(Part part) {
    Interval all = Bounds.of(seen(part, PolynomialFit.WIDENING)).hull();
    return new Part(builder.calibrated(part.node(), all), part.values(), part.coefficients());
  }

  /**
   * Integers that span enough bits for whole shifts, and about the same bits in all elements once
   * shifted: powers of them then do so too. The factors go into the weights of the layer before.
   *
   * @param shift of each element, in its integers
   * @param groups which elements shall have one factor
   */
  Part levelled(Part part, double[] shift, int[] groups) {
    Bounds proved = part.node().proved();
    double[] bound = new double[groups.length];
    double most = 1;
    for (int i = 0; i < groups.length; i++) {
      Interval each = proved.get(i);
      double reach = Math.max(Math.abs(each.lo() + shift[i]), Math.abs(each.hi() + shift[i]));
      bound[groups[i]] = Math.max(bound[groups[i]], reach);
      most = Math.max(most, reach);
    }
    int bits = Math.max(0, LEAST_BITS - proved.hull().bits());
    double[] slope = new double[groups.length];
    long[] factors = new long[groups.length];
    for (int i = 0; i < groups.length; i++) {
      int room = Math.getExponent(most / Math.max(1, bound[groups[i]]));
      int own = options.isExact() ? bits : bits + Math.min(MOST_LEVELLING, room);
      factors[i] = 1L << own;
      slope[i] = Math.scalb(part.slope()[i], -own);
    }
    if (Arrays.stream(factors).allMatch(f -> f == 1)) {
      return part;
    }
    Scaling scaling = new Scaling(factors);
    return Part.linear(
        builder.scale(part.node(), scaling), clear.scale(part.values(), scaling), slope);
  }

  private static double[] scaled(double[] slope, int bits) {
    return Arrays.stream(slope).map(s -> Math.scalb(s, bits)).toArray();
  }

  /** Adds the whole number next to {@code shift} to every element's integer. */
  Part shifted(Part part, double[] shift) {
    double[] whole = Arrays.stream(shift).map(Math::rint).toArray();
    if (Arrays.stream(whole).allMatch(s -> s == 0)) {
      return part;
    }
    double[] ones = new double[whole.length];
    Arrays.fill(ones, 1);
    return affine(part, ones, whole);
  }

  /** slope · x + offset per element, in an interval that clips nothing. */
  private Part affine(Part part, double[] slope, double[] offset) {
    double lo = 0;
    double hi = 0;
    for (int i = 0; i < slope.length; i++) {
      Interval each = part.node().proved().get(i);
      lo = Math.min(lo, Math.floor(slope[i] * each.lo() + offset[i]) - 1);
      hi = Math.max(hi, Math.ceil(slope[i] * each.hi() + offset[i]) + 1);
    }
    int[] channelOf = new int[slope.length];
    Arrays.setAll(channelOf, i -> i);
    AffineLookup lookup =
        new AffineLookup(slope, offset, channelOf, new Interval((long) lo, (long) hi));
    return new Part(
        builder.lookup(part.node(), lookup),
        clear.lookup(part.values(), lookup),
        part.coefficients());
  }

  /** A factor of a product: so few bits that products are exact, where the options ask for it. */
  Part narrowed(Part part) {
    return divided(part, part.node().proved().hull().bits() - options.workingBits());
  }

  /** Fewer bits: what an engine for real numbers rescales by anyway. */
  Part divided(Part part, int bits) {
    if (options.isExact() || bits <= 0) {
      return part;
    }
    if (Math.scalb(Behaviour.of(part.values()).most(), -bits) < LEAST_PRECISION) {
      throw CompilerError.refused(
          CompilerError.BOUNDS_TOO_WIDE,
          part.node().name(),
          "numbers proved to lie in "
              + part.node().proved().hull()
              + " leave no precision for those that calibration saw.");
    }
    double[] slope = new double[part.slope().length];
    Arrays.fill(slope, Math.scalb(1.0, -bits));
    Part narrow = affine(part, slope, new double[slope.length]);
    return Part.linear(narrow.node(), narrow.values(), scaled(part.slope(), bits));
  }

  /** The product of two factors, both {@linkplain #narrowed narrowed} first. */
  Part multiplied(Part x, Part y) {
    Part left = narrowed(x);
    Part right = x == y ? left : narrowed(y);
    double[] slope = new double[x.slope().length];
    Arrays.setAll(slope, i -> left.slope()[i] * right.slope()[i]);
    return Part.linear(
        builder.product(left.node(), right.node()),
        clear.product(left.values(), right.values()),
        slope);
  }

  /** Parts that move alike, so that one scale of weights suits them all. */
  List<Part> balanced(List<Part> parts) {
    if (options.isExact() || parts.size() == 1) {
      return parts;
    }
    List<Double> moves = parts.stream().map(p -> Behaviour.of(p.values()).most()).toList();
    double least =
        Math.max(LEAST_MOVE, moves.stream().mapToDouble(Double::doubleValue).min().orElse(0));
    return IntStream.range(0, parts.size())
        .mapToObj(i -> divided(parts.get(i), Math.getExponent(moves.get(i) / least)))
        .toList();
  }
}

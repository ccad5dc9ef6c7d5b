package dev.sotto.quantization;

import dev.sotto.circuit.AffineLookup;
import dev.sotto.circuit.Interval;
import dev.sotto.circuit.Lookup;
import dev.sotto.onnx.Node;
import dev.sotto.problem.SottoException;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the handlers of operators share while a model is quantized: the values seen so far, the
 * ranges, and the one way in which a value becomes integers.
 */
final class QuantizationContext {
  private static final int WIDEST_SUMMAND = 16;

  private final RowTrace trace;
  private final RangeSource ranges;
  private final QuantizationOptions options;
  private final Map<String, FakeQuantization.Weights> integerWeights;
  private final ModuleBuilder module = new ModuleBuilder();
  private final Map<String, EncryptedValue> values = new HashMap<>();
  private final Map<String, IntegerValue> materialized = new HashMap<>();
  private final Map<Node, Integer> order = new HashMap<>();
  private final Map<String, Range> made = new HashMap<>();

  QuantizationContext(
      RowTrace trace,
      RangeSource ranges,
      QuantizationOptions options,
      Map<String, FakeQuantization.Weights> integerWeights,
      List<Node> nodes) {
    this.trace = trace;
    this.ranges = ranges;
    this.options = options;
    this.integerWeights = integerWeights;
    for (Node node : nodes) {
      order.put(node, order.size());
    }
  }

  RowTrace trace() {
    return trace;
  }

  RangeSource ranges() {
    return ranges;
  }

  QuantizationOptions options() {
    return options;
  }

  ModuleBuilder module() {
    return module;
  }

  /** The place of a node in the graph; nodes made while quantizing come last. */
  int order(Node node) {
    return order.computeIfAbsent(node, n -> order.size());
  }

  /** The encrypted value of a name, or null when it is clear. */
  @Nullable EncryptedValue find(String name) {
    return values.get(name);
  }

  /** The encrypted value of a name. */
  EncryptedValue value(String name) {
    return Objects.requireNonNull(values.get(name), name);
  }

  void put(EncryptedValue value) {
    values.put(value.name(), value);
  }

  /** A clear value that every row shares, or null. */
  @Nullable Tensor constant(String name) {
    return name.isEmpty() ? null : trace.constant(name);
  }

  /** Weights quantized by the model's author, by the name of the constant. */
  FakeQuantization.@Nullable Weights integerWeights(String name) {
    return integerWeights.get(name);
  }

  /** Adds an operator and gives its integers a meaning. */
  IntegerValue emit(QuantizedOp op, String root, Shape shape, Affine affine, boolean quantized) {
    int slot = module.emit(op);
    return new IntegerValue(slot, root, shape, affine, module.proved(slot), quantized);
  }

  /**
   * Integers of a value with one scale and an integer zero point, of at most {@code bits} bits: its
   * own where they already are so, otherwise through one lookup.
   *
   * @param symmetric whether the zero point must be 0
   */
  IntegerValue quantize(EncryptedValue value, int bits, boolean symmetric) {
    return quantize(value, bits, symmetric, bits);
  }

  /**
   * Integers of a value for a sum with clear weights. What pooling or another sum with one scale
   * gave is summed as it is, up to {@link #WIDEST_SUMMAND} bits: no lookup stands between two sums.
   */
  IntegerValue quantizeForSum(EncryptedValue value, int bits) {
    return quantize(value, bits, false, Math.max(bits, WIDEST_SUMMAND));
  }

  private IntegerValue quantize(EncryptedValue value, int bits, boolean symmetric, int widestOwn) {
    IntegerValue own = ownIntegers(value, widestOwn, symmetric);
    return own != null ? own : quantize(value, quantizer(value, bits, symmetric));
  }

  private @Nullable IntegerValue ownIntegers(EncryptedValue value, int bits, boolean symmetric) {
    Affine closed = value.closed();
    if (closed == null || !closed.isUniform() || !(closed.slope(0) > 0)) {
      return null;
    }
    double zero = closed.zeroPoint();
    IntegerValue base = value.base();
    boolean fits = base.quantized() || base.proved().bits() <= bits;
    if (!fits || Double.isNaN(zero) || (symmetric && zero != 0)) {
      return null;
    }
    Affine exact = Affine.uniform(closed.slope(0), -closed.slope(0) * zero);
    return new IntegerValue(
        base.slot(), value.name(), base.shape(), exact, base.proved(), base.quantized());
  }

  /** The quantizer of a value by its calibrated range; truth values stay 0 and 1. */
  UniformQuantizer quantizer(EncryptedValue value, int bits, boolean symmetric) {
    if (isBinary(value)) {
      return UniformQuantizer.identity(new Interval(0, 1));
    }
    Range range = range(value, bits, symmetric);
    if (!trace.type(value.name()).isFloating() && range.span() < 1L << (bits - 1)) {
      return UniformQuantizer.identity(
          new Interval((long) Math.floor(range.min()), (long) Math.ceil(range.max())));
    }
    return symmetric
        ? UniformQuantizer.symmetric(range.min(), range.max(), bits)
        : UniformQuantizer.affine(range.min(), range.max(), bits);
  }

  /** Whether a value is 0 or 1 by the way it is made. */
  private boolean isBinary(EncryptedValue value) {
    String name = value.name();
    for (int i = value.pending().size() - 1; i >= 0; i--) {
      Node node = value.pending().get(i);
      boolean passes = node.type().equals("Cast") || node.type().equals("Identity");
      if (trace.type(name) == ElementType.BOOL || !passes || !node.output(0).equals(name)) {
        break;
      }
      name = node.input(0);
    }
    return trace.type(name) == ElementType.BOOL;
  }

  /** Notes the range of a value that is not in the model and that calibration never saw. */
  void note(String name, @Nullable Range range) {
    if (range != null) {
      made.put(name, range);
    }
  }

  /** The calibrated range of a value, or null when it was never seen. */
  @Nullable Range rangeOrNull(EncryptedValue value) {
    Range range = ranges.extremes(value.name());
    return range != null ? range : made.get(value.name());
  }

  /** The calibrated range of a value. */
  Range range(EncryptedValue value, int bits, boolean symmetric) {
    Range range = ranges.range(value.name(), bits, symmetric);
    if (range == null) {
      range = made.get(value.name());
    }
    if (range != null) {
      return range;
    }
    Affine closed = value.closed();
    if (closed != null) {
      Interval proved = value.base().proved();
      double min =
          closed.reduce((s, o) -> Math.min(s * proved.lo(), s * proved.hi()) + o, Math::min);
      double max =
          closed.reduce((s, o) -> Math.max(s * proved.lo(), s * proved.hi()) + o, Math::max);
      return Range.extendedToZero(min, max);
    }
    throw SottoException.of(
        QuantizationError.NOT_CALIBRATED, "value '" + value.name() + "'", "it was never seen.");
  }

  /** Integers of a value by a given quantizer, through one lookup (shared with earlier calls). */
  IntegerValue quantize(EncryptedValue value, UniformQuantizer quantizer) {
    String key = value.base().slot() + " " + value.name() + " " + quantizer;
    IntegerValue known = materialized.get(key);
    if (known != null) {
      return known;
    }
    Lookup lookup = Lookups.of(value, quantizer, this);
    IntegerValue made =
        isIdentity(lookup, value.base())
            ? new IntegerValue(
                value.base().slot(),
                value.name(),
                value.shape(),
                Affine.of(quantizer),
                value.base().proved(),
                true)
            : emit(
                new QuantizedOp.Look(lastNode(value), value.base().slot(), lookup),
                value.name(),
                value.shape(),
                Affine.of(quantizer),
                true);
    materialized.put(key, made);
    return made;
  }

  /**
   * Integers with zero point 0 that fill their range in every channel, each with a scale of its
   * own; null when the value is no affine function or its channels were not watched.
   */
  @Nullable EncryptedValue fillChannels(EncryptedValue value, int bits) {
    Range[] channels = ranges.channelExtremes(value.name());
    Shape shape = value.shape();
    if (value.closed() == null
        || value.base().quantized()
        || channels == null
        || shape.rank() < 2
        || channels.length != shape.dim(1)) {
      return null;
    }
    String key = value.base().slot() + " " + value.name() + " filled " + bits;
    IntegerValue known = materialized.get(key);
    if (known == null) {
      long most = (1L << (bits - 1)) - 1;
      int inner = shape.size(2, shape.rank());
      double[] scale = new double[shape.size()];
      for (int i = 0; i < scale.length; i++) {
        double magnitude = channels[i / inner % channels.length].magnitude();
        scale[i] = magnitude > 0 ? magnitude / most : 1;
      }
      known =
          emit(
              new QuantizedOp.Look(
                  lastNode(value),
                  value.base().slot(),
                  Lookups.scaled(value.closed(), scale, new Interval(-most, most))),
              value.name(),
              shape,
              new Affine(scale, new double[scale.length]),
              true);
      materialized.put(key, known);
    }
    return EncryptedValue.of(known);
  }

  private static boolean isIdentity(Lookup lookup, IntegerValue base) {
    return lookup instanceof AffineLookup affine
        && affine.channels() == 1
        && affine.slope()[0] == 1
        && affine.offset()[0] == 0
        && affine.range().lo() <= base.proved().lo()
        && affine.range().hi() >= base.proved().hi();
  }

  private static String lastNode(EncryptedValue value) {
    return value.pending().isEmpty()
        ? value.name()
        : value.pending().get(value.pending().size() - 1).name();
  }

  /** A value as an affine function of integers: itself, or quantized when it is not. */
  EncryptedValue affine(EncryptedValue value, int bits) {
    return value.isAffine() ? value : EncryptedValue.of(quantize(value, bits, false));
  }

  /** The interval that calibration saw for the integers of a layer's result, widened. */
  @Nullable Interval calibrated(String name, Affine affine, int channelAxisSize, int inner) {
    Range[] channels = ranges.channelExtremes(name);
    Range whole = ranges.extremes(name);
    if (whole == null) {
      return null;
    }
    double lo = Double.POSITIVE_INFINITY;
    double hi = Double.NEGATIVE_INFINITY;
    int size = affine.slope().length;
    boolean byChannel = channels != null && channels.length == channelAxisSize;
    for (int i = 0; i < size; i++) {
      Range range =
          byChannel && size > 1
              ? Objects.requireNonNull(channels)[i / inner % channelAxisSize]
              : whole;
      double a = (range.min() - affine.offset(i)) / affine.slope(i);
      double b = (range.max() - affine.offset(i)) / affine.slope(i);
      lo = Math.min(lo, Math.min(a, b));
      hi = Math.max(hi, Math.max(a, b));
    }
    if (!(lo <= hi) || Double.isInfinite(lo) || Double.isInfinite(hi)) {
      return null;
    }
    double margin = (hi - lo) * options.headroom();
    return new Interval((long) Math.floor(lo - margin), (long) Math.ceil(hi + margin));
  }
}

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
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Follows scales through a circuit, in base-2 logarithms, to size the primes of CKKS: where a treatment
 * divides, by as much as brings numbers times scale down to a wanted size.
 */
final class ScaleTrace implements IntegerAlgebra<ScaleTrace.Value> {
  /**
   * A tensor.
   *
   * @param scale logarithm of what numbers are multiplied by
   * @param drops primes dropped so far
   * @param degree of its ciphertexts
   */
  record Value(double scale, int drops, int degree) {}

  /** Dividing by less is not worth a prime. */
  private static final double SMALLEST_PRIME = 18;

  /** What shall be done at a node, where it makes sense. */
  record Wish(boolean relinearise, boolean rescale) {
    static final Wish NONE = new Wish(false, false);
  }

  private final Map<Integer, Wish> wishes;
  private final Map<Integer, Treatment> treatments = new TreeMap<>();
  private final double size;
  private final List<Double> dropped = new ArrayList<>();
  private final List<Double> needed = new ArrayList<>();
  private int highest = 1;
  private int node = -1;

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

  /** An input whose numbers times scale are of the wanted size. */
  Value input(double bound) {
    return new Value(size - RlweBits.log2(bound), 0, 1);
  }

  /** What is done in the end, by node. */
  Map<Integer, Treatment> treatments() {
    return Map.copyOf(treatments);
  }

  /** Bits of what is divided by, in the order of divisions. */
  List<Double> dropped() {
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
  public Value within(Value x, Interval proved) {
    double bits = RlweBits.log2(Math.max(1, proved.bound())) + x.scale;
    note(x.drops, bits);
    Wish wish = wishes.getOrDefault(node, Wish.NONE);
    boolean relinearise = wish.relinearise() && x.degree > 1;
    if (relinearise) {
      highest = Math.max(highest, x.degree);
    }
    Value result = new Value(x.scale, x.drops, relinearise ? 1 : x.degree);
    int drops = 0;
    if (wish.rescale() && bits - size >= SMALLEST_PRIME) {
      drops = (int) Math.ceil((bits - size) / Modulus.MAXIMUM_BITS);
      double each = (bits - size) / drops;
      for (int i = 0; i < drops; i++) {
        int index = result.drops;
        while (dropped.size() <= index) {
          dropped.add(each);
          needed.add(0.0);
        }
        result = new Value(result.scale - dropped.get(index), index + 1, result.degree);
      }
      note(result.drops, bits - x.scale + result.scale);
    }
    if (relinearise || drops > 0) {
      treatments.put(node, new Treatment(relinearise, drops));
    }
    return result;
  }

  private void note(int drops, double bits) {
    needed.set(drops, Math.max(needed.get(drops), bits + 2));
  }

  @Override
  public Value linear(Value x, WeightedSum sum) {
    return x;
  }

  @Override
  public Value scale(Value x, Scaling scaling) {
    return x;
  }

  @Override
  public Value lookup(Value x, Lookup lookup) {
    double slope = ((AffineLookup) lookup).slope()[0];
    return new Value(x.scale - RlweBits.log2(slope), x.drops, x.degree);
  }

  @Override
  public Value product(Value x, Value y) {
    return new Value(x.scale + y.scale, Math.max(x.drops, y.drops), x.degree + y.degree);
  }

  @Override
  public Value add(Value x, Value y) {
    return new Value(
        Math.max(x.scale, y.scale), Math.max(x.drops, y.drops), Math.max(x.degree, y.degree));
  }

  @Override
  public Value move(List<Value> xs, Move move) {
    return xs.stream().reduce(this::add).orElseThrow();
  }

  @Override
  public Value trees(Value bits, TreeSum trees) {
    throw new IllegalArgumentException("trees are exact");
  }
}

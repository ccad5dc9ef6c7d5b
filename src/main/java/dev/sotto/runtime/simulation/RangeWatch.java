package dev.sotto.runtime.simulation;

import dev.sotto.circuit.ForwardingAlgebra;
import dev.sotto.circuit.IntegerAlgebra;
import dev.sotto.circuit.Interval;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Notes the rows whose numbers leave an interval for which a polynomial was fitted.
 *
 * @param <T> a tensor
 */
final class RangeWatch<T> extends ForwardingAlgebra<T> {
  /**
   * Looks for rows with numbers outside an interval.
   *
   * @param <T> a tensor
   */
  interface Look<T> {
    void mark(T x, Interval interval, BitSet rows);
  }

  private final Look<T> look;
  private final Map<String, BitSet> outside = new LinkedHashMap<>();
  private String node = "";

  RangeWatch(IntegerAlgebra<T> algebra, Look<T> look) {
    super(algebra);
    this.look = look;
  }

  /** Rows by ONNX node; nodes that no row left are absent. */
  Map<String, BitSet> outside() {
    outside.values().removeIf(BitSet::isEmpty);
    return outside;
  }

  @Override
  public void enter(String name) {
    node = name;
    super.enter(name);
  }

  @Override
  public T calibrated(T x, Interval interval) {
    look.mark(x, interval, outside.computeIfAbsent(node, name -> new BitSet()));
    return super.calibrated(x, interval);
  }
}

package dev.sotto.circuit;

import java.util.List;

/**
 * Does what another algebra does: for those that only look on.
 *
 * @param <T> a tensor
 */
public abstract class ForwardingAlgebra<T> implements IntegerAlgebra<T> {
  private final IntegerAlgebra<T> algebra;

  /** An algebra that asks another one. */
  protected ForwardingAlgebra(IntegerAlgebra<T> algebra) {
    this.algebra = algebra;
  }

  @Override
  public T linear(T x, WeightedSum sum) {
    return algebra.linear(x, sum);
  }

  @Override
  public T scale(T x, Scaling scaling) {
    return algebra.scale(x, scaling);
  }

  @Override
  public T lookup(T x, Lookup lookup) {
    return algebra.lookup(x, lookup);
  }

  @Override
  public T product(T x, T y) {
    return algebra.product(x, y);
  }

  @Override
  public T add(T x, T y) {
    return algebra.add(x, y);
  }

  @Override
  public T move(List<T> xs, Move move) {
    return algebra.move(xs, move);
  }

  @Override
  public T trees(T bits, TreeSum trees) {
    return algebra.trees(bits, trees);
  }

  @Override
  public void enter(String name) {
    algebra.enter(name);
  }

  @Override
  public void expect(Interval proved) {
    algebra.expect(proved);
  }

  @Override
  public T within(T x, Interval proved) {
    return algebra.within(x, proved);
  }

  @Override
  public T calibrated(T x, Interval interval) {
    return algebra.calibrated(x, interval);
  }
}

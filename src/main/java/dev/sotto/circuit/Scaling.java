package dev.sotto.circuit;

import java.util.Arrays;

/** A clear integer factor for every element of a row. */
public final class Scaling {
  private final long[] factors;
  private final long bound;

  /** A scaling with one factor per element; the array is shared. */
  public Scaling(long[] factors) {
    this.factors = factors;
    this.bound = Arrays.stream(factors).map(Math::abs).max().orElse(0);
  }

  /** The factors. */
  public long[] factors() {
    return factors;
  }

  @Override
  public boolean equals(@org.jspecify.annotations.Nullable Object other) {
    return other instanceof Scaling that && Arrays.equals(factors, that.factors);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(factors);
  }

  /** The largest absolute factor. */
  public long bound() {
    return bound;
  }
}

package dev.sotto.compiler.slots;

import dev.sotto.slots.ring.OperationCounts;
import dev.sotto.slots.ring.OperationCounts.Kind;
import java.util.Map;

/**
 * Nanoseconds of one core for one unit of every kernel.
 *
 * @param nanoseconds by kind; of a transform per butterfly, N/2·log N of them
 */
public record KernelCosts(Map<Kind, Double> nanoseconds) {
  /**
   * What plans are compared with, so that a plan does not depend on the machine that makes it:
   * rounded figures of an AVX2 core at 3.4 GHz.
   */
  public static final KernelCosts REFERENCE =
      new KernelCosts(
          Map.ofEntries(
              Map.entry(Kind.TRANSFORM, 0.45),
              Map.entry(Kind.PRODUCT, 0.5),
              Map.entry(Kind.PRODUCT_ADDED, 0.5),
              Map.entry(Kind.LINEAR, 0.35),
              Map.entry(Kind.NEAR, 0.35),
              Map.entry(Kind.WEIGHTED, 0.06),
              Map.entry(Kind.HALVES, 0.06),
              Map.entry(Kind.PACKED, 0.8),
              Map.entry(Kind.PACKED_NEAR, 0.8),
              Map.entry(Kind.CONVERSION, 0.4),
              Map.entry(Kind.KEY_PRODUCT, 0.7),
              Map.entry(Kind.READ, 4.0),
              Map.entry(Kind.OPENED, 3000.0),
              Map.entry(Kind.WRITTEN, 1.0)));

  /** The costs of this machine in the ring of a plan. */
  public static KernelCosts measured(SlotsPlan plan) {
    return measured(plan.ring().logN());
  }

  /**
   * The costs of this machine, in a ring of size 2<sup>logN</sup>: measured when first asked for,
   * for half a second to two and, in a new JVM, the seconds that the kernels take to be compiled,
   * ten at most.
   */
  public static KernelCosts measured(int logN) {
    return KernelTimer.costs(logN);
  }

  /** Core-seconds of a computation in a ring of size 2<sup>logN</sup>. */
  public double seconds(OperationCounts counts, int logN) {
    double butterflies = (double) (1L << (logN - 1)) * logN;
    double total = 0;
    for (Kind kind : Kind.values()) {
      double units = counts.of(kind) * (kind == Kind.TRANSFORM ? butterflies : 1);
      total += units * nanoseconds.getOrDefault(kind, 0.0);
    }
    return total * 1e-9;
  }
}

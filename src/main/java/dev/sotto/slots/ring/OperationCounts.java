package dev.sotto.slots.ring;

import java.util.EnumMap;
import java.util.Map;
import java.util.StringJoiner;

/** How much of each kernel a computation calls for; filled by a dry run. For one thread. */
public final class OperationCounts {
  /** What is counted, each in its own unit. */
  public enum Kind {
    /** Transforms of one limb. */
    TRANSFORM,
    /** Residues multiplied by residues. */
    PRODUCT,
    /** Residues multiplied by residues and added to others. */
    PRODUCT_ADDED,
    /** Residues multiplied by a constant, added or copied. */
    LINEAR,
    /** Multiply-adds of residues and small weights. */
    WEIGHTED,
    /** Multiply-adds of halves of residues and small weights. */
    HALVES,
    /** Residues packed for weighted sums, and sums stored; in halves one and a half times. */
    PACKED,
    /** Residues times constants in base conversions. */
    CONVERSION,
    /** Residues times residues of two key polynomials each. */
    KEY_PRODUCT,
    /** Residues of new polynomials. */
    FRESH
  }

  private final Map<Kind, Long> counts = new EnumMap<>(Kind.class);

  /** Nothing counted yet. */
  public OperationCounts() {}

  /** Counts more. */
  public void add(Kind kind, long amount) {
    counts.merge(kind, amount, Long::sum);
  }

  /** The count of a kind. */
  public long of(Kind kind) {
    return counts.getOrDefault(kind, 0L);
  }

  /** A copy. */
  public OperationCounts copy() {
    OperationCounts copy = new OperationCounts();
    counts.forEach(copy::add);
    return copy;
  }

  /** What was counted here and not yet in an earlier copy. */
  public OperationCounts since(OperationCounts earlier) {
    OperationCounts difference = new OperationCounts();
    counts.forEach((kind, count) -> difference.add(kind, count - earlier.of(kind)));
    return difference;
  }

  @Override
  public String toString() {
    StringJoiner text = new StringJoiner(", ");
    counts.forEach((kind, count) -> text.add(kind + " " + count));
    return text.toString();
  }
}

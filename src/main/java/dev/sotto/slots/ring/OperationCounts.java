package dev.sotto.slots.ring;

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
    /** The same in stretches of a formula, which stay in the nearest cache. */
    NEAR,
    /** Multiply-adds of residues and small weights. */
    WEIGHTED,
    /** Multiply-adds of halves of residues and small weights. */
    HALVES,
    /** Residues packed for weighted sums, and sums stored. */
    PACKED,
    /**
     * The same of terms read a stretch at a time, which stay in a near cache; and half of what is
     * packed in halves, wherever it comes from.
     */
    PACKED_NEAR,
    /** Residues times constants in base conversions. */
    CONVERSION,
    /** Residues times residues of two key polynomials each. */
    KEY_PRODUCT,
    /** Residues of new polynomials. */
    FRESH,
    /** Residues read of fresh ciphertexts: one unpacked and one drawn from the seed each. */
    READ,
    /** Fresh ciphertexts read, whatever their size. */
    OPENED,
    /** Residues of results packed to be sent. */
    WRITTEN
  }

  private static final Kind[] KINDS = Kind.values();

  private final long[] counts;

  /** Nothing counted yet. */
  public OperationCounts() {
    this(new long[KINDS.length]);
  }

  private OperationCounts(long[] counts) {
    this.counts = counts;
  }

  /** Counts more. */
  public void add(Kind kind, long amount) {
    counts[kind.ordinal()] += amount;
  }

  /** The count of a kind. */
  public long of(Kind kind) {
    return counts[kind.ordinal()];
  }

  /** A copy. */
  public OperationCounts copy() {
    return new OperationCounts(counts.clone());
  }

  /** What was counted here and not yet in an earlier copy. */
  public OperationCounts since(OperationCounts earlier) {
    long[] difference = counts.clone();
    for (int k = 0; k < difference.length; k++) {
      difference[k] -= earlier.counts[k];
    }
    return new OperationCounts(difference);
  }

  /** Counts once more what was counted elsewhere. */
  public void addAll(OperationCounts more) {
    addAll(more, 1);
  }

  /** Counts so many times more what was counted elsewhere. */
  public void addAll(OperationCounts more, long times) {
    for (int k = 0; k < counts.length; k++) {
      counts[k] += times * more.counts[k];
    }
  }

  @Override
  public String toString() {
    StringJoiner text = new StringJoiner(", ");
    for (Kind kind : KINDS) {
      if (of(kind) != 0) {
        text.add(kind + " " + of(kind));
      }
    }
    return text.toString();
  }
}

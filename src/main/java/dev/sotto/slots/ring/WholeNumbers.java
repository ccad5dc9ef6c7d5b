package dev.sotto.slots.ring;

import java.util.Arrays;

/**
 * Whole numbers of any size in doubles, on their way to residues: those beyond 2<sup>51</sup> are
 * cut into parts that kernels take, x = Σ x<sub>k</sub>·2<sup>50k</sup>.
 */
public final class WholeNumbers {
  private static final int PART_BITS = 50;
  private static final double LIMIT = 0x1p51;

  private final double[][] parts;
  private final double[] residues;

  private WholeNumbers(double[][] parts) {
    this.parts = parts;
    this.residues = new double[parts.length == 1 ? 0 : parts[0].length];
  }

  /**
   * Of these numbers.
   *
   * @param numbers whole and finite; not copied, and overwritten where one is beyond 2<sup>51</sup>
   */
  public static WholeNumbers of(double[] numbers) {
    double largest = 0;
    for (double x : numbers) {
      largest = Math.max(largest, Math.abs(x));
    }
    if (!Double.isFinite(largest)) {
      throw new IllegalArgumentException("finite numbers expected");
    }
    int count = 1;
    while (Math.scalb(LIMIT, (count - 1) * PART_BITS) <= largest) {
      count++;
    }
    double[][] parts = new double[count][];
    parts[0] = numbers;
    for (int k = count - 1; k > 0; k--) {
      parts[k] = new double[numbers.length];
      double unit = Math.scalb(1.0, k * PART_BITS);
      for (int i = 0; i < numbers.length; i++) {
        parts[k][i] = Math.rint(numbers[i] / unit);
        numbers[i] -= parts[k][i] * unit;
      }
    }
    return new WholeNumbers(parts);
  }

  /** d = x mod p. */
  public void reduce(RingKernels kernels, double[] d, int at, Modulus q) {
    int n = parts[0].length;
    kernels.reduce(d, at, parts[0], 0, n, q);
    double unit = 1;
    for (int k = 1; k < parts.length; k++) {
      unit = q.multiply(unit, q.centre(1L << PART_BITS));
      kernels.reduce(residues, 0, parts[k], 0, n, q);
      kernels.multiplyConstantAdd(d, at, residues, 0, q.centre((long) unit), n, q);
    }
  }

  /** Overwrites the numbers. */
  public void wipe() {
    for (double[] part : parts) {
      Arrays.fill(part, 0);
    }
    Arrays.fill(residues, 0);
  }
}

package dev.sotto.slots.ring;

/**
 * A linear layer with whole-number weights, ready for the kernels: many sums of the same terms.
 *
 * <p>Shape (sums, terms). Weights have size below 2<sup>26</sup>.
 */
public final class WeightedSums {
  /** Weights have a size below 2 to this power. */
  public static final int WEIGHT_BITS = 26;

  private final int sums;
  private final int terms;
  private final double[] weights;

  private WeightedSums(int sums, int terms, double[] weights) {
    this.sums = sums;
    this.terms = terms;
    this.weights = weights;
  }

  /**
   * The layer with these weights.
   *
   * @param weights one row per sum, one column per term; at least one of each
   */
  public static WeightedSums of(int[][] weights) {
    int sums = weights.length;
    int terms = sums == 0 ? 0 : weights[0].length;
    if (terms == 0) {
      throw new IllegalArgumentException("at least one sum of one term expected");
    }
    double[] flat = new double[Math.multiplyExact(sums, terms)];
    for (int m = 0; m < sums; m++) {
      if (weights[m].length != terms) {
        throw new IllegalArgumentException(
            "rows of " + terms + " weights expected; row " + m + " has " + weights[m].length);
      }
      for (int k = 0; k < terms; k++) {
        if (Math.abs((long) weights[m][k]) >= 1L << WEIGHT_BITS) {
          throw new IllegalArgumentException(
              "weights below 2^" + WEIGHT_BITS + " in size expected, not " + weights[m][k]);
        }
        flat[m * terms + k] = weights[m][k];
      }
    }
    return new WeightedSums(sums, terms, flat);
  }

  /** The number of sums. */
  public int sums() {
    return sums;
  }

  /** The number of terms of each. */
  public int terms() {
    return terms;
  }

  /** The weight of a term in a sum. */
  public double weight(int sum, int term) {
    return weights[sum * terms + term];
  }

  /** The sum of the sizes of a sum's weights. */
  public double absoluteWeights(int sum) {
    double total = 0;
    for (int k = 0; k < terms; k++) {
      total += Math.abs(weight(sum, k));
    }
    return total;
  }
}

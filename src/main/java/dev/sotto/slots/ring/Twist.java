package dev.sotto.slots.ring;

import java.util.Arrays;

/**
 * What turns the last levels of a transform into cyclic transforms that are all alike.
 *
 * <p>Before its last levels a transform has blocks of a few residues: polynomials modulo
 * Y<sup>length</sup> − c<sup>length</sup>, c the point of the block's first evaluation. With Y =
 * c·Z they become polynomials modulo Z<sup>length</sup> − 1, of which every block's evaluations are
 * sums with the same constants. So a block costs one product per residue with a power of its c, and
 * one table of N numbers replaces those of all these levels.
 */
final class Twist {
  private final int length;
  private final double[] forward;
  private final double[] backward;
  private final double[] roots;
  private final double[] inverseRoots;

  private Twist(
      int length, double[] forward, double[] backward, double[] roots, double[] inverseRoots) {
    this.length = length;
    this.forward = forward;
    this.backward = backward;
    this.roots = roots;
    this.inverseRoots = inverseRoots;
  }

  /** Residues in a block. */
  int length() {
    return length;
  }

  /** Element i: the power i mod length of the c of i's block. */
  double[] forward() {
    return forward;
  }

  /** The inverses of these powers, times the scale of the inverse transform. */
  double[] backward() {
    return backward;
  }

  /**
   * Element t · length + i: the twiddle factor of place i of a block at the level that joins places
   * t apart; 1 where a place takes none.
   */
  double[] roots() {
    return roots;
  }

  /** Their inverses. */
  double[] inverseRoots() {
    return inverseRoots;
  }

  static Twist create(NttTable table, int length) {
    int n = table.n();
    Modulus q = table.modulus();
    double[] forward = new double[n];
    double[] backward = new double[n];
    for (int i = 0; i < n; i += length) {
      fill(q, forward, i, length, 1, table.roots()[(n + i) / 2]);
      fill(q, backward, i, length, table.scale(), table.inverseRoots()[(n + i) / 2]);
    }
    // Element m + i: the twiddle factor of part i, where a cyclic transform has m parts.
    double[] roots = new double[length];
    double[] inverseRoots = new double[length];
    for (int m = 1; m < length; m <<= 1) {
      // The tree above the first block, with the block's own c taken out.
      double out = power(q, table.inverseRoots()[n / 2], length / (2 * m));
      double in = power(q, table.roots()[n / 2], length / (2 * m));
      for (int i = 0; i < m; i++) {
        int node = n / length * m + i;
        roots[m + i] = q.centre((long) q.multiply(table.roots()[node], out));
        inverseRoots[m + i] = q.centre((long) q.multiply(table.inverseRoots()[node], in));
      }
    }
    return new Twist(length, forward, backward, lanes(roots), lanes(inverseRoots));
  }

  private static double[] lanes(double[] roots) {
    int length = roots.length;
    double[] lanes = new double[length * length];
    Arrays.fill(lanes, 1);
    for (int t = 1; 2 * t < length; t <<= 1) {
      for (int i = 0; i < length; i++) {
        if ((i & t) != 0) {
          lanes[t * length + i] = roots[(length + i) / (2 * t)];
        }
      }
    }
    return lanes;
  }

  private static void fill(Modulus q, double[] to, int at, int length, double first, double c) {
    double w = first;
    for (int j = 0; j < length; j++) {
      to[at + j] = q.centre((long) w);
      w = q.multiply(w, c);
    }
  }

  private static double power(Modulus q, double base, int exponent) {
    double power = 1;
    for (int i = 0; i < exponent; i++) {
      power = q.multiply(power, base);
    }
    return power;
  }
}

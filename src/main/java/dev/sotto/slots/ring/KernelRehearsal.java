package dev.sotto.slots.ring;

import java.util.Arrays;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What {@link dev.sotto.common.Twins} rehearse: every loop of the kernels, with every turn that
 * they take in a circuit, over little data. A turn that was left out would cost a new compilation
 * in the middle of work.
 */
final class KernelRehearsal {
  private static final int N = 128;
  private static final int LARGE = 47;
  private static final int SMALL = 38;
  private static final int MOST_SOURCES = 6;

  private KernelRehearsal() {}

  /** Some prime of a usual size. */
  static Modulus modulus() {
    return prime(LARGE);
  }

  private static Modulus prime(int bits) {
    long order = RingType.CONJUGATE_INVARIANT.rootOrder(11);
    return Modulus.of(NttPrimes.below(bits, order, 1, Set.of()).get(0));
  }

  /** Residues of any prime that is larger than {@value #SMALL} bits. */
  static double[] residues(int n) {
    double[] residues = new double[n];
    long state = 1;
    for (int i = 0; i < n; i++) {
      state = state * 6_364_136_223_846_793_005L + 1_442_695_040_888_963_407L;
      residues[i] = (double) (state >> (Long.SIZE - SMALL + 1));
    }
    return residues;
  }

  private static double[][] residues(int count, int n) {
    double[][] residues = new double[count][];
    Arrays.setAll(residues, i -> residues(n));
    return residues;
  }

  /** Transforms of an even and an odd number of levels, as long as those that go block by block. */
  static Consumer<RingKernels> transforms() {
    Modulus q = prime(LARGE);
    NttTable[] tables = {
      NttTable.create(q, RingType.STANDARD, 10),
      NttTable.create(q, RingType.STANDARD, 11),
      NttTable.create(q, RingType.CONJUGATE_INVARIANT, 10)
    };
    double[] a = residues(1 << 11);
    return kernels -> {
      for (NttTable table : tables) {
        kernels.forward(table, a, 0);
        kernels.inverse(table, a, 0);
      }
    };
  }

  /** What goes over limbs one residue at a time. */
  static Consumer<RingKernels> limbs() {
    Modulus q = prime(LARGE);
    double[][] x = residues(3, N);
    double[] d = new double[N];
    double w = q.centre(1L << SMALL);
    return kernels -> {
      kernels.add(d, 0, x[0], 0, x[1], 0, N, q);
      kernels.subtract(d, 0, x[0], 0, x[1], 0, N, q);
      kernels.reduce(d, 0, x[0], 0, N, q);
      kernels.addConstant(d, 0, x[0], 0, w, N, q);
      kernels.multiplyConstant(d, 0, x[0], 0, w, N, q);
      kernels.multiplyConstantAdd(d, 0, x[0], 0, w, N, q);
      kernels.subtractMultiply(d, 0, x[0], 0, x[1], 0, w, N, q);
      kernels.subtractMultiplyAdd(d, 0, x[0], 0, x[1], 0, w, x[2], 0, N, q);
    };
  }

  /** Products of residues, and inner products with keys of any number of digits. */
  static Consumer<RingKernels> products() {
    Modulus q = prime(LARGE);
    double[][] x = residues(4, N);
    double[][] keys = residues(2 * MOST_SOURCES, N);
    int[] at = new int[MOST_SOURCES];
    double[] d = new double[N];
    double[] d1 = new double[N];
    double[] d2 = new double[N];
    return kernels -> {
      kernels.multiply(d, 0, x[0], 0, x[1], 0, N, q);
      kernels.multiplyAdd(d, 0, x[0], 0, x[1], 0, N, q);
      kernels.multiplySubtract(d, 0, x[0], 0, x[1], 0, N, q);
      kernels.tensor(d, d1, d2, 0, x[0], x[1], 0, x[2], x[3], 0, N, q);
      kernels.square(d, d1, d2, 0, x[0], x[1], 0, N, q);
      for (int digits = 1; digits <= MOST_SOURCES; digits++) {
        kernels.innerProducts(d, 0, d1, 0, keys, at, keys, 0, digits, N, q);
      }
    };
  }

  /** Conversions from any number of primes. */
  static Consumer<RingKernels> conversions() {
    Modulus q = prime(LARGE);
    Modulus[][] from = new Modulus[MOST_SOURCES + 1][];
    double[][] digits = new double[MOST_SOURCES + 1][];
    double[][] targets = new double[MOST_SOURCES + 1][];
    for (int sources = 1; sources <= MOST_SOURCES; sources++) {
      from[sources] = new Modulus[sources];
      Arrays.fill(from[sources], q);
      digits[sources] = residues(sources);
      targets[sources] = residues(sources + 1);
    }
    double[] x = residues(MOST_SOURCES * N);
    double[] quotients = new double[N];
    double[] d = new double[N];
    return kernels -> {
      for (int sources = 1; sources <= MOST_SOURCES; sources++) {
        kernels.conversionDigits(x, 0, N, quotients, 0, digits[sources], from[sources], N);
        kernels.convert(d, 0, x, 0, N, quotients, 0, targets[sources], sources, N, q);
      }
    };
  }

  /** Weighted sums of residues and of their halves, of more terms than are packed at a time. */
  static Consumer<RingKernels> sums() {
    int some = 12;
    int terms = WeightedSums.BLOCK + some;
    int[][] indices = new int[WeightStrip.LOW + WeightStrip.HIGH][2 * some];
    int[][] weights = new int[indices.length][2 * some];
    for (int m = 0; m < indices.length; m++) {
      for (int k = 0; k < some; k++) {
        indices[m][k] = k;
        indices[m][some + k] = WeightedSums.BLOCK + k;
        weights[m][k] = 400 + m + k;
        weights[m][some + k] = -400 - m - k;
      }
    }
    WeightedSums layer = WeightedSums.sparse(terms, indices, weights);
    WeightedSums.Workspace space = new WeightedSums.Workspace();
    int columns = WeightedSums.COLUMNS;
    double[][] x = residues(terms, columns);
    double[][] d = new double[weights.length][columns];
    int[] at = new int[terms];
    Modulus whole = prime(SMALL);
    Modulus halved = prime(LARGE + 2);
    return kernels -> {
      kernels.weightedSums(d, at, x, at, layer, space, columns, whole);
      kernels.weightedSums(d, at, x, at, layer, space, columns, halved);
    };
  }
}

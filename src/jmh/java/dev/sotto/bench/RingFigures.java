package dev.sotto.bench;

import dev.sotto.bench.SlotsReport.Entry;
import dev.sotto.slots.ring.Modulus;
import dev.sotto.slots.ring.NttPrimes;
import dev.sotto.slots.ring.NttTable;
import dev.sotto.slots.ring.RingKernels;
import dev.sotto.slots.ring.RingType;
import dev.sotto.slots.ring.WeightedSums;
import java.util.Random;
import java.util.Set;

/** Transforms and weighted sums of one limb, with this JVM's kernels. */
final class RingFigures implements SlotsBenchmark.Figures {
  private static final int LAYER_LOG_N = 14;
  private static final int LAYER_INPUTS = 784;
  private static final int[] LAYER_OUTPUTS = {92, 16};
  private static final int LARGEST_WEIGHT = 127;

  private final RingKernels kernels = RingKernels.best();

  @Override
  public void measure(SlotsReport report, MedianClock clock) {
    for (int logN = 12; logN <= 15; logN++) {
      ntt(report, clock, logN);
    }
    for (int outputs : LAYER_OUTPUTS) {
      weightedSums(report, clock, outputs);
    }
  }

  private static Modulus prime(int logN) {
    long step = RingType.STANDARD.rootOrder(logN);
    return Modulus.of(NttPrimes.below(Modulus.MAXIMUM_BITS, step, 1, Set.of()).get(0));
  }

  private static double[] uniform(Random random, int n, Modulus q) {
    double[] residues = new double[n];
    for (int i = 0; i < n; i++) {
      residues[i] = q.centre(random.nextLong());
    }
    return residues;
  }

  private void ntt(SlotsReport report, MedianClock clock, int logN) {
    NttTable table = NttTable.create(prime(logN), RingType.STANDARD, logN);
    int n = table.n();
    double[] residues = uniform(new Random(1), n, table.modulus());
    double[] before = residues.clone();
    kernels.forward(table, residues, 0);
    kernels.inverse(table, residues, 0);
    for (int i = 0; i < n; i++) {
      require(
          table.modulus().canonical(residues[i]) == table.modulus().canonical(before[i]), "NTT");
    }
    double forward = clock.seconds(() -> kernels.forward(table, residues, 0));
    double inverse = clock.seconds(() -> kernels.inverse(table, residues, 0));
    report.add("ntt_us", new Entry(n, 1, "forward", "", 1e6 * forward));
    report.add("ntt_us", new Entry(n, 1, "inverse", "", 1e6 * inverse));
  }

  private void weightedSums(SlotsReport report, MedianClock clock, int outputs) {
    Modulus q = prime(LAYER_LOG_N);
    int n = 1 << LAYER_LOG_N;
    Random random = new Random(2);
    double[][] x = new double[LAYER_INPUTS][];
    for (int i = 0; i < LAYER_INPUTS; i++) {
      x[i] = uniform(random, n, q);
    }
    double[][] sums = new double[outputs][n];
    int[][] weights = new int[outputs][LAYER_INPUTS];
    for (int[] row : weights) {
      fill(random, row);
    }
    WeightedSums layer = WeightedSums.of(weights);
    int[] xAt = new int[LAYER_INPUTS];
    int[] sumsAt = new int[outputs];
    WeightedSums.Workspace space = new WeightedSums.Workspace();
    Runnable run = () -> kernels.weightedSums(sums, sumsAt, x, xAt, layer, space, n, q);

    run.run();
    for (int place = 0; place < n; place += 97) {
      long expected = 0;
      int output = place % outputs;
      for (int i = 0; i < LAYER_INPUTS; i++) {
        expected += weights[output][i] * (long) x[i][place] % q.value();
      }
      require(
          q.canonical(sums[output][place]) == Math.floorMod(expected, q.value()), "weighted sums");
    }
    double products = (double) n * LAYER_INPUTS * outputs;
    report.add(
        "weighted_sum_gmacs",
        new Entry(n, 1, LAYER_INPUTS + " x " + outputs, "", products / clock.seconds(run) / 1e9));
  }

  private static void fill(Random random, int[] row) {
    for (int i = 0; i < row.length; i++) {
      row[i] = random.nextInt(2 * LARGEST_WEIGHT + 1) - LARGEST_WEIGHT;
    }
  }

  private static void require(boolean right, String what) {
    if (!right) {
      throw new IllegalStateException(what + ": a wrong result, not timed");
    }
  }
}

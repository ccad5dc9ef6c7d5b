package dev.sotto.bench;

import dev.sotto.slots.ring.Modulus;
import dev.sotto.slots.ring.NttPrimes;
import dev.sotto.slots.ring.RingKernels;
import dev.sotto.slots.ring.WeightedSums;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Kernels of the slots engine, one limb of 16,384 residues; the layer is 784 terms by 92 sums.
 *
 * <p>{@code -Dsotto.kernels=scalar} measures the scalar twin.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 9, time = 1)
@Fork(value = 2, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class RingKernelsBenchmark {
  private static final int N = 16_384;
  private static final int TERMS = 784;
  private static final int SUMS = 92;
  private static final int DIGITS = 6;

  /** Bits of the prime: 50 takes halves of residues, 42 residues undivided. */
  @Param({"42", "50"})
  public int bits;

  private final RingKernels kernels = RingKernels.best();
  private final WeightedSums.Workspace space = new WeightedSums.Workspace();
  private final double[][] x = new double[TERMS][N];
  private final double[][] sums = new double[SUMS][N];
  private final int[] at = new int[TERMS];
  private Modulus q = Modulus.of(65537);
  private WeightedSums layer = WeightedSums.of(new int[][] {{1}});

  /** Uniform residues and weights of eight bits. */
  @Setup
  public void fill() {
    Random random = new Random(1);
    q = Modulus.of(NttPrimes.below(bits, 2 * N, 1, Set.of()).get(0));
    for (double[] term : x) {
      for (int i = 0; i < N; i++) {
        term[i] = q.centre(random.nextLong());
      }
    }
    int[][] weights = new int[SUMS][TERMS];
    for (int[] row : weights) {
      for (int k = 0; k < TERMS; k++) {
        row[k] = random.nextInt(255) - 127;
      }
    }
    layer = WeightedSums.of(weights);
  }

  /** The layer. */
  @Benchmark
  public double[][] weightedSums() {
    kernels.weightedSums(sums, at, x, at, layer, space, N, q);
    return sums;
  }

  /** A product of two limbs. */
  @Benchmark
  public double[] multiply() {
    kernels.multiply(sums[0], 0, x[0], 0, x[1], 0, N, q);
    return sums[0];
  }

  /** A product of two ciphertexts. */
  @Benchmark
  public double[] tensor() {
    kernels.tensor(sums[0], sums[1], sums[2], 0, x[0], x[1], 0, x[2], x[3], 0, N, q);
    return sums[0];
  }

  /** The inner products of key switching over six digits. */
  @Benchmark
  public double[] innerProducts() {
    kernels.innerProducts(sums[0], 0, sums[1], 0, x, at, x, 0, DIGITS, N, q);
    return sums[0];
  }
}

package dev.sotto.slots.ring;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Once compiled, no kernel allocates: vectors stay in registers. */
final class KernelAllocationTest {
  private static final int N = 2048;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Longest wait for the compiler, which is shared with other tests. */
  private static final long PATIENCE_NANOS = 60_000_000_000L;

  static List<Arguments> kernels() {
    List<Arguments> cases = new ArrayList<>();
    for (RingKernels twin : RingKernelsTest.TWINS) {
      calls(twin)
          .forEach((name, call) -> cases.add(Arguments.of(twin.name(), Named.of(name, call))));
    }
    return cases;
  }

  private static Map<String, Runnable> calls(RingKernels k) {
    Random random = new Random(1);
    Modulus q = RingKernelsTest.prime(50);
    Modulus small = RingKernelsTest.prime(42);
    double[][] a = new double[12][];
    for (int i = 0; i < a.length; i++) {
      a[i] = RingKernelsTest.residues(q, N, random);
    }
    double[] d = new double[N];
    double[] d1 = new double[N];
    double[] d2 = new double[N];
    double w = q.centre(random.nextLong());
    Map<String, Runnable> calls = new LinkedHashMap<>();
    calls.put("add", () -> k.add(d, 0, a[0], 0, a[1], 0, N, q));
    calls.put("subtract", () -> k.subtract(d, 0, a[0], 0, a[1], 0, N, q));
    calls.put("reduce", () -> k.reduce(d, 0, a[0], 0, N, q));
    calls.put("multiply", () -> k.multiply(d, 0, a[0], 0, a[1], 0, N, q));
    calls.put("multiplyAdd", () -> k.multiplyAdd(d, 0, a[0], 0, a[1], 0, N, q));
    calls.put("multiplyConstant", () -> k.multiplyConstant(d, 0, a[0], 0, w, N, q));
    calls.put("multiplyConstantAdd", () -> k.multiplyConstantAdd(d, 0, a[0], 0, w, N, q));
    calls.put("subtractMultiply", () -> k.subtractMultiply(d, 0, a[0], 0, a[1], 0, w, N, q));
    calls.put(
        "subtractMultiplyAdd",
        () -> k.subtractMultiplyAdd(d, 0, a[0], 0, a[1], 0, w, a[2], 0, N, q));
    calls.put("tensor", () -> k.tensor(d, d1, d2, 0, a[0], a[1], 0, a[2], a[3], 0, N, q));
    calls.put("square", () -> k.square(d, d1, d2, 0, a[0], a[1], 0, N, q));
    for (int digits : new int[] {1, 2, 3, 6}) {
      int[] at = new int[digits];
      calls.put(
          "innerProducts of " + digits,
          () -> k.innerProducts(d, 0, d1, 0, a, at, a, 0, digits, N, q));
    }
    for (int sources = 1; sources <= 6; sources++) {
      int count = sources;
      Modulus[] from = new Modulus[count];
      Arrays.fill(from, q);
      double[] constants = new double[count];
      Arrays.fill(constants, w);
      double[] more = Arrays.copyOf(constants, count + 1);
      double[] x = RingKernelsTest.residues(q, N * count, random);
      calls.put(
          "conversionDigits of " + count,
          () -> k.conversionDigits(x, 0, N, d1, 0, constants, from, N));
      calls.put("convert of " + count, () -> k.convert(d, 0, x, 0, N, d1, 0, more, count, N, q));
    }
    int[][] weights = new int[6][12];
    for (int[] row : weights) {
      Arrays.setAll(row, i -> random.nextInt(4095) - 2047);
    }
    WeightedSums layer = WeightedSums.of(weights);
    WeightedSums.Workspace space = new WeightedSums.Workspace();
    double[][] sums = new double[6][N];
    int[] at = new int[12];
    for (Modulus prime : new Modulus[] {q, small}) {
      calls.put(
          "weightedSums modulo " + prime.bits() + " bits",
          () -> k.weightedSums(sums, at, a, at, layer, space, N, prime));
    }
    return calls;
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void compiled_kernel_allocates_nothing(String twin, Runnable call) {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    long allocated;
    do {
      for (int i = 0; i < 100; i++) {
        call.run();
      }
      long before = THREADS.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 20; i++) {
        call.run();
      }
      allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
    } while (allocated > 0 && System.nanoTime() < deadline);
    assertTrue(allocated == 0, allocated + " bytes in 20 calls of the " + twin + " kernel");
  }
}

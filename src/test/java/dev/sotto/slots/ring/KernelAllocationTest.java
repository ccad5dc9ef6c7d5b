package dev.sotto.slots.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Once compiled, no kernel allocates: vectors stay in registers. Measured in JVMs of their own, one
 * for each length of vectors: what a JVM inlines depends on all that it ran before.
 */
final class KernelAllocationTest {
  private static final int N = 2048;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Longest wait for the compiler. */
  private static final long PATIENCE_NANOS = 60_000_000_000L;

  /** Runs in the other JVM: one line for each kernel, with the bytes that it still allocates. */
  static final class Probe {
    private Probe() {}

    public static void main(String[] args) {
      RingKernels kernels = RingKernels.best();
      System.out.println("kernels " + kernels.name());
      calls(kernels)
          .forEach((name, call) -> System.out.println("kernel " + allocated(call) + " " + name));
    }
  }

  /** Scalar, and the lengths that machines like this one prefer. */
  static IntStream lengths() {
    int preferred = VectorLength.DOUBLES.vectorBitSize();
    return IntStream.of(0, Math.min(256, preferred), preferred).distinct();
  }

  @ParameterizedTest(name = "{0} bits")
  @MethodSource("lengths")
  void compiled_kernel_allocates_nothing(int bits) throws Exception {
    List<String> options =
        bits == 0
            ? List.of("-D" + KernelChoice.PROPERTY + "=scalar")
            : List.of(
                OtherJvm.VECTORS,
                "-D" + KernelChoice.PROPERTY + "=vector",
                "-D" + VectorLength.BITS + "=" + bits);
    List<String> lines = OtherJvm.output(0, options, Probe.class).lines().toList();
    String expected = bits == 0 ? "scalar" : "vector-" + bits;
    assertTrue(lines.contains("kernels " + expected), () -> "" + lines);
    List<String> kernels = lines.stream().filter(line -> line.startsWith("kernel ")).toList();
    assertTrue(kernels.size() > 30, () -> "" + lines);
    assertEquals(
        List.of(), kernels.stream().filter(line -> !line.startsWith("kernel 0 ")).toList());
  }

  /** Bytes of 20 calls, once the compiler has caught up. */
  private static long allocated(Runnable call) {
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
    return allocated;
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
    for (RingType type : RingType.values()) {
      NttTable table =
          NttTable.create(
              Modulus.of(NttPrimes.below(50, type.rootOrder(11), 1, Set.of()).get(0)), type, 11);
      calls.put("forward, " + type, () -> k.forward(table, d, 0));
      calls.put("inverse, " + type, () -> k.inverse(table, d, 0));
    }
    return calls;
  }
}

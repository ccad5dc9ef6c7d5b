package dev.sotto.slots.ring;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Transforms allocate nothing once they are compiled; vectors that become objects would show. */
final class NttAllocationTest {
  private static final int CALLS = 1000;
  private static final long BYTES = 512;
  private static final long PATIENCE_NANOS = 120_000_000_000L;

  @ParameterizedTest
  @CsvSource({
    "scalar, STANDARD", "scalar, CONJUGATE_INVARIANT",
    "vector, STANDARD", "vector, CONJUGATE_INVARIANT"
  })
  void transforms_compiled_allocateNothing(String twin, RingType type) {
    RingKernels kernels =
        twin.equals("vector") ? KernelChoice.vector().orElseThrow() : new ScalarRingKernels();
    NttTable table =
        NttTable.create(
            Modulus.of(NttPrimes.below(50, type.rootOrder(11), 1, Set.of()).get(0)), type, 11);
    double[] a = new double[table.n()];
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long self = Thread.currentThread().getId();
    long start = System.nanoTime();
    long allocated;
    do { // until the compiler has caught up
      long before = threads.getThreadAllocatedBytes(self);
      for (int i = 0; i < CALLS; i++) {
        kernels.forward(table, a, 0);
        kernels.inverse(table, a, 0);
      }
      allocated = threads.getThreadAllocatedBytes(self) - before;
    } while (allocated > BYTES && System.nanoTime() - start < PATIENCE_NANOS);
    assertTrue(allocated <= BYTES, allocated + " bytes in " + CALLS + " pairs of transforms");
  }
}

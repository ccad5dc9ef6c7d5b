package dev.sotto.slots;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.sotto.slots.ring.RingType;
import dev.sotto.slots.ring.WeightedSums;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Block after block, memory stays as it is. */
final class BgvMemoryTest {
  private static final int BLOCKS = 12;

  @Test
  void blocks_allocate_alike_and_leave_nothing_behind() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    BgvParameters parameters =
        new BgvParameters(
            RingParameters.generate(RingType.STANDARD, 13, new int[] {45, 45, 45}, new int[] {45}),
            65537);
    BgvScheme scheme = BgvScheme.of(parameters);
    try (SecretKey key = SecretKey.of(parameters.ring(), SlotsSeeds.seed(1));
        BgvEncryptor encryptor = scheme.encryptor(key, SlotsSeeds.seed(2))) {
      BgvEvaluator evaluator = scheme.evaluator(scheme.evaluationKeys(key, 3, SlotsSeeds.seed(3)));
      BgvDecryptor decryptor = scheme.decryptor(key);
      long[] allocated = new long[BLOCKS];
      long early = 0;
      for (int block = 0; block < BLOCKS; block++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        block(encryptor, evaluator, decryptor);
        allocated[block] = threads.getCurrentThreadAllocatedBytes() - before;
        if (block == 2) {
          early = used();
        }
      }
      long late = used();
      long ciphertexts = 30 * 3 * 2 * 8L * parameters.slots();
      String all = Arrays.toString(allocated);
      assertTrue(allocated[0] > ciphertexts / 2, "a block allocates its results: " + all);
      for (int block = 2; block < BLOCKS; block++) {
        assertTrue(allocated[block] <= allocated[1] * 1.02, all);
      }
      assertTrue(
          late - early < allocated[1] / 2,
          "from " + early + " to " + late + " bytes over blocks of " + allocated[1]);
    }
  }

  /** Bytes in use once garbage is gone. */
  private static long used() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      System.gc();
      least = Math.min(least, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
    return least;
  }

  private static void block(
      BgvEncryptor encryptor, BgvEvaluator evaluator, BgvDecryptor decryptor) {
    BgvCiphertext x = encryptor.encrypt(1, -2, 3);
    BgvCiphertext y = encryptor.encrypt(new long[] {4, 5, -6}, 2, 0);
    BgvCiphertext sum =
        evaluator
            .weightedSums(List.of(x, y), WeightedSums.of(new int[][] {{3, -5}, {1, 1}}))
            .get(0);
    BgvCiphertext square = evaluator.multiply(sum, sum);
    BgvCiphertext cube = evaluator.multiply(square, y);
    List<BgvCiphertext> results =
        List.of(
            evaluator.relineariseAndSwitch(square),
            evaluator.relinearise(cube),
            evaluator.switchModulus(cube),
            evaluator.smallest(evaluator.multiply(x, new long[] {1, 2, 3})),
            evaluator.evaluate(
                BgvExpression.select(
                    BgvExpression.of(x), BgvExpression.of(y), BgvExpression.of(x))));
    for (BgvCiphertext result : results) {
      assertTrue(decryptor.decrypt(result)[3] == 0);
    }
  }
}

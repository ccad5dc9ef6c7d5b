package dev.sotto.spark.encrypted;

import static org.apache.spark.sql.functions.expr;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.compiler.CompileReport;
import dev.sotto.compiler.slots.KernelCosts;
import dev.sotto.problem.SottoException;
import dev.sotto.runtime.BenchmarkModel;
import dev.sotto.runtime.Faults;
import dev.sotto.runtime.ServerPackage;
import dev.sotto.runtime.TinyCircuits;
import dev.sotto.testing.SparkTestSession;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Iterator;
import org.apache.spark.api.java.function.ForeachPartitionFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an executor needs is known before a job, and does not grow with its blocks. */
final class ExecutorMemoryTest {
  private static final int EARLY = 10;
  private static final int LATE = 30;
  private static final long[] LIVING = new long[LATE + 1];

  @TempDir Path folder;

  private static ExecutorMemory predicted(int cores, long blocks, int owners, long heap) {
    return ExecutorMemory.predict(
        CompileReport.of(
            ServerPackage.of(TinyCircuits.relinearised()).part(), KernelCosts.REFERENCE),
        new ClusterShape(false, 2 * cores, cores, 1, heap),
        blocks,
        owners);
  }

  @Test
  void heap_that_is_too_small_by_a_byte_is_refused() {
    long needed = predicted(4, 100, 2, 0).total();
    predicted(4, 100, 2, needed).require();
    SottoException refusal = Faults.of(() -> predicted(4, 100, 2, needed - 1).require());
    assertEquals("SOTTO-SPARK-020", refusal.problems().get(0).code().code());
    assertTrue(refusal.getMessage().contains("4 blocks at once"), refusal.getMessage());
  }

  @Test
  void tasks_and_owners_add_what_they_hold() {
    ExecutorMemory one = predicted(1, 100, 1, 0);
    assertEquals(one.total() + 3 * one.perTask(), predicted(4, 100, 1, 0).total());
    assertEquals(one.total() + one.perTask(), predicted(4, 2, 1, 0).total());
    assertTrue(one.keys() > 0);
    assertEquals(one.total() + 2 * one.keys(), predicted(1, 100, 3, 0).total());
  }

  @Test
  void living_heap_is_flat_over_many_blocks() {
    SparkSession spark = SparkTestSession.get();
    BenchmarkModel model = BenchmarkModel.compile("logistic-cancer", 6);
    EncryptedParty party = EncryptedParty.of(model.compiled(), folder.resolve("keys"));
    Dataset<Row> block =
        party.encrypted(spark, model.rows(), 1000, folder.resolve("block").toString());
    Dataset<Row> many =
        block
            .withColumn("copy", expr("explode(sequence(1, " + LATE + "))"))
            .drop("copy")
            .coalesce(1);
    TableScorer.ScoredBlocks scored =
        party.scorer(BlockScoringOptions.standard().withBlocksPerTask(LATE)).score(many);
    scored.blocks().foreachPartition(new LivingHeap());
    assertEquals(LATE, scored.counters().blocks().value());
    long grown = LIVING[LATE] - LIVING[EARLY];
    long payload = scored.plan().memory().payload();
    assertTrue(
        grown < (LATE - EARLY) * payload / 2,
        grown + " bytes more after " + LATE + " blocks, with payloads of " + payload);
  }

  /** What lives in this JVM after some of a partition's blocks. */
  private static final class LivingHeap implements ForeachPartitionFunction<Row> {
    private static final long serialVersionUID = 1L;

    @Override
    public void call(Iterator<Row> blocks) {
      for (int done = 1; blocks.hasNext(); done++) {
        blocks.next();
        if (done == EARLY || done == LATE) {
          System.gc();
          LIVING[done] = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        }
      }
    }
  }
}

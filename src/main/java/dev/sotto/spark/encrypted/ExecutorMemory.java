package dev.sotto.spark.encrypted;

import dev.sotto.compiler.CompileReport;
import dev.sotto.problem.SottoException;
import dev.sotto.spark.SparkError;
import java.util.Locale;

/**
 * What one executor needs while it scores blocks, predicted from the plan before the job starts.
 *
 * @param tasks at once
 * @param payload bytes of one block of encrypted rows
 * @param working bytes of the ciphertexts of one block in memory when there are most of them
 * @param keys bytes of the evaluation keys, expanded, that are kept
 * @param heap bytes of the executor's heap
 */
public record ExecutorMemory(int tasks, long payload, long working, long keys, long heap) {
  /** What Spark itself needs of an executor's heap. */
  private static final long SPARK = 150L << 20;

  /**
   * Copies of a payload while Spark reads it: the file's bytes, each binary, and the row that they
   * are put into, which doubles its room as it grows.
   */
  private static final int WHILE_READ = 4;

  /** Copies of it while it is scored: the row, with its room. */
  private static final int WHILE_SCORED = 2;

  static ExecutorMemory predict(
      CompileReport report, ClusterShape cluster, long blocks, int keyOwners) {
    long fullTasks = Math.min(Math.max(1, blocks), cluster.tasksPerExecutor());
    return new ExecutorMemory(
        (int) fullTasks,
        (long) (report.sizes().inputPerRow() * report.parameters().rowsPerBlock()),
        report.sizes().blockMemory(),
        report.sizes().expandedKeyBytes() * keyOwners,
        cluster.heap());
  }

  /** Bytes of one task. */
  public long perTask() {
    return Math.max(WHILE_READ * payload, WHILE_SCORED * payload + working);
  }

  /** Bytes of the executor. */
  public long total() {
    return SPARK + keys + tasks * perTask();
  }

  /**
   * Refuses a job that would run out of memory.
   *
   * @throws SottoException where the heap is smaller than what is needed
   */
  void require() {
    if (total() > heap) {
      throw SottoException.of(
          SparkError.MEMORY,
          "executor",
          "a heap of at least "
              + megabytes(total())
              + " expected, got "
              + megabytes(heap)
              + ": "
              + this
              + ".");
    }
  }

  private static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%,d MB", (bytes + (1 << 20) - 1) >> 20);
  }

  /** One line for people. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s of %s for an executor: %d block%s at once, each with a payload of %s and ciphertexts of"
            + " %s; keys %s",
        megabytes(total()),
        megabytes(heap),
        tasks,
        tasks == 1 ? "" : "s",
        megabytes(payload),
        megabytes(working),
        megabytes(keys));
  }
}

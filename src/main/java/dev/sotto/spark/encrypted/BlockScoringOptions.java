package dev.sotto.spark.encrypted;

import dev.sotto.spark.RowMode;

/**
 * How encrypted tables are scored.
 *
 * @param mode what happens to blocks that cannot be scored: FAILFAST fails the job, PERMISSIVE
 *     gives a column {@code error} and a payload of null, DROPMALFORMED leaves the block out
 * @param blocksPerTask blocks of a task; 0 for one, or as many as keep a task busy for a second
 * @param threadsPerBlock threads that share the work on one block; 0 for one, or as many as there
 *     are cores for every block
 */
public record BlockScoringOptions(RowMode mode, int blocksPerTask, int threadsPerBlock) {
  /** Checks the numbers. */
  public BlockScoringOptions {
    if (blocksPerTask < 0 || threadsPerBlock < 0) {
      throw new IllegalArgumentException(
          "expected 0 or more, got " + blocksPerTask + " blocks, " + threadsPerBlock + " threads");
    }
  }

  /** The first block that cannot be scored fails the job; work is divided by predicted cost. */
  public static BlockScoringOptions standard() {
    return new BlockScoringOptions(RowMode.FAILFAST, 0, 0);
  }

  /** The same options with another way with bad blocks. */
  public BlockScoringOptions withMode(RowMode newMode) {
    return new BlockScoringOptions(newMode, blocksPerTask, threadsPerBlock);
  }

  /** The same options with so many blocks of a task; 0 to choose. */
  public BlockScoringOptions withBlocksPerTask(int blocks) {
    return new BlockScoringOptions(mode, blocks, threadsPerBlock);
  }

  /** The same options with so many threads for a block; 0 to choose. */
  public BlockScoringOptions withThreadsPerBlock(int threads) {
    return new BlockScoringOptions(mode, blocksPerTask, threads);
  }
}

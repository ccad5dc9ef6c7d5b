package dev.sotto.spark.encrypted;

import dev.sotto.compiler.CompileReport;
import dev.sotto.compiler.slots.KernelCosts;
import dev.sotto.problem.SottoException;
import dev.sotto.runtime.ServerPackage;
import dev.sotto.spark.ClassicRows;
import dev.sotto.spark.PackageBytes;
import dev.sotto.spark.RowMode;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Scores encrypted tables over the partitions of a Spark job, on the compute provider's cluster,
 * which never holds a secret key.
 *
 * <pre>
 *   {@link EncryptedTable} ─► FheServer, one per executor JVM and key owner ─► EncryptedTable
 * </pre>
 *
 * <p>The package is broadcast; evaluation keys travel seeded and are expanded once per executor
 * JVM, by key id, a few owners' at a time. A block's result depends on nothing but the block, the
 * package and the keys, down to the byte, wherever and how often it is computed.
 */
public final class TableScorer {
  /** Shorter tasks are not worth their start. */
  private static final double TASK_SECONDS = 1;

  private final ServerPackage server;
  private final List<String> keyFiles;
  private final BlockScoringOptions options;
  private final CompileReport report;

  private TableScorer(ServerPackage server, List<String> keyFiles, BlockScoringOptions options) {
    this.server = server;
    this.keyFiles = keyFiles;
    this.options = options;
    this.report = CompileReport.of(server.part(), KernelCosts.REFERENCE);
  }

  /**
   * A scorer.
   *
   * @param evaluationKeys the files of the data owners, on any file system that Hadoop knows; none
   *     where the model needs none
   */
  public static TableScorer of(
      ServerPackage server, List<String> evaluationKeys, BlockScoringOptions options) {
    return new TableScorer(server, List.copyOf(evaluationKeys), options);
  }

  /**
   * The schema that scoring gives.
   *
   * @throws SottoException where the table is none of encrypted blocks
   */
  public StructType schema(StructType table) {
    StructType schema = EncryptedTable.schema(List.of(EncryptedTable.keys(table).fields()));
    return options.mode() == RowMode.PERMISSIVE
        ? schema.add(EncryptedTable.ERROR, DataTypes.StringType, true)
        : schema;
  }

  /**
   * Scores a table; nothing is computed before an action.
   *
   * @throws SottoException before any job: where the table is none of encrypted blocks, where
   *     evaluation keys are missing, damaged or another circuit's, and where executors do not have
   *     the memory
   */
  public ScoredBlocks score(Dataset<Row> table) {
    StructType schema = schema(table.schema());
    ClassicRows classic = ClassicRows.of(table);
    EvaluationKeyFiles keys = EvaluationKeyFiles.of(classic.session(), server, keyFiles);
    ClusterShape cluster = ClusterShape.of(classic.session().sparkContext());
    JavaRDD<InternalRow> partitions = classic.partitions();
    int blocks = partitions.getNumPartitions();
    ExecutorMemory memory =
        ExecutorMemory.predict(report, cluster, blocks, BlockServers.kept(keys));
    memory.require();
    int perTask = blocksPerTask(blocks, cluster);
    JavaRDD<InternalRow> tasks =
        perTask == 1 ? partitions : partitions.coalesce((blocks + perTask - 1) / perTask);
    BlockCounters counters = BlockCounters.register(classic.session().sparkContext(), "scored");
    ScorePartition score =
        new ScorePartition(
            new BlockServers(
                PackageBytes.of(classic.session(), server),
                keys,
                threadsPerBlock(blocks, cluster),
                cluster.tasksPerExecutor()),
            BlockColumns.of(table.schema()),
            options.mode(),
            report.layers().stream().mapToLong(CompileReport.Layer::products).sum(),
            counters);
    Plan plan =
        new Plan(
            blocks,
            tasks.getNumPartitions(),
            score.servers.threads(),
            cluster.cores(),
            report.cost().coreSecondsPerBlock(),
            memory);
    return new ScoredBlocks(classic.of(tasks, score, schema), counters, plan);
  }

  /** As many as keep a task busy, but never so many that a core has no task. */
  private int blocksPerTask(int blocks, ClusterShape cluster) {
    if (options.blocksPerTask() > 0) {
      return options.blocksPerTask();
    }
    double busy = Math.ceil(TASK_SECONDS / report.cost().coreSecondsPerBlock());
    return (int) Math.max(1, Math.min(busy, blocks / cluster.cores()));
  }

  private int threadsPerBlock(int blocks, ClusterShape cluster) {
    return options.threadsPerBlock() > 0
        ? options.threadsPerBlock()
        : cluster.threadsPerBlock(blocks);
  }

  /**
   * A scored table.
   *
   * @param blocks an {@link EncryptedTable} of results
   * @param counters filled while actions on {@code blocks} run
   */
  public record ScoredBlocks(Dataset<Row> blocks, BlockCounters counters, Plan plan) {}

  /**
   * How the work is divided, and what it is predicted to take.
   *
   * @param blocks partitions of the table, which are its blocks where it was read by {@link
   *     EncryptedTable#read}
   * @param tasks of the job
   * @param threadsPerBlock threads that share the work on one block
   * @param cores of the cluster
   * @param coreSecondsPerBlock predicted, on the reference machine
   * @param memory of an executor
   */
  public record Plan(
      int blocks,
      int tasks,
      int threadsPerBlock,
      int cores,
      double coreSecondsPerBlock,
      ExecutorMemory memory) {
    /** Two lines for people. */
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%,d block%s in %,d task%s on %d cores, %d thread%s per block, about %.3g core-seconds"
              + " each%nmemory: %s",
          blocks,
          blocks == 1 ? "" : "s",
          tasks,
          tasks == 1 ? "" : "s",
          cores,
          threadsPerBlock,
          threadsPerBlock == 1 ? "" : "s",
          coreSecondsPerBlock,
          memory);
    }
  }

  /** What is sent to every task. */
  private record ScorePartition(
      BlockServers servers,
      BlockColumns columns,
      RowMode mode,
      long products,
      BlockCounters counters)
      implements FlatMapFunction<Iterator<InternalRow>, InternalRow> {
    private static final long serialVersionUID = 1L;

    @Override
    public Iterator<InternalRow> call(Iterator<InternalRow> rows) {
      return new BlockResults(rows, servers::of, columns, mode, products, counters);
    }
  }
}

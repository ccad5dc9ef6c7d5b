package dev.sotto.spark.encrypted;

import dev.sotto.compiler.CompileReport;
import dev.sotto.compiler.slots.KernelCosts;
import dev.sotto.problem.SottoException;
import dev.sotto.runtime.EncryptedBlock;
import dev.sotto.runtime.ServerPackage;
import dev.sotto.spark.PackageBytes;
import java.io.Serializable;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.catalyst.util.GenericArrayData;

/**
 * Scores single payloads of encrypted blocks, as a function in SQL is called; what {@link
 * TableScorer} does to a table. Made on the driver, called by tasks.
 */
public final class PayloadScorer implements Serializable {
  private static final long serialVersionUID = 1L;

  private final BlockServers servers;

  private PayloadScorer(BlockServers servers) {
    this.servers = servers;
  }

  /**
   * A scorer; package and keys are broadcast now, and expanded once per executor JVM.
   *
   * @param evaluationKeys the files of the data owners, on any file system that Hadoop knows; none
   *     where the model needs none
   * @throws SottoException where evaluation keys are missing, damaged or another circuit's, and
   *     where executors do not have the memory
   */
  public static PayloadScorer of(
      SparkSession spark, ServerPackage server, List<String> evaluationKeys) {
    EvaluationKeyFiles keys = EvaluationKeyFiles.of(spark, server, evaluationKeys);
    ClusterShape cluster = ClusterShape.of(spark.sparkContext());
    CompileReport report = CompileReport.of(server.part(), KernelCosts.REFERENCE);
    ExecutorMemory.predict(report, cluster, Long.MAX_VALUE, BlockServers.kept(keys)).require();
    return new PayloadScorer(
        new BlockServers(
            PackageBytes.of(spark, server),
            keys,
            cluster.threadsPerBlock(Long.MAX_VALUE),
            cluster.tasksPerExecutor()));
  }

  /**
   * The payload of a block's results.
   *
   * @param payload header and ciphertexts, {@code array<binary>}
   * @throws SottoException for blocks of another circuit or key, results instead of inputs, altered
   *     bytes
   */
  public ArrayData score(ArrayData payload) {
    EncryptedBlock block = EncryptedBlock.of(BlockColumns.pieces(payload, "payload"));
    return new GenericArrayData(servers.of(block).score(block).payload().toArray());
  }
}

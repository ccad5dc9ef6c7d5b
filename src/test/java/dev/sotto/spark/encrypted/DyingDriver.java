package dev.sotto.spark.encrypted;

import dev.sotto.runtime.ServerPackage;
import dev.sotto.spark.HadoopFiles;
import java.util.List;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** A driver whose JVM ends, without warning, when the first of its tasks has written a block. */
final class DyingDriver {
  private DyingDriver() {}

  /** Arguments: master, table of blocks, where its results go, {@code server.zip}, keys. */
  public static void main(String[] arguments) {
    SparkSession spark =
        SparkSession.builder()
            .appName("sotto-dying-driver")
            .master(arguments[0])
            .config("spark.executor.memory", "900m")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .getOrCreate();
    ServerPackage server =
        ServerPackage.parse(
            HadoopFiles.read(arguments[3], spark.sparkContext().hadoopConfiguration()));
    Dataset<Row> scored =
        TableScorer.of(
                server, List.of(arguments[4]), BlockScoringOptions.standard().withBlocksPerTask(1))
            .score(EncryptedTable.read(spark, arguments[1]))
            .blocks();
    spark.sparkContext().addSparkListener(new EndsWithTask());
    EncryptedTable.write(scored, arguments[2], true);
  }

  private static final class EndsWithTask extends SparkListener {
    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
      Runtime.getRuntime().halt(end.taskInfo().successful() ? 137 : 1);
    }
  }
}

package dev.sotto.cli;

import dev.sotto.spark.HadoopFiles;
import dev.sotto.spark.SottoSession;
import java.util.Locale;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** On which Spark a command works that can do without one. */
final class ClusterArguments {
  @Option(
      names = "--master",
      paramLabel = "M",
      description =
          "The Spark master, unless spark-submit or SOTTO_MASTER says it; with it, and with paths"
              + " that end in .parquet or name a file system (hdfs://...), the work is Spark's.")
  @Nullable String master;

  /** Whether Spark is asked for, by the master or by what a table is called. */
  boolean isWanted(String table) {
    return master != null
        || HadoopFiles.isRemote(table)
        || table.toLowerCase(Locale.ROOT).endsWith(".parquet");
  }

  /** Makes the master known to whoever opens a session. */
  void apply() {
    if (master != null) {
      System.setProperty("spark.master", master);
    }
  }

  /** The session. */
  SparkSession open(String application) {
    apply();
    return SottoSession.open(application);
  }
}

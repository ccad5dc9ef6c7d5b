package dev.sotto.testing;

import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;

/** The one Spark session that all tests of a JVM share: local[2], no page, files under target/. */
public final class SparkTestSession {
  private SparkTestSession() {}

  /** The session; started by the first test that asks. */
  public static SparkSession get() {
    return Holder.SESSION;
  }

  private static final class Holder {
    private static final SparkSession SESSION = start();

    private static SparkSession start() {
      return SparkSession.builder()
          .appName("sotto-tests")
          .master("local[2]")
          .config("spark.ui.enabled", "false")
          .config("spark.ui.showConsoleProgress", "false")
          .config("spark.sql.shuffle.partitions", "2")
          .config("spark.sql.session.timeZone", "UTC")
          .config("spark.driver.host", "127.0.0.1")
          .config("spark.driver.bindAddress", "127.0.0.1")
          .config("spark.local.dir", Path.of("target", "spark-local").toAbsolutePath().toString())
          .config(
              "spark.sql.warehouse.dir",
              Path.of("target", "spark-warehouse").toAbsolutePath().toUri().toString())
          .getOrCreate();
    }
  }
}

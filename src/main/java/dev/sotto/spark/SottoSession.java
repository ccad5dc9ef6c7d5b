package dev.sotto.spark;

import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;

/** The Spark session of a command: the cluster's when there is one, otherwise a quiet local one. */
public final class SottoSession {
  private SottoSession() {}

  /**
   * The session of this JVM; one is started when there is none.
   *
   * <p>A master that is set already, by spark-submit or by a system property, is kept. A local
   * session opens no page, prints no bar, and keeps its files in the folder for temporary files.
   *
   * @param application the name in Spark's pages
   */
  public static SparkSession open(String application) {
    SparkSession.Builder builder = SparkSession.builder().appName(application);
    if (System.getProperty("spark.master") == null) {
      builder.master("local[*]");
    }
    setUnlessGiven(builder, "spark.ui.enabled", "false");
    setUnlessGiven(builder, "spark.ui.showConsoleProgress", "false");
    setUnlessGiven(builder, "spark.sql.session.timeZone", "UTC");
    String temporary = System.getProperty("java.io.tmpdir", "/tmp");
    setUnlessGiven(
        builder,
        "spark.sql.warehouse.dir",
        Path.of(temporary, "sotto-warehouse").toUri().toString());
    return builder.getOrCreate();
  }

  private static void setUnlessGiven(SparkSession.Builder builder, String key, String value) {
    if (System.getProperty(key) == null) {
      builder.config(key, value);
    }
  }
}

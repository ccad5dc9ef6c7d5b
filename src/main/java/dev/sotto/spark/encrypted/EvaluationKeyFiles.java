package dev.sotto.spark.encrypted;

import dev.sotto.problem.SottoException;
import dev.sotto.runtime.RuntimeError;
import dev.sotto.runtime.ServerPackage;
import dev.sotto.spark.HadoopFiles;
import dev.sotto.spark.SparkError;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/**
 * Evaluation keys of several owners as they travel to executors, by key id: seeded, as they lie in
 * their files. Files of the driver's own disk are broadcast; of others, only the names travel.
 */
final class EvaluationKeyFiles implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Map<String, Place> places;
  private final HadoopSettings settings;

  private EvaluationKeyFiles(Map<String, Place> places, HadoopSettings settings) {
    this.places = places;
    this.settings = settings;
  }

  /** Where the bytes of a file are: broadcast, or in the file itself. */
  private record Place(String file, @Nullable Broadcast<byte[]> bytes) implements Serializable {}

  /**
   * Reads and checks all files on the driver; none of them where the model needs no keys.
   *
   * @throws SottoException where there is none but the model needs keys, where one cannot be read,
   *     is damaged or another circuit's, or two are of one owner
   */
  static EvaluationKeyFiles of(SparkSession spark, ServerPackage server, List<String> files) {
    boolean needed = server.part().plan().needsKeys();
    if (needed && files.isEmpty()) {
      throw RuntimeError.refused(
          RuntimeError.MISSING_KEYS, "", "a file of evaluation keys expected, got none.");
    }
    Map<String, Place> places = new LinkedHashMap<>();
    Configuration configuration = spark.sessionState().newHadoopConf();
    for (String file : needed ? files : List.<String>of()) {
      byte[] bytes = HadoopFiles.read(file, configuration);
      String key = checked(server, bytes, file);
      Place place = new Place(file, isLocal(file, configuration) ? shared(spark, bytes) : null);
      Place other = places.putIfAbsent(key, place);
      if (other != null) {
        throw SottoException.of(
            SparkError.KEY_TWICE, file, "another owner's expected than in " + other.file + ".");
      }
    }
    return new EvaluationKeyFiles(places, HadoopSettings.of(spark));
  }

  private static String checked(ServerPackage server, byte[] bytes, String file) {
    try {
      return server.keyName(bytes);
    } catch (SottoException e) {
      throw SottoException.of(e.problems().get(0).code(), file, e.problems().get(0).detail(), e);
    }
  }

  private static boolean isLocal(String file, Configuration configuration) {
    try {
      return new Path(file).getFileSystem(configuration) instanceof LocalFileSystem;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Broadcast<byte[]> shared(SparkSession spark, byte[] bytes) {
    return JavaSparkContext.fromSparkContext(spark.sparkContext()).broadcast(bytes);
  }

  /** How many owners there are keys of. */
  int owners() {
    return places.size();
  }

  /**
   * Refuses an owner whose keys this job was not given, whatever an executor has seen before.
   *
   * @throws SottoException where there are none
   */
  void require(String key) {
    if (!places.containsKey(key)) {
      throw RuntimeError.refused(
          RuntimeError.MISSING_KEYS,
          "key " + key,
          "evaluation keys of this key expected, got those of " + places.keySet() + ".");
    }
  }

  /** The bytes of an owner's file, of one that {@link #require} lets pass. */
  byte[] of(String key) {
    Place place = Objects.requireNonNull(places.get(key));
    return place.bytes == null
        ? HadoopFiles.read(place.file, settings.value())
        : place.bytes.value();
  }
}

package dev.sotto.spark.encrypted;

import dev.sotto.runtime.BenchmarkModel;
import dev.sotto.tensor.Tensor;
import dev.sotto.testing.SparkTestSession;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Holds {@link ExecutorMemory} against the heap that lives while blocks are scored, after garbage
 * collections that follow each other closely: {@code ExecutorMemoryProbe MODEL ROWS ...}, models of
 * the shared material and rows of a table.
 *
 * <p>Prints megabytes: predicted for an executor of one task, and what lived at most, of which some
 * lived before the job (Spark, the driver, which is the same JVM here, and the compiled model).
 */
final class ExecutorMemoryProbe {
  private ExecutorMemoryProbe() {}

  public static void main(String[] arguments) throws IOException {
    SparkSession spark = SparkTestSession.get();
    System.out.println(
        "model, payload, ciphertexts, keys, predicted in all, measured in all, before");
    for (int i = 0; i < arguments.length; i += 2) {
      measure(spark, arguments[i], Integer.parseInt(arguments[i + 1]));
    }
  }

  private static void measure(SparkSession spark, String name, int rows) throws IOException {
    Path folder = Files.createTempDirectory("sotto-memory");
    BenchmarkModel model = BenchmarkModel.compile(name, 6);
    EncryptedParty party = EncryptedParty.of(model.compiled(), folder.resolve("keys"));
    Tensor some = model.rows().rows(0, Math.min(rows, model.rows().shape().dim(0)));
    Dataset<Row> table =
        party
            .encryptor(EncryptedParty.options())
            .encrypt(EncryptedParty.table(spark, some).coalesce(1))
            .blocks();
    EncryptedTable.write(table, folder.resolve("rows").toString(), false);
    Dataset<Row> blocks = EncryptedTable.read(spark, folder.resolve("rows").toString());
    boolean keys = Files.exists(Path.of(party.evaluationKeys()));
    TableScorer.ScoredBlocks scored =
        TableScorer.of(
                party.server(),
                keys ? List.of(party.evaluationKeys()) : List.of(),
                BlockScoringOptions.standard())
            .score(blocks);
    ExecutorMemory memory = scored.plan().memory();
    long before = living();
    LivingPeak peak = new LivingPeak();
    peak.start();
    EncryptedTable.write(scored.blocks(), folder.resolve("scored").toString(), false);
    peak.done = true;
    System.out.printf(
        Locale.ROOT,
        "%s, %d, %d, %d, %d, %d, %d%n",
        name,
        memory.payload() >> 20,
        memory.working() >> 20,
        memory.keys() >> 20,
        memory.total() >> 20,
        peak.bytes >> 20,
        before >> 20);
  }

  private static long living() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static final class LivingPeak extends Thread {
    private static final long PAUSE_MILLIS = 100;
    private volatile boolean done;
    private volatile long bytes;

    LivingPeak() {
      setDaemon(true);
    }

    @Override
    public void run() {
      try {
        while (!done) {
          bytes = Math.max(bytes, living());
          Thread.sleep(PAUSE_MILLIS);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}

package dev.sotto.spark.encrypted;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.runtime.BenchmarkModel;
import dev.sotto.runtime.Faults;
import dev.sotto.runtime.TinyCircuits;
import dev.sotto.tensor.Tensor;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Encrypted scoring on a standalone cluster of two workers, at 128-bit security: a worker that is
 * gone with its executor, and a driver that died with half of its output written, change no byte of
 * the results.
 */
final class EncryptedStandaloneIT {
  @TempDir static Path folder;
  private static StandaloneCluster cluster;

  @BeforeAll
  static void start() {
    cluster = StandaloneCluster.start(folder, 2, "1536m");
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  private static String at(String name) {
    return folder.resolve(name).toString();
  }

  @Test
  void lost_worker_loses_and_doubles_no_row_of_the_digits() throws IOException {
    BenchmarkModel model = BenchmarkModel.compile("mlp-digits", 6);
    EncryptedParty party = EncryptedParty.of(model.compiled(), folder.resolve("digits-keys"));
    Tensor rows = model.rows();
    try (SparkSession spark = cluster.session("1400m")) {
      Dataset<Row> table = party.encrypted(spark, rows, 150, at("digits"));
      assertEquals(3, table.count());
      TableScorer.ScoredBlocks scored =
          party.scorer(BlockScoringOptions.standard().withBlocksPerTask(1)).score(table);
      assertEquals(2, scored.plan().cores());
      assertEquals(1, scored.plan().memory().tasks());
      assertEquals(2, cluster.livingWorkers());
      EncryptedTable.write(
          new WorkerLost(at("lost")).in(scored.blocks()), at("digits-scored"), false);
      assertTrue(Files.exists(folder.resolve("lost")), "no worker died");
      assertEquals(1, cluster.livingWorkers());
      Dataset<Row> results = EncryptedTable.read(spark, at("digits-scored"));
      EncryptedParty.assertSameBlocks(party.scoredHere(table), results);
      party.assertScores(rows, results);
      assertEquals(3, scored.counters().blocks().value());
      assertEquals(rows.shape().dim(0), scored.counters().rows().value());
      assertTrue(scored.counters().products().value() > 0);
    }
  }

  @Test
  void driver_started_again_gives_what_the_dead_one_would_have() throws IOException {
    EncryptedParty party =
        EncryptedParty.of(TinyCircuits.relinearised(), folder.resolve("squares-keys"));
    Tensor rows = TinyCircuits.rows(5, 400);
    Map<Long, byte[]> expected;
    try (SparkSession spark = cluster.session("900m")) {
      Dataset<Row> table = party.encrypted(spark, rows, 100, at("squares"));
      assertEquals(4, table.count());
      expected = party.scoredHere(table);
    }
    Path server = Files.write(folder.resolve("server.zip"), party.server().toBytes());
    int status =
        cluster.run(
            "dying-driver",
            DyingDriver.class,
            cluster.url(),
            at("squares"),
            at("half"),
            server.toString(),
            party.evaluationKeys());
    assertEquals(137, status, "see dying-driver.log");
    try (Stream<Path> left = Files.walk(folder.resolve("half").resolve("_temporary"))) {
      assertTrue(left.anyMatch(file -> file.toString().endsWith(".parquet")), "nothing written");
    }
    try (SparkSession spark = cluster.session("900m")) {
      assertEquals("SOTTO-SPARK-018", Faults.code(() -> EncryptedTable.read(spark, at("half"))));
      Dataset<Row> scored =
          party
              .scorer(BlockScoringOptions.standard(), party.evaluationKeys())
              .score(EncryptedTable.read(spark, at("squares")))
              .blocks();
      EncryptedTable.write(scored, at("half"), true);
      Dataset<Row> results = EncryptedTable.read(spark, at("half"));
      EncryptedParty.assertSameBlocks(expected, results);
    }
  }

  /** Ends the worker, and the executor, of the first task that has scored a block. */
  private record WorkerLost(String marker) implements MapPartitionsFunction<Row, Row> {
    private static final long serialVersionUID = 1L;

    Dataset<Row> in(Dataset<Row> rows) {
      return rows.mapPartitions(this, Encoders.row(rows.schema()));
    }

    @Override
    public Iterator<Row> call(Iterator<Row> rows) throws IOException {
      List<Row> all = new ArrayList<>();
      rows.forEachRemaining(all::add);
      try {
        Files.createFile(Path.of(marker));
      } catch (FileAlreadyExistsException another) {
        return all.iterator();
      }
      ProcessHandle worker = ProcessHandle.current().parent().orElseThrow();
      worker.destroyForcibly();
      Runtime.getRuntime().halt(137);
      throw new IllegalStateException("halted");
    }
  }
}

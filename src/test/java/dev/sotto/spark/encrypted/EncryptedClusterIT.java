package dev.sotto.spark.encrypted;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.runtime.BenchmarkModel;
import dev.sotto.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
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
 * Encrypted scoring on a cluster of two executor JVMs at 128-bit security: results are those of one
 * JVM, byte for byte, also where an executor dies in the middle.
 */
final class EncryptedClusterIT {
  @TempDir static Path folder;
  private static SparkSession cluster;

  @BeforeAll
  static void start() {
    cluster =
        SparkSession.builder()
            .appName("sotto-encrypted-cluster-test")
            .master("local-cluster[2,1,1536]")
            .config("spark.executor.memory", "1400m")
            .getOrCreate();
  }

  @AfterAll
  static void stop() {
    cluster.stop();
  }

  private static String at(String name) {
    return folder.resolve(name).toString();
  }

  private static Dataset<Row> stored(Dataset<Row> table, String name) {
    EncryptedTable.write(table, at(name), false);
    return EncryptedTable.read(cluster, at(name));
  }

  private static Dataset<Row> encrypted(
      EncryptedParty party, Tensor rows, int perBlock, String name) {
    return party.encrypted(cluster, rows, perBlock, at(name));
  }

  @Test
  void killed_executor_loses_and_doubles_no_row_of_the_forest() {
    BenchmarkModel model = BenchmarkModel.compile("forest-cancer", 6);
    EncryptedParty party = EncryptedParty.of(model.compiled(), folder.resolve("forest-keys"));
    Dataset<Row> table = encrypted(party, model.rows(), 50, "forest");
    assertEquals(3, table.count());
    Map<Long, byte[]> expected = party.scoredHere(table);
    TableScorer.ScoredBlocks scored =
        party.scorer(BlockScoringOptions.standard().withBlocksPerTask(1)).score(table);
    Path killed = folder.resolve("killed");
    Dataset<Row> results =
        stored(new KilledOnce(killed.toString()).in(scored.blocks()), "forest-scored");
    assertTrue(Files.exists(killed), "no executor died");
    EncryptedParty.assertSameBlocks(expected, results);
    party.assertScores(model.rows(), results);
    assertEquals(3, scored.counters().blocks().value());
    assertEquals(model.rows().shape().dim(0), scored.counters().rows().value());
  }

  @Test
  void models_with_evaluation_keys_are_scored_by_executors_that_expand_them() {
    EncryptedParty party =
        EncryptedParty.of(
            dev.sotto.runtime.TinyCircuits.relinearised(), folder.resolve("squares-keys"));
    Tensor rows = dev.sotto.runtime.TinyCircuits.rows(3, 200);
    Dataset<Row> table = encrypted(party, rows, 100, "squares");
    Dataset<Row> results =
        stored(
            party
                .scorer(BlockScoringOptions.standard(), party.evaluationKeys())
                .score(table)
                .blocks(),
            "squares-scored");
    EncryptedParty.assertSameBlocks(party.scoredHere(table), results);
    assertEquals(
        200,
        results.select("rows").filter(col("rows").gt(lit(0))).collectAsList().stream()
            .mapToInt(row -> row.getInt(0))
            .sum());
  }

  /** Ends the JVM of the first task that has scored a block and written it, once. */
  private record KilledOnce(String marker) implements MapPartitionsFunction<Row, Row> {
    private static final long serialVersionUID = 1L;

    Dataset<Row> in(Dataset<Row> rows) {
      return rows.mapPartitions(this, Encoders.row(rows.schema()));
    }

    @Override
    public Iterator<Row> call(Iterator<Row> rows) throws java.io.IOException {
      List<Row> all = new ArrayList<>();
      rows.forEachRemaining(all::add);
      try {
        Files.createFile(Path.of(marker));
      } catch (java.nio.file.FileAlreadyExistsException another) {
        return all.iterator();
      }
      Runtime.getRuntime().halt(137);
      throw new IllegalStateException("halted");
    }
  }
}

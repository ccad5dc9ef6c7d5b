package dev.sotto.spark.encrypted;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.problem.SottoException;
import dev.sotto.runtime.Faults;
import dev.sotto.runtime.TinyCircuits;
import dev.sotto.spark.OutputLayout;
import dev.sotto.spark.RowMode;
import dev.sotto.tensor.Tensor;
import dev.sotto.testing.SparkTestSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Encrypted tables from rows to results, and what is refused on the way, in one JVM. */
final class EncryptedTableTest {
  private static final int ROWS = 1000;
  private static final int PER_BLOCK = 300;
  private static final BlockScoringOptions SCORING = BlockScoringOptions.standard();

  @TempDir static Path shared;
  private static EncryptedParty logistic;
  private static EncryptedParty squares;
  private static EncryptedParty relinearised;
  private static SparkSession spark;

  @TempDir Path folder;

  @BeforeAll
  static void compile() {
    spark = SparkTestSession.get();
    logistic = EncryptedParty.of(TinyCircuits.logistic(), shared.resolve("logistic"));
    squares = EncryptedParty.of(TinyCircuits.squares(), shared.resolve("squares"));
    relinearised = EncryptedParty.of(TinyCircuits.relinearised(), shared.resolve("relinearised"));
  }

  private static Dataset<Row> rows(int count) {
    return EncryptedParty.table(spark, TinyCircuits.rows(7, count));
  }

  private String at(String name) {
    return folder.resolve(name).toString();
  }

  /** Writes a table and reads it. */
  private Dataset<Row> stored(Dataset<Row> table, String name) {
    EncryptedTable.write(table, at(name), false);
    return EncryptedTable.read(spark, at(name));
  }

  private static EncryptionOptions options() {
    return EncryptedParty.options().withRowsPerBlock(PER_BLOCK);
  }

  private Dataset<Row> encrypted(EncryptedParty party, int count, String name) {
    return stored(party.encryptor(options()).encrypt(rows(count).repartition(3)).blocks(), name);
  }

  private static List<String> codes(Dataset<Row> scored) {
    return scored
        .orderBy(EncryptedTable.BLOCK)
        .select(expr("split(error, ' ')[0]"))
        .collectAsList()
        .stream()
        .map(row -> row.getString(0))
        .toList();
  }

  @Test
  void table_on_spark_equals_the_blocks_and_rows_of_this_jvm() {
    RowEncryptor.Encrypted owner = logistic.encryptor(options()).encrypt(rows(ROWS).repartition(3));
    Dataset<Row> encrypted = stored(owner.blocks(), "rows");
    assertEquals(ROWS, owner.counters().rows().value());
    assertEquals(4, owner.counters().blocks().value());
    assertEquals(4, encrypted.count());
    assertEquals(4, encrypted.rdd().getNumPartitions());
    TableScorer.ScoredBlocks scored = logistic.scorer(SCORING).score(encrypted);
    Dataset<Row> results = stored(scored.blocks(), "scored");
    assertEquals(ROWS, scored.counters().rows().value());
    assertEquals(4, scored.counters().blocks().value());
    Map<Long, byte[]> expected = logistic.scoredHere(encrypted);
    Map<Long, byte[]> blocks = EncryptedParty.blocks(results);
    assertEquals(expected.keySet(), blocks.keySet());
    expected.forEach((number, bytes) -> assertArrayEquals(bytes, blocks.get(number)));

    Dataset<Row> decrypted = logistic.decryptor(RowMode.FAILFAST).decrypt(results).rows();
    assertArrayEquals(
        new String[] {
          "id", "name", logistic.compiled().client().outputNames().get(0), "prediction"
        },
        decrypted.columns());
    assertScores(logistic, decrypted, ROWS);
  }

  private static void assertScores(EncryptedParty party, Dataset<Row> decrypted, int count) {
    Tensor[] outputs = party.compiled().score(TinyCircuits.rows(7, count));
    float[] scores = outputs[0].toFloats();
    int width = scores.length / count;
    double[] predictions = OutputLayout.of(outputs, count).numbers(outputs, count);
    List<Row> sorted = decrypted.orderBy("id").collectAsList();
    assertEquals(count, sorted.size());
    for (int row = 0; row < count; row++) {
      assertEquals(row, sorted.get(row).getLong(0));
      assertEquals("row " + row, sorted.get(row).getString(1));
      for (int i = 0; i < width; i++) {
        float score =
            width == 1 ? sorted.get(row).getFloat(2) : sorted.get(row).<Float>getList(2).get(i);
        assertEquals(scores[row * width + i], score, "row " + row);
      }
      assertEquals(predictions[row], sorted.get(row).getDouble(3), "row " + row);
    }
  }

  @Test
  void few_rows_in_many_partitions_fill_one_block_in_their_order() {
    Dataset<Row> encrypted =
        logistic
            .encryptor(EncryptedParty.options().withRowColumn("number"))
            .encrypt(rows(50).repartitionByRange(7, col("id")))
            .blocks();
    List<Row> blocks = encrypted.collectAsList();
    assertEquals(1, blocks.size());
    List<Row> keys = blocks.get(0).getList(2);
    assertEquals(50, keys.size());
    for (int i = 0; i < 50; i++) {
      assertEquals(i, keys.get(i).<Long>getAs("number"));
      assertEquals(i, keys.get(i).<Long>getAs("id"));
    }
  }

  @Test
  void rows_without_keys_are_told_apart_by_their_number() {
    Dataset<Row> table =
        logistic
            .encryptor(EncryptionOptions.standard())
            .encrypt(rows(20).select("features"))
            .blocks();
    List<Row> keys = table.collectAsList().get(0).getList(2);
    assertArrayEquals(new String[] {"row"}, keys.get(0).schema().fieldNames());
    assertEquals(19, keys.get(19).getLong(0));
  }

  @Test
  void rows_that_cannot_be_encrypted_are_set_aside_with_keys_and_code() {
    Column flawed =
        expr(
            "CASE WHEN id = 3 THEN NULL WHEN id = 40 THEN array_repeat(CAST('NaN' AS FLOAT), 3)"
                + " WHEN id = 99 THEN array_repeat(1f, 2) WHEN id = 5 THEN array(1f, NULL, 1f)"
                + " ELSE features END");
    RowEncryptor.Encrypted encrypted =
        logistic.encryptor(options()).encrypt(rows(100).withColumn("features", flawed));
    Dataset<Row> results = logistic.scorer(SCORING).score(encrypted.blocks()).blocks();
    List<Long> back =
        logistic.decryptor(RowMode.FAILFAST).decrypt(results).rows().collectAsList().stream()
            .map(row -> row.getLong(0))
            .toList();
    assertEquals(96, back.size());
    assertEquals(96, new TreeSet<>(back).size());
    List<Row> rejected = encrypted.rejected().orderBy("id").collectAsList();
    assertEquals(
        List.of(
            "3 row 3 SOTTO-RUNTIME-011",
            "5 row 5 SOTTO-RUNTIME-011",
            "40 row 40 SOTTO-RUNTIME-011",
            "99 row 99 SOTTO-RUNTIME-012"),
        rejected.stream()
            .map(r -> r.getLong(0) + " " + r.getString(1) + " " + r.getString(2))
            .toList());
    assertTrue(rejected.get(3).getString(3).contains("3 numbers, got 2"));
    assertEquals(100, encrypted.total());
    assertTrue(back.stream().noneMatch(id -> id == 3 || id == 5 || id == 40 || id == 99));
  }

  @Test
  void blocks_of_other_keys_and_models_are_refused_and_the_others_scored() {
    EncryptedParty others = EncryptedParty.of(relinearised.compiled(), folder.resolve("others"));
    Dataset<Row> table =
        encrypted(relinearised, 200, "own")
            .withColumn("block", lit(0L))
            .unionByName(encrypted(others, 200, "others-rows").withColumn("block", lit(0L)))
            .unionByName(encrypted(squares, 200, "other-model").withColumn("block", lit(0L)));
    BlockScoringOptions permissive = SCORING.withMode(RowMode.PERMISSIVE);
    Dataset<Row> scored =
        relinearised.scorer(permissive, relinearised.evaluationKeys()).score(table).blocks();
    Map<String, Long> counted =
        codes(scored).stream()
            .map(String::valueOf)
            .collect(Collectors.groupingBy(code -> code, Collectors.counting()));
    assertEquals(Map.of("null", 1L, "SOTTO-RUNTIME-007", 1L, "SOTTO-RUNTIME-005", 1L), counted);

    Dataset<Row> both =
        relinearised
            .scorer(permissive, relinearised.evaluationKeys(), others.evaluationKeys())
            .score(table)
            .blocks();
    assertEquals(2, both.filter("error IS NULL AND payload IS NOT NULL").count());
    Dataset<Row> dropped =
        relinearised
            .scorer(SCORING.withMode(RowMode.DROPMALFORMED), relinearised.evaluationKeys())
            .score(table)
            .blocks();
    assertEquals(1, dropped.count());
    Dataset<Row> failing =
        relinearised.scorer(SCORING, relinearised.evaluationKeys()).score(table).blocks();
    Exception failure = assertThrows(Exception.class, failing::collectAsList);
    assertTrue(failure.toString().contains("SOTTO-RUNTIME-00"), failure.toString());
  }

  @Test
  void two_owners_with_evaluation_keys_get_their_own_results() {
    EncryptedParty others = EncryptedParty.of(relinearised.compiled(), folder.resolve("others"));
    Dataset<Row> mine = encrypted(relinearised, 200, "own");
    Dataset<Row> table = mine.unionByName(encrypted(others, 100, "theirs"));
    Dataset<Row> scored =
        relinearised
            .scorer(SCORING, others.evaluationKeys(), relinearised.evaluationKeys())
            .score(table)
            .blocks();
    ResultDecryptor.Decrypted own =
        relinearised.decryptor(RowMode.PERMISSIVE).decrypt(stored(scored, "scored"));
    List<Row> back = own.rows().collectAsList();
    assertEquals(300, back.size());
    assertEquals(200, own.counters().rows().value());
    assertEquals(100, own.counters().rejected().value());
    for (Row row : back) {
      String error = row.getAs("error");
      assertEquals(error == null, row.getAs("prediction") != null);
      assertTrue(error == null || error.startsWith("SOTTO-RUNTIME-006 "), error);
    }
  }

  @ParameterizedTest
  @EnumSource(RowMode.class)
  void altered_block_is_refused_and_its_rows_come_back_without_result(RowMode mode) {
    Dataset<Row> table =
        encrypted(logistic, ROWS, "rows")
            .withColumn(
                "payload",
                expr(
                    "CASE WHEN block = (SELECT min(block) FROM parquet.`"
                        + at("rows")
                        + "`) THEN transform(payload, (p, i) -> CASE WHEN i = 2 THEN"
                        + " concat(substring(p, 1, 500), X'00', substring(p, 502)) ELSE p END)"
                        + " ELSE payload END"));
    Dataset<Row> scored = logistic.scorer(SCORING.withMode(mode)).score(table).blocks();
    if (mode == RowMode.FAILFAST) {
      Exception failure = assertThrows(Exception.class, scored::collectAsList);
      assertTrue(failure.toString().contains("SOTTO-SLOTS-"), failure.toString());
      return;
    }
    assertEquals(mode == RowMode.PERMISSIVE ? 4 : 3, scored.count());
    List<Row> back = logistic.decryptor(mode).decrypt(scored).rows().collectAsList();
    long without = back.stream().filter(row -> row.getAs("prediction") == null).count();
    if (mode == RowMode.PERMISSIVE) {
      assertTrue(without > 0 && without <= PER_BLOCK, without + " rows");
      back.stream()
          .filter(row -> row.getAs("prediction") == null)
          .forEach(
              row -> assertTrue(row.<String>getAs("error").startsWith("SOTTO-"), row::toString));
      assertEquals(ROWS, back.size());
    } else {
      assertEquals(0, without);
      assertTrue(back.size() >= ROWS - PER_BLOCK && back.size() < ROWS, back.size() + " rows");
    }
  }

  @Test
  void keys_are_checked_on_the_driver_before_any_job() throws IOException {
    Dataset<Row> table = encrypted(relinearised, 50, "rows");
    assertEquals("SOTTO-RUNTIME-007", Faults.code(() -> relinearised.scorer(SCORING).score(table)));
    Path damaged = folder.resolve("damaged.keys");
    Files.copy(Path.of(relinearised.evaluationKeys()), damaged);
    EncryptedParty.damage(damaged);
    String code = Faults.code(() -> relinearised.scorer(SCORING, damaged.toString()).score(table));
    assertTrue(code.startsWith("SOTTO-SLOTS-"), code);
    String keys = relinearised.evaluationKeys();
    assertEquals(
        "SOTTO-SPARK-021",
        Faults.code(() -> relinearised.scorer(SCORING, keys, keys).score(table)));
    assertEquals(
        "SOTTO-RUNTIME-003",
        Faults.code(() -> relinearised.scorer(SCORING, at("none")).score(table)));
    RowEncryptor wrong =
        RowEncryptor.of(logistic.client(), squares.keys().toString(), EncryptedParty.options());
    assertEquals("SOTTO-RUNTIME-005", Faults.code(() -> wrong.encrypt(rows(10))));
    Path secret = folder.resolve("mine");
    EncryptedParty broken = EncryptedParty.of(logistic.compiled(), secret);
    EncryptedParty.damage(secret.resolve("secret.key"));
    assertTrue(
        Faults.code(() -> broken.encryptor(options()).encrypt(rows(10))).startsWith("SOTTO-"));
  }

  @Test
  void tables_that_are_none_and_tables_of_unfinished_jobs_are_refused() throws IOException {
    assertEquals("SOTTO-SPARK-010", Faults.code(() -> EncryptedTable.read(spark, at("none"))));
    rows(10).write().parquet(at("plain"));
    SottoException plain = Faults.of(() -> EncryptedTable.read(spark, at("plain")));
    assertEquals("SOTTO-SPARK-017", plain.problems().get(0).code().code());
    assertEquals(4, plain.problems().size());
    Dataset<Row> table = encrypted(logistic, 50, "half");
    Files.createDirectories(folder.resolve("half").resolve("_temporary").resolve("0"));
    assertEquals("SOTTO-SPARK-018", Faults.code(() -> EncryptedTable.read(spark, at("half"))));
    assertNotNull(table);
    EncryptedTable.write(
        logistic.encryptor(options()).encrypt(rows(60)).blocks(), at("half"), true);
    assertFalse(Files.exists(folder.resolve("half").resolve("_temporary")));
    assertEquals(
        60,
        EncryptedTable.read(spark, at("half")).select("rows").collectAsList().stream()
            .mapToInt(row -> row.getInt(0))
            .sum());
  }

  @Test
  void columns_that_do_not_fit_are_all_named() {
    EncryptionOptions options =
        EncryptionOptions.standard().withKeys(List.of("id", "none", "number")).withRowColumn("id");
    SottoException refusal =
        Faults.of(() -> logistic.encryptor(options).encrypt(rows(10).drop("features")));
    List<String> codes = refusal.problems().stream().map(p -> p.code().code()).toList();
    assertTrue(codes.containsAll(List.of("SOTTO-SPARK-001", "SOTTO-SPARK-012")), codes.toString());
    assertTrue(codes.size() >= 4, Arrays.toString(codes.toArray()));
  }
}

package dev.sotto.sql;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.compiler.CompiledCircuit;
import dev.sotto.ml.EncryptedScorer;
import dev.sotto.problem.SottoException;
import dev.sotto.runtime.ClientPackage;
import dev.sotto.runtime.KeyFile;
import dev.sotto.runtime.ServerPackage;
import dev.sotto.runtime.TinyCircuits;
import dev.sotto.runtime.client.ClientKeys;
import dev.sotto.spark.QuantizedTestModels;
import dev.sotto.spark.encrypted.BlockScoringOptions;
import dev.sotto.spark.encrypted.DecryptionOptions;
import dev.sotto.spark.encrypted.EncryptedTable;
import dev.sotto.spark.encrypted.EncryptionOptions;
import dev.sotto.spark.encrypted.ResultDecryptor;
import dev.sotto.spark.encrypted.RowEncryptor;
import dev.sotto.spark.encrypted.TableScorer;
import dev.sotto.testing.SparkTestSession;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Encrypted blocks scored by SQL, with models and keys registered by configuration only. */
final class EncryptedFunctionTest {
  private static final int ROWS = 90;
  private static final String QUERY =
      "SELECT block, rows, keys, CATALOG.models.hidden(payload) AS payload FROM encrypted_blocks";
  private static int catalogs;

  @TempDir Path folder;
  private SparkSession spark;
  private String catalog;

  @BeforeEach
  void open() {
    spark = SparkTestSession.get();
    catalog = "hidden" + catalogs++; // Spark keeps a catalog for the life of a session
    spark.conf().set("spark.sql.catalog." + catalog, ModelCatalog.class.getName());
  }

  private void option(String name, Path file) {
    spark.conf().set("spark.sql.catalog." + catalog + ".models." + name, file.toString());
  }

  private Dataset<Row> sql(String text) {
    return spark.sql(text.replace("CATALOG", catalog));
  }

  private Path keys(ClientPackage client) {
    Path keys = folder.resolve("keys");
    try (ClientKeys own = ClientKeys.generate(client)) {
      own.save(keys);
    }
    return keys;
  }

  /** Blocks of 40 rows as they are read from a table; the view {@code encrypted_blocks}. */
  private Dataset<Row> blocks(ClientPackage client, Path keys) {
    float[] values = TinyCircuits.rows(9, ROWS).toFloats();
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      rows.add(
          RowFactory.create(
              (long) i, List.of(values[3 * i], values[3 * i + 1], values[3 * i + 2])));
    }
    StructType schema =
        new StructType()
            .add("id", DataTypes.LongType)
            .add("features", DataTypes.createArrayType(DataTypes.FloatType));
    EncryptionOptions options =
        EncryptionOptions.standard().withKeys(List.of("id")).withRowsPerBlock(40);
    EncryptedTable.write(
        RowEncryptor.of(client, keys.toString(), options)
            .encrypt(spark.createDataFrame(rows, schema))
            .blocks(),
        folder.resolve("blocks").toString(),
        false);
    Dataset<Row> table = EncryptedTable.read(spark, folder.resolve("blocks").toString());
    spark
        .read()
        .parquet(folder.resolve("blocks").toString())
        .createOrReplaceTempView("encrypted_blocks");
    return table;
  }

  private void assertScoresAsTheTableScorer(
      ServerPackage server, ClientPackage client, Path keys, List<String> evaluationKeys) {
    Dataset<Row> table = blocks(client, keys);
    List<Row> expected =
        TableScorer.of(server, evaluationKeys, BlockScoringOptions.standard())
            .score(table)
            .blocks()
            .orderBy("block")
            .collectAsList();
    List<Row> scored = sql(QUERY).orderBy("block").collectAsList();
    assertEquals(expected.size(), scored.size());
    assertEquals(3, scored.size());
    for (int i = 0; i < scored.size(); i++) {
      assertEquals(expected.get(i).getLong(0), scored.get(i).getLong(0));
      assertEquals(expected.get(i).getList(2), scored.get(i).getList(2));
      assertArrayEquals(expected.get(i).getList(3).toArray(), scored.get(i).getList(3).toArray());
    }
    EncryptedTable.write(sql(QUERY), folder.resolve("scored").toString(), false);
    Dataset<Row> back =
        ResultDecryptor.of(client, keys.toString(), DecryptionOptions.standard())
            .decrypt(EncryptedTable.read(spark, folder.resolve("scored").toString()))
            .rows();
    assertEquals(ROWS, back.select("id").distinct().count());
    assertEquals(ROWS, back.filter("prediction IS NOT NULL").count());
  }

  @Test
  void blocks_give_what_the_table_scorer_gives_and_are_decrypted() {
    CompiledCircuit compiled = TinyCircuits.logistic();
    ServerPackage server = ServerPackage.of(compiled);
    ClientPackage client = ClientPackage.of(compiled);
    server.write(folder.resolve("server.zip"));
    option("hidden", folder.resolve("server.zip"));
    assertScoresAsTheTableScorer(server, client, keys(client), List.of());
    assertNull(sql("SELECT CATALOG.models.hidden(CAST(NULL AS array<binary>)) AS r").head().get(0));
    code("SOTTO-SQL-004", "SELECT CATALOG.models.hidden(1) AS r");
    code("SOTTO-SQL-004", "SELECT CATALOG.models.hidden(payload, 1) AS r FROM encrypted_blocks");
    code("SOTTO-RUNTIME-0", "SELECT CATALOG.models.hidden(array(X'00', X'01')) AS r");
  }

  @Test
  void saved_stage_scores_with_the_evaluation_keys_that_are_configured() throws Exception {
    CompiledCircuit compiled = TinyCircuits.relinearised();
    ServerPackage server = ServerPackage.of(compiled);
    ClientPackage client = ClientPackage.of(compiled);
    Path keys = keys(client);
    Path evaluation = keys.resolve(KeyFile.EVALUATION.fileName());
    new EncryptedScorer("stage", server).write().save(folder.resolve("stage").toString());
    option("hidden", folder.resolve("stage"));
    option("hidden.evaluation-keys", evaluation);
    option("keyless", folder.resolve("stage"));
    assertScoresAsTheTableScorer(server, client, keys, List.of(evaluation.toString()));
    code(
        "SOTTO-RUNTIME-007",
        "SELECT CATALOG.models.keyless(payload) AS payload FROM encrypted_blocks");
  }

  @Test
  void files_and_options_that_do_not_fit_are_refused() {
    ClientPackage.of(TinyCircuits.logistic()).write(folder.resolve("client.zip"));
    QuantizedTestModels.quantized().save(folder.resolve("clear.sotto"));
    option("owners", folder.resolve("client.zip"));
    option("clear", folder.resolve("clear.sotto"));
    option("clear.evaluation-keys", folder.resolve("none"));
    option("empty", folder);
    code("SOTTO-SQL-001", "SELECT CATALOG.models.owners(array(X'00')) AS r");
    code("SOTTO-SQL-002", "SELECT CATALOG.models.clear(array(0.1)) AS r");
    code("SOTTO-SQL-001", "SELECT CATALOG.models.empty(array(0.1)) AS r");
    SottoException e =
        assertThrows(
            SottoException.class,
            () ->
                new ModelCatalog()
                    .initialize(
                        "m",
                        new CaseInsensitiveStringMap(Map.of("models.a.evaluation-keys", "x"))));
    assertEquals("SOTTO-SQL-002", e.problems().get(0).code().code());
  }

  private void code(String code, String text) {
    Throwable thrown = assertThrows(Throwable.class, () -> sql(text).collectAsList());
    StringBuilder messages = new StringBuilder();
    for (Throwable e = thrown; e != null; e = e.getCause()) {
      messages.append(e).append('\n');
    }
    assertTrue(messages.toString().contains(code), messages.toString());
  }
}

package dev.sotto.ml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.problem.SottoException;
import dev.sotto.runtime.client.ClientKeys;
import dev.sotto.spark.QuantizedTestModels;
import dev.sotto.testing.SparkTestSession;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The encrypted way in Spark ML, with real keys at 128-bit security. */
final class EncryptedStagesTest {
  private static final int ROWS = 300;

  @TempDir Path folder;
  private QuantizedOnnxModel model;
  private CompiledOnnxModel compiled;
  private Dataset<Row> rows;
  private String keys;

  @BeforeEach
  void compile() {
    Path onnx = folder.resolve("classifier.onnx");
    QuantizedTestModels.classifier().save(onnx);
    rows = QuantizedTestModels.table(SparkTestSession.get(), ROWS, 4);
    model = new QuantizedOnnxEstimator().setModelPath(onnx.toString()).setBits(7).fit(rows);
    compiled = model.compile(rows);
    Path keyFolder = folder.resolve("keys");
    try (ClientKeys own = ClientKeys.generate(compiled.client())) {
      own.save(keyFolder);
    }
    keys = keyFolder.toString();
  }

  private EncryptedScorer scorer() {
    Path evaluation = Path.of(keys, "evaluation.keys");
    return Files.exists(evaluation) ? compiled.scorer(evaluation.toString()) : compiled.scorer();
  }

  private static List<Row> sorted(Dataset<Row> rows) {
    return rows.select("id", "prediction").orderBy("id").collectAsList();
  }

  @Test
  void encrypted_stages_agree_with_the_clear_model() {
    Dataset<Row> blocks = compiled.encryptor(keys).setKeyCols("id").transform(rows);
    List<Row> decrypted = sorted(compiled.decryptor(keys).transform(scorer().transform(blocks)));
    List<Row> clear = sorted(model.transform(rows));
    assertEquals(ROWS, decrypted.size());
    long equal =
        Stream.iterate(0, i -> i < ROWS, i -> i + 1)
            .filter(i -> clear.get(i).equals(decrypted.get(i)))
            .count();
    assertTrue(equal >= 0.9 * ROWS, "same class as the quantized model: " + equal);
    assertTrue(decrypted.stream().map(row -> row.get(1)).distinct().count() > 1);
  }

  @Test
  void saved_pipeline_decrypts_as_before_and_holds_no_secret() throws IOException {
    Pipeline pipeline =
        new Pipeline()
            .setStages(
                new PipelineStage[] {
                  compiled.encryptor(keys).setKeyCols("id"),
                  scorer().setMode("PERMISSIVE"),
                  compiled.decryptor(keys).setMode("PERMISSIVE").setProbabilityCol("p")
                });
    PipelineModel fitted = pipeline.fit(rows);
    String path = folder.resolve("pipeline").toString();
    fitted.write().save(path);
    PipelineModel loaded = PipelineModel.load(path);
    assertEquals(sorted(fitted.transform(rows)), sorted(loaded.transform(rows)));
    byte[] secret = Files.readAllBytes(Path.of(keys, "secret.key"));
    String part = new String(secret, secret.length / 2, 64, StandardCharsets.ISO_8859_1);
    try (Stream<Path> files = Files.walk(Path.of(path))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String content = Files.readString(file, StandardCharsets.ISO_8859_1);
        assertFalse(content.contains(part), file.toString());
      }
    }
  }

  @Test
  void rows_that_cannot_be_encrypted_are_kept_with_their_keys() {
    Dataset<Row> flawed =
        rows.withColumn(
            "features", functions.expr("IF(id % 100 = 7, CAST(NULL AS array<float>), features)"));
    Encryptor encryptor = compiled.encryptor(keys).setKeyCols("id");
    Dataset<Row> scored =
        compiled.decryptor(keys).transform(scorer().transform(encryptor.transform(flawed)));
    Dataset<Row> rejected = encryptor.rejected();
    assertNotNull(rejected);
    assertEquals(
        List.of(7L, 107L, 207L),
        rejected.orderBy("id").collectAsList().stream()
            .map(row -> ((Number) row.get(0)).longValue())
            .toList());
    assertEquals(ROWS - 3, scored.count());
  }

  @Test
  void schema_is_known_before_any_job() {
    var blocks = compiled.encryptor(keys).setKeyCols("id").transformSchema(rows.schema());
    var results = scorer().transformSchema(blocks);
    assertEquals(
        List.of("id", "prediction", "probability"),
        List.of(compiled.decryptor(keys).transformSchema(results).fieldNames()));
  }

  @Test
  void keys_of_another_circuit_are_refused() {
    CompiledOnnxModel other =
        new QuantizedOnnxEstimator()
            .setModelPath(folder.resolve("classifier.onnx").toString())
            .setBits(4)
            .fit(rows)
            .compile(rows);
    assertThrows(
        SottoException.class, () -> other.encryptor(keys).setKeyCols("id").transform(rows));
  }

  @Test
  void compile_does_not_depend_on_partitions() {
    CompiledOnnxModel again = model.compile(rows.repartition(7));
    assertEquals(compiled.server().circuitHash(), again.server().circuitHash());
  }
}

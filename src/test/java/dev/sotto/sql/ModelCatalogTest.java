package dev.sotto.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.problem.SottoException;
import dev.sotto.quantization.QuantizedModule;
import dev.sotto.spark.PartitionScorer;
import dev.sotto.spark.QuantizedTestModels;
import dev.sotto.spark.ScoringOptions;
import dev.sotto.testing.SparkTestSession;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models called by SQL, registered by configuration only. */
final class ModelCatalogTest {
  private static int catalogs;

  @TempDir Path folder;
  private SparkSession spark;
  private String catalog;
  private QuantizedModule module;
  private Dataset<Row> rows;

  @BeforeEach
  void configure() {
    spark = SparkTestSession.get();
    catalog = "sotto" + catalogs++; // Spark keeps a catalog for the life of a session
    module = QuantizedTestModels.quantized();
    module.save(folder.resolve("classifier.sotto"));
    QuantizedTestModels.sum().save(folder.resolve("sum.sotto"));
    String prefix = "spark.sql.catalog." + catalog;
    spark.conf().set(prefix, ModelCatalog.class.getName());
    spark.conf().set(prefix + ".models.Classifier", folder.resolve("classifier.sotto").toString());
    spark.conf().set(prefix + ".models.adder", folder.resolve("sum.sotto").toString());
    spark.conf().set(prefix + ".models.absent", folder.resolve("absent.sotto").toString());
    rows = QuantizedTestModels.table(spark, 300, 4);
    rows.createOrReplaceTempView("model_catalog_rows");
  }

  private Dataset<Row> sql(String text) {
    return spark.sql(text.replace("CATALOG", catalog));
  }

  @Test
  void function_of_rows_gives_what_the_scorer_gives() {
    List<Row> expected =
        PartitionScorer.of(
                module, ScoringOptions.standard().withInput(input(), List.of("features")))
            .score(rows)
            .rows()
            .select("id", "prediction", "probability")
            .orderBy("id")
            .collectAsList();
    List<Row> scored =
        sql("SELECT id, s.* FROM (SELECT id, CATALOG.models.classifier(features) AS s"
                + " FROM model_catalog_rows) ORDER BY id")
            .collectAsList();
    assertEquals(expected, scored);
    assertTrue(expected.stream().map(row -> row.get(1)).distinct().count() > 1);
  }

  private String input() {
    return module.inputs().get(0).name();
  }

  @Test
  void features_as_numbers_score_as_an_array_does() {
    Row both =
        sql("SELECT CATALOG.models.classifier(array(0.1, -0.5, 0.3, 0.9, 0)) AS a,"
                + " CATALOG.models.CLASSIFIER(0.1, -0.5, 0.3, 0.9, 0) AS b")
            .head();
    assertEquals(both.getStruct(0), both.getStruct(1));
  }

  @Test
  void model_with_two_inputs_takes_two_arrays() {
    Row sums =
        sql("SELECT CATALOG.models.adder(array(0.5D, 0, 0, 0, 0), array(0D, 0.25, 0, 0, 0)) AS s,"
                + " CATALOG.models.adder(array(0.1D, 0, 0, 0, 0), array(0D, 0.9, 0, 0, 0)) AS t")
            .head();
    assertEquals(0, sums.getStruct(0).getDouble(0));
    assertEquals(1, sums.getStruct(1).getDouble(0));
  }

  @Test
  void null_features_give_null() {
    assertNull(
        sql("SELECT CATALOG.models.classifier(CAST(NULL AS array<float>)) AS s").head().get(0));
  }

  @Test
  void functions_are_listed_by_their_namespace() throws Exception {
    ModelCatalog models = new ModelCatalog();
    models.initialize("m", new CaseInsensitiveStringMap(Map.of("models.b", "x", "models.a", "y")));
    assertEquals(
        List.of("models.a", "models.b"),
        java.util.Arrays.stream(models.listFunctions(new String[] {"models"}))
            .map(Object::toString)
            .toList());
  }

  @Test
  void bad_calls_are_refused_by_code() {
    code(
        "SOTTO-SPARK-013", "SELECT CATALOG.models.classifier(array(0.1, 'NaN', 0.3, 0.9, 0)) AS s");
    code("SOTTO-SPARK-003", "SELECT CATALOG.models.classifier(0.1, 0.2) AS s");
    code("SOTTO-SPARK-002", "SELECT CATALOG.models.classifier('a', 'b', 'c', 'd', 'e') AS s");
    code("SOTTO-SQL-001", "SELECT CATALOG.models.absent(array(0.1)) AS s");
    code("SOTTO-SQL-003", "SELECT CATALOG.models.adder(0.1, 0.2, 0.3) AS s");
  }

  private void code(String code, String text) {
    Throwable thrown =
        assertThrows(Throwable.class, () -> sql(text.replace("'NaN'", "double('NaN')")).head());
    StringBuilder messages = new StringBuilder();
    for (Throwable e = thrown; e != null; e = e.getCause()) {
      messages.append(e).append('\n');
    }
    assertTrue(messages.toString().contains(code), messages.toString());
  }

  @Test
  void unknown_option_is_refused() {
    SottoException e =
        assertThrows(
            SottoException.class,
            () ->
                new ModelCatalog()
                    .initialize("m", new CaseInsensitiveStringMap(Map.of("model.a", "x"))));
    assertEquals("SOTTO-SQL-002", e.problems().get(0).code().code());
  }
}

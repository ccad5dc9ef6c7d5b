package dev.sotto.ml;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sotto.problem.SottoException;
import dev.sotto.spark.QuantizedTestModels;
import dev.sotto.testing.SparkTestSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class QuantizedOnnxEstimatorTest {
  @TempDir Path folder;
  private Path onnx;
  private Dataset<Row> rows;

  @BeforeEach
  void writeModel() {
    onnx = folder.resolve("classifier.onnx");
    QuantizedTestModels.classifier().save(onnx);
    rows = QuantizedTestModels.table(SparkTestSession.get(), 300, 4);
  }

  private QuantizedOnnxEstimator estimator() {
    return new QuantizedOnnxEstimator().setModelPath(onnx.toString()).setBits(7);
  }

  private static double[] predictions(Dataset<Row> scored) {
    return scored.orderBy("id").select("prediction").collectAsList().stream()
        .mapToDouble(row -> row.getDouble(0))
        .toArray();
  }

  @Test
  void fitted_model_that_is_saved_and_loaded_scores_as_before() throws IOException {
    QuantizedOnnxModel model = estimator().setPredictionCol("class").fit(rows);
    String path = folder.resolve("model").toString();
    model.write().save(path);
    QuantizedOnnxModel loaded = QuantizedOnnxModel.load(path);
    assertEquals(model.uid(), loaded.uid());
    assertArrayEquals(model.module().toBytes(), loaded.module().toBytes());
    assertArrayEquals(
        predictions(model.transform(rows).withColumnRenamed("class", "prediction")),
        predictions(loaded.transform(rows).withColumnRenamed("class", "prediction")));
  }

  @Test
  void estimator_that_is_saved_and_loaded_keeps_its_parameters() throws IOException {
    String path = folder.resolve("estimator").toString();
    estimator().setFeaturesCol("pixels").setOutputCols("scores=y").write().save(path);
    QuantizedOnnxEstimator loaded = QuantizedOnnxEstimator.load(path);
    assertEquals(7, (Integer) loaded.getOrDefault(loaded.bits()));
    assertEquals("pixels", loaded.getOrDefault(loaded.featuresCol()));
    assertArrayEquals(new String[] {"scores=y"}, loaded.getOrDefault(loaded.outputCols()));
  }

  @Test
  void pipeline_with_the_stage_is_fitted_saved_and_loaded() throws IOException {
    Pipeline pipeline = new Pipeline().setStages(new PipelineStage[] {estimator()});
    PipelineModel fitted = pipeline.fit(rows);
    String path = folder.resolve("pipeline").toString();
    fitted.write().save(path);
    PipelineModel loaded = PipelineModel.load(path);
    assertArrayEquals(predictions(fitted.transform(rows)), predictions(loaded.transform(rows)));
  }

  @Test
  void schema_before_the_fit_is_the_schema_after() {
    QuantizedOnnxEstimator estimator = estimator().setOutputCols("scores=y");
    QuantizedOnnxModel model = estimator.fit(rows);
    assertEquals(estimator.transformSchema(rows.schema()), model.transformSchema(rows.schema()));
    assertEquals(model.transformSchema(rows.schema()), model.transform(rows).schema());
  }

  @Test
  void copy_with_other_parameters_leaves_the_original() {
    QuantizedOnnxModel model = estimator().fit(rows);
    QuantizedOnnxModel copy = model.copy(org.apache.spark.ml.param.ParamMap.empty());
    copy.setPredictionCol("other");
    assertEquals("prediction", model.getOrDefault(model.predictionCol()));
    assertEquals(model.uid(), copy.uid());
  }

  @Test
  void schema_that_does_not_fit_is_refused_with_all_problems() {
    QuantizedOnnxModel model =
        estimator().fit(rows).setFeaturesCol("pixels").setPredictionCol("id");
    SottoException refusal =
        assertThrows(SottoException.class, () -> model.transformSchema(rows.schema()));
    assertEquals(
        List.of("SOTTO-SPARK-001", "SOTTO-SPARK-012"),
        refusal.problems().stream().map(problem -> problem.code().code()).toList());
  }

  @Test
  void model_file_that_is_missing_is_refused() throws IOException {
    Files.delete(onnx);
    assertThrows(SottoException.class, () -> estimator().fit(rows));
  }
}

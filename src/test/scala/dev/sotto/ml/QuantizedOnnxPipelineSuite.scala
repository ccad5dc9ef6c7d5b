package dev.sotto.ml

import java.nio.file.Files

import org.apache.spark.ml.Pipeline
import org.apache.spark.ml.PipelineModel
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator
import org.apache.spark.ml.feature.VectorAssembler
import org.apache.spark.ml.linalg.Vector
import org.apache.spark.sql.SparkSession
import org.apache.spark.sql.functions.col
import org.scalatest.funsuite.AnyFunSuite

/** The stage among Spark's own, as a Scala user writes it. */
final class QuantizedOnnxPipelineSuite extends AnyFunSuite {
  private val spark = SparkSession
    .builder()
    .master("local[2]")
    .config("spark.ui.enabled", "false")
    .config("spark.sql.shuffle.partitions", "2")
    .getOrCreate()
  private val folder = Files.createTempDirectory("sotto-pipeline")
  private val onnx = "samples/models/forest-cancer.onnx"
  private val names = (0 until 30).map(i => s"f$i").toArray
  private val table = spark.read
    .parquet("samples/cancer/test.parquet")
    .select(col("label") +: names.indices.map(i => col("features")(i).as(names(i))): _*)

  private def pipeline = new Pipeline().setStages(
    Array(
      new VectorAssembler().setInputCols(names).setOutputCol("features"),
      new QuantizedOnnxEstimator().setModelPath(onnx).setBits(8)
    )
  )

  test("a pipeline of assembler and quantized model is fitted, saved, loaded and scores alike") {
    val fitted = pipeline.fit(table)
    val path = folder.resolve("fitted").toString
    fitted.write.save(path)
    val before = fitted.transform(table).select("prediction").collect().toSeq
    assert(PipelineModel.load(path).transform(table).select("prediction").collect().toSeq == before)
  }

  test("probabilities are Vectors that Spark's evaluators read") {
    val scored = pipeline.fit(table).transform(table)
    assert(scored.head().getAs[Vector]("probability").size == 2)
    val logLoss = new MulticlassClassificationEvaluator()
      .setMetricName("logLoss")
      .setLabelCol("label")
      .evaluate(scored)
    assert(logLoss > 0 && logLoss < 0.3)
  }

  test("an unfitted pipeline is saved and loaded with its parameters") {
    val path = folder.resolve("unfitted").toString
    pipeline.write.save(path)
    val loaded = Pipeline.load(path).getStages(1).asInstanceOf[QuantizedOnnxEstimator]
    assert(loaded.getOrDefault(loaded.bits) == 8)
  }
}

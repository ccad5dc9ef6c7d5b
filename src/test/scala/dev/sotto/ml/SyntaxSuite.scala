package dev.sotto.ml

import java.nio.file.Files

import dev.sotto.ml.Syntax._
import dev.sotto.runtime.client.ClientKeys
import org.apache.spark.sql.DataFrame
import org.apache.spark.sql.SparkSession
import org.apache.spark.sql.functions.col
import org.apache.spark.sql.functions.monotonically_increasing_id
import org.scalatest.funsuite.AnyFunSuite

/** DataFrames that score, encrypt and decrypt, as a Scala user writes it. */
final class SyntaxSuite extends AnyFunSuite {
  private val spark = SparkSession
    .builder()
    .master("local[2]")
    .config("spark.ui.enabled", "false")
    .config("spark.sql.shuffle.partitions", "2")
    .getOrCreate()
  private val folder = Files.createTempDirectory("sotto-syntax")
  private val rows = spark.read
    .parquet("samples/digits/test.parquet")
    .withColumn("id", monotonically_increasing_id())
    .coalesce(1)

  private def predictions(scored: DataFrame) =
    scored.select(col("id"), col("prediction")).orderBy("id").collect().toSeq

  test("rows are encrypted, scored, decrypted, and come near the scores in the clear") {
    val model = new QuantizedOnnxEstimator()
      .setModelPath("samples/models/mlp-digits.onnx")
      .setInputCols("input=features")
      .setBits(6)
      .fit(rows)
    val compiled = model.compile(rows)
    val keys = folder.resolve("keys")
    val own = ClientKeys.generate(compiled.client)
    try own.save(keys)
    finally own.close()
    val evaluation = keys.resolve("evaluation.keys")
    val files = if (Files.exists(evaluation)) Seq(evaluation.toString) else Seq()
    val decrypted = rows
      .sottoEncrypt(compiled, keys.toString, "id")
      .sottoScoreEncrypted(compiled, files: _*)
      .sottoDecrypt(compiled, keys.toString)
    val hidden = predictions(decrypted)
    val clear = predictions(rows.sottoScore(model))
    assert(hidden.size == rows.count())
    assert(hidden.zip(clear).count { case (a, b) => a == b } >= 0.9 * hidden.size)
    assert(hidden.map(_.get(1)).distinct.size > 1)
  }
}

package dev.sotto.ml

import org.apache.spark.sql.DataFrame

/** What the stages do, as methods of DataFrames: `import dev.sotto.ml.Syntax._`.
  *
  * For Scala only; Java calls the stages, which are all that stands behind it.
  */
object Syntax {

  /** Rows, or blocks of encrypted rows. */
  implicit final class SottoRows(private val rows: DataFrame) extends AnyVal {

    /** Rows with the columns that a quantized model adds, in the clear or simulated. */
    def sottoScore(model: QuantizedOnnxModel): DataFrame = model.transform(rows)

    /** Rows as encrypted blocks, on the owner's Spark.
      *
      * @param keys
      *   the owner's folder of keys
      * @param keyCols
      *   columns that stay beside the rows, in the clear
      */
    def sottoEncrypt(model: CompiledOnnxModel, keys: String, keyCols: String*): DataFrame =
      model.encryptor(keys).setKeyCols(keyCols: _*).transform(rows)

    /** Blocks of results, on the provider's Spark.
      *
      * @param evaluationKeys
      *   files; none where the model needs none
      */
    def sottoScoreEncrypted(model: CompiledOnnxModel, evaluationKeys: String*): DataFrame =
      model.scorer(evaluationKeys: _*).transform(rows)

    /** One row per record again, with its key columns and results, on the owner's Spark.
      *
      * @param keys
      *   the owner's folder of keys
      */
    def sottoDecrypt(model: CompiledOnnxModel, keys: String): DataFrame =
      model.decryptor(keys).transform(rows)
  }
}

package dev.sotto.tensor

import breeze.linalg.DenseMatrix

/** Matrix products of row-major arrays through Breeze.
  *
  * Breeze is column-major: a row-major array is seen, without a copy, as its transpose, and the
  * product is taken in the other order, so that the result is row-major again.
  */
object BreezeMatrixProduct {

  /** The row-major product of a (rows x inner, from aFrom) and b (inner x columns). */
  def multiply(
      a: Array[Float],
      aFrom: Int,
      rows: Int,
      inner: Int,
      b: Array[Float],
      columns: Int
  ): Array[Float] = {
    val left = new DenseMatrix[Float](inner, rows, a, aFrom)
    val right = new DenseMatrix[Float](columns, inner, b, 0)
    (right * left).data
  }

  /** The row-major product of a (rows x inner, from aFrom) and b (inner x columns, from bFrom). */
  def multiply(
      a: Array[Double],
      aFrom: Int,
      rows: Int,
      inner: Int,
      b: Array[Double],
      bFrom: Int,
      columns: Int
  ): Array[Double] = {
    val left = new DenseMatrix[Double](inner, rows, a, aFrom)
    val right = new DenseMatrix[Double](columns, inner, b, bFrom)
    (right * left).data
  }
}

/**
 * Small dense n-dimensional arrays: the values that flow through an ONNX graph.
 *
 * <p>A {@link dev.sotto.tensor.Tensor} has an {@link dev.sotto.tensor.ElementType}, a {@link
 * dev.sotto.tensor.Shape} and one primitive array in row-major order. This is the only room that
 * knows Breeze: matrix products go through {@code MatrixProduct}, written in Scala.
 */
@org.jspecify.annotations.NullMarked
package dev.sotto.tensor;

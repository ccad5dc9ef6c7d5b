/**
 * The Spark ML face: {@code fit} calibrates and quantizes, {@code transform} scores, and both are
 * saved and loaded as every stage of a Pipeline is.
 *
 * <pre>
 *   QuantizedOnnxEstimator ── fit(DataFrame) ──► QuantizedOnnxModel ── transform(DataFrame) ──► columns
 *        modelPath, bits …      calibrate, quantize     quantized module       PartitionScorer
 * </pre>
 *
 * <p>{@code Syntax} is the same for Scala, as methods of DataFrames; nothing else uses it.
 */
@NullMarked
package dev.sotto.ml;

import org.jspecify.annotations.NullMarked;

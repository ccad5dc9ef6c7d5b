/**
 * From floats to integers: ranges are measured, quantizers are built, models become integer models.
 *
 * <pre>
 *  rows ── Calibrator (or Spark) ──► Calibration: per value a TensorStatistics of RangeHistograms
 *                                          │ CalibrationMethod chooses a Range
 *  NumpyModule ────────────────────────────┴──► UniformQuantizer, QuantizedOp ──► QuantizedModule
 * </pre>
 *
 * <p>All statistics are mergeable and depend only on the multiset of rows: the same data gives the
 * same quantized module and the same circuit, whatever the cluster.
 */
@NullMarked
package dev.sotto.quantization;

import org.jspecify.annotations.NullMarked;

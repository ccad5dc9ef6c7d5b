/**
 * The float reference interpreter: one function per operator; the ONNX specification is the law.
 *
 * <pre>
 *  OnnxModel (normalised) ── NumpyModule.of ──► prepared steps ── forward(mini-batch) ──► tensors
 *                                │                                     │
 *                         OperatorRegistry                     observer (calibration)
 * </pre>
 *
 * <p>A {@link dev.sotto.numpy.Operator} is prepared once from its node (attributes read, checked)
 * and then applied to any number of mini-batches. Operators live in small files by family and are
 * registered by name; a missing one is refused before anything runs.
 */
@org.jspecify.annotations.NullMarked
package dev.sotto.numpy;

/**
 * The {@code ai.onnx.ml} operators of tabular models: trees, linear models, encoders, scalers.
 *
 * <p>What a tree or linear node says is parsed once into a value, {@link
 * dev.sotto.numpy.ml.TreeEnsemble} or {@link dev.sotto.numpy.ml.LinearModel}, which the interpreter
 * runs and the quantizer reads:
 *
 * <pre>
 *  node ── TreeEnsemble.of ──► rawScores ──► base values, PostTransform ──► labels, scores
 *                  └─────────► quantization: thresholds, modes, leaves
 * </pre>
 *
 * <p>Where the specification leaves a convention open (binary classifiers with one score), that of
 * ONNX Runtime is followed; tests compare the two.
 */
@org.jspecify.annotations.NullMarked
package dev.sotto.numpy.ml;

/**
 * Reading, checking, normalising, printing and writing ONNX.
 *
 * <pre>
 *  bytes ── OnnxReader ──► OnnxModel ── OnnxNormalizer ──► OnnxModel (canonical opset) ──► numpy
 *                             │                │                  │
 *             OnnxWriter, ModelPrinter   OpsetChanges,     GraphIndex, OutputTail,
 *                                        ShapeInference    ModelChecker
 * </pre>
 *
 * <p>The rooms above see {@link dev.sotto.onnx.OnnxModel}, {@link dev.sotto.onnx.Graph}, {@link
 * dev.sotto.onnx.Node} and {@link dev.sotto.onnx.Attribute}; only this room knows the wire format.
 * After normalisation every operator has one form, that of {@link
 * dev.sotto.onnx.OnnxModel#CANONICAL_OPSET}, so each is written once.
 */
@org.jspecify.annotations.NullMarked
package dev.sotto.onnx;

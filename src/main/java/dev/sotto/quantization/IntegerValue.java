package dev.sotto.quantization;

import dev.sotto.circuit.Interval;
import dev.sotto.tensor.Shape;

/**
 * A tensor of integers while a model is quantized: where it is, and what its integers mean.
 *
 * <p>{@code real[i] = slope[i] · q[i] + offset[i]}.
 *
 * @param slot number of the tensor in the quantized module
 * @param root ONNX name of the value that the integers stand for
 * @param shape shape of one row, as ONNX gives it for a batch of one
 * @param affine what the integers mean
 * @param proved interval that holds every integer, proved
 * @param quantized whether the integers come from a quantizer, so that they need no other
 */
record IntegerValue(
    int slot, String root, Shape shape, Affine affine, Interval proved, boolean quantized) {}

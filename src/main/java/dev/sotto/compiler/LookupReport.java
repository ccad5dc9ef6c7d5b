package dev.sotto.compiler;

/**
 * What became of a lookup.
 *
 * @param node ONNX name
 * @param degree of its polynomials; one where it is a straight line
 * @param channels how many polynomials
 * @param error root mean square over the calibration rows, in steps of the quantized model
 */
public record LookupReport(String node, int degree, int channels, double error) {}

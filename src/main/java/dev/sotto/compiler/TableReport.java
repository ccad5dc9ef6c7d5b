package dev.sotto.compiler;

/**
 * A lookup that is computed exactly, as a table.
 *
 * @param node ONNX name
 * @param channels how many tables
 * @param lo the least integer with a value
 * @param hi the largest integer with a value
 * @param degree of the polynomials modulo t that stand for them, the highest
 * @param products of two encrypted numbers for one number looked up, the most
 * @param relinearisations for one number looked up, the most
 * @param levels that it takes
 */
public record TableReport(
    String node,
    int channels,
    long lo,
    long hi,
    int degree,
    int products,
    int relinearisations,
    int levels) {}

package dev.sotto.runtime.simulation;

import dev.sotto.circuit.IntegerTensor;
import java.util.List;
import java.util.Map;

/**
 * What an encrypted run would give.
 *
 * @param results one tensor per output of the circuit, as decryption gives them: whole numbers
 *     where the scheme is exact, else near them
 * @param outside rows that left an interval for which a polynomial was fitted, by ONNX node
 * @param rowsOutside rows that left any
 */
public record Simulation(
    List<IntegerTensor> results, Map<String, Long> outside, long rowsOutside) {}

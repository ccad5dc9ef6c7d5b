package dev.sotto.compiler;

import dev.sotto.compiler.slots.SlotsPlan;
import dev.sotto.quantization.QuantizedModule;
import java.util.List;

/**
 * What a data owner is given: how rows become integers and results become values, and with which
 * parameters blocks are encrypted. No weights.
 *
 * @param hash of the server's part: the name of the circuit in keys and blocks
 * @param module encodings, meanings of results, what is computed in the clear
 * @param plan scheme and parameters, without treatments
 * @param inputBounds per encoding, no encoded integer is larger in size
 */
public record ClientPart(
    String hash, QuantizedModule module, SlotsPlan plan, List<Double> inputBounds) {}

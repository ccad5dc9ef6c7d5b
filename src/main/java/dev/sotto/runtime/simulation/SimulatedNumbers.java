package dev.sotto.runtime.simulation;

import dev.sotto.slots.CkksCiphertext;

/**
 * What a ciphertext of approximate numbers holds, and all that is public of it.
 *
 * @param shape level, degree, scale and bounds: a ciphertext without residues
 * @param values one number for every row, with its noise
 */
@SuppressWarnings("ArrayRecordComponent")
record SimulatedNumbers(CkksCiphertext shape, double[] values) {}

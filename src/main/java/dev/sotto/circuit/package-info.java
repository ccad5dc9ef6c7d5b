/**
 * The integer circuit: what a quantized model computes on one row, and everything that is true of
 * it without cryptography.
 *
 * <pre>
 *                         IntegerAlgebra: linear, scale, lookup, product, add, move, trees
 *                            ▲                    ▲                      ▲
 *  QuantizedModule.forward ──┤                    │                      │
 *                      ClearAlgebra         CircuitBuilder        (simulated and encrypted
 *                     (clear integers,      (traces into a          executors interpret
 *                      rows at a time)       Circuit)                 the Circuit)
 * </pre>
 *
 * <p>A <em>row</em> is what is described: every value is a row of integers with a fixed length. How
 * many rows are computed at once is the business of whoever evaluates, be it a mini-batch of clear
 * rows or the slots of a ciphertext; rows never meet.
 */
@org.jspecify.annotations.NullMarked
package dev.sotto.circuit;

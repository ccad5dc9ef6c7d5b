/**
 * How a circuit runs on the slots engine: one definition, for the planner's dry runs and for
 * servers.
 *
 * <p>{@link dev.sotto.compiler.slots.SlotsAlgebra} interprets circuits over lists of ciphertexts,
 * one for each integer of a row; {@link dev.sotto.compiler.slots.SlotArithmetic} is what it needs
 * of a scheme, BGV or CKKS. Servers run {@link dev.sotto.compiler.slots.BlockProgram}: the same
 * calls, noted once, in an order that needs little memory. Nothing here knows a secret key.
 */
@org.jspecify.annotations.NullMarked
package dev.sotto.compiler.slots;

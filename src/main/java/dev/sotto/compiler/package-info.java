/**
 * From a circuit of integers to one that an engine can run, and the parameters it runs with; once,
 * on the driver, before any key exists.
 *
 * <pre>
 *   QuantizedModule.circuit() ── PolynomialRewriter ── circuit without lookups ── SlotsPlanner ── CompiledCircuit
 *        lookups, clamps          fit, fold, refit       sums, products, trees       scheme, ring, moduli
 *                           or TableRewriter ── the same with tables
 * </pre>
 *
 * <p>The rewritten circuit is an ordinary {@link dev.sotto.circuit.Circuit}: clear runs,
 * simulations and encrypted runs evaluate the same one.
 */
@org.jspecify.annotations.NullMarked
package dev.sotto.compiler;

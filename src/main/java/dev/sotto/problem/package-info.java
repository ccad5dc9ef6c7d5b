/**
 * The common room: how Sotto says that something is wrong.
 *
 * <p>Every room above declares its errors as an enum that implements {@link
 * dev.sotto.problem.ErrorCode}; what went wrong is a {@link dev.sotto.problem.Problem}; what is
 * thrown is a {@link dev.sotto.problem.SottoException}, which carries every problem found, not only
 * the first.
 */
@org.jspecify.annotations.NullMarked
package dev.sotto.problem;

/**
 * The {@code sotto} command: every role's work from a shell.
 *
 * <pre>
 *   scripts/sotto COMMAND ... ──► SottoCommand ──► one subcommand ──► spark, ml, runtime, compiler ...
 * </pre>
 *
 * <p>Standard output holds a command's result and nothing else; progress, warnings and refusals go
 * to standard error.
 */
@NullMarked
package dev.sotto.cli;

import org.jspecify.annotations.NullMarked;

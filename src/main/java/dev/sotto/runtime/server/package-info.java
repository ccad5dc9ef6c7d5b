/** The compute provider's side: blocks in, blocks out, evaluation keys at most. */
@org.jspecify.annotations.NullMarked
package dev.sotto.runtime.server;

/**
 * Predicts what encrypted runs give, without a key: the server's own interpreter of circuits over
 * clear numbers that carry the noise which ciphertexts would have.
 */
@org.jspecify.annotations.NullMarked
package dev.sotto.runtime.simulation;

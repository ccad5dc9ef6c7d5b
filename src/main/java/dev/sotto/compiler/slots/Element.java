package dev.sotto.compiler.slots;

import dev.sotto.slots.SlotCiphertext;

/**
 * One encrypted number of every row of a block that is still to come.
 *
 * @param <C> a ciphertext
 */
final class Element<C extends SlotCiphertext> {
  /** What it will be, without content. */
  final C hollow;

  /** What computes it. */
  final Task<C> maker;

  /** Its place among all elements. */
  final int id;

  Element(C hollow, Task<C> maker, int id) {
    this.hollow = hollow;
    this.maker = maker;
    this.id = id;
  }
}

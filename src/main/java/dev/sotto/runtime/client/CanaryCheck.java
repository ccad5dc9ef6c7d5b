package dev.sotto.runtime.client;

import dev.sotto.circuit.IntegerTensor;
import dev.sotto.compiler.Canaries;
import dev.sotto.compiler.ClientPart;
import dev.sotto.runtime.EncryptedBlock;
import dev.sotto.runtime.RuntimeError;
import java.util.Locale;

/** Compares the results of a block's canaries with what is known of them. */
final class CanaryCheck {
  private CanaryCheck() {}

  /**
   * Refuses a block with a canary that is off.
   *
   * @param results of every ciphertext, the numbers in all slots
   */
  static void check(ClientPart part, EncryptedBlock block, double[][] results) {
    Canaries canaries = part.canaries();
    if (canaries.isEmpty()) {
      return;
    }
    int at = 0;
    for (int o = 0; o < canaries.results().size(); o++) {
      IntegerTensor expected = canaries.results().get(o);
      String name = part.module().outputs().get(o).value();
      for (int i = 0; i < expected.size(); i++) {
        double[] slots = results[at++];
        for (int slot = block.rows(); slot < slots.length; slot++) {
          int canary = (slots.length - 1 - slot) % canaries.rows();
          double off = Math.abs(slots[slot] - expected.get(canary, i));
          if (!(off <= canaries.tolerance())) {
            throw refused(block, name, canary, i, expected.get(canary, i), slots[slot], canaries);
          }
        }
      }
    }
  }

  private static RuntimeException refused(
      EncryptedBlock block,
      String output,
      int canary,
      int element,
      long expected,
      double actual,
      Canaries canaries) {
    return RuntimeError.refused(
        RuntimeError.CORRUPTED_BLOCK,
        "block " + block.number(),
        String.format(
            Locale.ROOT,
            "canary %d, integer %d of '%s': %d within %.4g expected, got %.6g.",
            canary,
            element,
            output,
            expected,
            canaries.tolerance(),
            actual));
  }
}

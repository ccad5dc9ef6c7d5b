package dev.sotto.runtime.client;

import dev.sotto.circuit.IntegerTensor;
import dev.sotto.compiler.Canaries;
import dev.sotto.compiler.ClientPart;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One encoded integer of all rows of a block: the values of one ciphertext.
 *
 * <p>Rows come first, canaries last: slot s − 1 − i of s slots holds canary i, and slots in between
 * hold canaries again, so that no slot is outside the box and every one of them is a witness.
 *
 * @param rows the owner's
 * @param canaries the same input of the canaries; null where blocks carry none
 * @param slots of a block
 * @param element which integer of a row
 * @param bound no integer is larger in size
 */
record BlockColumn(
    IntegerTensor rows, @Nullable IntegerTensor canaries, int slots, int element, double bound) {

  static List<BlockColumn> of(ClientPart part, List<IntegerTensor> encoded) {
    Canaries canaries = part.canaries();
    List<BlockColumn> columns = new ArrayList<>();
    for (int e = 0; e < encoded.size(); e++) {
      IntegerTensor known = canaries.isEmpty() ? null : canaries.inputs().get(e);
      for (int i = 0; i < encoded.get(e).size(); i++) {
        columns.add(
            new BlockColumn(
                encoded.get(e), known, part.plan().rows(), i, part.inputBounds().get(e)));
      }
    }
    return columns;
  }

  /** The values of the slots; those beyond are zero. */
  double[] values() {
    double[] values = new double[canaries == null ? rows.rows() : slots];
    for (int row = 0; row < rows.rows(); row++) {
      values[row] = rows.get(row, element);
    }
    if (canaries != null) {
      for (int slot = rows.rows(); slot < slots; slot++) {
        values[slot] = canaries.get((slots - 1 - slot) % canaries.rows(), element);
      }
    }
    return values;
  }
}

package dev.sotto.runtime.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.circuit.IntegerTensor;
import dev.sotto.compiler.Canaries;
import dev.sotto.compiler.CompiledCircuit;
import dev.sotto.problem.SottoException;
import dev.sotto.runtime.ClientPackage;
import dev.sotto.runtime.EncryptedBlock;
import dev.sotto.runtime.Faults;
import dev.sotto.runtime.ServerPackage;
import dev.sotto.runtime.TinyCircuits;
import dev.sotto.runtime.server.FheServer;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rows that leave the modulus are seen, and found. */
final class CanaryTest {
  private static final CompiledCircuit QUARTIC = TinyCircuits.quartic();
  private static final ClientPackage CLIENT = ClientPackage.of(QUARTIC);
  private static final FheServer SERVER = new FheServer(ServerPackage.of(QUARTIC), null, 1);

  /** Rows near zero, and one at the end of every range. */
  private static Tensor rows(int count, int offender) {
    float[] values = TinyCircuits.rows(7, count).toFloats().clone();
    for (int i = 0; i < values.length; i++) {
      values[i] = i / TinyCircuits.FEATURES == offender ? 1 : values[i] / 32;
    }
    return Tensor.of(Shape.of(count, TinyCircuits.FEATURES), values);
  }

  @Test
  void canaries_take_rows_of_the_block_and_stay_where_the_plan_assumes_numbers() {
    Canaries canaries = QUARTIC.clientPart().canaries();
    assertEquals(4, canaries.rows());
    assertEquals(QUARTIC.plan().rows() - 4, CLIENT.rowsPerBlock());
    IntegerTensor rows = canaries.inputs().get(0);
    boolean moved = false;
    for (int row = 0; row < rows.rows(); row++) {
      long sum = 0;
      for (int i = 0; i < rows.size(); i++) {
        sum += 16 * rows.get(row, i);
      }
      assertTrue(Math.abs(sum) <= TinyCircuits.CALIBRATED, "sum " + sum);
      moved |= sum != 0;
    }
    assertTrue(moved);
    assertEquals(canaries.results(), QUARTIC.evaluate(canaries.inputs()));
  }

  @Test
  void block_within_its_modulus_decrypts() {
    Tensor rows = rows(50, -1);
    try (ClientKeys keys = ClientKeys.generate(CLIENT);
        FheClient owner = new FheClient(CLIENT, keys)) {
      Tensor result = owner.decrypt(SERVER.score(owner.encrypt(rows)))[0];
      float[] clear = QUARTIC.score(rows)[0].toFloats();
      float largest = 0;
      for (float value : clear) {
        largest = Math.max(largest, Math.abs(value));
      }
      assertArrayEquals(clear, result.toFloats(), largest / 500);
    }
  }

  @Test
  void block_with_a_row_that_leaves_the_modulus_is_refused_and_smaller_blocks_find_the_row() {
    int offender = 37;
    Tensor rows = rows(60, offender);
    try (ClientKeys keys = ClientKeys.generate(CLIENT);
        FheClient owner = new FheClient(CLIENT, keys)) {
      EncryptedBlock whole = SERVER.score(owner.encrypt(rows));
      assertEquals("SOTTO-RUNTIME-013", Faults.code(() -> owner.decrypt(whole)));
      List<Long> refused = new ArrayList<>();
      for (EncryptedBlock block : owner.encryptInBlocks(10, rows).toList()) {
        try {
          assertEquals(10, owner.decrypt(SERVER.score(block))[0].shape().dim(0));
        } catch (SottoException e) {
          assertEquals("SOTTO-RUNTIME-013", e.problems().get(0).code().code());
          refused.add(block.number());
        }
      }
      assertEquals(List.of(3L), refused);
    }
  }

  /** What the engine's own check of the phase may let pass. */
  @Test
  void canary_that_is_off_names_itself_what_was_expected_and_what_came() {
    Canaries canaries = QUARTIC.clientPart().canaries();
    try (ClientKeys keys = ClientKeys.generate(CLIENT);
        FheClient owner = new FheClient(CLIENT, keys)) {
      EncryptedBlock result = SERVER.score(owner.encrypt(rows(5, -1)));
      int slots = QUARTIC.plan().rows();
      double[][] good = new double[1][slots];
      for (int slot = 0; slot < slots; slot++) {
        good[0][slot] =
            canaries.results().get(0).get((slots - 1 - slot) % canaries.rows(), 0)
                + canaries.tolerance() / 2;
      }
      CanaryCheck.check(CLIENT.part(), result, good);
      double before = good[0][slots - 2];
      for (double wrong : new double[] {before + 2 * canaries.tolerance(), Double.NaN}) {
        good[0][slots - 2] = wrong;
        SottoException refused =
            assertThrows(
                SottoException.class, () -> CanaryCheck.check(CLIENT.part(), result, good));
        assertTrue(
            refused.getMessage().startsWith("SOTTO-RUNTIME-013 block 0: canary 1, integer 0 of"),
            refused.getMessage());
        assertTrue(
            refused.getMessage().contains(": " + canaries.results().get(0).get(1, 0) + " within"),
            refused.getMessage());
      }
    }
  }

  @Test
  void tolerance_is_far_below_the_results_themselves() {
    Canaries canaries = TinyCircuits.squares().clientPart().canaries();
    double largest = 0;
    for (long value : canaries.results().get(0).toLongs()) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertTrue(canaries.tolerance() < largest / 20, canaries.tolerance() + " of " + largest);
  }
}

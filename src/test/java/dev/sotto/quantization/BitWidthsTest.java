package dev.sotto.quantization;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.problem.SottoException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BitWidthsTest {
  private static String refused(org.junit.jupiter.api.function.Executable action) {
    SottoException refusal = assertThrows(SottoException.class, action);
    assertEquals(QuantizationError.BITS, refusal.problems().get(0).code());
    return refusal.problems().get(0).where();
  }

  @Test
  void oneNumber_below5_keepsFiveAtTheEdges() {
    assertEquals(new BitWidths(5, 3, 3, 5, Map.of()), BitWidths.of(3));
    assertEquals(new BitWidths(8, 8, 8, 8, Map.of()), BitWidths.of(8));
  }

  @Test
  void map_twoKeys_takesDefaultsForTheRest() {
    assertEquals(
        new BitWidths(5, 7, 4, 7, Map.of()), BitWidths.of(Map.of("op_inputs", 7, "op_weights", 4)));
    assertEquals(
        new BitWidths(5, 3, 4, 5, Map.of()), BitWidths.of(Map.of("op_inputs", 3, "op_weights", 4)));
  }

  @Test
  void map_fourKeys_isTakenAsGiven() {
    assertEquals(
        new BitWidths(12, 6, 5, 9, Map.of()),
        BitWidths.of(
            Map.of("model_inputs", 12, "op_inputs", 6, "op_weights", 5, "model_outputs", 9)));
  }

  @Test
  void map_wrongKeysOrValues_areRefusedByKey() {
    assertEquals("n_bits", refused(() -> BitWidths.of(Map.of("op_inputs", 4))));
    assertEquals("n_bits", refused(() -> BitWidths.of(Map.of("op_weights", 4))));
    assertEquals("weights", refused(() -> BitWidths.of(Map.of("op_inputs", 4, "weights", 4))));
    assertEquals(
        "model_outputs",
        refused(() -> BitWidths.of(Map.of("op_inputs", 8, "op_weights", 8, "model_outputs", 7))));
    assertEquals(
        "op_weights", refused(() -> BitWidths.of(Map.of("op_inputs", 8, "op_weights", 17))));
    assertTrue(refused(() -> BitWidths.of(1)).endsWith("inputs"));
    assertEquals("fc.weights", refused(() -> BitWidths.of(8).withLayer("fc", 8, 1)));
  }

  @Test
  void layer_named_hasItsOwnBits() {
    BitWidths bits = BitWidths.of(8).withLayer("fc", 5, 3);
    assertEquals(new BitWidths.LayerBits(5, 3), bits.layer("fc"));
    assertEquals(new BitWidths.LayerBits(8, 8), bits.layer("other"));
  }
}

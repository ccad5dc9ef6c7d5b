package dev.sotto.slots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;

import dev.sotto.slots.ring.OperationCounts;
import dev.sotto.slots.ring.RingType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What dry runs spare themselves is counted as if it were done. */
final class RepeatedKernelsTest {
  private static final int ROUNDS = 4;

  private final OperationCounts counts = new OperationCounts();
  private final BgvEvaluator dry;
  private final BgvCiphertext x;

  RepeatedKernelsTest() {
    RingParameters ring =
        RingParameters.generate(
            RingType.STANDARD, 14, new int[] {50, 45, 45, 45, 45, 45}, new int[] {45, 45});
    dry = BgvScheme.of(new BgvParameters(ring.dry(counts), 65537)).dryEvaluator(3);
    x = dry.hollow(5, false);
  }

  /** What an operation calls for, time after time; the first time makes room as well. */
  private List<String> counted(UnaryOperator<BgvCiphertext> operation) {
    List<String> rounds = new ArrayList<>();
    BgvCiphertext last = null;
    for (int round = 0; round < ROUNDS; round++) {
      OperationCounts before = counts.copy();
      BgvCiphertext result = operation.apply(x);
      if (last != null) {
        assertNotSame(last.rlwe(), result.rlwe());
        assertEquals(last.degree(), result.degree());
        assertEquals(last.level(), result.level());
        assertEquals(last.noiseBits(), result.noiseBits());
      }
      last = result;
      rounds.add(counts.since(before).toString());
    }
    assertEquals(rounds.get(1), rounds.get(2));
    assertEquals(rounds.get(1), rounds.get(3));
    return rounds;
  }

  @Test
  void operations_are_counted_whenever_asked() {
    BgvCiphertext y = dry.hollow(5, false);
    String square = counted(c -> dry.multiply(c, c)).get(1);
    String product = counted(c -> dry.multiply(c, y)).get(1);
    assertNotEquals(square, product);
    BgvCiphertext two = dry.multiply(x, x);
    BgvCiphertext three = dry.multiply(two, y);
    String second = counted(c -> dry.relinearise(two)).get(1);
    assertNotEquals(second, counted(c -> dry.relineariseAndSwitch(two)).get(1));
    assertNotEquals(second, counted(c -> dry.relinearise(three)).get(1));
    assertNotEquals(
        counted(dry::switchModulus).get(1), counted(c -> dry.switchModulus(two)).get(1));
    BgvCiphertext lower = dry.forgetPrimes(x, 3);
    assertNotEquals(square, counted(c -> dry.multiply(lower, lower)).get(1));
  }

  @Test
  void formulas_of_one_structure_are_one() {
    BgvExpression a = BgvExpression.of(x);
    BgvExpression b = BgvExpression.of(dry.hollow(5, false));
    String both = counted(c -> dry.evaluate(a.times(b).plus(a))).get(1);
    OperationCounts before = counts.copy();
    dry.evaluate(b.times(a).plus(b));
    assertEquals(both, counts.since(before).toString());
    assertNotEquals(both, counted(c -> dry.evaluate(a.times(b).plus(b.times(a)))).get(1));
    assertNotEquals(both, counted(c -> dry.evaluate(a.plus(b).plus(a))).get(1));
  }
}

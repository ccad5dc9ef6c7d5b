package dev.sotto.quantization;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sotto.quantization.Decision.Constant;
import dev.sotto.quantization.InputEncoding.Relation;
import org.junit.jupiter.api.Test;

class DecisionsTest {
  private final Decisions decisions = new Decisions(100, 100_000);

  private Decision below(int feature, double threshold) {
    return decisions.of(new Decision.Test(feature, Relation.LEQ, threshold));
  }

  private Decision both(Decision a, Decision b) {
    return decisions.walk(a, x -> x.equals(new Constant(1)) ? decisions.here(b) : new Constant(0));
  }

  private Decision negated(Decision a) {
    return decisions.walk(a, x -> new Constant(1 - ((Constant) x).value()));
  }

  @Test
  void walk_testImpliedOnThePath_isLeftOut() {
    assertSame(below(0, 1), both(below(0, 1), below(0, 2)));
    assertEquals(2, both(below(0, 2), below(0, 1)).size());
    assertEquals(2, both(below(0, 1), below(1, 2)).size());
  }

  @Test
  void walk_contradiction_keepsOnlyWhatNaNCanReach() {
    Decision above = decisions.of(new Decision.Test(0, Relation.GT, 1));
    assertEquals(new Constant(0), both(below(0, 1), above));
    // "not at most 1" and "above 1" differ for NaN alone, so the second test stays.
    assertEquals(2, both(negated(below(0, 1)), above).size());
  }

  @Test
  void walk_treeBeyondTheLimit_isGivenUp() {
    assertThrows(
        Decisions.TooLarge.class,
        () -> {
          Decision parity = new Constant(0);
          for (int feature = 0; feature < 8; feature++) {
            Decision bit = below(feature, 0);
            parity =
                decisions.walk(
                    parity,
                    x ->
                        decisions.walk(
                            bit,
                            y ->
                                new Constant(
                                    Math.abs(((Constant) x).value() - ((Constant) y).value()))));
          }
        });
  }
}

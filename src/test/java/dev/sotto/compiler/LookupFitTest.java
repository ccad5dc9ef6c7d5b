package dev.sotto.compiler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.circuit.AffineLookup;
import dev.sotto.circuit.Interval;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class LookupFitTest {
  /** Evenly spread values, from −size to size. */
  private static double[] spread(double size) {
    double[] values = new double[1001];
    Arrays.setAll(values, i -> size * (i - 500) / 500);
    return values;
  }

  private static AffineLookup lookup(long lo, long hi) {
    return new AffineLookup(new double[] {0.5}, new double[] {1}, new int[1], new Interval(lo, hi));
  }

  @Test
  void aRequantizationThatClipsFewValuesIsItsOwnLine() {
    // The range of results is narrower than their spread by little: two values of a hundred clip.
    LookupFit line = LookupFit.line(lookup(-48, 50), spread(100));
    assertTrue(line.isStraight());
    assertEquals(0.5 * 100 + 1, line.polynomials()[0].at(100));
    assertEquals(-0.5 * 100 + 1, line.polynomials()[0].at(-100));
  }

  @Test
  void narrowResultsAreNoReasonForACurve() {
    // Five steps in all: rounding alone would be more than 3 % of their spread.
    assertTrue(LookupFit.line(lookup(-1, 3), spread(4)).isStraight());
  }

  @Test
  void aReluIsNoLineHoweverFewItsSteps() {
    assertFalse(LookupFit.line(lookup(0, 60), spread(100)).isStraight());
    assertFalse(LookupFit.line(lookup(1, 2), spread(1.2)).isStraight());
  }

  @Test
  void aRangeThatLeavesOutManyValuesIsNoLine() {
    assertFalse(LookupFit.line(lookup(-40, 40), spread(100)).isStraight());
  }
}

package dev.sotto.compiler.slots;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sotto.circuit.Circuit;
import dev.sotto.circuit.CircuitBuilder;
import dev.sotto.circuit.CircuitNode;
import dev.sotto.circuit.Interval;
import dev.sotto.compiler.slots.ScaleTrace.Rescale;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ScaleTraceTest {
  private static final int BOUND = 1 << 10;

  private final CircuitBuilder builder = new CircuitBuilder();
  private final CircuitNode x = builder.input("x", 1, new Interval(-BOUND, BOUND));
  private final CircuitNode square = builder.product(x, x);
  private final Circuit circuit = builder.build(List.of(square));

  private ScaleTrace traced(Rescale rescale, double scale, double size) {
    ScaleTrace trace =
        new ScaleTrace(Map.of(square.id(), new ScaleTrace.Wish(false, rescale)), size);
    circuit.evaluate(trace, List.of(trace.input(scale, BOUND)));
    return trace;
  }

  // The square has 100 bits: 70 more than wished for, or 45.
  @ParameterizedTest
  @CsvSource({"NONE,30,0,0", "FULL,30,2,35", "SPARING,30,1,50", "FULL,55,1,45", "SPARING,55,1,45"})
  void rescaling_divides_by_all_that_is_too_much_or_by_full_primes(
      Rescale rescale, double size, int primes, int bits) {
    ScaleTrace trace = traced(rescale, 40, size);
    assertEquals(primes, trace.dropped().size());
    trace.dropped().forEach(each -> assertEquals(bits, each));
    assertEquals(
        primes == 0 ? Map.of() : Map.of(square.id(), new Treatment(false, primes)),
        trace.treatments());
  }

  @Test
  void a_division_by_little_is_not_worth_a_prime() {
    assertEquals(List.of(), traced(Rescale.FULL, 40, 90).dropped());
  }
}

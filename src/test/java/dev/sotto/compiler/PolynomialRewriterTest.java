package dev.sotto.compiler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.circuit.AffineLookup;
import dev.sotto.circuit.Circuit;
import dev.sotto.circuit.CircuitBuilder;
import dev.sotto.circuit.CircuitNode;
import dev.sotto.circuit.ClearAlgebra;
import dev.sotto.circuit.ElementFunction;
import dev.sotto.circuit.FunctionLookup;
import dev.sotto.circuit.IntegerTensor;
import dev.sotto.circuit.Interval;
import dev.sotto.circuit.Lookup;
import dev.sotto.circuit.Operation;
import dev.sotto.circuit.Scaling;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PolynomialRewriterTest {
  private static final int SIZE = 12;
  private static final int HIDDEN = 8;
  private final RandomRows random = new RandomRows(11);
  private final IntegerTensor rows = random.between(300, SIZE, -100, 100);

  private record Result(Circuit circuit, double[] values, List<LookupReport> reports) {}

  private static Result rewritten(Circuit circuit, IntegerTensor rows, int degree, int bits) {
    CircuitBuilder builder = new CircuitBuilder();
    PolynomialRewriter rewriter =
        new PolynomialRewriter(
            builder, new RewriteOptions(degree, Map.of(), 12, bits, true, false));
    CircuitNode input = circuit.nodes().get(0);
    Terms x =
        rewriter.input(builder.input(input.name(), input.size(), input.proved().hull()), rows);
    Terms y = rewriter.result(circuit.evaluate(rewriter, List.of(x)).get(0));
    Circuit made = builder.build(List.of(y.only().node()));
    double[] integers = made.evaluate(new ClearAlgebra(), List.of(rows)).get(0).toDoubles();
    double[] values = new double[integers.length];
    Arrays.setAll(
        values, i -> y.only().slope()[i % y.size()] * integers[i] + y.offset()[i % y.size()]);
    return new Result(made, values, rewriter.reports());
  }

  private static double[] clear(Circuit circuit, IntegerTensor rows) {
    return circuit.evaluate(new ClearAlgebra(), List.of(rows)).get(0).toDoubles();
  }

  private static double relative(double[] actual, double[] expected) {
    double error = 0;
    double size = 0;
    for (int i = 0; i < actual.length; i++) {
      error += Math.pow(actual[i] - expected[i], 2);
      size += Math.pow(expected[i], 2);
    }
    return Math.sqrt(error / size);
  }

  private CircuitNode input(CircuitBuilder builder) {
    return builder.input("x", SIZE, new Interval(-100, 100));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 26})
  void circuit_of_sums_and_moves_stays_as_it_is(int bits) {
    CircuitBuilder builder = new CircuitBuilder();
    CircuitNode x = builder.linear(input(builder), random.dense(SIZE, HIDDEN, 90));
    Circuit circuit = builder.build(List.of(builder.add(x, x)));
    Result result = rewritten(circuit, rows, 2, bits);
    assertArrayEquals(clear(circuit, rows), result.values());
  }

  @Test
  void square_of_integers_is_exact_where_exactness_is_asked_for() {
    CircuitBuilder builder = new CircuitBuilder();
    CircuitNode x = builder.linear(input(builder), random.dense(SIZE, HIDDEN, 9));
    Circuit circuit = builder.build(List.of(builder.product(x, x)));
    assertArrayEquals(clear(circuit, rows), rewritten(circuit, rows, 2, 0).values());
  }

  /**
   * a·y² + b·y with re-quantizations that never clip, as networks trained with squares have them.
   */
  @Test
  void network_of_squares_takes_one_square_a_layer_and_loses_nothing() {
    CircuitBuilder builder = new CircuitBuilder();
    CircuitNode x = builder.linear(input(builder), random.dense(SIZE, HIDDEN, 90));
    CircuitNode q = builder.lookup(x, line(HIDDEN, 0.01));
    CircuitNode sum =
        builder.add(
            builder.scale(builder.product(q, q), factors(HIDDEN, 1)),
            builder.scale(x, factors(HIDDEN, 1)));
    CircuitNode y =
        builder.linear(builder.lookup(sum, line(HIDDEN, 0.001)), random.dense(HIDDEN, 3, 90));
    Circuit circuit = builder.build(List.of(y));
    Result result = rewritten(circuit, rows, 2, 26);
    assertTrue(relative(result.values(), clear(circuit, rows)) < 0.02);
    long products =
        result.circuit().nodes().stream()
            .filter(n -> n.operation() instanceof Operation.Product)
            .count();
    assertEquals(1, products);
    assertTrue(result.reports().stream().allMatch(r -> r.degree() == 1));
  }

  @Test
  void no_lookup_of_the_new_circuit_clips() {
    Circuit circuit = layer(v -> Math.max(0, v));
    for (CircuitNode node : rewritten(circuit, rows, 4, 26).circuit().nodes()) {
      if (node.operation() instanceof Operation.Look look) {
        AffineLookup affine = (AffineLookup) look.lookup();
        Interval all = node.proved().hull();
        assertTrue(affine.range().lo() <= all.lo() && all.hi() <= affine.range().hi());
      }
    }
  }

  /** Relu, sigmoid, tanh and gelu between layers: the error falls with the degree. */
  @Test
  void error_falls_with_the_degree_from_two_to_seven() {
    Map<String, DoubleUnaryOperator> functions =
        Map.of(
            "relu", v -> Math.max(0, v),
            "sigmoid", v -> 1 / (1 + Math.exp(-v)),
            "tanh", Math::tanh,
            "gelu", v -> v / (1 + Math.exp(-1.702 * v)));
    functions.forEach(
        (name, function) -> {
          Circuit circuit = layer(function);
          double[] expected = clear(circuit, rows);
          double[] errors = new double[8];
          for (int degree = 2; degree <= 7; degree++) {
            Result result = rewritten(circuit, rows, degree, 26);
            errors[degree] = relative(result.values(), expected);
            int most = Math.max(2, degree);
            assertTrue(result.reports().stream().allMatch(r -> r.degree() <= most));
          }
          String all = name + " " + Arrays.toString(errors);
          assertTrue(errors[3] < 1.05 * errors[2], all);
          assertTrue(errors[5] < 0.9 * errors[2], all);
          assertTrue(errors[7] < 0.8 * errors[3], all);
          assertFalse(errors[7] > 0.1, all);
        });
  }

  private Circuit layer(DoubleUnaryOperator function) {
    CircuitBuilder builder = new CircuitBuilder();
    RandomRows weights = new RandomRows(5);
    CircuitNode x = builder.linear(input(builder), weights.dense(SIZE, HIDDEN, 90));
    CircuitNode y = builder.lookup(x, function(new Scaled(function), HIDDEN, x.proved().hull()));
    return builder.build(List.of(builder.linear(y, weights.dense(HIDDEN, 3, 90))));
  }

  /** A function of numbers of about ±3. */
  private record Scaled(DoubleUnaryOperator function) implements ElementFunction {
    @Override
    public int channels() {
      return 1;
    }

    @Override
    public double[] values(int channel, double[] x) {
      return Arrays.stream(x).map(v -> function.applyAsDouble(v / 8000)).toArray();
    }
  }

  private static Lookup function(ElementFunction function, int size, Interval domain) {
    return new FunctionLookup(function, 0.002, 0, new int[size], new Interval(-4000, 4000), domain);
  }

  private static AffineLookup line(int size, double slope) {
    return new AffineLookup(
        new double[] {slope}, new double[] {0}, new int[size], new Interval(-5000, 5000));
  }

  private static Scaling factors(int size, long factor) {
    long[] factors = new long[size];
    Arrays.fill(factors, factor);
    return new Scaling(factors);
  }
}

package dev.sotto.numpy;

import static dev.sotto.tensor.Elementwise.longRun;

import dev.sotto.tensor.Broadcast;
import dev.sotto.tensor.Broadcast.Run;
import dev.sotto.tensor.ElementType;
import dev.sotto.tensor.Tensor;
import java.util.function.LongBinaryOperator;

/** Comparisons and logic of two tensors with broadcasting, giving BOOL. */
final class ComparisonOperators {
  private ComparisonOperators() {}

  /** One comparison on each storage, the loops written out so that the JVM vectorises them. */
  private record Comparison(
      Run<float[], long[]> floats, Run<double[], long[]> doubles, LongBinaryOperator longs) {

    Tensor apply(Tensor a, Tensor b) {
      BinaryOperators.requireSameType(a, b);
      return switch (a.type().storage()) {
        case FLOATS -> Broadcast.combine(a, b, ElementType.BOOL, floats);
        case DOUBLES -> Broadcast.combine(a, b, ElementType.BOOL, doubles);
        case LONGS ->
            Broadcast.combine(
                a,
                b,
                ElementType.BOOL,
                a.type() == ElementType.UINT64
                    ? longRun((x, y) -> longs.applyAsLong(x ^ Long.MIN_VALUE, y ^ Long.MIN_VALUE))
                    : longRun(longs));
        case STRINGS -> throw new IllegalArgumentException("expected numbers, got " + a);
      };
    }
  }

  private static final Comparison LESS =
      new Comparison(
          (a, p, b, q, out, o, count) -> {
            for (int i = 0; i < count; i++) {
              out[o + i] = a[p + i] < b[q + i] ? 1 : 0;
            }
          },
          (a, p, b, q, out, o, count) -> {
            for (int i = 0; i < count; i++) {
              out[o + i] = a[p + i] < b[q + i] ? 1 : 0;
            }
          },
          (x, y) -> x < y ? 1 : 0);

  private static final Comparison LESS_OR_EQUAL =
      new Comparison(
          (a, p, b, q, out, o, count) -> {
            for (int i = 0; i < count; i++) {
              out[o + i] = a[p + i] <= b[q + i] ? 1 : 0;
            }
          },
          (a, p, b, q, out, o, count) -> {
            for (int i = 0; i < count; i++) {
              out[o + i] = a[p + i] <= b[q + i] ? 1 : 0;
            }
          },
          (x, y) -> x <= y ? 1 : 0);

  private static final Comparison EQUAL =
      new Comparison(
          (a, p, b, q, out, o, count) -> {
            for (int i = 0; i < count; i++) {
              out[o + i] = a[p + i] == b[q + i] ? 1 : 0;
            }
          },
          (a, p, b, q, out, o, count) -> {
            for (int i = 0; i < count; i++) {
              out[o + i] = a[p + i] == b[q + i] ? 1 : 0;
            }
          },
          (x, y) -> x == y ? 1 : 0);

  private static final Run<String[], long[]> SAME_TEXT =
      (a, p, b, q, out, o, count) -> {
        for (int i = 0; i < count; i++) {
          out[o + i] = a[p + i].equals(b[q + i]) ? 1 : 0;
        }
      };

  static void register(OperatorRegistry registry) {
    registry.plain("Less", in -> LESS.apply(in.get(0), in.get(1)));
    registry.plain("Greater", in -> LESS.apply(in.get(1), in.get(0)));
    registry.plain("LessOrEqual", in -> LESS_OR_EQUAL.apply(in.get(0), in.get(1)));
    registry.plain("GreaterOrEqual", in -> LESS_OR_EQUAL.apply(in.get(1), in.get(0)));
    registry.plain("Equal", in -> equal(in.get(0), in.get(1)));
    logic(registry, "And", (x, y) -> x & y);
    logic(registry, "Or", (x, y) -> x | y);
    logic(registry, "Xor", (x, y) -> x ^ y);
  }

  private static Tensor equal(Tensor a, Tensor b) {
    return a.type() == ElementType.STRING && b.type() == ElementType.STRING
        ? Broadcast.combine(a, b, ElementType.BOOL, SAME_TEXT)
        : EQUAL.apply(a, b);
  }

  private static void logic(OperatorRegistry registry, String type, LongBinaryOperator function) {
    Run<long[], long[]> run = longRun(function);
    registry.plain(
        type,
        in ->
            Broadcast.combine(
                ElementwiseOperators.requireType(in.get(0), ElementType.BOOL),
                ElementwiseOperators.requireType(in.get(1), ElementType.BOOL),
                ElementType.BOOL,
                run));
  }
}

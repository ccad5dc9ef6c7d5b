package dev.sotto.compiler.slots;

import dev.sotto.circuit.TreeSum;
import dev.sotto.slots.ValueTable;
import dev.sotto.slots.ring.OperationCounts;
import dev.sotto.slots.ring.WeightedSums;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Does everything once in dry runs: what is asked again of the same ciphertexts is only counted
 * again. A convolution, the same at hundreds of places, then costs as much as one place of it.
 *
 * @param <C> a ciphertext
 */
final class RepeatedArithmetic<C> implements SlotArithmetic<C> {
  private final SlotArithmetic<C> arithmetic;
  private final OperationCounts counts;
  private final Map<Asked, Answer> answers = new HashMap<>();

  RepeatedArithmetic(SlotArithmetic<C> arithmetic, OperationCounts counts) {
    this.arithmetic = arithmetic;
    this.counts = counts;
  }

  private enum Kind {
    SUMS,
    ADD,
    SUBTRACT,
    ADD_CONSTANT,
    MULTIPLY_CONSTANT,
    MULTIPLY,
    LOOK_UP,
    UNIT,
    BOUND,
    TREAT,
    LEVEL,
    SMALLEST
  }

  /** An operation on certain ciphertexts: those very objects, and equal parameters. */
  private static final class Asked {
    private final Kind kind;
    private final Object[] operands;
    private final Object parameters;
    private final int hash;

    Asked(Kind kind, Object[] operands, Object parameters) {
      this.kind = kind;
      this.operands = operands;
      this.parameters = parameters;
      int sum = 31 * kind.ordinal() + parameters.hashCode();
      for (Object operand : operands) {
        sum = 31 * sum + System.identityHashCode(operand);
      }
      this.hash = sum;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      if (!(other instanceof Asked that)
          || kind != that.kind
          || operands.length != that.operands.length
          || !parameters.equals(that.parameters)) {
        return false;
      }
      for (int i = 0; i < operands.length; i++) {
        if (operands[i] != that.operands[i]) {
          return false;
        }
      }
      return true;
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }

  private static final OperationCounts NOTHING = new OperationCounts();

  private record Answer(Object result, OperationCounts counts) {}

  @SuppressWarnings("unchecked") // an answer is what the same question gave before
  private <R> R once(Kind kind, Object[] operands, Object parameters, Supplier<R> work) {
    Asked asked = new Asked(kind, operands, parameters);
    Answer known = answers.get(asked);
    if (known == null) {
      OperationCounts before = counts.copy();
      R result = work.get();
      answers.put(asked, new Answer(result, counts.since(before)));
      return result;
    }
    counts.addAll(known.counts);
    return (R) known.result;
  }

  /** What no kernel computes: the same numbers, of which something else is known. */
  @SuppressWarnings("unchecked") // an answer is what the same question gave before
  private C renamed(Kind kind, C x, Object parameter, C result) {
    if (result == x) {
      return x;
    }
    Answer known =
        answers.putIfAbsent(
            new Asked(kind, new Object[] {x}, parameter), new Answer(result, NOTHING));
    return known == null ? result : (C) known.result;
  }

  @Override
  public List<C> weightedSums(List<C> terms, WeightedSums sums, double weightScale, double bound) {
    return once(
        Kind.SUMS,
        terms.toArray(),
        Arrays.asList(sums, weightScale, bound),
        () -> arithmetic.weightedSums(terms, sums, weightScale, bound));
  }

  @Override
  public C add(C x, C y) {
    return once(Kind.ADD, new Object[] {x, y}, 0, () -> arithmetic.add(x, y));
  }

  @Override
  public C subtract(C x, C y) {
    return once(Kind.SUBTRACT, new Object[] {x, y}, 0, () -> arithmetic.subtract(x, y));
  }

  @Override
  public C addConstant(C x, double constant) {
    return once(
        Kind.ADD_CONSTANT, new Object[] {x}, constant, () -> arithmetic.addConstant(x, constant));
  }

  @Override
  public C multiplyConstant(C x, long factor) {
    return once(
        Kind.MULTIPLY_CONSTANT,
        new Object[] {x},
        factor,
        () -> arithmetic.multiplyConstant(x, factor));
  }

  @Override
  public C multiply(C x, C y) {
    return once(Kind.MULTIPLY, new Object[] {x, y}, 0, () -> arithmetic.multiply(x, y));
  }

  @Override
  public int levelAfter(C x, ValueTable table) {
    return arithmetic.levelAfter(x, table);
  }

  @Override
  public C lookUp(C x, ValueTable table, int level) {
    return once(
        Kind.LOOK_UP,
        new Object[] {x},
        Arrays.asList(table, level),
        () -> arithmetic.lookUp(x, table, level));
  }

  @Override
  public List<C> trees(List<C> bits, TreeSum trees, int[] outputs, int piece, int pieces) {
    return arithmetic.trees(bits, trees, outputs, piece, pieces);
  }

  @Override
  public C rescaledUnit(C x, double factor) {
    return renamed(Kind.UNIT, x, factor, arithmetic.rescaledUnit(x, factor));
  }

  @Override
  public double unit(C x) {
    return arithmetic.unit(x);
  }

  @Override
  public C bounded(C x, double bound) {
    return renamed(Kind.BOUND, x, bound, arithmetic.bounded(x, bound));
  }

  @Override
  public C treated(C x, Treatment treatment) {
    return treatment.equals(Treatment.NONE)
        ? x
        : once(Kind.TREAT, new Object[] {x}, treatment, () -> arithmetic.treated(x, treatment));
  }

  @Override
  public int level(C x) {
    return arithmetic.level(x);
  }

  @Override
  public int degree(C x) {
    return arithmetic.degree(x);
  }

  @Override
  public C atLevel(C x, int level) {
    return renamed(Kind.LEVEL, x, level, arithmetic.atLevel(x, level));
  }

  @Override
  public C smallest(C x) {
    return once(Kind.SMALLEST, new Object[] {x}, 0, () -> arithmetic.smallest(x));
  }
}

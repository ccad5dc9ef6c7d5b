package dev.sotto.quantization;

import dev.sotto.circuit.AffineLookup;
import dev.sotto.circuit.IntegerAlgebra;
import dev.sotto.circuit.Interval;
import dev.sotto.circuit.Lookup;
import dev.sotto.circuit.Move;
import dev.sotto.circuit.Scaling;
import dev.sotto.circuit.TreeSum;
import dev.sotto.circuit.WeightedSum;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An operator on integers, written once against {@link IntegerAlgebra}.
 *
 * <p>Immutable. Slots are the numbers of a module's integer tensors.
 */
public sealed interface QuantizedOp {
  /** The ONNX node it comes from. */
  String name();

  /** Slots that are read. */
  List<Integer> inputs();

  /** Computes the result, in any algebra. */
  <T> T apply(IntegerAlgebra<T> algebra, List<T> operands);

  /** The interval in which calibration saw the results, where it is watched. */
  default @Nullable Interval calibrated() {
    return null;
  }

  /** A layer with clear weights. */
  record Linear(String name, int input, WeightedSum sum, @Nullable Interval calibrated)
      implements QuantizedOp {
    @Override
    public List<Integer> inputs() {
      return List.of(input);
    }

    @Override
    public <T> T apply(IntegerAlgebra<T> algebra, List<T> operands) {
      return algebra.linear(operands.get(0), sum);
    }
  }

  /** A chain of functions of one element. */
  record Look(String name, int input, Lookup lookup) implements QuantizedOp {
    @Override
    public List<Integer> inputs() {
      return List.of(input);
    }

    @Override
    public <T> T apply(IntegerAlgebra<T> algebra, List<T> operands) {
      return algebra.lookup(operands.get(0), lookup);
    }
  }

  /** A rearrangement. */
  record Rearrange(String name, List<Integer> inputs, Move move) implements QuantizedOp {
    @Override
    public <T> T apply(IntegerAlgebra<T> algebra, List<T> operands) {
      return algebra.move(operands, move);
    }
  }

  /** {@code a · x + b · y} with clear integers per element; null stands for 1. */
  record Sum(
      String name, int left, int right, @Nullable Scaling leftScale, @Nullable Scaling rightScale)
      implements QuantizedOp {
    @Override
    public List<Integer> inputs() {
      return List.of(left, right);
    }

    @Override
    public <T> T apply(IntegerAlgebra<T> algebra, List<T> operands) {
      T x = operands.get(0);
      T y = operands.get(1);
      return algebra.add(
          leftScale == null ? x : algebra.scale(x, leftScale),
          rightScale == null ? y : algebra.scale(y, rightScale));
    }
  }

  /** A product of two encrypted tensors, element by element. */
  record Product(String name, int left, int right) implements QuantizedOp {
    @Override
    public List<Integer> inputs() {
      return List.of(left, right);
    }

    @Override
    public <T> T apply(IntegerAlgebra<T> algebra, List<T> operands) {
      return algebra.product(operands.get(0), operands.get(1));
    }
  }

  /**
   * The largest (or smallest) of several rearrangements: MaxPool, ReduceMax, Max, Min.
   *
   * @param moves the candidates, all of equal length
   * @param range interval of the integers compared
   * @param largest whether the largest is taken, otherwise the smallest
   */
  record Maximum(
      String name, List<Integer> inputs, List<Move> moves, Interval range, boolean largest)
      implements QuantizedOp {
    @Override
    public <T> T apply(IntegerAlgebra<T> algebra, List<T> operands) {
      List<T> candidates = new ArrayList<>();
      for (Move move : moves) {
        candidates.add(algebra.move(operands, move));
      }
      int size = moves.get(0).size();
      long[] minus = new long[size];
      Arrays.fill(minus, -1);
      Scaling negate = new Scaling(minus);
      AffineLookup relu = AffineLookup.relu(size, range.hi() - range.lo());
      while (candidates.size() > 1) {
        List<T> winners = new ArrayList<>();
        for (int i = 0; i + 1 < candidates.size(); i += 2) {
          T x = candidates.get(i);
          T y = candidates.get(i + 1);
          winners.add(algebra.within(winner(algebra, x, y, negate, relu), range));
        }
        if (candidates.size() % 2 == 1) {
          winners.add(candidates.get(candidates.size() - 1));
        }
        candidates = winners;
      }
      return candidates.get(0);
    }

    /** {@code y + relu(x − y)} or {@code y − relu(y − x)}. */
    private <T> T winner(IntegerAlgebra<T> algebra, T x, T y, Scaling negate, AffineLookup relu) {
      T minuend = largest ? x : y;
      T subtrahend = largest ? y : x;
      T excess = algebra.lookup(algebra.add(minuend, algebra.scale(subtrahend, negate)), relu);
      return algebra.add(y, largest ? excess : algebra.scale(excess, negate));
    }
  }

  /** An ensemble of trees over threshold bits. */
  record Trees(String name, int input, TreeSum trees) implements QuantizedOp {
    @Override
    public List<Integer> inputs() {
      return List.of(input);
    }

    @Override
    public <T> T apply(IntegerAlgebra<T> algebra, List<T> operands) {
      return algebra.trees(operands.get(0), trees);
    }
  }
}

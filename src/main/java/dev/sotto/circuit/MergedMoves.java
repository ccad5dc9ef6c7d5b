package dev.sotto.circuit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes one move of moves of moves, and none of those that change nothing. */
final class MergedMoves {
  private MergedMoves() {}

  static Circuit merge(Circuit circuit) {
    CircuitRewriter rewriter = new CircuitRewriter(circuit);
    for (CircuitNode node : circuit.nodes()) {
      if (!(node.operation() instanceof Operation.Rearrange rearrange)) {
        rewriter.keep(node);
        continue;
      }
      Joined joined = new Joined(rearrange.move());
      rewriter.operands(node).forEach(id -> joined.append(rewriter.get(id), rewriter));
      Move merged = joined.move();
      if (merged == null) {
        rewriter.keep(node);
      } else if (joined.ids.size() == 1
          && node.calibrated() == null
          && merged.isIdentity(rewriter.get(joined.ids.get(0)).size())) {
        rewriter.replace(node, joined.ids.get(0));
      } else {
        rewriter.put(node, new Operation.Rearrange(merged), joined.ids);
      }
    }
    return rewriter.build();
  }

  /** A move's operands with those that are moves replaced by what they move. */
  private static final class Joined {
    private final Move outer;
    private final List<Integer> ids = new ArrayList<>();
    private final Map<Integer, Integer> offsets = new HashMap<>();
    private final List<int[]> places = new ArrayList<>();
    private long fill;
    private boolean fills;
    private boolean clash;
    private int length;

    Joined(Move outer) {
      this.outer = outer;
      this.fill = outer.fill();
      this.fills = outer.fills();
    }

    void append(CircuitNode operand, CircuitRewriter rewriter) {
      if (operand.operation() instanceof Operation.Rearrange inner
          && operand.calibrated() == null) {
        Move move = inner.move();
        if (move.fills()) {
          clash |= fills && fill != move.fill();
          fill = move.fill();
          fills = true;
        }
        places.add(composed(operand, move, rewriter));
      } else {
        int offset = offset(operand);
        int[] identity = new int[operand.size()];
        java.util.Arrays.setAll(identity, i -> offset + i);
        places.add(identity);
      }
    }

    /** Where each element of a move is found in the new concatenation. */
    private int[] composed(CircuitNode operand, Move move, CircuitRewriter rewriter) {
      List<Integer> place = new ArrayList<>();
      for (int id : operand.operands()) {
        CircuitNode moved = rewriter.get(id);
        int offset = offset(moved);
        for (int i = 0; i < moved.size(); i++) {
          place.add(offset + i);
        }
      }
      int[] source = new int[move.size()];
      java.util.Arrays.setAll(source, i -> move.source()[i] < 0 ? -1 : place.get(move.source()[i]));
      return source;
    }

    private int offset(CircuitNode operand) {
      Integer known = offsets.get(operand.id());
      if (known == null) {
        known = length;
        offsets.put(operand.id(), known);
        ids.add(operand.id());
        length += operand.size();
      }
      return known;
    }

    /** The merged move; null when two fills with different integers would meet in it. */
    @org.jspecify.annotations.Nullable
    Move move() {
      if (clash) {
        return null;
      }
      int[] joined = places.stream().flatMapToInt(java.util.Arrays::stream).toArray();
      int[] source = new int[outer.size()];
      java.util.Arrays.setAll(source, i -> outer.source()[i] < 0 ? -1 : joined[outer.source()[i]]);
      return new Move(source, fill);
    }
  }
}

package dev.sotto.slots;

import dev.sotto.slots.ring.OperationCounts;
import dev.sotto.slots.ring.RnsPolynomial;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Spares dry runs what they did before: an operation on ciphertexts without residues calls for the
 * same kernels whenever degrees and primes are the same, and is only counted from the third time
 * on. The first time, room that is kept may be counted as well. For one thread.
 */
final class RepeatedKernels {
  /** Formulas of more operations are all there is of a circuit, and not met again. */
  private static final int LARGEST_FORMULA = 1 << 12;

  private final @Nullable OperationCounts counts;
  private final Map<List<?>, Answer> answers = new HashMap<>();

  /**
   * An operation.
   *
   * @param counts what it calls for; null after the first time
   */
  private record Answer(RlweCiphertext[] results, @Nullable OperationCounts counts) {}

  /** Knows nothing yet; for a ring where something is computed, all is done whenever asked. */
  RepeatedKernels(RingParameters parameters) {
    this.counts = parameters.ring().counts();
  }

  /**
   * The result of an operation.
   *
   * @param question the operation, and degrees and primes of what it is done to
   */
  RlweCiphertext once(List<?> question, Supplier<RlweCiphertext> work) {
    return counts == null
        ? work.get()
        : all(counts, question, () -> new RlweCiphertext[] {work.get()})[0];
  }

  /** The values of formulas. */
  RlweCiphertext[] once(RlweFormula[] formulas, Supplier<RlweCiphertext[]> work) {
    List<?> question = counts == null ? null : question(formulas);
    return counts == null || question == null ? work.get() : all(counts, question, work);
  }

  private RlweCiphertext[] all(
      OperationCounts total, List<?> question, Supplier<RlweCiphertext[]> work) {
    Answer known = answers.get(question);
    if (known != null && known.counts != null) {
      total.addAll(known.counts);
      return Arrays.stream(known.results)
          .map(RepeatedKernels::another)
          .toArray(RlweCiphertext[]::new);
    }
    OperationCounts before = total.copy();
    RlweCiphertext[] results = work.get();
    answers.put(question, new Answer(results, known == null ? null : total.since(before)));
    return results;
  }

  /** Another ciphertext like this one: no two operations have the same result. */
  private static RlweCiphertext another(RlweCiphertext x) {
    RnsPolynomial[] parts = new RnsPolynomial[x.degree() + 1];
    Arrays.setAll(parts, k -> x.part(k).first(x.limbs()));
    return RlweCiphertext.of(x.parameters(), x.key(), parts);
  }

  /** What formulas are made of, operands first; null where that is too much. */
  private static @Nullable List<?> question(RlweFormula... formulas) {
    Map<RlweFormula, Integer> places = new IdentityHashMap<>();
    List<Integer> question = new ArrayList<>();
    question.add(formulas[0].input().limbs());
    Deque<RlweFormula> open = new ArrayDeque<>();
    for (RlweFormula formula : formulas) {
      open.push(formula);
      while (!open.isEmpty()) {
        RlweFormula next = open.peek();
        boolean ready = true;
        if (next.operands() == 2 && !places.containsKey(next.right())) {
          open.push(next.right());
          ready = false;
        }
        if (next.operands() >= 1 && !places.containsKey(next.left())) {
          open.push(next.left());
          ready = false;
        }
        if (ready) {
          open.pop();
          if (places.putIfAbsent(next, places.size()) == null) {
            question.add(next.operation().ordinal());
            question.add(next.degree());
            question.add(next.operands() >= 1 ? places.getOrDefault(next.left(), -1) : -1);
            question.add(next.operands() == 2 ? places.getOrDefault(next.right(), -1) : -1);
            question.add(next.operands() == 0 && next.input().stored() != null ? 1 : 0);
          }
        }
      }
      question.add(places.getOrDefault(formula, -1));
      if (places.size() > LARGEST_FORMULA) {
        return null;
      }
    }
    return question;
  }
}

package dev.sotto.slots;

import dev.sotto.slots.ring.RnsPolynomial;
import dev.sotto.slots.ring.WeightedSums;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Weighted sums whose terms come block by block, so that not all of them need to be in memory at
 * once. An evaluator begins, adds and finishes them; evaluators of several threads may take turns.
 *
 * @param <C> a ciphertext
 */
public final class SlotSums<C extends SlotCiphertext> {
  private final WeightedSums sums;
  private final List<double[]> known = new ArrayList<>();
  private final List<RlweCiphertext> waiting = new ArrayList<>();
  private @Nullable C first;
  private RnsPolynomial[][] parts = {};
  private int blocks;
  private int terms;

  SlotSums(WeightedSums sums) {
    this.sums = sums;
  }

  /** The sums. */
  public WeightedSums sums() {
    return sums;
  }

  /** The first term of all. */
  C first() {
    C term = first;
    if (term == null) {
      throw new IllegalStateException("no terms yet");
    }
    return term;
  }

  /** The first term of all, or what is to be it. */
  C firstOr(C term) {
    C known = first;
    return known == null ? term : known;
  }

  /** Adds the next block; {@code each} are the numbers known of every term of it. */
  void add(RlweEvaluator rlwe, List<C> x, List<double[]> each) {
    if (blocks == sums.blocks() || x.size() != sums.terms(blocks)) {
      throw new IllegalArgumentException("the terms of the next block expected");
    }
    if (blocks == 0) {
      first = x.get(0);
      parts = new RnsPolynomial[sums.sums()][first().degree() + 1];
    }
    List<RlweCiphertext> bodies = new ArrayList<>(x.size());
    boolean stored = true;
    for (C term : x) {
      bodies.add(term.rlwe());
      stored &= term.rlwe().stored() != null;
    }
    if (stored) {
      waiting.addAll(bodies);
    } else {
      addWaiting(rlwe);
      rlwe.addTerms(first().rlwe(), bodies, sums, blocks, parts);
    }
    known.addAll(each);
    blocks++;
    terms += x.size();
    if (blocks == sums.blocks()) {
      addWaiting(rlwe);
    }
  }

  /**
   * Adds the terms that are as they were sent. They take no memory, and when blocks are added
   * together the sums stay in the cache.
   */
  private void addWaiting(RlweEvaluator rlwe) {
    if (!waiting.isEmpty()) {
      rlwe.addStored(first().rlwe(), waiting, sums, firstWaiting(), parts);
      waiting.clear();
    }
  }

  /** The block that the waiting terms begin with; none but the last one of all is shorter. */
  private int firstWaiting() {
    int block = blocks;
    for (int left = waiting.size(); left > 0; left -= sums.terms(block)) {
      block--;
    }
    return block;
  }

  /** One of the numbers known of every term. */
  double[] known(int which) {
    double[] all = new double[terms];
    for (int k = 0; k < terms; k++) {
      all[k] = known.get(k)[which];
    }
    return all;
  }

  /** The results, once all blocks are added. */
  RlweCiphertext[] results() {
    if (blocks < sums.blocks()) {
      throw new IllegalStateException("terms are missing");
    }
    RlweCiphertext like = first().rlwe();
    RlweCiphertext[] results = new RlweCiphertext[parts.length];
    Arrays.setAll(results, m -> RlweCiphertext.of(like.parameters(), like.key(), parts[m]));
    return results;
  }
}

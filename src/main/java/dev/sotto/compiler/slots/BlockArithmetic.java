package dev.sotto.compiler.slots;

import dev.sotto.slots.SlotCiphertext;
import dev.sotto.slots.SlotSums;
import dev.sotto.slots.ring.WeightedSums;
import java.util.List;

/**
 * What a {@link BlockProgram} needs besides: sums of more terms than are in memory at once.
 *
 * @param <C> a ciphertext
 */
public interface BlockArithmetic<C extends SlotCiphertext> extends SlotArithmetic<C> {
  /** Weighted sums whose terms are still to come. */
  SlotSums<C> begin(WeightedSums sums);

  /** Adds the next block of terms. */
  void addTerms(SlotSums<C> begun, List<C> terms);

  /** The sums, once all terms are added; parameters as for {@link #weightedSums}. */
  List<C> finish(SlotSums<C> begun, double weightScale, double bound);
}

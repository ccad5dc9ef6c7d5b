package dev.sotto.spark;

import org.apache.spark.SparkContext;
import org.apache.spark.util.LongAccumulator;

/**
 * What scoring counts while it runs; shown by name in Spark's stage page.
 *
 * <p>As with every accumulator, a partition that is computed again counts again.
 *
 * @param rows rows scored
 * @param clipped input values outside their calibrated range, clipped
 * @param outside integers inside the model that left their calibrated interval
 * @param rejected rows that could not be scored
 */
public record ScoringCounters(
    LongAccumulator rows,
    LongAccumulator clipped,
    LongAccumulator outside,
    LongAccumulator rejected)
    implements java.io.Serializable {

  /** New counters at zero. */
  static ScoringCounters register(SparkContext context) {
    return new ScoringCounters(
        context.longAccumulator("rows scored"),
        context.longAccumulator("inputs clipped"),
        context.longAccumulator("values out of range"),
        context.longAccumulator("rows rejected"));
  }
}

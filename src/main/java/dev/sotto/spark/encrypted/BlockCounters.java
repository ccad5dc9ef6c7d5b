package dev.sotto.spark.encrypted;

import java.io.Serializable;
import org.apache.spark.SparkContext;
import org.apache.spark.util.CollectionAccumulator;
import org.apache.spark.util.LongAccumulator;

/**
 * What jobs on encrypted blocks count while they run; shown by name in Spark's stage page. Exact
 * where the job ends with the stage that counts, as writing a table does, tasks that failed left
 * out.
 *
 * @param rows encrypted, scored or decrypted
 * @param blocks of these rows
 * @param products of two encrypted numbers
 * @param clipped input values outside their calibrated range, clipped before encryption
 * @param rejected rows set aside, or of blocks that were refused
 * @param refused numbers of the blocks that were refused
 * @param engine nanoseconds of tasks within the engine; the rest is Spark's, reading and writing
 */
public record BlockCounters(
    LongAccumulator rows,
    LongAccumulator blocks,
    LongAccumulator products,
    LongAccumulator clipped,
    LongAccumulator rejected,
    CollectionAccumulator<Long> refused,
    LongAccumulator engine)
    implements Serializable {

  /** New counters at zero. */
  static BlockCounters register(SparkContext context, String done) {
    return new BlockCounters(
        context.longAccumulator("rows " + done),
        context.longAccumulator("blocks " + done),
        context.longAccumulator("encrypted products"),
        context.longAccumulator("inputs clipped"),
        context.longAccumulator("rows rejected"),
        context.collectionAccumulator(),
        context.longAccumulator("nanoseconds in the engine"));
  }
}

/**
 * Distribution: what the rooms below do to a batch of rows, done to the partitions of a DataFrame.
 *
 * <pre>
 *   DataFrame ─ partitions ─ mini-batches ─► QuantizedModule (broadcast) ─► columns
 *   rows as Spark holds them ─ FeatureReader ─► floats          results ─ ResultWriter ─► columns
 * </pre>
 *
 * <p>Encrypted tables are the sub-room {@code spark.encrypted}, which reads features and writes
 * results by the types of this one.
 */
@NullMarked
package dev.sotto.spark;

import org.jspecify.annotations.NullMarked;

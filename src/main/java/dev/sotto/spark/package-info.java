/**
 * Distribution: what the rooms below do to a batch of rows, done to the partitions of a DataFrame.
 *
 * <pre>
 *   DataFrame ─ partitions ─ mini-batches ─► QuantizedModule (broadcast) ─► columns
 * </pre>
 */
@NullMarked
package dev.sotto.spark;

import org.jspecify.annotations.NullMarked;

/**
 * Encrypted tables: rows become blocks, blocks become results, results become rows again, each by a
 * Spark job of its own.
 *
 * <pre>
 *   data owner:  rows ─ RowEncryptor ─► EncryptedTable ─────────────┐ parquet, a file per block
 *   provider:    EncryptedTable of results ◄─ TableScorer ◄─────────┘
 *   data owner:  EncryptedTable of results ─ ResultDecryptor ─► rows
 * </pre>
 *
 * <p><b>Where keys are.</b> Nothing that holds a secret can be serialised, by Java or by Kryo with
 * Spark's settings, so none travels with a task, by accident neither. {@code RowEncryptor} and
 * {@code ResultDecryptor} send the <em>name</em> of the owner's folder of keys; each task reads
 * {@code secret.key} itself and wipes it when it ends. So the folder lies where the owner's own
 * executors reach it and nobody else: on the machine itself for a local run, on a file system of
 * the owner's cluster otherwise. The provider's cluster is a third place: {@code TableScorer} knows
 * evaluation keys at most.
 *
 * <p><b>Whole files.</b> Tables appear when the job that writes them commits. A job that dies
 * leaves {@code _temporary} behind, which is refused when it is read and replaced when the job runs
 * again with overwriting; nothing is resumed, and so nothing is lost or twice there.
 */
@NullMarked
package dev.sotto.spark.encrypted;

import org.jspecify.annotations.NullMarked;

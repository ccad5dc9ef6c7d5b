package dev.sotto.spark;

/** What happens to a row that cannot be scored: a null, a NaN, an infinity or a wrong width. */
public enum RowMode {
  /** The job fails with the row's place. */
  FAILFAST,
  /** Result columns are null, and an error column says why. */
  PERMISSIVE,
  /** The row is left out. */
  DROPMALFORMED
}
